package pages

import (
	"errors"
	"net/http"
	"slices"

	"nengban/callbacks"
	"nengban/tickets"
	"nengban/web/page"
)

// textsPage shows the texts from citizens that a person has to read.
type textsPage struct {
	callbackBase
	Texts []callbacks.Inbound
	Form  page.Form // of the text that is being settled
	Wrong int64     // whose form it is
}

// Blank is the form of every other text.
func (textsPage) Blank() page.Form { return page.Empty("settle", &settleForm{}) }

// settleForm says what was done about a text.
type settleForm struct {
	Ticket string `json:"ticket" field:"text,max=32"`
	Note   string `json:"note" field:"text,need,max=300"`
}

// Texts shows the texts that no program could place: from phones that nothing
// was asked of, and those that said something after an answer was in.
func (p *Pages) Texts(w http.ResponseWriter, r *http.Request) error {
	v, err := p.textsPage(r)
	if err != nil {
		return err
	}
	return p.show(w, "texts", v)
}

func (p *Pages) textsPage(r *http.Request) (textsPage, error) {
	v := textsPage{callbackBase: p.callbackBase(r, "texts")}
	var err error
	v.Texts, err = p.Hooks.Callbacks.Orphans(r.Context(), v.Me)
	return v, err
}

// SettleText takes a text off the list: put on the ticket that it belongs to,
// or closed with a word on why. Whoever presses twice finds it gone.
func (p *Pages) SettleText(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	var f settleForm
	form := page.Decode(r, "settle", &f)
	form.Errors = append(form.Errors, tickets.Check(&f)...)
	v, err := p.textsPage(r)
	if err != nil {
		return err
	}
	number, isNumber := page.Number(f.Ticket)
	if f.Ticket != "" && len(form.Errors) == 0 {
		if _, err := p.Desk.Ticket(r.Context(), v.Me, number); !isNumber || errors.Is(err, tickets.ErrNotFound) {
			form.Errors = append(form.Errors, tickets.FieldError{Field: "ticket", Code: "unknown_ticket", Args: []any{f.Ticket}})
		} else if err != nil {
			return err
		}
	}
	if len(form.Errors) > 0 {
		v.Form, v.Wrong = form, id
		return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/texts", v)
	}
	i := slices.IndexFunc(v.Texts, func(t callbacks.Inbound) bool { return t.ID == id })
	if i < 0 {
		return p.done(w, r, "done.text_gone", "/callbacks/texts")
	}
	return p.settle(w, r, v.Texts[i], number, f.Note)
}

// settle takes the text off first: of two who do it at once only one writes
// on the ticket.
func (p *Pages) settle(w http.ResponseWriter, r *http.Request, text callbacks.Inbound, number, note string) error {
	what := note
	if number != "" {
		what = number + " " + note
	}
	err := p.Hooks.Callbacks.SettleText(r.Context(), me(r), text.ID, what)
	if errors.Is(err, callbacks.ErrNotFound) {
		return p.done(w, r, "done.text_gone", "/callbacks/texts")
	}
	if err != nil {
		return err
	}
	if number != "" {
		say := p.Base(r).T("callbacks.text_note", "Words", text.Words, "Note", note)
		if _, err := p.Desk.Act(r.Context(), me(r), tickets.Ref{Number: number}, &tickets.AddNote{Text: brief(say, 1900)}); err != nil {
			return err
		}
	}
	return p.done(w, r, "done.text_settled", "/callbacks/texts")
}
