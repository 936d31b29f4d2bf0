package hooks

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets"
)

// Take is what the outbox delivers to: it writes into the ledger what each
// subscriber is to be told. It is safe to run twice.
func (s *Sender) Take(ctx context.Context, ms []tickets.Message) error {
	var subs []subscriptionRow
	if err := s.db.NewSelect().Model(&subs).Order("id").Scan(ctx); err != nil {
		return fmt.Errorf("reading who has subscribed: %w", err)
	}
	if len(subs) == 0 {
		return nil
	}
	facts, err := s.facts(ctx, ms)
	if err != nil {
		return err
	}
	now := s.now()
	var rows []deliveryRow
	for _, f := range facts {
		body, err := f.message().body()
		if err != nil {
			return err
		}
		for _, sub := range subs {
			if sub.wants(events[f.Act]) && !f.At.Before(sub.MadeAt) {
				rows = append(rows, deliveryRow{WebhookID: sub.ID, Event: f.id(), Type: events[f.Act], TicketID: f.TicketID, Seq: f.Seq, Body: body,
					State: Waiting, CreatedAt: now, DueAt: now, ClaimedUntil: now, GiveUpAt: now.Add(tryFor)})
			}
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := s.db.NewInsert().Model(&rows).On("CONFLICT (webhook_id, event) DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("writing what is to be sent: %w", err)
	}
	s.wake()
	return nil
}

// fact is an act and its ticket, as far as strangers may know them; it reads
// the ticket tables and never writes them.
type fact struct {
	TicketID int64
	Number   string
	Seq      int
	Act      tickets.Act
	At       time.Time
	ToStatus tickets.Status
	Class    tickets.Class
	Lead     string
	DueAt    time.Time
}

// facts reads the acts of the messages, and those acts on the same tickets that
// another instance has yet to take: so an earlier act is never in the ledger
// after a later one.
func (s *Sender) facts(ctx context.Context, ms []tickets.Message) ([]fact, error) {
	entries, about := make([]int64, 0, len(ms)), make([]int64, 0, len(ms))
	for _, m := range ms {
		entries, about = append(entries, m.EntryID), append(about, m.TicketID)
	}
	var untaken []int64
	err := s.db.NewSelect().Table("outbox").Column("entry_id").Where("consumer = ? AND ticket_id IN (?)", Listener, bun.List(about)).Scan(ctx, &untaken)
	if err != nil {
		return nil, fmt.Errorf("reading what else is to be told: %w", err)
	}
	var out []fact
	err = s.db.NewSelect().TableExpr("timeline AS l").Join("JOIN tickets AS t ON t.id = l.ticket_id").
		ColumnExpr("l.ticket_id, t.number, l.seq, l.act, l.at, l.to_status, t.class, t.lead, t.due_at").
		Where("l.id IN (?)", bun.List(append(entries, untaken...))).Order("l.ticket_id", "l.seq").Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("reading what happened: %w", err)
	}
	return out, nil
}

// id is the same whenever this act is told: the ticket's number, and which of
// its acts it was.
func (f fact) id() string { return fmt.Sprintf("%s-%d", f.Number, f.Seq) }

func (f fact) message() message {
	m := message{ID: f.id(), Type: events[f.Act], At: f.At.UTC(), Ticket: f.Number, Seq: f.Seq, Status: f.ToStatus, Class: f.Class, Department: f.Lead}
	if due := f.DueAt.UTC(); !f.DueAt.IsZero() {
		m.DueAt = &due
	}
	return m
}
