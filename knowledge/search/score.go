package search

import (
	"math"
	"slices"
)

// weights is what a unit of each feature adds to the score, in logarithms of odds.
type weights [allFeatures]float64

// The weights were fitted to messages and the replies they got, by the likelihood
// of the right reply among the candidates; how, and what each is worth, is in
// docs/quality.md. subjectOnly serves queries of one line, withText the others.
var (
	subjectOnly = weights{
		chars: 0.40, pairs: 0.33, marks: 0.76, longest: 0.14, runs: 1.19, synonyms: 0.85, others: 1.29,
		subjectChars: 1.67, subjectPairs: 6.97, areaBeside: -2.22, areaForeign: -3.62, places: 0.52,
		length: 1.88, weighty: -0.25, company: 3.25, early: 0.35,
		weightySquare: -0.20, hollow: -22.67, vast: 0.16,
	}
	withText = weights{
		chars: 0.19, pairs: 0.30, marks: 0.33, longest: -0.24, runs: 0.66, synonyms: 0.50, others: 0.22,
		segmentFeatures + chars: 0.15, segmentFeatures + pairs: 0.23, segmentFeatures + marks: 0.19,
		segmentFeatures + longest: 0.58, segmentFeatures + runs: 0.25, segmentFeatures + synonyms: 0.44,
		segmentFeatures + others: 0.29,
		subjectChars:             1.77, subjectPairs: 4.53, areaBeside: -1.51, areaForeign: -4.17, places: 0.43,
		length: 1.72, weighty: -0.87, company: 2.76, early: 0.17,
		lengthSquare: -0.02, weightySquare: -0.21, hollow: -25.75, vast: 0.22,
	}
)

// What no measured text had is set by hand: titles, names and letters.
const (
	titleShare = 3.0  // all the subject line's pairs stand in the document's title
	nameWorth  = 0.15 // a known name, whole, by its rarity
	wordWorth  = 1.0  // a syllable of pinyin that reads the title
)

func (w *question) score(h *holding, average float64, v *vocabulary) float64 {
	f := w.features(h, average, v)
	weigh := &subjectOnly
	if len(w.units) > w.title {
		weigh = &withText
	}
	sum := h.boost
	for i := range f {
		sum += weigh[i] * f[i]
	}
	return sum + w.byHand(h)
}

func (w *question) byHand(h *holding) float64 {
	have, want := 0.0, 0.0
	for i := range w.grams {
		g := &w.grams[i]
		if !g.inTitle || !g.pair && len(w.grams) > 1 {
			continue
		}
		want += g.weight * g.rarity
		if h.heading[i] {
			have += g.weight * g.rarity
		}
	}
	sum := titleShare * have / (want + 1)
	for _, name := range w.names {
		if h.wording[name] > 0 {
			sum += nameWorth * w.wordingRarity[name]
		}
	}
	return sum + wordWorth*w.lettersIn(h)
}

// literally tells whether an Exact query stands in the candidate to the letter.
func (w *question) literally(h *holding) bool {
	for _, place := range w.literal {
		if h.wording[place] == 0 {
			return false
		}
	}
	return len(w.literal) > 0
}

// holdsAll tells whether every telling character of the subject line is in the
// candidate: in a pair with a neighbour, alone where it stands alone, or by
// another wording or its pinyin.
func (w *question) holdsAll(h *holding) bool {
	spoken := len(w.letters) > 0 && w.lettersIn(h) > 0
	for i := range w.title {
		if w.units[i] == gap || w.quiet[i] != telling {
			continue
		}
		if w.holdsUnit(h, i) || spoken && !isHanUnit(w.units[i]) || w.holdsOther(h, i) {
			continue
		}
		return false
	}
	return true
}

// holdsSome tells whether the candidate has a word of the query: a pair, a run of
// letters, another wording or its pinyin. 重庆路 is no answer to 路灯; it only is one
// where nothing better was found.
func (w *question) holdsSome(h *holding) bool {
	for i := range w.grams {
		g := &w.grams[i]
		if h.often[i] > 0 && g.weight > 0 && (g.pair || !isHan([]rune(g.term)[0])) {
			return true
		}
	}
	for _, one := range w.widened {
		if one.heldBy(h) {
			return true
		}
	}
	return len(w.letters) > 0 && w.lettersIn(h) > 0
}

func (w *question) holdsUnit(h *holding, i int) bool {
	left, right := int32(-1), w.pairAt[i]
	if i > 0 {
		left = w.pairAt[i-1]
	}
	if !isHanUnit(w.units[i]) || left < 0 && right < 0 {
		return h.often[w.charAt[i]] > 0
	}
	return left >= 0 && h.often[left] > 0 || right >= 0 && h.often[right] > 0
}

// holdsOther tells whether the unit is part of a wording the candidate puts otherwise.
func (w *question) holdsOther(h *holding, i int) bool {
	return slices.ContainsFunc(w.widened, func(one widened) bool {
		return one.inTitle && i >= one.from && i < one.from+one.n && one.heldBy(h)
	})
}

// heldBy tells whether the candidate has one of the other wordings.
func (one widened) heldBy(h *holding) bool {
	return slices.ContainsFunc(one.others, func(other int32) bool { return h.wording[other] > 0 })
}

func root(n float64) float64 { return math.Sqrt(n) }
