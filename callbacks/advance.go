package callbacks

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"nengban/callbacks/surveys"
	"nengban/tickets"
)

// batch is how many rows a job takes at once: few enough that memory stays
// flat, many enough that claiming costs little.
const batch = 100

// listed is how many lines a list holds at most.
const listed = 200

// claimFor is how long a claimed row belongs to one instance.
const claimFor = 2 * time.Minute

// never is when a survey is looked at that no clock moves.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// Advance takes every survey whose moment has come one step on: it queues the
// next text or call, puts it on the list for people, or closes it.
func (e *Engine) Advance(ctx context.Context) (int, error) {
	done := 0
	for ctx.Err() == nil {
		rows, err := e.claimSurveys(ctx)
		if err != nil || len(rows) == 0 {
			return done, unlessStopped(ctx, err)
		}
		if err := e.step(stepSurveys); err != nil {
			return done, err
		}
		n, err := e.advanceAll(ctx, rows)
		done += n
		if err != nil {
			return done, unlessStopped(ctx, err)
		}
	}
	return done, nil
}

func (e *Engine) claimSurveys(ctx context.Context) ([]surveyRow, error) {
	now := e.now()
	due := e.skipLocked(e.db.NewSelect().Model((*surveyRow)(nil)).Column("id").
		Where("state IN ('planned', 'asking') AND next_at <= ? AND claimed_until <= ?", now, now).Order("next_at", "id").Limit(batch))
	var rows []surveyRow
	err := e.db.NewUpdate().Model(&rows).Set("claimed_until = ?", now.Add(claimFor)).Where("s.id IN (?)", due).Returning("*").Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("claiming surveys: %w", err)
	}
	return rows, nil
}

// surroundings is what a batch of surveys needs to know beside itself.
type surroundings struct {
	tries   map[int64][]attemptRow
	refused map[string]bool
	asked   map[string]int // surveys that a phone has had this month
}

func (e *Engine) advanceAll(ctx context.Context, rows []surveyRow) (int, error) {
	around, err := e.surroundings(ctx, rows)
	if err != nil {
		return 0, err
	}
	done := 0
	var wrong []error
	for i := range rows {
		if ctx.Err() != nil {
			return done, ctx.Err()
		}
		if err := e.step(stepBegun); err != nil {
			return done, err
		}
		// One survey that fails keeps its claim for a while and holds up no other.
		if err := e.advance(ctx, &rows[i], around); err != nil {
			wrong = append(wrong, fmt.Errorf("survey %d: %w", rows[i].ID, err))
			continue
		}
		done++
	}
	return done, errors.Join(wrong...)
}

func (e *Engine) surroundings(ctx context.Context, rows []surveyRow) (*surroundings, error) {
	var ids []int64
	var phones []string
	for _, s := range rows {
		ids = append(ids, s.ID)
		if s.PhoneIndex != "" {
			phones = append(phones, s.PhoneIndex)
		}
	}
	out := &surroundings{tries: map[int64][]attemptRow{}, refused: map[string]bool{}, asked: map[string]int{}}
	tries, err := e.attemptsOf(ctx, e.db, ids...)
	if err != nil {
		return nil, err
	}
	for _, a := range tries {
		out.tries[a.SurveyID] = append(out.tries[a.SurveyID], a)
	}
	if len(phones) == 0 {
		return out, nil
	}
	if out.refused, err = e.refusedAmong(ctx, phones); err != nil {
		return nil, err
	}
	from, to := e.hours.Load().month(e.now())
	var counts []struct {
		PhoneIndex string
		N          int
	}
	err = e.db.NewSelect().Model((*surveyRow)(nil)).Column("phone_index").ColumnExpr("count(*) AS n").
		Where("phone_index IN (?) AND first_asked_at >= ? AND first_asked_at < ?", bun.List(phones), from, to).Group("phone_index").Scan(ctx, &counts)
	if err != nil {
		return nil, fmt.Errorf("counting this month's surveys: %w", err)
	}
	for _, c := range counts {
		out.asked[c.PhoneIndex] = c.N
	}
	return out, nil
}

// advance takes one step with one survey.
func (e *Engine) advance(ctx context.Context, s *surveyRow, around *surroundings) error {
	t, err := e.desk.ByID(ctx, s.TicketID)
	if err != nil {
		return err
	}
	if t.Round != s.Round || t.Rating != 0 || t.Solved != tickets.SolvedUnknown || t.Status != tickets.ToCallBack && t.Status != tickets.Completed {
		return e.cancelSurvey(ctx, s)
	}
	c, err := e.desk.CallerForContact(t)
	if err != nil {
		return err
	}
	h := e.hours.Load()
	phone := tickets.Phone(c.Phone)
	var tries []attemptRow
	for _, a := range around.tries[s.ID] {
		if a.Campaign == s.Campaign {
			tries = append(tries, a)
		}
	}
	if i := slices.IndexFunc(tries, pressedAndOver); i >= 0 {
		return e.endTalk(ctx, &tries[i], s) // the program died before it could keep the keys
	}
	n, err := e.policy.decide(scene{s: s, tries: tries, now: e.now(),
		textable: tickets.IsMobile(phone) && !c.NoTexts && !around.refused[s.PhoneIndex] && e.carries(BySMS),
		callable: phone != "" && e.carries(ByVoice),
		capped:   s.Cause != AtWish && around.asked[s.PhoneIndex] >= e.policy.MonthlyCap}, h)
	if err != nil {
		return err
	}
	s.Lang = c.Lang
	switch n.move {
	case toWait:
		return e.waitUntil(ctx, s, n.at)
	case toText, toRemind, toCall:
		if s.FirstAskedAt.IsZero() {
			around.asked[s.PhoneIndex]++
		}
		return e.ask(ctx, s, t, n, tries)
	case toPeople:
		return e.toPeople(ctx, s, "")
	default:
		return e.closeSurvey(ctx, s, string(n.code))
	}
}

