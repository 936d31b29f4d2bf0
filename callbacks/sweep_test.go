package callbacks_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"nengban/callbacks"
	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
)

// many copies a ticket n times in the database, each with a number and, every
// tenth, the phone of its own index: tests of volume need rows, not stories.
func (w *world) many(model *tickets.Ticket, n int) {
	w.t.Helper()
	rows, err := w.tw.DB.QueryContext(ctx, `SELECT * FROM tickets LIMIT 0`)
	must(w.t, err)
	names, err := rows.Columns()
	must(w.t, err)
	must(w.t, rows.Close())
	columns := strings.Join(slices.DeleteFunc(names, func(c string) bool { return c == "id" || c == "number" || c == "phone_index" }), ", ")
	series := fmt.Sprintf(`WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < %d)`, n)
	number := `printf('20260801%06d', i + 100000)`
	phone := `printf('%032d', i)`
	if w.tw.DB.Dialect().Name().String() == "pg" {
		number, phone = `'20260801' || lpad((i + 100000)::text, 6, '0')`, `lpad(i::text, 32, '0')`
	}
	_, err = w.tw.DB.ExecContext(ctx, fmt.Sprintf(`%s INSERT INTO tickets (number, phone_index, %s) SELECT %s, %s, %s FROM tickets, series WHERE id = ?`,
		series, columns, number, phone, columns), model.ID)
	must(w.t, err)
}

func TestTheMonthlySweepTakesUpTenThousandMissedCasesOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		w.tw.Clock.Advance(-4 * 24 * time.Hour) // Thursday 17 September
		missed := w.graveTicket(wang)
		w.deliver()
		w.tw.Act(staff.TheSystem, missed.Number, &tickets.CloseUnrated{Code: tickets.Unreachable})
		ordinary := w.ended(li)
		w.tw.Act(staff.TheSystem, ordinary.Number, &tickets.CloseUnrated{Code: tickets.Unreachable})
		w.deliver()
		w.many(missed, 10_000)
		w.tw.Clock.Advance(9 * 24 * time.Hour)
		if n, err := w.e.SweepMonth(ctx); err != nil || n != 0 {
			t.Fatalf("on the 26th the sweep took up %d, %v", n, err)
		}
		w.tw.Clock.Advance(5 * 24 * time.Hour) // 1 October, the first day of the holidays
		n, err := w.e.SweepMonth(ctx)
		must(t, err)
		if n != 10_001 {
			t.Errorf("the sweep took up %d cases; want the 10,000 that nobody asked and the one that was not reached", n)
		}
		if n, err := w.e.SweepMonth(ctx); err != nil || n != 0 {
			t.Errorf("the second run took up %d again, %v", n, err)
		}
		days := w.daysPlanned(callbacks.Sweep)
		if total := sum(days); total != 10_001 {
			t.Errorf("%d surveys are planned: %v", total, days)
		}
		if days["2026-09-30"] != 0 || days["2026-10-01"] != 0 {
			t.Errorf("surveys on a public holiday: %v", days)
		}
		if s := w.survey(missed.Number); s.Campaign != 2 || s.State != callbacks.Planned {
			t.Errorf("the one not reached is in campaign %d, %s; want a second one", s.Campaign, s.State)
		}
	})
}

func (w *world) daysPlanned(cause callbacks.Cause) map[string]int {
	w.t.Helper()
	var at []time.Time
	must(w.t, w.tw.DB.NewSelect().Table("surveys").Column("next_at").Where("cause = ?", cause).Scan(ctx, &at))
	out := map[string]int{}
	for _, x := range at {
		out[x.In(tickets.Shanghai).Format(time.DateOnly)]++
	}
	return out
}

func sum(m map[string]int) int {
	n := 0
	for _, x := range m {
		n += x
	}
	return n
}

func TestWhoWasNotReachedIsCalledByAPersonInTheSweepAndCanAnswer(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.graveTicket(wang)
		w.until("09-29 14:30") // text, reminder, two calls: then with a person
		w.callUntilGivenUp(x.Number)
		if got := w.wantStatus(x.Number, tickets.Completed); got.RatedBy != string(tickets.Unreachable) {
			t.Fatalf("closed as %q", got.RatedBy)
		}
		w.until("10-01 10:00")
		_, err := w.e.SweepMonth(ctx)
		must(t, err)
		texts := len(w.got(wang))
		w.until("10-09 09:30")
		c, err := w.e.NextCall(ctx, w.tw.CallbackCaller)
		must(t, err)
		if c.Survey.Number != x.Number || len(w.got(wang)) != texts {
			t.Errorf("the sweep texted him again, or called about %s", c.Survey.Number)
		}
		must(t, w.e.Finish(ctx, w.tw.CallbackCaller, c.Survey.ID, callbacks.CallResult{Code: callbacks.CallAnswered, Rating: 3, Solved: tickets.SolvedYes}))
		w.work()
		w.wantStatus(x.Number, tickets.Archived)
	})
}

