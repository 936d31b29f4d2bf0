package tickets

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// What in a free text points to a person by its shape alone: identity
// numbers, mobile numbers, car plates, mail addresses. Landlines are left:
// they are mostly offices'.
var personal = []shape{
	{numbersOf(18 - len("X")), regexp.MustCompile(`^[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]`), "［身份证号］", true},
	{numbersOf(11), regexp.MustCompile(`^(?:(?:\+|00)?86[- ]?|0)?1[3-9]\d(?:[-–—· ]?\d){8}`), "［手机号］", true},
	{plates, regexp.MustCompile(`^[` + provinces + `](?i:[A-HJ-NP-Z][·•\s]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳])`), "［车牌号］", true},
	{mails, regexp.MustCompile(`^[\w.+-]+@[\w-]+\.[\w.]+`), "［邮箱］", false},
}

// Redact takes out of a text what points to a person: what its shape gives
// away, and the caller's own name, phones, identity number and home address
// wherever they stand, his phones however they are written. It says whether it
// took anything out; only then are full-width digits and letters of the rest
// made plain ones.
func Redact(text string, c Caller) (clean string, changed bool) {
	clean = inPlain(withoutKnown(text, c), func(s string) string { return withoutShapes(withoutKnown(s, c), c) })
	return clean, clean != text
}

// inPlain looks through a text with its full-width digits and letters made
// plain, which Chinese keyboards type when somebody forgot to switch. Where
// nothing is found the text stays as it was.
func inPlain(text string, without func(string) string) string {
	plain := halfWidth(text)
	if out := without(plain); out != plain {
		return out
	}
	return text
}

func withoutKnown(text string, c Caller) string {
	for _, known := range []struct{ value, put string }{
		{c.IDNumber, "［身份证号］"}, {c.HomeAddress, "［住址］"}, {c.Phone, "［电话］"}, {c.AltPhone, "［电话］"}, {c.Name, "［姓名］"},
	} {
		// One character is no name: it would take out half the text.
		if utf8.RuneCountInString(known.value) >= 2 {
			text = strings.ReplaceAll(text, known.value, known.put)
		}
	}
	return text
}

func withoutShapes(text string, c Caller) string {
	for i := range personal {
		text = personal[i].replace(text)
	}
	for _, phone := range []string{c.Phone, c.AltPhone} {
		if phones(text, 0) >= 0 {
			text = withoutPhone(text, national(phone))
		}
	}
	return text
}

// leastPhone is how many of the last digits of a phone point to it.
const leastPhone = 7

var phones = numbersOf(leastPhone)

// national are the digits of a phone without the country's and the zero
// before the area's; "" when it is too short to be looked for.
func national(phone string) string {
	if phone == "" {
		return ""
	}
	n := strings.TrimPrefix(strings.TrimPrefix(Phone(phone), "+86"), "0")
	if len(n) < leastPhone {
		return ""
	}
	return n
}

// withoutPhone takes a known phone out however it is written: with or without
// its area, with spaces, dashes and brackets.
func withoutPhone(s, phone string) string {
	if phone == "" {
		return s
	}
	var out strings.Builder
	done := 0
	for at := phones(s, 0); at >= 0; {
		if end := phoneAt(s, at, phone); end > 0 {
			out.WriteString(strings.TrimRight(s[done:at], "(（"))
			out.WriteString("［电话］")
			done, at = end, end
		}
		at = phones(s, at+1)
	}
	if done == 0 {
		return s
	}
	return out.String() + s[done:]
}

// phoneAt returns where the phone that begins here ends, 0 when it is another
// number.
func phoneAt(s string, at int, phone string) int {
	digits := make([]byte, 0, 16)
	for i := at; i < len(s) && len(digits) < cap(digits); {
		for ; i < len(s) && (isDigit(s[i]) || len(digits) == 0 && s[i] == '+'); i++ {
			if s[i] != '+' {
				digits = append(digits, s[i])
			}
		}
		said := string(digits)
		for _, before := range []string{"0086", "86", "0", ""} {
			if n, ok := strings.CutPrefix(said, before); ok && len(n) >= leastPhone && strings.HasSuffix(phone, n) {
				return i
			}
		}
		gap := 0
		for gap < 2 && i < len(s) && strings.IndexByte("- ()", s[i]) >= 0 {
			i, gap = i+1, gap+1
		}
		if i == len(s) || !isDigit(s[i]) {
			return 0
		}
	}
	return 0
}

func halfWidth(s string) string {
	if !strings.ContainsFunc(s, isWide) {
		return s
	}
	return strings.Map(func(r rune) rune {
		if isWide(r) || strings.ContainsRune("＠．－＋＿（）", r) {
			return r - 0xFEE0
		}
		return r
	}, s)
}

func isWide(r rune) bool {
	return r >= '０' && r <= '９' || r >= 'Ａ' && r <= 'Ｚ' || r >= 'ａ' && r <= 'ｚ'
}
