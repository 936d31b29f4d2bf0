// Package pages are the staff's screens: one file per resource, one struct per
// page, rendered on the server.
//
// The rules it keeps: a handler reads what was posted, calls one use-case and
// renders; the buttons are the state table's, never a page's own idea; a
// caller is shown masked but for the minutes that somebody has said why; what was typed
// survives an error, a colleague's quicker hand and a lost session. Everything
// works without script; scripts only save a step.
package pages

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/knowledge"
	"nengban/tickets"
	"nengban/tickets/departments"
	chain "nengban/tickets/evidence"
	"nengban/tickets/staff"
	"nengban/tickets/vault"
	"nengban/web/page"
	"nengban/web/session"
)

// Parts are what the staff's screens are put together from.
type Parts struct {
	page.Setting
	Render      *page.Renderer
	DB          *bun.DB
	Desk        *tickets.Desk
	Staff       *staff.Store
	Places      *departments.Store
	Files       *tickets.Files
	Knowledge   *knowledge.Library // nil: there is no knowledge base
	Vault       *vault.Vault
	Clock       clockwork.Clock
	Log         *slog.Logger
	PublicURL   string
	Secure      bool                         // cookies for https only
	Address     func(r *http.Request) string // the caller's network address
	Checks      []Check
	Hooks       Hooks
	Closing     context.Context // over when the server stops; streams end with it
	CitySignOn  *session.SignOn // nil: there is none
	SecurityLog *chain.Log
}

// Pages answers the staff's addresses.
type Pages struct {
	Parts
	live     *live
	unmasked *session.Window // how often each member uncovered somebody
}

// New puts the screens together.
func New(p Parts) *Pages {
	return &Pages{Parts: p, live: newLive(p.Desk), unmasked: session.NewWindow(p.Clock, time.Hour, 10_000)}
}

// show renders a page of the staff's.
func (p *Pages) show(w http.ResponseWriter, name string, v any) error {
	return p.Render.Render(w, http.StatusOK, "staff/"+name, v)
}

// me returns who asks; routes have made sure that somebody does.
func me(r *http.Request) staff.Member {
	m, _ := session.Member(r.Context())
	return m
}

// done says a sentence on the next page and goes there.
func (p *Pages) done(w http.ResponseWriter, r *http.Request, flash, to string) error {
	p.Sessions.Flash(r.Context(), flash)
	http.Redirect(w, r, to, http.StatusSeeOther) //nolint:gosec // callers name a page of ours, or went through OwnPath
	return nil
}
