package pages

import (
	"net/http"
	"slices"
	"time"

	"nengban/tickets"
	"nengban/tickets/worktime"
	"nengban/web/page"
)

// calendarPage is one calendar: its month, its versions, and the form of the
// next version.
type calendarPage struct {
	deadlineBase
	View     calendarView
	Month    monthView
	Versions []tickets.CalendarVersion
	Seasons  []seasonView
	Form     page.Form
	Days     []dayRow
	Open     bool       // the form lies open
	Tried    *triedView // what the form would have changed
	Moved    *movedView // what it did change
}

type seasonView struct {
	worktime.Season
	Lines []weekLine
}

// Weekdays are the days of the week from Monday on.
func (calendarPage) Weekdays() []string { return weekdayKeys[:] }

// MonthName writes a month: 2026年10月, October 2026.
func (v *calendarPage) MonthName(t time.Time) string {
	if v.Chinese() {
		return t.Format("2006年1月")
	}
	return t.Format("January 2006")
}

// Kinds are what an exception can do to its day.
func (calendarPage) Kinds() []string {
	return []string{string(worktime.Off), string(worktime.SpecialHours), string(worktime.MakeUpDay)}
}

// calendarForm is the next version of a calendar, as far as forms change it:
// seasons and hours on free days stay as they are.
type calendarForm struct {
	Mon      string `json:"mon" field:"text,max=100"`
	Tue      string `json:"tue" field:"text,max=100"`
	Wed      string `json:"wed" field:"text,max=100"`
	Thu      string `json:"thu" field:"text,max=100"`
	Fri      string `json:"fri" field:"text,max=100"`
	Sat      string `json:"sat" field:"text,max=100"`
	Sun      string `json:"sun" field:"text,max=100"`
	Holidays bool   `json:"holidays" field:"check"`
	MakeUp   string `json:"make_up" field:"text,max=100"`
	Note     string `json:"note" field:"text,need,max=200"`
}

// Calendar shows one calendar.
func (p *Pages) Calendar(w http.ResponseWriter, r *http.Request) error {
	v, err := p.calendarPage(r)
	if err != nil {
		return err
	}
	return p.show(w, "calendar", v)
}

func (p *Pages) calendarPage(r *http.Request) (*calendarPage, error) {
	v := &calendarPage{deadlineBase: p.deadlineBase(r, "calendars")}
	limits := p.Desk.Limits()
	i := slices.IndexFunc(limits.Specs(), func(s worktime.Spec) bool { return s.Name == r.PathValue("name") })
	if i < 0 {
		return nil, page.ErrNotFound
	}
	spec := limits.Specs()[i]
	v.View = viewOf(v.Base, spec)
	for _, s := range spec.Seasons {
		v.Seasons = append(v.Seasons, seasonView{s, weekLines(v.Base, s.Week)})
	}
	var err error
	if v.Month, err = monthOf(v.Base, limits.Calendars()[spec.Name], v.Query.Get("month")); err != nil {
		return nil, err
	}
	if v.Versions, err = limits.CalendarVersions(r.Context(), spec.Name); err != nil {
		return nil, err
	}
	f := formOfCalendar(spec)
	v.Form = page.Empty("calendar", &f)
	v.Days = rowsOfDays(spec.Days)
	return v, nil
}

func formOfCalendar(s worktime.Spec) calendarForm {
	hours := func(i int) string { return hoursText(s.Week[(i+1)%7]) }
	return calendarForm{Mon: hours(0), Tue: hours(1), Wed: hours(2), Thu: hours(3), Fri: hours(4), Sat: hours(5), Sun: hours(6),
		Holidays: s.Holidays, MakeUp: hoursText(s.MakeUp)}
}
