package pages

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"nengban/tickets"
	"nengban/tickets/duplicates"
	"nengban/tickets/staff"
	"nengban/tickets/triage"
	"nengban/web/page"
)

// intakePage is the form that a matter is taken in with: while somebody
// speaks on the telephone, or sits at the window.
type intakePage struct {
	page.Base
	Channel tickets.Channel
	Form    page.Form
	Side    callerSide
	Help    helpSide
	Answer  answer // what the caller was told at once
	Join    string // number of the ticket that this one will be merged into
	SavedAt time.Time
}

// answer is filled in when a matter is registered and answered in one go.
type answer struct{ Text, Basis, Article string }

// callerSide shows who calls: his earlier and open tickets.
type callerSide struct {
	page.Base
	Asked   bool // a phone was typed
	Tickets []row
	Open    int
	Join    string
}

// helpSide shows what may answer the text, and who else reports the same.
type helpSide struct {
	page.Base
	Matches []Match
	Similar []duplicates.Like
	Alarms  []triage.Alarm // words that send the matter to a person at once
	Join    string
	Hooked  bool // there is a knowledge base at all
	Asked   bool // enough was typed to search for
}

// HotlineForm and WindowForm show the empty form, or what was left in it.
func (p *Pages) HotlineForm(w http.ResponseWriter, r *http.Request) error {
	return p.intakeForm(w, r, tickets.Hotline)
}

// WindowForm is the same form as it is completed at a counter.
func (p *Pages) WindowForm(w http.ResponseWriter, r *http.Request) error {
	return p.intakeForm(w, r, tickets.Window)
}

// Hotline and Window take a matter in.
func (p *Pages) Hotline(w http.ResponseWriter, r *http.Request) error {
	return p.intake(w, r, tickets.Hotline)
}

// Window takes a matter in at a counter.
func (p *Pages) Window(w http.ResponseWriter, r *http.Request) error {
	return p.intake(w, r, tickets.Window)
}

func (p *Pages) intakeForm(w http.ResponseWriter, r *http.Request, c tickets.Channel) error {
	v := intakePage{Base: p.Base(r), Channel: c, Form: page.Empty("intake", &tickets.Intake{Kind: tickets.Complaint})}
	left, at, err := p.draft(r.Context(), v.Me, string(c))
	if err != nil {
		return err
	}
	if left != nil {
		v.Form.Values, v.SavedAt = left, at
		v.take(left)
	}
	if err := p.sides(r.Context(), &v); err != nil {
		return err
	}
	return p.show(w, "intake", v)
}

// take reads what the form holds beside the intake's own fields.
func (v *intakePage) take(posted url.Values) {
	v.Answer = answer{posted.Get("answer_text"), posted.Get("answer_basis"), posted.Get("answer_article")}
	if n, ok := page.Number(posted.Get("join")); ok {
		v.Join = n
	}
}

// sides fills what stands beside the form from what stands in it.
func (p *Pages) sides(ctx context.Context, v *intakePage) error {
	var err error
	if v.Side, err = p.callerSide(ctx, v.Base, v.Form.Value("phone")); err != nil {
		return err
	}
	v.Side.Join = v.Join
	v.Help = p.helpSide(ctx, v.Base, v.Form.Value("content"), v.Form.Value("area"))
	v.Help.Join = v.Join
	return nil
}

func (p *Pages) callerSide(ctx context.Context, b page.Base, phone string) (callerSide, error) {
	side := callerSide{Base: b, Asked: len(tickets.Phone(phone)) >= 7}
	if !side.Asked {
		return side, nil
	}
	earlier, err := p.Desk.Earlier(ctx, b.Me, phone)
	if err != nil {
		return side, err
	}
	for _, t := range earlier {
		if t.Open() {
			side.Open++
		}
	}
	side.Tickets, err = p.rows(b.Me, earlier)
	return side, err
}

const (
	// enough is how many characters of a text are worth a search, and mostTyped how
	// many are read: what was pasted beyond tells nothing more.
	enough, mostTyped = 6, 20_000
	// MaxTyped bounds what is sent while somebody types: a megabyte, as forms
	// write it.
	MaxTyped = 4 << 20
)

func (p *Pages) helpSide(ctx context.Context, b page.Base, text, area string) helpSide {
	side := helpSide{Base: b, Hooked: p.Hooks.Match != nil || p.Hooks.Duplicates != nil}
	typed := []rune(text)
	if len(typed) < enough {
		return side
	}
	text = string(typed[:min(mostTyped, len(typed))])
	side.Asked, side.Matches = true, p.matches(ctx, text)
	_, side.Alarms = triage.Urgency("", text)
	if p.Hooks.Duplicates != nil {
		found, err := p.Hooks.Duplicates.Like(ctx, b.Me, text, area, 5)
		if err != nil && ctx.Err() == nil {
			p.Log.Warn("looking for similar tickets", "error", err)
		}
		side.Similar = found
	}
	return side
}

// Caller answers the script that asks who calls, as soon as a number is typed.
// The number comes in the body: an address would stand in logs and histories.
func (p *Pages) Caller(w http.ResponseWriter, r *http.Request) error {
	side, err := p.callerSide(r.Context(), p.Base(r), r.PostForm.Get("phone"))
	if err != nil {
		return err
	}
	return p.Render.Part(w, http.StatusOK, "caller-side", side)
}

