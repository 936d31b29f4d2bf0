package callbacks_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"nengban/callbacks"
	"nengban/callbacks/simulator"
	"nengban/migrations"
	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
)

var errKilled = errors.New("killed")

// killer kills each engine at one kind of step, drawn beforehand, when it comes
// there for the first, second or third time; otherwise the commonest steps
// would have all the deaths. A dead engine does nothing more.
type killer struct {
	mu    sync.Mutex
	rng   *rand.Rand
	kills int
	at    map[string]int
}

func (k *killer) stalk(e *callbacks.Engine) (dead func() bool) {
	target, left, gone := callbacks.Steps[k.rng.IntN(len(callbacks.Steps))], 1+k.rng.IntN(3), false
	e.OnStep(func(step string) error {
		k.mu.Lock()
		defer k.mu.Unlock()
		if step == target && !gone {
			left--
			if gone = left == 0; gone {
				k.kills++
				k.at[step]++
			}
		}
		if gone {
			return errKilled
		}
		return nil
	})
	return func() bool {
		k.mu.Lock()
		defer k.mu.Unlock()
		return gone
	}
}

// deaths on each of the two databases: a thousand in all.
func deaths(db *bun.DB) int {
	if migrations.IsPostgres(db) {
		return 300
	}
	return 700
}

// A thousand times the engine dies between two steps, while the carrier loses
// requests, receipts and reports, and says things late and twice. The carrier's
// own ledger is the judge.
func TestAThousandDeathsLoseNothingAndSendNothingTwice(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		carefree(t, db)
		w := newWorld(t, db, func(p *callbacks.Policy) {
			p.MonthlyCap, p.BreakAfter, p.MaxTries, p.Senders = 1000, 1000, 1000, 4
			p.Thank, p.Confirm, p.AskReason = true, true, true
			p.Routine = callbacks.Pace{Delay: time.Hour, Remind: 2 * time.Hour, Call: 2 * time.Hour} // something happens in every hour
		})
		w.net = simulator.New(w.tw.Clock, simulator.Options{Seed: 7, Town: simulator.Town(), KeepsStop: true, Faults: simulator.Faults{
			Refuse: 0.1, LoseRequest: 0.1, LoseReceipt: 0.1, LoseReport: 0.2, RepeatReport: 0.2, LateReport: 0.2, Late: time.Hour, Delay: time.Second}})
		var xs []*tickets.Ticket
		k := &killer{rng: rand.New(rand.NewPCG(3, 5)), at: map[string]int{}}
		lives := 0
		for ; k.kills < deaths(db) && lives < 3*deaths(db); lives++ {
			xs = append(xs, w.liveOnce(k, len(xs))...)
		}
		if k.kills < deaths(db) {
			t.Fatalf("only %d deaths: %v", k.kills, k.at)
		}
		w.e = w.engine()
		w.net.Connect(w.e)
		w.pass(6 * 24 * time.Hour)
		w.judge(xs)
		t.Logf("%d deaths in %d lives, %d tickets: %v", k.kills, lives, len(xs), k.at)
	})
}

// carefree lets SQLite not wait for the disk: here an engine dies, not the machine.
func carefree(t *testing.T, db *bun.DB) {
	t.Helper()
	if migrations.IsPostgres(db) {
		return
	}
	db.SetMaxOpenConns(1)
	_, err := db.ExecContext(ctx, "PRAGMA synchronous=OFF")
	must(t, err)
}

// liveOnce lets one engine live until it dies, or for a few hours; meanwhile
// handling ends for more citizens. It returns their tickets.
func (w *world) liveOnce(k *killer, n int) (fresh []*tickets.Ticket) {
	w.e = w.engine()
	dead := k.stalk(w.e)
	w.net.Connect(w.e)
	for tick := range 20 {
		if tick%3 == 0 {
			fresh = append(fresh, w.ended(fmt.Sprintf("+86138001%05d", n+len(fresh))))
		}
		for _, job := range []func() (int, error){
			func() (int, error) { return w.tw.Desk.Deliver(ctx, callbacks.PlanListener, 50, w.e.Handle) },
			func() (int, error) { return w.e.Work(ctx) },
			func() (int, error) { return w.net.Step(ctx) },
			func() (int, error) { return w.e.Poll(ctx) },
		} {
			if _, err := job(); err != nil && !errors.Is(err, errKilled) {
				w.t.Fatal(err)
			}
			if dead() {
				return fresh
			}
		}
		w.tw.Clock.Advance(time.Duration(1+k.rng.IntN(25)) * time.Minute)
		w.skipNight()
	}
	return fresh
}

// skipNight jumps over hours in which nothing leaves anyway, and over the
// holidays of October.
func (w *world) skipNight() {
	local := w.tw.Clock.Now().In(tickets.Shanghai)
	switch {
	case local.Hour() >= 20:
		w.tw.Clock.Advance(12 * time.Hour)
	case local.Hour() == 12 && local.Minute() > 10 && local.Minute() < 40:
		w.tw.Clock.Advance(80 * time.Minute)
	case local.Month() == time.October && local.Day() < 8:
		w.tw.Clock.Advance(time.Duration(8-local.Day()) * 24 * time.Hour)
	}
}

// judge compares the desk's ledger with the carrier's, and every ticket's
// timeline with its survey.
func (w *world) judge(xs []*tickets.Ticket) {
	w.t.Helper()
	if twice := w.net.Twice(); len(twice) != 0 {
		w.t.Errorf("sent twice: %v", twice)
	}
	theirs := map[string]string{}
	for _, s := range w.net.Ledger() {
		theirs[s.Ref] = s.CarrierID
	}
	ours := map[string]string{}
	for _, x := range xs {
		for _, a := range w.history(x.Number).Attempts {
			switch {
			case a.CarrierID != "":
				ours[a.Ref] = a.CarrierID
			case a.State == callbacks.Claimed || a.State == callbacks.Doubtful || a.State == callbacks.Waiting && a.NotAfter.Before(w.tw.Clock.Now()):
				w.t.Errorf("attempt %d was forgotten: %+v", a.ID, a)
			}
		}
	}
	if diff := cmp.Diff(theirs, ours); diff != "" {
		w.t.Errorf("the ledgers differ (-carrier's +ours):\n%s", diff)
	}
	for _, x := range xs {
		w.judgeTicket(x)
	}
}

func (w *world) judgeTicket(x *tickets.Ticket) {
	w.t.Helper()
	entries, err := w.tw.Desk.Timeline(ctx, x.ID)
	must(w.t, err)
	rated := map[int]int{}
	for _, en := range entries {
		if en.Act == staff.RecordRating {
			rated[en.Round]++
		}
	}
	for _, s := range w.history(x.Number).Surveys {
		switch s.State {
		case callbacks.HasAnswer:
			if rated[s.Round] != 1 || s.RecordedAt.IsZero() || s.Trouble != "" {
				w.t.Errorf("round %d of %s has an answer and %d ratings (trouble %q)\n%s", s.Round, x.Number, rated[s.Round], s.Trouble, w.story(x.Number))
			}
		case callbacks.WithPerson, callbacks.Closed:
			if rated[s.Round] != 0 {
				w.t.Errorf("round %d of %s is %s and has a rating", s.Round, x.Number, s.State)
			}
		default:
			if s.NextAt.Before(w.tw.Clock.Now()) {
				w.t.Errorf("survey of %s is stuck\n%s", x.Number, w.story(x.Number))
			}
		}
	}
	if got := w.ticket(x.Number); got.Status == tickets.ToRework {
		w.t.Errorf("%s waits for its rework for ever", x.Number)
	}
}
