package triage

import (
	"cmp"
	"slices"
)

// field is one way of reading one part of a ticket. Title and text are read
// alike but weighed apart: a title of twenty characters says what a text of two
// thousand is about.
type field int

const (
	titleWords field = iota // mined phrases and neighbouring pairs
	textWords
	titleGrams // one to three characters
	textGrams
	titleEnd // one to three of the last characters: "… 不给缴纳五险" ends in its matter
	titleThemes
	textThemes
	endThemes
	factField // what is known beside the text: the area, the channel
	fields
)

const endRunes = 8

// Seeds keep the namespaces apart; title and text share theirs, so that a word
// learned from texts is known in titles.
const (
	seedGram uint64 = hashSeed + iota
	seedWord
	seedPair
	seedEnd
	seedTheme
	seedThemePair
	seedEndTheme
	seedFact
)

// token is one thing seen: which field, which feature, and the runes it covers.
type token struct {
	field    field
	feature  uint64
	from, to int
}

// message is what is read: title and text, and facts known beside them.
type message struct {
	title, text line
	facts       []string
}

func newMessage(title, text string, facts []string) message {
	return message{newLine(title), newLine(text), facts}
}

// reader turns a message into tokens.
type reader struct{ phrases phrases }

// tokens calls f for everything seen in a message. Facts cover no runes.
func (r reader) tokens(m message, f func(token)) {
	title, text := m.title, m.text
	r.words(titleWords, title.runes, f)
	r.words(textWords, text.runes, f)
	grams(titleGrams, seedGram, title.runes, 0, f)
	grams(textGrams, seedGram, text.runes, 0, f)
	end := max(0, len(title.runes)-endRunes)
	grams(titleEnd, seedEnd, title.runes, end, f)
	themeTokens(title.runes, text.runes, end, f)
	for _, fact := range m.facts {
		f(token{factField, hashRunes(seedFact, []rune(fact)), 0, 0})
	}
}

func (r reader) words(in field, rs []rune, f func(token)) {
	eachHanRun(rs, func(from, to int) {
		before := span{-1, -1}
		for _, s := range r.phrases.cut(rs[from:to]) {
			s = span{s.from + from, s.to + from}
			f(token{in, hashRunes(seedWord, rs[s.from:s.to]), s.from, s.to})
			if before.from >= 0 {
				pair := hashRunes(hashRune(hashRunes(seedPair, rs[before.from:before.to]), '_'), rs[s.from:s.to])
				f(token{in, pair, before.from, s.to})
			}
			before = s
		}
	})
}

// grams emits the one to three characters at every place from start on; a
// blank ends them.
func grams(in field, seed uint64, rs []rune, start int, f func(token)) {
	for i := start; i < len(rs); i++ {
		h := seed
		for to := i; to < min(i+3, len(rs)) && rs[to] != ' '; to++ {
			h = hashRune(h, rs[to])
			f(token{in, h, i, to + 1})
		}
	}
}

// themeTokens emits the themes of title, end of title and text, and every two
// themes that meet in a title: 教师 with 社保 is a matter of labour, not of schools.
func themeTokens(title, text []rune, end int, f func(token)) {
	met := map[uint16]span{}
	var order []uint16
	themes().each(title, func(theme uint16, from, to int) {
		f(token{titleThemes, hashRune(seedTheme, rune(theme)), from, to})
		if from >= end {
			f(token{endThemes, hashRune(seedEndTheme, rune(theme)), from, to})
		}
		if _, seen := met[theme]; !seen {
			met[theme] = span{from, to}
			order = append(order, theme)
		}
	})
	slices.Sort(order)
	for i, a := range order {
		for _, b := range order[:i] {
			f(token{titleThemes, hashRune(hashRune(seedThemePair, rune(b)), rune(a)), met[a].from, met[a].to})
		}
	}
	themes().each(text, func(theme uint16, from, to int) {
		f(token{textThemes, hashRune(seedTheme, rune(theme)), from, to})
	})
}

// bag is how often each known feature stands in each field.
type bag [fields][]term

type term struct {
	id uint32
	n  float32
}

// bag reads a message and keeps the features that known tells.
func (r reader) bag(m message, known func(uint64) (uint32, bool)) bag {
	var b bag
	r.tokens(m, func(t token) {
		if id, ok := known(t.feature); ok {
			b[t.field] = append(b[t.field], term{id, 1})
		}
	})
	for f := range b {
		b[f] = counted(b[f])
	}
	return b
}

// counted sorts terms and joins equal ones.
func counted(ts []term) []term {
	slices.SortFunc(ts, func(a, b term) int { return cmp.Compare(a.id, b.id) })
	out := ts[:0]
	for _, t := range ts {
		if n := len(out); n > 0 && out[n-1].id == t.id {
			out[n-1].n += t.n
			continue
		}
		out = append(out, t)
	}
	return out
}

// titleOnly is the same message without its text.
func (b bag) titleOnly() bag {
	b[textWords], b[textGrams], b[textThemes] = nil, nil, nil
	return b
}

func (b bag) hasText() bool { return len(b[textGrams]) > 0 }
