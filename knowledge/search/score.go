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
		chars: 0.405, pairs: 0.314, marks: 0.78, longest: 0.201, runs: 1.26, synonyms: 0.88, others: 1.36,
		subjectChars: 1.82, subjectPairs: 6.95, areaBeside: -2.23, areaForeign: -3.63, places: 0.535,
		length: 1.92, weighty: -0.261, company: 3.27, early: 0.357,
		lengthSquare: 0.00289, weightySquare: -0.202, hollow: -21.5, vast: 0.106,
	}
	withText = weights{
		chars: 0.174, pairs: 0.279, marks: 0.3, longest: -0.162, runs: 0.744, synonyms: 0.516, others: 0.236,
		segmentFeatures + chars: 0.165, segmentFeatures + pairs: 0.246, segmentFeatures + marks: 0.213,
		segmentFeatures + longest: 0.565, segmentFeatures + runs: 0.238, segmentFeatures + synonyms: 0.473,
		segmentFeatures + others: 0.297,
		subjectChars:             1.97, subjectPairs: 4.47, areaBeside: -1.5, areaForeign: -4.17, places: 0.426,
		length: 1.8, weighty: -0.877, company: 2.76, early: 0.179,
		lengthSquare: -0.0131, weightySquare: -0.212, hollow: -24, vast: 0.216,
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
