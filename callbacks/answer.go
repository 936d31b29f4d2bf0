package callbacks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets"
	"nengban/tickets/staff"
)

// said is an answer as it came, by whichever way.
type said struct {
	way     Way
	source  string // the same source twice is one answer
	rating  int
	solved  tickets.Solved
	comment string
	rule    string
	at      time.Time
	by      *staff.Member // who wrote it down, of a person's call
}

// AnswerState is what became of an answer.
type AnswerState string

// The states. An answer that came after another was written on the ticket is
// for a person to decide; nothing that a citizen said is thrown away.
const (
	Kept     AnswerState = "kept"
	Replaced AnswerState = "replaced"  // by a later one, before it was written on the ticket
	Repeated AnswerState = "repeated"  // says what was known
	ToNote   AnswerState = "to_note"   // adds words; they go onto the ticket as a note
	ToDecide AnswerState = "to_decide" // differs from what stands on the ticket
	Decided  AnswerState = "decided"
)

type answerRow struct {
	bun.BaseModel `bun:"table:survey_answers,alias:w"`

	ID       int64 `bun:"id,pk,autoincrement"`
	SurveyID int64
	Source   string
	Way      Way
	Rating   int
	Solved   tickets.Solved
	Comment  []byte
	Rule     string
	State    AnswerState
	At       time.Time
}

func errOr(err, otherwise error) error {
	if err != nil {
		return err
	}
	return otherwise
}

