// Package portal is what citizens see: file a matter, look it up, add to it,
// answer a survey, and, in a demo, the pretend phones.
//
// The rules it keeps: it is made for a person of seventy with a cheap phone,
// so every page is one thing in plain words, large, and works without script.
// Nobody logs in: who knows a ticket's number and query code may see what the
// citizen is told (page.Public) and may supplement, remind and withdraw.
// Nothing secret stands in an address. Nothing that was typed is lost to an
// error, and a matter is taken in even when one of its photos cannot be.
package portal

import (
	"context"
	"log/slog"
	"net/http"
	"sync"

	"nengban/knowledge"
	"nengban/tickets"
	"nengban/tickets/vault"
	"nengban/web/page"
)

// Parts are what the citizens' pages are put together from.
type Parts struct {
	page.Setting
	Render    *page.Renderer
	Desk      *tickets.Desk
	Files     *tickets.Files
	Vault     *vault.Vault // seals the cookies that carry number and code
	Looks     *page.Looks
	Log       *slog.Logger
	Secure    bool                         // cookies for https only
	Address   func(r *http.Request) string // the caller's network address
	Knowledge *knowledge.Library           // nil: there is no knowledge base
	Surveys   Surveys
	Phones    Phones
	Closing   context.Context // over when the server stops; streams end with it
}

// Portal answers the citizens' addresses.
type Portal struct {
	Parts
	filing [64]sync.Mutex // one form is filed once at a time, see File
}

// New puts the pages together. Surveys and Phones may be nil: their pages are
// then not there.
func New(p Parts) *Portal { return &Portal{Parts: p} }

func (p *Portal) show(w http.ResponseWriter, status int, name string, v any) error {
	return p.Render.Render(w, status, "portal/"+name, v)
}

// done says a sentence on the next page and goes there.
func (p *Portal) done(w http.ResponseWriter, r *http.Request, flash, to string) error {
	p.Sessions.Flash(r.Context(), flash)
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}
