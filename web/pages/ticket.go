package pages

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// ticketPage is a ticket with everything that belongs to it, and what the
// reader may do about it now.
type ticketPage struct {
	page.Base
	tickets.File
	Shown    shown
	Code     string // the query code, right after registering
	Acts     []actForm
	More     []actForm // what is done beside the way of the ticket
	Blocked  []string  // why acts that one would look for are not possible just now
	Story    []storyRound
	Clocks   []clockView
	Held     []heldView
	Parts    []tickets.Assignment
	Duties   []departments.Match
	Matches  []Match
	Proposal *proposalView
	Main     string       // of its hot matter, into which it could be merged
	Surveys  *surveyStory // nil: the reader may not see it, or nobody is asked
	Appeal   *page.Form   // nil: there is nothing to appeal against
	MayClear bool         // unmask
	Hidden   bool         // he is being asked how it went, by others than the reader's department
	MayAudit bool         // see who has read it
	Unmask   page.Form
	Next     string // address of the next ticket in the queue the reader came from
}

// shown is the text as this answer shows it: without what points to a person,
// or in clear.
type shown struct {
	Caller                  tickets.Caller
	Title, Address, Content string
}

func shownOf(f tickets.File) shown {
	if c := f.Clear; c != nil {
		return shown{c.Caller, c.Title, c.Address, c.Content}
	}
	return shown{f.Caller, f.Ticket.Title, f.Ticket.Address, f.Ticket.Content}
}

// ClearSeconds is how long the caller still shows in clear, for a script.
func (v *ticketPage) ClearSeconds() int { return int(v.Clear.Until.Sub(v.Now).Seconds()) }

// ClearMinutes is the same in minutes begun, for a person.
func (v *ticketPage) ClearMinutes() int { return (v.ClearSeconds() + 59) / 60 }

// Ticket shows a ticket.
func (p *Pages) Ticket(w http.ResponseWriter, r *http.Request) error {
	v, err := p.ticketPage(r)
	if err != nil {
		return err
	}
	v.openAct(r.URL.Query().Get("act"))
	v.prefill(r.URL.Query())
	return p.show(w, "ticket", v)
}

// ticketPage gathers the page of the ticket in a request's address.
func (p *Pages) ticketPage(r *http.Request) (*ticketPage, error) {
	number, err := page.TicketNumber(r)
	if err != nil {
		return nil, err
	}
	by := me(r)
	f, err := p.Desk.OpenIn(r.Context(), by, p.Sessions.ID(r.Context()), number, p.visible)
	if err != nil {
		return nil, err
	}
	t := f.Ticket
	v := &ticketPage{Base: p.Base(r), File: f, Shown: shownOf(f), Parts: t.Parts()}
	v.Path = "/tickets/" + t.Number
	v.Story = storyOf(v.Base, f.Timeline)
	v.Clocks, v.Held = clocksOf(v.Base, f.Ledger), heldOf(v.Base, f.Ledger)
	v.MayClear = by.May(staff.UnmaskCaller, t.Subject()) && (!t.Confidential || by.Department == "")
	v.MayAudit = by.May(staff.ReadSupervision, t.Subject())
	v.Unmask = page.Empty("unmask", &unmaskForm{})
	v.Code = p.receiptCode(r.Context(), t.Number)
	p.helpWith(r.Context(), v)
	if err := p.callbackStory(r.Context(), v); err != nil {
		return nil, err
	}
	for _, refusal := range p.Desk.Blocked(by, t) {
		if slices.Contains(toldWhy, refusal.Code) {
			v.Blocked = append(v.Blocked, v.Word("act", refusal.Act)+v.T("form.colon")+v.Refused(refusal))
		}
	}
	drafts, err := p.draftsOf(r.Context(), by, t.Number)
	if err != nil {
		return nil, err
	}
	v.acts(drafts)
	return v, nil
}

// toldWhy are the reasons that a reader would not see by himself. That a
// ticket is another department's is plain.
var toldWhy = []string{"consult_first", "assistance_outstanding", "forced", "return_window_over", "extended_before", "already_overdue", "own_work"}

