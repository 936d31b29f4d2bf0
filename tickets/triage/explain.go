package triage

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Word is a piece of a message, as its writer wrote it, that spoke for a label.
type Word struct {
	Text string `json:"text"`
	// Share of all that spoke for the label, 0 to 1.
	Share float64 `json:"share"`
}

// Why returns the n words that made the model prefer a label to the others,
// the heaviest first: none when the label is not one of the model's or nothing
// spoke for it. The same word in title and text is told once.
func (m *Model) Why(title, text, label string, n int) []Word {
	class, ok := slices.BinarySearch(m.classes, label)
	if !ok {
		return nil
	}
	read := newMessage(title, text, nil)
	weights := m.runeWeights(read, class)
	spoke := map[string]float64{}
	for i, l := range [2]line{read.title, read.text} {
		m.eachPiece(l, func(s span) {
			for _, w := range weights[i][s.from:s.to] {
				spoke[l.cut(s.from, s.to)] += w
			}
		})
	}
	return heaviest(spoke, n)
}

// runeWeights spreads what every feature said for a class over the runes it was
// read from, in title and text.
func (m *Model) runeWeights(read message, class int) [2][]float64 {
	said := m.said(read, class)
	seen := map[uint32]float64{}
	m.reader.tokens(read, func(t token) {
		if id, ok := m.ids[t.feature]; ok {
			seen[id]++
		}
	})
	out := [2][]float64{make([]float64, len(read.title.runes)), make([]float64, len(read.text.runes))}
	m.reader.tokens(read, func(t token) {
		id, ok := m.ids[t.feature]
		if !ok || said[id] == 0 {
			return
		}
		for i := t.from; i < t.to; i++ {
			out[t.field.part()][i] += said[id] / seen[id] / float64(t.to-t.from)
		}
	})
	return out
}

// said is how far each feature moved the blended margin of a class above the
// mean of all classes.
func (m *Model) said(read message, class int) map[uint32]float64 {
	b := m.reader.bag(read, m.known)
	shares := m.blendFor(read).Shares
	out := map[uint32]float64{}
	for e, x := range m.experts {
		for _, f := range x.view.vector(b, x.weight) {
			w := x.svm.w[int(f.id)*x.svm.classes:][:x.svm.classes]
			mean := float32(0)
			for _, v := range w {
				mean += v / float32(len(w))
			}
			out[f.id] += float64(shares[e] * f.x * (w[class] - mean))
		}
	}
	return out
}

// eachPiece calls f for the mined words of a line and, between them, for runs
// of letters.
func (m *Model) eachPiece(l line, f func(span)) {
	last := 0
	letters := func(to int) {
		start := last
		for i := last; i <= to; i++ {
			if i == to || !isLetter(l.runes[i]) {
				if i > start {
					f(span{start, i})
				}
				start = i + 1
			}
		}
	}
	eachHanRun(l.runes, func(from, to int) {
		letters(from)
		for _, s := range m.reader.phrases.cut(l.runes[from:to]) {
			f(span{s.from + from, s.to + from})
		}
		last = to
	})
	letters(len(l.runes))
}

func isLetter(r rune) bool { return r >= 'a' && r <= 'z' }

func heaviest(spoke map[string]float64, n int) []Word {
	total := 0.0
	var out []Word
	for _, text := range slices.Sorted(maps.Keys(spoke)) {
		if w := spoke[text]; w > 0 {
			total += w
			out = append(out, Word{strings.TrimSpace(text), w})
		}
	}
	for i := range out {
		out[i].Share /= total
	}
	slices.SortStableFunc(out, func(a, b Word) int { return cmp.Compare(b.Share, a.Share) })
	return out[:min(n, len(out))]
}

// part is 0 for fields read from the title and 1 for those of the text.
func (f field) part() int {
	if f == textWords || f == textGrams || f == textThemes {
		return 1
	}
	return 0
}
