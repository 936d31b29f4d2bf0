package triage

import (
	"cmp"
	"slices"
)

// Model is a trained classifier for one set of labels. It is read-only and safe
// for use by many at once.
type Model struct {
	reader   reader
	features []uint64
	ids      map[uint64]uint32
	classes  []string
	experts  []*expert
	whole    blend // for messages with a text
	title    blend // for a title alone, or hardly more
	card     Card
}

// Card says what a model is made of and how good it was on messages held back
// from it, to be shown beside its proposals.
type Card struct {
	Format   int            `json:"format"`
	Seed     uint64         `json:"seed"`
	Examples int            `json:"examples"`
	Labels   map[string]int `json:"labels"` // examples of each
	Whole    Quality        `json:"whole"`  // title and text
	Title    Quality        `json:"title"`  // title alone
}

// Card returns the model's card.
func (m *Model) Card() Card { return m.card }

// Labels are what the model can propose, sorted.
func (m *Model) Labels() []string { return m.classes }

// Choice is a label and how likely it is thought to be, 0 to 1: of choices at
// 0.8, four in five should turn out right.
type Choice struct {
	Label      string  `json:"label"`
	Confidence float64 `json:"confidence"`
}

// shortText is how many runes a text must have to be judged as a whole message.
const shortText = 20

// Classify returns every label with its probability, likeliest first; they sum
// to one. A message with nothing readable gets the labels as they are spread.
// Facts are those of Example.
func (m *Model) Classify(title, text string, facts ...string) []Choice {
	p := m.Judge(title, text, facts...)
	out := make([]Choice, len(p))
	for c, x := range p {
		out[c] = Choice{m.classes[c], x}
	}
	slices.SortStableFunc(out, func(a, b Choice) int { return cmp.Compare(b.Confidence, a.Confidence) })
	return out
}

// Judge is Classify in the order of Labels, for measuring.
func (m *Model) Judge(title, text string, facts ...string) []float64 {
	read := newMessage(title, text, facts)
	return m.blendFor(read).probabilities(marginsOf(m.experts, m.reader.bag(read, m.known)))
}

func (m *Model) blendFor(read message) blend {
	if len(read.text.runes) >= shortText || len(read.title.runes) == 0 {
		return m.whole
	}
	return m.title
}

func (m *Model) known(feature uint64) (uint32, bool) {
	id, ok := m.ids[feature]
	return id, ok
}
