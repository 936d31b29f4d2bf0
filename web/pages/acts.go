package pages

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// actForm is a button of a ticket's page with the form that it opens.
type actForm struct {
	Act  tickets.Act
	Path string
	Icon string
	Form page.Form
	Open bool
	Left bool   // what stands in it was left there earlier
	Key  string // shortcut
}

// aside are the acts that do not move a ticket on its way; their buttons
// stand apart.
var aside = []tickets.Act{staff.AddNote, staff.Attach, staff.Remind, staff.RecordContact, staff.Supervise, staff.CloseOrder, staff.CloseAccountability,
	staff.Merge, staff.Withdraw, staff.ReleaseAssisting, staff.AddAssisting, staff.Redirect, staff.Reopen, staff.HandOver, staff.ChangePolicy}

// acts draws the buttons from what the state table allows. What the reader
// left in a form stands there again.
func (v *ticketPage) acts(drafts map[string]url.Values) {
	for _, rule := range v.Allowed {
		a := actForm{Act: rule.Act, Path: rule.Path, Icon: actIcon(rule.Act), Form: page.Empty(string(rule.Act), rule.New())}
		a.Form.Choices = choices(rule.Act, v.Ticket)
		v.preset(&a)
		if left := drafts[rule.Path]; left != nil {
			a.Form.Values, a.Left, a.Open = left, true, true
		}
		if slices.Contains(aside, rule.Act) {
			v.More = append(v.More, a)
			continue
		}
		if len(v.Acts) < 9 {
			a.Key = "alt+" + strconv.Itoa(len(v.Acts)+1)
		}
		a.Open = a.Open || rule.Act == staff.Triage && v.Code != "" // right after registering the next step lies open
		v.Acts = append(v.Acts, a)
	}
}

// choices narrows a department field to those that the act can be about.
func choices(a tickets.Act, t *tickets.Ticket) map[string][]string {
	var codes []string
	take := func(fits func(tickets.Assignment) bool) {
		for _, x := range t.Parts() {
			if fits(x) {
				codes = append(codes, x.Department)
			}
		}
	}
	switch a {
	case staff.SignFor:
		take(func(x tickets.Assignment) bool { return x.Status == tickets.Awaiting })
	case staff.Assist:
		take(func(x tickets.Assignment) bool { return x.Role == tickets.Assisting && x.Status == tickets.Signed })
	case staff.ReleaseAssisting:
		take(func(x tickets.Assignment) bool { return x.Role == tickets.Assisting })
	case staff.GiveOpinion:
		if c := t.Consultation; c != nil {
			codes = c.Departments
		}
	default:
		return nil
	}
	return map[string][]string{"department": codes}
}

// preset fills in what follows from the ticket: which order, which days.
func (v *ticketPage) preset(a *actForm) {
	t := v.Ticket
	set := func(name, value string) {
		if value != "" {
			a.Form.Values.Set(name, value)
		}
	}
	switch a.Act {
	case staff.AnswerOrder, staff.CloseOrder:
		if i := slices.IndexFunc(t.Orders, func(o tickets.Order) bool { return o.ClosedAt == nil }); i >= 0 {
			set("order", strconv.Itoa(t.Orders[i].N))
		}
	case staff.CloseAccountability:
		if i := slices.IndexFunc(t.Accountability, func(x tickets.Accounting) bool { return x.ClosedAt == nil }); i >= 0 {
			set("order", strconv.Itoa(t.Accountability[i].N))
		}
	case staff.Triage:
		set("kind", string(t.Kind))
		set("urgency", string(t.Urgency))
		set("category", t.Category)
		set("matter", t.Matter)
		set("about", t.Intake.About)
	case staff.Dispatch:
		if c := t.Consultation; c != nil && c.ConcludedAt != nil {
			set("lead", c.Lead)
			a.Form.Values["assisting"] = c.Assisting
		}
	case staff.RecordRating:
		set("way", "person")
	default: // nothing follows from the ticket
	}
}

// openAct opens the form of an address.
func (v *ticketPage) openAct(path string) *actForm {
	for _, list := range [][]actForm{v.Acts, v.More} {
		for i := range list {
			if list[i].Path == path {
				list[i].Open = true
				return &list[i]
			}
		}
	}
	return nil
}

// prefill fills the open form with a directory row or an article that was
// clicked. Only what the desk itself knows is filled in: an address that
// somebody sends must not put words into a colleague's mouth.
func (v *ticketPage) prefill(q url.Values) {
	a := v.openAct(q.Get("act"))
	if a == nil {
		return
	}
	for _, d := range v.Duties {
		if strconv.FormatInt(d.ID, 10) == q.Get("duty") {
			a.Form.Values.Set("lead", d.Lead)
			a.Form.Values.Set("basis", d.Basis)
			a.Form.Values["assisting"] = d.Assisting
		}
	}
	v.Proposal.prefill(a, q)
	if v.Main != "" && v.Main == q.Get("into") {
		a.Form.Values.Set("into", v.Main)
	}
	for _, m := range v.Matches {
		if m.ID != "" && m.ID == q.Get("article") {
			a.Form.Values.Set("text", m.Answer)
			a.Form.Values.Set("public_text", m.Answer)
			a.Form.Values.Set("basis", m.Basis)
			a.Form.Values.Set("article", m.ID)
		}
	}
}

