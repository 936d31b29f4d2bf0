package callbacks

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"nengban/callbacks/surveys"
	"nengban/tickets"
	"nengban/tickets/staff"
)

// CallCode is how a person's call ended.
type CallCode string

// The codes of the callback worklist.
const (
	CallAnswered    CallCode = "answered"
	CallBusy        CallCode = "busy"
	CallNoAnswer    CallCode = "no_answer"
	CallWrongNumber CallCode = "wrong_number"
	CallRefuses     CallCode = "refuses"
	CallAppointment CallCode = "appointment" // he asked to be called at another time
)

// Options lists the codes in the order of their keys on the page.
func (CallCode) Options() []string {
	return []string{string(CallAnswered), string(CallBusy), string(CallNoAnswer), string(CallWrongNumber), string(CallRefuses), string(CallAppointment)}
}

// PhoneCall is one call on the worklist with everything its screen shows.
type PhoneCall struct {
	Survey    *Survey
	Ticket    *tickets.Ticket
	Caller    tickets.Caller // masked
	Dial      string         // the number to call, in E.164; that it was shown is in the read log
	Script    []surveys.ScriptLine
	Tries     []Attempt // what was tried before, by every way
	Said      []string  // what he wrote that nobody could read
	HeldUntil time.Time
}

// CallResult is what came of a call.
type CallResult struct {
	Code    CallCode       `json:"code"`
	Rating  int            `json:"rating,omitempty"`
	Solved  tickets.Solved `json:"solved,omitempty"`
	Comment string         `json:"comment,omitempty"`
	At      *time.Time     `json:"at,omitempty"` // of an appointment
}

// NextCall takes the next call from the list for a member, and holds it for
// him while he dials; a call that he holds already comes again. Urgent matters
// and appointments go first. A member of a department never gets a matter that
// his department, or one above or below it, had a part in. It returns
// ErrNotFound when there is nothing to call, ErrNotAllowed, or an
// *AfterHoursError.
func (e *Engine) NextCall(ctx context.Context, by staff.Member) (*PhoneCall, error) {
	if !by.May(staff.WorkCallbacks, staff.Subject{}) {
		return nil, ErrNotAllowed
	}
	for {
		s, err := e.holdNext(ctx, by)
		if err != nil {
			return nil, err
		}
		c, err := e.phoneCall(ctx, by, s)
		if errors.Is(err, errGone) {
			if err := e.cancelSurvey(ctx, s); err != nil {
				return nil, err
			}
			continue
		}
		return c, err
	}
}

// Call returns a call that the member holds, for when he comes back to the page.
func (e *Engine) Call(ctx context.Context, by staff.Member, surveyID int64) (*PhoneCall, error) {
	s, err := e.held(ctx, by, surveyID)
	if err != nil {
		return nil, err
	}
	return e.phoneCall(ctx, by, s)
}

// GiveBack puts a call back on the list, untried.
func (e *Engine) GiveBack(ctx context.Context, by staff.Member, surveyID int64) error {
	s, err := e.held(ctx, by, surveyID)
	if err != nil {
		return err
	}
	s.HeldBy, s.HeldUntil = 0, e.now()
	_, err = e.change(ctx, e.db, s, "held_by", "held_until")
	return err
}

// Finish writes down what came of a call that the member holds, and does what
// follows: an answer goes onto the ticket in his name, a line that was busy or
// silent is tried again on another half-day, up to the number of tries in the
// Policy. It refuses with ErrNotHeld, ErrNotFound or tickets.FieldErrors.
func (e *Engine) Finish(ctx context.Context, by staff.Member, surveyID int64, r CallResult) error {
	s, err := e.held(ctx, by, surveyID)
	if err != nil {
		return err
	}
	if es := e.checkResult(r); len(es) > 0 {
		return es
	}
	if err := e.writeCall(ctx, by, s, r); err != nil {
		return err
	}
	switch r.Code {
	case CallAnswered:
		return e.answeredTo(ctx, by, s, r)
	case CallWrongNumber:
		return e.giveUp(ctx, by, s, tickets.NoNumber)
	case CallRefuses:
		return e.giveUp(ctx, by, s, tickets.RefusesToSay)
	case CallAppointment:
		s.CallAt, s.Appointed, s.Note = r.At.UTC(), true, cut(r.Comment, 500)
		return e.letCallGo(ctx, s)
	default:
		return e.callLater(ctx, by, s, r)
	}
}

var errGone = errors.New("the ticket went another way")

