package callbacks

import (
	"context"
	"fmt"
	"time"
)

// Concern is something that keeps callbacks from working as they should, and
// that a person can do something about. Code is a word that pages translate.
type Concern struct {
	Code  string
	About string // the carrier, the year
	Count int
	Since time.Time
}

// The concerns.
const (
	CarrierDown      = "carrier_down"      // its breaker is open
	CarrierRefusesUs = "carrier_our_fault" // credentials, money or configuration: nothing leaves until somebody mends it
	LettersDead      = "letters_dead"
	TextsUnread      = "texts_unread"      // came in and could not be read by the program
	TextsForEyes     = "texts_for_eyes"    // wait for a person for more than a day
	AnswersStuck     = "answers_stuck"     // are not on their tickets, and should be
	CallsOverdue     = "calls_overdue"     // wait on the worklist for more than two days
	OutboxDead       = "outbox_dead"       // acts that could not be planned for
	HolidaysUnknown  = "holidays_unknown"  // the hours lean on plain weekends
	LedgersDiffer    = "ledgers_differ"    // a carrier's list and ours, in the last week
	AttemptsDoubtful = "attempts_doubtful" // nobody knows for more than an hour whether they went out
)

// Health returns what is wrong now, nothing when all is well.
func (e *Engine) Health(ctx context.Context) ([]Concern, error) {
	var out []Concern
	breakers, err := e.Breakers(ctx)
	if err != nil {
		return nil, err
	}
	for _, b := range breakers {
		switch {
		case b.State == BreakerClosed:
		case b.Trouble == OurFault:
			out = append(out, Concern{Code: CarrierRefusesUs, About: b.Carrier, Count: 1, Since: b.OpenedAt})
		default:
			out = append(out, Concern{Code: CarrierDown, About: b.Carrier, Count: 1, Since: b.OpenedAt})
		}
	}
	counted, err := e.counted(ctx)
	if err != nil {
		return nil, err
	}
	out = append(out, counted...)
	for _, listener := range []string{PlanListener, NoticeListener} {
		_, dead, err := e.desk.Outstanding(ctx, listener)
		if err != nil {
			return nil, err
		}
		if dead > 0 {
			out = append(out, Concern{Code: OutboxDead, About: listener, Count: dead})
		}
	}
	h, now := e.hours.Load(), e.now()
	if year, ok := h.callDays.Unknown(h.callDays.Date(now), h.callDays.Date(now.AddDate(0, 0, 30))); ok {
		out = append(out, Concern{Code: HolidaysUnknown, About: fmt.Sprint(year), Count: 1})
	}
	return out, nil
}

// counted are the concerns that are rows in a table.
func (e *Engine) counted(ctx context.Context) ([]Concern, error) {
	now := e.now()
	var out []Concern
	for _, c := range []struct {
		code, table, where string
		args               []any
	}{
		{LettersDead, "attempts", "state = 'dead'", nil},
		{AttemptsDoubtful, "attempts", "state IN ('claimed', 'unclear') AND claimed_at < ?", []any{now.Add(-time.Hour)}},
		{TextsUnread, "inbound_texts", "state = ? AND received_at < ?", []any{Unread, now.Add(-10 * time.Minute)}},
		{TextsForEyes, "inbound_texts", "state IN ('orphan', 'unclear') AND received_at < ?", []any{now.Add(-24 * time.Hour)}},
		{AnswersStuck, "surveys", "record_at IS NOT NULL AND recorded_at IS NULL AND record_at < ?", []any{now.Add(-time.Hour)}},
		{CallsOverdue, "surveys", "state = 'with_person' AND call_at < ?", []any{now.Add(-48 * time.Hour)}},
		{LedgersDiffer, "differences", "noted_at > ?", []any{now.Add(-7 * 24 * time.Hour)}},
	} {
		var n int
		err := e.db.NewSelect().TableExpr(c.table).ColumnExpr("count(*)").Where(c.where, c.args...).Scan(ctx, &n)
		if err != nil {
			return nil, fmt.Errorf("looking for trouble in %s: %w", c.table, err)
		}
		if n > 0 {
			out = append(out, Concern{Code: c.code, Count: n})
		}
	}
	return out, nil
}
