package migrations

import (
	"time"

	"github.com/uptrace/bun"
)

// webhooks: which systems of the city are told of tickets, and the ledger of
// what each was told or is still to be.
var webhooks = func() step {
	type subscription struct {
		bun.BaseModel `bun:"table:webhooks"`

		ID        int64     `bun:"id,pk,autoincrement"`
		Code      string    `bun:"code,notnull,unique"` // its name in addresses, and the place its secrets are sealed for
		Name      string    `bun:"name,notnull"`
		URL       string    `bun:"url,notnull"`
		Events    string    `bun:"events,notnull"` // words, comma-separated
		Secret    []byte    `bun:"secret,notnull"` // sealed
		OldSecret []byte    `bun:"old_secret"`     // sealed
		OldUntil  time.Time `bun:"old_until,nullzero"`
		MadeBy    string    `bun:"made_by,notnull"`
		MadeAt    time.Time `bun:"made_at,notnull"`
		PausedAt  time.Time `bun:"paused_at,nullzero"`
		Failures  int       `bun:"failures,notnull"` // in a row
		OpenUntil time.Time `bun:"open_until,notnull"`
	}
	type delivery struct {
		bun.BaseModel `bun:"table:webhook_deliveries"`

		ID           int64     `bun:"id,pk,autoincrement"`
		WebhookID    int64     `bun:"webhook_id,notnull"`
		Event        string    `bun:"event,notnull"` // its id: the same event twice is one delivery
		Type         string    `bun:"type,notnull"`
		TicketID     int64     `bun:"ticket_id,notnull"` // 0: a trial
		Seq          int       `bun:"seq,notnull"`
		Body         string    `bun:"body,type:text,notnull"`
		State        string    `bun:"state,notnull"`
		CreatedAt    time.Time `bun:"created_at,notnull"`
		DueAt        time.Time `bun:"due_at,notnull"`
		ClaimedUntil time.Time `bun:"claimed_until,notnull"`
		GiveUpAt     time.Time `bun:"give_up_at,notnull"`
		Tries        int       `bun:"tries,notnull"`
		TriedAt      time.Time `bun:"tried_at,nullzero"`
		EndedAt      time.Time `bun:"ended_at,nullzero"`
		Status       int       `bun:"status,notnull"` // HTTP; 0: no answer
		Answer       string    `bun:"answer,notnull"` // its first characters
		Trouble      string    `bun:"trouble,notnull"`
	}
	return create("20261122_11", "webhooks",
		table{(*subscription)(nil), nil},
		table{(*delivery)(nil), []string{
			`CREATE UNIQUE INDEX webhook_deliveries_event ON webhook_deliveries (webhook_id, event)`,
			`CREATE INDEX webhook_deliveries_newest ON webhook_deliveries (webhook_id, id)`,
			`CREATE INDEX webhook_deliveries_queue ON webhook_deliveries (webhook_id, id) WHERE state = 'waiting'`,
			`CREATE INDEX webhook_deliveries_waiting ON webhook_deliveries (webhook_id, ticket_id, seq) WHERE state = 'waiting'`,
			`CREATE INDEX webhook_deliveries_ended ON webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL`,
		}},
	)
}()