// holdNext claims by lease; two members never get the same call.
func (e *Engine) holdNext(ctx context.Context, by staff.Member) (*surveyRow, error) {
	now := e.now()
	q := e.db.NewSelect().Model((*surveyRow)(nil)).Column("id").Where("state = ? AND call_at <= ?", WithPerson, now).
		Where("held_until <= ? OR held_by = ?", now, by.ID).
		OrderExpr("CASE WHEN held_by = ? AND held_until > ? THEN 0 ELSE 1 END, CASE WHEN urgent THEN 0 ELSE 1 END, CASE WHEN appointed THEN 0 ELSE 1 END, call_at, id", by.ID, now).Limit(1)
	open, err := e.hours.Load().windows(ByPerson).Open(now)
	if err != nil {
		return nil, fmt.Errorf("looking at the hours: %w", err)
	}
	if !open {
		q = q.Where("appointed") // he asked for that hour himself
	}
	if near := e.nearDepartments(by); len(near) > 0 {
		q = q.Where("s.ticket_id NOT IN (?)", e.db.NewSelect().TableExpr("assignments").Column("ticket_id").Where("department IN (?)", bun.List(near)))
	}
	s := new(surveyRow)
	err = e.db.NewUpdate().Model(s).Set("held_by = ?, held_until = ?, version = version + 1", by.ID, now.Add(e.policy.PeopleLease)).
		Where("s.id IN (?)", e.skipLocked(q)).Returning("*").Scan(ctx)
	switch {
	case errors.Is(err, sql.ErrNoRows) && !open:
		next, err := e.hours.Load().next(ByPerson, now)
		if err != nil {
			return nil, err
		}
		return nil, &AfterHoursError{Next: next}
	case errors.Is(err, sql.ErrNoRows):
		return nil, ErrNotFound
	case err != nil:
		return nil, fmt.Errorf("taking a call from the list: %w", err)
	}
	return s, nil
}

// nearDepartments are the member's department, those above it and those below.
func (e *Engine) nearDepartments(by staff.Member) []string {
	if by.Department == "" {
		return nil
	}
	dir := e.desk.Directory()
	return slices.Concat(dir.Above(by.Department), dir.Below(by.Department))
}

// held returns a call that belongs to the member now.
func (e *Engine) held(ctx context.Context, by staff.Member, id int64) (*surveyRow, error) {
	if !by.May(staff.WorkCallbacks, staff.Subject{}) {
		return nil, ErrNotAllowed
	}
	s, err := e.survey(ctx, e.db, id)
	if err != nil {
		return nil, err
	}
	if s.State == HasAnswer {
		return nil, ErrAnswered
	}
	if s.State != WithPerson || s.HeldBy != by.ID || !s.HeldUntil.After(e.now()) {
		return nil, ErrNotHeld
	}
	return s, nil
}

func (e *Engine) phoneCall(ctx context.Context, by staff.Member, s *surveyRow) (*PhoneCall, error) {
	t, err := e.desk.Ticket(ctx, by, s.Number)
	if err != nil {
		return nil, err
	}
	if t.Round != s.Round || t.Status != tickets.ToCallBack && t.Status != tickets.Completed || t.Rating != 0 {
		return nil, errGone
	}
	clear, err := e.desk.Unmask(ctx, by, s.Number, "回访")
	if err != nil {
		return nil, err
	}
	out := &PhoneCall{Survey: s.survey(), Ticket: t, Caller: clear.Caller.Masked(), Dial: tickets.Phone(clear.Caller.Phone), HeldUntil: s.HeldUntil.UTC()}
	args := map[string]string{surveys.ParamSender: e.policy.DeskName, surveys.ParamMatter: e.matterOf(t, clear.Caller.Lang), surveys.ParamTail: t.Tail()}
	if out.Script, err = surveys.CallerScript(langOf(clear.Caller.Lang), args); err != nil {
		return nil, fmt.Errorf("preparing a call: %w", err)
	}
	rows, err := e.attemptsOf(ctx, e.db, s.ID)
	if err != nil {
		return nil, err
	}
	for i := range rows {
		out.Tries = append(out.Tries, rows[i].attempt())
	}
	out.Said, err = e.unreadable(ctx, s.ID)
	return out, err
}

// unreadable are the texts to this survey that a person has to make sense of.
func (e *Engine) unreadable(ctx context.Context, surveyID int64) ([]string, error) {
	var rows []inboundRow
	if err := e.db.NewSelect().Model(&rows).Where("survey_id = ? AND kind = ?", surveyID, surveys.KindAsk).Order("id").Limit(20).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading what he wrote: %w", err)
	}
	var out []string
	for i := range rows {
		words, err := e.maskedWordsOf(ctx, &rows[i])
		if err != nil {
			return nil, err
		}
		out = append(out, words)
	}
	return out, nil
}

func (e *Engine) checkResult(r CallResult) tickets.FieldErrors {
	var es tickets.FieldErrors
	add := func(field, code string) { es = append(es, tickets.FieldError{Field: field, Code: code}) }
	if !slices.Contains(r.Code.Options(), string(r.Code)) {
		add("code", "not_offered")
	}
	if r.Code == CallAnswered {
		es = append(es, Reply{Rating: r.Rating, Solved: r.Solved, Comment: r.Comment}.check()...)
	}
	if r.Code == CallAppointment && (r.At == nil || !r.At.After(e.now())) {
		add("at", "in_the_past")
	}
	return es
}

