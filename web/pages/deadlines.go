package pages

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/tickets/worktime"
	"nengban/web/page"
)

// deadlineBase is what the pages of calendars and limits share.
type deadlineBase struct {
	page.Base
	Tab     string
	MayEdit bool
	Horizon horizon
}

// horizon is how far ahead official holidays are known.
type horizon struct {
	Known   int // the last year with a list
	Unknown int // from there on plain weekends serve, provisionally
	Worry   bool
}

// Tabs are the pages that the reader may open.
func (b deadlineBase) Tabs() []string {
	if b.MayEdit {
		return []string{"calendars", "limits", "draft", "news"}
	}
	return []string{"calendars", "limits", "news"}
}

// TabHref is the address of a tab.
func (deadlineBase) TabHref(tab string) string {
	if tab == "calendars" {
		return "/deadlines"
	}
	return "/deadlines/" + tab
}

// CalendarName is what a calendar is called.
func (b deadlineBase) CalendarName(name string) string {
	if key := "calendar." + name; b.Has(key) {
		return b.T(key)
	}
	return name
}

func (p *Pages) deadlineBase(r *http.Request, tab string) deadlineBase {
	b := deadlineBase{Base: p.Base(r), Tab: tab}
	b.Path = "/deadlines"
	b.MayEdit = b.May(string(staff.EditDeadlines))
	year, worry := p.Desk.Limits().UnknownYear()
	b.Horizon = horizon{year - 1, year, worry}
	return b
}

// calendarsPage lists the calendars in force and the holidays that were loaded.
type calendarsPage struct {
	deadlineBase
	Calendars []calendarView
	Years     []tickets.YearVersion
	Form      page.Form // of a list of holidays
	Refused   string    // why a list was not taken
	Loaded    []int     // the years that were just taken in
	Moved     *movedView
}

// calendarView is a calendar as people read it.
type calendarView struct {
	worktime.Spec
	Lines  []weekLine
	Coming []worktime.Override // exceptions from today on
}

// weekLine is a run of weekdays with the same hours.
type weekLine struct{ Days, Hours string }

// Calendars shows which hours deadlines are reckoned in, and how far ahead.
func (p *Pages) Calendars(w http.ResponseWriter, r *http.Request) error {
	v, err := p.calendarsPage(r)
	if err != nil {
		return err
	}
	return p.show(w, "calendars", v)
}

func (p *Pages) calendarsPage(r *http.Request) (calendarsPage, error) {
	v := calendarsPage{deadlineBase: p.deadlineBase(r, "calendars"), Form: page.Empty("holidays", &holidaysForm{})}
	for _, spec := range p.Desk.Limits().Specs() {
		v.Calendars = append(v.Calendars, viewOf(v.Base, spec))
	}
	var err error
	v.Years, err = p.Desk.Limits().LoadedYears(r.Context())
	return v, err
}

func viewOf(b page.Base, spec worktime.Spec) calendarView {
	v := calendarView{Spec: spec, Lines: weekLines(b, spec.Week)}
	today := dateOf(b.Now)
	for _, d := range spec.Days {
		if d.Date >= today {
			v.Coming = append(v.Coming, d)
		}
	}
	slices.SortFunc(v.Coming, func(a, b worktime.Override) int { return int(a.Date) - int(b.Date) })
	return v
}

// dateOf is the date on which a moment falls at the desk.
func dateOf(t time.Time) worktime.Date {
	y, m, d := t.In(tickets.Shanghai).Date()
	return worktime.DateOf(y, m, d)
}

// weekLines says a week in as few lines as it has different days, Monday first.
func weekLines(b page.Base, week worktime.Week) []weekLine {
	var out []weekLine
	first, last := 0, 0
	flush := func() {
		days := b.T("weekday." + weekdayKeys[first])
		if last > first {
			days = b.T("weekday.span", "From", days, "To", b.T("weekday."+weekdayKeys[last]))
		}
		out = append(out, weekLine{days, hoursText(week[(first+1)%7])})
	}
	for i := 1; i < 7; i++ {
		if !slices.Equal(week[(i+1)%7], week[(first+1)%7]) {
			flush()
			first = i
		}
		last = i
	}
	flush()
	return out
}

// weekdayKeys are the days of the week from Monday on, as forms name them.
var weekdayKeys = [7]string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

// hoursText writes hours as forms take them: 09:00-12:00, 13:30-17:30.
func hoursText(hours []worktime.Hours) string {
	var out []string
	for _, h := range hours {
		out = append(out, h.String())
	}
	return strings.Join(out, ", ")
}
