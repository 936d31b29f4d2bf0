package callbacks

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets"
	"nengban/tickets/staff"
)

// The names under which the desk's outbox tells this package of acts.
const (
	PlanListener   = "callbacks"
	NoticeListener = "notices"
)

// Listeners are what the desk must be built with, so that this package hears
// of acts: one that plans surveys and draws consequences (deliver to
// [Engine.Handle]), one that tells citizens (deliver to [Engine.Notify]).
func Listeners() []tickets.Listener {
	return []tickets.Listener{
		{Name: PlanListener, Wants: concernsSurveys},
		{Name: NoticeListener, Wants: func(e tickets.Entry) bool { return noticeOf(e) != "" }},
	}
}

// concernsSurveys: a ticket comes to be called back or leaves it, is rated or
// judged, or begins another round.
func concernsSurveys(e tickets.Entry) bool {
	switch e.Act {
	case staff.RecordRating, staff.JudgeRating, staff.CloseUnrated, staff.Rework, staff.Reopen:
		return true
	default:
		return (e.To == tickets.ToCallBack) != (e.From == tickets.ToCallBack)
	}
}

// Handle is what the outbox delivers to: it plans a survey for each ticket
// that waits to be called back, cancels those of tickets that went another
// way, and draws the consequences of ratings. It is safe to run twice.
func (e *Engine) Handle(ctx context.Context, ms []tickets.Message) error {
	facts, err := e.facts(ctx, ms)
	if err != nil {
		return err
	}
	if err := e.plan(ctx, facts); err != nil {
		return err
	}
	for _, m := range ms {
		if m.Act == staff.AnswerAtOnce || m.Act == staff.Complete {
			continue // they begin a survey and end none
		}
		if err := e.follow(ctx, m); err != nil {
			return err
		}
	}
	return nil
}

// fact is what planning needs to know of a ticket; it reads the ticket tables
// and never writes them.
type fact struct {
	bun.BaseModel `bun:"table:tickets"`

	ID          int64
	Number      string
	Status      tickets.Status
	StatusSince time.Time
	Round       int
	Class       tickets.Class
	Urgency     tickets.Urgency
	Lead        string
	PhoneIndex  string
	Anonymous   bool
	Outcome     tickets.Outcome
	CompletedAt *time.Time
}

var factColumns = []string{"id", "number", "status", "status_since", "round", "class", "urgency", "lead", "phone_index", "anonymous", "outcome", "completed_at"}

func (e *Engine) facts(ctx context.Context, ms []tickets.Message) ([]fact, error) {
	ids := make([]int64, 0, len(ms))
	for _, m := range ms {
		ids = append(ids, m.TicketID)
	}
	var out []fact
	if err := e.db.NewSelect().Model(&out).Column(factColumns...).Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading tickets to plan for: %w", err)
	}
	return out, nil
}

// plan writes a survey for each ticket that waits to be called back and has
// none in this round. The unique index on ticket and round is what keeps a
// second instance from doing it again.
func (e *Engine) plan(ctx context.Context, facts []fact) error {
	rows := make([]surveyRow, 0, len(facts))
	for _, f := range facts {
		if f.Status != tickets.ToCallBack {
			continue
		}
		drawn, err := e.drawn(ctx, f)
		if err != nil {
			return err
		}
		row := e.newSurvey(f, AfterEnd, f.StatusSince)
		row.Drawn = drawn
		row.NextAt, err = e.hours.Load().next(BySMS, f.StatusSince.Add(e.policy.pace(row.Urgent).Delay))
		if err != nil {
			return err
		}
		rows = append(rows, row)
	}
	return e.insertSurveys(ctx, rows)
}

func (e *Engine) newSurvey(f fact, cause Cause, ended time.Time) surveyRow {
	now := e.now()
	return surveyRow{TicketID: f.ID, Round: f.Round, Number: f.Number, Version: 1, Cause: cause, Campaign: 1, Lead: f.Lead, Class: f.Class,
		Urgent: f.Urgency == tickets.Urgent || f.Urgency == tickets.Critical, Unreachable: f.Anonymous || f.PhoneIndex == "", Drawn: true,
		PhoneIndex: f.PhoneIndex, CodeIndex: e.codeIndex(e.code(f.ID, f.Round)), State: Planned, EndedAt: ended.UTC(), NextAt: now,
		ClaimedUntil: now, HeldUntil: now}
}

// insertSurveys leaves those alone whose round has a survey already.
func (e *Engine) insertSurveys(ctx context.Context, rows []surveyRow) error {
	if len(rows) == 0 {
		return nil
	}
	if _, err := e.db.NewInsert().Model(&rows).On("CONFLICT (ticket_id, round) DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("planning surveys: %w", err)
	}
	return nil
}

// AskNow asks the citizen of a ticket at the wish of a member, without waiting
// for the day to come round; the hours that people keep and the rule of one
// survey a round hold all the same. It refuses with ErrNotAllowed,
// ErrAskedBefore or ErrNotAskable.
func (e *Engine) AskNow(ctx context.Context, by staff.Member, number string) (*Survey, error) {
	if !by.May(staff.WorkCallbacks, staff.Subject{}) {
		return nil, ErrNotAllowed
	}
	f, err := e.factOf(ctx, number)
	if err != nil {
		return nil, err
	}
	if !askable(f) {
		return nil, ErrNotAskable
	}
	if err := e.insertSurveys(ctx, []surveyRow{e.newSurvey(f, AtWish, ended(f))}); err != nil {
		return nil, err
	}
	s, err := e.surveyOf(ctx, f.ID, f.Round)
	if err != nil {
		return nil, err
	}
	if s.State != Planned || !s.FirstAskedAt.IsZero() {
		return nil, ErrAskedBefore
	}
	s.Cause, s.NextAt, s.Drawn = AtWish, e.now(), true
	if ok, err := e.change(ctx, e.db, s, "cause", "next_at", "drawn"); err != nil || !ok {
		return nil, errOr(err, ErrAskedBefore)
	}
	e.wake()
	return s.survey(), nil
}

// askable: the handling ended with an answer, and nobody has rated it.
func askable(f fact) bool {
	handled := f.Outcome == tickets.Answered || f.Outcome == tickets.Handled
	return f.Status == tickets.ToCallBack || f.Status == tickets.Completed && handled
}

// ended is when the handling ended, as far as the ticket's row tells.
func ended(f fact) time.Time {
	if f.Status != tickets.ToCallBack && f.CompletedAt != nil {
		return f.CompletedAt.UTC()
	}
	return f.StatusSince.UTC()
}

func (e *Engine) factOf(ctx context.Context, number string) (fact, error) {
	var out []fact
	err := e.db.NewSelect().Model(&out).Column(factColumns...).Where("number = ?", number).Limit(1).Scan(ctx)
	if err != nil {
		return fact{}, fmt.Errorf("reading a ticket to ask about: %w", err)
	}
	if len(out) == 0 {
		return fact{}, tickets.ErrNotFound
	}
	return out[0], nil
}

func (e *Engine) surveyOf(ctx context.Context, ticketID int64, round int) (*surveyRow, error) {
	return one(ctx, e.db.NewSelect().Model((*surveyRow)(nil)).Where("s.ticket_id = ? AND s.round = ?", ticketID, round))
}