// callUntilGivenUp has the callback caller try as often as the policy says, in vain.
func (w *world) callUntilGivenUp(number string) {
	w.t.Helper()
	for range w.policy.PeopleTries {
		s := w.survey(number)
		if now := w.tw.Clock.Now(); s.CallAt.After(now) {
			w.pass(s.CallAt.Sub(now))
		}
		c, err := w.e.NextCall(ctx, w.tw.CallbackCaller)
		must(w.t, err)
		must(w.t, w.e.Finish(ctx, w.tw.CallbackCaller, c.Survey.ID, callbacks.CallResult{Code: callbacks.CallNoAnswer}))
	}
	w.work()
}

func TestASampleCanBeDrawnAgainByAnybody(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended(wang)
		w.tw.Act(staff.TheSystem, x.Number, &tickets.CloseUnrated{Code: tickets.NotAsked})
		w.many(w.ticket(x.Number), 2_500)
		p := callbacks.Population{From: tt.Morning.Add(-time.Hour), To: tt.Morning.Add(time.Hour), Kind: tickets.Complaint}
		s, err := w.e.Draw(ctx, w.tw.CallbackCaller, p, 40)
		must(t, err)
		if s.Of != 2_501 || len(s.Chosen) != 40 || s.Seed == "" {
			t.Fatalf("drew %d of %d with seed %q", len(s.Chosen), s.Of, s.Seed)
		}
		var planned []string
		must(t, db.NewSelect().Table("surveys").Column("number").Where("cause = ?", callbacks.Sampled).Order("number").Scan(ctx, &planned))
		if len(planned) != 40 {
			t.Errorf("%d surveys were planned for the sample", len(planned))
		}
		recorded, again, err := w.e.Redraw(ctx, s.ID)
		must(t, err)
		if diff := cmp.Diff(s.Chosen, recorded.Chosen); diff != "" {
			t.Errorf("what was recorded differs:\n%s", diff)
		}
		if again.Digest == s.Digest {
			t.Error("the population has the same digest although forty of it are being asked now")
		}
		must(t, deleteSurveys(db))
		if _, again, err = w.e.Redraw(ctx, s.ID); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s.Chosen, again.Chosen); diff != "" || again.Digest != s.Digest {
			t.Errorf("over the same population the draw differs (-first +again):\n%s", diff)
		}
		if _, err := w.e.Draw(ctx, w.tw.Caseworker, p, 1); err == nil {
			t.Error("a caseworker drew a sample")
		}
	})
}

func deleteSurveys(db *bun.DB) error {
	_, err := db.ExecContext(ctx, "DELETE FROM surveys")
	return err
}

func TestAShareOfOrdinaryMattersIsAskedAboutAndEveryCaseThatCouldNotBeDone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t), func(p *callbacks.Policy) { p.Share = 0.25 })
	var grave *tickets.Ticket
	for i := range 60 {
		w.ended(fmt.Sprintf("+86138002%05d", i))
	}
	grave = w.graveTicket(li)
	w.pass(26 * time.Hour)
	asked := 0
	for _, s := range w.net.Ledger() {
		if strings.HasPrefix(s.To, "+86138002") {
			asked++
		}
	}
	if asked < 6 || asked > 27 {
		t.Errorf("%d of 60 were asked; want about a quarter", asked)
	}
	if len(w.got(li)) != 1 {
		t.Error("the case of 办不成事 was left to chance")
	}
	w.pass(7 * 24 * time.Hour)
	var notAsked int
	must(t, w.tw.DB.NewSelect().Table("tickets").ColumnExpr("count(*)").Where("status = 'completed' AND rating = 0 AND id <> ?", grave.ID).Scan(ctx, &notAsked))
	if notAsked != 60-asked {
		t.Errorf("%d tickets were closed as not asked; want %d", notAsked, 60-asked)
	}
}

func TestSomebodysWishAsksAtOnceAndNobodyIsAskedTwice(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		x := w.ended(wang)
		w.deliver()
		if _, err := w.e.AskNow(ctx, w.tw.Caseworker, x.Number); err == nil {
			t.Error("the handling department had its own complainant asked")
		}
		_, err := w.e.AskNow(ctx, w.tw.CallbackCaller, x.Number)
		must(t, err)
		w.pass(20 * time.Minute)
		if got := w.got(wang); len(got) != 1 {
			t.Fatalf("the phone got %d texts", len(got))
		}
		if _, err := w.e.AskNow(ctx, w.tw.CallbackCaller, x.Number); err != callbacks.ErrAskedBefore { //nolint:errorlint // a sentinel, returned as it is
			t.Errorf("asked again: %v; want ErrAskedBefore", err)
		}
	})
}
