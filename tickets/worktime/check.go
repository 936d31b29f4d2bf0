package worktime

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// mostDays bounds a year's list; the longest notice so far (2013) moved 41 days.
const mostDays = 120

// fixedHolidays are the days that fall on the same date every year by the State
// Council's 全国年节及纪念日放假办法; a year's list without one of them is incomplete.
var fixedHolidays = []struct {
	month time.Month
	day   int
	name  string
}{
	{time.January, 1, "元旦"},
	{time.May, 1, "劳动节"},
	{time.October, 1, "国庆节"},
	{time.October, 2, "国庆节"},
	{time.October, 3, "国庆节"},
}

// movingHolidays follow the moon or the sun; the list must name each. The last
// three became public holidays in 2008.
var movingHolidays = []struct {
	since int
	stem  string
	name  string
}{
	{0, "春节", "春节"},
	{2008, "清明", "清明节"},
	{2008, "端午", "端午节"},
	{2008, "中秋", "中秋节"},
}

// Validate returns ErrNotAnnounced for a list with no days, and a *DayError or
// a plain error for the first thing wrong: a day of another year, a day listed
// twice or both off and worked, a day off missing from the middle of its
// holiday, a public holiday missing altogether.
//
// A worked day that is an ordinary weekday is accepted: the notice that
// prolonged the Spring Festival of 2020 named Monday 3 February as one.
func (y Year) Validate() error { return y.check(nil) }

// check is Validate for days that came from the given lines of a file.
func (y Year) check(lines []int) error {
	if len(y.Days) == 0 {
		return fmt.Errorf("%d: %w", y.Year, ErrNotAnnounced)
	}
	if len(y.Days) > mostDays {
		return fmt.Errorf("%d days in one year's list; a notice never moves more than %d", len(y.Days), mostDays)
	}
	byDate := make(map[Date]Holiday, len(y.Days))
	for i, day := range y.Days {
		line := 0
		if lines != nil {
			line = lines[i]
		}
		if wrong := y.wrongDay(day, byDate); wrong != nil {
			wrong.Date, wrong.Line = day.Date, line
			return wrong
		}
		byDate[day.Date] = day
	}
	if err := y.checkHoles(byDate); err != nil {
		return err
	}
	return y.checkComplete(byDate)
}

// wrongDay says what is wrong with one day beside those before it, or nothing.
func (y Year) wrongDay(day Holiday, seen map[Date]Holiday) *DayError {
	if day.Name == "" {
		return &DayError{Code: Unnamed, Reason: "has no name"}
	}
	if !y.covers(day.Date) {
		return &DayError{Code: OtherYear, Names: []string{strconv.Itoa(y.Year)}, Reason: fmt.Sprintf("is not in the list's year, %d", y.Year)}
	}
	other, twice := seen[day.Date]
	switch {
	case !twice:
		return nil
	case other.Off != day.Off:
		off, work := offName(other, day), workName(other, day)
		return &DayError{Code: OffAndWorked, Names: []string{off, work}, Reason: fmt.Sprintf("is both a day off (%s) and a working day (%s)", off, work)}
	case other.Name != day.Name:
		return &DayError{Code: TwoHolidays, Names: []string{other.Name, day.Name}, Reason: fmt.Sprintf("overlaps: it is listed for %s and for %s", other.Name, day.Name)}
	default:
		return &DayError{Code: ListedTwice, Reason: "is listed twice"}
	}
}

func offName(a, b Holiday) string {
	if a.Off {
		return a.Name
	}
	return b.Name
}

func workName(a, b Holiday) string {
	if a.Off {
		return b.Name
	}
	return a.Name
}

// covers reports whether the year's notice may speak of the date: New Year's
// days off reach back into December, as in 2007, 2008, 2012, 2019 and 2023.
func (y Year) covers(d Date) bool {
	return d.Year() == y.Year || d >= DateOf(y.Year-1, time.December, 25) && d < DateOf(y.Year, time.January, 1)
}

// checkHoles looks for a weekday missing between two days off of one holiday.
// A missing weekend day is no hole: lists differ on naming days off anyway.
func (y Year) checkHoles(byDate map[Date]Holiday) error {
	const oneHoliday = 14 // days off of one name further apart are two holidays
	before := make(map[string]Date)
	for _, day := range y.sorted().Days {
		if !day.Off {
			continue
		}
		last, ok := before[day.Name]
		before[day.Name] = day.Date
		if !ok || day.Date-last > oneHoliday {
			continue
		}
		for d := last + 1; d < day.Date; d++ {
			if _, listed := byDate[d]; !listed && !weekend(d) {
				return &DayError{Date: d, Code: Gap, Names: []string{last.String(), day.Date.String(), day.Name}, Reason: fmt.Sprintf("is missing between %s and %s, both off for %s", last, day.Date, day.Name)}
			}
		}
	}
	return nil
}

func (y Year) checkComplete(byDate map[Date]Holiday) error {
	for _, fixed := range fixedHolidays {
		d := DateOf(y.Year, fixed.month, fixed.day)
		if !byDate[d].Off {
			return &DayError{Date: d, Code: MissingFixed, Names: []string{fixed.name}, Reason: fmt.Sprintf("is missing: it is a day off every year (%s)", fixed.name)}
		}
	}
	for _, moving := range movingHolidays {
		takenIn := moving.stem == "中秋" && y.longNationalDay()
		if y.Year >= moving.since && !takenIn && !y.names(moving.stem) {
			return &MissingHolidayError{Year: y.Year, Name: moving.name}
		}
	}
	return nil
}

func (y Year) names(stem string) bool {
	for _, day := range y.Days {
		if day.Off && strings.Contains(day.Name, stem) {
			return true
		}
	}
	return false
}

// longNationalDay reports whether National Day has taken the Mid-Autumn Festival
// in: where both fall on one day, as in 2020, a list may name only the first and
// gives eight days off.
func (y Year) longNationalDay() bool {
	days := 0
	for _, day := range y.Days {
		if day.Off && strings.Contains(day.Name, "国庆") {
			days++
		}
	}
	return days >= 8
}

func weekend(d Date) bool {
	day := d.Weekday()
	return day == time.Saturday || day == time.Sunday
}
