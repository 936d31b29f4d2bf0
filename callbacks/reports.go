package callbacks

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// Report takes a carrier's news of something handed over. Reports come late,
// twice and out of order, and sometimes before we have written down that we
// handed anything over: each is kept in the ledger once, and none moves an
// attempt back.
func (e *Engine) Report(ctx context.Context, r Report) error {
	if r.Status.Rank() == 0 {
		return nil // a word of the carrier's that says nothing
	}
	now := e.now()
	if r.At.IsZero() || r.At.After(now) {
		r.At = now
	}
	a, err := e.reported(ctx, r)
	if err != nil {
		return err
	}
	ev := eventRow{What: "report", Status: string(r.Status), CarrierID: r.CarrierID, Code: r.Code, At: r.At.UTC(), NotedAt: now}
	if a != nil {
		ev.AttemptID = a.ID
	}
	_, err = e.db.NewInsert().Model(&ev).On("CONFLICT DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("writing a report into the ledger: %w", err)
	}
	if err := e.step(stepNoted); err != nil {
		return err
	}
	if a == nil {
		return nil // it waits for its attempt, or for the reconciliation
	}
	return e.apply(ctx, a, r)
}

// reported finds the attempt that a report is about; nil when we know of none yet.
func (e *Engine) reported(ctx context.Context, r Report) (*attemptRow, error) {
	a := new(attemptRow)
	q := e.db.NewSelect().Model(a)
	if r.Ref != "" {
		q = q.Where("ref = ?", r.Ref)
	} else {
		q = q.Where("carrier_id = ? AND carrier_id <> ''", r.CarrierID)
	}
	err := q.Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("finding what a report is about: %w", err)
	}
	return a, nil
}

// apply moves an attempt forward by a report, never back: the rank in the
// database decides, not the one that was read.
func (e *Engine) apply(ctx context.Context, a *attemptRow, r Report) error {
	moved := false
	err := e.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		q := tx.NewUpdate().Model((*attemptRow)(nil)).Set("delivery = ?, rank = ?", r.Status, r.Status.Rank()).
			Set("carrier_id = CASE WHEN carrier_id = '' THEN ? ELSE carrier_id END", r.CarrierID).
			Set("handed_at = COALESCE(handed_at, ?)", r.At.UTC())
		switch {
		case r.Status.Over():
			q = q.Set("state = ?, over_at = ?, trouble = ?, code = ?, poll_at = NULL", Over, r.At.UTC(), r.Trouble, r.Code)
		default:
			q = q.Set("state = CASE WHEN state IN ('claimed', 'unclear', 'waiting') THEN ? ELSE state END", HandedOn)
		}
		if left(r.Status) {
			q = q.Set("out_at = COALESCE(out_at, ?)", r.At.UTC())
		}
		res, err := q.Where("id = ? AND rank < ? AND state NOT IN ('dead', 'cancelled', 'expired')", a.ID, r.Status.Rank()).Exec(ctx)
		if err != nil {
			return fmt.Errorf("moving an attempt forward: %w", err)
		}
		n, err := res.RowsAffected()
		if err != nil || n == 0 {
			return err
		}
		moved = true
		if r.Trouble == OptedOut {
			if err := e.refuse(ctx, tx, a.PhoneIndex, "carrier"); err != nil {
				return err
			}
		}
		return e.lookAgain(ctx, tx, a.SurveyID)
	})
	if err != nil || !moved {
		return err
	}
	e.wake()
	if r.Status.Over() && a.Way == ByVoice {
		return e.callEnded(ctx, a.ID)
	}
	return nil
}

// left says that something really went out: only from then on is an answer
// waited for.
func left(d Delivery) bool {
	switch d {
	case SentOut, Delivered, Ringing, InCall, HungUp, Busy, NoAnswer, Machine:
		return true
	default:
		return false
	}
}

// catchUp applies the reports that came before the receipt was written down.
func (e *Engine) catchUp(ctx context.Context, id int64, h Handed) error {
	if h.CarrierID == "" {
		return nil
	}
	ctx = context.WithoutCancel(ctx)
	var early []eventRow
	err := e.db.NewUpdate().Model(&early).Set("attempt_id = ?", id).
		Where("attempt_id = 0 AND what = 'report' AND carrier_id = ?", h.CarrierID).Returning("*").Scan(ctx)
	if err != nil {
		return fmt.Errorf("looking for early reports: %w", err)
	}
	if len(early) == 0 {
		return nil
	}
	a := new(attemptRow)
	if err := e.db.NewSelect().Model(a).Where("id = ?", id).Scan(ctx); err != nil {
		return fmt.Errorf("reading an attempt: %w", err)
	}
	for _, ev := range early {
		if err := e.apply(ctx, a, Report{CarrierID: ev.CarrierID, Way: a.Way, Status: Delivery(ev.Status), Code: ev.Code, At: ev.At}); err != nil {
			return err
		}
	}
	return nil
}

