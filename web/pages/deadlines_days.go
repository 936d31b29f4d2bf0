package pages

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"nengban/tickets"
	"nengban/tickets/worktime"
)

// dayRow is one exception of a calendar as its form shows it.
type dayRow struct {
	Date, Kind, Hours, Name, NameEN string
	Error                           *tickets.FieldError
}

// spareDays is how many empty rows a form offers.
const spareDays = 3

func blankDays() []dayRow { return make([]dayRow, spareDays) }

func rowsOfDays(days []worktime.Override) []dayRow {
	var out []dayRow
	for _, d := range days {
		out = append(out, dayRow{Date: d.Date.String(), Kind: string(d.Kind), Hours: hoursText(d.Hours), Name: d.Name, NameEN: d.NameEN})
	}
	slices.SortFunc(out, func(a, b dayRow) int { return cmp.Compare(a.Date, b.Date) })
	return append(out, blankDays()...)
}

// readDays reads the rows that were posted. One without a date is gone: that
// is how a row is taken out.
func readDays(r *http.Request) []dayRow {
	var out []dayRow
	at := func(name string, i int) string {
		if all := r.PostForm[name]; i < len(all) {
			return strings.TrimSpace(all[i])
		}
		return ""
	}
	for i := range min(len(r.PostForm["day_date"]), mostDayRows) {
		row := dayRow{Date: at("day_date", i), Kind: at("day_kind", i), Hours: at("day_hours", i), Name: at("day_name", i), NameEN: at("day_name_en", i)}
		if row.Date != "" {
			out = append(out, row)
		}
	}
	return out
}

// mostDayRows is what a calendar can hold.
const mostDayRows = 3660

// override reads a row; ok is false, and its Error says why, when it cannot be
// used beside those before it.
func (d *dayRow) override(before []dayRow) (o worktime.Override, ok bool) {
	wrong := func(field, code string) (worktime.Override, bool) {
		d.Error = &tickets.FieldError{Field: field, Code: code}
		return o, false
	}
	var err error
	if o.Date, err = worktime.ParseDate(d.Date); err != nil {
		return wrong("day_date", "not_a_date")
	}
	if slices.ContainsFunc(before, func(x dayRow) bool { return x.Date == d.Date }) {
		return wrong("day_date", "day_twice")
	}
	if o.Hours, d.Error = readHours("day_hours", d.Hours); d.Error != nil {
		return o, false
	}
	o.Kind, o.Name, o.NameEN = worktime.OverrideKind(d.Kind), d.Name, d.NameEN
	switch {
	case o.Name == "":
		return wrong("day_name", "day_unnamed")
	case o.Kind == worktime.Off && len(o.Hours) > 0:
		return wrong("day_hours", "off_with_hours")
	case o.Kind == worktime.SpecialHours && len(o.Hours) == 0:
		return wrong("day_hours", "missing")
	case !slices.Contains(calendarPage{}.Kinds(), d.Kind):
		return wrong("day_kind", "not_an_option")
	}
	return o, true
}
