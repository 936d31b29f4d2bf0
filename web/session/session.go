// Package session knows who is looking: it logs staff in and out and puts the
// member into the request's context.
//
// The rules it keeps: the cookie is of no use to a script or another site
// (HttpOnly, SameSite), the database holds only its SHA-256, a login always
// begins a new session, an idle one ends, and trying passwords is slow for the
// one who tries and for nobody else.
package session

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/tickets/staff"
)

// How long a session lasts without a request, and at most.
const (
	Idle     = 2 * time.Hour
	Lifetime = 12 * time.Hour
)

// ErrTooMany says that there were too many tries from one place.
var ErrTooMany = errors.New("too many login attempts")

// Sessions logs people in and out.
type Sessions struct {
	scs   *scs.SessionManager
	staff *staff.Store
	tries *tries
}

// New returns the sessions kept in db. secure marks the cookie for https only.
func New(db *bun.DB, members *staff.Store, clock clockwork.Clock, secure bool) *Sessions {
	m := scs.New()
	m.Store = &store{db: db}
	m.IdleTimeout, m.Lifetime = Idle, Lifetime
	m.Cookie.Name = "nengban"
	if secure {
		m.Cookie.Name = "__Host-nengban"
	}
	m.Cookie.HttpOnly, m.Cookie.Secure, m.Cookie.SameSite = true, secure, http.SameSiteLaxMode
	m.Cookie.Persist = false
	m.HashTokenInStore = true
	return &Sessions{scs: m, staff: members, tries: newTries(clock)}
}

// Middleware loads the session and puts its member into the context.
func (s *Sessions) Middleware(next http.Handler) http.Handler {
	return s.scs.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		ctx := r.Context()
		if id := s.scs.GetInt64(ctx, "staff"); id != 0 {
			m, err := s.staff.Member(ctx, id)
			switch {
			case err == nil && m.Active:
				ctx = context.WithValue(ctx, memberKey{}, m)
			case err == nil || errors.Is(err, staff.ErrUnknown):
				_ = s.scs.Destroy(ctx)
			default:
				http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
				return
			}
		}
		next.ServeHTTP(w, r.WithContext(ctx))
	}))
}

// Login checks login and password from an address and begins a new session.
// It returns staff.ErrWrong, staff.ErrNotActive or ErrTooMany.
func (s *Sessions) Login(ctx context.Context, login, password, address string) (staff.Member, error) {
	if !s.tries.allow(login, address) {
		return staff.Member{}, ErrTooMany
	}
	m, err := s.staff.Authenticate(ctx, login, password)
	if err != nil {
		return staff.Member{}, err
	}
	s.tries.forget(login, address)
	if err := s.scs.RenewToken(ctx); err != nil { // an old token must not become a logged-in one
		return staff.Member{}, err
	}
	s.scs.Put(ctx, "staff", m.ID)
	return m, nil
}

// Logout ends the session.
func (s *Sessions) Logout(ctx context.Context) error { return s.scs.Destroy(ctx) }

// Flash keeps a sentence's key for the next page.
func (s *Sessions) Flash(ctx context.Context, key string) { s.scs.Put(ctx, "flash", key) }

// TakeFlash returns that key once.
func (s *Sessions) TakeFlash(ctx context.Context) string { return s.scs.PopString(ctx, "flash") }

// Put keeps a value in the session, String returns it: small things such as
// the chosen language or the receipt just printed.
func (s *Sessions) Put(ctx context.Context, key, value string) { s.scs.Put(ctx, key, value) }

// String returns what Put kept, or "".
func (s *Sessions) String(ctx context.Context, key string) string { return s.scs.GetString(ctx, key) }

// Take returns what Put kept and forgets it.
func (s *Sessions) Take(ctx context.Context, key string) string { return s.scs.PopString(ctx, key) }

// Clean deletes sessions that are over; a job of the timetable.
func (s *Sessions) Clean(ctx context.Context) (int, error) {
	return s.scs.Store.(*store).clean(ctx) //nolint:forcetypeassert // set in New
}

type memberKey struct{}

// Member returns who is logged in; ok is false for a stranger.
func Member(ctx context.Context) (m staff.Member, ok bool) {
	m, ok = ctx.Value(memberKey{}).(staff.Member)
	return m, ok
}
