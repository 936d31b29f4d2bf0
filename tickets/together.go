package tickets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"nengban/tickets/staff"
)

// Left is a ticket that an act on many left as it was, and why.
type Left struct {
	Number string
	Why    error // ErrNotFound, ErrNotAllowed, a *Refusal or a *Conflict
}

// Together does one thing to many tickets in one transaction, to each as Act
// would: the same checks, the same line in its timeline, the same messages.
// A ticket that refuses stays as it was and is returned with its reason, the
// others go through. also runs last in that transaction with what was done;
// its error takes everything back, and so do FieldErrors, for then what was
// typed suits none of them.
func (d *Desk) Together(ctx context.Context, by staff.Member, refs []Ref, m Move, also func(context.Context, bun.IDB, []*Ticket) error) ([]*Ticket, []Left, error) {
	rule, ok := RuleFor(m.Act())
	if !ok {
		return nil, nil, ErrUnknownAct
	}
	if err := Check(m).orNil(); err != nil {
		return nil, nil, err
	}
	numbers := make([]string, len(refs))
	for i, ref := range refs {
		numbers[i] = ref.Number
	}
	now := d.Now()
	var done []*Ticket
	var left []Left
	err := d.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if err := d.hold(ctx, tx, m, numbers...); err != nil {
			return err
		}
		for _, ref := range refs {
			t, err := d.actIn(ctx, tx, by, ref, rule, m, now)
			switch {
			case err == nil:
				done = append(done, t)
			case !isRefused(err):
				return err
			default:
				left = append(left, Left{ref.Number, err})
			}
		}
		return also(ctx, tx, done)
	})
	if err != nil {
		return nil, nil, err
	}
	if len(done) > 0 {
		d.wake()
	}
	return done, left, nil
}

// hold keeps the tickets, and the one that a merge leads to, as they are until
// the transaction ends: two tickets merged into each other at once would both
// be lost. Rows are locked in the order of their numbers, so that two who
// want the same ones wait for each other only once. SQLite has one writer.
func (d *Desk) hold(ctx context.Context, tx bun.Tx, m Move, numbers ...string) error {
	if d.db.Dialect().Name() != dialect.PG {
		return nil
	}
	if mg, ok := m.(*Merge); ok {
		numbers = append(numbers, mg.Into)
	}
	var ids []int64
	err := tx.NewSelect().Model((*ticketRow)(nil)).Column("id").Where("number IN (?)", bun.List(numbers)).Order("number").For("UPDATE").Scan(ctx, &ids)
	if err != nil {
		return fmt.Errorf("holding tickets: %w", err)
	}
	return nil
}

// Possible says whether the member can do an act to the ticket as it stands:
// nil, ErrNotFound, ErrNotAllowed, ErrUnknownAct or a *Refusal. What is typed for it may still
// be wrong.
func (d *Desk) Possible(by staff.Member, t *Ticket, act Act) error {
	rule, ok := RuleFor(act)
	switch {
	case !ok:
		return ErrUnknownAct
	case !by.May(staff.ReadTicket, t.Subject()):
		return ErrNotFound
	case !by.May(act, t.Subject()):
		return ErrNotAllowed
	}
	return possible(d.scene(t, by, d.Now(), act), rule, rule.New())
}

// isRefused says whether an error is about one ticket, of which nothing was
// written.
func isRefused(err error) bool {
	var refusal *Refusal
	var conflict *Conflict
	return errors.Is(err, ErrNotFound) || errors.Is(err, ErrNotAllowed) || errors.As(err, &refusal) || errors.As(err, &conflict)
}

// actIn does one thing to one ticket within a transaction.
func (d *Desk) actIn(ctx context.Context, tx bun.Tx, by staff.Member, ref Ref, rule Rule, m Move, now time.Time) (*Ticket, error) {
	t, err := d.load(ctx, tx, ref.Number)
	if err != nil {
		return nil, err
	}
	entries, err := timeline(ctx, tx, t.ID)
	if err != nil {
		return nil, err
	}
	e, err := d.decide(ctx, tx, t, by, ref, rule, m, now)
	if err != nil {
		return nil, err
	}
	return t, d.write(ctx, tx, t, entries, e)
}
