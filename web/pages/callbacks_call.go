package pages

import (
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"time"

	"nengban/callbacks"
	"nengban/tickets"
	"nengban/web/page"
)

// callPage is one call on one screen: whom, what to say, what came of it.
type callPage struct {
	callbackBase
	*callbacks.PhoneCall
	Answer string // what the citizen was told
	Result page.Form
}

// Telephone is the address that a desk phone or a mobile dials. The engine
// has made it of digits; anything else is no number and no link.
func (v callPage) Telephone() template.URL {
	if strings.Trim(v.Dial, "+0123456789") != "" {
		return ""
	}
	return template.URL("tel:" + v.Dial) //nolint:gosec // digits only
}

// Final are the outcomes that end the survey: each is asked for twice.
func (callPage) Final() []string {
	return []string{string(callbacks.CallWrongNumber), string(callbacks.CallRefuses)}
}

// callForm is what came of a call, as the form posts it.
type callForm struct {
	Code    callbacks.CallCode `json:"code" field:"select,need"`
	Solved  tickets.Solved     `json:"solved" field:"select"`
	Rating  int                `json:"rating" field:"number,min=1,max=5"`
	Comment string             `json:"comment" field:"area,max=1000"`
	At      *time.Time         `json:"at" field:"time"`
}

func callAddress(survey int64) string { return fmt.Sprintf("/callbacks/calls/%d", survey) }

// Call shows a call that the member holds. One that he holds no more, or that
// was answered by another way meanwhile, sends him back to the list.
func (p *Pages) Call(w http.ResponseWriter, r *http.Request) error {
	v, err := p.callPage(r)
	if flash := lostCall(err); flash != "" {
		return p.done(w, r, flash, "/callbacks")
	}
	if err != nil {
		return err
	}
	return p.show(w, "call", v)
}

func (p *Pages) callPage(r *http.Request) (callPage, error) {
	v := callPage{callbackBase: p.callbackBase(r, "worklist"), Result: page.Empty("call", &callForm{})}
	id, err := idOf(r)
	if err != nil {
		return v, err
	}
	if v.PhoneCall, err = p.Hooks.Callbacks.Call(r.Context(), v.Me, id); err != nil {
		return v, err
	}
	if a := v.Ticket.Answer; a != nil {
		v.Answer = a.Text
		if a.PublicText != "" {
			v.Answer = a.PublicText
		}
	}
	return v, nil
}

// lostCall says why somebody who had a call has it no more, "" when that is
// not what went wrong.
func lostCall(err error) string {
	switch {
	case errors.Is(err, callbacks.ErrAnswered):
		return "done.call_answered"
	case errors.Is(err, callbacks.ErrNotHeld), errors.Is(err, callbacks.ErrNotFound):
		return "done.call_lost"
	default:
		return ""
	}
}

// FinishCall writes down what came of a call and goes on to the next.
func (p *Pages) FinishCall(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	var f callForm
	form := page.Decode(r, "call", &f)
	form.Errors = append(form.Errors, tickets.Check(&f)...)
	if len(form.Errors) == 0 {
		err = p.Hooks.Callbacks.Finish(r.Context(), me(r), id, callbacks.CallResult{Code: f.Code, Rating: f.Rating, Solved: f.Solved, Comment: f.Comment, At: f.At})
	}
	if flash := lostCall(err); flash != "" {
		return p.toNextCall(w, r, flash)
	}
	if errors.As(err, &form.Errors); err != nil && len(form.Errors) == 0 {
		return err
	}
	if len(form.Errors) == 0 {
		return p.toNextCall(w, r, "done.called")
	}
	v, err := p.callPage(r)
	if flash := lostCall(err); flash != "" {
		return p.toNextCall(w, r, flash)
	}
	if err != nil {
		return err
	}
	v.Result = form
	return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/call", v)
}

// GiveCallBack puts a call back on the list, untried.
func (p *Pages) GiveCallBack(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	err = p.Hooks.Callbacks.GiveBack(r.Context(), me(r), id)
	if flash := lostCall(err); flash != "" {
		return p.done(w, r, flash, "/callbacks")
	}
	if err != nil {
		return err
	}
	return p.done(w, r, "done.call_back", "/callbacks")
}

// idOf reads the id in a request's address.
func idOf(r *http.Request) (int64, error) {
	id, err := strconv.ParseInt(r.PathValue("id"), 10, 64)
	if err != nil {
		return 0, page.ErrNotFound
	}
	return id, nil
}
