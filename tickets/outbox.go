package tickets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"github.com/uptrace/bun/dialect"
)

// Listener is told of acts through the outbox: a row of its own, written in
// the same transaction as the act, that it claims and deletes. Every listener
// has its own rows, because on PostgreSQL ids do not appear in the order of
// commits: "everything after id N" would lose some.
type Listener struct {
	Name  string
	Wants func(Entry) bool
}

// Message is one act that a listener is told of.
type Message struct {
	ID       int64
	TicketID int64
	EntryID  int64
	Act      Act
	Attempts int
}

// deadAfter is how often a message is tried before it waits for a person;
// with the pauses doubling from a second that is about nine hours.
const deadAfter = 16

// lease is how long a claimed message belongs to one instance.
const lease = 2 * time.Minute

// Wake returns a channel that gets a value when this process has written
// something for the listener, so that nobody need poll. Other instances'
// messages and the postponed ones are found by the timetable.
func (d *Desk) Wake(listener string) <-chan struct{} {
	d.mu.Lock()
	defer d.mu.Unlock()
	c, ok := d.wakes[listener]
	if !ok {
		c = make(chan struct{}, 1)
		d.wakes[listener] = c
	}
	return c
}

// Deliver hands the listener's due messages to handle, a batch at a time,
// until none is left or ctx ends; it returns how many were handled well. A
// message whose handling fails comes again later; handle must therefore be
// safe to run twice.
func (d *Desk) Deliver(ctx context.Context, listener string, batch int, handle func(context.Context, []Message) error) (int, error) {
	done := 0
	for ctx.Err() == nil {
		ms, err := d.claim(ctx, listener, batch)
		if err != nil || len(ms) == 0 {
			return done, err
		}
		n, err := d.hand(ctx, ms, handle)
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, ctx.Err()
}

// hand gives the batch to handle, and where that fails each message alone, so
// that one bad message does not hold up the others.
func (d *Desk) hand(ctx context.Context, ms []Message, handle func(context.Context, []Message) error) (int, error) {
	if err := handle(ctx, ms); err == nil {
		return len(ms), d.settled(ctx, ms)
	} else if len(ms) == 1 {
		return 0, d.postpone(ctx, ms[0], err)
	}
	done := 0
	for _, m := range ms {
		n, err := d.hand(ctx, []Message{m}, handle)
		if err != nil {
			return done, err
		}
		done += n
	}
	return done, nil
}

// Outstanding returns how many messages of a listener wait, and how many of
// them wait for a person because they failed too often.
func (d *Desk) Outstanding(ctx context.Context, listener string) (waiting, dead int, err error) {
	err = d.db.NewRaw(`SELECT count(*), count(dead_at) FROM outbox WHERE consumer = ?`, listener).Scan(ctx, &waiting, &dead)
	if err != nil {
		return 0, 0, fmt.Errorf("counting the outbox: %w", err)
	}
	return waiting, dead, nil
}

// Retry makes a listener's dead messages due again.
func (d *Desk) Retry(ctx context.Context, listener string) (int64, error) {
	res, err := d.db.NewUpdate().Model((*messageRow)(nil)).Set("dead_at = NULL, attempts = 0, due_at = ?", d.Now()).
		Where("consumer = ? AND dead_at IS NOT NULL", listener).Exec(ctx)
	if err != nil {
		return 0, fmt.Errorf("waking dead messages: %w", err)
	}
	d.wake()
	return res.RowsAffected()
}

type messageRow struct {
	bun.BaseModel `bun:"table:outbox"`

	ID           int64 `bun:"id,pk,autoincrement"`
	Consumer     string
	TicketID     int64
	EntryID      int64
	Act          Act
	CreatedAt    time.Time
	DueAt        time.Time
	ClaimedUntil time.Time
	Attempts     int
	Trouble      string
	DeadAt       *time.Time
}

// tell writes a row for every listener that wants to know of the entry.
func (d *Desk) tell(ctx context.Context, tx bun.IDB, e Entry) error {
	now := d.Now()
	var rows []messageRow
	for _, l := range d.listeners {
		if l.Wants(e) {
			rows = append(rows, messageRow{Consumer: l.Name, TicketID: e.TicketID, EntryID: e.ID, Act: e.Act, CreatedAt: now, DueAt: now})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if _, err := tx.NewInsert().Model(&rows).Exec(ctx); err != nil {
		return fmt.Errorf("writing the outbox: %w", err)
	}
	return nil
}

// claim takes a batch for a while. On PostgreSQL instances step over each
// other's rows; SQLite has one writer at a time anyway.
func (d *Desk) claim(ctx context.Context, listener string, n int) ([]Message, error) {
	now := d.Now()
	due := d.db.NewSelect().Model((*messageRow)(nil)).Column("id").
		Where("consumer = ? AND dead_at IS NULL AND due_at <= ? AND claimed_until <= ?", listener, now, now).Order("due_at", "id").Limit(int64(n))
	if d.db.Dialect().Name() == dialect.PG {
		due = due.For("UPDATE SKIP LOCKED")
	}
	var rows []messageRow
	err := d.db.NewUpdate().Model(&rows).Set("claimed_until = ?", now.Add(lease)).Where("id IN (?)", due).Returning("*").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("claiming messages for %s: %w", listener, err)
	}
	out := make([]Message, 0, len(rows))
	for _, r := range rows {
		out = append(out, Message{ID: r.ID, TicketID: r.TicketID, EntryID: r.EntryID, Act: r.Act, Attempts: r.Attempts})
	}
	return out, nil
}

func (d *Desk) settled(ctx context.Context, ms []Message) error {
	ids := make([]int64, 0, len(ms))
	for _, m := range ms {
		ids = append(ids, m.ID)
	}
	_, err := d.db.NewDelete().Model((*messageRow)(nil)).Where("id IN (?)", bun.List(ids)).Exec(context.WithoutCancel(ctx))
	if err != nil {
		return fmt.Errorf("settling messages: %w", err)
	}
	return nil
}

// postpone doubles the pause with each try; after deadAfter tries the message
// waits for a person. When the program is stopping nothing counts as a try.
func (d *Desk) postpone(ctx context.Context, m Message, trouble error) error {
	if errors.Is(trouble, context.Canceled) {
		return trouble
	}
	now := d.Now()
	q := d.db.NewUpdate().Model((*messageRow)(nil)).Set("attempts = ?", m.Attempts+1).Set("trouble = ?", firstSentence(trouble.Error(), 300)).
		Set("claimed_until = ?", now).Set("due_at = ?", now.Add(time.Second<<min(m.Attempts, 12))).Where("id = ?", m.ID)
	if m.Attempts+1 >= deadAfter {
		q = q.Set("dead_at = ?", now)
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("postponing a message: %w", err)
	}
	return nil
}

// wake tells every waiting listener of this process to look.
func (d *Desk) wake() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, c := range d.wakes {
		select {
		case c <- struct{}{}:
		default: // it is awake already
		}
	}
}
