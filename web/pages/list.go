package pages

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// listPage is a page of tickets with the filter that chose them.
type listPage struct {
	page.Base
	Rows     []row
	Next     string // address of the next page
	Statuses []tickets.Status
	Filtered bool   // more than the status is chosen
	Missing  string // the number that was looked for and not found
}

// Classes and the others are what the filter offers.
func (listPage) Classes() []string { return tickets.Class("").Options() }

// Kinds are the kinds of matters.
func (listPage) Kinds() []string { return tickets.Kind("").Options() }

// Urgencies are the urgencies.
func (listPage) Urgencies() []string { return tickets.Urgency("").Options() }

// Channels are the ways in.
func (listPage) Channels() []string { return tickets.Channel("").Options() }

// Colours are the grades of supervision.
func (listPage) Colours() []string { return tickets.Colour("").Options() }

// Tickets lists what the filter in the address chooses.
func (p *Pages) Tickets(w http.ResponseWriter, r *http.Request) error {
	v := listPage{Base: p.Base(r), Statuses: tickets.Statuses}
	f, filtered := p.filterOf(v.Query, v.Me)
	v.Filtered = filtered
	got, err := p.Desk.List(r.Context(), v.Me, f, v.Query.Get("after"))
	if err != nil {
		return err
	}
	if v.Rows, err = p.rows(v.Me, got.Tickets); err != nil {
		return err
	}
	if got.Next != "" {
		next := url.Values{}
		for k, values := range v.Query {
			next[k] = values
		}
		next.Set("after", got.Next)
		v.Next = v.Path + "?" + next.Encode()
	}
	return p.show(w, "tickets", v)
}

// Find jumps to the ticket of a number. A few digits are today's: an operator
// says "42" and means 20260924000042.
func (p *Pages) Find(w http.ResponseWriter, r *http.Request) error {
	typed := r.URL.Query().Get("number")
	number, ok := page.Number(typed)
	if ok && len(number) <= 6 {
		number = p.Now().In(tickets.Shanghai).Format("20060102") + strings.Repeat("0", 6-len(number)) + number
	}
	if ok {
		if _, err := p.Desk.Ticket(r.Context(), me(r), number); err == nil {
			http.Redirect(w, r, "/tickets/"+number, http.StatusSeeOther) //nolint:gosec // the number of a ticket that was found: digits
			return nil
		}
	}
	v := listPage{Base: p.Base(r), Statuses: tickets.Statuses, Missing: page.Clean(typed, 40)}
	if v.Missing == "" {
		v.Missing = "?"
	}
	return p.Render.Render(w, http.StatusNotFound, "staff/tickets", v)
}

// filterOf reads a filter from an address. Words that are none of ours are
// left out: an old bookmark shows more than it did, never an error. narrowed
// says whether anything but the status is chosen.
func (p *Pages) filterOf(q url.Values, m staff.Member) (f tickets.Filter, narrowed bool) {
	f = tickets.Filter{Statuses: statusesOf(q["status"]), Class: oneOf(q, "class", tickets.Class("")), Kind: oneOf(q, "kind", tickets.Kind("")),
		Urgency: oneOf(q, "urgency", tickets.Urgency("")), Channel: oneOf(q, "channel", tickets.Channel("")), Colour: oneOf(q, "colour", tickets.Colour("")),
		Supervised: q.Get("supervised") == "yes", Overdue: q.Get("overdue") == "yes", Unsigned: q.Get("unsigned") == "yes", Newest: q.Get("sort") == "newest"}
	dir := p.Places.Directory()
	if _, ok := dir.Category(q.Get("category")); ok {
		f.Category = q.Get("category")
	}
	if _, ok := dir.Area(q.Get("area")); ok {
		f.Area = q.Get("area")
	}
	if _, ok := dir.Department(q.Get("department")); ok {
		f.Department = q.Get("department")
	}
	if f.Unsigned && f.Department == "" {
		f.Department = m.Department
	}
	if q.Get("mine") == "yes" {
		f.Registered = m.ID
	}
	if q.Get("due") == "soon" {
		f.DueBefore = p.Now().Add(24 * time.Hour)
	}
	f.From, f.To = day(q.Get("from"), 0), day(q.Get("to"), 1)
	narrowed = f.Class+tickets.Class(f.Kind)+tickets.Class(f.Urgency)+tickets.Class(f.Channel)+tickets.Class(f.Colour) != "" || f.Category+f.Area+f.Department != "" ||
		f.Supervised || f.Overdue || f.Registered != 0 || !f.DueBefore.IsZero() || !f.From.IsZero() || !f.To.IsZero()
	return f, narrowed
}

// open are the statuses in which somebody still owes work; a list shows these
// unless it is asked for others.
var open = tickets.Statuses[:slices.Index(tickets.Statuses, tickets.Completed)]

func statusesOf(words []string) []tickets.Status {
	if slices.Contains(words, "all") {
		return nil
	}
	var out []tickets.Status
	for _, s := range tickets.Statuses {
		if slices.Contains(words, string(s)) {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return open
	}
	return out
}

// oneOf reads a word of a closed list.
func oneOf[T interface {
	~string
	Options() []string
}](q url.Values, name string, none T) T {
	if w := q.Get(name); slices.Contains(none.Options(), w) {
		return T(w)
	}
	return none
}

// day reads a day as people at the desk mean it, plus some days.
func day(s string, plus int) time.Time {
	t, err := time.ParseInLocation("2006-01-02", s, tickets.Shanghai)
	if err != nil {
		return time.Time{}
	}
	return t.AddDate(0, 0, plus)
}
