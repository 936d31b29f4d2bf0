package callbacks

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets"
)

// Forget takes out of the callbacks what they hold of a person: his words, his
// numbers, what he was told. It is a [tickets.Eraser]. Who was asked how often,
// which grade he gave and whether it was solved stay for the statistics, and
// the carriers' own ids, so that nothing is counted or fetched twice.
func Forget(ctx context.Context, tx bun.Tx, g tickets.Gone) error {
	if g.TicketID != 0 {
		if err := forgetTicket(ctx, tx, g); err != nil {
			return fmt.Errorf("forgetting the callbacks of a ticket: %w", err)
		}
	}
	if len(g.Phones) == 0 {
		return nil
	}
	if err := forgetPhones(ctx, tx, g); err != nil {
		return fmt.Errorf("forgetting a phone: %w", err)
	}
	return nil
}

func forgetTicket(ctx context.Context, tx bun.Tx, g tickets.Gone) error {
	var ids []int64
	if err := tx.NewSelect().Model((*surveyRow)(nil)).Column("id").Where("ticket_id = ?", g.TicketID).Scan(ctx, &ids); err != nil {
		return err
	}
	if len(ids) > 0 {
		if err := forgetSurveys(ctx, tx, g, ids); err != nil {
			return err
		}
	}
	if err := emptyAttempts(ctx, tx, g, "ticket_id = ?", g.TicketID); err != nil {
		return err
	}
	var appeals []appealRow
	if err := tx.NewSelect().Model(&appeals).Where("ticket_id = ?", g.TicketID).Scan(ctx); err != nil {
		return err
	}
	for _, r := range appeals {
		r.Reason, r.Ruling = tickets.Hush(r.Reason, g.Caller), tickets.Hush(r.Ruling, g.Caller)
		if _, err := tx.NewUpdate().Model(&r).Column("reason", "ruling").WherePK().Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// forgetSurveys empties surveys and closes the pages that their links open.
// Whatever is still being asked is asked no more.
func forgetSurveys(ctx context.Context, tx bun.Tx, g tickets.Gone, ids []int64) error {
	_, err := tx.NewUpdate().Model((*surveyRow)(nil)).Set("state = ?, reason = ?, closed_at = ?, next_at = ?", Closed, cancelled, g.At, never).
		Where("id IN (?) AND state IN (?)", bun.List(ids), bun.List([]State{Planned, Asking, WithPerson})).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewUpdate().Model((*surveyRow)(nil)).Set("version = version + 1, phone_index = '', tag = '', note = '', comment = NULL").
		Set("code_index = 'erased:' || id").Where("id IN (?)", bun.List(ids)).Exec(ctx)
	if err != nil {
		return err
	}
	if _, err := tx.NewUpdate().Model((*answerRow)(nil)).Set("comment = NULL").Where("survey_id IN (?)", bun.List(ids)).Exec(ctx); err != nil {
		return err
	}
	return emptyTexts(ctx, tx, g, "survey_id IN (?)", bun.List(ids))
}

// forgetPhones takes out what hangs on a phone alone: texts that belong to no
// survey, answers to them, and that it wants no texts. Nobody could send it one.
func forgetPhones(ctx context.Context, tx bun.Tx, g tickets.Gone) error {
	if err := emptyTexts(ctx, tx, g, "phone_index IN (?)", bun.List(g.Phones)); err != nil {
		return err
	}
	if err := emptyAttempts(ctx, tx, g, "phone_index IN (?)", bun.List(g.Phones)); err != nil {
		return err
	}
	_, err := tx.NewDelete().Model((*refusalRow)(nil)).Where("phone_index IN (?)", bun.List(g.Phones)).Exec(ctx)
	return err
}

// emptyTexts takes words and number out of texts that came in; those that
// waited for somebody wait no more.
func emptyTexts(ctx context.Context, db bun.IDB, g tickets.Gone, where string, args ...any) error {
	_, err := db.NewUpdate().Model((*inboundRow)(nil)).Set("phone_index = '', phone = ?, words = ?, note = ''", []byte{}, []byte{}).
		Set("settled_at = CASE WHEN state IN ('new', 'orphan', 'unclear') THEN ? ELSE settled_at END", g.At).
		Set("state = CASE WHEN state IN ('new', 'orphan', 'unclear') THEN ? ELSE state END", Settled).
		Where(where, args...).Exec(ctx)
	return err
}

// emptyAttempts takes number and words out of what was sent; what has not left
// does not leave.
func emptyAttempts(ctx context.Context, tx bun.Tx, g tickets.Gone, where string, args ...any) error {
	_, err := tx.NewUpdate().Model((*attemptRow)(nil)).Set("state = ?, code = 'erased', over_at = ?", Withdrawn, g.At).
		Where("state IN (?)", bun.List([]AttemptState{Waiting, Dead})).Where(where, args...).Exec(ctx)
	if err != nil {
		return err
	}
	_, err = tx.NewUpdate().Model((*attemptRow)(nil)).Set("phone_index = '', params = '{}'").Where(where, args...).Exec(ctx)
	return err
}

// ForgetTexts empties texts that came in before a moment from phones that
// stand on no ticket, and returns how many; a job of the timetable. Texts of a
// ticket's caller go with him.
func (e *Engine) ForgetTexts(ctx context.Context, before time.Time) (int, error) {
	const nobodys = "phone_index <> '' AND received_at < ? AND NOT EXISTS (SELECT 1 FROM tickets AS t WHERE t.phone_index = i.phone_index OR t.alt_phone_index = i.phone_index)"
	done := 0
	for ctx.Err() == nil {
		var phones []string
		err := e.db.NewSelect().Model((*inboundRow)(nil)).ColumnExpr("DISTINCT i.phone_index").Where(nobodys, before.UTC()).Limit(batch).Scan(ctx, &phones)
		if err != nil {
			return done, unlessStopped(ctx, fmt.Errorf("finding old texts: %w", err))
		}
		if len(phones) == 0 {
			break
		}
		err = e.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			return forgetPhones(ctx, tx, tickets.Gone{Phones: phones, At: e.now()})
		})
		if err != nil {
			return done, unlessStopped(ctx, fmt.Errorf("forgetting old texts: %w", err))
		}
		done += len(phones)
	}
	return done, nil
}
