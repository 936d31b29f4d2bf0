package tickets

import (
	"regexp"
	"strings"

	"github.com/nyaruka/phonenumbers"
	"golang.org/x/text/unicode/norm"
)

var (
	extension = regexp.MustCompile(`(?i)[转轉]|ext\.?|x|#|;|,|，|;ext=`)
	mobile    = regexp.MustCompile(`^(?:00|\+)?(?:86)?(1[3-9]\d{9})$`)
	keepable  = regexp.MustCompile(`[^\d+]`)
)

// Phone returns one form for all ways of writing a number: +86 and the digits
// for a Chinese one, without extension (转8001), spaces, dashes, full-width
// digits. A number that nobody can place is returned as its bare digits, since
// a caller is never turned away over the shape of his number; text without
// digits is "".
//
// Mobiles are recognised here: the ranges grow faster than any library's list.
func Phone(s string) string {
	s = strings.TrimSpace(norm.NFKC.String(s))
	if cut := extension.FindStringIndex(s); cut != nil && cut[0] > 0 {
		s = s[:cut[0]]
	}
	bare := keepable.ReplaceAllString(s, "")
	if m := mobile.FindStringSubmatch(bare); m != nil {
		return "+86" + m[1]
	}
	if n, err := phonenumbers.Parse(bare, "CN"); err == nil && phonenumbers.IsValidNumber(n) {
		return phonenumbers.Format(n, phonenumbers.E164)
	}
	return strings.ReplaceAll(bare, "+", "")
}

// IsMobile says whether a number in the form of Phone can take a text message.
func IsMobile(e164 string) bool {
	return mobile.MatchString(e164)
}
