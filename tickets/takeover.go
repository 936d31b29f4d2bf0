package tickets

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/staff"
)

// History is what an earlier system knew of a ticket beside its intake.
type History struct {
	Closed   bool
	ClosedAt time.Time // zero: when it was received
	Answer   string    // what the citizen was told
}

// TakeOver takes in a ticket of an earlier system: registered when it was
// received there, and if it was closed there, answered, unrated and archived
// at the time it was. The same source system and number are taken over once.
// It refuses what Register refuses, and a closing that lies before the receipt
// or in the future.
func (d *Desk) TakeOver(ctx context.Context, in Intake, h History) (Receipt, error) {
	now := d.Now()
	in.Channel = Imported
	es := d.checkIntake(&in, now)
	if in.ExternalNo == "" {
		es.add("external_no", "missing")
	}
	if in.ReceivedAt.IsZero() {
		es.add("received_at", "missing")
	}
	if h.ClosedAt.IsZero() {
		h.ClosedAt = in.ReceivedAt
	}
	if h.Closed && h.ClosedAt.Before(in.ReceivedAt) {
		es.add("closed_at", "before_receipt")
	}
	if h.ClosedAt.After(now) {
		es.add("closed_at", "in_the_future")
	}
	if len(es) > 0 {
		return Receipt{}, es
	}
	// An export is imported again and again; looking first costs a tenth of
	// failing at the end. Two at once are still kept apart by the index.
	if r, err := d.registered(ctx, in); err == nil {
		return r, nil
	}
	in.fill(now)
	code, err := newCode()
	if err != nil {
		return Receipt{}, err
	}
	r := Receipt{Code: code}
	err = d.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var err error
		if r.Ticket, err = d.register(ctx, tx, staff.TheSystem, in, code); err != nil || !h.Closed {
			return err
		}
		return d.closeAsOf(ctx, tx, r.Ticket, h)
	})
	if errors.Is(err, errTwice) {
		return d.registered(ctx, in)
	}
	if err != nil {
		return Receipt{}, fmt.Errorf("taking over %s: %w", in.ExternalNo, err)
	}
	return r, nil
}

// closeAsOf writes the lines that a closed ticket would have had here, at the
// time it was closed there.
func (d *Desk) closeAsOf(ctx context.Context, tx bun.Tx, t *Ticket, h History) error {
	at := h.ClosedAt.UTC().Truncate(time.Microsecond)
	for _, step := range []struct {
		act Act
		to  Status
		say Details
	}{
		{staff.AnswerAtOnce, ToCallBack, Details{Text: h.Answer}},
		{staff.CloseUnrated, Completed, Details{Code: string(NotAsked)}},
		{staff.Archive, Archived, Details{}},
	} {
		entries, err := timeline(ctx, tx, t.ID)
		if err != nil {
			return err
		}
		e := Entry{TicketID: t.ID, Seq: t.Entries + 1, Act: step.act, At: at, ByName: staff.TheSystem.Name, Role: staff.System,
			From: t.Status, To: step.to, Round: t.Round, Details: step.say}
		if err := d.write(ctx, tx, t, entries, e); err != nil {
			return err
		}
	}
	return nil
}
