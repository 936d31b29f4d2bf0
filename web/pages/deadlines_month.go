package pages

import (
	"time"

	"nengban/tickets/worktime"
	"nengban/web/page"
)

// monthView is a month of a calendar as a sheet on the wall.
type monthView struct {
	First      time.Time
	Prev, Next string // months, 2026-10; "" where the calendar ends
	Weeks      [][7]dayCell
}

// dayCell is one day of it.
type dayCell struct {
	worktime.Day
	N       int
	Outside bool // of the month
	Today   bool
	Words   []string // the hours, one stretch each
	Label   string   // the holiday's name, or the kind of day
}

// Tone chooses the colour: what is worked, off, or worked in exchange. Its
// words say the same.
func (c dayCell) Tone() string {
	switch c.Kind {
	case worktime.PublicHoliday, worktime.ClosedDay:
		return "off"
	case worktime.MakeUp:
		return "makeup"
	case worktime.SpecialDay:
		return "special"
	case worktime.RestDay:
		return "rest"
	default:
		return "works"
	}
}

const monthLayout = "2006-01"

// monthOf lays a month out, Monday first. What is asked for and is no month of
// the calendar becomes the month of now.
func monthOf(b page.Base, c *worktime.Calendar, asked string) (monthView, error) {
	first, err := time.ParseInLocation(monthLayout, asked, c.Location())
	if err != nil || dateIn(first) < c.First() || dateIn(first.AddDate(0, 1, 0)) > c.Last() {
		y, m, _ := b.Now.In(c.Location()).Date()
		first = time.Date(y, m, 1, 0, 0, 0, 0, c.Location())
	}
	v := monthView{First: first}
	if prev := first.AddDate(0, -1, 0); dateIn(prev) >= c.First() {
		v.Prev = prev.Format(monthLayout)
	}
	if next := first.AddDate(0, 1, 0); dateIn(next.AddDate(0, 1, 0)) <= c.Last() {
		v.Next = next.Format(monthLayout)
	}
	start := dateIn(first)
	for start.Weekday() != time.Monday {
		start--
	}
	for week := start; week < dateIn(first.AddDate(0, 1, 0)); week += 7 {
		var row [7]dayCell
		for i := range row {
			if row[i], err = cellOf(b, c, week+worktime.Date(i), first.Month()); err != nil {
				return v, err
			}
		}
		v.Weeks = append(v.Weeks, row)
	}
	return v, nil
}

func cellOf(b page.Base, c *worktime.Calendar, d worktime.Date, month time.Month) (dayCell, error) {
	_, m, n := d.Civil()
	cell := dayCell{N: n, Outside: m != month, Today: d == c.Date(b.Now)}
	if d < c.First() || d > c.Last() {
		return cell, nil // the days beside the first and the last month
	}
	var err error
	if cell.Day, err = c.Day(d); err != nil {
		return cell, err
	}
	for _, h := range cell.Hours {
		cell.Words = append(cell.Words, h.String())
	}
	cell.Label = cell.NameIn(b.Lang)
	if cell.Label == "" && cell.Kind != worktime.WorkingDay {
		cell.Label = b.T("daykind." + string(cell.Kind))
	}
	return cell, nil
}

func dateIn(t time.Time) worktime.Date {
	y, m, d := t.Date()
	return worktime.DateOf(y, m, d)
}
