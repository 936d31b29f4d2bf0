package tickets

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// What in a free text points to a person by its shape alone: identity
// numbers, mobile numbers, car plates, mail addresses. Landlines are left:
// they are mostly offices'.
var personal = []struct {
	shape *regexp.Regexp
	put   string
}{
	{regexp.MustCompile(`[1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]`), "［身份证号］"},
	{regexp.MustCompile(`(?:\+?86[- ]?)?1[3-9]\d(?:[- ]?\d){8}`), "［手机号］"},
	{regexp.MustCompile(`[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·•\s]?[A-HJ-NP-Z0-9]{4,5}[A-HJ-NP-Z0-9挂学警港澳]`), "［车牌号］"},
	{regexp.MustCompile(`[\w.+-]+@[\w-]+\.[\w.]+`), "［邮箱］"},
}

// Redact takes out of a text what points to a person: what its shape gives
// away, and the caller's own name, phones, identity number and home address
// wherever they stand. It says whether it took anything out.
func Redact(text string, c Caller) (clean string, changed bool) {
	clean = text
	for _, known := range []struct{ value, put string }{
		{c.IDNumber, "［身份证号］"}, {c.HomeAddress, "［住址］"}, {c.Phone, "［电话］"}, {c.AltPhone, "［电话］"}, {c.Name, "［姓名］"},
	} {
		// One character is no name: it would take out half the text.
		if utf8.RuneCountInString(known.value) >= 2 {
			clean = strings.ReplaceAll(clean, known.value, known.put)
		}
	}
	for _, p := range personal {
		clean = replaceWhole(clean, p.shape, p.put)
	}
	return clean, clean != text
}

// replaceWhole replaces matches that are not the inside of a longer number,
// such as a case number that happens to hold 138.
func replaceWhole(s string, shape *regexp.Regexp, put string) string {
	var out strings.Builder
	done := 0
	for _, m := range shape.FindAllStringIndex(s, -1) {
		if m[0] > 0 && isDigit(s[m[0]-1]) || m[1] < len(s) && isDigit(s[m[1]]) {
			continue
		}
		out.WriteString(s[done:m[0]])
		out.WriteString(put)
		done = m[1]
	}
	return out.String() + s[done:]
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
