package api

import (
	"net/http"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// operation is one address with its description: routes and document are both
// drawn from it.
type operation struct {
	method, path string
	id, summary  string
	about        string // more than a line
	tag          string
	who          page.Who
	handle       page.Handler
	query        []filter
	form         any    // whose fields the body has
	needs        string // a member of the body beside the form's: version
	file         bool   // the body is a form with a file
	reply        any    // what it answers with
	also         any    // the same with another status
	status       int    // 0: 200
	maxBody      int64
	perMinute    int
	refuses      []int // statuses of problems beside those that every address has
}

// operations are all addresses of the API: one table, hence its length.
func (a *API) operations() []operation {
	with := page.Holders
	ops := []operation{
		{method: "GET", path: "/me", id: "me", tag: "desk", summary: "Who asks", who: page.AnyStaff, handle: a.whoami, reply: Me{}},
		{method: "GET", path: "/tickets", id: "listTickets", tag: "tickets", summary: "Tickets that the asker may read, by filter", who: with(staff.ReadTicket), handle: a.list,
			about: "Ordered by the nearest deadline, or newest first. There is no count: pass next as after until it is absent.",
			query: append(filters[:len(filters):len(filters)], filter{name: "after", doc: "next of the page before", pattern: "cursor"}), reply: Tickets{}, refuses: []int{422}},
		{method: "POST", path: "/tickets", id: "registerTicket", tag: "tickets", summary: "Register a matter", who: with(staff.Register), handle: a.register,
			about: "The same source_system and external_no register once: the second time answers 200 with the first ticket.",
			form:  &registration{}, reply: Receipt{}, also: Receipt{}, status: http.StatusCreated, refuses: []int{422}},
		{method: "GET", path: "/tickets/{number}", id: "showTicket", tag: "tickets", summary: "A ticket with its clocks, its timeline and what the asker can do now", who: with(staff.ReadTicket),
			about: "Reading is written down in the ticket's read log. The caller is masked.", handle: a.show, reply: Ticket{}, refuses: []int{404}},
		{method: "POST", path: "/tickets/{number}/attachments", id: "attach", tag: "tickets", summary: "Put a file on a ticket", who: with(staff.Attach), handle: a.attach, file: true,
			reply: Ticket{}, maxBody: maxUpload, refuses: []int{404, 409, 422}},
		{method: "GET", path: "/tickets/{number}/attachments/{id}", id: "download", tag: "tickets", summary: "A file of a ticket", who: with(staff.ReadTicket), handle: a.download, refuses: []int{404}},
	}
	for _, rule := range rules() {
		ops = append(ops, operation{method: "POST", path: "/tickets/{number}/" + rule.Path, id: string(rule.Act), tag: "acts", who: with(rule.Act), handle: a.act(rule),
			summary: a.words("act." + string(rule.Act))["en"] + " · " + a.words("act." + string(rule.Act))["zh-CN"], about: "Possible while the ticket is " + statusList(rule.From) + ".",
			form: rule.New(), needs: "version", reply: Ticket{}, refuses: []int{404, 409, 422}})
	}
	return append(ops,
		operation{method: "GET", path: "/states", id: "states", tag: "desk", summary: "The state table: every status and act", who: with(staff.ReadDirectory), handle: a.states, reply: States{}},
		operation{method: "GET", path: "/departments", id: "departments", tag: "desk", summary: "Departments", who: with(staff.ReadDirectory), handle: a.departments, reply: Departments{}},
		operation{method: "GET", path: "/categories", id: "categories", tag: "desk", summary: "Categories of matters", who: with(staff.ReadDirectory), handle: a.categories, reply: Categories{}},
		operation{method: "GET", path: "/areas", id: "areas", tag: "desk", summary: "Administrative areas", who: with(staff.ReadDirectory), handle: a.areas, reply: Areas{}},
		operation{method: "GET", path: "/directory", id: "directory", tag: "desk", summary: "The dispatch directory: who leads what", who: with(staff.ReadDirectory), handle: a.directory, reply: Duties{},
			query: []filter{{name: "matter", doc: "What the citizen wants to get done", pattern: "text"}, {name: "category", doc: "Code of a category", pattern: "code"}, {name: "area", doc: "Code of an area", pattern: "code"}}},
		operation{method: "POST", path: "/due", id: "due", tag: "desk", summary: "When a limit is due, and how that is reckoned", who: with(staff.ReadDeadlines), handle: a.due,
			about: "Nothing is written. A limit reads like “10 working days” or “10个工作日”.", form: &dueForm{}, reply: Due{}, refuses: []int{422}},
		operation{method: "POST", path: "/look", id: "look", tag: "citizens", summary: "A citizen's ticket by number and query code", who: page.Anyone, handle: a.look, perMinute: 30,
			about: "Number and code wrong are the same 404. Wrong ones are counted by network address and by number.", form: &lookForm{}, reply: Progress{}, refuses: []int{404, 422, 429}},
		operation{method: "GET", path: "/openapi.json", id: "openapi", tag: "desk", summary: "This description", who: page.Anyone, handle: a.openapi, reply: map[string]any{}},
	)
}

func statusList(all []tickets.Status) string {
	if len(all) == len(tickets.Statuses) {
		return "in any status"
	}
	out := ""
	for i, s := range all {
		switch {
		case i == 0:
		case i == len(all)-1:
			out += " or "
		default:
			out += ", "
		}
		out += string(s)
	}
	return out
}
