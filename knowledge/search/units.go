package search

import (
	"unicode"
	"unicode/utf8"
)

// A unit is what text is compared by: one Chinese character, or one whole run of
// Latin letters and digits (wifi, 406, a7). The zero id separates: no pair of
// units reaches across punctuation.
type unit struct {
	id    uint32
	start int32 // byte offsets in the text as it was written
	end   int32
}

const (
	gap = 0
	// wordBit marks the id of a run of letters: the rest of it is a hash. Two runs
	// that collide are taken for each other, one pair in two thousand million.
	wordBit = 1 << 31
	// longestWord cuts runs that are no words: base64, a line of equals signs.
	longestWord = 40
	// longestText is how much of one text is read, in bytes. What follows is
	// neither found nor weighed; a megabyte of pasted log is not a question.
	longestText = 128 << 10
)

// han tells whether the unit is one Chinese character.
func (u unit) han() bool { return isHanUnit(u.id) }

// units cuts text.
func units(text string) []unit {
	out := make([]unit, 0, len(text)/3+1)
	cutUnits(text, false, func(u unit, _ []rune) { out = append(out, u) })
	return out
}

// idsOf leaves out where units stand.
func idsOf(us []unit) []uint32 {
	ids := make([]uint32, len(us))
	for i, u := range us {
		ids[i] = u.id
	}
	return ids
}

// isHanUnit tells whether an id is one Chinese character's.
func isHanUnit(id uint32) bool { return id != gap && id&wordBit == 0 }

// cutUnits calls emit for each unit of text with its folded runes, which are only
// good during the call. Spaces inside Chinese do not separate (scans and PDFs are
// full of them) unless breakAtSpace says that somebody typed them to do so.
func cutUnits(text string, breakAtSpace bool, emit func(u unit, folded []rune)) {
	text = clip(text, longestText)
	var run [longestWord]rune // the letters seen so far
	n, from, last, open := 0, 0, 0, false
	flush := func(to int) {
		if n > 0 {
			emit(unit{wordID(run[:n]), int32(from), int32(to)}, run[:n])
			n = 0
		}
	}
	var one [1]rune
	fold(text, func(r rune, at int) {
		switch {
		case isHan(r):
			flush(at)
			one[0] = r
			emit(unit{uint32(r), int32(at), int32(at + width(text, at))}, one[:])
			open = true
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			if n == longestWord {
				flush(at)
			}
			if n == 0 {
				from = at
			}
			run[n] = r
			n++
			open = true
		case !breakAtSpace && (r == ' ' || r == '\u00a0'):
			flush(at)
		default:
			flush(at)
			if open {
				emit(unit{gap, int32(at), int32(at)}, nil)
				open = false
			}
		}
		last = at
	})
	flush(last + width(text, last))
}

// clip cuts text to at most n bytes at a rune's border.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for n > 0 && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

func width(text string, at int) int {
	if at >= len(text) {
		return 0
	}
	_, n := utf8.DecodeRuneInString(text[at:])
	return n
}

func wordID(run []rune) uint32 {
	h := uint32(2166136261) // FNV-1a
	for _, r := range run {
		h = (h ^ uint32(r)) * 16777619
	}
	return h | wordBit
}

// pairKey is the key of two units beside each other, or of one when b is gap.
func pairKey(a, b uint32) uint64 { return uint64(a)<<32 | uint64(b) }
