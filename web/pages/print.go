package pages

import (
	"html/template"
	"net/http"
	"strconv"

	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// paper is a ticket as it is printed: work order, receipt, supervision order,
// notice. Papers lie about, so the caller is always masked on them.
type paper struct {
	page.Base
	Ticket *tickets.Ticket
	Caller tickets.Caller
	Back   string
	Code   string // the query code, on a receipt right after registering
	Look   string // where the citizen looks it up
	QR     template.URL
	Order  tickets.Order
	Entry  tickets.Entry // the act that the paper is about
	Clocks []clockView   // the deadlines that run, with their working
}

func (p *Pages) paper(r *http.Request) (paper, error) {
	number, err := page.TicketNumber(r)
	if err != nil {
		return paper{}, err
	}
	t, err := p.Desk.Ticket(r.Context(), me(r), number)
	if err != nil {
		return paper{}, err
	}
	c, err := p.Desk.CallerAs(me(r), t)
	if err != nil {
		return paper{}, err
	}
	return paper{Base: p.Base(r), Ticket: t, Caller: c, Back: "/tickets/" + number}, nil
}

func (p *Pages) print(w http.ResponseWriter, name string, v paper) error {
	return p.Render.Render(w, http.StatusOK, "print/"+name, v)
}

// WorkOrder is the paper that goes with a ticket to a department (工单).
func (p *Pages) WorkOrder(w http.ResponseWriter, r *http.Request) error {
	v, err := p.paper(r)
	if err != nil {
		return err
	}
	ledger, err := p.Desk.Ledger(r.Context(), v.Ticket)
	if err != nil {
		return err
	}
	for _, c := range clocksOf(v.Base, ledger) {
		if c.Awaited() && c.Clock.Clock != sla.ClockReturn {
			v.Clocks = append(v.Clocks, c)
		}
	}
	return p.print(w, "work_order", v)
}

// Receipt is what the citizen goes home with (受理回执).
func (p *Pages) Receipt(w http.ResponseWriter, r *http.Request) error {
	v, err := p.paper(r)
	if err != nil {
		return err
	}
	v.Code = p.receiptCode(r.Context(), v.Ticket.Number)
	v.Look = p.lookAddress(r, v.Ticket.Number)
	v.QR = qrCode(v.Look)
	return p.print(w, "receipt", v)
}

// OrderPaper is one supervision order of a ticket (督办单).
func (p *Pages) OrderPaper(w http.ResponseWriter, r *http.Request) error {
	v, err := p.paper(r)
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(r.PathValue("n"))
	if err != nil || n < 1 || n > len(v.Ticket.Orders) {
		return page.ErrNotFound
	}
	v.Order = v.Ticket.Orders[n-1]
	return p.print(w, "order", v)
}

// DeclineNotice tells the citizen in writing why his matter is not accepted
// and where it belongs (不予受理告知).
func (p *Pages) DeclineNotice(w http.ResponseWriter, r *http.Request) error {
	v, err := p.paper(r)
	if err != nil {
		return err
	}
	entries, err := p.Desk.Timeline(r.Context(), v.Ticket.ID)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.Act == staff.Decline {
			v.Entry = e
		}
	}
	if v.Entry.Act == "" {
		return page.ErrNotFound
	}
	v.Look = p.lookAddress(r, v.Ticket.Number)
	return p.print(w, "decline_notice", v)
}
