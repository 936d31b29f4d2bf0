package tickets

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/sla"
	"nengban/tickets/worktime"
)

// Difference is a ticket whose stored deadlines are not what its timeline says.
type Difference struct {
	Number string           `json:"number"`
	Found  []sla.Difference `json:"found"`
	row    ticketRow
	ledger sla.Ledger
}

// recomputeBatch is how many tickets are replayed and written in one transaction.
const recomputeBatch = 500

// CheckClocks replays tickets and yields those whose stored deadlines differ:
// all tickets, or only those that are not over. It changes nothing.
func (d *Desk) CheckClocks(ctx context.Context, onlyOpen bool) iter.Seq2[Difference, error] {
	return func(yield func(Difference, error) bool) {
		for batch, err := range d.batches(ctx, onlyOpen) {
			if err != nil {
				yield(Difference{}, err)
				return
			}
			for _, diff := range batch {
				if !yield(diff, nil) {
					return
				}
			}
		}
	}
}

// MendClocks writes what the replay says over what is stored, where they
// differ, keeps who, why and what in the clock_repairs table, and returns what
// moved. A new calendar is taken into use this way.
func (d *Desk) MendClocks(ctx context.Context, by, reason string, onlyOpen bool) ([]Difference, error) {
	if reason == "" {
		return nil, errors.New("mending deadlines: a reason is needed; it is kept")
	}
	var moved []Difference
	for batch, err := range d.batches(ctx, onlyOpen) {
		if err != nil {
			return moved, err
		}
		if len(batch) == 0 {
			continue
		}
		if err := d.mend(ctx, batch, by, reason); err != nil {
			return moved, fmt.Errorf("mending deadlines: %w", err)
		}
		moved = append(moved, batch...)
	}
	return moved, nil
}

// LoadHolidays reads a holiday list in any of the forms that worktime reads,
// takes it into use, and reckons open deadlines anew; it returns the years and
// what moved. A list that is not sound is refused, and the calendar in force
// stays.
func (d *Desk) LoadHolidays(ctx context.Context, by, source string, list io.Reader, year int) ([]worktime.Year, []Difference, error) {
	years, err := worktime.ReadHolidays(list, year)
	if err != nil {
		return nil, nil, err
	}
	if err := d.limits.LoadYears(ctx, by, source, years...); err != nil {
		return nil, nil, err
	}
	moved, err := d.MendClocks(ctx, by, "holidays loaded from "+source, true)
	return years, moved, err
}

// batches replays tickets in the order of their ids and yields, batch by
// batch, those that differ.
func (d *Desk) batches(ctx context.Context, onlyOpen bool) iter.Seq2[[]Difference, error] {
	return func(yield func([]Difference, error) bool) {
		after := int64(0)
		for ctx.Err() == nil {
			var rows []ticketRow
			q := d.db.NewSelect().Model(&rows).Where("id > ?", after).Order("id").Limit(recomputeBatch)
			if onlyOpen {
				q = q.Where("status NOT IN (?)", bun.List([]Status{Completed, Archived, MergedAway}))
			}
			if err := q.Scan(ctx); err != nil {
				yield(nil, fmt.Errorf("reading tickets: %w", err))
				return
			}
			if len(rows) == 0 {
				return
			}
			after = rows[len(rows)-1].ID
			batch, err := d.compare(ctx, rows)
			if !yield(batch, err) || err != nil {
				return
			}
		}
	}
}

// compare replays a batch with three queries, whatever its size.
func (d *Desk) compare(ctx context.Context, rows []ticketRow) ([]Difference, error) {
	ids := make([]int64, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	entries, err := timelines(ctx, d.db, ids)
	if err != nil {
		return nil, err
	}
	var stored []clockRow
	if err := d.db.NewSelect().Model(&stored).Where("ticket_id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading stored deadlines: %w", err)
	}
	cached := map[int64][]sla.Cached{}
	for _, c := range stored {
		cached[c.TicketID] = append(cached[c.TicketID], c.cached())
	}
	var out []Difference
	now := d.Now()
	for _, r := range rows {
		l, err := d.limits.ledger(entries[r.ID], now)
		if err != nil {
			return nil, fmt.Errorf("replaying %s: %w", r.Number, err)
		}
		found := append(sla.Compare(cached[r.ID], l, time.Microsecond), d.compareRow(r, l)...)
		if len(found) > 0 {
			out = append(out, Difference{Number: r.Number, Found: found, row: r, ledger: l})
		}
	}
	return out, nil
}

// compareRow holds the copies in the ticket's own row against the ledger.
func (d *Desk) compareRow(r ticketRow, l sla.Ledger) []sla.Difference {
	t := new(Ticket)
	t.take(l)
	next := t.NextDueAt
	if next.IsZero() {
		next = never
	}
	var out []sla.Difference
	for _, x := range []struct {
		field   string
		was, is time.Time
	}{{"promised", r.DueAt, t.DueAt}, {"next_due", r.NextDueAt, next}} {
		if !x.was.Truncate(time.Microsecond).Equal(x.is.Truncate(time.Microsecond)) {
			out = append(out, sla.Difference{Field: x.field, Was: x.was.UTC().Format(time.RFC3339), Is: x.is.UTC().Format(time.RFC3339)})
		}
	}
	return out
}

