package pages

import (
	"net/http"

	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/web/page"
)

// supervisionPage shows what went wrong or is about to: open orders by colour,
// overdue tickets, accountability records.
type supervisionPage struct {
	page.Base
	Colours []colourCount
	Orders  []orderRow
	Overdue []row
	Late    int // overdue in all, up to where counting stops
	More    bool
	Records []recordRow
	Levels  []escalated
}

// escalated are the deadlines that have passed, by how grave it has become.
type escalated struct {
	Level sla.Level
	Count int
	Rows  []tickets.Escalation
}

// escalatedRows is how many of a level are shown.
const escalatedRows = 20

type colourCount struct {
	Colour tickets.Colour
	Count  int
}

// orderRow is an open supervision order with its ticket.
type orderRow struct {
	tickets.Order
	Ticket *tickets.Ticket
}

// recordRow is an open accountability record with its ticket.
type recordRow struct {
	tickets.Accounting
	Ticket *tickets.Ticket
}

// Supervision shows the supervisor's board.
func (p *Pages) Supervision(w http.ResponseWriter, r *http.Request) error {
	v := supervisionPage{Base: p.Base(r)}
	ctx := r.Context()
	for _, c := range []tickets.Colour{tickets.Red, tickets.Yellow, tickets.Blue} {
		n, err := p.Desk.Count(ctx, v.Me, tickets.Filter{Colour: c})
		if err != nil {
			return err
		}
		v.Colours = append(v.Colours, colourCount{c, n})
		got, err := p.Desk.List(ctx, v.Me, tickets.Filter{Colour: c}, "")
		if err != nil {
			return err
		}
		v.take(got.Tickets, c)
	}
	var err error
	if v.Late, err = p.Desk.Count(ctx, v.Me, tickets.Filter{Overdue: true}); err != nil {
		return err
	}
	v.More = v.Late >= tickets.CountLimit
	late, err := p.Desk.List(ctx, v.Me, tickets.Filter{Overdue: true}, "")
	if err != nil {
		return err
	}
	if v.Overdue, err = p.rows(v.Me, late.Tickets[:min(20, len(late.Tickets))]); err != nil {
		return err
	}
	accountable, err := p.Desk.List(ctx, v.Me, tickets.Filter{Accountable: true}, "")
	if err != nil {
		return err
	}
	for _, t := range accountable.Tickets {
		for _, a := range t.Accountability {
			if a.ClosedAt == nil {
				v.Records = append(v.Records, recordRow{a, t})
			}
		}
	}
	if v.Levels, err = p.escalations(r); err != nil {
		return err
	}
	return p.show(w, "supervision", v)
}

// escalations gathers the passed deadlines by level, the gravest first.
func (p *Pages) escalations(r *http.Request) ([]escalated, error) {
	all, err := p.Desk.Escalations(r.Context(), me(r))
	if err != nil {
		return nil, err
	}
	out := []escalated{{Level: sla.Red}, {Level: sla.Yellow}, {Level: sla.Blue}}
	for _, e := range all {
		for i := range out {
			if out[i].Level != e.Level {
				continue
			}
			if out[i].Count++; len(out[i].Rows) < escalatedRows {
				out[i].Rows = append(out[i].Rows, e)
			}
		}
	}
	return out, nil
}

// take lists the open orders of a colour's tickets.
func (v *supervisionPage) take(ts []*tickets.Ticket, c tickets.Colour) {
	for _, t := range ts {
		for _, o := range t.Orders {
			if o.ClosedAt == nil && o.Colour == c {
				v.Orders = append(v.Orders, orderRow{o, t})
			}
		}
	}
}
