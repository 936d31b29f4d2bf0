package search

import (
	"math"
	"slices"
	"strings"
)

// A feature is one thing a candidate has in common with the question, or not.
// Those of a segment exist twice: for the subject line and for the text.
type feature int

const (
	chars    feature = iota // single characters and words, by rarity, saturating
	pairs                   // pairs of them
	marks                   // per place in the query the best evidence, not summed twice
	longest                 // the longest run in common, by rarity of its pairs
	runs                    // distinct runs in common, each by its rarest pair
	synonyms                // other wordings for what itself is missing
	others                  // other wordings, missing or not
	segmentFeatures
)

const (
	subjectChars  = 2*segmentFeatures + iota // share of the subject line's characters
	subjectPairs                             // share of its pairs
	areaBeside                               // names areas, but only neighbours of the question's
	areaForeign                              // names areas, none near the question's
	places                                   // names of places in common: 景蓉苑, 白果镇
	length                                   // how long the document is
	weighty                                  // how much of it is no stop wording
	company                                  // kin of what the subject line has and it lacks, the closest
	circle                                   // the same, all kin together
	early                                    // pairs of the subject line in the title or near the beginning
	weightySquare                            // so that neither very short nor very long is taken for middling
	hollow                                   // says next to nothing: "has been passed on"
	vast                                     // says a great deal
	share                                    // what of the subject line it lacks and its nearest neighbours have
	likest                                   // the same, by the one neighbour likest it that has a pair
	allFeatures
)

// holding is what one candidate holds of the question.
type holding struct {
	often   []uint16 // per gram
	heading []bool   // per gram: in title or keywords
	wording []uint16
	kin     []float64 // per gram: the closest of its kin
	circle  []float64 // per gram: the closeness of all its kin
	early   []bool
	areas   []int32
	length  float64 // in units
	stored
	read []string // syllables of title and keywords, when asked for
}

// hold counts what a candidate, read into h, has of what the question asks for.
func (w *question) hold(h *holding, v *vocabulary) {
	h.reset(len(w.grams), len(w.wordingText))
	for part, ids := range h.units {
		w.count(h, ids, part != inBody, v)
	}
	if len(w.letters) > 0 {
		h.read = syllables(h.title+textsGap+strings.ReplaceAll(h.keywords, listMark, textsGap), v)
	}
}

func (h *holding) reset(grams, wordings int) {
	h.often = zeroed(h.often, grams)
	h.heading = zeroed(h.heading, grams)
	h.kin = zeroed(h.kin, grams)
	h.circle = zeroed(h.circle, grams)
	h.early = zeroed(h.early, grams)
	h.wording = zeroed(h.wording, wordings)
	h.areas, h.length, h.read = h.areas[:0], 0, nil
}

func zeroed[T any](s []T, n int) []T {
	s = slices.Grow(s[:0], n)[:n]
	clear(s)
	return s
}

// headingCounts is how many times over a mention in the title counts.
const headingCounts = 2

func (w *question) count(h *holding, ids []uint32, heading bool, v *vocabulary) {
	step := uint16(1)
	if heading {
		step = headingCounts
	}
	found := func(place int32) {
		if place >= 0 {
			h.often[place] += min(step, math.MaxUint16-h.often[place])
			h.heading[place] = h.heading[place] || heading
		}
	}
	wordings, areas := len(w.wordingText) > 0, len(w.areas) > 0
	for i, id := range ids {
		if id == gap {
			continue
		}
		h.length++
		found(w.table.find(pairKey(id, gap)))
		if i+1 < len(ids) && ids[i+1] != gap {
			pair := pairKey(id, ids[i+1])
			place := w.table.find(pair)
			found(place)
			if place >= 0 && (heading || i < beginningUnits) {
				h.early[place] = true
			}
			if place := w.kin.find(pair); place >= 0 {
				for _, k := range w.kinOf[place] {
					h.kin[k.gram] = max(h.kin[k.gram], k.closeness)
					h.circle[k.gram] += k.closeness
				}
			}
		}
		if wordings {
			w.wording.every(ids, i, func(place int) { h.wording[place] += min(step, math.MaxUint16-h.wording[place]) })
		}
		if areas {
			if place := v.areas.at(ids, i); place >= 0 && !slices.Contains(h.areas, int32(place)) {
				h.areas = append(h.areas, int32(place))
			}
		}
	}
}