// helpWith gathers what helps the reader to decide: directory rows for the
// dispatcher, articles and a proposal for whoever triages or answers. Help
// that fails is left out: the ticket matters more.
func (p *Pages) helpWith(ctx context.Context, v *ticketPage) {
	t := v.Ticket
	if v.may(staff.Dispatch) || v.may(staff.Redirect) || v.may(staff.ConcludeConsultation) {
		v.Duties = p.Places.Directory().Find(t.Matter, t.Category, t.Area)
		v.Duties = v.Duties[:min(5, len(v.Duties))]
	}
	if p.Hooks.Match != nil && (v.may(staff.Triage) || v.may(staff.AnswerAtOnce) || v.may(staff.Reply)) {
		v.Matches = p.matches(ctx, t.Title+"\n"+t.Content)
	}
	if v.may(staff.Merge) {
		v.Main = p.mainOf(ctx, t)
	}
	if v.may(staff.Triage) || v.may(staff.Dispatch) || v.may(staff.Redirect) {
		v.Proposal = p.proposal(ctx, v.Me, t)
	}
}

// matches asks the knowledge base; a search that fails must not stop a call.
func (p *Pages) matches(ctx context.Context, text string) []Match {
	if p.Hooks.Match == nil {
		return nil
	}
	ms, err := p.Hooks.Match(ctx, text, 5)
	if err != nil && ctx.Err() == nil { // whoever typed on overtook his own question
		p.Log.Warn("matching knowledge", "error", err)
	}
	if err != nil {
		return nil
	}
	return ms
}

func (v *ticketPage) may(a tickets.Act) bool {
	for _, r := range v.Allowed {
		if r.Act == a {
			return true
		}
	}
	return false
}

// unmaskForm asks why somebody has to see a caller in clear.
type unmaskForm struct {
	Reason string `json:"reason" field:"text,need,max=200"`
}

// unmaskedPerHour is more callers than anybody can talk to; who asks for more
// carries them out of the house.
const unmaskedPerHour = 60

// UnmaskCaller shows the caller and the text of a ticket in clear to whoever says
// why, for some minutes on the ticket's page; the desk writes down who saw
// them and why.
func (p *Pages) UnmaskCaller(w http.ResponseWriter, r *http.Request) error {
	number, err := page.TicketNumber(r)
	if err != nil {
		return err
	}
	var form unmaskForm
	asked := page.Decode(r, "unmask", &form)
	asked.Errors = append(asked.Errors, tickets.Check(&form)...)
	if len(asked.Errors) > 0 {
		v, err := p.ticketPage(r)
		if err != nil {
			return err
		}
		v.Unmask = asked
		return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/ticket", v)
	}
	if err := p.askedByOthers(r.Context(), me(r), number); err != nil {
		return err
	}
	if p.unmasked.Count(strconv.FormatInt(me(r).ID, 10), time.Hour) > unmaskedPerHour {
		p.Sessions.Note(r.Context(), me(r), "unmask_slowed", number, p.Address(r))
		return page.ErrTooOften
	}
	if _, err := p.Desk.UnmaskFor(r.Context(), me(r), p.Sessions.ID(r.Context()), number, form.Reason); err != nil {
		return err
	}
	return toCaller(w, r, number)
}

// MaskCaller ends it at once.
func (p *Pages) MaskCaller(w http.ResponseWriter, r *http.Request) error {
	number, err := page.TicketNumber(r)
	if err != nil {
		return err
	}
	if err := p.Desk.MaskAgain(r.Context(), me(r), p.Sessions.ID(r.Context()), number); err != nil {
		return err
	}
	return toCaller(w, r, number)
}

// toCaller goes to the part of a ticket's page that is about the caller, so
// that a reload asks for nothing.
func toCaller(w http.ResponseWriter, r *http.Request, number string) error {
	http.Redirect(w, r, "/tickets/"+number+"#s-caller", http.StatusSeeOther) //nolint:gosec // a number that page.TicketNumber read
	return nil
}
