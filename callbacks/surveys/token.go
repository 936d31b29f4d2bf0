package surveys

import (
	"slices"
	"strings"
	"unicode"
)

// token is one word of a reply with what it does there.
type token struct {
	text     string
	classes  []class
	from, to int // in folded.runes
}

func (t token) is(classes ...class) bool {
	for _, c := range t.classes {
		if slices.Contains(classes, c) {
			return true
		}
	}
	return false
}

func (t token) separates() bool { return t.is(isBlank, isComma, isStop, isAsk) }

// lexer cuts a folded reply into tokens, longest word first.
type lexer struct {
	runes  []rune
	words  *node
	tokens []token
}

func tokens(f folded) []token {
	l := lexer{runes: f.runes, words: lexicon(), tokens: make([]token, 0, len(f.runes))}
	for i := 0; i < len(l.runes); {
		i = l.next(i)
	}
	return l.tokens
}

func (l *lexer) next(i int) int {
	if n := l.address(i); n > 0 {
		return l.unknown(i, i+n)
	}
	if n, classes := l.word(i); n > 0 {
		return l.push(i, i+n, classes...)
	}
	r := l.runes[i]
	switch {
	case digit(r):
		return l.number(i)
	case l.numeral(i):
		return l.pushText(i, i+1, string('0'+numerals[r]), isNumber)
	case r >= 'a' && r <= 'z':
		return l.unknown(i, i+l.span(i, latin))
	}
	if c := mark(r); c != isUnknown {
		return l.push(i, i+1, c)
	}
	return l.unknown(i, i+1)
}

// word finds the longest listed word at i. A denial does not swallow the 不 of a
// longer word: 还不错 is 还 and 不错, not 还不 and 错.
func (l *lexer) word(i int) (int, []class) {
	var before rune
	if i > 0 {
		before = l.runes[i-1]
	}
	n, classes := l.words.longest(l.runes[i:], before)
	if n < 2 {
		return n, classes
	}
	if (token{classes: classes}).is(isDegreeAfter) && l.judges(i+n) {
		return l.words.longest(l.runes[i:i+1], before) // 解决得很好: 得, 很, 好
	}
	if l.runes[i+n-1] != '不' || (token{classes: classes}).is(isTwist) {
		return n, classes
	}
	m, inner := l.words.longest(l.runes[i+n-1:], 0)
	late := (token{classes: classes}).is(isNotYet) && (token{classes: inner}).is(isOther) // 迟迟不到
	if m < 2 || late || (token{classes: inner}).is(isNegator) {
		return n, classes
	}
	return l.words.longest(l.runes[i:i+n-1], before)
}

// judges reports that a judgement begins at i.
func (l *lexer) judges(i int) bool {
	n, classes := l.words.longest(l.runes[min(i, len(l.runes)):], 0)
	return n > 0 && token{classes: classes}.is(judging...)
}

// address measures a web or mail address at i, whose letters and digits mean nothing.
func (l *lexer) address(i int) int {
	rest := string(l.runes[i:min(i+8, len(l.runes))])
	if !strings.HasPrefix(rest, "http://") && !strings.HasPrefix(rest, "https://") && !strings.HasPrefix(rest, "www.") {
		return 0
	}
	return l.span(i, func(r rune) bool { return r > ' ' && r < unicode.MaxASCII })
}

func (l *lexer) span(i int, in func(rune) bool) int {
	n := 0
	for i+n < len(l.runes) && in(l.runes[i+n]) {
		n++
	}
	return n
}

func (l *lexer) push(from, to int, classes ...class) int {
	return l.pushText(from, to, string(l.runes[from:to]), classes...)
}

func (l *lexer) pushText(from, to int, text string, classes ...class) int {
	l.tokens = append(l.tokens, token{text: text, classes: classes, from: from, to: to})
	return to
}

// unknown adds characters no list holds, joined to the unknown ones before.
func (l *lexer) unknown(from, to int) int {
	if n := len(l.tokens); n > 0 && l.tokens[n-1].is(isUnknown) && l.tokens[n-1].to == from {
		from, l.tokens = l.tokens[n-1].from, l.tokens[:n-1]
	}
	return l.push(from, to, isUnknown)
}

// mark classifies punctuation; symbols and pictures that say nothing part words
// like a blank does.
func mark(r rune) class {
	switch {
	case strings.ContainsRune("?", r):
		return isAsk
	case strings.ContainsRune("。!.\n", r):
		return isStop
	case strings.ContainsRune(",、:;()[]{}<>-+=/|\\#*&@^_", r):
		return isComma
	case r == ' ', r == '"', r == '\'', r == '~', r == '`':
		return isBlank
	case unicode.IsPunct(r), unicode.IsSymbol(r):
		return isBlank
	}
	return isUnknown
}

// before returns the token that ends where i begins, or a comma at the start.
func (l *lexer) before() token {
	if n := len(l.tokens); n > 0 {
		return l.tokens[n-1]
	}
	return token{classes: []class{isComma}}
}
