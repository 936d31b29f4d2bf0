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
	"nengban/tickets/vault"
	"nengban/web/session"
)

// desk is a small server that logs in, tells who one is, and counts what it writes.
type desk struct {
	t        testing.TB
	db       *bun.DB
	clock    *clockwork.FakeClock
	sessions *session.Sessions
	handler  http.Handler
}

func newDesk(t testing.TB) *desk {
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
	d.sessions = session.New(session.Parts{DB: d.db, Staff: staff.NewStore(d.db, d.clock), Clock: d.clock, Vault: newVault(t)})
	mux := http.NewServeMux()
	mux.HandleFunc("/login", func(_ http.ResponseWriter, r *http.Request) {
		if _, err := d.sessions.Login(r, "chen", "clear water 2026", "192.0.2.1"); err != nil {
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
	r := inSession(d)
	for range 8 {
		if _, err := d.sessions.Login(r, "Chen ", "guess", "192.0.2.1"); !errors.Is(err, staff.ErrWrong) {
			t.Fatalf("a guess is answered %v", err)
		}
	}
	if _, err := d.sessions.Login(r, "chen", "clear water 2026", "192.0.2.1"); !errors.Is(err, session.ErrTooMany) {
		t.Errorf("the ninth try from one address: %v; want too many", err)
	}
	if _, err := d.sessions.Login(r, "chen", "clear water 2026", "192.0.2.2"); err != nil {
		t.Errorf("the owner at his own desk: %v; a stranger locked him out", err)
	}
	d.clock.Advance(16 * time.Minute)
	if _, err := d.sessions.Login(r, "chen", "clear water 2026", "192.0.2.1"); err != nil {
		t.Errorf("a quarter of an hour later: %v", err)
	}
}

// A guesser with a thousand addresses is stopped; the owner's own browser is
// known by its cookie and gets in, from wherever he is.
func TestAThousandAddressesDoNotHelpAGuesserNorLockOutTheOwner(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	owner := inSession(d)
	m, err := d.sessions.Login(owner, "chen", "clear water 2026", "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	d.sessions.Remember(w, owner, m)
	slowed := 0
	for i := range 60 {
		if _, err := d.sessions.Login(inSession(d), "chen", "guess", fmt.Sprint("198.51.100.", i)); errors.Is(err, session.ErrTooMany) {
			slowed++
		}
	}
	if slowed != 20 {
		t.Errorf("of 60 guesses from 60 addresses %d were turned away; want those after the fortieth", slowed)
	}
	back := inSession(d)
	for _, c := range w.Result().Cookies() {
		if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode {
			t.Errorf("the cookie is %v", c)
		}
		back.AddCookie(c)
	}
	if _, err := d.sessions.Login(back, "chen", "clear water 2026", "203.0.113.9"); err != nil {
		t.Errorf("the owner in his own browser: %v; strangers locked him out", err)
	}
	forged := inSession(d)
	forged.AddCookie(&http.Cookie{Name: "nengban_device", Value: "Y2hlbg"})
	for range 60 {
		_, err = d.sessions.Login(forged, "chen", "guess", "203.0.113.10")
	}
	if !errors.Is(err, session.ErrTooMany) {
		t.Errorf("with a cookie of his own making a guesser gets %v", err)
	}
}

func TestASessionEndsWithTheShiftHoweverBusy(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, cookie, _ := d.get("/login", "")
	for range 11 {
		d.clock.Advance(time.Hour)
		_, cookie, _ = d.get("/me", cookie)
	}
	if who, _, _ := d.get("/me", cookie); !strings.HasPrefix(who, "陈话务true") {
		t.Fatalf("after eleven busy hours: %q", who)
	}
	d.clock.Advance(session.Lifetime - 11*time.Hour + time.Minute)
	if who, _, _ := d.get("/me", cookie); strings.Contains(who, "陈话务") {
		t.Error("a session outlives its shift")
	}
}

func TestAnEndedSessionDoesNotComeBack(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	_, here, _ := d.get("/login", "")
	_, other, _ := d.get("/login", "")
	d.clock.Advance(10 * time.Minute)
	devices, err := d.sessions.Devices(inSession(d).Context(), 7)
	if err != nil || len(devices) != 2 {
		t.Fatalf("%d sessions are listed, %v; want two", len(devices), err)
	}
	// The other session's page is on its way, and writes when it was seen, while this one ends it.
	inside := d.sessions.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		for _, x := range devices {
			if err := d.sessions.End(r.Context(), 7, x.ID); err != nil {
				t.Error(err)
			}
			if err := d.sessions.End(r.Context(), 8, x.ID); err != nil { // a colleague's is left alone
				t.Error(err)
			}
		}
	}))
	r := httptest.NewRequest(http.MethodGet, "/", nil)
	r.AddCookie(&http.Cookie{Name: "nengban", Value: other})
	inside.ServeHTTP(httptest.NewRecorder(), r)
	for _, cookie := range []string{here, other} {
		if who, _, _ := d.get("/me", cookie); strings.Contains(who, "陈话务") {
			t.Error("an ended session is still logged in")
		}
	}
}

// inSession returns a request that a session can be begun in.
func inSession(d *desk) *http.Request {
	var in *http.Request
	d.sessions.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { in = r })).
		ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	return in
}

func newVault(t testing.TB) *vault.Vault {
	t.Helper()
	v, err := vault.New()
	if err != nil {
		t.Fatal(err)
	}
	return v
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
