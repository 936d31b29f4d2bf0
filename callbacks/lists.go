package callbacks

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"nengban/callbacks/surveys"
	"nengban/tickets"
	"nengban/tickets/staff"
)

// The lists below are for pages. None shows a phone; each asks for the right
// to read callbacks and returns ErrNotAllowed without it.

// Surveys lists surveys in a state, those that are due first; an empty state
// means every one that is still open.
func (e *Engine) Surveys(ctx context.Context, by staff.Member, state State) ([]*Survey, error) {
	if !by.May(staff.ReadCallbacks, staff.Subject{}) {
		return nil, ErrNotAllowed
	}
	q := e.db.NewSelect().Model((*surveyRow)(nil))
	switch state {
	case "":
		q = q.Where("state IN ('planned', 'asking', 'with_person')").Order("next_at", "id")
	case WithPerson:
		q = q.Where("state = ?", state).Order("call_at", "id")
	case Planned, Asking:
		q = q.Where("state = ?", state).Order("next_at", "id")
	default:
		q = q.Where("state = ?", state).Order("id DESC")
	}
	return e.listSurveys(ctx, q)
}

// Unanswered lists the surveys that ended without an answer, the newest first,
// with why; they are a column of their own on every report.
func (e *Engine) Unanswered(ctx context.Context, by staff.Member) ([]*Survey, error) {
	return e.Surveys(ctx, by, Closed)
}

// Unrecorded lists answers that could not be written on their tickets, with
// the refusal's code: a person has to look.
func (e *Engine) Unrecorded(ctx context.Context, by staff.Member) ([]*Survey, error) {
	if !by.May(staff.ReadCallbacks, staff.Subject{}) {
		return nil, ErrNotAllowed
	}
	return e.listSurveys(ctx, e.db.NewSelect().Model((*surveyRow)(nil)).Where("state = ? AND trouble <> ''", HasAnswer).Order("id DESC"))
}

func (e *Engine) listSurveys(ctx context.Context, q *bun.SelectQuery) ([]*Survey, error) {
	var rows []surveyRow
	if err := q.Limit(listed).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("listing surveys: %w", err)
	}
	out := make([]*Survey, 0, len(rows))
	for i := range rows {
		out = append(out, rows[i].survey())
	}
	return out, nil
}

// History is everything that was done to ask about one ticket.
type History struct {
	Surveys  []*Survey
	Attempts []Attempt
	Events   []Event
	Texts    []Inbound
}

// History returns the ledger of one ticket, oldest first.
func (e *Engine) History(ctx context.Context, by staff.Member, number string) (History, error) {
	if !by.May(staff.ReadCallbacks, staff.Subject{}) {
		return History{}, ErrNotAllowed
	}
	t, err := e.desk.Ticket(ctx, by, number)
	if err != nil {
		return History{}, err
	}
	var h History
	if h.Surveys, err = e.listSurveys(ctx, e.db.NewSelect().Model((*surveyRow)(nil)).Where("ticket_id = ?", t.ID).Order("round")); err != nil {
		return h, err
	}
	if h.Attempts, err = e.listAttempts(ctx, e.db.NewSelect().Model((*attemptRow)(nil)).Where("ticket_id = ?", t.ID).Order("id")); err != nil {
		return h, err
	}
	ids := make([]int64, 0, len(h.Attempts))
	for _, a := range h.Attempts {
		ids = append(ids, a.ID)
	}
	if h.Events, err = e.listEvents(ctx, ids); err != nil {
		return h, err
	}
	surveyIDs := make([]int64, 0, len(h.Surveys))
	for _, s := range h.Surveys {
		surveyIDs = append(surveyIDs, s.ID)
	}
	h.Texts, err = e.listTexts(ctx, e.db.NewSelect().Model((*inboundRow)(nil)).Where("survey_id IN (?) AND survey_id <> 0", bun.List(surveyIDs)).Order("id"))
	return h, err
}

func (e *Engine) listEvents(ctx context.Context, attempts []int64) ([]Event, error) {
	var rows []eventRow
	if err := e.db.NewSelect().Model(&rows).Where("attempt_id IN (?)", bun.List(attempts)).Order("id").Limit(10 * listed).Scan(ctx); err != nil {
		return nil, fmt.Errorf("listing the ledger: %w", err)
	}
	out := make([]Event, 0, len(rows))
	for _, r := range rows {
		out = append(out, Event{AttemptID: r.AttemptID, What: r.What, Status: Delivery(r.Status), Code: r.Code, At: r.At.UTC(), NotedAt: r.NotedAt.UTC()})
	}
	return out, nil
}

// Queue lists what waits to leave or is leaving, in the order it will.
func (e *Engine) Queue(ctx context.Context, by staff.Member) ([]Attempt, error) {
	return e.attemptList(ctx, by, e.db.NewSelect().Model((*attemptRow)(nil)).Where("state IN ('waiting', 'claimed', 'unclear')").Order("priority", "due_at", "id"))
}

// DeadLetters lists what failed too often and waits for a person.
func (e *Engine) DeadLetters(ctx context.Context, by staff.Member) ([]Attempt, error) {
	return e.attemptList(ctx, by, e.db.NewSelect().Model((*attemptRow)(nil)).Where("state = ?", Dead).Order("due_at", "id"))
}

