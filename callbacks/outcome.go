package callbacks

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/uptrace/bun"

	"nengban/callbacks/surveys"
	"nengban/tickets"
	"nengban/tickets/staff"
)

// follow draws the consequences of one act on a ticket. The acts come from the
// ticket's timeline, so that a rating that a colleague wrote down without a
// survey has the same consequences as one that came by text:
//
//   - not solved: the next round begins at once, one level up; who sits together
//     and under which order from the second time on is the ticket's own rule
//   - rated and settled: archived, and praise is passed on to who earned it
//   - dissatisfied with a solved matter: a reviewer decides (see [Engine.ToJudge])
func (e *Engine) follow(ctx context.Context, m tickets.Message) error {
	entries, err := e.desk.Timeline(ctx, m.TicketID)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(entries, func(en tickets.Entry) bool { return en.ID == m.EntryID })
	if i < 0 {
		return nil
	}
	t, err := e.desk.ByID(ctx, m.TicketID)
	if err != nil {
		return err
	}
	switch en := entries[i]; en.Act {
	case staff.RecordRating:
		if err := e.rated(ctx, t, en); err != nil {
			return err
		}
		return e.consequences(ctx, t, en)
	case staff.JudgeRating:
		if err := e.judged(ctx, t, en); err != nil {
			return err
		}
		return e.consequences(ctx, t, en)
	case staff.CloseUnrated:
		return e.endedElsewhere(ctx, t, en)
	default:
		return e.cancelOlder(ctx, t)
	}
}

// rated keeps the rating of the round in the survey, from whichever side it
// came: the timeline is what counts.
func (e *Engine) rated(ctx context.Context, t *tickets.Ticket, en tickets.Entry) error {
	facts, err := e.facts(ctx, []tickets.Message{{TicketID: t.ID}})
	if err != nil || len(facts) == 0 {
		return err
	}
	f := facts[0]
	f.Round = en.Round
	fresh := e.newSurvey(f, Recorded, en.At)
	fresh.State, fresh.NextAt = HasAnswer, never
	if err := e.insertSurveys(ctx, []surveyRow{fresh}); err != nil {
		return err
	}
	s, err := e.surveyOf(ctx, t.ID, en.Round)
	if err != nil {
		return err
	}
	if s.State == HasAnswer && !s.RecordedAt.IsZero() && s.Rating == en.Rating && s.Solved == en.Solved {
		return nil
	}
	if s.AnsweredAt.IsZero() {
		s.AnsweredAt = en.At
	}
	s.State, s.Reason, s.Rating, s.Solved, s.Way, s.NextAt = HasAnswer, "", en.Rating, en.Solved, Way(en.Way), never
	s.RecordAt, s.RecordedAt, s.Trouble = en.At, en.At, ""
	return e.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		ok, err := e.change(ctx, tx, s, "state", "reason", "rating", "solved", "way", "answered_at", "next_at", "record_at", "recorded_at", "trouble")
		if err != nil || !ok {
			return errOr(err, ErrChanged)
		}
		return e.withdraw(ctx, tx, "answered", "survey_id = ?", s.ID)
	})
}

// judged keeps whether a bad rating counts.
func (e *Engine) judged(ctx context.Context, t *tickets.Ticket, en tickets.Entry) error {
	_, err := e.db.NewUpdate().Model((*surveyRow)(nil)).Set("counts = ?, version = version + 1", en.Decision).Where("ticket_id = ? AND round = ?", t.ID, en.Round).Exec(ctx)
	if err != nil {
		return fmt.Errorf("keeping a judgement: %w", err)
	}
	return nil
}

func (e *Engine) consequences(ctx context.Context, t *tickets.Ticket, en tickets.Entry) error {
	if t.Round != en.Round {
		return nil // the next round has begun already
	}
	switch en.To {
	case tickets.ToRework:
		return e.act(ctx, t, &tickets.Rework{Reason: reworkReason(en)})
	case tickets.Completed:
		if err := e.praise(ctx, t, en); err != nil {
			return err
		}
		return e.act(ctx, t, &tickets.Archive{})
	default:
		return nil
	}
}

