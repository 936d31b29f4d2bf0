// Package page is what every screen of the desk shares: the base that all page
// structs embed, the renderer, and the reading of posted forms.
//
// The rules it keeps: a page is rendered whole before its first byte leaves,
// every sentence goes through the reader's language, and what was typed comes
// back with its errors beside it.
package page

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"nengban/tickets/staff"
	"nengban/web/i18n"
	"nengban/web/session"
)

// Handler answers a request or returns the error that the one problem table
// turns into an answer.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Base is what every page knows.
type Base struct {
	*i18n.Locale
	Me    staff.Member // zero for a stranger
	Known bool         // somebody is logged in
	Path  string       // of this page, for the menu
	Query url.Values
	Now   time.Time
	Flash string // key of a sentence to show once
	Demo  bool
	Name  string // of the desk: 眉山市12345
}

// Setting is what pages know of the installation.
type Setting struct {
	Catalogue *i18n.Catalogue
	Sessions  *session.Sessions
	Now       func() time.Time
	Demo      bool
	Name      string
}

// Base begins a page for a request.
func (s Setting) Base(r *http.Request) Base {
	me, known := session.Member(r.Context())
	return Base{Locale: s.Locale(r), Me: me, Known: known, Path: r.URL.Path, Query: r.URL.Query(), Now: s.Now(), Demo: s.Demo, Name: s.Name,
		Flash: s.Sessions.TakeFlash(r.Context())}
}

// Locale is the language chosen with the switch, else the member's own, else
// the browser's, else Chinese.
func (s Setting) Locale(r *http.Request) *i18n.Locale {
	if c, err := r.Cookie("lang"); err == nil {
		return s.Catalogue.Locale(c.Value, r.Header.Get("Accept-Language"))
	}
	me, _ := session.Member(r.Context())
	return s.Catalogue.Locale(me.Lang, r.Header.Get("Accept-Language"))
}

// May says whether the reader's roles give a right at all; what it reaches is
// checked where it is used.
func (b Base) May(right string) bool { return b.Me.Reach(staff.Right(right)) != staff.None }

// Here says whether a menu entry leads to this page or one below it.
func (b Base) Here(prefix string) bool {
	return b.Path == prefix || strings.HasPrefix(b.Path, strings.TrimSuffix(prefix, "/")+"/")
}

// Timed writes a moment in the reader's language, by this page's hour.
func (b Base) Timed(t time.Time) string { return b.Time(t, b.Now) }

// Left says how long it is until t, or since: the words come from the
// catalogue (time.left, time.over).
func (b Base) Left(t time.Time) string {
	d := t.Sub(b.Now)
	if d < 0 {
		return b.T("time.over", "Span", b.Span(d))
	}
	return b.T("time.left", "Span", b.Span(d))
}

// Over says whether t is past.
func (b Base) Over(t time.Time) bool { return !t.IsZero() && t.Before(b.Now) }

// With returns this page's address with one query value changed; an empty
// value removes it, and a changed filter always goes back to the first page.
func (b Base) With(key, value string) string {
	q := url.Values{}
	for k, v := range b.Query {
		q[k] = v
	}
	q.Del("after")
	if value == "" {
		q.Del(key)
	} else {
		q.Set(key, value)
	}
	if len(q) == 0 {
		return b.Path
	}
	return b.Path + "?" + q.Encode()
}

// IsFragment says whether a script of ours asks for a part of the page.
func IsFragment(r *http.Request) bool { return r.Header.Get("HX-Request") == "true" }
