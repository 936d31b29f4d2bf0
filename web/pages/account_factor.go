package pages

import (
	"errors"
	"html/template"
	"net/http"

	"nengban/tickets/staff"
	"nengban/web/page"
)

// factorPage sets up the second factor of the one who asks.
type factorPage struct {
	page.Base
	Has    bool
	Must   bool // nothing else can be done before
	New    staff.Enrolment
	QR     template.URL
	Codes  []string // recovery codes, shown once
	Wrong  string
	Second bool // the secret was made, a code of it is awaited
}

// Factor shows how it stands with one's second factor.
func (p *Pages) Factor(w http.ResponseWriter, r *http.Request) error {
	v, err := p.factorPage(r)
	if err != nil {
		return err
	}
	return p.show(w, "second_factor", v)
}

func (p *Pages) factorPage(r *http.Request) (factorPage, error) {
	v := factorPage{Base: p.Base(r), Must: p.Sessions.Enrolling(r.Context())}
	v.Path = "/account"
	var err error
	v.Has, err = p.Staff.HasFactor(r.Context(), me(r).ID)
	return v, err
}

// BeginFactor makes a secret and shows it to the telephone. The password is
// asked, since a desk may be left unlocked.
func (p *Pages) BeginFactor(w http.ResponseWriter, r *http.Request) error {
	v, err := p.factorPage(r)
	if err != nil {
		return err
	}
	if !p.Sessions.Enrolling(r.Context()) {
		if ok, err := p.isMine(r); err != nil || !ok {
			return p.factorAgain(w, v, "account.old_wrong", err)
		}
	}
	v.New, err = p.Staff.BeginFactor(r.Context(), me(r), p.Name)
	if errors.Is(err, staff.ErrTaken) {
		return p.factorAgain(w, v, "factor.there", nil)
	}
	if err != nil {
		return err
	}
	v.QR, v.Second = qrCode(v.New.URL), true
	return p.show(w, "second_factor", v)
}

// ConfirmFactor takes the first code and shows the recovery codes.
func (p *Pages) ConfirmFactor(w http.ResponseWriter, r *http.Request) error {
	codes, err := p.Staff.ConfirmFactor(r.Context(), me(r).ID, r.PostForm.Get("code"))
	if errors.Is(err, staff.ErrWrongCode) {
		v, perr := p.factorPage(r)
		v.Second = true
		return p.factorAgain(w, v, "problem.wrong_code", perr)
	}
	if err != nil {
		return err
	}
	p.Sessions.Enrolled(r.Context())
	p.Sessions.Note(r.Context(), me(r), "factor_set", me(r).Login, p.Address(r))
	if err := p.Sessions.EndOthers(r.Context(), me(r).ID); err != nil {
		return err
	}
	v, err := p.factorPage(r)
	if err != nil {
		return err
	}
	v.Codes = codes
	return p.show(w, "second_factor", v)
}

// DropFactor takes one's second factor away, with the password.
func (p *Pages) DropFactor(w http.ResponseWriter, r *http.Request) error {
	if ok, err := p.isMine(r); err != nil || !ok {
		v, perr := p.factorPage(r)
		return p.factorAgain(w, v, "account.old_wrong", errors.Join(err, perr))
	}
	if err := p.Staff.DropFactor(r.Context(), me(r).ID); err != nil {
		return err
	}
	p.Sessions.Note(r.Context(), me(r), "factor_dropped", me(r).Login, p.Address(r))
	return p.done(w, r, "done.saved", "/account")
}

// isMine says whether the password that was typed is the asker's.
func (p *Pages) isMine(r *http.Request) (bool, error) {
	_, err := p.Staff.Authenticate(r.Context(), me(r).Login, r.PostForm.Get("password"))
	if errors.Is(err, staff.ErrWrong) {
		return false, nil
	}
	return err == nil, err
}

func (p *Pages) factorAgain(w http.ResponseWriter, v factorPage, key string, err error) error {
	if err != nil {
		return err
	}
	v.Wrong = key
	return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/second_factor", v)
}
