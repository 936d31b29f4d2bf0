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
		chars: 0.441, pairs: 0.405, marks: 0.656, longest: 0.0692, runs: 1.14, synonyms: 0.7, others: 1.33,
		subjectChars: 1.7, subjectPairs: 8.33, areaBeside: -2.11, areaForeign: -3.43, places: 0.503, length: 1.85,
		weighty: -0.172, company: 1.94, circle: 0.149, early: 0.328, weightySquare: -0.198, hollow: -21, vast: 0.15,
		share: 1.86, likest: 0.247,
	}
	withText = weights{
		chars: 0.187, pairs: 0.329, marks: 0.245, longest: -0.0457, runs: 0.787, synonyms: 0.489, others: 0.189,
		segmentFeatures + chars: 0.163, segmentFeatures + pairs: 0.249, segmentFeatures + marks: 0.192,
		segmentFeatures + longest: 0.543, segmentFeatures + runs: 0.242, segmentFeatures + synonyms: 0.436,
		segmentFeatures + others: 0.315, subjectChars: 1.81, subjectPairs: 5.2, areaBeside: -1.42,
		areaForeign: -4.08, places: 0.405, length: 1.54, weighty: -0.824, company: 2.07, circle: 0.0323,
		early: 0.107, weightySquare: -0.202, hollow: -22.5, vast: 0.0787, share: 1.61, likest: 0.19,
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
	sum, weigh := h.boost, w.weights()
	for i := range f {
		sum += weigh[i] * f[i]
	}
	return sum + w.byHand(h)
}

func (w *question) weights() *weights {
	if len(w.units) > w.title {
		return &withText
	}
	return &subjectOnly
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
