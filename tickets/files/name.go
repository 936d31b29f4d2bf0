package files

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"
)

// longestName is in characters.
const longestName = 100

// Name keeps the last part of a name and of that the end, without control
// characters and those that turn the reading direction: those show "fdp.exe"
// as "exe.pdf".
func Name(s string) string {
	s = path.Base(strings.ReplaceAll(s, `\`, "/"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > longestName {
		s = string(r[len(r)-longestName:])
	}
	switch s {
	case "", ".", "..", "/":
		return "file"
	}
	return s
}
