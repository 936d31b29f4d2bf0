package pages

import (
	"errors"
	"maps"
	"net/http"
	"slices"

	"nengban/tickets/staff"
	"nengban/web/page"
)

// accountPage is a member's own page.
type accountPage struct {
	page.Base
	Rights []heldRight
	Wrong  string // key of what is wrong with a password
}

// heldRight is one thing that the member may do, and how far.
type heldRight struct {
	Right staff.Right
	Scope string
}

// Account shows who one is and what one may.
func (p *Pages) Account(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, "account", p.account(r))
}

func (p *Pages) account(r *http.Request) accountPage {
	v := accountPage{Base: p.Base(r)}
	for _, right := range slices.Sorted(maps.Keys(staff.Table)) {
		if reach := v.Me.Reach(right); reach != staff.None {
			v.Rights = append(v.Rights, heldRight{right, reach.String()})
		}
	}
	return v
}

// ChangePassword gives the member a new password; the old one is asked, since
// a desk may be left unlocked.
func (p *Pages) ChangePassword(w http.ResponseWriter, r *http.Request) error {
	m := me(r)
	_, err := p.Staff.Authenticate(r.Context(), m.Login, r.PostForm.Get("old"))
	if err == nil {
		err = p.Staff.SetPassword(r.Context(), m.ID, r.PostForm.Get("new"))
	}
	var weak *staff.WeakPassword
	switch {
	case err == nil:
		return p.done(w, r, "account.changed", "/account")
	case errors.Is(err, staff.ErrWrong):
		return p.accountAgain(w, r, "account.old_wrong")
	case errors.As(err, &weak):
		return p.accountAgain(w, r, "password."+weak.Rule)
	default:
		return err
	}
}

func (p *Pages) accountAgain(w http.ResponseWriter, r *http.Request, key string) error {
	v := p.account(r)
	v.Wrong = key
	return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/account", v)
}