// keep takes an answer. The first one ends the asking at once: whatever is
// still queued by any way is withdrawn. Until it is written on the ticket a
// later one takes its place; after that a later one that differs is for a
// person to decide. It says whether the survey now holds this answer.
func (e *Engine) keep(ctx context.Context, tx bun.IDB, s *surveyRow, a said) (bool, error) {
	if s.beingRecorded(e.now()) {
		return false, ErrChanged
	}
	row := answerRow{SurveyID: s.ID, Source: a.source, Way: a.way, Rating: a.rating, Solved: a.solved, Rule: a.rule, State: stateFor(s, a), At: a.at.UTC()}
	var err error
	if row.Comment, err = e.sealComment(s, a.comment); err != nil {
		return false, err
	}
	res, err := tx.NewInsert().Model(&row).On("CONFLICT (source) DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("keeping an answer: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 || row.State != Kept {
		return false, err
	}
	if s.State == HasAnswer {
		_, err := tx.NewUpdate().Model((*answerRow)(nil)).Set("state = ?", Replaced).Where("survey_id = ? AND state = ? AND source <> ?", s.ID, Kept, a.source).Exec(ctx)
		if err != nil {
			return false, fmt.Errorf("replacing an answer: %w", err)
		}
	}
	if err := e.take(s, a); err != nil {
		return false, err
	}
	ok, err := e.change(ctx, tx, s, "state", "reason", "rating", "solved", "way", "comment", "answered_at", "record_at", "recorded_at", "trouble", "next_at", "closed_at", "held_until")
	if err != nil || !ok {
		return false, errOr(err, ErrChanged)
	}
	return true, e.withdraw(ctx, tx, "answered", "survey_id = ?", s.ID)
}

// keepNow is keep in a transaction of its own, tried again when somebody else
// wrote at the same moment. It returns the survey as it stands afterwards.
func (e *Engine) keepNow(ctx context.Context, id int64, a said) (*surveyRow, error) {
	var s *surveyRow
	var err error
	for range 5 {
		err = e.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			var err error
			if s, err = e.survey(ctx, tx, id); err != nil {
				return err
			}
			_, err = e.keep(ctx, tx, s, a)
			return err
		})
		if !errors.Is(err, ErrChanged) {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	e.wake()
	return s, nil
}

// beingRecorded says that an instance is writing the answer on the ticket at
// this moment; whoever comes now waits for what it finds.
func (s *surveyRow) beingRecorded(now time.Time) bool {
	return s.State == HasAnswer && s.RecordedAt.IsZero() && !s.RecordAt.After(now) && s.ClaimedUntil.After(now)
}

// stateFor sorts an answer by what stands already.
func stateFor(s *surveyRow, a said) AnswerState {
	if s.State == Closed && s.Reason == cancelled {
		return ToNote
	}
	if s.State != HasAnswer || s.RecordedAt.IsZero() {
		return Kept
	}
	differs := a.rating != 0 && a.rating != s.Rating || a.solved != tickets.SolvedUnknown && a.solved != s.Solved
	switch {
	case differs:
		return ToDecide
	case a.comment != "":
		return ToNote
	default:
		return Repeated
	}
}

// take puts the answer into the survey. What a later answer leaves open stays
// as the earlier one had it.
func (e *Engine) take(s *surveyRow, a said) error {
	now := e.now()
	fresh := s.State != HasAnswer
	if fresh {
		s.Rating, s.Solved, s.Comment = 0, tickets.SolvedUnknown, nil
	}
	if a.rating != 0 {
		s.Rating = a.rating
	}
	if a.solved != tickets.SolvedUnknown {
		s.Solved = a.solved
	}
	if a.comment != "" {
		earlier, err := e.openComment(s)
		if err != nil {
			return err
		}
		if earlier != "" && earlier != a.comment {
			a.comment = earlier + "\n" + a.comment
		}
		if s.Comment, err = e.sealComment(s, a.comment); err != nil {
			return err
		}
	}
	grace := e.policy.Grace
	if a.by != nil {
		grace = time.Minute // he writes it on the ticket himself, at once; this is for when he is cut off
	}
	s.State, s.Reason, s.Way, s.AnsweredAt, s.NextAt = HasAnswer, "", a.way, a.at.UTC(), never
	s.RecordAt, s.RecordedAt, s.ClosedAt, s.Trouble, s.HeldUntil = now.Add(grace), time.Time{}, time.Time{}, "", now
	return nil
}

func (e *Engine) sealComment(s *surveyRow, text string) ([]byte, error) {
	if text == "" {
		return nil, nil
	}
	return e.vault.Seal([]byte(text), commentPlace(s))
}

func (e *Engine) openComment(s *surveyRow) (string, error) {
	if len(s.Comment) == 0 {
		return "", nil
	}
	plain, err := e.vault.Open(s.Comment, commentPlace(s))
	return string(plain), err
}

func commentPlace(s *surveyRow) string {
	return fmt.Sprintf("surveys.comment:%d.%d", s.TicketID, s.Round)
}

// Record writes what surveys came to on their tickets, once their grace is
// over: an answer as the citizen's rating, an end without one as such. Each
// becomes exactly one act; after a crash the ticket's own timeline says
// whether it was done.
func (e *Engine) Record(ctx context.Context) (int, error) {
	done := 0
	var wrong []error
	for ctx.Err() == nil {
		now := e.now()
		due := e.skipLocked(e.db.NewSelect().Model((*surveyRow)(nil)).Column("id").
			Where("record_at IS NOT NULL AND recorded_at IS NULL AND record_at <= ? AND claimed_until <= ?", now, now).Order("record_at", "id").Limit(batch))
		var rows []surveyRow
		err := e.db.NewUpdate().Model(&rows).Set("claimed_until = ?, version = s.version + 1", now.Add(claimFor)).Where("s.id IN (?)", due).Returning("*").Scan(ctx)
		if err != nil {
			return done, unlessStopped(ctx, fmt.Errorf("claiming answers: %w", err))
		}
		if len(rows) == 0 {
			break
		}
		for i := range rows {
			if err := e.record(ctx, &rows[i], e.actor(&rows[i])); err != nil {
				wrong = append(wrong, fmt.Errorf("recording survey %d: %w", rows[i].ID, err))
				continue
			}
			done++
		}
	}
	n, err := e.noteAnswers(ctx)
	return done + n, unlessStopped(ctx, errors.Join(append(wrong, err)...))
}

// actor is who writes: the citizen his own answer, the desk what it closed.
func (e *Engine) actor(s *surveyRow) staff.Member {
	if s.State == HasAnswer {
		return staff.TheCitizen
	}
	return staff.TheSystem
}

// record does the one act and marks it done.
func (e *Engine) record(ctx context.Context, s *surveyRow, by staff.Member) error {
	m, err := e.actOf(ctx, s)
	if err != nil {
		return err
	}
	if err := e.step(stepBegun); err != nil {
		return err
	}
	_, err = e.desk.Act(ctx, by, tickets.Ref{Number: s.Number}, m)
	if err := e.step(stepActed); err != nil {
		return err
	}
	trouble := ""
	var refusal *tickets.Refusal
	switch {
	case err == nil:
	case errors.As(err, &refusal):
		// Either it was done before a crash, or the ticket went another way.
		if trouble, err = e.doneBefore(ctx, s, refusal); err != nil {
			return err
		}
	default:
		return err
	}
	s.RecordedAt, s.Trouble, s.ClaimedUntil = e.now(), trouble, e.now()
	_, err = e.change(context.WithoutCancel(ctx), e.db, s, "recorded_at", "trouble", "claimed_until")
	return err
}

func (e *Engine) actOf(ctx context.Context, s *surveyRow) (tickets.Move, error) {
	if s.State == Closed {
		return &tickets.CloseUnrated{Code: tickets.UnratedCode(s.Reason), Text: s.Note}, nil
	}
	comment, err := e.openComment(s)
	if err != nil {
		return nil, err
	}
	t, err := e.desk.ByID(ctx, s.TicketID)
	if err != nil {
		return nil, err
	}
	c, err := e.desk.CallerForContact(t)
	if err != nil {
		return nil, err
	}
	clean, _ := tickets.Redact(comment, c)
	return &tickets.RecordRating{Rating: s.Rating, Solved: s.Solved, Way: string(s.Way), Text: cut(clean, 2000), Survey: s.ref()}, nil
}

// doneBefore looks into the timeline: an entry that names this survey is the
// act itself. Otherwise the refusal's code is kept as why the answer does not
// stand on the ticket, and the list of such answers shows it.
func (e *Engine) doneBefore(ctx context.Context, s *surveyRow, r *tickets.Refusal) (string, error) {
	if s.State == Closed {
		return "", nil // an end without an answer is nothing that could get lost
	}
	entries, err := e.desk.Timeline(ctx, s.TicketID)
	if err != nil {
		return "", err
	}
	for _, en := range entries {
		if en.Round == s.Round && en.Act == staff.RecordRating && en.Survey == s.ref() {
			return "", e.overtaken(ctx, s, en)
		}
	}
	return r.Code, nil
}

// overtaken: the act was done, then the program died, and then the citizen
// changed his mind. What stands on the ticket stands; the change is for a
// person to decide.
func (e *Engine) overtaken(ctx context.Context, s *surveyRow, en tickets.Entry) error {
	if en.Rating == s.Rating && en.Solved == s.Solved {
		return nil
	}
	_, err := e.db.NewUpdate().Model((*answerRow)(nil)).Set("state = ?", ToDecide).Where("survey_id = ? AND state = ?", s.ID, Kept).Exec(ctx)
	if err != nil {
		return fmt.Errorf("leaving a correction to a person: %w", err)
	}
	return nil
}

// noteAnswers puts words that came after the rating onto the ticket.
func (e *Engine) noteAnswers(ctx context.Context) (int, error) {
	var rows []answerRow
	if err := e.db.NewSelect().Model(&rows).Where("state = ?", ToNote).Order("id").Limit(batch).Scan(ctx); err != nil {
		return 0, fmt.Errorf("reading what is to be noted: %w", err)
	}
	for i := range rows {
		if err := e.noteAnswer(ctx, &rows[i]); err != nil {
			return i, err
		}
	}
	return len(rows), nil
}

func (e *Engine) noteAnswer(ctx context.Context, w *answerRow) error {
	s, err := e.survey(ctx, e.db, w.SurveyID)
	if err != nil {
		return err
	}
	if len(w.Comment) > 0 {
		s.Comment = w.Comment
		if err := e.noteOn(ctx, s, "群众补充："); err != nil {
			return err
		}
	}
	_, err = e.db.NewUpdate().Model((*answerRow)(nil)).Set("state = ?", Repeated).Where("id = ? AND state = ?", w.ID, ToNote).Exec(ctx)
	if err != nil {
		return fmt.Errorf("marking an answer as noted: %w", err)
	}
	return nil
}

// noteOn adds a survey's comment to its ticket, without what points to a person.
func (e *Engine) noteOn(ctx context.Context, s *surveyRow, before string) error {
	comment, err := e.openComment(s)
	if err != nil {
		return err
	}
	t, err := e.desk.ByID(ctx, s.TicketID)
	if err != nil {
		return err
	}
	c, err := e.desk.CallerForContact(t)
	if err != nil {
		return err
	}
	clean, _ := tickets.Redact(comment, c)
	return e.noteOnce(ctx, t, before+cut(clean, 1900))
}

// noteOnce adds a note, unless the timeline holds the very same one.
func (e *Engine) noteOnce(ctx context.Context, t *tickets.Ticket, text string) error {
	entries, err := e.desk.Timeline(ctx, t.ID)
	if err != nil {
		return err
	}
	for _, en := range entries {
		if en.Act == staff.AddNote && en.Text == text {
			return nil
		}
	}
	_, err = e.desk.Act(ctx, staff.TheSystem, tickets.Ref{Number: t.Number}, &tickets.AddNote{Text: text})
	return err
}

// cut returns at most n characters of a text.
func cut(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}
