package pages

import (
	"errors"
	"net/http"

	"nengban/callbacks"
	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// judgingPage shows what a reviewer decides: bad ratings of solved matters,
// answers that came late and say otherwise, departments' appeals.
type judgingPage struct {
	callbackBase
	Ratings     []callbacks.Judging
	Next        string // where the list goes on
	Corrections []callbacks.Correction
	Open, Ruled []*callbacks.Appeal
	Wrong       string    // whose form came back: rating.2026…, correction.7, appeal.3
	Form        page.Form // the one that came back
}

// rulingForm is a decision with its reason.
type rulingForm struct {
	Decision tickets.Decision `json:"decision" field:"select,need"`
	Reason   string           `json:"reason" field:"area,need,max=1000"`
}

// FormOf is the form of one line: empty, or as it came back.
func (v judgingPage) FormOf(line string) page.Form {
	if v.Wrong == line {
		return v.Form
	}
	return page.Empty("ruling", &rulingForm{})
}

// Judging shows what waits for a decision.
func (p *Pages) Judging(w http.ResponseWriter, r *http.Request) error {
	v, err := p.judgingPage(r)
	if err != nil {
		return err
	}
	return p.show(w, "judging", v)
}

func (p *Pages) judgingPage(r *http.Request) (judgingPage, error) {
	v := judgingPage{callbackBase: p.callbackBase(r, "judging")}
	e, ctx := p.Hooks.Callbacks, r.Context()
	var next string
	var err error
	if v.May(string(staff.ReadTicket)) { // an administrator reads no tickets
		if v.Ratings, next, err = e.ToJudge(ctx, v.Me, v.Query.Get("after")); err != nil {
			return v, err
		}
	}
	if next != "" {
		v.Next = "/callbacks/judging?after=" + next
	}
	if v.Corrections, err = e.Corrections(ctx, v.Me); err != nil {
		return v, err
	}
	appeals, err := e.Appeals(ctx, v.Me)
	for _, a := range appeals {
		if a.State == callbacks.AppealOpen {
			v.Open = append(v.Open, a)
		} else {
			v.Ruled = append(v.Ruled, a)
		}
	}
	return v, err
}

// JudgeRating decides whether a bad rating counts; it is the ticket's own act.
func (p *Pages) JudgeRating(w http.ResponseWriter, r *http.Request) error {
	number, err := page.TicketNumber(r)
	if err != nil {
		return err
	}
	return p.decide(w, r, "rating."+number, func(f rulingForm) error {
		_, err := p.Desk.Act(r.Context(), me(r), tickets.Ref{Number: number}, &tickets.JudgeRating{Decision: f.Decision, Reason: f.Reason})
		return err
	})
}

// DecideCorrection takes a matter up again whose citizen said later that it is
// not solved, or puts what he said beside the rating.
func (p *Pages) DecideCorrection(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	return p.decide(w, r, "correction."+r.PathValue("id"), func(f rulingForm) error {
		return p.Hooks.Callbacks.Decide(r.Context(), me(r), id, f.Decision == tickets.Yes, f.Reason)
	})
}

// RuleOnAppeal decides a department's appeal: upheld, the rating does not count.
func (p *Pages) RuleOnAppeal(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	return p.decide(w, r, "appeal."+r.PathValue("id"), func(f rulingForm) error {
		return p.Hooks.Callbacks.Rule(r.Context(), me(r), id, f.Decision == tickets.Yes, f.Reason)
	})
}

// decide reads a decision and has it carried out. A form that lacks something
// comes back on its line.
func (p *Pages) decide(w http.ResponseWriter, r *http.Request, line string, do func(rulingForm) error) error {
	var f rulingForm
	form := page.Decode(r, "ruling", &f)
	form.Errors = append(form.Errors, tickets.Check(&f)...)
	if len(form.Errors) == 0 {
		if err := do(f); err == nil {
			return p.done(w, r, "done.decided", "/callbacks/judging")
		} else if !errors.As(err, &form.Errors) {
			return err
		}
	}
	v, err := p.judgingPage(r)
	if err != nil {
		return err
	}
	v.Wrong, v.Form = line, form
	return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/judging", v)
}
