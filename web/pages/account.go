package pages

import (
	"errors"
	"maps"
	"net/http"
	"slices"

	"nengban/tickets/staff"
	"nengban/web/page"
	"nengban/web/session"
)

// accountPage is a member's own page.
type accountPage struct {
	page.Base
	Rights    []heldRight
	Wrong     string // key of what is wrong with a password or a key
	HasFactor bool
	Devices   []session.Device
	Keys      []staff.Key
	KeyScopes []staff.KeyScope
	Secret    string // of the key just made, shown once
}

// heldRight is one thing that the member may do, and how far.
type heldRight struct {
	Right staff.Right
	Scope string
}

// Account shows who one is and what one may.
func (p *Pages) Account(w http.ResponseWriter, r *http.Request) error {
	v, err := p.account(r)
	if err != nil {
		return err
	}
	return p.show(w, "account", v)
}

func (p *Pages) account(r *http.Request) (v accountPage, err error) {
	v = accountPage{Base: p.Base(r), KeyScopes: staff.KeyScopes}
	v.Path = "/account"
	if v.HasFactor, err = p.Staff.HasFactor(r.Context(), v.Me.ID); err != nil {
		return v, err
	}
	if v.Devices, err = p.Sessions.Devices(r.Context(), v.Me.ID); err != nil {
		return v, err
	}
	if v.Keys, err = p.Staff.Keys(r.Context(), v.Me.ID); err != nil {
		return v, err
	}
	for _, right := range slices.Sorted(maps.Keys(staff.Table)) {
		if reach := v.Me.Reach(right); reach != staff.None {
			v.Rights = append(v.Rights, heldRight{right, reach.String()})
		}
	}
	return v, nil
}

// ChangePassword gives the member a new password and ends his other sessions;
// the old one is asked, since a desk may be left unlocked.
func (p *Pages) ChangePassword(w http.ResponseWriter, r *http.Request) error {
	m := me(r)
	_, err := p.Staff.Authenticate(r.Context(), m.Login, r.PostForm.Get("old"))
	if err == nil {
		err = p.Staff.SetPassword(r.Context(), m.ID, r.PostForm.Get("new"))
	}
	if err == nil {
		p.Sessions.Note(r.Context(), m, "password_changed", m.Login, p.Address(r))
		err = p.Sessions.EndOthers(r.Context(), m.ID)
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
	v, err := p.account(r)
	if err != nil {
		return err
	}
	v.Wrong = key
	return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/account", v)
}
