package triage

import (
	"sync"
	"unicode"
	"unicode/utf8"

	"nengban/knowledge/search"
)

// line is a text made comparable: folded (simplified, half width, lower case),
// runs of digits as 0, place codes of anonymised exports (A3区) as @, runs of
// blanks as one. at says where in the source each rune came from, so that
// evidence can be shown in the caller's own words.
type line struct {
	runes []rune
	at    []int
	src   string
}

// maxRunes bounds what is read of one text: a matter is told in its beginning
// and asked for at its end, so the middle of a very long one is left out.
const maxRunes, lastRunes = 3000, 600

func newLine(src string) line {
	if len(src) > 4*maxRunes {
		src = bounded(src)
	}
	l := line{runes: make([]rune, 0, len(src)/2), at: make([]int, 0, len(src)/2), src: src}
	for at, r := range src {
		l.add(folded(r), at)
	}
	return l
}

// add appends one folded rune, joining digits, blanks and place codes.
func (l *line) add(r rune, at int) {
	n := len(l.runes)
	switch {
	case r == 0:
		return
	case unicode.IsSpace(r):
		r = ' '
		if n == 0 || l.runes[n-1] == ' ' {
			return
		}
	case unicode.IsDigit(r):
		r = '0'
		if n > 0 && l.runes[n-1] == '0' {
			return
		}
	case isDivision(r) && l.endsInCode():
		start := n - 1
		if l.runes[start] == '0' {
			start--
		}
		l.runes, l.at = append(l.runes[:start], '@'), append(l.at[:start], l.at[start])
		return
	}
	l.runes, l.at = append(l.runes, r), append(l.at, at)
}

// endsInCode is true after a single Latin letter, or one with digits: A, A3.
func (l *line) endsInCode() bool {
	i := len(l.runes) - 1
	if i >= 1 && l.runes[i] == '0' {
		i--
	}
	return i >= 0 && l.runes[i] >= 'a' && l.runes[i] <= 'z' && (i == 0 || l.runes[i-1] > unicode.MaxLatin1 || l.runes[i-1] == ' ' || l.runes[i-1] == '@')
}

func isDivision(r rune) bool { return r == '省' || r == '市' || r == '区' || r == '县' }

// cut returns the source text behind the runes from..to.
func (l *line) cut(from, to int) string {
	end := len(l.src)
	if to < len(l.at) {
		end = l.at[to]
	}
	return l.src[l.at[from]:end]
}

// bounded keeps the head and the tail of a text that is too long to be read.
func bounded(s string) string {
	head, tail := 4*(maxRunes-lastRunes), len(s)-4*lastRunes
	for head > 0 && !utf8.RuneStart(s[head]) {
		head--
	}
	for tail < len(s) && !utf8.RuneStart(s[tail]) {
		tail++
	}
	return s[:head] + "\n" + s[tail:]
}

// folded is search.Fold for one rune: 0 where the rune means nothing.
func folded(r rune) rune {
	if r >= 0 && int(r) < len(foldTable()) {
		return foldTable()[r]
	}
	if r == utf8.RuneError || unicode.IsControl(r) {
		return ' '
	}
	return r
}

// foldTable holds the folding of every rune of the basic plane: the same words
// must be found here and in the knowledge base, and a table is quick enough to
// read a text while it is typed.
var foldTable = sync.OnceValue(func() *[1 << 16]rune {
	var t [1 << 16]rune
	for r := range t {
		if rune(r) == utf8.RuneError || unicode.IsControl(rune(r)) {
			t[r] = ' '
			continue
		}
		if rs := []rune(search.Fold(string(rune(r)))); len(rs) > 0 {
			t[r] = rs[0]
		}
	}
	return &t
})
