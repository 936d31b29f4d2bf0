package callbacks_test

import (
	"context"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/callbacks"
	"nengban/callbacks/simulator"
	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/tickets/worktime"
)

// completed is how many tickets are planned for: NENGBAN_BENCH_COMPLETED, or
// few enough for everybody's machine.
func completed(b *testing.B) int {
	b.Helper()
	n, err := strconv.Atoi(os.Getenv("NENGBAN_BENCH_COMPLETED"))
	if err != nil {
		return 5_000
	}
	return n
}

func benchEach(b *testing.B, bench func(b *testing.B, db *bun.DB)) {
	b.Helper()
	b.Run("sqlite", func(b *testing.B) { bench(b, dbtest.SQLite(b)) })
	b.Run("postgres", func(b *testing.B) { bench(b, dbtest.Postgres(b)) })
}

// BenchmarkPlan plans the surveys of tickets whose handling has ended, in the
// batches in which the outbox tells of them.
func BenchmarkPlan(b *testing.B) {
	benchEach(b, func(b *testing.B, db *bun.DB) {
		w := newWorld(b, db)
		n := completed(b)
		x := w.ended(wang)
		w.many(x, n-1)
		for b.Loop() {
			b.StopTimer()
			must(b, deleteSurveys(db))
			b.StartTimer()
			w.planAll(b)
		}
		perSecond(b, n)
	})
}

func (w *world) planAll(b *testing.B) {
	b.Helper()
	const batch = 100
	ids := make([]int64, 0, batch)
	for last := int64(0); ; last = ids[len(ids)-1] {
		ids = ids[:0]
		must(b, w.tw.DB.NewSelect().Table("tickets").Column("id").Where("id > ?", last).Order("id").Limit(batch).Scan(ctx, &ids))
		if len(ids) == 0 {
			return
		}
		ms := make([]tickets.Message, 0, batch)
		for _, id := range ids {
			ms = append(ms, tickets.Message{TicketID: id, Act: staff.Complete})
		}
		must(b, w.e.Handle(ctx, ms))
	}
}

// BenchmarkSweep takes up a month's missed cases of 办不成事.
func BenchmarkSweep(b *testing.B) {
	benchEach(b, func(b *testing.B, db *bun.DB) {
		w := newWorld(b, db)
		n := completed(b)
		x := w.graveTicket(wang)
		w.deliver()
		w.tw.Act(staff.TheSystem, x.Number, &tickets.CloseUnrated{Code: tickets.Unreachable})
		w.deliver()
		w.many(x, n-1)
		w.jumpTo("10-01 10:00")
		for b.Loop() {
			b.StopTimer()
			must(b, deleteSurveys(db))
			b.StartTimer()
			if got, err := w.e.SweepMonth(ctx); err != nil || got != n {
				b.Fatalf("the sweep took up %d of %d, %v", got, n, err)
			}
		}
		perSecond(b, n)
	})
}

// swift is a carrier that takes everything at once and remembers nothing.
type swift struct{ *simulator.Network }

func (swift) SendText(_ context.Context, t callbacks.Text) (callbacks.Handed, error) {
	return callbacks.Handed{CarrierID: "M" + t.Ref, Status: callbacks.Queued}, nil
}

// BenchmarkSend hands over b.N texts: as fast as the database allows, and at
// the limit of a carrier that takes 100 in a second. The heap is measured
// afterwards: it does not grow with the number.
func BenchmarkSend(b *testing.B) {
	for name, rate := range map[string]float64{"no limit": 0, "100 a second": 100} {
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			benchEach(b, func(b *testing.B, db *bun.DB) {
				w := newWorld(b, db, func(p *callbacks.Policy) {
					p.Rate, p.Hours, p.TextsOnHolidays = rate, []worktime.Hours{{From: 0, To: worktime.EndOfDay}}, true
				})
				e, err := callbacks.New(callbacks.Parts{DB: db, Clock: clockwork.NewRealClock(), Desk: w.tw.Desk, Vault: w.tw.Vault, Policy: w.policy,
					Carriers: []callbacks.Line{{Name: "swift", Carrier: swift{w.net}}}})
				must(b, err)
				w.queued(w.ended(wang), b.N)
				b.ResetTimer()
				_, err = e.Send(ctx)
				must(b, err)
				b.StopTimer()
				var left int
				must(b, db.NewSelect().Table("attempts").ColumnExpr("count(*)").Where("state <> 'handed'").Scan(ctx, &left))
				if left > 0 {
					b.Fatalf("%d of %d are left", left, b.N)
				}
				b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "texts/s")
				var m runtime.MemStats
				runtime.GC()
				runtime.ReadMemStats(&m)
				b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "MB-heap")
			})
		})
	}
}

// queued puts n notices about a ticket into the queue.
func (w *world) queued(x *tickets.Ticket, n int) {
	w.t.Helper()
	now := clockwork.NewRealClock().Now().UTC()
	series := fmt.Sprintf(`WITH RECURSIVE series(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM series WHERE i < %d)`, n)
	_, err := w.tw.DB.ExecContext(ctx, series+` INSERT INTO attempts (ref, occasion, ticket_id, survey_id, campaign, purpose, way, template, template_version, params, lang, phone_index,
		priority, state, not_before, not_after, due_at, claimed_until, tries, carrier, carrier_id, delivery, rank, trouble, code, created_at, polls, by_name, question, turn, rating, solved)
		SELECT 'r' || i, 'o' || i, ?, 0, i, 'notice_accepted', 'sms', 'notice_accepted', 1, '{}', '', ?, 2, 'waiting', ?, ?, ?, ?, 0, '', '', '', 0, '', '', ?, 0, '', '', 0, 0, '' FROM series`,
		x.ID, w.tw.Vault.Index("phone", wang), now.Add(-time.Hour), now.Add(1000*time.Hour), now.Add(-time.Hour), now.Add(-time.Hour), now.Add(-time.Hour))
	must(w.t, err)
}

// BenchmarkAnswer takes a text that came in, finds the survey that it answers,
// and keeps the answer.
func BenchmarkAnswer(b *testing.B) {
	benchEach(b, func(b *testing.B, db *bun.DB) {
		w := newWorld(b, db, func(p *callbacks.Policy) { p.Grace = time.Hour })
		x := w.ended(wang)
		w.pass(25 * time.Hour)
		n := 0
		for b.Loop() {
			n++
			must(b, w.e.Text(ctx, callbacks.Incoming{CarrierID: fmt.Sprint("U", n), From: wang, Words: fmt.Sprint(1 + n%5), At: w.tw.Clock.Now()}))
		}
		if s := w.survey(x.Number); s.State != callbacks.HasAnswer {
			b.Fatalf("the survey is %s", s.State)
		}
	})
}

func perSecond(b *testing.B, n int) {
	b.Helper()
	b.ReportMetric(float64(n)*float64(max(b.N, 1))/b.Elapsed().Seconds(), "tickets/s")
}