// writeCall puts the call into the ledger of attempts, where every try is counted.
func (e *Engine) writeCall(ctx context.Context, by staff.Member, s *surveyRow, r CallResult) error {
	now := e.now()
	delivery := map[CallCode]Delivery{CallBusy: Busy, CallNoAnswer: NoAnswer}[r.Code]
	if delivery == "" {
		delivery = HungUp
	}
	row := attemptRow{Ref: newRef(), Occasion: fmt.Sprintf("caller:%d:%d:%d", s.ID, s.Campaign, s.Version), TicketID: s.TicketID, SurveyID: s.ID, Campaign: s.Campaign,
		Purpose: ByCaller, Way: ByPerson, Params: "{}", PhoneIndex: s.PhoneIndex, Priority: inTurn, State: Over, NotBefore: now, NotAfter: now, DueAt: now, ClaimedUntil: now,
		Delivery: delivery, Rank: delivery.Rank(), Code: string(r.Code), CreatedAt: now, OutAt: now, OverAt: now, ByName: by.Name, Rating: r.Rating, Solved: r.Solved}
	if _, err := e.db.NewInsert().Model(&row).On("CONFLICT (occasion) DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
		return fmt.Errorf("writing a call into the ledger: %w", err)
	}
	return nil
}

// answeredTo keeps the answer and writes it on the ticket in the member's name.
func (e *Engine) answeredTo(ctx context.Context, by staff.Member, s *surveyRow, r CallResult) error {
	kept, err := e.keepNow(ctx, s.ID, said{way: ByPerson, source: fmt.Sprintf("person:%d:%d:%d", s.ID, s.Campaign, s.Version), rating: r.Rating, solved: r.Solved,
		comment: r.Comment, rule: "caller", at: e.now(), by: &by})
	if err != nil {
		return err
	}
	return e.record(ctx, kept, inNameOf(by, staff.RecordRating, staff.TheCitizen))
}

// inNameOf is the member, or who acts for him where writing on tickets is not
// his to do: a supervisor who makes a call himself.
func inNameOf(by staff.Member, right staff.Right, otherwise staff.Member) staff.Member {
	if by.May(right, staff.Subject{}) {
		return by
	}
	return otherwise
}

func (e *Engine) giveUp(ctx context.Context, by staff.Member, s *surveyRow, code tickets.UnratedCode) error {
	s.Calls++
	now := e.now()
	s.State, s.Reason, s.ClosedAt, s.NextAt, s.RecordAt, s.HeldUntil = Closed, string(code), now, never, now.Add(time.Minute), now
	err := e.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		ok, err := e.change(ctx, tx, s, "state", "reason", "closed_at", "next_at", "record_at", "held_until", "calls")
		if err != nil || !ok {
			return errOr(err, ErrNotHeld)
		}
		return e.withdraw(ctx, tx, string(code), "survey_id = ?", s.ID)
	})
	if err != nil {
		return err
	}
	return e.record(ctx, s, inNameOf(by, staff.CloseUnrated, staff.TheSystem))
}

// callLater plans the next try, or gives up after the last.
func (e *Engine) callLater(ctx context.Context, by staff.Member, s *surveyRow, r CallResult) error {
	if s.Calls+1 >= e.policy.PeopleTries {
		return e.giveUp(ctx, by, s, tickets.Unreachable)
	}
	h, now := e.hours.Load(), e.now()
	at, err := h.otherHalf(ByPerson, now)
	if r.Code == CallBusy {
		at, err = h.next(ByPerson, now.Add(e.policy.BusyWait))
	}
	if err != nil {
		return err
	}
	s.Calls, s.CallAt, s.Appointed = s.Calls+1, at, false
	return e.letCallGo(ctx, s)
}

func (e *Engine) letCallGo(ctx context.Context, s *surveyRow) error {
	s.HeldBy, s.HeldUntil = 0, e.now()
	ok, err := e.change(ctx, e.db, s, "held_by", "held_until", "calls", "call_at", "appointed", "note")
	if err != nil || !ok {
		return errOr(err, ErrNotHeld)
	}
	return nil
}

// CallerVisible says whether a member may see the caller of a ticket now, as
// far as callbacks are concerned: while its survey is open, members of
// departments do not, so that nobody calls his own complainant about what he
// is going to say.
func (e *Engine) CallerVisible(ctx context.Context, by staff.Member, ticketID int64) (bool, error) {
	if by.Department == "" {
		return true, nil
	}
	n, err := e.db.NewSelect().Model((*surveyRow)(nil)).Where("ticket_id = ?", ticketID).
		Where("state IN ('planned', 'asking', 'with_person') OR state = 'answered' AND recorded_at IS NULL").Count(ctx)
	if err != nil {
		return false, fmt.Errorf("looking for an open survey: %w", err)
	}
	return n == 0, nil
}