// pressedAndOver says that keys were pressed in a call that has ended.
func pressedAndOver(a attemptRow) bool {
	return a.Way == ByVoice && a.State == Over && (a.Rating != 0 || a.Solved != tickets.SolvedUnknown)
}

// waitUntil looks again at the moment given, and never within the same minute:
// whatever is being waited for, it does not come by asking in a circle.
func (e *Engine) waitUntil(ctx context.Context, s *surveyRow, at time.Time) error {
	now := e.now()
	if soonest := now.Add(time.Minute); at.Before(soonest) {
		at = soonest
	}
	s.NextAt, s.ClaimedUntil, s.State = at, now, Asking
	_, err := e.change(ctx, e.db, s, "next_at", "claimed_until", "state")
	return err
}

// ask queues the next text or call in its hours.
func (e *Engine) ask(ctx context.Context, s *surveyRow, t *tickets.Ticket, n next, tries []attemptRow) error {
	now, way := e.now(), BySMS
	purpose, name, span := ToAsk, surveys.TemplateAsk, e.policy.TextSpan
	switch n.move {
	case toRemind:
		purpose, name = ToRemind, surveys.TemplateRemind
		if e.policy.LinkBase != "" {
			name = surveys.TemplateLink
		}
	case toCall:
		way, purpose, name, span = ByVoice, ToCall, callScript, e.policy.CallSpan
	default:
	}
	if n.at.Before(now) {
		n.at = now
	}
	at, err := e.hours.Load().next(way, n.at)
	if err != nil {
		return err
	}
	if s.Tag == "" {
		if s.Tag, err = e.freeTag(ctx, s.PhoneIndex, t.Tail()); err != nil {
			return err
		}
	}
	if s.FirstAskedAt.IsZero() {
		s.FirstAskedAt = at
	}
	s.State, s.NextAt, s.ClaimedUntil = Asking, at.Add(span), now
	priority := inTurn
	if s.Urgent {
		priority = urgentNext
	}
	occasion := fmt.Sprintf("survey:%d:%d:%s:%d", s.ID, s.Campaign, way, len(of(tries, way))+1)
	return e.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		ok, err := e.change(ctx, tx, s, "state", "next_at", "claimed_until", "first_asked_at", "tag", "lang")
		if err != nil || !ok {
			return err // somebody answered meanwhile
		}
		_, err = e.queue(ctx, tx, attemptRow{Occasion: occasion, TicketID: s.TicketID, SurveyID: s.ID, Campaign: s.Campaign, Purpose: purpose, Way: way,
			Template: name, Lang: s.Lang, PhoneIndex: s.PhoneIndex, Priority: priority, NotBefore: at, NotAfter: at.Add(span)})
		return err
	})
}

// freeTag returns what tells a survey from the others on its phone: the
// ticket's tail, or where another has the same one, a short code of its own.
func (e *Engine) freeTag(ctx context.Context, phoneIndex, tail string) (string, error) {
	var taken []string
	err := e.db.NewSelect().Model((*surveyRow)(nil)).Column("tag").Where("phone_index = ? AND tag <> ''", phoneIndex).Scan(ctx, &taken)
	if err != nil {
		return "", fmt.Errorf("reading the tags of a phone: %w", err)
	}
	tag := tail
	for n := 3; slices.Contains(taken, tag); n++ {
		tag = strconv.Itoa(shortCode(min(n, 8)))
	}
	return tag, nil
}

// shortCode returns a random number of n digits that begins with none of the
// emergency lines' digit.
func shortCode(n int) int {
	low := 2
	for range n - 1 {
		low *= 10
	}
	return low + rand.IntN(low*4) //nolint:gosec // it tells two surveys apart and guards nothing
}

// toPeople puts a survey on the worklist, with a note for who calls.
func (e *Engine) toPeople(ctx context.Context, s *surveyRow, why string) error {
	_, err := e.putOnList(ctx, e.db, s, why)
	return err
}

func (e *Engine) putOnList(ctx context.Context, db bun.IDB, s *surveyRow, why string) (bool, error) {
	at, err := e.hours.Load().next(ByPerson, e.now())
	if err != nil {
		return false, err
	}
	s.State, s.NextAt, s.CallAt, s.ClaimedUntil, s.HeldUntil = WithPerson, never, at, e.now(), e.now()
	if s.FirstAskedAt.IsZero() {
		s.FirstAskedAt = at
	}
	if why != "" {
		s.Note = why
	}
	return e.change(ctx, db, s, "state", "next_at", "call_at", "claimed_until", "held_until", "first_asked_at", "note")
}

// closeSurvey ends a survey without an answer; what the ticket's timeline says
// of it is written by Record, so that a crash in between loses nothing.
func (e *Engine) closeSurvey(ctx context.Context, s *surveyRow, reason string) error {
	now := e.now()
	s.State, s.Reason, s.ClosedAt, s.NextAt, s.ClaimedUntil = Closed, reason, now, never, now
	columns := []string{"state", "reason", "closed_at", "next_at", "claimed_until"}
	if reason != cancelled {
		s.RecordAt, columns = now, append(columns, "record_at")
	}
	return e.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		ok, err := e.change(ctx, tx, s, columns...)
		if err != nil || !ok {
			return err
		}
		return e.withdraw(ctx, tx, reason, "survey_id = ?", s.ID)
	})
}

// cancelSurvey ends a survey whose ticket went another way: nothing is written
// on the ticket.
func (e *Engine) cancelSurvey(ctx context.Context, s *surveyRow) error {
	return e.closeSurvey(ctx, s, cancelled)
}
