package callbacks

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"nengban/callbacks/surveys"
	"nengban/tickets"
	"nengban/tickets/staff"
)

// AppealState is how far an appeal is.
type AppealState string

// The states.
const (
	AppealOpen     AppealState = "open"
	AppealUpheld   AppealState = "upheld" // the rating does not count
	AppealRejected AppealState = "rejected"
)

// Appeal (申诉) is a department's word against a rating, with evidence. A
// rating that is excluded stays on the ticket and in the raw rates; only the
// adjusted ones leave it out.
type Appeal struct {
	ID         int64
	TicketID   int64
	Number     string
	Round      int
	Department string
	Reason     string
	Evidence   []int64 // attachments of the ticket
	AskedAt    time.Time
	AskedBy    string
	Due        time.Time // of the ruling
	State      AppealState
	Ruling     string
	RuledAt    time.Time
	RuledBy    string
}

type appealRow struct {
	bun.BaseModel `bun:"table:appeals"`

	ID         int64 `bun:"id,pk,autoincrement"`
	TicketID   int64
	Round      int
	Number     string
	Department string
	Reason     string
	Evidence   string
	AskedAt    time.Time
	AskedBy    string
	DueAt      time.Time
	State      AppealState
	Ruling     string
	RuledAt    time.Time `bun:",nullzero"`
	RuledBy    string
}

func (r appealRow) appeal() *Appeal {
	a := &Appeal{ID: r.ID, TicketID: r.TicketID, Number: r.Number, Round: r.Round, Department: r.Department, Reason: r.Reason, AskedAt: r.AskedAt.UTC(), AskedBy: r.AskedBy,
		Due: r.DueAt.UTC(), State: r.State, Ruling: r.Ruling, RuledAt: utc(r.RuledAt), RuledBy: r.RuledBy}
	for id := range strings.SplitSeq(r.Evidence, ",") {
		if n, err := strconv.ParseInt(id, 10, 64); err == nil {
			a.Evidence = append(a.Evidence, n)
		}
	}
	return a
}

// Appeal takes a department's appeal against the latest rating of a ticket,
// once for each round and within the working days of the Policy. Only who led
// the round may appeal, and only against a rating that tells against it. It
// refuses with ErrNotAllowed, ErrNotAskable, ErrTooLate, ErrAppealed or
// tickets.FieldErrors.
func (e *Engine) Appeal(ctx context.Context, by staff.Member, number, reason string, evidence []int64) (*Appeal, error) {
	t, err := e.desk.Ticket(ctx, by, number)
	if err != nil {
		return nil, err
	}
	if strings.TrimSpace(reason) == "" {
		return nil, tickets.FieldErrors{{Field: "reason", Code: "missing"}}
	}
	s, err := e.latestRating(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	if by.Department == "" || !slices.Contains(e.desk.Directory().Above(s.Lead), by.Department) {
		return nil, ErrNotAllowed
	}
	until, err := e.hours.Load().workingDaysAfter(s.RecordedAt, e.policy.AppealDays)
	if err != nil {
		return nil, err
	}
	now := e.now()
	if now.After(until) {
		return nil, ErrTooLate
	}
	due, err := e.hours.Load().workingDaysAfter(now, e.policy.RulingDays)
	if err != nil {
		return nil, err
	}
	return e.writeAppeal(ctx, by, t, appealRow{TicketID: t.ID, Round: s.Round, Number: t.Number, Department: by.Department, Reason: cut(reason, 2000), Evidence: joined(evidence),
		AskedAt: now, AskedBy: by.Name, DueAt: due, State: AppealOpen})
}

// latestRating is the last one that tells against the department.
func (e *Engine) latestRating(ctx context.Context, ticketID int64) (*surveyRow, error) {
	s, err := one(ctx, e.db.NewSelect().Model((*surveyRow)(nil)).Where("s.ticket_id = ? AND s.state = ? AND s.recorded_at IS NOT NULL", ticketID, HasAnswer).Order("s.round DESC").Limit(1))
	if errors.Is(err, ErrNotFound) || err == nil && s.Rating < int(surveys.Dissatisfied) && s.Solved != tickets.SolvedNo {
		return nil, ErrNotAskable
	}
	return s, err
}

func (e *Engine) writeAppeal(ctx context.Context, by staff.Member, t *tickets.Ticket, r appealRow) (*Appeal, error) {
	res, err := e.db.NewInsert().Model(&r).On("CONFLICT (ticket_id, round) DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return nil, fmt.Errorf("writing down an appeal: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return nil, errOr(err, ErrAppealed)
	}
	if err := e.db.NewSelect().Model(&r).Where("ticket_id = ? AND round = ?", r.TicketID, r.Round).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading an appeal: %w", err)
	}
	if by.May(staff.AddNote, t.Subject()) {
		if _, err := e.desk.Act(ctx, by, tickets.Ref{Number: t.Number}, &tickets.AddNote{Text: cut("申诉："+r.Reason, 2000)}); err != nil {
			return nil, err
		}
	}
	return r.appeal(), nil
}