// act does what follows from an answer, as the desk itself. A refusal means
// that it was done before, or that somebody was quicker.
func (e *Engine) act(ctx context.Context, t *tickets.Ticket, m tickets.Move) error {
	_, err := e.desk.Act(ctx, staff.TheSystem, tickets.Ref{Number: t.Number}, m)
	var refusal *tickets.Refusal
	if errors.As(err, &refusal) {
		return nil
	}
	return err
}

func reworkReason(en tickets.Entry) string {
	reason := "回访：群众反映问题未解决"
	if en.Act == staff.JudgeRating {
		reason = "差评认定后重办：" + en.Reason
	} else if en.Text != "" {
		reason += "：" + en.Text
	}
	return cut(reason, 1000)
}

// praise is passed on as a note that the department reads on its ticket.
func (e *Engine) praise(ctx context.Context, t *tickets.Ticket, en tickets.Entry) error {
	if en.Act != staff.RecordRating || en.Rating < 1 || en.Rating > int(surveys.Satisfied) || en.Text == "" || en.Solved == tickets.SolvedNo {
		return nil
	}
	return e.noteOnce(ctx, t, "群众好评（"+surveys.Level(en.Rating).In(surveys.Chinese)+"）："+cut(en.Text, 1900))
}

// endedElsewhere: somebody closed the ticket without an answer on its own page.
func (e *Engine) endedElsewhere(ctx context.Context, t *tickets.Ticket, en tickets.Entry) error {
	s, err := e.surveyOf(ctx, t.ID, en.Round)
	if err != nil || !s.survey().Open() || s.EndedAt.After(en.At) || s.Campaign > 1 {
		return ignoreNotFound(err)
	}
	now := e.now()
	s.State, s.Reason, s.ClosedAt, s.NextAt, s.RecordAt, s.RecordedAt = Closed, en.Code, now, never, en.At, en.At
	return e.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		ok, err := e.change(ctx, tx, s, "state", "reason", "closed_at", "next_at", "record_at", "recorded_at")
		if err != nil || !ok {
			return errOr(err, ErrChanged)
		}
		return e.withdraw(ctx, tx, en.Code, "survey_id = ?", s.ID)
	})
}

// cancelOlder ends the surveys of rounds that are over.
func (e *Engine) cancelOlder(ctx context.Context, t *tickets.Ticket) error {
	var rows []surveyRow
	err := e.db.NewSelect().Model(&rows).Where("ticket_id = ? AND state IN ('planned', 'asking', 'with_person')", t.ID).Scan(ctx)
	if err != nil {
		return fmt.Errorf("finding surveys to cancel: %w", err)
	}
	for i := range rows {
		if rows[i].Round == t.Round && (t.Status == tickets.ToCallBack || t.Status == tickets.Completed) {
			continue
		}
		if err := e.cancelSurvey(ctx, &rows[i]); err != nil {
			return err
		}
	}
	return nil
}

func ignoreNotFound(err error) error {
	if errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

// PutAway archives tickets that ended without an answer and whose citizens
// have had all the time there is to give one.
func (e *Engine) PutAway(ctx context.Context) (int, error) {
	done := 0
	last := int64(0)
	for ctx.Err() == nil {
		var due []fact
		err := e.db.NewSelect().Model(&due).Column(factColumns...).
			Where("status = ? AND completed_at < ? AND id > ?", tickets.Completed, e.now().Add(-tickets.LateAnswer), last).Order("id").Limit(batch).Scan(ctx)
		if err != nil {
			return done, unlessStopped(ctx, fmt.Errorf("finding tickets to archive: %w", err))
		}
		for _, f := range due {
			last = f.ID
			if err := e.act(ctx, &tickets.Ticket{Number: f.Number}, &tickets.Archive{}); err != nil {
				return done, unlessStopped(ctx, err)
			}
			done++
		}
		if len(due) < batch {
			break
		}
	}
	if err := e.forgetTags(ctx); err != nil {
		return done, unlessStopped(ctx, err)
	}
	return done, nil
}

// forgetTags frees the short codes of surveys that nobody can answer any more.
func (e *Engine) forgetTags(ctx context.Context) error {
	_, err := e.db.NewUpdate().Model((*surveyRow)(nil)).Set("tag = ''").
		Where("tag <> '' AND state IN ('closed', 'answered') AND ended_at < ?", e.now().Add(-2*tickets.LateAnswer)).Exec(ctx)
	if err != nil {
		return fmt.Errorf("freeing short codes: %w", err)
	}
	return nil
}
