// Package webtest looks at the desk from outside: a running server on a fresh
// database with the town of ticketstest, clients that are logged in, pages
// checked by CSS selector, and a real browser where there is one.
//
// What it promises: a test reads as what a person did and saw. It knows no
// handler and no template, only addresses, forms and what stands on the page.
package webtest

import (
	"context"
	"io"
	"log/slog"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/alexedwards/argon2id"
	"github.com/uptrace/bun"

	"nengban/migrations"
	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
	"nengban/web"
)

// Password is everybody's in the town.
const Password = "clear water 2026"

// Site is a running server with the town behind it.
type Site struct {
	*tt.Town
	URL    string
	Server *web.Server
	Staff  *staff.Store
	Places *departments.Store
	t      testing.TB
}

// New starts a site on a fresh SQLite database; change what the test is about.
func New(t testing.TB, change ...func(*web.Parts)) *Site {
	t.Helper()
	return On(t, dbtest.SQLite(t), change...)
}

// On starts a site on a database. It stops when the test ends.
func On(t testing.TB, db *bun.DB, change ...func(*web.Parts)) *Site {
	t.Helper()
	s := &Site{Town: tt.New(t, db), t: t}
	s.Staff = staff.NewStore(db, s.Clock)
	places, err := departments.Open(context.Background(), db)
	must(t, err)
	s.Places = places
	files, err := tickets.OpenFiles(t.TempDir(), s.Vault)
	must(t, err)
	p := web.Parts{DB: db, Desk: s.Desk, Staff: s.Staff, Places: places, Files: files, Vault: s.Vault, Clock: s.Clock, Name: "东坡市12345热线",
		Log: slog.New(slog.NewTextHandler(io.Discard, nil))}
	if os.Getenv("NENGBAN_TEST_LOG") != "" {
		p.Log = slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	for _, c := range change {
		c(&p)
	}
	s.people(db)
	s.Server, err = web.New(p)
	must(t, err)
	s.serve()
	return s
}

// people puts the town's members into the database, with the ids they have in
// the town. Their digest is a cheap one: tests do not guard secrets.
func (s *Site) people(db *bun.DB) {
	s.t.Helper()
	digest, err := argon2id.CreateHash(Password, &argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32})
	must(s.t, err)
	for _, m := range s.Everyone() {
		if m.ID == 0 {
			continue
		}
		_, err := db.Exec(`INSERT INTO staff (id, login, name, roles, department, hall, window_no, phone, lang, password_hash, active, created_at)
			VALUES (?, ?, ?, ?, ?, ?, ?, '', '', ?, ?, ?)`, m.ID, Login(m), m.Name, string(m.Roles[0]), m.Department, m.Hall, m.WindowNo, digest, true, s.Clock.Now().UTC())
		must(s.t, err)
	}
	if migrations.IsPostgres(db) {
		_, err := db.Exec(`SELECT setval(pg_get_serial_sequence('staff', 'id'), 100)`)
		must(s.t, err)
	}
}

// Login is a member's login: the role, and the department where several have it.
func Login(m staff.Member) string {
	switch m.Name {
	case "林话务":
		return "operator2"
	case "冯城东", "褚规划", "卫交通":
		return m.Login + "." + m.Department
	}
	return m.Login
}

func (s *Site) serve() {
	s.t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	must(s.t, err)
	s.URL = "http://" + l.Addr().String()
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- s.Server.Serve(ctx, l) }()
	s.t.Cleanup(func() {
		stop()
		select {
		case err := <-done:
			if err != nil && !strings.Contains(err.Error(), "deadline") {
				s.t.Error(err)
			}
		case <-time.After(20 * time.Second):
			s.t.Error("the server did not stop within 20 seconds")
		}
	})
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