// features weighs what a candidate holds. average is the length of a middling
// document in units.
func (w *question) features(h *holding, average float64, v *vocabulary) [allFeatures]float64 {
	var f [allFeatures]float64
	relative := h.length / max(average, 1)
	w.segment(f[:segmentFeatures], h, relative, 0, w.title)
	if len(w.units) > w.title {
		w.segment(f[segmentFeatures:2*segmentFeatures], h, relative, w.title, len(w.units))
	}
	f[subjectChars], f[subjectPairs] = w.covered(h)
	f[areaBeside], f[areaForeign] = v.elsewhere(w.areas, h.areas)
	f[places] = w.placesIn(h)
	for i := range w.grams {
		g := &w.grams[i]
		if !g.pair || !g.inTitle {
			continue
		}
		if h.often[i] == 0 {
			f[company] += scale * g.rarity * h.kin[i]
			f[circle] += scale * g.rarity * math.Log1p(h.circle[i])
		}
		if h.early[i] {
			f[early] += scale * g.rarity * g.weight
		}
	}
	f[length] = math.Log(h.length + 10)
	f[weighty] = math.Log(float64(h.weighty) + 10)
	f[weightySquare] = f[weighty] * f[weighty]
	f[vast] = max(0, f[weighty]-vastAbove)
	if len(h.units[inTitle]) == 0 { // a title says what it is about, however short the rest
		f[hollow] = max(0, hollowBelow-f[weighty])
	}
	return f
}

// Where a document says next to nothing, 15 telling characters, and where a great
// deal, 390; as weighty measures.
const hollowBelow, vastAbove = 3.2, 6.0

const beginningUnits = 60

// scale keeps features near one, and their weights readable.
const scale = 0.1

func (w *question) segment(f []float64, h *holding, relative float64, from, to int) {
	inTitle := from == 0
	for i := range w.grams {
		g := &w.grams[i]
		emphasis := 1.0
		if !inTitle {
			emphasis = root(g.inBody)
		} else if !g.inTitle {
			continue
		}
		if h.often[i] == 0 || emphasis == 0 {
			continue
		}
		worth := scale * emphasis * g.weight * g.rarity * saturate(float64(h.often[i]), relative)
		if g.pair {
			f[pairs] += worth
		} else {
			f[chars] += worth
		}
	}
	f[marks] = scale * w.marked(h, relative, from, to)
	f[longest], f[runs] = w.runsIn(h, from, to)
	f[synonyms], f[others] = w.otherWordings(h, relative, inTitle)
}

// marked gives every place of the segment its best evidence: half the worth of the
// pair it is in, or its own. A name of four characters counts about once, not
// seven times.
func (w *question) marked(h *holding, relative float64, from, to int) float64 {
	sum, before := 0.0, 0.0 // before: what the pair begun at the last place is worth to this one
	for i := from; i < to; i++ {
		own, pair := 0.0, 0.0
		if k := w.charAt[i]; k >= 0 && h.often[k] > 0 && w.first(k, i, from) {
			own = w.grams[k].weight * w.grams[k].rarity * saturate(float64(h.often[k]), relative)
		}
		if k := w.pairAt[i]; k >= 0 && h.often[k] > 0 && w.first(k, i, from) {
			pair = w.grams[k].weight * w.grams[k].rarity / 2 * saturate(float64(h.often[k]), relative)
		}
		if w.quiet[i] == telling {
			sum += max(own, pair, before)
		}
		before = pair
	}
	return sum
}

