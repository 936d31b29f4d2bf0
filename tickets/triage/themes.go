package triage

import (
	_ "embed"
	"strings"
	"sync"
	"unicode/utf8"
)

//go:embed themes.txt
var themesText string

const longestThemeWord = 6

// themeWords maps a word, as folded, to the numbers of the themes it stands
// under. The list is part of the program, not learned: see themes.txt.
type themeWords struct {
	byWord map[string][]uint16
	names  []string
}

var themes = sync.OnceValue(func() *themeWords { return readThemes(themesText) })

func readThemes(text string) *themeWords {
	t := &themeWords{byWord: map[string][]uint16{}}
	for row := range strings.Lines(text) {
		name, words, ok := strings.Cut(row, ":")
		if !ok || strings.HasPrefix(row, "#") {
			continue
		}
		id := uint16(len(t.names))
		t.names = append(t.names, name)
		for _, w := range strings.Fields(words) {
			l := newLine(w)
			t.byWord[string(l.runes)] = append(t.byWord[string(l.runes)], id)
		}
	}
	return t
}

// each calls f for every word of a theme in rs, those within one another too:
// 养老保险 speaks of 保险 and of 养老.
func (t *themeWords) each(rs []rune, f func(theme uint16, from, to int)) {
	buf := make([]byte, 0, 4*longestThemeWord)
	for from, r := range rs {
		if r == ' ' {
			continue
		}
		buf = buf[:0]
		for to := from + 1; to <= min(len(rs), from+longestThemeWord); to++ {
			buf = utf8.AppendRune(buf, rs[to-1])
			for _, theme := range t.byWord[string(buf)] {
				f(theme, from, to)
			}
		}
	}
}