func (d *Desk) mend(ctx context.Context, batch []Difference, by, reason string) error {
	now := d.Now()
	var clocks []clockRow
	var tickets []ticketRow
	var repairs []repairRow
	for _, diff := range batch {
		t := new(Ticket)
		t.take(diff.ledger)
		awaited, err := json.Marshal(t.Awaited)
		if err != nil {
			return err
		}
		found, err := json.Marshal(diff.Found)
		if err != nil {
			return err
		}
		next := t.NextDueAt
		if next.IsZero() {
			next = never
		}
		tickets = append(tickets, ticketRow{ID: diff.row.ID, Version: diff.row.Version, DueAt: t.DueAt, NextDueAt: next, Awaited: string(awaited), NextWarnAt: t.nextWarnAt})
		clocks = append(clocks, clockRows(diff.row.ID, diff.ledger)...)
		repairs = append(repairs, repairRow{At: now, By: by, Reason: reason, TicketID: diff.row.ID, Number: diff.Number, Found: string(found)})
	}
	return d.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for chunk := range slices.Chunk(tickets, 100) {
			if err := updateDeadlines(ctx, tx, chunk); err != nil {
				return err
			}
		}
		if err := removeSurplus(ctx, tx, batch); err != nil {
			return err
		}
		for chunk := range slices.Chunk(clocks, 200) {
			if err := upsertClocks(ctx, tx, chunk); err != nil {
				return err
			}
		}
		_, err := tx.NewInsert().Model(&repairs).Exec(ctx)
		return err
	})
}

// updateDeadlines writes the copies of many tickets in one statement. A ticket
// that somebody acted on meanwhile is left alone: the act has reckoned anew.
func updateDeadlines(ctx context.Context, tx bun.IDB, rows []ticketRow) error {
	_, err := tx.NewUpdate().With("_data", tx.NewValues(&rows).Column("id", "version", "due_at", "next_due_at", "awaited", "next_warn_at")).
		Model((*ticketRow)(nil)).TableExpr("_data").
		Set("due_at = _data.due_at, next_due_at = _data.next_due_at, awaited = _data.awaited, next_warn_at = _data.next_warn_at").
		Where("ticket_row.id = _data.id AND ticket_row.version = _data.version").Exec(ctx)
	if err != nil {
		return fmt.Errorf("writing deadlines: %w", err)
	}
	return nil
}

func removeSurplus(ctx context.Context, tx bun.IDB, batch []Difference) error {
	for _, diff := range batch {
		for _, f := range diff.Found {
			if f.Field != "surplus" {
				continue
			}
			_, err := tx.NewDelete().Model((*clockRow)(nil)).Where("ticket_id = ? AND round = ? AND clock = ? AND unit = ? AND nth = ?",
				diff.row.ID, f.Key.Round, f.Key.Clock, f.Key.Unit, f.Key.Nth).Exec(ctx)
			if err != nil {
				return fmt.Errorf("removing a deadline that is none: %w", err)
			}
		}
	}
	return nil
}

// WhatIf tries a policy and calendars on the tickets received in a span, and
// says how many would have been late, by department. It changes nothing.
func (d *Desk) WhatIf(ctx context.Context, tried sla.Regime, from, to time.Time) (sla.Outcome, error) {
	policy, ok := d.limits.Policies().InForce(d.Now())
	if !ok {
		return sla.Outcome{}, errors.New("no policy is in force")
	}
	if tried.Calendars == nil {
		tried.Calendars = d.limits.Calendars()
	}
	var failed error
	seq := func(yield func(sla.Timeline) bool) {
		for batch, err := range d.received(ctx, from, to) {
			if err != nil {
				failed = err
				return
			}
			for _, tl := range batch {
				if !yield(tl) {
					return
				}
			}
		}
	}
	out, err := sla.WhatIf(seq, sla.Regime{Policy: &policy, Calendars: d.limits.Calendars()}, tried, d.Now())
	if failed != nil {
		return out, failed
	}
	return out, err
}

func (d *Desk) received(ctx context.Context, from, to time.Time) iter.Seq2[[]sla.Timeline, error] {
	return func(yield func([]sla.Timeline, error) bool) {
		after := int64(0)
		for ctx.Err() == nil {
			var rows []struct {
				ID     int64
				Number string
			}
			err := d.db.NewSelect().Model((*ticketRow)(nil)).Column("id", "number").
				Where("id > ? AND received_at >= ? AND received_at < ?", after, from, to).Order("id").Limit(recomputeBatch).Scan(ctx, &rows)
			if err != nil || len(rows) == 0 {
				if err != nil {
					yield(nil, fmt.Errorf("reading tickets: %w", err))
				}
				return
			}
			after = rows[len(rows)-1].ID
			ids := make([]int64, 0, len(rows))
			for _, r := range rows {
				ids = append(ids, r.ID)
			}
			entries, err := timelines(ctx, d.db, ids)
			out := make([]sla.Timeline, 0, len(rows))
			for _, r := range rows {
				out = append(out, sla.Timeline{Ticket: r.Number, Events: eventsOf(entries[r.ID])})
			}
			if !yield(out, err) || err != nil {
				return
			}
		}
	}
}

type repairRow struct {
	bun.BaseModel `bun:"table:clock_repairs"`

	ID       int64 `bun:"id,pk,autoincrement"`
	At       time.Time
	By       string `bun:"by_name"`
	Reason   string
	TicketID int64
	Number   string
	Found    string
}
