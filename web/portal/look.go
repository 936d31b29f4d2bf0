package portal

import (
	"context"
	"errors"
	"net/http"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// lookPage asks for number and code.
type lookPage struct {
	page.Base
	Number string
	Wrong  string // key of what was wrong
}

// LookForm asks for number and code. The number may stand in the address, as
// the receipt's picture has it; it is no secret.
func (p *Portal) LookForm(w http.ResponseWriter, r *http.Request) error {
	v := lookPage{Base: p.Base(r), Number: page.Clean(r.URL.Query().Get("number"), 40)}
	if r.URL.Query().Has("late") {
		v.Wrong = "look.late"
	}
	return p.show(w, http.StatusOK, "look", v)
}

// Look opens the ticket in this browser when number and code are right. What
// of the two is wrong is never said.
func (p *Portal) Look(w http.ResponseWriter, r *http.Request) error {
	v := lookPage{Base: p.Base(r), Number: page.Clean(r.PostForm.Get("number"), 40)}
	t, _, err := p.Looks.Look(r.Context(), r.PostForm.Get("number"), r.PostForm.Get("code"), p.Address(r))
	switch {
	case errors.Is(err, tickets.ErrNotFound):
		v.Wrong = "look.wrong"
		return p.show(w, http.StatusNotFound, "look", v)
	case errors.Is(err, page.ErrGuessing):
		v.Wrong = "look.guessing"
		return p.show(w, http.StatusTooManyRequests, "look", v)
	case err != nil:
		return err
	}
	if err := p.let(w, t); err != nil {
		return err
	}
	http.Redirect(w, r, "/look/result", http.StatusSeeOther)
	return nil
}

// Leave closes the ticket in this browser: the machine may be the hall's.
func (p *Portal) Leave(w http.ResponseWriter, r *http.Request) error {
	p.forget(w)
	return p.done(w, r, "look.left", "/")
}

// resultPage is where a ticket stands.
type resultPage struct {
	page.Base
	page.Public
	Survey string // address of the survey that awaits an answer
	May    map[string]bool
	Again  string // why a reminder has to wait
}

// Result shows where the ticket stands that this browser may see.
func (p *Portal) Result(w http.ResponseWriter, r *http.Request) error {
	g, ok := p.grantOf(w, r)
	if !ok {
		return p.ask(w, r)
	}
	v, err := p.result(r, g)
	if err != nil {
		return err
	}
	return p.show(w, http.StatusOK, "result", v)
}

// ask sends somebody without a grant to the form that gives one.
func (p *Portal) ask(w http.ResponseWriter, r *http.Request) error {
	to := "/look"
	if _, err := r.Cookie(grantCookie); err == nil {
		to += "?late"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

func (p *Portal) result(r *http.Request, g grant) (*resultPage, error) {
	v := &resultPage{Base: p.Base(r), May: map[string]bool{}}
	t, public, err := p.public(r.Context(), v.Base, g.Number)
	if err != nil {
		return nil, err
	}
	v.Public = public
	for _, rule := range p.Desk.Allowed(citizen, t) {
		if _, ok := citizenActs[rule.Path]; ok {
			v.May[rule.Path] = true
		}
	}
	if v.May["reminders"] {
		if v.May["reminders"], err = p.mayRemind(r.Context(), t); err != nil {
			return nil, err
		}
		if !v.May["reminders"] {
			v.Again = "look.reminded"
		}
	}
	if p.Surveys != nil {
		code, err := p.Surveys.CodeFor(r.Context(), t.ID, t.Round)
		if err != nil {
			return nil, err
		}
		if code != "" {
			v.Survey = "/s/" + code
		}
	}
	return v, nil
}

// public reads a ticket and tells it to its citizen.
func (p *Portal) public(ctx context.Context, b page.Base, number string) (*tickets.Ticket, page.Public, error) {
	t, err := p.Desk.Ticket(ctx, staff.TheSystem, number)
	if err != nil {
		return nil, page.Public{}, err
	}
	public, err := page.Told(ctx, p.Desk, b, t)
	return t, public, err
}

// Stations are the steps of a ticket, for its page.
func (resultPage) Stations() []string { return page.Steps }
