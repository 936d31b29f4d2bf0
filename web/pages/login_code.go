package pages

import (
	"errors"
	"net/http"

	"nengban/tickets/staff"
	"nengban/web/page"
	"nengban/web/session"
)

// codePage asks for the code of the second factor.
type codePage struct {
	page.Base
	Back  string
	Wrong string
	To    string
	Kept  []kept
}

// LoginCodeForm asks for the code that a login waits for.
func (p *Pages) LoginCodeForm(w http.ResponseWriter, r *http.Request) error {
	if !p.Sessions.Awaited(r.Context()) {
		http.Redirect(w, r, "/login", http.StatusSeeOther)
		return nil
	}
	return p.Render.Render(w, http.StatusOK, "plain/code", codePage{Base: p.Base(r), Back: page.OwnPath(r.URL.Query().Get("back"), "/desk")})
}

// LoginCode ends a login with a code of the app or a recovery code.
func (p *Pages) LoginCode(w http.ResponseWriter, r *http.Request) error {
	v := codePage{Back: page.OwnPath(r.PostForm.Get("back"), "/desk"), To: page.OwnPath(r.PostForm.Get("to"), "")}
	if v.To != "" {
		v.Kept = unkeep(r.PostForm)
	}
	m, err := p.Sessions.LoginCode(r, r.PostForm.Get("code"), p.Address(r))
	switch {
	case errors.Is(err, staff.ErrWrongCode):
		v.Base, v.Wrong = p.Base(r), "problem.wrong_code"
		return p.Render.Render(w, http.StatusUnauthorized, "plain/code", v)
	case errors.Is(err, session.ErrTooMany):
		v.Base, v.Wrong = p.Base(r), "problem.too_many_tries"
		return p.Render.Render(w, http.StatusTooManyRequests, "plain/code", v)
	case errors.Is(err, staff.ErrWrong): // it took too long
		http.Redirect(w, r, "/login", http.StatusSeeOther)
		return nil
	case err != nil:
		return err
	}
	return p.loggedIn(w, r, m, loginPage{Back: v.Back, To: v.To, Kept: v.Kept})
}

// SignOn sends the browser to the city's own sign-on.
func (p *Pages) SignOn(w http.ResponseWriter, r *http.Request) error {
	if p.CitySignOn == nil {
		return page.ErrNotFound
	}
	to, err := p.Sessions.SignOnAddress(r.Context(), p.CitySignOn)
	if err != nil {
		return err
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

// SignedOn takes the sign-on's answer.
func (p *Pages) SignedOn(w http.ResponseWriter, r *http.Request) error {
	if p.CitySignOn == nil {
		return page.ErrNotFound
	}
	m, err := p.Sessions.SignedOn(r, p.CitySignOn, r.URL.Query(), p.Address(r))
	switch {
	case errors.Is(err, session.ErrSignOn):
		p.Log.Warn("sign-on", "error", err)
		return p.loginAgain(w, r, loginPage{Back: "/desk"}, http.StatusUnauthorized, "problem.sign_on")
	case errors.Is(err, staff.ErrNotActive):
		return p.loginAgain(w, r, loginPage{Back: "/desk"}, http.StatusForbidden, "problem.not_active")
	case errors.Is(err, staff.ErrTaken):
		return p.loginAgain(w, r, loginPage{Back: "/desk"}, http.StatusConflict, "problem.login_taken")
	case err != nil:
		return err
	}
	return p.loggedIn(w, r, m, loginPage{Back: "/desk"})
}
