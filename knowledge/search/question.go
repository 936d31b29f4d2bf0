package search

import (
	"context"
	"strings"
)

// question is a query made ready: cut into units, its stop wordings marked, each
// character and pair weighed by how rare it is in the index.
type question struct {
	mode    Mode
	units   []uint32
	spelled []string // folded letters of each unit
	quiet   []quiet
	title   int // the first so many units are the subject line

	grams  []gram
	charAt []int32 // place in grams of the unit at a position, or -1
	pairAt []int32 // of the pair beginning there
	table  gramTable

	widened       []widened
	literal       []int32  // places in wording of what an Exact query wants to the letter
	names         []int32  // of known names in the query
	wording       *phrases // other wordings and names, to be counted in candidates
	wordingText   []string
	wordingRarest []rarest
	wordingRarity []float64

	lent    []int32 // pairs of the subject line that neighbours of a candidate may lend it
	areas   []int32
	kin     gramTable // pairs that keep company with those of the subject line
	kinOf   [][]kinship
	letters []*pinyinQuery
	slips   []lookup // words of the index that mistyped ones stand for
}

// quiet is how little a unit says.
type quiet uint8

const (
	telling quiet = iota
	weak          // one character such as 的
	stopped       // part of a wording such as 请问
)

// gram is one unit of the query, or two beside each other.
type gram struct {
	term    string
	key     uint64
	pair    bool
	weight  float64 // 0 says nothing, 1 all
	rarity  float64
	df      uint64
	inTitle bool
	inBody  float64 // how often
	place   bool    // it names a place
	// where it stands first in the subject line and in the text, or -1
	inSubject, inText int32
}

// widened is a wording of the query for which there are others.
type widened struct {
	inTitle bool
	from, n int   // its units
	self    int32 // place in wording
	others  []int32
}

// newQuestion reads a query. It asks the index for nothing.
func newQuestion(q Query, v *vocabulary) *question {
	subject, body := divide(q)
	w := &question{mode: q.Mode, table: gramTable{}}
	w.take(subject, q.Mode != Similar)
	w.title = len(w.units)
	if body != "" {
		w.units, w.spelled = append(w.units, gap), append(w.spelled, "")
		w.take(body, false)
	}
	w.hush(v.stop)
	w.cut()
	w.widen(v)
	v.areas.each(w.units, func(place, _, _ int) { w.areas = append(w.areas, int32(place)) })
	w.readLetters()
	return w
}

const longestSubject = 60 // units of a line that still is a subject

// divide tells the subject line from the rest.
func divide(q Query) (subject, body string) {
	title, text := strings.TrimSpace(q.Title), strings.TrimSpace(q.Text)
	if title != "" {
		return title, text
	}
	if q.Mode != Similar && len(units(clip(text, 8*longestSubject))) <= longestSubject {
		return text, ""
	}
	for i, r := range text {
		if strings.ContainsRune("。！？!?\n；;", r) && i > 0 {
			return text[:i], text[i:]
		}
		if i > 3*longestSubject {
			return text[:i], text[i:]
		}
	}
	return text, ""
}

func (w *question) take(text string, breakAtSpace bool) {
	cutUnits(clip(text, 8*longestQuestion), breakAtSpace, func(u unit, folded []rune) {
		if len(w.units) < longestQuestion {
			w.units, w.spelled = append(w.units, u.id), append(w.spelled, string(folded))
		}
	})
}

// hush marks stop wordings, unless nothing else were left.
func (w *question) hush(stop *phrases) {
	w.quiet = quietUnits(w.units, stop)
	left := false
	for i, id := range w.units {
		left = left || id != gap && w.quiet[i] == telling
	}
	if !left {
		clear(w.quiet)
	}
}

// quietUnits tells for each unit how little it says.
func quietUnits(ids []uint32, stop *phrases) []quiet {
	out := make([]quiet, len(ids))
	for i := range ids {
		place := stop.at(ids, i)
		if place < 0 {
			continue
		}
		n, how := len(stop.list[place]), stopped
		if n == 1 {
			how = weak
		}
		for k := i; k < i+n; k++ {
			out[k] = max(out[k], how)
		}
	}
	return out
}

