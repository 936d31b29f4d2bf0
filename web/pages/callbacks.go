package pages

import (
	"errors"
	"net/http"

	"nengban/callbacks"
	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// callbackBase is what the pages of callbacks share: their tabs, and what the
// reader may do.
type callbackBase struct {
	page.Base
	Tab     string
	MayCall bool
	MayMend bool
	MayRule bool
}

// callbackTabs are the pages in the order that a matter meets them.
var callbackTabs = []string{"worklist", "judging", "texts", "letters", "samples", "figures"}

// Tabs are the pages and where they are.
func (callbackBase) Tabs() []string { return callbackTabs }

// YesNo are the two ways of a decision.
func (callbackBase) YesNo() []string { return tickets.Decision("").Options() }

// TabHref is the address of a tab.
func (callbackBase) TabHref(tab string) string {
	if tab == callbackTabs[0] {
		return "/callbacks"
	}
	return "/callbacks/" + tab
}

func (p *Pages) callbackBase(r *http.Request, tab string) callbackBase {
	b := callbackBase{Base: p.Base(r), Tab: tab}
	b.Path = "/callbacks"
	b.MayCall, b.MayMend, b.MayRule = b.May(string(staff.WorkCallbacks)), b.May(string(staff.MendCallbacks)), b.May(string(staff.JudgeRating))
	return b
}

// worklistPage is where a caller begins: how many calls wait, and what keeps
// callbacks from working as they should.
type worklistPage struct {
	callbackBase
	Waiting  []*callbacks.Survey
	Stuck    []*callbacks.Survey // answers that are not on their tickets
	Concerns []callbacks.Concern
	Shut     *callbacks.AfterHoursError // citizens are not called now
}

// Worklist shows what waits for a person's call. Taking a call is a step of
// its own, since it shows a citizen's number.
func (p *Pages) Worklist(w http.ResponseWriter, r *http.Request) error {
	v, err := p.worklistPage(r)
	if err != nil {
		return err
	}
	return p.show(w, "callbacks", v)
}

func (p *Pages) worklistPage(r *http.Request) (worklistPage, error) {
	v := worklistPage{callbackBase: p.callbackBase(r, "worklist")}
	e, ctx := p.Hooks.Callbacks, r.Context()
	var err error
	if v.Waiting, err = e.Surveys(ctx, v.Me, callbacks.WithPerson); err != nil {
		return v, err
	}
	if v.Stuck, err = e.Unrecorded(ctx, v.Me); err != nil {
		return v, err
	}
	v.Concerns, err = e.Health(ctx)
	return v, err
}

// TakeCall takes the next call from the list and goes to its screen.
func (p *Pages) TakeCall(w http.ResponseWriter, r *http.Request) error {
	return p.toNextCall(w, r, "")
}

// toNextCall goes to the next call, or to the list and says why there is none.
func (p *Pages) toNextCall(w http.ResponseWriter, r *http.Request, flash string) error {
	c, err := p.Hooks.Callbacks.NextCall(r.Context(), me(r))
	var shut *callbacks.AfterHoursError
	switch {
	case errors.Is(err, callbacks.ErrNotFound) && (flash == "" || flash == "done.called"):
		return p.done(w, r, "done.no_calls", "/callbacks")
	case errors.Is(err, callbacks.ErrNotFound):
		return p.done(w, r, flash, "/callbacks")
	case errors.As(err, &shut):
		v, err := p.worklistPage(r)
		if err != nil {
			return err
		}
		v.Shut = shut
		return p.show(w, "callbacks", v)
	case err != nil:
		return err
	}
	return p.done(w, r, flash, callAddress(c.Survey.ID))
}
