package pages

import (
	"net/http"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// readersPage is who has seen a ticket, on the screen and on paper.
type readersPage struct {
	page.Base
	Ticket  *tickets.Ticket
	Readers []tickets.Read
	Back    string
}

// Readers shows who has seen a ticket and why.
func (p *Pages) Readers(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readers(r)
	if err != nil {
		return err
	}
	return p.show(w, "readers", v)
}

// ReadersList is the same as a paper that a supervisor hands to the citizen
// who asks: without the network addresses, which concern the desk.
func (p *Pages) ReadersList(w http.ResponseWriter, r *http.Request) error {
	v, err := p.readers(r)
	if err != nil {
		return err
	}
	return p.Render.Render(w, http.StatusOK, "print/readers", v)
}

func (p *Pages) readers(r *http.Request) (readersPage, error) {
	number, err := page.TicketNumber(r)
	if err != nil {
		return readersPage{}, err
	}
	t, err := p.Desk.Ticket(r.Context(), me(r), number)
	if err != nil {
		return readersPage{}, err
	}
	if !me(r).May(staff.ReadSupervision, t.Subject()) {
		return readersPage{}, page.ErrForbidden
	}
	readers, err := p.Desk.Readers(r.Context(), t)
	return readersPage{p.Base(r), t, readers, "/tickets/" + number + "/readers"}, err
}
