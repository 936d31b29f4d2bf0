package callbacks

import (
	"context"
	"fmt"
	"slices"
	"time"

	"nengban/callbacks/surveys"
	"nengban/tickets"
)

// Form is a survey as its page shows it. It tells nothing about who asked: the
// link may be in other hands.
type Form struct {
	Code   string
	Tag    string // 尾号
	Matter string // the category's name
	Lang   string
	Open   bool // an answer is taken
	// Answered says that there is one, which can still be changed until Until.
	Answered bool
	Until    time.Time
	Rating   int
	Solved   tickets.Solved
}

// Reply is what the page sends.
type Reply struct {
	Rating  int            `json:"rating,omitempty"`
	Solved  tickets.Solved `json:"solved,omitempty"`
	Reasons []string       `json:"reasons,omitempty"` // codes of surveys.Reasons
	Comment string         `json:"comment,omitempty"`
	// Key makes a repeated sending the same answer; the page puts a random one
	// into its form.
	Key string `json:"key,omitempty"`
}

// Form returns the survey that a code opens, or ErrNotFound. Showing it changes
// nothing: programs that look at links before people do answer nothing.
func (e *Engine) Form(ctx context.Context, code string) (Form, error) {
	s, err := e.byCode(ctx, code)
	if err != nil {
		return Form{}, err
	}
	t, err := e.desk.ByID(ctx, s.TicketID)
	if err != nil {
		return Form{}, err
	}
	tag := s.Tag
	if tag == "" {
		tag = t.Tail()
	}
	return Form{Code: code, Tag: tag, Matter: e.matterOf(t, s.Lang), Lang: s.Lang, Open: e.takes(s), Answered: s.State == HasAnswer, Until: utc(s.RecordAt),
		Rating: s.Rating, Solved: s.Solved}, nil
}

// CodeFor returns the code of the survey that a ticket's citizen may answer
// now, "" when there is none: his progress page links to it.
func (e *Engine) CodeFor(ctx context.Context, ticketID int64, round int) (string, error) {
	s, err := e.surveyOf(ctx, ticketID, round)
	if err != nil || !e.takes(s) {
		return "", ignoreNotFound(err)
	}
	return e.code(ticketID, round), nil
}

// Answer takes an answer by the survey's page. It refuses with ErrNotFound,
// ErrAnswered, ErrTooLate or tickets.FieldErrors.
func (e *Engine) Answer(ctx context.Context, code string, r Reply) (Form, error) {
	s, err := e.byCode(ctx, code)
	if err != nil {
		return Form{}, err
	}
	if es := r.check(); len(es) > 0 {
		return Form{}, es
	}
	if !e.takes(s) {
		if s.State == HasAnswer {
			return Form{}, ErrAnswered
		}
		return Form{}, ErrTooLate
	}
	key := r.Key
	if key == "" {
		key = fmt.Sprintf("%d.%s.%d", r.Rating, r.Solved, e.now().UnixMicro())
	}
	a := said{way: ByWeb, source: fmt.Sprintf("web:%d:%s", s.ID, cut(key, 60)), rating: r.Rating, solved: r.Solved, comment: r.words(s.Lang), rule: "form", at: e.now()}
	if _, err := e.keepNow(ctx, s.ID, a); err != nil {
		return Form{}, err
	}
	return e.Form(ctx, code)
}

func (e *Engine) byCode(ctx context.Context, code string) (*surveyRow, error) {
	return one(ctx, e.db.NewSelect().Model((*surveyRow)(nil)).Where("s.code_index = ?", e.codeIndex(code)))
}

// takes says whether an answer is taken now: before one is written on the
// ticket, and for as long after the end as answers count.
func (e *Engine) takes(s *surveyRow) bool {
	switch s.State {
	case HasAnswer:
		return s.RecordedAt.IsZero() && e.now().Before(s.RecordAt)
	case Closed:
		return s.Reason != cancelled && e.now().Before(s.ClosedAt.Add(tickets.LateAnswer))
	default:
		return true
	}
}

func (r Reply) check() tickets.FieldErrors {
	var es tickets.FieldErrors
	add := func(field, code string) { es = append(es, tickets.FieldError{Field: field, Code: code}) }
	if r.Rating < 0 || r.Rating > 5 {
		add("rating", "not_offered")
	}
	if r.Solved != tickets.SolvedUnknown && !slices.Contains(r.Solved.Options(), string(r.Solved)) {
		add("solved", "not_offered")
	}
	if r.Rating == 0 && r.Solved == tickets.SolvedUnknown {
		add("rating", "missing")
	}
	if len([]rune(r.Comment)) > longestText {
		add("comment", "too_long")
	}
	for _, reason := range r.Reasons {
		if !slices.Contains(surveys.Reasons(), surveys.Reason(reason)) {
			add("reasons", "not_offered")
		}
	}
	return es
}

// words are the reasons by name, and the comment.
func (r Reply) words(lang string) string {
	out := ""
	for _, reason := range r.Reasons {
		out += surveys.Reason(reason).In(langOf(lang)) + "；"
	}
	return out + r.Comment
}
