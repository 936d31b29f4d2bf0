package search

import (
	_ "embed"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// simplified.txt holds pairs of runes, traditional then simplified, from the npm
// package opencc-js (TSCharacters).
//
//go:generate node simplified.mjs ../../.cache/opencc-js simplified.txt
//go:embed simplified.txt
var simplifiedPairs string

// simplifier is the table laid out for speed: the common block as an array, as
// every character of every candidate of a search goes through it.
type simplifier struct {
	common [lastCommon - firstCommon + 1]rune
	rare   map[rune]rune
}

const firstCommon, lastCommon = 0x4E00, 0x9FFF

var simplified = sync.OnceValue(func() *simplifier {
	s := &simplifier{rare: map[rune]rune{}}
	for i := range s.common {
		s.common[i] = firstCommon + rune(i)
	}
	var from rune
	for _, r := range simplifiedPairs {
		switch {
		case r == '\n':
		case from == 0:
			from = r
		default:
			s.set(from, r)
			from = 0
		}
	}
	return s
})

func (s *simplifier) set(from, to rune) {
	if from >= firstCommon && from <= lastCommon {
		s.common[from-firstCommon] = to
		return
	}
	s.rare[from] = to
}

func (s *simplifier) of(r rune) rune {
	if r >= firstCommon && r <= lastCommon {
		return s.common[r-firstCommon]
	}
	if to, ok := s.rare[r]; ok {
		return to
	}
	return r
}

// Fold returns text as it is compared: simplified characters, half width, lower
// case, without accents, zero-width signs or broken bytes. It is what makes
// 公積金, ＷｉＦｉ and "Café" find 公积金, wifi and cafe.
func Fold(text string) string {
	out := make([]byte, 0, len(text))
	fold(text, func(r rune, _ int) { out = utf8.AppendRune(out, r) })
	return string(out)
}

// fold calls emit for every folded rune with the byte offset in text it comes
// from. One rune may fold into none (a zero-width sign) or several (㎡ → m2). A
// broken byte becomes a space: it holds words apart and means nothing.
func fold(text string, emit func(r rune, at int)) {
	table := simplified()
	for at, r := range text {
		switch {
		case r < utf8.RuneSelf:
			emit(lower(r), at)
		case isHan(r):
			emit(table.of(r), at)
		case r == utf8.RuneError:
			emit(' ', at)
		case r >= '！' && r <= '～': // the full-width forms of ASCII
			emit(lower(r-'！'+'!'), at)
		case unicode.In(r, unicode.Cf, unicode.Mn, unicode.Variation_Selector):
		default:
			decompose(r, at, table, emit)
		}
	}
}

// decompose folds the rare rest by Unicode's compatibility forms, marks dropped.
func decompose(r rune, at int, table *simplifier, emit func(r rune, at int)) {
	var one [utf8.UTFMax]byte
	var many [4 * utf8.UTFMax]byte
	n := utf8.EncodeRune(one[:], r)
	for _, d := range string(norm.NFKD.Append(many[:0], one[:n]...)) {
		if unicode.Is(unicode.Mn, d) {
			continue
		}
		emit(unicode.ToLower(table.of(d)), at)
	}
}

func lower(r rune) rune {
	if 'A' <= r && r <= 'Z' {
		return r + 'a' - 'A'
	}
	return r
}

// isHan tells Chinese characters, the two written as signs (々, 〇) included.
func isHan(r rune) bool {
	return r >= 0x4E00 && r <= 0x9FFF || r >= 0x3400 && r <= 0x4DBF || r >= 0x20000 && r <= 0x3FFFF ||
		r == '々' || r == '〇'
}
