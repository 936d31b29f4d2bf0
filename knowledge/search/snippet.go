package search

import (
	"cmp"
	"slices"
	"strings"
)

const (
	snippetUnits = 110 // how much of a body is shown
	mostWhy      = 5
)

// why lists what the candidate has in common with the query, weightiest first:
// runs of the query, other wordings for it, titles read from pinyin.
func (w *question) why(h *holding) []string {
	type reason struct {
		text  string
		worth float64
	}
	var reasons []reason
	for i := 0; i < len(w.units); {
		text, worth, next := w.runAt(h, i)
		if worth > 0 {
			reasons = append(reasons, reason{text, worth})
		}
		i = next
	}
	for _, one := range w.widened {
		for _, other := range one.others {
			if h.wording[other] > 0 && h.wording[one.self] == 0 {
				reasons = append(reasons, reason{w.wordingText[other], w.wordingRarity[other]})
			}
		}
	}
	for _, q := range w.letters {
		if at, _ := q.matches(h.read); at >= 0 {
			reasons = append(reasons, reason{q.letters, lettersWeight})
		}
	}
	slices.SortStableFunc(reasons, func(a, b reason) int { return cmp.Compare(b.worth, a.worth) })
	var out []string
	for _, r := range reasons {
		if len(out) < mostWhy && !slices.Contains(out, r.text) {
			out = append(out, r.text)
		}
	}
	return out
}

// runAt is the run of telling units at i that the candidate holds, and where to go on.
func (w *question) runAt(h *holding, i int) (text string, worth float64, next int) {
	if !isHanUnit(w.units[i]) || len(w.units) == 1 {
		if k := w.charAt[i]; k >= 0 && h.often[k] > 0 && w.grams[k].weight > 0 {
			text, worth = w.spelled[i], w.grams[k].rarity
		}
	}
	next = i + 1
	for k := w.pairAt[i]; k >= 0 && h.often[k] > 0 && w.grams[k].weight == 1; k = w.pairAt[next-1] {
		if text == "" {
			text = w.spelled[i]
		}
		text += w.spelled[next]
		worth += w.grams[k].rarity
		next++
	}
	return text, worth, next
}

// mark cuts text into pieces, those marked that the query asked for.
func (w *question) mark(text string, v *vocabulary) []Piece {
	us := units(text)
	worth := w.worthOf(us)
	w.spokenUnits(text, v, worth)
	return cutPieces(text, us, worth, 0, len(us))
}

// snippet is the stretch of text with most of what the query asked for, begun at
// a sentence where one begins near.
func (w *question) snippet(text string) []Piece {
	us := units(text)
	worth := w.worthOf(us)
	from, best, sum := 0, 0.0, 0.0
	for i := range us {
		sum += worth[i]
		if i >= snippetUnits {
			sum -= worth[i-snippetUnits]
		}
		if sum > best+1e-9 {
			from, best = max(0, i-snippetUnits+1), sum
		}
	}
	from = beginning(us, worth, from)
	to := min(from+snippetUnits, len(us))
	pieces := cutPieces(text, us, worth, from, to)
	if from > 0 {
		pieces = append([]Piece{{Text: "…"}}, pieces...)
	}
	if to < len(us) {
		pieces = append(pieces, Piece{Text: "…"})
	}
	return pieces
}

// beginning moves a stretch's start to the first thing marked, and back to where
// its sentence begins if that is near.
func beginning(us []unit, worth []float64, from int) int {
	first := from
	for first < len(us) && worth[first] == 0 {
		first++
	}
	if first == len(us) {
		return 0
	}
	for at := first; at > 0 && at > first-snippetUnits/3; at-- {
		if us[at-1].id == gap {
			return at
		}
	}
	return max(0, first-8)
}

// worthOf is what each unit of a text contributes to what the query asked for.
func (w *question) worthOf(us []unit) []float64 {
	worth := make([]float64, len(us)+1)
	raise := func(from, n int, by float64) {
		for k := from; k < from+n; k++ {
			worth[k] = max(worth[k], by)
		}
	}
	alone, ids := len(w.grams) == 1, idsOf(us)
	for i, u := range us {
		if u.id == gap {
			continue
		}
		if k := w.table.find(pairKey(u.id, gap)); k >= 0 && (alone || !u.han()) && w.grams[k].weight > 0 {
			raise(i, 1, w.grams[k].rarity)
		}
		if i+1 < len(us) {
			if k := w.table.find(pairKey(u.id, us[i+1].id)); k >= 0 && w.grams[k].weight > 0.5 {
				raise(i, 2, w.grams[k].rarity)
			}
		}
		w.wording.every(ids, i, func(place int) { raise(i, len(w.wording.list[place]), w.wordingRarity[place]) })
	}
	return worth[:len(us)]
}

// cutPieces cuts the text of the units from … to.
func cutPieces(text string, us []unit, worth []float64, from, to int) []Piece {
	if from >= to {
		return nil
	}
	end := len(text)
	if to < len(us) {
		end = int(us[to].start)
	}
	at := int(us[from].start)
	if from == 0 {
		at = 0
	}
	var pieces []Piece
	put := func(upTo int, marked bool) {
		if upTo <= at {
			return
		}
		piece := strings.ToValidUTF8(text[at:upTo], "")
		if n := len(pieces); n > 0 && pieces[n-1].Mark == marked {
			pieces[n-1].Text += piece
		} else if piece != "" {
			pieces = append(pieces, Piece{piece, marked})
		}
		at = upTo
	}
	for i := from; i < to; i++ {
		if worth[i] > 0 {
			put(int(us[i].start), false)
			put(int(us[i].end), true)
		}
	}
	put(end, false)
	return pieces
}