// Help answers the script that asks what may answer the text.
func (p *Pages) Help(w http.ResponseWriter, r *http.Request) error {
	return p.Render.Part(w, http.StatusOK, "help-side", p.helpSide(r.Context(), p.Base(r), r.PostForm.Get("content"), r.PostForm.Get("area")))
}

// intake registers what was typed, and answers at once or merges where the
// form says so. Without script its other buttons look up the caller, use an
// article, and keep the draft.
func (p *Pages) intake(w http.ResponseWriter, r *http.Request, c tickets.Channel) error {
	in := tickets.Intake{}
	v := intakePage{Base: p.Base(r), Channel: c, Form: page.Decode(r, "intake", &in)}
	v.take(r.PostForm)
	switch r.PostForm.Get("then") {
	case "look":
		v.Form.Errors = nil
		return p.intakeAgain(w, r, v, http.StatusOK)
	case "keep":
		v.Form.Errors = nil
		if err := p.keepDraft(r.Context(), v.Me, string(c), r.PostForm); err != nil {
			return err
		}
		v.Flash = "intake.kept"
		return p.intakeAgain(w, r, v, http.StatusOK)
	}
	if id := r.PostForm.Get("use"); id != "" {
		v.Form.Errors = nil
		return p.useArticle(w, r, v, id)
	}
	if id := r.PostForm.Get("not"); id != "" && p.Knowledge != nil {
		v.Form.Errors = nil
		return p.notThis(w, r, v, id)
	}
	receipt, err := p.register(r, &v, in)
	var fields tickets.FieldErrors
	if errors.As(err, &fields) {
		v.Form.Errors = fields
		return p.intakeAgain(w, r, v, http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	return p.registered(w, r, v, receipt)
}

// register checks everything that will be done before it does the first of it.
func (p *Pages) register(r *http.Request, v *intakePage, in tickets.Intake) (tickets.Receipt, error) {
	es := v.Form.Errors
	if r.PostForm.Get("then") == "answer" {
		for _, e := range tickets.Check(v.answerMove()) {
			es = append(es, tickets.FieldError{Field: "answer_" + e.Field, Code: e.Code, Args: e.Args})
		}
	}
	if len(es) > 0 {
		return tickets.Receipt{}, append(es, tickets.Check(&in)...)
	}
	in.Channel = v.Channel
	if v.Channel == tickets.Window {
		in.Hall, in.WindowNo = v.Me.Hall, v.Me.WindowNo
	}
	return p.Desk.Register(r.Context(), v.Me, in)
}

func (v *intakePage) answerMove() *tickets.AnswerAtOnce {
	return &tickets.AnswerAtOnce{Text: v.Answer.Text, PublicText: v.Answer.Text, Basis: v.Answer.Basis, Article: v.Answer.Article}
}

// registered keeps the query code for the receipt and does what else the form
// asked. The matter is taken in now, so trouble with the rest is told on its page.
func (p *Pages) registered(w http.ResponseWriter, r *http.Request, v intakePage, receipt tickets.Receipt) error {
	ctx, number := r.Context(), receipt.Ticket.Number
	if err := p.keepReceipt(ctx, receipt); err != nil {
		return err
	}
	if err := p.dropDraft(ctx, v.Me, string(v.Channel)); err != nil {
		p.Log.Warn("dropping a draft", "error", err)
	}
	var then tickets.Move
	var act staff.Right
	switch {
	case r.PostForm.Get("then") == "answer":
		then, act = v.answerMove(), staff.AnswerAtOnce
	case v.Join != "":
		then, act = &tickets.Merge{Into: v.Join, Reason: v.T("intake.join_reason")}, staff.Merge
	}
	if then != nil {
		if _, err := p.Desk.Act(ctx, v.Me, tickets.Ref{Number: number}, then); err != nil {
			rule, _ := tickets.RuleFor(act)
			r.SetPathValue("number", number)
			r.PostForm.Set("version", "1")
			return p.again(w, r, rule, page.Empty(string(act), then), err)
		}
	}
	return p.done(w, r, "done.registered", "/tickets/"+number)
}

func (p *Pages) useArticle(w http.ResponseWriter, r *http.Request, v intakePage, id string) error {
	if hot, is := strings.CutPrefix(id, "hot-"); is {
		return p.useHot(w, r, v, hot)
	}
	for _, m := range p.matches(r.Context(), v.Form.Value("content")) {
		if m.ID == id {
			v.Answer = answer{m.Answer, m.Basis, m.ID}
		}
	}
	return p.intakeAgain(w, r, v, http.StatusOK)
}

// useHot takes the ready answer of a hot matter.
func (p *Pages) useHot(w http.ResponseWriter, r *http.Request, v intakePage, id string) error {
	if p.Hooks.Duplicates != nil {
		open, err := p.Hooks.Duplicates.Open(r.Context())
		if err != nil {
			return err
		}
		for _, h := range open {
			if strconv.FormatInt(h.ID, 10) == id {
				v.Answer = answer{Text: h.Answer}
			}
		}
	}
	return p.intakeAgain(w, r, v, http.StatusOK)
}

func (p *Pages) intakeAgain(w http.ResponseWriter, r *http.Request, v intakePage, status int) error {
	if err := p.sides(r.Context(), &v); err != nil {
		return err
	}
	return p.Render.Render(w, status, "staff/intake", v)
}