// TryAgain wakes a dead letter. If its survey has gone on by another way
// meanwhile and been answered, it is withdrawn instead of sent.
func (e *Engine) TryAgain(ctx context.Context, by staff.Member, id int64) error {
	if !by.May(staff.WorkCallbacks, staff.Subject{}) && !by.Is(staff.Administrator) {
		return ErrNotAllowed
	}
	now := e.now()
	return e.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewUpdate().Model((*attemptRow)(nil)).Set("state = ?, tries = 0, due_at = ?, not_before = ?, not_after = ?, trouble = '', code = ''", Waiting, now, now, now.Add(e.policy.TextSpan)).
			Where("id = ? AND state = ?", id, Dead).Exec(ctx)
		if err != nil {
			return fmt.Errorf("waking a dead letter: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return errOr(err, ErrNotFound)
		}
		e.wake()
		return note(ctx, tx, eventRow{AttemptID: id, What: "again", Code: by.Login, At: now, NotedAt: now})
	})
}

func (e *Engine) attemptList(ctx context.Context, by staff.Member, q *bun.SelectQuery) ([]Attempt, error) {
	if !by.May(staff.ReadCallbacks, staff.Subject{}) {
		return nil, ErrNotAllowed
	}
	return e.listAttempts(ctx, q)
}

func (e *Engine) listAttempts(ctx context.Context, q *bun.SelectQuery) ([]Attempt, error) {
	var rows []attemptRow
	if err := q.Limit(listed).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("listing attempts: %w", err)
	}
	out := make([]Attempt, 0, len(rows))
	for i := range rows {
		out = append(out, rows[i].attempt())
	}
	return out, nil
}

// Inbound is a text that came in, as a colleague reads it.
type Inbound struct {
	ID        int64
	SurveyID  int64
	Phone     string // masked
	Words     string
	At        time.Time
	State     InboundState
	Kind      surveys.Kind
	Rule      surveys.Rule
	SettledBy string
	Note      string
}

// Orphans lists texts that a person has to read: from phones that nothing was
// asked of, and after an answer was in.
func (e *Engine) Orphans(ctx context.Context, by staff.Member) ([]Inbound, error) {
	if !by.May(staff.ReadCallbacks, staff.Subject{}) {
		return nil, ErrNotAllowed
	}
	return e.listTexts(ctx, e.db.NewSelect().Model((*inboundRow)(nil)).Where("state IN (?)", bun.List([]InboundState{Orphan, ForEyes})).Order("received_at", "id"))
}

func (e *Engine) listTexts(ctx context.Context, q *bun.SelectQuery) ([]Inbound, error) {
	var rows []inboundRow
	if err := q.Limit(listed).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("listing texts: %w", err)
	}
	out := make([]Inbound, 0, len(rows))
	for i := range rows {
		r := &rows[i]
		words, err := e.maskedWordsOf(ctx, r)
		if err != nil {
			return nil, err
		}
		phone, err := e.phoneOf(r)
		if err != nil {
			return nil, err
		}
		out = append(out, Inbound{ID: r.ID, SurveyID: r.SurveyID, Phone: tickets.MaskPhone(phone), Words: words, At: r.At.UTC(), State: r.State,
			Kind: surveys.Kind(r.Kind), Rule: surveys.Rule(r.Rule), SettledBy: r.SettledBy, Note: r.Note})
	}
	return out, nil
}

// SettleText takes a text off the list, with what was done about it.
func (e *Engine) SettleText(ctx context.Context, by staff.Member, id int64, what string) error {
	if !by.May(staff.WorkCallbacks, staff.Subject{}) {
		return ErrNotAllowed
	}
	res, err := e.db.NewUpdate().Model((*inboundRow)(nil)).Set("state = ?, settled_by = ?, settled_at = ?, note = ?", Settled, by.Name, e.now(), cut(what, 500)).
		Where("id = ? AND state IN (?)", id, bun.List([]InboundState{Orphan, ForEyes})).Exec(ctx)
	if err != nil {
		return fmt.Errorf("settling a text: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errOr(err, ErrNotFound)
	}
	return nil
}

// Breaker is how a carrier is.
type Breaker struct {
	Carrier  string
	State    BreakerState
	Failures int
	OpenedAt time.Time
	ProbeAt  time.Time // when it is tried again
	Trouble  Kind
	Code     string
}

// Breakers lists the carriers that are in use.
func (e *Engine) Breakers(ctx context.Context) ([]Breaker, error) {
	var rows []carrierRow
	if err := e.db.NewSelect().Model(&rows).Order("name").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading breakers: %w", err)
	}
	var out []Breaker
	for _, line := range e.carriers() {
		b := Breaker{Carrier: line.Name, State: BreakerClosed}
		for _, r := range rows {
			if r.Name == line.Name {
				b = Breaker{Carrier: r.Name, State: r.State, Failures: r.Failures, OpenedAt: utc(r.OpenedAt), ProbeAt: utc(r.ProbeAt), Trouble: r.Trouble, Code: r.Code}
			}
		}
		out = append(out, b)
	}
	return out, nil
}

// Reconciliations lists the days compared with carriers' lists, the newest
// first, and what they do not agree on.
func (e *Engine) Reconciliations(ctx context.Context, by staff.Member) ([]Reconciliation, []Difference, error) {
	if !by.May(staff.ReadCallbacks, staff.Subject{}) {
		return nil, nil, ErrNotAllowed
	}
	var days []Reconciliation
	if err := e.db.NewSelect().Model(&days).Order("day DESC").Limit(listed).Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("listing reconciliations: %w", err)
	}
	var differences []Difference
	if err := e.db.NewSelect().Model(&differences).Order("day DESC").Limit(listed).Scan(ctx); err != nil {
		return nil, nil, fmt.Errorf("listing differences: %w", err)
	}
	return days, differences, nil
}

// saidWords names what an answer says.
func saidWords(w *answerRow) string {
	out := ""
	if l := surveys.Level(w.Rating); l.Known() {
		out = l.In(surveys.Chinese)
	}
	switch w.Solved {
	case tickets.SolvedYes:
		out += "、已解决"
	case tickets.SolvedNo:
		out += "、未解决"
	case tickets.SolvedUnknown:
	}
	return out
}
