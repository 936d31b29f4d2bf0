package pages

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/tickets/worktime"
	"nengban/web/page"
)

// SaveCalendar tries the next version of a calendar on past tickets, or puts
// it in force at once and reckons open deadlines anew.
func (p *Pages) SaveCalendar(w http.ResponseWriter, r *http.Request) error {
	v, err := p.calendarPage(r)
	if err != nil {
		return err
	}
	spec, note := v.read(r)
	try := r.PostForm.Get("then") == "try"
	if try {
		v.Form.Errors = slices.DeleteFunc(v.Form.Errors, func(e tickets.FieldError) bool { return e.Field == "note" })
	}
	if !v.wrong() {
		v.check(spec, p.Desk.Limits().Holidays())
	}
	v.Open = true
	switch {
	case v.wrong():
		return p.Render.Render(w, http.StatusUnprocessableEntity, "staff/calendar", v)
	case try:
		if v.Tried, err = p.tryCalendar(r, spec); err != nil {
			return err
		}
		return p.show(w, "calendar", v)
	}
	if _, err = p.Desk.Limits().PublishCalendar(r.Context(), v.Me.Name, note, spec); err != nil {
		return err
	}
	moved, err := p.Desk.MendClocks(r.Context(), v.Me.Name, note, true)
	if err != nil {
		return err
	}
	if v, err = p.calendarPage(r); err != nil {
		return err
	}
	v.Moved = movedOf(v.Base, moved)
	return p.show(w, "calendar", v)
}

// wrong says whether anything in the form cannot be used.
func (v *calendarPage) wrong() bool {
	return len(v.Form.Errors) > 0 || slices.ContainsFunc(v.Days, func(d dayRow) bool { return d.Error != nil })
}

// read fills the form and its rows with what was posted, and returns the
// calendar that they describe.
func (v *calendarPage) read(r *http.Request) (spec worktime.Spec, note string) {
	var f calendarForm
	v.Form = page.Decode(r, "calendar", &f)
	v.Form.Errors = append(v.Form.Errors, tickets.Check(&f)...)
	spec = v.View.Spec
	spec.Holidays = f.Holidays
	for i, text := range []string{f.Mon, f.Tue, f.Wed, f.Thu, f.Fri, f.Sat, f.Sun} {
		spec.Week[(i+1)%7] = v.hours(weekdayKeys[i], text)
	}
	spec.MakeUp = v.hours("make_up", f.MakeUp)
	v.Days = readDays(r)
	spec.Days = nil
	for i := range v.Days {
		if day, ok := v.Days[i].override(v.Days[:i]); ok {
			spec.Days = append(spec.Days, day)
		}
	}
	v.Days = append(v.Days, blankDays()...)
	return spec, f.Note
}

func (v *calendarPage) hours(field, text string) []worktime.Hours {
	hours, wrong := readHours(field, text)
	if wrong != nil {
		v.Form.Errors = append(v.Form.Errors, *wrong)
	}
	return hours
}

// check asks the calendar itself, which knows more reasons than a form does.
func (v *calendarPage) check(spec worktime.Spec, table worktime.Table) {
	_, err := worktime.New(spec, table)
	switch {
	case errors.Is(err, worktime.ErrNeverOpens):
		v.Form.Errors = append(v.Form.Errors, tickets.FieldError{Field: "mon", Code: "never_opens"})
	case err != nil:
		v.Form.Errors = append(v.Form.Errors, tickets.FieldError{Field: "note", Code: "calendar_wrong", Args: []any{err.Error()}})
	}
}

// tryCalendar asks what the calendar would have made of past tickets.
func (p *Pages) tryCalendar(r *http.Request, spec worktime.Spec) (*triedView, error) {
	limits := p.Desk.Limits()
	specs := slices.Clone(limits.Specs())
	for i := range specs {
		if specs[i].Name == spec.Name {
			specs[i] = spec
		}
	}
	calendars, err := sla.NewCalendars(limits.Holidays(), specs...)
	if err != nil {
		return nil, err
	}
	policy, ok := limits.Policies().InForce(p.Now())
	if !ok {
		return nil, page.ErrNotFound
	}
	return p.try(r, sla.Regime{Policy: &policy, Calendars: calendars})
}

// readHours reads hours as people write them: 9:00-12:00，13:30～17:30.
func readHours(field, text string) (hours []worktime.Hours, wrong *tickets.FieldError) {
	text = hourSigns.Replace(text)
	for part := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",、; \t", r) }) {
		h, err := worktime.ParseHours(part)
		if err != nil {
			return nil, &tickets.FieldError{Field: field, Code: "hours_unreadable"}
		}
		if h.From >= h.To || len(hours) > 0 && h.From < hours[len(hours)-1].To {
			return nil, &tickets.FieldError{Field: field, Code: "hours_wrong"}
		}
		hours = append(hours, h)
	}
	return hours, nil
}

// hourSigns are the signs of an input method for Chinese, and dashes of all lengths.
var hourSigns = strings.NewReplacer("：", ":", "，", ",", "；", ";", "～", "-", "~", "-", "－", "-", "–", "-", "—", "-", "至", "-", "　", " ")
