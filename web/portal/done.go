package portal

import (
	"fmt"
	"net/http"
	"strings"

	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// donePage is what a citizen goes away with: number, code, and the date that
// he was promised with how it was reckoned.
type donePage struct {
	page.Base
	receipt
	Ticket *tickets.Ticket
	Public page.Public
	Limit  string // the promise in words
	Host   string // where he looks it up
}

// Done shows the receipt of the form that this browser filed last.
func (p *Portal) Done(w http.ResponseWriter, r *http.Request) error {
	v, err := p.receipt(r)
	if err != nil {
		return err
	}
	if v == nil {
		http.Redirect(w, r, "/look", http.StatusSeeOther)
		return nil
	}
	return p.show(w, http.StatusOK, "done", v)
}

// Slip is the receipt as a small text to keep on the phone.
func (p *Portal) Slip(w http.ResponseWriter, r *http.Request) error {
	v, err := p.receipt(r)
	if err != nil {
		return err
	}
	if v == nil {
		return page.ErrNotFound
	}
	lines := []string{v.Name, v.Ticket.Title, "", v.T("done.number") + v.T("form.colon") + v.Ticket.Number, v.T("done.code") + v.T("form.colon") + v.Spaced()}
	if !v.Public.Due.IsZero() {
		lines = append(lines, v.T("done.due")+v.T("form.colon")+v.Timed(v.Public.Due))
	}
	lines = append(lines, v.T("done.look_up")+v.T("form.colon")+v.Host+"/look", v.T("nav.call_us"))
	h := w.Header()
	h.Set("Content-Type", "text/plain; charset=utf-8")
	h.Set("Content-Disposition", fmt.Sprintf(`attachment; filename="12345-%s.txt"`, v.Ticket.Number))
	_, err = w.Write([]byte("\ufeff" + strings.Join(lines, "\r\n") + "\r\n")) //nolint:gosec // plain text, to be saved; old phones and Notepad want mark and line ends
	return err
}

// receipt gathers the page, nil when this browser has none or it is too old.
func (p *Portal) receipt(r *http.Request) (*donePage, error) {
	v := &donePage{Base: p.Base(r)}
	if !p.carried(r, receiptCookie, &v.receipt) || p.Now().Sub(v.At) > receiptTime {
		return nil, nil //nolint:nilnil // no receipt is no error
	}
	ticket, public, err := p.public(r.Context(), v.Base, v.Number)
	if err != nil {
		return nil, err
	}
	v.Ticket, v.Public, v.Host = ticket, public, r.Host
	if policy, ok := p.Desk.Limits().Policy(ticket.PolicyVersion); ok {
		if rule, ok := policy.Rule(sla.ClockAnswer, sla.Facts{Class: string(ticket.Class), Kind: string(ticket.Kind), Urgency: string(ticket.Urgency), Category: ticket.Category}, ticket.Round); ok {
			v.Limit = limitInWords(v.Base, rule.Limit)
		}
	}
	return v, nil
}

// Spaced is the code in two groups of four, as it is read out.
func (v donePage) Spaced() string {
	if len(v.Code) != 8 {
		return v.Code
	}
	return v.Code[:4] + " " + v.Code[4:]
}

// Why says why a file was not taken.
func (v donePage) Why(x refused) string { return why(v.Base, x) }

func why(b page.Base, x refused) string {
	if key := "portal.file." + x.Code; b.Has(key) {
		return b.T(key, "A", x.Arg)
	}
	return b.Invalid(tickets.FieldError{Field: "file", Code: x.Code, Args: []any{x.Arg}})
}

// citizen is who acts here.
var citizen = staff.TheCitizen
