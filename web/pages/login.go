package pages

import (
	"errors"
	"net/http"
	"net/url"

	"nengban/tickets/staff"
	"nengban/web/page"
	"nengban/web/session"
)

// loginPage asks who somebody is.
type loginPage struct {
	page.Base
	Login string
	Back  string
	Wrong string // key of what was wrong
	To    string // where Kept goes after the login
	Kept  []kept

	SignOn bool // there is another way in
}

// kept is one value of a form that was sent without a session: somebody typed
// for two hours, and the text must outlive the login.
type kept struct{ Name, Value string }

// LoginForm shows the login page.
func (p *Pages) LoginForm(w http.ResponseWriter, r *http.Request) error {
	back := page.OwnPath(r.URL.Query().Get("back"), "/desk")
	if _, known := session.Member(r.Context()); known {
		http.Redirect(w, r, back, http.StatusSeeOther) //nolint:gosec // OwnPath keeps it here
		return nil
	}
	return p.Render.Render(w, http.StatusOK, "plain/login", loginPage{Base: p.Base(r), Back: back, SignOn: p.CitySignOn != nil})
}

// AskLogin sends a stranger to the login page and back afterwards. What he
// posted stands in the page that he gets instead.
func (p *Pages) AskLogin(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		http.Redirect(w, r, "/login?back="+url.QueryEscape(page.OwnPath(r.URL.RequestURI(), "/desk")), http.StatusSeeOther)
		return
	}
	v := loginPage{Base: p.Base(r), Wrong: "login.ended"}
	if page.ParseForm(r) == nil {
		v.To, v.Kept = r.URL.Path, keep(r.PostForm)
	}
	if err := p.Render.Render(w, http.StatusUnauthorized, "plain/login", v); err != nil {
		p.Log.Error("rendering the login page", "error", err)
	}
}

// Login begins a session, or shows the page again saying only that login or
// password is wrong.
func (p *Pages) Login(w http.ResponseWriter, r *http.Request) error {
	login := r.PostForm.Get("login")
	v := loginPage{Login: login, Back: page.OwnPath(r.PostForm.Get("back"), "/desk"), To: page.OwnPath(r.PostForm.Get("to"), "")}
	if v.To != "" {
		v.Kept = unkeep(r.PostForm)
	}
	m, err := p.Sessions.Login(r, login, r.PostForm.Get("password"), p.Address(r))
	switch {
	case errors.Is(err, session.ErrCode):
		return p.Render.Render(w, http.StatusOK, "plain/code", codePage{Base: p.Base(r), Back: v.Back, To: v.To, Kept: v.Kept})
	case errors.Is(err, staff.ErrWrong):
		return p.loginAgain(w, r, v, http.StatusUnauthorized, "problem.login_wrong")
	case errors.Is(err, staff.ErrNotActive):
		return p.loginAgain(w, r, v, http.StatusForbidden, "problem.not_active")
	case errors.Is(err, session.ErrTooMany):
		return p.loginAgain(w, r, v, http.StatusTooManyRequests, "problem.too_many_tries")
	case err != nil:
		return err
	}
	return p.loggedIn(w, r, m, v)
}

// loggedIn goes on to where a login was to lead.
func (p *Pages) loggedIn(w http.ResponseWriter, r *http.Request, m staff.Member, v loginPage) error {
	p.Sessions.Remember(w, r, m)
	if v.To != "" {
		v.Base = p.Base(r)
		return p.Render.Render(w, http.StatusOK, "plain/resend", v)
	}
	http.Redirect(w, r, v.Back, http.StatusSeeOther)
	return nil
}

func (p *Pages) loginAgain(w http.ResponseWriter, r *http.Request, v loginPage, status int, key string) error {
	v.Base, v.Wrong, v.SignOn = p.Base(r), key, p.CitySignOn != nil
	return p.Render.Render(w, status, "plain/login", v)
}

// Logout ends the session.
func (p *Pages) Logout(w http.ResponseWriter, r *http.Request) error {
	if err := p.Sessions.Logout(r.Context()); err != nil {
		return err
	}
	http.Redirect(w, r, "/login", http.StatusSeeOther)
	return nil
}

// Language switches the language of the interface for this browser.
func (p *Pages) Language(w http.ResponseWriter, r *http.Request) error {
	lang := p.Catalogue.Locale(r.PostForm.Get("lang"), "").Lang
	http.SetCookie(w, &http.Cookie{Name: "lang", Value: lang, Path: "/", MaxAge: 365 * 24 * 60 * 60, HttpOnly: true, //nolint:gosec // Secure where the desk is
		Secure: p.Secure, SameSite: http.SameSiteLaxMode})
	http.Redirect(w, r, page.OwnPath(r.PostForm.Get("back"), "/"), http.StatusSeeOther) //nolint:gosec // OwnPath keeps it here
	return nil
}

// keep takes what a form held, except what must not stand in a page.
func keep(form url.Values) []kept {
	var out []kept
	for name, values := range form {
		if name == "password" || name == "old" || name == "new" {
			continue
		}
		for _, v := range values {
			out = append(out, kept{name, v})
		}
	}
	return out
}

// unkeep reads what keep wrote into the login page.
func unkeep(form url.Values) []kept {
	var out []kept
	for i, name := range form["kept_name"] {
		if i < len(form["kept_value"]) {
			out = append(out, kept{name, form["kept_value"][i]})
		}
	}
	return out
}
