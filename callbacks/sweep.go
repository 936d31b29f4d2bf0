package callbacks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets"
)

// SweepMonth is the monthly callback of every case of 办不成事 (眉山 2021): in
// the first days of a month it takes up each one that ended last month and
// whose citizen was not asked, or not reached, in that round. The work is
// spread over the days that are left, so that nobody has a thousand calls on
// the first. It is safe to run every hour: what was taken up is not taken again.
func (e *Engine) SweepMonth(ctx context.Context) (int, error) {
	if err := e.planSamples(ctx); err != nil {
		return 0, unlessStopped(ctx, err)
	}
	now := e.now()
	local := now.In(tickets.Shanghai)
	if local.Day() > e.policy.SweepDays {
		return 0, nil
	}
	thisMonth := time.Date(local.Year(), local.Month(), 1, 0, 0, 0, 0, tickets.Shanghai)
	from, period := thisMonth.AddDate(0, -1, 0), thisMonth.AddDate(0, -1, 0).Format("2006-01")
	days := e.policy.SweepDays - local.Day() + 1
	when := func(f fact) time.Time { return now.AddDate(0, 0, int(f.ID)%days) }
	done, last := 0, int64(0)
	for ctx.Err() == nil {
		facts, err := e.missedLastMonth(ctx, from, thisMonth, period, last)
		if err != nil {
			return done, unlessStopped(ctx, err)
		}
		if len(facts) == 0 {
			break
		}
		if err := e.askAgainAbout(ctx, facts, Sweep, period, when); err != nil {
			return done, unlessStopped(ctx, err)
		}
		done, last = done+len(facts), facts[len(facts)-1].ID
	}
	if done > 0 {
		e.wake()
	}
	return done, nil
}

// missedLastMonth reads a batch of what the sweep takes up.
func (e *Engine) missedLastMonth(ctx context.Context, from, to time.Time, period string, after int64) ([]fact, error) {
	var out []fact
	q := e.db.NewSelect().Model(&out).
		Where("completed_at >= ? AND completed_at < ? AND id > ?", from.UTC(), to.UTC(), after).
		Where("status = ? AND outcome IN (?) AND rating = 0 AND solved = ''", tickets.Completed, bun.List([]tickets.Outcome{tickets.Answered, tickets.Handled})).
		Where("class IN (?)", bun.List([]tickets.Class{tickets.CannotDo, tickets.HardToDo, tickets.Refused})).
		Where("NOT EXISTS (?)", e.db.NewSelect().TableExpr("surveys AS s").ColumnExpr("1").Where("s.ticket_id = fact.id AND s.round = fact.round").
			Where("s.state <> ? OR s.period = ? OR s.reason NOT IN (?)", Closed, period, bun.List([]tickets.UnratedCode{tickets.Unreachable, tickets.NotAsked})))
	if err := q.Column(factColumns...).Order("id").Limit(batch).Scan(ctx); err != nil {
		return nil, fmt.Errorf("finding what was missed last month: %w", err)
	}
	return out, nil
}

// askAgainAbout plans surveys for tickets that are completed: new ones where
// there was none, and where the citizen was not reached the same survey once
// more. Who was texted and telephoned in vain is called by a person this time.
func (e *Engine) askAgainAbout(ctx context.Context, facts []fact, cause Cause, period string, when func(fact) time.Time) error {
	fresh := make([]surveyRow, 0, len(facts))
	at := map[int64]time.Time{}
	for _, f := range facts {
		due, err := e.hours.Load().next(BySMS, when(f))
		if err != nil {
			return err
		}
		s := e.newSurvey(f, cause, ended(f))
		s.Period, s.NextAt = period, due
		at[f.ID] = due
		fresh = append(fresh, s)
	}
	if err := e.insertSurveys(ctx, fresh); err != nil {
		return err
	}
	return e.reopenSurveys(ctx, facts, cause, period, at)
}

func (e *Engine) reopenSurveys(ctx context.Context, facts []fact, cause Cause, period string, at map[int64]time.Time) error {
	ids := make([]int64, 0, len(facts))
	rounds := map[int64]int{}
	for _, f := range facts {
		ids, rounds[f.ID] = append(ids, f.ID), f.Round
	}
	var rows []surveyRow
	if err := e.db.NewSelect().Model(&rows).Where("ticket_id IN (?) AND state = ?", bun.List(ids), Closed).Scan(ctx); err != nil {
		return fmt.Errorf("finding surveys to take up again: %w", err)
	}
	var wrong []error
	for i := range rows {
		s := &rows[i]
		if s.Round != rounds[s.TicketID] || s.Reason == string(tickets.RefusesToSay) {
			continue
		}
		s.Cause, s.Period, s.State, s.Reason, s.Campaign, s.NextAt = cause, period, Planned, "", s.Campaign+1, at[s.TicketID]
		s.Drawn, s.ClosedAt, s.RecordAt, s.RecordedAt, s.AskedAgain, s.Calls = true, time.Time{}, time.Time{}, time.Time{}, 0, 0
		_, err := e.change(ctx, e.db, s, "cause", "period", "state", "reason", "campaign", "next_at", "drawn", "closed_at", "record_at", "recorded_at", "asked_again", "calls")
		wrong = append(wrong, err)
	}
	return errors.Join(wrong...)
}