// first tells whether a gram stands at this place for the first time in its segment.
func (w *question) first(k int32, at, from int) bool {
	g := &w.grams[k]
	if from == 0 {
		return int(g.inSubject) == at
	}
	return int(g.inText) == at
}

// runsIn finds what stands in the query as it stands in the candidate.
func (w *question) runsIn(h *holding, from, to int) (best, sum float64) {
	for i := from; i < to; {
		k := w.pairAt[i]
		if k < 0 || h.often[k] == 0 {
			i++
			continue
		}
		total, rarest, fresh := 0.0, 0.0, false
		for i < to && w.pairAt[i] >= 0 && h.often[w.pairAt[i]] > 0 {
			g := &w.grams[w.pairAt[i]]
			total += g.weight * g.rarity
			rarest = max(rarest, g.weight*g.rarity)
			fresh = fresh || w.first(w.pairAt[i], i, from)
			i++
		}
		best = max(best, total)
		if fresh {
			sum += rarest
		}
		i++
	}
	return scale * best, scale * sum
}

func (w *question) otherWordings(h *holding, relative float64, inTitle bool) (missing, all float64) {
	for _, one := range w.widened {
		if one.inTitle != inTitle {
			continue
		}
		best := 0.0
		for _, other := range one.others {
			if n := h.wording[other]; n > 0 {
				best = max(best, w.wordingRarity[other]*saturate(float64(n), relative))
			}
		}
		all += best
		if h.wording[one.self] == 0 {
			missing += best
		}
	}
	return scale * missing, scale * all
}

// covered is which share of the subject line's characters and pairs there is.
func (w *question) covered(h *holding) (ofChars, ofPairs float64) {
	var have, want [2]float64
	for i := range w.grams {
		g := &w.grams[i]
		if !g.inTitle {
			continue
		}
		k := 0
		if g.pair {
			k = 1
		}
		want[k] += g.weight * g.rarity
		if h.often[i] > 0 {
			have[k] += g.weight * g.rarity
		}
	}
	return have[0] / (want[0] + 1), have[1] / (want[1] + 1)
}

// placesIn counts names of places both have, by what such names end in.
func (w *question) placesIn(h *holding) float64 {
	sum := 0.0
	for i := range w.grams {
		g := &w.grams[i]
		if !g.place || h.often[i] == 0 {
			continue
		}
		if g.inTitle {
			sum++
		} else {
			sum += 0.5
		}
	}
	return min(sum, 2)
}

// placeEndings are the last characters of names of places and of what stands there.
const placeEndings = "镇乡村路街园苑城桥站组山湖学院道局厂府"

// rareName is the rarity from which a pair ending so is a name and no common word.
const rareName = 3

func (g *gram) endsLikePlace() bool {
	if !g.pair || g.weight < 1 || g.rarity < rareName {
		return false
	}
	for _, r := range placeEndings {
		if strings.HasSuffix(g.term, string(r)) {
			return true
		}
	}
	return false
}

// elsewhere compares the areas of question and candidate: beside when the nearest
// two only share what they lie in, foreign when not even that. Whoever names no
// area is never elsewhere.
func (v *vocabulary) elsewhere(asked, held []int32) (beside, foreign float64) {
	if len(asked) == 0 || len(held) == 0 {
		return 0, 0
	}
	cousins := false
	for _, a := range asked {
		for _, b := range held {
			if v.within(a, b) || v.within(b, a) {
				return 0, 0
			}
			cousins = cousins || v.top(a) == v.top(b)
		}
	}
	if cousins {
		return 1, 0
	}
	return 0, 1
}

// within tells whether area a lies in b or is it.
func (v *vocabulary) within(a, b int32) bool {
	for depth := 0; a >= 0 && depth < 16; depth++ {
		if a == b {
			return true
		}
		a = v.parent[a]
	}
	return false
}

func (v *vocabulary) top(a int32) int32 {
	for depth := 0; v.parent[a] >= 0 && depth < 16; depth++ {
		a = v.parent[a]
	}
	return a
}
