package hooks

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"
)

// State is how far a delivery has come.
type State string

// The states. A dead delivery was given up and waits for a person.
const (
	Waiting   State = "waiting"
	Delivered State = "delivered"
	Dead      State = "dead"
)

// Delivery is one event for one subscriber.
type Delivery struct {
	ID        int64
	Event     string // its id, as receivers see it
	Type      EventType
	State     State
	CreatedAt time.Time
	DueAt     time.Time // when it is tried next, while it waits
	TriedAt   time.Time // zero: not yet
	Tries     int
	Status    int    // of the last answer; 0: there was none
	Answer    string // its first characters
	Trouble   Trouble
	About     string // the address or host that the trouble is about
}

// Ticket is the number of the ticket, "" for a trial.
func (d Delivery) Ticket() string {
	if d.Type == Trial {
		return ""
	}
	return d.Event[:max(0, strings.LastIndexByte(d.Event, '-'))]
}

// Deliveries returns the newest deliveries of a subscription before an id (0:
// the newest of all). It returns ErrNotFound when there is no such subscription.
func (s *Sender) Deliveries(ctx context.Context, code string, before int64, n int) ([]Delivery, error) {
	sub, err := s.row(ctx, code)
	if err != nil {
		return nil, err
	}
	var rows []deliveryRow
	q := s.db.NewSelect().Model(&rows).Where("webhook_id = ?", sub.ID).Order("id DESC").Limit(int64(n))
	if before > 0 {
		q = q.Where("id < ?", before)
	}
	if err := q.Scan(ctx); err != nil {
		return nil, fmt.Errorf("listing deliveries: %w", err)
	}
	out := make([]Delivery, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.delivery())
	}
	return out, nil
}

// Count is how many deliveries of a subscription wait, and how many were given up.
type Count struct{ Waiting, Dead int }

// Counts returns them by the code of the subscription. Trials do not count:
// whoever makes one sees what comes of it.
func (s *Sender) Counts(ctx context.Context) (map[string]Count, error) {
	var rows []struct {
		Code  string
		State State
		N     int
	}
	err := s.db.NewSelect().TableExpr("webhook_deliveries AS d").Join("JOIN webhooks AS w ON w.id = d.webhook_id").
		ColumnExpr("w.code, d.state, count(*) AS n").Where("d.state <> ? AND d.type <> ?", Delivered, Trial).Group("w.code", "d.state").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("counting deliveries: %w", err)
	}
	out := map[string]Count{}
	for _, r := range rows {
		c := out[r.Code]
		if r.State == Dead {
			c.Dead = r.N
		} else {
			c.Waiting = r.N
		}
		out[r.Code] = c
	}
	return out, nil
}

// Again makes a dead delivery of a subscription due once more, with a day of
// tries before it; with id 0 all of its dead ones. It returns how many.
func (s *Sender) Again(ctx context.Context, code string, id int64) (int, error) {
	sub, err := s.row(ctx, code)
	if err != nil {
		return 0, err
	}
	now := s.now()
	q := s.db.NewUpdate().Model((*deliveryRow)(nil)).Set("state = ?, due_at = ?, give_up_at = ?, tries = 0, ended_at = NULL", Waiting, now, now.Add(tryFor)).
		Where("webhook_id = ? AND state = ? AND type <> ?", sub.ID, Dead, Trial)
	if id != 0 {
		q = q.Where("id = ?", id)
	}
	res, err := q.Exec(ctx)
	n, err := affected(res, err, "reviving deliveries")
	if err != nil || n == 0 {
		return 0, err
	}
	err = s.change(ctx, code, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("open_until = ?", now) })
	s.wake()
	return n, err
}

// Concerns returns the subscriptions whose receivers are ill, and how many
// deliveries were given up in the last week.
func (s *Sender) Concerns(ctx context.Context) (ill []string, dead int, err error) {
	if err := s.db.NewSelect().Model((*subscriptionRow)(nil)).Column("name").Where("paused_at IS NULL AND failures >= ?", breakAfter).Order("id").Scan(ctx, &ill); err != nil {
		return nil, 0, fmt.Errorf("looking for receivers that are ill: %w", err)
	}
	n, err := s.db.NewSelect().Model((*deliveryRow)(nil)).Where("ended_at > ? AND state = ? AND type <> ?", s.now().AddDate(0, 0, -7), Dead, Trial).Count(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("counting what was given up: %w", err)
	}
	return ill, int(n), nil
}

// deliveryRow is a delivery as it is kept.
type deliveryRow struct {
	bun.BaseModel `bun:"table:webhook_deliveries,alias:d"`

	ID           int64 `bun:"id,pk,autoincrement"`
	WebhookID    int64
	Event        string
	Type         EventType
	TicketID     int64
	Seq          int
	Body         string
	State        State
	CreatedAt    time.Time
	DueAt        time.Time
	ClaimedUntil time.Time
	GiveUpAt     time.Time
	Tries        int
	TriedAt      time.Time `bun:",nullzero"`
	EndedAt      time.Time `bun:",nullzero"`
	Status       int
	Answer       string
	Trouble      string
}

func (r deliveryRow) delivery() Delivery {
	word, about, _ := strings.Cut(r.Trouble, " ")
	return Delivery{ID: r.ID, Event: r.Event, Type: r.Type, State: r.State, CreatedAt: r.CreatedAt, DueAt: r.DueAt, TriedAt: r.TriedAt, Tries: r.Tries,
		Status: r.Status, Answer: r.Answer, Trouble: Trouble(word), About: about}
}
