package callbacks

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets"
	"nengban/tickets/staff"
)

// Judging is one bad rating of a solved matter that waits for a reviewer, who
// decides whether it counts (好差评: 误评 and 恶意差评 are excluded after review).
// He does so by the ticket's own act, judge_rating.
type Judging struct {
	Ticket  *tickets.Ticket
	Rating  int
	Solved  tickets.Solved
	Way     Way
	Comment string
	Since   time.Time
	Due     time.Time // the end of the last working day he has
	Overdue bool
	Appeal  *Appeal // what the department says, if it appealed
}

// ToJudge lists what waits for a reviewer, from a cursor that an earlier page
// gave, or from the beginning.
func (e *Engine) ToJudge(ctx context.Context, by staff.Member, cursor string) ([]Judging, string, error) {
	if !by.May(staff.ReadCallbacks, staff.Subject{}) {
		return nil, "", ErrNotAllowed
	}
	page, err := e.desk.List(ctx, by, tickets.Filter{Statuses: []tickets.Status{tickets.ToJudge}}, cursor)
	if err != nil || len(page.Tickets) == 0 {
		return nil, "", err
	}
	appeals, err := e.appealsOf(ctx, page.Tickets)
	if err != nil {
		return nil, "", err
	}
	out := make([]Judging, 0, len(page.Tickets))
	for _, t := range page.Tickets {
		due, err := e.hours.Load().workingDaysAfter(t.StatusSince, e.policy.JudgeDays)
		if err != nil {
			return nil, "", err
		}
		out = append(out, Judging{Ticket: t, Rating: t.Rating, Solved: t.Solved, Way: Way(t.RatedBy), Comment: t.Comment, Since: t.StatusSince, Due: due,
			Overdue: e.now().After(due), Appeal: appeals[t.ID]})
	}
	return out, page.Next, nil
}

func (e *Engine) appealsOf(ctx context.Context, ts []*tickets.Ticket) (map[int64]*Appeal, error) {
	rounds := map[int64]int{}
	ids := make([]int64, 0, len(ts))
	for _, t := range ts {
		ids, rounds[t.ID] = append(ids, t.ID), t.Round
	}
	var rows []appealRow
	if err := e.db.NewSelect().Model(&rows).Where("ticket_id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading appeals: %w", err)
	}
	out := map[int64]*Appeal{}
	for _, r := range rows {
		if rounds[r.TicketID] == r.Round {
			out[r.TicketID] = r.appeal()
		}
	}
	return out, nil
}

// Correction is an answer that differs from the one on the ticket and came
// after it: the citizen pressed a wrong key, or changed his mind. It changes
// nothing by itself; a person decides whether the matter is taken up again.
type Correction struct {
	ID       int64
	SurveyID int64
	Number   string
	Round    int
	Stands   int // the rating on the ticket
	StandsOn tickets.Solved
	Rating   int
	Solved   tickets.Solved
	Comment  string
	Way      Way
	At       time.Time
}

// Corrections lists the answers that wait for a decision, the oldest first.
func (e *Engine) Corrections(ctx context.Context, by staff.Member) ([]Correction, error) {
	if !by.May(staff.ReadCallbacks, staff.Subject{}) {
		return nil, ErrNotAllowed
	}
	var rows []answerRow
	if err := e.db.NewSelect().Model(&rows).Where("state = ?", ToDecide).Order("at", "id").Limit(listed).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading corrections: %w", err)
	}
	out := make([]Correction, 0, len(rows))
	for i := range rows {
		w := &rows[i]
		s, err := e.survey(ctx, e.db, w.SurveyID)
		if err != nil {
			return nil, err
		}
		c := Correction{ID: w.ID, SurveyID: s.ID, Number: s.Number, Round: s.Round, Stands: s.Rating, StandsOn: s.Solved, Rating: w.Rating, Solved: w.Solved, Way: w.Way, At: w.At.UTC()}
		s.Comment = w.Comment
		if c.Comment, err = e.openComment(s); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, nil
}

// Decide settles a correction: the matter is taken up again (a new round, from
// triage on), or what the citizen said is put beside the rating as a note.
func (e *Engine) Decide(ctx context.Context, by staff.Member, id int64, again bool, reason string) error {
	if !by.May(staff.JudgeRating, staff.Subject{}) {
		return ErrNotAllowed
	}
	if reason == "" {
		return tickets.FieldErrors{{Field: "reason", Code: "missing"}}
	}
	w := new(answerRow)
	if err := e.db.NewSelect().Model(w).Where("id = ? AND state = ?", id, ToDecide).Scan(ctx); err != nil {
		return ErrNotOpen
	}
	s, err := e.survey(ctx, e.db, w.SurveyID)
	if err != nil {
		return err
	}
	var m tickets.Move = &tickets.AddNote{Text: cut("群众更正评价："+saidWords(w)+"。"+reason, 2000)}
	if again {
		m = &tickets.Reopen{Reason: cut("群众更正评价："+saidWords(w)+"。"+reason, 1000)}
	}
	if _, err := e.desk.Act(ctx, by, tickets.Ref{Number: s.Number}, m); err != nil {
		return err
	}
	_, err = e.db.NewUpdate().Model((*answerRow)(nil)).Set("state = ?", Decided).Where("id = ?", id).Exec(ctx)
	if err != nil {
		return fmt.Errorf("settling a correction: %w", err)
	}
	return nil
}