// Do returns the handler of one line of the state table: it reads the form,
// acts, and goes back to the ticket. What was typed survives every refusal.
func (p *Pages) Do(rule tickets.Rule) page.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		number, err := page.TicketNumber(r)
		if err != nil {
			return err
		}
		version, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64)
		if err != nil || version < 1 {
			return page.ErrBadForm
		}
		m := rule.New()
		form := page.Decode(r, string(rule.Act), m)
		if len(form.Errors) > 0 {
			return p.again(w, r, rule, form, form.Errors)
		}
		t, err := p.Desk.Act(r.Context(), me(r), tickets.Ref{Number: number, Version: version}, m)
		if err != nil {
			return p.again(w, r, rule, form, err)
		}
		if err := p.dropDraft(r.Context(), me(r), number+"."+rule.Path); err != nil {
			p.Log.Warn("dropping a draft", "error", err)
		}
		return p.done(w, r, "done.act", p.afterwards(r, t))
	}
}

// afterwards is where one goes after an act: where the form says, else back to
// the ticket, else, when it is out of one's reach now, to the desk.
func (p *Pages) afterwards(r *http.Request, t *tickets.Ticket) string {
	if !me(r).May(staff.ReadTicket, t.Subject()) {
		return "/desk"
	}
	return page.OwnPath(r.PostForm.Get("back"), "/tickets/"+t.Number)
}

// again answers an act that was refused: the form stands as it was typed,
// beside what is wrong with it or what has changed meanwhile.
func (p *Pages) again(w http.ResponseWriter, r *http.Request, rule tickets.Rule, form page.Form, because error) error {
	var conflict *tickets.Conflict
	var refusal *tickets.Refusal
	var fields tickets.FieldErrors
	switch {
	case page.WantsJSON(r):
		return because
	case errors.As(because, &conflict):
		return p.changed(w, r, rule, form, conflict.Seen, nil)
	case errors.As(because, &refusal):
		return p.changed(w, r, rule, form, 0, refusal)
	case !errors.As(because, &fields):
		return because
	}
	v, err := p.ticketPage(r)
	if err != nil {
		return err
	}
	form.Errors = fields
	a := v.openAct(rule.Path)
	if a == nil { // it became impossible while it was being corrected
		return p.changed(w, r, rule, form, 0, nil)
	}
	form.Choices = a.Form.Choices
	a.Form = form
	v.Ticket.Version = versionOf(r, v.Ticket.Version)
	return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/ticket", v)
}

// versionOf is the version that the form was opened at: correcting a field
// must not make what changed meanwhile look seen.
func versionOf(r *http.Request, now int64) int64 {
	if n, err := strconv.ParseInt(r.PostForm.Get("version"), 10, 64); err == nil && n > 0 && n <= now {
		return n
	}
	return now
}

// changedPage stands between somebody and a ticket that was changed under his
// hands: what he typed, what stands now, and how to send again.
type changedPage struct {
	page.Base
	Ticket  *tickets.Ticket
	Act     actForm
	Since   []storyLine // what others did meanwhile
	Refused string
	Still   bool // the act is possible on the ticket as it stands
	Typed   []fact
}

func (p *Pages) changed(w http.ResponseWriter, r *http.Request, rule tickets.Rule, form page.Form, seen int64, refusal *tickets.Refusal) error {
	v, err := p.ticketPage(r)
	if err != nil {
		return err
	}
	if seen == 0 {
		seen = versionOf(r, v.Ticket.Version)
	}
	c := changedPage{Base: v.Base, Ticket: v.Ticket, Act: actForm{Act: rule.Act, Path: rule.Path, Icon: actIcon(rule.Act), Form: form}, Typed: typed(v.Base, form)}
	for _, round := range v.Story {
		for _, line := range round.Lines {
			if int64(line.Seq) > seen { // every act is one entry and one version
				c.Since = append(c.Since, line)
			}
		}
	}
	if refusal != nil {
		c.Refused = v.Refused(refusal)
	}
	if a := v.openAct(rule.Path); a != nil && refusal == nil {
		c.Still, c.Act.Form.Choices = true, a.Form.Choices
	}
	return p.Render.Render(w, http.StatusConflict, "staff/changed", c)
}

// typed lists what stands in a form, for reading and copying.
func typed(b page.Base, form page.Form) []fact {
	var out []fact
	for _, f := range form.Fields {
		var words []string
		for _, x := range form.Values[f.Name] {
			if x != "" {
				words = append(words, choiceWord(b, form.Of, f, x))
			}
		}
		if len(words) > 0 {
			out = append(out, fact{b.FieldName(form.Of, f.Name), strings.Join(words, b.T("form.comma"))})
		}
	}
	return out
}

func choiceWord(b page.Base, of string, f tickets.Field, value string) string {
	switch {
	case f.Options != nil && slices.Contains(f.Options, value):
		return b.Option(of, f.Name, value)
	case f.Widget == "department" || f.Widget == "departments":
		return b.Department(value)
	case f.Widget == "category":
		return b.Category(value)
	case f.Widget == "check":
		return b.T("form.yes")
	default:
		return value
	}
}
