package callbacks_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/callbacks"
	"nengban/migrations"
	"nengban/migrations/dbtest"
	"nengban/tickets"
)

// Two instances on one database, each with connections of its own, work at the
// same time through everything there is to do. No row is done twice.
func TestTwoInstancesNeverDoARowTwice(t *testing.T) {
	t.Parallel()
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.SQLitePath, "postgres": dbtest.PostgresDSN} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address := dsn(t)
			w := newWorld(t, openDB(t, address), func(p *callbacks.Policy) { p.Senders = 4 })
			var xs []*tickets.Ticket
			for i := range 60 {
				xs = append(xs, w.ended(fmt.Sprintf("+86138003%05d", i)))
			}
			other := w.engineOn(openDB(t, address))
			for _, when := range []string{"09-21 10:00", "09-22 10:00", "09-23 10:30", "09-24 11:00", "09-24 15:30"} {
				w.jumpTo(when)
				for range 3 {
					w.together(w.e, other)
					_, err := w.net.Step(ctx)
					must(t, err)
				}
			}
			w.judge(xs)
			sent := map[string]int{}
			for _, s := range w.net.Ledger() {
				sent[s.To+" "+string(s.Way)+" "+s.At.In(tickets.Shanghai).Format("01-02 15h")]++
			}
			for what, n := range sent {
				if n > 1 {
					t.Errorf("%s: %d times", what, n)
				}
			}
			if len(w.net.Ledger()) != 4*len(xs) {
				t.Errorf("%d texts and calls for %d citizens; want a text, a reminder and two calls each", len(w.net.Ledger()), len(xs))
			}
		})
	}
}

func openDB(t testing.TB, dsn string) *bun.DB {
	t.Helper()
	db, err := migrations.Open(ctx, dsn)
	must(t, err)
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// engineOn is an instance with connections of its own.
func (w *world) engineOn(db *bun.DB) *callbacks.Engine {
	w.t.Helper()
	e, err := callbacks.New(callbacks.Parts{DB: db, Clock: w.tw.Clock, Desk: w.tw.Desk, Vault: w.tw.Vault, Policy: w.policy,
		Carriers: []callbacks.Line{{Name: "simulator", Carrier: w.net}}})
	must(w.t, err)
	return e
}

func (w *world) jumpTo(when string) {
	at, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+when, tickets.Shanghai)
	must(w.t, err)
	w.tw.Clock.Advance(at.Sub(w.tw.Clock.Now()))
}

// together has several instances do all they can at the same time.
func (w *world) together(engines ...*callbacks.Engine) {
	w.t.Helper()
	var group sync.WaitGroup
	for _, e := range engines {
		for _, job := range []func(context.Context) (int, error){
			func(ctx context.Context) (int, error) {
				return w.tw.Desk.Deliver(ctx, callbacks.PlanListener, 20, e.Handle)
			},
			e.Advance, e.Send, e.Poll, e.Read, e.Record,
		} {
			group.Go(func() {
				if _, err := job(ctx); err != nil {
					w.t.Error(err)
				}
			})
		}
	}
	group.Wait()
	w.work()
}
