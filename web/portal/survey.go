package portal

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"nengban/callbacks"
	"nengban/callbacks/surveys"
	"nengban/tickets"
	"nengban/web/page"
)

// Surveys is the callback engine as these pages need it.
type Surveys interface {
	// Form returns the survey of a code, or callbacks.ErrNotFound. It changes nothing.
	Form(ctx context.Context, code string) (callbacks.Form, error)
	// Answer takes an answer. It refuses with callbacks.ErrNotFound, ErrAnswered,
	// ErrTooLate or tickets.FieldErrors.
	Answer(ctx context.Context, code string, r callbacks.Reply) (callbacks.Form, error)
	// CodeFor returns the code of the survey that awaits an answer about a round
	// of a ticket, or "".
	CodeFor(ctx context.Context, ticketID int64, round int) (string, error)
}

// surveyPage asks how it went, or thanks for the answer.
type surveyPage struct {
	page.Base
	Survey callbacks.Form
	Key    string // makes an answer that is sent twice one answer
	Thanks bool
	Change bool // the answer that is there may still be changed, and somebody wants to
	Reply  callbacks.Reply
	Wrong  tickets.FieldErrors
	Gone   string // "late" or "unknown"
}

// Levels are the five grades, best first.
func (surveyPage) Levels() []surveys.Level { return surveys.Levels() }

// Reasons are what one may not be content with, by code and name.
func (v surveyPage) Reasons() []reason {
	var out []reason
	for _, x := range surveys.Reasons() {
		out = append(out, reason{string(x), x.In(surveys.Lang(v.Lang))})
	}
	return out
}

type reason struct{ Code, Name string }

// Chosen says whether a reason was ticked.
func (v surveyPage) Chosen(code string) bool {
	for _, x := range v.Reply.Reasons {
		if x == code {
			return true
		}
	}
	return false
}

// Survey shows the survey that a code opens. It records nothing: programs look
// at links in messages before people do.
func (p *Portal) Survey(w http.ResponseWriter, r *http.Request) error {
	v := surveyPage{Base: p.Base(r), Key: newToken(), Change: r.URL.Query().Has("change")}
	form, err := p.Surveys.Form(r.Context(), r.PathValue("code"))
	if err != nil {
		return p.surveyGone(w, v, err)
	}
	v.Survey = form
	v.Thanks = form.Answered && (!v.Change || !form.Open)
	switch {
	case form.Answered || form.Open:
		v.Reply.Rating, v.Reply.Solved = form.Rating, form.Solved
		return p.show(w, http.StatusOK, "survey", v)
	default:
		return p.surveyGone(w, v, callbacks.ErrTooLate)
	}
}

// SurveyAnswer records what somebody sent.
func (p *Portal) SurveyAnswer(w http.ResponseWriter, r *http.Request) error {
	v := surveyPage{Base: p.Base(r), Key: tokenOf(r.PostForm.Get("key"))}
	rating, err := strconv.Atoi(r.PostForm.Get("rating"))
	if err != nil {
		rating = 0
	}
	v.Reply = callbacks.Reply{Rating: rating, Solved: tickets.Solved(r.PostForm.Get("solved")), Reasons: r.PostForm["reasons"], Comment: r.PostForm.Get("comment"), Key: v.Key}
	code := r.PathValue("code")
	err = v.check()
	if err == nil {
		_, err = p.Surveys.Answer(r.Context(), code, v.Reply)
	}
	if errors.As(err, &v.Wrong) {
		if v.Survey, err = p.Surveys.Form(r.Context(), code); err != nil {
			return p.surveyGone(w, v, err)
		}
		return p.show(w, http.StatusUnprocessableEntity, "survey", v)
	}
	if err != nil && !errors.Is(err, callbacks.ErrAnswered) {
		return p.surveyGone(w, v, err)
	}
	http.Redirect(w, r, "/s/"+url.PathEscape(code), http.StatusSeeOther)
	return nil
}

// check holds the answer against what a ticket takes, so that none is kept
// that could not be written there.
func (v surveyPage) check() error {
	es := tickets.Check(&tickets.RecordRating{Rating: v.Reply.Rating, Solved: v.Reply.Solved, Text: v.Reply.Comment})
	if len(es) == 0 {
		return nil
	}
	for i := range es {
		if es[i].Field == "text" {
			es[i].Field = "comment"
		}
	}
	return es
}

// surveyGone says in plain words why a survey cannot be answered.
func (p *Portal) surveyGone(w http.ResponseWriter, v surveyPage, err error) error {
	switch {
	case errors.Is(err, callbacks.ErrNotFound):
		v.Gone = "unknown"
		return p.show(w, http.StatusNotFound, "survey_gone", v)
	case errors.Is(err, callbacks.ErrTooLate):
		v.Gone = "late"
		return p.show(w, http.StatusGone, "survey_gone", v)
	default:
		return err
	}
}
