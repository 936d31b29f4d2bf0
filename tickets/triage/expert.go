package triage

// expert is one linear model with its own eyes. Three see differently enough to
// correct one another:
//
//	texts   learns from whole messages and knows no themes,
//	titles  from titles, whole messages and single sentences, so that it is not
//	        lost when there is only a title or the first half sentence of a call,
//	themes  from nothing but the hand-written themes, so that it knows words
//	        that never occurred in training.
type expert struct {
	view   view
	weight []float32 // of each feature
	svm    *svm
}

// kind of expert: what it looks at and what it learns from.
type schooling struct {
	name      string
	view      view
	titles    float32 // how much a title counts as an example of its own
	whole     float32 // a whole message
	sentences float32 // all sentences of a message together
}

var schoolings = []schooling{
	{"texts", view{titleWords: 1, textWords: 1, titleGrams: 1, textGrams: 1, factField: .5}, 0, 1, 0},
	{"titles", view{titleWords: .6, textWords: .6, titleGrams: 1, textGrams: 1, titleEnd: .5, titleThemes: .35, textThemes: .35, factField: .5}, 1, 1, .5},
	{"themes", view{titleThemes: 1, textThemes: 1, endThemes: .5}, 1, 1, 0},
}

// learn trains an expert on the rows of a school.
func (s schooling) learn(c *corpus, rows []int, seed uint64, stop func() bool) *expert {
	e := &expert{view: s.view, weight: weights(c.bags, c.labels, rows, s.view, len(c.features), len(c.classes), c.least)}
	var xs []vector
	var labels []int
	var cost []float32
	add := func(b bag, label int, count float32) {
		if count == 0 {
			return
		}
		if x := s.view.vector(b, e.weight); len(x) > 0 {
			xs, labels, cost = append(xs, x), append(labels, label), append(cost, count*c.cost)
		}
	}
	for _, i := range rows {
		b, label := c.bags[i], c.labels[i]
		if s.titles == 0 || b.hasText() {
			add(b, label, s.whole)
		}
		add(b.titleOnly(), label, s.titles)
		for _, sentence := range c.sentences[i] {
			add(sentence, label, s.sentences/float32(len(c.sentences[i])))
		}
	}
	e.svm = trainSVM(xs, labels, cost, len(c.features), len(c.classes), seed, stop)
	return e
}

// scores are the expert's margins for a message.
func (e *expert) scores(b bag) []float32 {
	out := make([]float32, e.svm.classes)
	e.svm.score(e.view.vector(b, e.weight), out)
	return out
}
