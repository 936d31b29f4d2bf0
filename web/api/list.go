package api

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"nengban/tickets"
)

// Tickets is a page of a list.
type Tickets struct {
	Tickets []Summary `json:"tickets"`
	Next    string    `json:"next,omitempty" doc:"Pass it as after to get the next page; absent on the last"`
}

// filter is one value of a query that chooses tickets.
type filter struct {
	name, doc string
	options   []string // all that it may be
	pattern   string   // or its shape
	many      bool     // several may be given
	set       func(f *tickets.Filter, values []string) bool
}

func (a *API) list(w http.ResponseWriter, r *http.Request) error {
	by, err := a.me(r)
	if err != nil {
		return err
	}
	f, after, err := filterOf(r.URL.Query())
	if err != nil {
		return err
	}
	got, err := a.Desk.List(r.Context(), by, f, after)
	var fields tickets.FieldErrors
	if errors.As(err, &fields) {
		return tickets.FieldErrors{{Field: "after", Code: fields[0].Code}}
	}
	if err != nil {
		return err
	}
	out := Tickets{Tickets: []Summary{}, Next: got.Next}
	for _, t := range got.Tickets {
		s, err := a.summary(by, t)
		if err != nil {
			return err
		}
		out.Tickets = append(out.Tickets, s)
	}
	return give(w, http.StatusOK, out)
}

// filterOf reads a query strictly: a filter that is misspelt would choose more
// than was meant, and the program that asked would not notice.
func filterOf(q url.Values) (f tickets.Filter, after string, err error) {
	var es tickets.FieldErrors
	wrong := func(name, code string, args ...any) {
		es = append(es, tickets.FieldError{Field: clip(name), Code: code, Args: args})
	}
	names := make([]string, 0, len(filters))
	for _, x := range filters {
		names = append(names, x.name)
		values, given := q[x.name]
		switch {
		case !given:
		case len(values) > 1 && !x.many:
			wrong(x.name, "twice")
		case x.options != nil && slices.ContainsFunc(values, func(v string) bool { return !slices.Contains(x.options, v) }):
			wrong(x.name, "not_an_option")
		case !x.set(&f, values):
			wrong(x.name, "wrong_type", x.pattern)
		}
	}
	for name := range q {
		if name != "after" && !slices.Contains(names, name) {
			wrong(name, "unknown_field", strings.Join(append(names, "after"), ", "))
		}
	}
	if len(es) > 0 {
		return f, "", es
	}
	return f, q.Get("after"), nil
}

// filters are what a list can be narrowed by. The function is one table, hence
// its length.
var filters = []filter{
	{name: "status", doc: "Only these; several may be given", options: statusWords(), many: true, set: func(f *tickets.Filter, v []string) bool {
		for _, s := range v {
			f.Statuses = append(f.Statuses, tickets.Status(s))
		}
		return true
	}},
	{name: "class", doc: "Result of triage", options: tickets.Class("").Options(), set: func(f *tickets.Filter, v []string) bool { f.Class = tickets.Class(v[0]); return true }},
	{name: "kind", doc: "What the caller wants", options: tickets.Kind("").Options(), set: func(f *tickets.Filter, v []string) bool { f.Kind = tickets.Kind(v[0]); return true }},
	{name: "urgency", doc: "How soon", options: tickets.Urgency("").Options(), set: func(f *tickets.Filter, v []string) bool { f.Urgency = tickets.Urgency(v[0]); return true }},
	{name: "channel", doc: "The way it came in", options: tickets.Channel("").Options(), set: func(f *tickets.Filter, v []string) bool { f.Channel = tickets.Channel(v[0]); return true }},
	{name: "colour", doc: "An open supervision order of this colour", options: tickets.Colour("").Options(), set: func(f *tickets.Filter, v []string) bool { f.Colour = tickets.Colour(v[0]); return true }},
	{name: "category", doc: "Code of a category", pattern: "code", set: text(func(f *tickets.Filter, v string) { f.Category = v })},
	{name: "area", doc: "Code of an area; those in it count too", pattern: "code", set: text(func(f *tickets.Filter, v string) { f.Area = v })},
	{name: "department", doc: "Code of a department that holds a part, itself or one below it", pattern: "code", set: text(func(f *tickets.Filter, v string) { f.Department = v })},
	{name: "lead", doc: "Code of the department that leads it, or led it last", pattern: "code", set: text(func(f *tickets.Filter, v string) { f.Lead = v })},
	{name: "unsigned", doc: "With department: only parts that are not signed for", options: []string{"true", "false"}, set: flag(func(f *tickets.Filter, v bool) { f.Unsigned = v })},
	{name: "supervised", doc: "Only those under an open supervision order", options: []string{"true", "false"}, set: flag(func(f *tickets.Filter, v bool) { f.Supervised = v })},
	{name: "overdue", doc: "Only those whose nearest deadline is over", options: []string{"true", "false"}, set: flag(func(f *tickets.Filter, v bool) { f.Overdue = v })},
	{name: "due_before", doc: "The nearest deadline is before this", pattern: "date-time", set: moment(func(f *tickets.Filter, t time.Time) { f.DueBefore = t })},
	{name: "from", doc: "Received then or later", pattern: "date-time", set: moment(func(f *tickets.Filter, t time.Time) { f.From = t })},
	{name: "to", doc: "Received before then", pattern: "date-time", set: moment(func(f *tickets.Filter, t time.Time) { f.To = t })},
	{name: "sort", doc: "By the nearest deadline, or the newest first", options: []string{"due", "newest"}, set: func(f *tickets.Filter, v []string) bool { f.Newest = v[0] == "newest"; return true }},
}

func statusWords() []string {
	out := make([]string, 0, len(tickets.Statuses))
	for _, s := range tickets.Statuses {
		out = append(out, string(s))
	}
	return out
}

func text(set func(*tickets.Filter, string)) func(*tickets.Filter, []string) bool {
	return func(f *tickets.Filter, v []string) bool {
		set(f, v[0])
		return v[0] != "" && len(v[0]) <= 64 && !strings.ContainsFunc(v[0], func(r rune) bool { return r < ' ' || r == 0x7f || r == 0xfffd })
	}
}

func flag(set func(*tickets.Filter, bool)) func(*tickets.Filter, []string) bool {
	return func(f *tickets.Filter, v []string) bool { set(f, v[0] == "true"); return true }
}

// moment reads RFC 3339, or a day, which begins at midnight in Shanghai.
func moment(set func(*tickets.Filter, time.Time)) func(*tickets.Filter, []string) bool {
	return func(f *tickets.Filter, v []string) bool {
		for _, layout := range []string{time.RFC3339, "2006-01-02"} {
			if t, err := time.ParseInLocation(layout, v[0], tickets.Shanghai); err == nil {
				set(f, t)
				return true
			}
		}
		return false
	}
}
