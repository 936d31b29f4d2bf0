package tickets

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// shape is something that is found in a text by how it is written. A pattern
// tried at every character of every text is slow; next names the few places
// where it is worth trying.
type shape struct {
	next   func(s string, from int) int // at from or later; -1: nowhere any more
	begins *regexp.Regexp               // what begins at such a place
	put    string                       // instead
	number bool                         // it is no number where digits go on
}

// longestShape bounds, in bytes, what a pattern looks at; none needs more but
// a mail address, which is cut there.
const longestShape = 160

// replace puts the shape's word in the place of each that is there, the first
// first and none within another.
func (p *shape) replace(s string) string {
	var out strings.Builder
	done := 0
	for at := p.next(s, 0); at >= 0; {
		m := p.begins.FindStringSubmatchIndex(s[at:min(len(s), at+longestShape)])
		if m == nil || p.number && at+m[1] < len(s) && isDigit(s[at+m[1]]) {
			at = p.next(s, at+1)
			continue
		}
		if done == 0 {
			out.Grow(len(s) + len(p.put))
		}
		out.WriteString(s[done:at])
		out.Write(p.begins.ExpandString(nil, p.put, s[at:min(len(s), at+longestShape)], m))
		done = at + m[1]
		at = p.next(s, done)
	}
	if done == 0 {
		return s
	}
	return out.String() + s[done:]
}

// numbersOf begin at a digit that follows none, or at the plus before it, and
// have at least so many digits.
func numbersOf(least int) func(s string, from int) int {
	return func(s string, from int) int {
		for i := from; i < len(s); i++ {
			if (isDigit(s[i]) || s[i] == '+') && (i == 0 || !isDigit(s[i-1])) && hasDigits(s[i:], least) {
				return i
			}
		}
		return -1
	}
}

// hasDigits says whether a text begins with so many digits, not counting what
// people write between them: spaces, dashes of all lengths, points, brackets.
func hasDigits(s string, least int) bool {
	for i := 0; i < len(s) && least > 0; i++ {
		switch b := s[i]; {
		case isDigit(b):
			least--
		case strings.IndexByte("+- ()\xc2\xb7\xe2\x80\x93\x94", b) < 0:
			return false
		}
	}
	return least <= 0
}

// provinces begin a car's plate.
const provinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

// plates begin with a province before a letter.
func plates(s string, from int) int {
	for i := from + 3; i < len(s); i++ {
		if c := s[i] | 0x20; c >= 'a' && c <= 'z' && s[i-1] >= utf8.RuneSelf && strings.Contains(provinces, s[i-3:i]) && utf8.RuneStart(s[i-3]) {
			return i - 3
		}
	}
	return -1
}

// longestLocal is how much may stand before an at sign (RFC 5321, 4.5.3.1.1).
const longestLocal = 64

// mails begin at the first of the characters before an at sign.
func mails(s string, from int) int {
	for i := from; i < len(s); i++ {
		if s[i] != '@' {
			continue
		}
		begin := i
		for begin > 0 && i-begin < longestLocal && isMail(s[begin-1]) {
			begin--
		}
		if begin < i && begin >= from {
			return begin
		}
	}
	return -1
}

func isMail(b byte) bool {
	return isDigit(b) || b|0x20 >= 'a' && b|0x20 <= 'z' || strings.IndexByte("_.+-", b) >= 0
}

// wording finds the words that a name stands beside, where what stands there
// begins like a name.
type wording struct {
	words []string
	leads hanSet // their first characters
	names hanSet // the first characters of names
}

func newWording(alternatives, names string) wording {
	w := wording{words: strings.Split(alternatives, "|")}
	for _, x := range w.words {
		lead, _ := utf8.DecodeRuneInString(x)
		w.leads.add(lead)
	}
	for _, r := range names {
		w.names.add(r)
	}
	return w
}

// next finds a word that a name may follow.
func (w *wording) next(s string, from int) int {
	for i, r := range s[from:] {
		if w.leads.has(r) && w.introduces(s[from+i:]) {
			return from + i
		}
	}
	return -1
}

func (w *wording) introduces(s string) bool {
	for _, x := range w.words {
		rest, ok := strings.CutPrefix(s, x)
		if !ok {
			continue
		}
		for i, r := range rest {
			if w.names.has(r) {
				return true
			}
			if !strings.ContainsRune(between, r) || i > 2*len("：") {
				break
			}
		}
	}
	return false
}

// between is what may stand between such a word and a name.
const between = ":：是为叫 \t\r\n\f"

// before finds a place one to four characters before one of the words, where a
// name may begin.
func (w *wording) before(s string, from int) int {
	last := [4]int{-1, -1, -1, -1} // where the characters before begin that a name may begin with
	for i, r := range s[from:] {
		if w.leads.has(r) && w.begins(s[from+i:]) {
			for _, at := range last {
				if at >= 0 {
					return at
				}
			}
		}
		at := -1
		if w.names.has(r) {
			at = from + i
		}
		last = [4]int{last[1], last[2], last[3], at}
	}
	return -1
}

func (w *wording) begins(s string) bool {
	for _, x := range w.words {
		if strings.HasPrefix(s, x) {
			return true
		}
	}
	return false
}

// hanSet is a set of Chinese characters of the basic block.
type hanSet [(lastHan - firstHan + 64) / 64]uint64

const firstHan, lastHan = 0x4E00, 0x9FFF

func (h *hanSet) add(r rune) {
	if r >= firstHan && r <= lastHan {
		h[(r-firstHan)/64] |= 1 << ((r - firstHan) % 64)
	}
}

func (h *hanSet) has(r rune) bool {
	return r >= firstHan && r <= lastHan && h[(r-firstHan)/64]&(1<<((r-firstHan)%64)) != 0
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
