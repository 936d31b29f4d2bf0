package pages

import (
	"context"
	"net/http"
	"strconv"

	"nengban/callbacks"
	"nengban/callbacks/surveys"
	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// appealsPage shows a department its appeals and what was ruled.
type appealsPage struct {
	page.Base
	Appeals []*callbacks.Appeal
}

// Appeals lists the appeals of the reader's department.
func (p *Pages) Appeals(w http.ResponseWriter, r *http.Request) error {
	v := appealsPage{Base: p.Base(r)}
	var err error
	if v.Appeals, err = p.Hooks.Callbacks.Appeals(r.Context(), v.Me); err != nil {
		return err
	}
	return p.show(w, "appeals", v)
}

// appealForm is a department's word against a rating.
type appealForm struct {
	Reason string `json:"reason" field:"area,need,max=2000"`
}

// Appeal takes a department's appeal against the rating of a ticket, with the
// ticket's attachments that are its evidence.
func (p *Pages) Appeal(w http.ResponseWriter, r *http.Request) error {
	v, err := p.ticketPage(r)
	if err != nil {
		return err
	}
	var f appealForm
	form := page.Decode(r, "appeal", &f)
	form.Errors = append(form.Errors, tickets.Check(&f)...)
	if len(form.Errors) > 0 {
		v.Appeal = &form
		return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/ticket", v)
	}
	if _, err := p.Hooks.Callbacks.Appeal(r.Context(), v.Me, v.Ticket.Number, f.Reason, ticked(r.PostForm["evidence"], v.Attachments)); err != nil {
		return err
	}
	return p.done(w, r, "done.appealed", v.Path)
}

// ticked are the attachments that were ticked, as far as they are the ticket's.
func ticked(ids []string, of []tickets.Attachment) []int64 {
	var out []int64
	for _, a := range of {
		for _, id := range ids {
			if strconv.FormatInt(a.ID, 10) == id {
				out = append(out, a.ID)
			}
		}
	}
	return out
}

// mayAppeal says whether the rating tells against the reader's department,
// which led the round; time and an earlier appeal are the engine's to look at.
func (v *ticketPage) mayAppeal() bool {
	t := v.Ticket
	bad := surveys.Level(t.Rating) >= surveys.Dissatisfied || t.Solved == tickets.SolvedNo
	return bad && v.Me.Department != "" && v.Me.May(staff.AppealRating, t.Subject())
}

// visible says whether the desk shows a department its complainant just now:
// not while he is being asked how it went, so that nobody tells him what to say.
func (p *Pages) visible(ctx context.Context, by staff.Member, t *tickets.Ticket) (bool, error) {
	if p.Hooks.Callbacks == nil {
		return true, nil
	}
	return p.Hooks.Callbacks.CallerVisible(ctx, by, t.ID)
}

// askedByOthers refuses to show him in clear meanwhile.
func (p *Pages) askedByOthers(ctx context.Context, by staff.Member, number string) error {
	if by.Department == "" {
		return nil
	}
	t, err := p.Desk.Ticket(ctx, by, number)
	if err != nil {
		return err
	}
	visible, err := p.visible(ctx, by, t)
	if err == nil && !visible {
		err = callbacks.ErrOwnWork
	}
	return err
}

// surveyStory is what was done to ask about a ticket, for those who may read it.
type surveyStory struct {
	callbacks.History
	MayAsk bool // a survey can be ordered now
}

// callbackStory gathers what belongs to callbacks on a ticket's page.
func (p *Pages) callbackStory(ctx context.Context, v *ticketPage) error {
	if p.Hooks.Callbacks == nil {
		return nil
	}
	visible, err := p.visible(ctx, v.Me, v.Ticket)
	if err != nil {
		return err
	}
	v.Hidden, v.MayClear = !visible, v.MayClear && visible
	if v.mayAppeal() {
		form := page.Empty("appeal", &appealForm{})
		v.Appeal = &form
	}
	if !v.Me.May(staff.ReadCallbacks, staff.Subject{}) {
		return nil
	}
	h, err := p.Hooks.Callbacks.History(ctx, v.Me, v.Ticket.Number)
	if err != nil {
		return err
	}
	over := v.Ticket.Status == tickets.ToCallBack || v.Ticket.Status == tickets.Completed
	v.Surveys = &surveyStory{h, over && v.Me.May(staff.WorkCallbacks, staff.Subject{}) && v.Ticket.Rating == 0 && !asked(h, v.Ticket.Round)}
	return nil
}

// asked says whether a survey about the round stands.
func asked(h callbacks.History, round int) bool {
	for _, s := range h.Surveys {
		if s.Round == round {
			return true
		}
	}
	return false
}

// AskNow asks the citizen of a ticket at once.
func (p *Pages) AskNow(w http.ResponseWriter, r *http.Request) error {
	number, err := page.TicketNumber(r)
	if err != nil {
		return err
	}
	if _, err := p.Hooks.Callbacks.AskNow(r.Context(), me(r), number); err != nil {
		return err
	}
	return p.done(w, r, "done.asking", "/tickets/"+number)
}