// countWeighty is how many units are no part of stop wordings.
func countWeighty(ids []uint32, v *vocabulary) int {
	n, silent := 0, 0
	for i, id := range ids {
		if place := v.stop.at(ids, i); place >= 0 {
			silent = max(silent, len(v.stop.list[place]))
		}
		if silent > 0 {
			silent--
		} else if id != gap {
			n++
		}
	}
	return n
}

// cut makes the grams.
func (w *question) cut() {
	seen := map[uint64]int32{}
	w.charAt, w.pairAt = make([]int32, len(w.units)), make([]int32, len(w.units))
	for i, id := range w.units {
		w.charAt[i], w.pairAt[i] = -1, -1
		if id == gap {
			continue
		}
		w.charAt[i] = w.gram(seen, pairKey(id, gap), w.spelled[i], false, i, loudness(w.quiet[i], w.quiet[i], false))
		if i+1 < len(w.units) && w.units[i+1] != gap {
			w.pairAt[i] = w.gram(seen, pairKey(id, w.units[i+1]), w.spelled[i]+w.spelled[i+1], true, i,
				loudness(w.quiet[i], w.quiet[i+1], true))
		}
	}
}

func (w *question) gram(seen map[uint64]int32, key uint64, term string, pair bool, at int, weight float64) int32 {
	k, ok := seen[key]
	if !ok {
		k = int32(len(w.grams))
		seen[key] = k
		w.grams = append(w.grams, gram{term: term, key: key, pair: pair, inSubject: -1, inText: -1})
		w.table.add(key, k)
	}
	g := &w.grams[k]
	g.weight = max(g.weight, weight)
	if at < w.title {
		if !g.inTitle {
			g.inTitle, g.inSubject = true, int32(at)
		}
		return k
	}
	if g.inBody == 0 {
		g.inText = int32(at)
	}
	g.inBody++
	return k
}

// loudness is the weight of a gram whose units are so quiet: a pair that only
// touches a stop wording is often chance, one beside a single 的 hardly.
func loudness(a, b quiet, pair bool) float64 {
	switch {
	case a == telling && b == telling:
		return 1
	case !pair || a != telling && b != telling:
		return 0
	case a == stopped || b == stopped:
		return 0.4
	}
	return 0.8
}

// widen finds synonyms and names, and gathers the wordings to count in candidates.
func (w *question) widen(v *vocabulary) {
	var texts []string
	place := map[string]int32{}
	wording := func(text string) int32 {
		if _, ok := place[text]; !ok {
			place[text] = int32(len(texts))
			texts = append(texts, text)
		}
		return place[text]
	}
	seen := map[[2]int]bool{}
	v.synonyms.each(w.units, func(at, from, n int) {
		inTitle := from < w.title
		key := [2]int{at, 0}
		if inTitle {
			key[1] = 1
		}
		if seen[key] || len(v.others[at]) == 0 || len(w.widened) == mostWidened {
			return
		}
		seen[key] = true
		one := widened{inTitle: inTitle, from: from, n: n, self: wording(strings.Join(w.spelled[from:from+n], ""))}
		for _, other := range v.others[at] {
			one.others = append(one.others, wording(other))
		}
		w.widened = append(w.widened, one)
	})
	v.names.each(w.units, func(_, from, n int) {
		if n > 1 && len(w.names) < mostWidened {
			w.names = append(w.names, wording(strings.Join(w.spelled[from:from+n], "")))
		}
	})
	if w.mode == Exact {
		for _, run := range w.unbroken() {
			w.literal = append(w.literal, wording(run))
		}
	}
	w.wording, w.wordingText = newPhrases(texts), texts
}

const mostWidened = 40

