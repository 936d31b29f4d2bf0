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

// How long a session lasts without a request, and at most. A request is noted
// only every few minutes: writing it down each time would cost a transaction a
// page, and two requests at once would undo what each other put there.
const (
	Idle     = 2 * time.Hour
	Lifetime = 12 * time.Hour
	noteIdle = 5 * time.Minute
)

// What a login can be told.
var (
	ErrTooMany = errors.New("too many login attempts")
	ErrCode    = errors.New("a code of the second factor is needed")
	ErrSignOn  = errors.New("the city's sign-on did not say who this is")
)

// Sealer seals the cookie by which a browser is known again; the vault is one.
type Sealer = staff.Sealer

// Parts are what sessions are put together from.
type Parts struct {
	DB     *bun.DB
	Staff  *staff.Store
	Clock  clockwork.Clock
	Vault  Sealer // nil: no browser is known again
	Secure bool   // cookies over https only
	Needed bool   // nobody works without a second factor

	// Note writes an event into the security log; nil: there is none.
	Note func(ctx context.Context, by staff.Member, act, subject, address string)
}

// Sessions logs people in and out.
type Sessions struct {
	Parts
	scs   *scs.SessionManager
	staff *staff.Store
	clock clockwork.Clock
	tries tries
}

// New returns the sessions.
func New(p Parts) *Sessions {
	m := scs.New()
	m.Store = &store{db: p.DB}
	m.Lifetime = Lifetime
	m.Cookie.Name = "nengban"
	if p.Secure {
		m.Cookie.Name = "__Host-nengban"
	}
	m.Cookie.HttpOnly, m.Cookie.Secure, m.Cookie.SameSite = true, p.Secure, http.SameSiteLaxMode
	m.Cookie.Persist = false
	m.HashTokenInStore = true
	if p.Note == nil {
		p.Note = func(context.Context, staff.Member, string, string, string) {}
	}
	return &Sessions{Parts: p, scs: m, staff: p.Staff, clock: p.Clock, tries: newTries(p.Clock)}
}

// Middleware loads the session and puts its member into the context.
func (s *Sessions) Middleware(next http.Handler) http.Handler {
	return s.scs.LoadAndSave(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m, known, err := s.member(r.Context())
		if err != nil {
			http.Error(w, http.StatusText(http.StatusServiceUnavailable), http.StatusServiceUnavailable)
			return
		}
		if known {
			r = r.WithContext(context.WithValue(r.Context(), memberKey{}, m))
		}
		next.ServeHTTP(w, r)
	}))
}

// member returns whose session it is. One that was idle too long, or whose
// member was switched off or is gone, ends here.
func (s *Sessions) member(ctx context.Context) (staff.Member, bool, error) {
	id := s.scs.GetInt64(ctx, "staff")
	if id == 0 {
		return staff.Member{}, false, nil
	}
	idle := s.clock.Since(time.Unix(s.scs.GetInt64(ctx, "seen"), 0))
	age := s.clock.Since(time.Unix(s.scs.GetInt64(ctx, "begun"), 0))
	if idle > Idle || age > Lifetime {
		return staff.Member{}, false, s.scs.Destroy(ctx)
	}
	m, err := s.staff.Member(ctx, id)
	if errors.Is(err, staff.ErrUnknown) || err == nil && !m.Active {
		return staff.Member{}, false, s.scs.Destroy(ctx)
	}
	if err != nil {
		return staff.Member{}, false, err
	}
	if idle > noteIdle {
		s.scs.Put(ctx, "seen", s.clock.Now().Unix())
	}
	return m, true, nil
}

// Flash keeps a sentence's key for the next page.
func (s *Sessions) Flash(ctx context.Context, key string) { s.scs.Put(ctx, "flash", key) }

// TakeFlash returns that key once.
func (s *Sessions) TakeFlash(ctx context.Context) string { return s.Take(ctx, "flash") }

// Put keeps a value in the session, String returns it: small things such as
// the chosen language or the receipt just printed.
func (s *Sessions) Put(ctx context.Context, key, value string) { s.scs.Put(ctx, key, value) }

// String returns what Put kept, or "".
func (s *Sessions) String(ctx context.Context, key string) string { return s.scs.GetString(ctx, key) }

// Take returns what Put kept and forgets it.
func (s *Sessions) Take(ctx context.Context, key string) string {
	if !s.scs.Exists(ctx, key) {
		return "" // taking nothing must not count as a change to be written
	}
	return s.scs.PopString(ctx, key)
}

// ID names the session that asks: what may last no longer than it is bound to
// this. It opens nothing, and is "" where there is no session yet.
func (s *Sessions) ID(ctx context.Context) string {
	if token := s.scs.Token(ctx); token != "" {
		return stored(token)
	}
	return ""
}

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
