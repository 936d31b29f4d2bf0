package session

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"time"

	"nengban/tickets/staff"
)

// codeTime is how long after the password the code may come.
const codeTime = 5 * time.Minute

// Login checks login and password from an address and begins a new session.
// With a second factor it returns ErrCode: the session waits for LoginCode. It
// refuses with staff.ErrWrong, staff.ErrNotActive or ErrTooMany.
func (s *Sessions) Login(r *http.Request, login, password, address string) (staff.Member, error) {
	ctx := r.Context()
	if !s.tries.allow(login, address, s.isKnown(r, login)) {
		s.noteRefused(ctx, "login_slowed", login, address)
		return staff.Member{}, ErrTooMany
	}
	m, err := s.staff.Authenticate(ctx, login, password)
	if err != nil {
		if errors.Is(err, staff.ErrWrong) || errors.Is(err, staff.ErrNotActive) {
			s.noteRefused(ctx, "login_refused", login, address)
		}
		return staff.Member{}, err
	}
	has, err := s.staff.HasFactor(ctx, m.ID)
	if err != nil {
		return staff.Member{}, err
	}
	if has {
		if err := s.scs.RenewToken(ctx); err != nil {
			return staff.Member{}, err
		}
		s.scs.Put(ctx, "pending", m.ID)
		s.scs.Put(ctx, "pending_at", s.clock.Now().Unix())
		return staff.Member{}, ErrCode
	}
	s.tries.forget(login, address)
	return m, s.begin(r, m, address)
}

// noteRefused names only logins that there are: what else is typed there is a
// password in the wrong field, or a citizen's name and number.
func (s *Sessions) noteRefused(ctx context.Context, act, login, address string) {
	m, err := s.staff.ByLogin(ctx, login)
	if err != nil {
		m = staff.Member{Name: "?", Login: "?"}
	}
	s.Note(ctx, staff.Member{Name: m.Login}, act, m.Login, address)
}

// LoginCode ends a login that waited for a code of the second factor. It
// refuses with staff.ErrWrongCode, ErrTooMany, or staff.ErrWrong when no login
// waits any more.
func (s *Sessions) LoginCode(r *http.Request, code, address string) (staff.Member, error) {
	ctx := r.Context()
	id := s.scs.GetInt64(ctx, "pending")
	if id == 0 || s.clock.Since(time.Unix(s.scs.GetInt64(ctx, "pending_at"), 0)) > codeTime {
		return staff.Member{}, staff.ErrWrong
	}
	m, err := s.staff.Member(ctx, id)
	if err != nil || !m.Active {
		return staff.Member{}, errors.Join(err, staff.ErrWrong)
	}
	if !s.tries.allow("code "+m.Login, address, s.isKnown(r, m.Login)) {
		return staff.Member{}, ErrTooMany
	}
	if err := s.staff.CheckFactor(ctx, id, code); err != nil {
		if errors.Is(err, staff.ErrWrongCode) {
			s.Note(ctx, m, "code_refused", m.Login, address)
		}
		return staff.Member{}, err
	}
	s.tries.forget(m.Login, address)
	s.tries.forget("code "+m.Login, address)
	return m, s.begin(r, m, address)
}

// Awaited says whether a login waits for its code.
func (s *Sessions) Awaited(ctx context.Context) bool { return s.scs.GetInt64(ctx, "pending") != 0 }

// begin makes the session the member's. An old token must not become a
// logged-in one, and nothing of a stranger's session goes on.
func (s *Sessions) begin(r *http.Request, m staff.Member, address string) error {
	ctx := r.Context()
	if err := s.scs.RenewToken(ctx); err != nil {
		return err
	}
	s.scs.Remove(ctx, "pending")
	s.scs.Remove(ctx, "pending_at")
	now := s.clock.Now().Unix()
	s.scs.Put(ctx, "staff", m.ID)
	s.scs.Put(ctx, "begun", now)
	s.scs.Put(ctx, "seen", now)
	s.scs.Put(ctx, "address", address)
	s.scs.Put(ctx, "browser", browserOf(r.UserAgent()))
	if s.Needed {
		has, err := s.staff.HasFactor(ctx, m.ID)
		if err != nil {
			return err
		}
		s.scs.Put(ctx, "enrol", !has)
	}
	s.Note(ctx, m, "login", m.Login, address)
	return nil
}

// Enrolling says whether the member must set up his second factor before
// anything else.
func (s *Sessions) Enrolling(ctx context.Context) bool { return s.scs.GetBool(ctx, "enrol") }

// Enrolled ends that.
func (s *Sessions) Enrolled(ctx context.Context) { s.scs.Remove(ctx, "enrol") }

// Logout ends the session.
func (s *Sessions) Logout(ctx context.Context) error { return s.scs.Destroy(ctx) }

// deviceCookie tells that somebody logged in with this browser before. It
// opens nothing: it only lets the login be tried where strangers are slowed.
const (
	deviceCookie = "nengban_device"
	deviceDays   = 180
)

func (s *Sessions) isKnown(r *http.Request, login string) bool {
	c, err := r.Cookie(deviceCookie)
	if err != nil || s.Vault == nil {
		return false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return false
	}
	plain, err := s.Vault.Open(sealed, "cookie:"+deviceCookie)
	return err == nil && string(plain) == strings.ToLower(strings.TrimSpace(login))
}

// Remember gives the browser of somebody who has just logged in its cookie.
func (s *Sessions) Remember(w http.ResponseWriter, r *http.Request, m staff.Member) {
	if s.Vault == nil || s.isKnown(r, m.Login) {
		return
	}
	sealed, err := s.Vault.Seal([]byte(m.Login), "cookie:"+deviceCookie)
	if err != nil {
		return
	}
	//nolint:gosec // Secure where the desk is reached by https
	http.SetCookie(w, &http.Cookie{Name: deviceCookie, Path: "/login", Value: base64.RawURLEncoding.EncodeToString(sealed), MaxAge: deviceDays * 24 * 60 * 60,
		HttpOnly: true, Secure: s.Secure, SameSite: http.SameSiteLaxMode})
}

// browsers in the order in which their names must be looked for: each claims
// to be those after it.
var browsers = []struct{ sign, name string }{{"Edg/", "Edge"}, {"MicroMessenger", "WeChat"}, {"Firefox/", "Firefox"}, {"OPR/", "Opera"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}}

// systems likewise.
var systems = []struct{ sign, name string }{{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"Linux", "Linux"}}

// browserOf says shortly what a browser says of itself.
func browserOf(agent string) string {
	var parts []string
	for _, b := range browsers {
		if strings.Contains(agent, b.sign) {
			parts = append(parts, b.name)
			break
		}
	}
	for _, x := range systems {
		if strings.Contains(agent, x.sign) {
			parts = append(parts, x.name)
			break
		}
	}
	return strings.Join(parts, " · ")
}
