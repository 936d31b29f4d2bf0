package api

import (
	"errors"
	"net/http"
	"time"

	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/tickets/worktime"
	"nengban/web/page"
)

// lookForm is what a citizen looks a ticket up with.
type lookForm struct {
	Number string `json:"number" field:"text,need,max=40"`
	Code   string `json:"code" field:"text,need,max=40"`
}

// Progress is what a citizen is told of his ticket, in the language asked for.
type Progress struct {
	Number     string         `json:"number"`
	Status     tickets.Status `json:"status"`
	ReceivedAt time.Time      `json:"received_at"`
	Says       string         `json:"says" doc:"Where it stands, in plain words"`
	Next       string         `json:"next" doc:"What happens next"`
	Step       int            `json:"step" doc:"Of steps, from 1; 0 when it ended another way"`
	Steps      []string       `json:"steps"`
	Lead       string         `json:"lead,omitempty" doc:"The department's name"`
	Due        time.Time      `json:"due,omitzero"`
	Paused     bool           `json:"paused"`
	Late       bool           `json:"late"`
	Working    []string       `json:"working" doc:"How the date was reckoned"`
	Asked      string         `json:"asked,omitempty" doc:"What is asked of the citizen"`
	Replies    []Told         `json:"replies" doc:"The newest first"`
	Story      []Told         `json:"story" doc:"The newest first"`
}

// Told is a line of it.
type Told struct {
	At   time.Time `json:"at"`
	Says string    `json:"says"`
	Text string    `json:"text,omitempty"`
}

func (a *API) look(w http.ResponseWriter, r *http.Request) error {
	o, err := body(r)
	if err != nil {
		return err
	}
	var f lookForm
	if err := o.into(&f); err != nil {
		return err
	}
	t, _, err := a.Looks.Look(r.Context(), f.Number, f.Code, a.Address(r))
	if err != nil {
		return err
	}
	b := a.Base(r)
	p, err := page.Told(r.Context(), a.Desk, b, t)
	if err != nil {
		return err
	}
	told := func(s page.Said) Told { return Told{s.At.UTC(), s.Says, s.Text} }
	return give(w, http.StatusOK, Progress{Number: t.Number, Status: t.Status, ReceivedAt: t.ReceivedAt.UTC(), Says: p.Says, Next: p.Next, Step: p.Step,
		Steps: each(page.Steps, func(s string) string { return b.T("public.step." + s) }), Lead: p.Lead, Due: utc(p.Due), Paused: p.Paused, Late: p.Late,
		Working: list(p.Working), Asked: p.Asked, Replies: each(p.Replies, told), Story: each(p.Story, told)})
}

// dueForm asks when something is due.
type dueForm struct {
	Limit    string     `json:"limit" field:"text,need,max=100"`
	Start    *time.Time `json:"start" field:"time,need"`
	Calendar string     `json:"calendar,omitempty" field:"text,max=40"`
}

// Due is a deadline with its working.
type Due struct {
	Start       time.Time `json:"start"`
	Limit       string    `json:"limit"`
	Calendar    string    `json:"calendar"`
	Due         time.Time `json:"due"`
	Provisional bool      `json:"provisional" doc:"A coming year's holidays may still move it"`
	Steps       Steps     `json:"steps"`
}

// due reckons a deadline; nothing is looked at but the calendar.
func (a *API) due(w http.ResponseWriter, r *http.Request) error {
	o, err := body(r)
	if err != nil {
		return err
	}
	f := dueForm{Calendar: worktime.Department}
	if err := o.into(&f); err != nil {
		return err
	}
	limit, err := sla.ParseLimit(f.Limit)
	if err != nil {
		return tickets.FieldErrors{{Field: "limit", Code: "not_a_limit"}}
	}
	calendar, ok := a.Desk.Limits().Calendars()[f.Calendar]
	if !ok {
		return tickets.FieldErrors{{Field: "calendar", Code: "not_an_option"}}
	}
	got, err := sla.Due(calendar, *f.Start, limit)
	var outside *worktime.RangeError
	switch {
	case errors.As(err, &outside):
		return tickets.FieldErrors{{Field: "start", Code: "outside_calendar"}}
	case errors.Is(err, sla.ErrLimit):
		return tickets.FieldErrors{{Field: "limit", Code: "not_a_limit"}}
	case err != nil:
		return err
	}
	return give(w, http.StatusOK, Due{got.Start.UTC(), got.Limit.String(), f.Calendar, got.Due.UTC(), got.Provisional(), steps(got)})
}
