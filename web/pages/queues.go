package pages

import (
	"context"
	"net/url"

	"nengban/tickets"
	"nengban/tickets/staff"
)

// queue is a list of tickets that wait for somebody: a name, who works on it,
// and the query that shows it on the list page.
type queue struct {
	key   string // its words: queue.<key>
	right staff.Right
	query url.Values
	unit  bool // only for members of a department, about its own tickets
	desk  bool // only for the desk's own people
	first bool // its tickets stand on the home page, not only their count
}

func where(pairs ...string) url.Values {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		q.Add(pairs[i], pairs[i+1])
	}
	return q
}

// queues are all of them, in the order a ticket passes them.
var queues = []queue{
	{key: "to_triage", right: staff.Dispatch, desk: true, first: true, query: where("status", "to_triage")},
	{key: "to_dispatch", right: staff.Dispatch, desk: true, first: true, query: where("status", "to_dispatch")},
	{key: "to_rule", right: staff.RuleOnReturn, desk: true, first: true,
		query: where("status", "to_rule_return", "status", "to_rule_extension", "status", "to_rule_suspension")},
	{key: "in_consultation", right: staff.ConcludeConsultation, desk: true, query: where("status", "in_consultation")},
	{key: "to_review", right: staff.Complete, desk: true, first: true, query: where("status", "to_review")},
	{key: "to_rework", right: staff.Rework, desk: true, query: where("status", "to_rework")},
	{key: "to_judge", right: staff.JudgeRating, desk: true, first: true, query: where("status", "to_judge")},
	{key: "to_call_back", right: staff.WorkCallbacks, desk: true, first: true, query: where("status", "to_call_back")},
	{key: "unit_to_sign", right: staff.SignFor, unit: true, first: true, query: where("unsigned", "yes")},
	{key: "unit_in_hand", right: staff.Reply, unit: true, first: true, query: where("status", "in_hand")},
	{key: "unit_consulted", right: staff.GiveOpinion, unit: true, first: true, query: where("status", "in_consultation")},
	{key: "unit_orders", right: staff.AnswerOrder, unit: true, first: true, query: where("supervised", "yes")},
	{key: "unit_asked", right: staff.Reply, unit: true,
		query: where("status", "to_rule_return", "status", "to_rule_extension", "status", "to_rule_suspension", "status", "suspended")},
	{key: "mine", right: staff.Register, desk: true, first: true, query: where("mine", "yes")},
	{key: "to_supplement", right: staff.Supplement, desk: true, query: where("status", "to_supplement")},
	{key: "supervised", right: staff.ReadSupervision, desk: true, query: where("supervised", "yes")},
	{key: "soon", right: staff.ReadTicket, query: where("due", "soon")},
	{key: "overdue", right: staff.ReadTicket, query: where("overdue", "yes")},
}

// For says whether the queue is the member's.
func (q queue) For(m staff.Member) bool {
	return m.Reach(q.right) != staff.None && (!q.unit || m.Department != "") && (!q.desk || m.Department == "")
}

// queueView is a queue as a page shows it.
type queueView struct {
	Key, Href string
	Count     int
	More      bool // Count is where counting stopped
	Alarm     bool // anything in it is bad news
	Statuses  []string
	Rows      []row
}

// queueRows is how many tickets of a queue the home page shows.
const queueRows = 8

// queuesOf counts a member's queues and, where with says so, takes the first
// tickets of each: the nearest deadlines.
func (p *Pages) queuesOf(ctx context.Context, m staff.Member, with func(queue) bool) ([]queueView, error) {
	var out []queueView
	for _, q := range queues {
		if !q.For(m) {
			continue
		}
		f, _ := p.filterOf(q.query, m)
		v := queueView{Key: q.key, Href: "/tickets?" + q.query.Encode(), Alarm: q.key == "overdue", Statuses: q.query["status"]}
		var err error
		if v.Count, err = p.Desk.Count(ctx, m, f); err != nil {
			return nil, err
		}
		v.More = v.Count >= tickets.CountLimit
		if v.Count > 0 && with(q) {
			if v.Rows, err = p.firstOf(ctx, m, f); err != nil {
				return nil, err
			}
		}
		out = append(out, v)
	}
	return out, nil
}

func (p *Pages) firstOf(ctx context.Context, m staff.Member, f tickets.Filter) ([]row, error) {
	page, err := p.Desk.List(ctx, m, f, "")
	if err != nil {
		return nil, err
	}
	return p.rows(m, page.Tickets[:min(queueRows, len(page.Tickets))])
}