// matchEarly gives reports that came at the very moment of the receipt, and so
// missed each other, to their attempts.
func (e *Engine) matchEarly(ctx context.Context) error {
	var early []eventRow
	err := e.db.NewSelect().Model(&early).Where("attempt_id = 0 AND noted_at > ?", e.now().Add(-time.Hour)).Order("id DESC").Limit(batch).Scan(ctx)
	if err != nil {
		return fmt.Errorf("reading early reports: %w", err)
	}
	for _, ev := range early {
		a, err := e.reported(ctx, Report{CarrierID: ev.CarrierID})
		if err != nil {
			return err
		}
		if a == nil {
			continue
		}
		if err := e.catchUp(ctx, a.ID, Handed{CarrierID: ev.CarrierID}); err != nil {
			return err
		}
	}
	return nil
}

// pollAfter is how long no report may come before the carrier is asked; it
// grows with each time.
func pollAfter(w Way, times int) time.Duration {
	first := 20 * time.Minute
	if w == ByVoice {
		first = 5 * time.Minute
	}
	return min(first<<min(times*2, 10), 24*time.Hour)
}

// mostPolls is after how many questions without news an attempt is left as it is.
const mostPolls = 5

// Poll asks carriers what became of what they were handed and did not report
// on: there may be no public address for reports, or one got lost.
func (e *Engine) Poll(ctx context.Context) (int, error) {
	done := 0
	wrong := []error{e.matchEarly(ctx)}
	for ctx.Err() == nil {
		now := e.now()
		due := e.skipLocked(e.db.NewSelect().Model((*attemptRow)(nil)).Column("id").Where("state = 'handed' AND poll_at <= ?", now).Order("poll_at").Limit(batch))
		var rows []attemptRow
		err := e.db.NewUpdate().Model(&rows).Set("poll_at = ?, polls = polls + 1", now.Add(10*time.Minute)).Where("a.id IN (?)", due).Returning("*").Scan(ctx)
		if err != nil {
			return done, unlessStopped(ctx, fmt.Errorf("finding what no report came for: %w", err))
		}
		if len(rows) == 0 {
			break
		}
		for i := range rows {
			if err := e.poll(ctx, &rows[i]); err != nil {
				wrong = append(wrong, fmt.Errorf("asking after attempt %d: %w", rows[i].ID, err))
				continue
			}
			done++
		}
	}
	return done, unlessStopped(ctx, errors.Join(wrong...))
}

func (e *Engine) poll(ctx context.Context, a *attemptRow) error {
	line, ok := e.lines[a.Way]
	if !ok || line.Name != a.Carrier {
		return e.leaveAsItIs(ctx, a)
	}
	if err := e.paces[line.Name].wait(ctx); err != nil {
		return err
	}
	r, err := line.State(ctx, a.Way, a.CarrierID)
	if err == nil {
		r.Ref, r.CarrierID, r.Way = a.Ref, a.CarrierID, a.Way
		err = e.Report(ctx, r)
	}
	if a.Polls >= mostPolls {
		return errors.Join(err, e.leaveAsItIs(ctx, a))
	}
	_, up := e.db.NewUpdate().Model((*attemptRow)(nil)).Set("poll_at = ?", e.now().Add(pollAfter(a.Way, a.Polls))).Where("id = ? AND state = 'handed'", a.ID).Exec(ctx)
	return errors.Join(err, up)
}

// leaveAsItIs: nobody will say what became of it. That is no answer and no failure.
func (e *Engine) leaveAsItIs(ctx context.Context, a *attemptRow) error {
	return e.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*attemptRow)(nil)).Set("state = ?, over_at = ?, poll_at = NULL", Over, e.now()).Where("id = ? AND state = 'handed'", a.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("giving up on a report: %w", err)
		}
		return e.lookAgain(ctx, tx, a.SurveyID)
	})
}