// Rule decides an appeal. Where the ticket still waits for its rating to be
// judged, the ruling is that judgement too. Whoever belongs to the department
// does not rule. It refuses with ErrNotAllowed, ErrOwnWork, ErrNotFound,
// ErrNotOpen or tickets.FieldErrors.
func (e *Engine) Rule(ctx context.Context, by staff.Member, id int64, uphold bool, reason string) error {
	if !by.May(staff.JudgeRating, staff.Subject{}) {
		return ErrNotAllowed
	}
	if strings.TrimSpace(reason) == "" {
		return tickets.FieldErrors{{Field: "reason", Code: "missing"}}
	}
	var r appealRow
	err := e.db.NewSelect().Model(&r).Where("id = ?", id).Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return ErrNotFound
	case err != nil:
		return fmt.Errorf("reading an appeal: %w", err)
	case r.State != AppealOpen:
		return ErrNotOpen
	case by.Department != "" && slices.Contains(e.nearDepartments(by), r.Department):
		return ErrOwnWork
	}
	state, counts := AppealRejected, tickets.Yes
	if uphold {
		state, counts = AppealUpheld, tickets.No
	}
	if err := e.ruleOnTicket(ctx, by, r, counts, reason); err != nil {
		return err
	}
	return e.writeRuling(ctx, by, r, state, counts, reason)
}

// ruleOnTicket goes first: done twice, it finds the ticket judged.
func (e *Engine) ruleOnTicket(ctx context.Context, by staff.Member, r appealRow, counts tickets.Decision, reason string) error {
	t, err := e.desk.Ticket(ctx, by, r.Number)
	if err != nil {
		return err
	}
	var m tickets.Move = &tickets.AddNote{Text: cut("申诉裁定（"+map[tickets.Decision]string{tickets.Yes: "维持评价", tickets.No: "剔除评价"}[counts]+"）："+reason, 2000)}
	if t.Status == tickets.ToJudge && t.Round == r.Round {
		m = &tickets.JudgeRating{Decision: counts, Reason: cut("申诉裁定："+reason, 1000)}
	}
	_, err = e.desk.Act(ctx, by, tickets.Ref{Number: r.Number}, m)
	return err
}

func (e *Engine) writeRuling(ctx context.Context, by staff.Member, r appealRow, state AppealState, counts tickets.Decision, reason string) error {
	return e.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewUpdate().Model((*appealRow)(nil)).Set("state = ?, ruling = ?, ruled_at = ?, ruled_by = ?", state, cut(reason, 2000), e.now(), by.Name).
			Where("id = ? AND state = ?", r.ID, AppealOpen).Exec(ctx)
		if err != nil {
			return fmt.Errorf("writing down a ruling: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errOr(err, ErrNotOpen)
		}
		_, err = tx.NewUpdate().Model((*surveyRow)(nil)).Set("counts = ?, version = version + 1", counts).Where("ticket_id = ? AND round = ?", r.TicketID, r.Round).Exec(ctx)
		if err != nil {
			return fmt.Errorf("keeping a ruling: %w", err)
		}
		return nil
	})
}

// Appeals lists appeals, open ones first and the oldest of them on top; a
// department sees its own.
func (e *Engine) Appeals(ctx context.Context, by staff.Member) ([]*Appeal, error) {
	q := e.db.NewSelect().Model((*appealRow)(nil))
	switch {
	case by.Department != "":
		q = q.Where("department IN (?)", bun.List(e.desk.Directory().Below(by.Department)))
	case !by.May(staff.ReadCallbacks, staff.Subject{}):
		return nil, ErrNotAllowed
	}
	var rows []appealRow
	if err := q.OrderExpr("CASE WHEN state = ? THEN 0 ELSE 1 END, due_at, id", AppealOpen).Limit(listed).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("reading appeals: %w", err)
	}
	out := make([]*Appeal, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.appeal())
	}
	return out, nil
}

func joined(ids []int64) string {
	out := make([]string, 0, len(ids))
	for _, id := range ids {
		out = append(out, strconv.FormatInt(id, 10))
	}
	return strings.Join(out, ",")
}
