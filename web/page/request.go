package page

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"nengban/tickets"
)

// ParseForm reads a posted form, with files or without. It returns
// ErrTooLarge or ErrBadForm.
func ParseForm(r *http.Request) error {
	var err error
	if strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data") {
		err = r.ParseMultipartForm(MaxBody) //nolint:gosec // every route bounds the body; what is larger than this waits in a file
	} else {
		err = r.ParseForm()
	}
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		return ErrTooLarge
	case err != nil:
		return ErrBadForm
	}
	return nil
}

// CheckText returns tickets.FieldErrors when something in a form is no text: no
// person types that, and no database takes it.
func CheckText(form url.Values) error {
	for name, values := range form {
		if !IsText(name) || slices.ContainsFunc(values, func(v string) bool { return !IsText(v) }) {
			return tickets.FieldErrors{{Field: "text", Code: "not_text"}}
		}
	}
	return nil
}

// IsText says whether s is whole UTF-8 without a byte of zero.
func IsText(s string) bool { return utf8.ValidString(s) && !strings.Contains(s, "\x00") }

// Number returns a ticket's number as it was typed or stands in an address:
// spaces and dashes taken out. ok is false when no ticket can have it, which
// spares the database the question and itself the odd bytes.
func Number(s string) (number string, ok bool) {
	s = strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == '-' || r == '－' {
			return -1
		}
		if r >= '０' && r <= '９' {
			return r - '０' + '0'
		}
		return r
	}, s)
	if s == "" || len(s) > 32 || strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' }) {
		return "", false
	}
	return s, true
}

// TicketNumber returns the number in a request's address, or ErrNotFound of
// the tickets.
func TicketNumber(r *http.Request) (string, error) {
	n, ok := Number(r.PathValue("number"))
	if !ok {
		return "", tickets.ErrNotFound
	}
	return n, nil
}

// Clean returns a text from a stranger's query when it is whole text of at
// most n characters, else "".
func Clean(s string, n int) string {
	if !utf8.ValidString(s) || utf8.RuneCountInString(s) > n || strings.ContainsFunc(s, unicode.IsControl) {
		return ""
	}
	return strings.TrimSpace(s)
}

// OwnPath returns back when it is a path on this desk, else fallback: a login
// page that sends people anywhere else would lend its good name to a fraud.
func OwnPath(back, fallback string) string {
	if !strings.HasPrefix(back, "/") || strings.HasPrefix(back, "//") || strings.Contains(back, `\`) ||
		!utf8.ValidString(back) || strings.ContainsFunc(back, unicode.IsControl) || len(back) > 500 {
		return fallback
	}
	return back
}

// IsFragment says whether a script of ours asks for a part of the page.
func IsFragment(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }

// WantsJSON says whether a program asks, not a person's browser.
func WantsJSON(r *http.Request) bool {
	accept := r.Header.Get("Accept")
	return strings.HasPrefix(r.URL.Path, "/api/") || strings.Contains(accept, "json") && !strings.Contains(accept, "text/html")
}
