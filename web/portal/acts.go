package portal

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/tickets/worktime"
	"nengban/web/page"
)

// actPage is one thing that a citizen does about his ticket.
type actPage struct {
	page.Base
	Ticket  *tickets.Ticket
	Path    string // of the act, as in the state table
	Asked   string // what is asked of him
	Form    page.Form
	Refused []refused // files that were not taken
	Not     string    // why it is not possible now
}

// Why says why a file was not taken.
func (v actPage) Why(x refused) string { return why(v.Base, x) }

// citizenActs are what a citizen may do himself, by their paths in the state
// table, with the sentence that says it is done.
var citizenActs = map[string]string{"supplements": "look.done_supplement", "attachments": "look.done_files", "reminders": "look.done_remind", "withdrawals": "look.done_withdraw"}

// ActForm shows the form of one act.
func (p *Portal) ActForm(w http.ResponseWriter, r *http.Request) error {
	v, err := p.actPage(w, r)
	if v == nil || err != nil {
		return err
	}
	return p.show(w, http.StatusOK, "act", v)
}

// Act does it.
func (p *Portal) Act(w http.ResponseWriter, r *http.Request) error {
	v, err := p.actPage(w, r)
	if v == nil || err != nil {
		return err
	}
	f, err := read(w, r)
	if err != nil {
		return err
	}
	defer f.close()
	r.PostForm = f.Values
	again := func(status int) error { return p.show(w, status, "act", v) }
	if f.cut {
		v.Not = "portal.cut"
		return again(http.StatusUnprocessableEntity)
	}
	err = p.act(r, v, f.files)
	var fields tickets.FieldErrors
	var refusal *tickets.Refusal
	var conflict *tickets.Conflict
	switch {
	case errors.As(err, &fields):
		v.Form.Errors = fields
		return again(http.StatusUnprocessableEntity)
	case errors.As(err, &refusal), errors.As(err, &conflict):
		v.Not = "look.not_now"
		return again(http.StatusConflict)
	case errors.Is(err, errReminded):
		v.Not = "look.reminded"
		return again(http.StatusConflict)
	case err != nil:
		return err
	case len(v.Refused) > 0:
		return again(http.StatusUnprocessableEntity)
	}
	return p.done(w, r, citizenActs[v.Path], "/look/result")
}

// actPage gathers the page of the act in a request's address; nil when it has
// answered already.
func (p *Portal) actPage(w http.ResponseWriter, r *http.Request) (*actPage, error) {
	rule, known := tickets.RuleAt(r.PathValue("act"))
	if _, ours := citizenActs[rule.Path]; !known || !ours {
		return nil, page.ErrNotFound
	}
	g, ok := p.grantOf(w, r)
	if !ok {
		return nil, p.ask(w, r)
	}
	t, err := p.Desk.Ticket(r.Context(), staff.TheSystem, g.Number)
	if err != nil {
		return nil, err
	}
	v := &actPage{Base: p.Base(r), Ticket: t, Path: rule.Path, Form: page.Empty(string(rule.Act), rule.New())}
	if !slices.ContainsFunc(p.Desk.Allowed(citizen, t), func(a tickets.Rule) bool { return a.Path == rule.Path }) {
		v.Not = "look.not_now"
	}
	if rule.Act == staff.Supplement {
		entries, err := p.Desk.Timeline(r.Context(), t.ID)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if e.Act == staff.AskCitizen {
				v.Asked = e.Text
			}
		}
	}
	return v, nil
}

func (p *Portal) act(r *http.Request, v *actPage, files []file) error {
	ctx, ref := r.Context(), tickets.Ref{Number: v.Ticket.Number}
	switch v.Path {
	case "attachments":
		if len(files) == 0 {
			return tickets.FieldErrors{{Field: "file", Code: "missing"}}
		}
		v.Refused = p.attach(ctx, v.Ticket, files)
		return nil
	case "reminders":
		m := &tickets.Remind{}
		v.Form = page.Decode(r, string(staff.Remind), m)
		if strings.TrimSpace(m.Text) == "" {
			m.Text = v.T("look.remind_text")
		}
		return p.remind(ctx, v.Ticket, m)
	case "supplements":
		m := &tickets.Supplement{}
		v.Form = page.Decode(r, string(staff.Supplement), m)
		if _, err := p.Desk.Act(ctx, citizen, ref, m); err != nil {
			return err
		}
		v.Refused = p.attach(ctx, v.Ticket, files)
		return nil
	default:
		m := &tickets.Withdraw{}
		v.Form = page.Decode(r, string(staff.Withdraw), m)
		_, err := p.Desk.Act(ctx, citizen, ref, m)
		return err
	}
}

// errReminded says that the citizen has reminded this working day already.
var errReminded = errors.New("one reminder a working day")

// remind passes it on once a working day: a second one tells the department
// nothing, and the desk's own clocks are watched anyway. The version that was
// looked at keeps two thumbs from reminding twice at once.
func (p *Portal) remind(ctx context.Context, t *tickets.Ticket, m *tickets.Remind) error {
	may, err := p.mayRemind(ctx, t)
	if err != nil {
		return err
	}
	if !may {
		return errReminded
	}
	_, err = p.Desk.Act(ctx, citizen, tickets.Ref{Number: t.Number, Version: t.Version}, m)
	return err
}

func (p *Portal) mayRemind(ctx context.Context, t *tickets.Ticket) (bool, error) {
	entries, err := p.Desk.Timeline(ctx, t.ID)
	if err != nil {
		return false, err
	}
	for _, e := range slices.Backward(entries) {
		if e.Act == staff.Remind && e.Role == staff.Citizen {
			last, err := p.workingDay(e.At)
			if err != nil {
				return false, err
			}
			today, err := p.workingDay(p.Now())
			return today > last, err
		}
	}
	return true, nil
}

// workingDay is the day a moment counts as: itself, or the next working one.
func (p *Portal) workingDay(at time.Time) (worktime.Date, error) {
	c, ok := p.Desk.Limits().Calendars()[worktime.Department]
	if !ok {
		return worktime.DateOf(at.In(tickets.Shanghai).Date()), nil
	}
	return c.NthWorkingDay(c.Date(at), 0)
}
