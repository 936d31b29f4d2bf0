package pages

import (
	"errors"
	"net/http"
	"slices"
	"strconv"
	"time"

	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/tickets/worktime"
	"nengban/web/page"
)

// holidaysForm goes with an uploaded list of holidays.
type holidaysForm struct {
	Year int `json:"year" field:"number,min=2007,max=2100"`
}

// movedView are the deadlines that a new calendar moved.
type movedView struct {
	Tickets int
	Rows    []movedRow
	More    bool
}

// movedRow is one of them.
type movedRow struct {
	Number  string
	Clock   string
	Was, Is time.Time
}

// mostMoved is how many are listed; all of them are in the database with the reason.
const mostMoved = 200

func movedOf(b page.Base, diffs []tickets.Difference) *movedView {
	v := &movedView{Tickets: len(diffs)}
	for _, d := range diffs {
		for _, f := range d.Found {
			was, errWas := time.Parse(time.RFC3339Nano, f.Was)
			is, errIs := time.Parse(time.RFC3339Nano, f.Is)
			if f.Field != "due" || errWas != nil || errIs != nil {
				continue
			}
			if len(v.Rows) == mostMoved {
				v.More = true
				return v
			}
			v.Rows = append(v.Rows, movedRow{d.Number, keyName(b, f.Key), was, is})
		}
	}
	return v
}

// keyName is what a clock is called by its key.
func keyName(b page.Base, k sla.Key) string {
	return clockName(b, sla.Clock{Key: k})
}

// LoadHolidays takes in the State Council's list of a year: holiday-cn's JSON,
// an iCalendar or a table. A list that is not sound is refused with the day
// named, and nothing changes; a sound one shows what it moved.
func (p *Pages) LoadHolidays(w http.ResponseWriter, r *http.Request) error {
	var f holidaysForm
	form := page.Decode(r, "holidays", &f)
	form.Errors = append(form.Errors, tickets.Check(&f)...)
	if r.MultipartForm == nil || len(r.MultipartForm.File["file"]) == 0 {
		form.Errors = append(form.Errors, tickets.FieldError{Field: "file", Code: "missing"})
	}
	if len(form.Errors) > 0 {
		return p.holidaysRefused(w, r, form, nil)
	}
	h := r.MultipartForm.File["file"][0]
	file, err := h.Open()
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }() // it was only read
	years, moved, err := p.Desk.LoadHolidays(r.Context(), me(r).Name, page.Clean(h.Filename, 200), file, f.Year)
	if years == nil && err != nil {
		return p.holidaysRefused(w, r, form, err)
	}
	if err != nil {
		return err
	}
	v, err := p.calendarsPage(r)
	if err != nil {
		return err
	}
	for _, y := range years {
		v.Loaded = append(v.Loaded, y.Year)
	}
	v.Moved = movedOf(v.Base, moved)
	return p.show(w, "calendars", v)
}

func (p *Pages) holidaysRefused(w http.ResponseWriter, r *http.Request, form page.Form, why error) error {
	v, err := p.calendarsPage(r)
	if err != nil {
		return err
	}
	v.Form = form
	if why != nil {
		v.Refused = refusedList(v.Base, why)
	}
	return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/calendars", v)
}

// refusedList says which day a list was refused for.
func refusedList(b page.Base, err error) string {
	var day *worktime.DayError
	var missing *worktime.MissingHolidayError
	switch {
	case errors.Is(err, worktime.ErrNotAnnounced):
		return b.T("deadlines.not_announced")
	case errors.As(err, &missing):
		return b.T("deadlines.missing_holiday", "Year", missing.Year, "Name", worktime.HolidayName(missing.Name, b.Lang))
	case errors.As(err, &day) && day.Line > 0:
		return b.T("deadlines.bad_line", "Line", strconv.Itoa(day.Line), "Date", day.Date.String(), "Why", troubleOf(b, day))
	case errors.As(err, &day):
		return b.T("deadlines.bad_day", "Date", day.Date.String(), "Why", troubleOf(b, day))
	default:
		return b.T("deadlines.bad_list", "Why", err.Error()) // what the file holds is what its sender sent
	}
}

// troubleOf says what is wrong with a day.
func troubleOf(b page.Base, day *worktime.DayError) string {
	names := append(slices.Clone(day.Names), "", "", "")
	for i := range names {
		names[i] = worktime.HolidayName(names[i], b.Lang)
	}
	return b.T("deadlines.day."+string(day.Code), "A", names[0], "B", names[1], "C", names[2])
}
