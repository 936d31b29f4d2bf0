// Package api is the desk for programs: JSON over the same use-cases as the
// pages, version 1, under /api/v1.
//
// The rules it keeps: its types are its own, so that a table or a page can
// change without breaking a program; what can be done to a ticket, and which
// fields that asks for, comes from the state table; a caller is masked always;
// a body is read strictly, and what is wrong with it is said by field; refusals
// are RFC 9457 problems with a code that does not change. The description at
// /api/v1/openapi.json is drawn from the same tables and cannot differ.
//
// Citizens file on the form and not here: registering takes a member of staff.
package api

import (
	"encoding/json"
	"fmt"
	"net/http"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/i18n"
	"nengban/web/page"
)

// Base is where all addresses of this version begin.
const Base = "/api/v1"

// Parts are what the API is put together from.
type Parts struct {
	page.Setting
	Desk    *tickets.Desk
	Files   *tickets.Files
	Looks   *page.Looks
	Auth    page.Authenticator           // nil: the session's cookie
	Address func(r *http.Request) string // the caller's network address
}

// API answers the addresses under Base.
type API struct {
	Parts
	ops []operation
}

// New puts the API together.
func New(p Parts) *API {
	if p.Auth == nil {
		p.Auth = page.Cookie{}
	}
	a := &API{Parts: p}
	a.ops = a.operations()
	return a
}

// Routes are its addresses, with who may come to them.
func (a *API) Routes() []page.Route {
	var out []page.Route
	for _, op := range a.ops {
		out = append(out, page.Route{Method: op.method, Path: Base + op.path, Who: op.who, Handle: op.handle, MaxBody: op.maxBody, PerMinute: op.perMinute, Auth: a.Auth})
	}
	return out
}

// me is who asks; routes have made sure that somebody does.
func (a *API) me(r *http.Request) (staff.Member, error) {
	m, known, err := a.Auth.Member(r)
	if err == nil && !known {
		err = page.ErrLogin
	}
	return m, err
}

// about is who asks, and the number of the ticket that the address names.
func (a *API) about(r *http.Request) (staff.Member, string, error) {
	by, err := a.me(r)
	if err != nil {
		return by, "", err
	}
	number, err := page.TicketNumber(r)
	return by, number, err
}

// give answers with a value as JSON.
func give(w http.ResponseWriter, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return fmt.Errorf("writing an answer: %w", err)
	}
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_, err = w.Write(append(body, '\n'))
	return err
}

// Words are a thing's name in every language of the desk.
type Words map[string]string

// words finds the name of a key in every language.
func (a *API) words(key string) Words {
	out := Words{}
	for _, lang := range i18n.Languages {
		out[lang] = a.Catalogue.Locale(lang, "").T(key)
	}
	return out
}

// said puts something into words in every language.
func (a *API) said(say func(b page.Base) string) Words {
	out := Words{}
	for _, lang := range i18n.Languages {
		out[lang] = say(page.For(a.Catalogue.Locale(lang, ""), staff.Member{}, a.Now(), a.Places()))
	}
	return out
}
