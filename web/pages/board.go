package pages

import (
	"net/http"
	"slices"

	"nengban/tickets"
	"nengban/web/page"
)

// boardPage is the dispatcher's whole work on one screen.
type boardPage struct {
	page.Base
	Queues []queueView
}

// boardQueues are what stands on it, in this order.
var boardQueues = []string{"to_triage", "to_dispatch", "to_rule", "to_review", "in_consultation", "to_rework"}

// Board shows what waits for a dispatcher.
func (p *Pages) Board(w http.ResponseWriter, r *http.Request) error {
	v := boardPage{Base: p.Base(r)}
	all, err := p.queuesOf(r.Context(), v.Me, func(q queue) bool { return slices.Contains(boardQueues, q.key) })
	if err != nil {
		return err
	}
	for _, q := range all {
		if slices.Contains(boardQueues, q.Key) {
			v.Queues = append(v.Queues, q)
		}
	}
	return p.show(w, "board", v)
}

// Next goes to the next ticket that waits for the reader: of his queues the
// first that holds any, the nearest deadline first, and not the one he comes from.
func (p *Pages) Next(w http.ResponseWriter, r *http.Request) error {
	from, _ := page.Number(r.URL.Query().Get("after"))
	for _, q := range queues {
		if !q.For(me(r)) || !q.first || q.key == "mine" {
			continue
		}
		f, _ := p.filterOf(q.query, me(r))
		got, err := p.Desk.List(r.Context(), me(r), f, "")
		if err != nil {
			return err
		}
		i := slices.IndexFunc(got.Tickets, func(t *tickets.Ticket) bool { return t.Number != from })
		if i >= 0 {
			http.Redirect(w, r, "/tickets/"+got.Tickets[i].Number, http.StatusSeeOther)
			return nil
		}
	}
	return p.done(w, r, "done.nothing_left", "/desk")
}
