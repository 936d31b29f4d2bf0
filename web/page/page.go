// Package page is what every screen of the desk shares: the base that all page
// structs embed, the renderer, the reading of posted forms, and what a route is.
//
// The rules it keeps: a page is rendered whole before its first byte leaves,
// every sentence goes through the reader's language, what was typed comes back
// with its errors beside it, and no address is open to anybody unless it says so.
package page

import (
	"fmt"
	"net/http"
	"net/url"
	"time"

	"nengban/tickets/departments"
	"nengban/tickets/staff"
	"nengban/web/i18n"
	"nengban/web/session"
)

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

	dir *departments.Directory
	has func(path string) bool
}

// Setting is what pages know of the installation.
type Setting struct {
	Catalogue *i18n.Catalogue
	Sessions  *session.Sessions
	Now       func() time.Time
	Places    func() *departments.Directory
	Has       func(path string) bool // whether the program answers GET at an address
	Demo      bool
	Name      string
}

// Base begins a page for a request.
func (s Setting) Base(r *http.Request) Base {
	me, known := session.Member(r.Context())
	return Base{Locale: s.Locale(r), Me: me, Known: known, Path: r.URL.Path, Query: r.URL.Query(), Now: s.Now(), Demo: s.Demo, Name: s.Name,
		Flash: s.Sessions.TakeFlash(r.Context()), dir: s.Places(), has: s.Has}
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

// For returns a base for a page that nobody asked for: a fixture, a print-out.
func For(l *i18n.Locale, me staff.Member, now time.Time, dir *departments.Directory) Base {
	return Base{Locale: l, Me: me, Known: me.ID != 0, Now: now, Query: url.Values{}, Name: "12345", dir: dir, has: func(string) bool { return true }}
}

// May says whether the reader's roles give a right at all; what it reaches is
// checked where it is used.
func (b Base) May(right string) bool { return b.Me.Reach(staff.Right(right)) != staff.None }

// Answers says whether the program has a page at this address.
func (b Base) Answers(path string) bool { return b.has != nil && b.has(path) }

// Timed writes a moment in the reader's language, by this page's hour.
func (b Base) Timed(t any) string { return b.Time(moment(t), b.Now) }

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

// Soon says whether t is ahead but less than a day away.
func (b Base) Soon(t time.Time) bool {
	return !t.IsZero() && !b.Over(t) && t.Sub(b.Now) < 24*time.Hour
}

// With returns this page's address with query values changed, names and values
// in turn; an empty value removes its name, and a changed filter always goes
// back to the first page.
func (b Base) With(pairs ...string) string {
	q := url.Values{}
	for k, v := range b.Query {
		q[k] = v
	}
	q.Del("after")
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			q.Del(pairs[i])
		} else {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return b.Path
	}
	return b.Path + "?" + q.Encode()
}

// moment takes a time or a pointer to one, since both stand in a ticket.
func moment(t any) time.Time {
	switch x := t.(type) {
	case time.Time:
		return x
	case *time.Time:
		if x != nil {
			return *x
		}
	}
	return time.Time{}
}

// text writes a value of a named string type, or anything else, as it is.
func text(v any) string { return fmt.Sprint(v) }
