package pages

import (
	"errors"
	"net/http"
	"strconv"

	"nengban/tickets/staff"
	"nengban/web/page"
)

// EndSessions ends one of the member's sessions, or all but this one.
func (p *Pages) EndSessions(w http.ResponseWriter, r *http.Request) error {
	var err error
	if id := r.PostForm.Get("id"); id != "" {
		err = p.Sessions.End(r.Context(), me(r).ID, id)
	} else {
		err = p.Sessions.EndOthers(r.Context(), me(r).ID)
	}
	if err != nil {
		return err
	}
	p.Sessions.Note(r.Context(), me(r), "sessions_ended", me(r).Login, p.Address(r))
	return p.done(w, r, "account.ended", "/account")
}

// AddKey makes a key for a program and answers with its secret, which stands
// on this one page and nowhere else.
func (p *Pages) AddKey(w http.ResponseWriter, r *http.Request) error {
	days, _ := strconv.Atoi(r.PostForm.Get("days"))
	secret, key, err := p.Staff.AddKey(r.Context(), me(r).ID, r.PostForm.Get("name"), staff.KeyScope(r.PostForm.Get("scope")), days)
	if errors.Is(err, staff.ErrKey) {
		return p.accountAgain(w, r, "problem.key_wrong")
	}
	if err != nil {
		return err
	}
	p.Sessions.Note(r.Context(), me(r), "key_made", key.Name+" ("+string(key.Scope)+")", p.Address(r))
	v, err := p.account(r)
	if err != nil {
		return err
	}
	v.Secret = secret
	return p.show(w, "account", v)
}

// DropKey takes a key away.
func (p *Pages) DropKey(w http.ResponseWriter, r *http.Request) error {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return page.ErrNotFound
	}
	if err := p.Staff.DropKey(r.Context(), me(r).ID, id); err != nil {
		return err
	}
	p.Sessions.Note(r.Context(), me(r), "key_dropped", strconv.FormatInt(id, 10), p.Address(r))
	return p.done(w, r, "done.saved", "/account")
}
