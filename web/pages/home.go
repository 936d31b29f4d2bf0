package pages

import (
	"net/http"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// homePage is where a member's day begins: what waits for him, the nearest
// deadlines first.
type homePage struct {
	page.Base
	Queues []queueView
	News   []tickets.DeadlineNews // warnings of deadlines that he has not seen
}

// homeNews is how many warnings the home page shows.
const homeNews = 3

// Home shows the member's queues. An account whose roles read no tickets, an
// editor's, begins with its menu.
func (p *Pages) Home(w http.ResponseWriter, r *http.Request) error {
	v := homePage{Base: p.Base(r)}
	if v.Me.Reach(staff.ReadTicket) != staff.None {
		var err error
		if v.Queues, err = p.queuesOf(r.Context(), v.Me, func(q queue) bool { return q.first }); err != nil {
			return err
		}
	}
	news, err := p.Desk.News(r.Context(), v.Me, mostNews)
	if err != nil {
		return err
	}
	v.News = unread(news)
	v.News = v.News[:min(homeNews, len(v.News))]
	return p.show(w, "home", v)
}
