package surveys

import (
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longestReply is how many characters of a reply are read. Carriers join ten
// messages at most, some 670 characters; what is longer goes to a person unread.
const longestReply = 1000

// folded is a reply made comparable: one rune per character that carries
// meaning, small letters, half-width digits, simplified characters.
type folded struct {
	runes []rune
	at    []int  // at[i] is where runes[i] stands in clean
	clean []rune // the reply as written, without what cannot be seen
	cut   bool   // longer than longestReply
}

// fold drops what cannot be seen, squeezes blanks and folds every character.
// Bytes that are not UTF-8 become U+FFFD, which no word contains.
func fold(text string) folded {
	var f folded
	for _, r := range text {
		if invisible(r) {
			continue
		}
		if unicode.IsSpace(r) {
			f.space(r)
			continue
		}
		if len(f.clean) >= longestReply {
			f.cut = true
			break
		}
		f.clean = append(f.clean, r)
		f.add(r)
	}
	f.trimSpace()
	f.joinSpaced()
	return f
}

// invisible reports characters that only change how others look: controls,
// zero-width joiners, direction marks, variation selectors, skin tones, key caps.
func invisible(r rune) bool {
	switch {
	case r == '\n' || r == '\t' || r == '\r':
		return false
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		return true
	case r >= 0xFE00 && r <= 0xFE0F, r >= 0xE0000 && r <= 0xE01EF:
		return true
	case r >= 0x1F3FB && r <= 0x1F3FF, r == 0x20E3, r == 0x034F, r == 0x115F, r == 0x3164:
		return true
	}
	return false
}

func (f *folded) space(r rune) {
	mark := ' '
	if r == '\n' || r == '\r' || r == 0x2028 || r == 0x2029 {
		mark = '\n'
	}
	last := len(f.runes) - 1
	switch {
	case last < 0:
	case f.runes[last] == ' ' || f.runes[last] == '\n':
		if mark == '\n' {
			f.runes[last] = mark
		}
	case len(f.clean) < longestReply:
		f.clean = append(f.clean, mark)
		f.runes, f.at = append(f.runes, mark), append(f.at, len(f.clean)-1)
	}
}

func (f *folded) add(r rune) {
	at := len(f.clean) - 1
	if s, ok := special[r]; ok {
		f.addAll(s, at)
		return
	}
	if r < utf8.RuneSelf || unicode.Is(unicode.Han, r) && r >= 0x4E00 && r <= 0x9FFF {
		f.runes, f.at = append(f.runes, plain(r)), append(f.at, at)
		return
	}
	f.addAll(norm.NFKC.String(string(r)), at)
}

func (f *folded) addAll(s string, at int) {
	for _, r := range s {
		if r != ' ' {
			f.runes, f.at = append(f.runes, plain(r)), append(f.at, at)
		}
	}
}

func (f *folded) trimSpace() {
	if n := len(f.runes); n > 0 && (f.runes[n-1] == ' ' || f.runes[n-1] == '\n') {
		f.runes, f.at = f.runes[:n-1], f.at[:n-1]
	}
}

// joinSpaced takes out the blanks of "非 常 满 意": a blank between two
// characters that each stand alone.
func (f *folded) joinSpaced() {
	alone := func(i int) bool {
		return i >= 0 && i < len(f.runes) && unicode.Is(unicode.Han, f.runes[i]) &&
			(i == 0 || !word(f.runes[i-1])) && (i == len(f.runes)-1 || !word(f.runes[i+1]))
	}
	drop := make(map[int]bool)
	for i, r := range f.runes {
		if r == ' ' && alone(i-1) && alone(i+1) {
			drop[i] = true
		}
	}
	if len(drop) == 0 {
		return
	}
	runes, at := f.runes[:0:0], f.at[:0:0]
	for i := range f.runes {
		if !drop[i] {
			runes, at = append(runes, f.runes[i]), append(at, f.at[i])
		}
	}
	f.runes, f.at = runes, at
}

func word(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// plain is the small, simplified form of one character.
func plain(r rune) rune {
	if r < utf8.RuneSelf {
		return unicode.ToLower(r)
	}
	if s, ok := simplified()[r]; ok {
		return s
	}
	return unicode.ToLower(r)
}

// special holds the characters that Unicode does not fold to what people mean:
// dressed-up digits, Roman numerals, and punctuation with many shapes.
var special = func() map[rune]string {
	m := map[rune]string{
		'“': `"`, '”': `"`, '‘': `"`, '’': `'`, '「': `"`, '」': `"`, '『': `"`, '』': `"`, '《': `"`, '》': `"`,
		'【': "[", '】': "]", '〔': "[", '〕': "]", '［': "[", '］': "]",
		'—': "-", '–': "-", '－': "-", '―': "-", '～': "~", '〜': "~", '·': " ", '•': " ", '…': "。", '｡': "。",
		'⓪': "0", '⓿': "0", '🄋': "0", '〇': "零",
	}
	rows := []struct {
		first rune
		n     rune
	}{{'❶', 9}, {'➀', 9}, {'➊', 9}, {'⓵', 9}, {'Ⅰ', 9}, {'ⅰ', 9}}
	for _, row := range rows {
		for i := range row.n {
			m[row.first+i] = string('1' + i)
		}
	}
	return m
}()

// simplified maps traditional and variant characters to the simplified ones
// the lexicon is written in. It covers the lexicon's characters, no more: the
// comment kept for people is the reply as written.
var simplified = sync.OnceValue(func() map[rune]rune {
	m := make(map[rune]rune)
	for _, pair := range strings.Fields(traditional) {
		r := []rune(pair)
		for _, t := range r[1:] {
			m[t] = r[0]
		}
	}
	return m
})