// unbroken are the runs of the query between gaps.
func (w *question) unbroken() []string {
	var runs []string
	run := ""
	for i, id := range w.units {
		if id != gap {
			run += w.spelled[i]
			// Two words beside each other must not grow together.
			if i+1 < len(w.units) && !isHanUnit(id) && w.units[i+1]&wordBit != 0 {
				run += " "
			}
			continue
		}
		if run != "" {
			runs = append(runs, run)
		}
		run = ""
	}
	if run != "" {
		runs = append(runs, run)
	}
	return runs
}

// readLetters takes runs of Latin letters for pinyin, neighbours as one: gong ji jin.
func (w *question) readLetters() {
	run := ""
	end := func() {
		if q := newPinyinQuery(run); q != nil && len(w.letters) < 4 {
			w.letters = append(w.letters, q)
		}
		run = ""
	}
	for i := range w.title {
		if s := w.spelled[i]; s != "" && letters([]rune(s)) {
			run += s
		} else if w.units[i] != gap {
			end()
		}
	}
	end()
}

// kinship is a gram of the query and how close another pair is to it.
type kinship struct {
	gram      int32
	closeness float64
}

// gatherKin looks up who keeps company with the subject line's pairs.
func (w *question) gatherKin(ctx context.Context, s *snapshot, f *frequencies, v *vocabulary) error {
	for i := range w.grams {
		g := &w.grams[i]
		if !g.inTitle || !g.pair || g.weight < 1 || g.df < kinTimes || float64(g.df) > s.docs/4 {
			continue
		}
		found, err := f.kinOf(ctx, s, g, v)
		if err != nil {
			return err
		}
		for _, k := range found {
			place := w.kin.find(k.key)
			if place < 0 {
				place = int32(len(w.kinOf))
				w.kin.add(k.key, place)
				w.kinOf = append(w.kinOf, nil)
			}
			w.kinOf[place] = append(w.kinOf[place], kinship{int32(i), k.closeness})
		}
	}
	return nil
}

// weigh asks the index how rare everything is.
func (w *question) weigh(ctx context.Context, s *snapshot, f *frequencies) error {
	for i := range w.grams {
		g := &w.grams[i]
		if i%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		df, err := f.of(s, g.term)
		if err != nil {
			return err
		}
		g.df, g.rarity = df, s.rarity(df)
		g.place = g.endsLikePlace()
		if g.inTitle && g.pair && g.weight > 0 && g.df > 0 && len(w.lent) < mostLent {
			w.lent = append(w.lent, int32(i))
		}
	}
	w.wordingRarest = make([]rarest, len(w.wordingText))
	w.wordingRarity = make([]float64, len(w.wordingText))
	for i, text := range w.wordingText {
		r, err := rarestGram(s, f, text)
		if err != nil {
			return err
		}
		w.wordingRarest[i], w.wordingRarity[i] = r, s.rarity(r.df)
	}
	return nil
}

// rarest is the rarest gram of a wording: the wording itself occurs in no more
// documents than that.
type rarest struct {
	term string
	df   uint64
}

func rarestGram(s *snapshot, f *frequencies, text string) (rarest, error) {
	least := rarest{df: uint64(s.docs)}
	for _, token := range (gramAnalyzer{}).Analyze([]byte(text)) {
		df, err := f.of(s, string(token.Term))
		if err != nil {
			return rarest{}, err
		}
		if least.term == "" || df < least.df {
			least = rarest{string(token.Term), df}
		}
	}
	return least, nil
}

// gramTable finds the place of a gram by its key.
type gramTable struct {
	keys  filter
	place map[uint64]int32
}

func (t *gramTable) add(key uint64, place int32) {
	if t.place == nil {
		t.place = map[uint64]int32{}
	}
	t.place[key] = place
	t.keys.add(key)
}

// find returns the place of a key, or -1.
func (t *gramTable) find(key uint64) int32 {
	if !t.keys.has(key) {
		return -1
	}
	if place, ok := t.place[key]; ok {
		return place
	}
	return -1
}
