package evidence_test

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/evidence"
	tt "nengban/tickets/ticketstest"
)

// lines is how many entries the benchmarks' desk has: about a week of a city
// of a million people.
const lines = 50_000

// BenchmarkVerify measures how many entries a second are checked: chain,
// content and stamp of each, against the journal.
func BenchmarkVerify(b *testing.B) {
	eachDatabase(b, func(b *testing.B, _ *tt.Town, chain *evidence.Chain) {
		path := filepath.Join(b.TempDir(), "journal")
		if _, err := chain.Link(b.Context()); err != nil {
			b.Fatal(err)
		}
		if _, err := chain.Anchor(b.Context(), evidence.NewJournal(path, nil)); err != nil {
			b.Fatal(err)
		}
		for b.Loop() {
			f, err := os.Open(path)
			if err != nil {
				b.Fatal(err)
			}
			if r, err := chain.Verify(b.Context(), []io.Reader{f}, func(f evidence.Finding) { b.Error(f) }); err != nil || r.Links < lines {
				b.Fatal(r, err)
			}
			_ = f.Close()
		}
		perSecond(b, lines)
	})
}

// BenchmarkLink measures how many entries a second get their link.
func BenchmarkLink(b *testing.B) {
	eachDatabase(b, func(b *testing.B, tw *tt.Town, chain *evidence.Chain) {
		for b.Loop() {
			b.StopTimer()
			if _, err := tw.DB.ExecContext(b.Context(), `DELETE FROM chain`); err != nil {
				b.Fatal(err)
			}
			b.StartTimer()
			if n, err := chain.Link(b.Context()); err != nil || n < lines {
				b.Fatal(n, err)
			}
		}
		perSecond(b, lines)
	})
}

// BenchmarkAct measures what an act really pays for its evidence: the stamp
// that is made with it, and its share of the job that links what ten seconds
// brought, here twenty acts. The whole act is measured in the same run.
func BenchmarkAct(b *testing.B) {
	eachEmptyDatabase(b, func(b *testing.B, tw *tt.Town, chain *evidence.Chain) {
		const acts = 20
		var acting, stamping, linking time.Duration
		for b.Loop() {
			number := tw.Ticket(tickets.InHand).Number // a ticket with hundreds of entries is none
			if _, err := chain.Link(b.Context()); err != nil {
				b.Fatal(err)
			}
			began := time.Now()
			for range acts {
				tw.Act(tw.Caseworker, number, &tickets.AddNote{Text: "已联系诉求人，正在调取档案，预计三日内给出办理意见。"})
			}
			acted := time.Now()
			for seq := range acts {
				line(1, seq, tt.Morning).Stamp(tw.Vault)
			}
			stamped := time.Now()
			if n, err := chain.Link(b.Context()); err != nil || n < acts {
				b.Fatal(n, err)
			}
			acting, stamping, linking = acting+acted.Sub(began), stamping+stamped.Sub(acted), linking+time.Since(stamped)
		}
		each := func(d time.Duration) float64 { return float64(d.Microseconds()) / float64(b.N*acts) }
		b.ReportMetric(each(acting), "µs/act")
		b.ReportMetric(each(stamping), "µs-stamp/act")
		b.ReportMetric(each(linking), "µs-link/act")
		b.ReportMetric(100*float64(stamping+linking)/float64(acting+linking), "%evidence")
	})
}

func perSecond(b *testing.B, n int) {
	b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "entries/s")
}

func eachDatabase(b *testing.B, measure func(*testing.B, *tt.Town, *evidence.Chain)) {
	b.Helper()
	for name, open := range map[string]func(testing.TB) *bun.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			tw := tt.New(b, open(b))
			fill(b, tw)
			measure(b, tw, evidence.NewChain(tw.DB, tw.Clock, tw.Vault))
		})
	}
}

func eachEmptyDatabase(b *testing.B, measure func(*testing.B, *tt.Town, *evidence.Chain)) {
	b.Helper()
	for name, open := range map[string]func(testing.TB) *bun.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			tw := tt.New(b, open(b))
			measure(b, tw, evidence.NewChain(tw.DB, tw.Clock, tw.Vault))
		})
	}
}

type lineRow struct {
	bun.BaseModel `bun:"table:timeline"`

	TicketID                                       int64
	Seq                                            int
	Act                                            string
	At                                             time.Time
	ByID                                           int64
	ByName, Role, Department, FromStatus, ToStatus string
	Round                                          int
	Details, Stamp                                 string
}

func line(ticket int64, seq int, at time.Time) evidence.Line {
	return evidence.Line{TicketID: ticket, Seq: seq, Act: "report_progress", At: at.UTC(), ByID: 10, ByName: "王承办", Role: "caseworker", Department: "housing",
		FromStatus: "in_hand", ToStatus: "in_hand", Round: 1, Details: `{"text":"已联系诉求人，正在调取档案，预计三日内给出办理意见。"}`}
}

// fill gives one ticket the lines of many.
func fill(b *testing.B, tw *tt.Town) {
	b.Helper()
	id := tw.Register().Ticket.ID
	var rows []lineRow
	for seq := 2; seq <= lines; seq++ {
		l := line(id, seq, tt.Morning.Add(time.Duration(seq)*time.Second))
		rows = append(rows, lineRow{TicketID: id, Seq: seq, Act: l.Act, At: l.At, ByID: l.ByID, ByName: l.ByName, Role: l.Role, Department: l.Department,
			FromStatus: l.FromStatus, ToStatus: l.ToStatus, Round: l.Round, Details: l.Details, Stamp: l.Stamp(tw.Vault)})
		if len(rows) == 1000 || seq == lines {
			if _, err := tw.DB.NewInsert().Model(&rows).Exec(b.Context()); err != nil {
				b.Fatal(err)
			}
			rows = rows[:0]
		}
	}
	set := fmt.Sprintf(`replace(state, '"entries":1,', '"entries":%d,')`, lines)
	if _, err := tw.DB.ExecContext(b.Context(), `UPDATE tickets SET state = `+set); err != nil {
		b.Fatal(err)
	}
}
