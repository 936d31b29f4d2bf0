package hooks_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	tt "nengban/tickets/ticketstest"
	"nengban/web/hooks"
)

// BenchmarkABacklog is what one message costs, from the ledger to a receiver on
// this machine, while 50,000 others wait for him after a day's outage.
func BenchmarkABacklog(b *testing.B) {
	for name, open := range map[string]func(testing.TB) *bun.DB{"sqlite": dbtest.SQLite, "postgres": dbtest.Postgres} {
		b.Run(name, func(b *testing.B) {
			tw := tt.New(b, open(b), hooks.Listeners()...)
			a, err := hooks.ParseAllowed("127.0.0.1")
			must(b, err)
			s := hooks.New(hooks.Parts{DB: tw.DB, Clock: tw.Clock, Vault: tw.Vault, Guard: hooks.NewGuard(a)})
			srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
			defer srv.Close()
			sub, _, err := s.Add(ctx, tw.Admin, hooks.Wanted{Name: "x", URL: srv.URL, Events: []string{string(hooks.Registered)}})
			must(b, err)
			fill(b, tw.DB, sub.Code, max(50_000, 2*b.N), tw.Clock.Now())
			left := b.N
			s.OnStep(func(step string) error {
				if step == hooks.StepClaimed {
					if left--; left < 0 {
						return errKilled
					}
				}
				return nil
			})
			b.ResetTimer()
			_, _ = s.Work(ctx) // ends with the killing
		})
	}
}

// fill writes that many waiting deliveries, two for each ticket.
func fill(b *testing.B, db *bun.DB, code string, n int, now time.Time) {
	b.Helper()
	_, err := db.NewRaw(`WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
		INSERT INTO webhook_deliveries (webhook_id, event, type, ticket_id, seq, body, state, created_at, due_at, claimed_until, give_up_at, tries, status, answer, trouble)
		SELECT (SELECT id FROM webhooks WHERE code = ?), 'e' || i, 'ticket_registered', i / 2 + 1, i % 2 + 1, '{}', 'waiting', ?, ?, ?, ?, 0, 0, '', '' FROM n`,
		n-1, code, now.UTC(), now.UTC(), now.UTC(), now.UTC().Add(24*time.Hour)).Exec(ctx)
	must(b, err)
}
