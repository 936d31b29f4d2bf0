package tickets_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	tt "nengban/tickets/ticketstest"
	"nengban/tickets/worktime"
)

// counting counts what is sent to the database.
type counting struct{ queries, commits atomic.Int64 }

func (c *counting) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (c *counting) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	switch {
	case e.Query == "COMMIT":
		c.commits.Add(1)
	case e.Query != "BEGIN":
		c.queries.Add(1)
	}
}

func TestOneIntakeIsOneTransactionOfFiveStatements(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		c := new(counting)
		everything := func(tickets.Entry) bool { return true }
		tw := tt.New(t, db.WithQueryHook(c), tickets.Listener{Name: "index", Wants: everything}, tickets.Listener{Name: "notices", Wants: everything})
		c.queries.Store(0)
		c.commits.Store(0)
		tw.Register()
		// Number, ticket, timeline, clocks, outbox.
		if q, n := c.queries.Load(), c.commits.Load(); q != 5 || n != 1 {
			t.Errorf("one intake sent %d statements in %d transactions; want 5 in 1", q, n)
		}
	})
}

func BenchmarkIntake(b *testing.B) {
	each(b, func(b *testing.B, tw *tt.Town) {
		for b.Loop() {
			if _, err := tw.Desk.Register(context.Background(), tw.Operator, tt.Intake()); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkAct(b *testing.B) {
	each(b, func(b *testing.B, tw *tt.Town) {
		x := tw.Ticket(tickets.InHand)
		n := 0
		for b.Loop() {
			if n++; n%50 == 0 { // a timeline of 50 reminders is long enough
				b.StopTimer()
				x = tw.Ticket(tickets.InHand)
				b.StartTimer()
			}
			tw.Act(tw.Operator, x.Number, &tickets.Remind{Text: "诉求人来电催办"})
		}
	})
}

// BenchmarkList reads the dispatcher's first page and one far in, over as many
// tickets as NENGBAN_BENCH_TICKETS says (1,000 when it says nothing).
func BenchmarkList(b *testing.B) {
	size := 1000
	if n, err := strconv.Atoi(os.Getenv("NENGBAN_BENCH_TICKETS")); err == nil {
		size = n
	}
	each(b, func(b *testing.B, tw *tt.Town) {
		fill(b, tw, size)
		open := tickets.Filter{Statuses: []tickets.Status{tickets.ToTriage, tickets.ToDispatch, tickets.ToReview}}
		deep := cursorAfter(b, tw, open, size/2/tickets.PageSize)
		for name, cursor := range map[string]string{"first": "", "deep": deep} {
			b.Run(fmt.Sprintf("%s/%d", name, size), func(b *testing.B) {
				for b.Loop() {
					if _, err := tw.Desk.List(context.Background(), tw.Dispatcher, open, cursor); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		b.Run(fmt.Sprintf("department/%d", size), func(b *testing.B) {
			for b.Loop() {
				if _, err := tw.Desk.List(context.Background(), tw.Caseworker, tickets.Filter{Statuses: []tickets.Status{tickets.ToSignFor, tickets.InHand}}, ""); err != nil {
					b.Fatal(err)
				}
			}
		})
	})
}

func each(b *testing.B, bench func(*testing.B, *tt.Town)) {
	b.Run("sqlite", func(b *testing.B) { bench(b, tt.New(b, dbtest.SQLite(b))) })
	b.Run("postgres", func(b *testing.B) { bench(b, tt.New(b, dbtest.Postgres(b))) })
}

// fill copies one real ticket many times inside the database: a hundred
// thousand intakes would take longer than the benchmark.
func fill(b *testing.B, tw *tt.Town, n int) {
	b.Helper()
	a, c := tw.Ticket(tickets.ToTriage), tw.Ticket(tickets.InHand)
	at := "datetime(next_due_at, '+' || s.i || ' minutes') || '+00:00'"
	series := "WITH RECURSIVE s(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM s WHERE i < ?)"
	if strings.Contains(fmt.Sprint(tw.DB.Dialect().Name()), "pg") {
		at = "next_due_at + s.i * interval '1 minute'"
	}
	var columns []string
	rows, err := tw.DB.QueryContext(context.Background(), "SELECT * FROM tickets LIMIT 0")
	must(b, err)
	all, err := rows.Columns()
	must(b, err)
	must(b, rows.Close())
	for _, col := range all {
		switch col {
		case "id":
		case "number":
			columns = append(columns, "number || '-' || s.i")
		case "next_due_at":
			columns = append(columns, at)
		default:
			columns = append(columns, col)
		}
	}
	for _, x := range []*tickets.Ticket{a, c} {
		_, err := tw.DB.ExecContext(context.Background(), series+" INSERT INTO tickets ("+strings.Join(without(all, "id"), ", ")+") SELECT "+strings.Join(columns, ", ")+
			" FROM tickets, s WHERE id = ?", n/2, x.ID)
		must(b, err)
	}
	_, err = tw.DB.ExecContext(context.Background(), "INSERT INTO assignments (ticket_id, round, department, role, status, open, dispatched_at) SELECT id, 1, 'housing', 'lead', 'signed', id % 100 = 0, received_at FROM tickets WHERE lead = 'housing' AND id NOT IN (SELECT ticket_id FROM assignments)")
	must(b, err)
	_, err = tw.DB.ExecContext(context.Background(), "ANALYZE")
	must(b, err)
}

func cursorAfter(b *testing.B, tw *tt.Town, f tickets.Filter, pages int) string {
	b.Helper()
	cursor := ""
	for range max(1, min(pages/2, 200)) {
		p, err := tw.Desk.List(context.Background(), tw.Dispatcher, f, cursor)
		must(b, err)
		if p.Next == "" {
			break
		}
		cursor = p.Next
	}
	return cursor
}

func without(list []string, x string) []string {
	var out []string
	for _, s := range list {
		if s != x {
			out = append(out, s)
		}
	}
	return out
}

func must(tb testing.TB, err error) {
	tb.Helper()
	if err != nil {
		tb.Fatal(err)
	}
}

// BenchmarkRecompute replays as many open tickets as NENGBAN_BENCH_TICKETS says
// after a change of calendar that moves all of them, and writes what moved.
func BenchmarkRecompute(b *testing.B) {
	size := 1000
	if n, err := strconv.Atoi(os.Getenv("NENGBAN_BENCH_TICKETS")); err == nil {
		size = n
	}
	each(b, func(b *testing.B, tw *tt.Town) {
		fill(b, tw, size)
		copies(b, tw, "timeline")
		copies(b, tw, "clocks")
		spec := worktime.Defaults()[0]
		for i := 0; b.Loop(); i++ {
			b.StopTimer()
			hours := worktime.Hours{From: worktime.At(9, 0), To: worktime.At(16+i%2, 0)}
			spec.Week = worktime.MondayToFriday(hours)
			tw.Clock.Advance(time.Second)
			_, err := tw.Desk.Limits().PublishCalendar(context.Background(), "", "", spec)
			must(b, err)
			b.StartTimer()
			moved, err := tw.Desk.MendClocks(context.Background(), "bench", "bench", true)
			must(b, err)
			if len(moved) < size {
				b.Fatalf("%d of %d moved", len(moved), size)
			}
		}
		b.ReportMetric(float64(size)*float64(b.N)/b.Elapsed().Seconds(), "tickets/s")
	})
}

// copies gives the tickets that fill made the rows of the ticket they are copies of.
func copies(b *testing.B, tw *tt.Town, table string) {
	b.Helper()
	rows, err := tw.DB.QueryContext(context.Background(), "SELECT * FROM "+table+" LIMIT 0")
	must(b, err)
	all, err := rows.Columns()
	must(b, err)
	must(b, rows.Close())
	columns := without(all, "id")
	var from []string
	for _, c := range columns {
		if c == "ticket_id" {
			c = "t.id"
		} else {
			c = "x." + c
		}
		from = append(from, c)
	}
	var originals []tickets.Text
	must(b, tw.DB.NewSelect().Table("tickets").Column("id", "number").Where("length(number) = 14").Scan(context.Background(), &originals))
	for _, o := range originals {
		_, err = tw.DB.ExecContext(context.Background(), "INSERT INTO "+table+" ("+strings.Join(columns, ", ")+") SELECT "+strings.Join(from, ", ")+
			" FROM "+table+" x JOIN tickets t ON t.number LIKE ? WHERE x.ticket_id = ?", o.Number+"-%", o.ID)
		must(b, err)
	}
}
