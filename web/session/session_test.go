package session_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets/staff"
	"nengban/web/session"
)

// desk is a small server that logs in, tells who one is, and counts what it writes.
type desk struct {
	t        *testing.T
	db       *bun.DB
	clock    *clockwork.FakeClock
	sessions *session.Sessions
	handler  http.Handler
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	d := &desk{t: t, db: dbtest.SQLite(t), clock: clockwork.NewFakeClockAt(time.Date(2026, 9, 21, 9, 0, 0, 0, time.UTC))}
	digest, err := argon2id.CreateHash("clear water 2026", &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.db.Exec(`INSERT INTO staff (id, login, name, roles, department, hall, window_no, phone, lang, password_hash, active, created_at)
		VALUES (7, 'chen', '陈话务', 'operator', '', '', '', '', '', ?, true, ?)`, digest, d.clock.Now()); err != nil {
		t.Fatal(err)
	}
	d.sessions = session.New(d.db, staff.NewStore(d.db, d.clock), d.clock, false)
	mux := http.NewServeMux()
	mux.HandleFunc("/login", func(_ http.ResponseWriter, r *http.Request) {
		if _, err := d.sessions.Login(r.Context(), "chen", "clear water 2026", "192.0.2.1"); err != nil {
			t.Error(err)
		}
	})
	mux.HandleFunc("/me", func(w http.ResponseWriter, r *http.Request) {
		m, known := session.Member(r.Context())
		_, _ = fmt.Fprint(w, m.Name, known, d.sessions.TakeFlash(r.Context()))
	})
	mux.HandleFunc("/flash", func(_ http.ResponseWriter, r *http.Request) { d.sessions.Flash(r.Context(), "hello") })
	mux.HandleFunc("/logout", func(_ http.ResponseWriter, r *http.Request) { _ = d.sessions.Logout(r.Context()) })
	d.handler = d.sessions.Middleware(mux)
	return d
}

// get asks with a cookie and returns the answer and the cookie to go on with.
func (d *desk) get(path, cookie string) (body, next string, set *http.Cookie) {
	d.t.Helper()
	r := httptest.NewRequest(http.MethodGet, path, nil)
	if cookie != "" {
		r.AddCookie(&http.Cookie{Name: "nengban", Value: cookie})
	}
	w := httptest.NewRecorder()
	d.handler.ServeHTTP(w, r)
	next = cookie
	for _, c := range w.Result().Cookies() {
		next, set = c.Value, c
	}
	return w.Body.String(), next, set
}

func TestALoginAlwaysBeginsAFreshSession(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, planted, _ := d.get("/flash", "")
	_, mine, set := d.get("/login", planted)
	if mine == planted {
		t.Error("a session that existed before the login became a logged-in one")
	}
	if !set.HttpOnly || set.SameSite != http.SameSiteLaxMode || set.MaxAge != 0 || !set.Expires.IsZero() {
		t.Errorf("the cookie is %v", set)
	}
	if who, _, _ := d.get("/me", planted); strings.Contains(who, "陈话务") {
		t.Error("the planted session is logged in")
	}
	if who, _, _ := d.get("/me", mine); !strings.HasPrefix(who, "陈话务true") {
		t.Errorf("the fresh session knows %q", who)
	}
}

func TestTheDatabaseDoesNotHoldWhatTheCookieHolds(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, cookie, _ := d.get("/login", "")
	var token string
	if err := d.db.NewSelect().Table("sessions").Column("token").Scan(context.Background(), &token); err != nil {
		t.Fatal(err)
	}
	if token == cookie || strings.Contains(token, cookie) {
		t.Error("whoever reads the sessions' table can be anybody")
	}
	if who, _, _ := d.get("/me", token); strings.Contains(who, "陈话务") {
		t.Error("what stands in the table opens a session")
	}
}

func TestAnIdleSessionEndsAndABusyOneGoesOn(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, cookie, _ := d.get("/login", "")
	for range 5 {
		d.clock.Advance(session.Idle - time.Minute)
		if who, _, _ := d.get("/me", cookie); !strings.HasPrefix(who, "陈话务true") {
			t.Fatalf("a session in use has become %q", who)
		}
	}
	d.clock.Advance(session.Idle + time.Minute)
	if who, _, _ := d.get("/me", cookie); strings.Contains(who, "陈话务") {
		t.Error("an idle session is still logged in")
	}
	if who, _, _ := d.get("/me", cookie); strings.Contains(who, "陈话务") {
		t.Error("an ended session came back")
	}
}

func TestAPageThatChangesNothingWritesNothing(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, cookie, _ := d.get("/login", "")
	if _, _, set := d.get("/me", cookie); set != nil {
		t.Error("looking at a page writes the session anew")
	}
	_, cookie, _ = d.get("/flash", cookie)
	if who, _, _ := d.get("/me", cookie); !strings.HasSuffix(who, "hello") {
		t.Errorf("the sentence for the next page is lost: %q", who)
	}
	if who, _, _ := d.get("/me", cookie); strings.HasSuffix(who, "hello") {
		t.Error("the sentence is said twice")
	}
	_, _, _ = d.get("/logout", cookie)
	if who, _, _ := d.get("/me", cookie); strings.Contains(who, "陈话务") {
		t.Error("a session outlives its logout")
	}
}

func TestGuessingIsSlowForOneAddressAndForNobodyElse(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	ctx := inSession(d)
	for range 8 {
		if _, err := d.sessions.Login(ctx, "Chen ", "guess", "192.0.2.1"); !errors.Is(err, staff.ErrWrong) {
			t.Fatalf("a guess is answered %v", err)
		}
	}
	if _, err := d.sessions.Login(ctx, "chen", "clear water 2026", "192.0.2.1"); !errors.Is(err, session.ErrTooMany) {
		t.Errorf("the ninth try from one address: %v; want too many", err)
	}
	if _, err := d.sessions.Login(ctx, "chen", "clear water 2026", "192.0.2.2"); err != nil {
		t.Errorf("the owner at his own desk: %v; a stranger locked him out", err)
	}
	d.clock.Advance(16 * time.Minute)
	if _, err := d.sessions.Login(ctx, "chen", "clear water 2026", "192.0.2.1"); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
}

// inSession returns a context that a session can be begun in.
func inSession(d *desk) context.Context {
	var ctx context.Context
	d.sessions.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { ctx = r.Context() })).
		ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	return ctx
}

func TestOldSessionsAreCleanedAway(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, _, _ = d.get("/login", "")
	if _, err := d.db.Exec(`UPDATE sessions SET expires_at = ?`, time.Now().UTC().Add(-time.Hour)); err != nil { // scs goes by the machine's hour
		t.Fatal(err)
	}
	if n, err := d.sessions.Clean(context.Background()); err != nil || n != 1 {
		t.Errorf("cleaning took away %d, %v; want 1", n, err)
	}
}
