package worktime

import (
	"math"
	"strings"
	"time"
)

// DayKind says why a day is worked or not.
type DayKind string

// The kinds of day.
const (
	WorkingDay    DayKind = "working_day"   // an ordinary working day
	RestDay       DayKind = "rest_day"      // a weekend, or another day the week leaves free
	PublicHoliday DayKind = "holiday"       // off by the State Council's notice
	MakeUp        DayKind = "make_up_day"   // a rest day worked in exchange for a holiday
	ClosedDay     DayKind = "closed"        // the city's own day off
	SpecialDay    DayKind = "special_hours" // the city's own hours
)

// kind is DayKind in the index, where a day should be small.
type kind uint8

const (
	workingDay kind = iota
	restDay
	publicHoliday
	makeUpDay
	closedDay
	specialDay
)

var kindWords = [...]DayKind{WorkingDay, RestDay, PublicHoliday, MakeUp, ClosedDay, SpecialDay}

// Day is what the calendar knows of one date.
type Day struct {
	Date    Date    `json:"date"`
	Kind    DayKind `json:"kind"`
	Working bool    `json:"working"`
	Hours   []Hours `json:"hours,omitempty"`
	// Name is the holiday's or the exception's name, empty on ordinary days.
	Name   string `json:"name,omitempty"`
	NameEN string `json:"name_en,omitempty"`
	// UnknownYear is the year whose notice may still move the day, 0 when none may.
	UnknownYear int `json:"unknown_year,omitempty"`
}

// NameIn returns the day's name in a language ("zh-CN", "en").
func (d Day) NameIn(lang string) string {
	if strings.HasPrefix(lang, "en") && d.NameEN != "" {
		return d.NameEN
	}
	return d.Name
}

// Day returns what is known of a date: whether it is worked and why. It returns
// a *RangeError outside the calendar.
func (c *Calendar) Day(d Date) (Day, error) {
	if err := c.within(d); err != nil {
		return Day{}, err
	}
	index, name := c.days[d-c.first], c.names[d]
	day := Day{
		Date:    d,
		Kind:    kindWords[index.kind],
		Working: index.working,
		Hours:   append([]Hours(nil), c.hours(d)...),
		Name:    name.zh,
		NameEN:  name.en,
	}
	day.UnknownYear, _ = c.Unknown(d, d)
	return day, nil
}

// Working reports whether a date is a working day.
func (c *Calendar) Working(d Date) (bool, error) {
	if err := c.within(d); err != nil {
		return false, err
	}
	return c.days[d-c.first].working, nil
}

// Spans returns the stretches of a date in which the calendar is open, in order.
func (c *Calendar) Spans(d Date) ([]Span, error) {
	if err := c.within(d); err != nil {
		return nil, err
	}
	var spans []Span
	for _, h := range c.hours(d) {
		from, to := c.instants(d, h)
		if from < to { // hours inside the hour a clock change skips do not happen
			spans = append(spans, Span{c.zone.time(from, 0), c.zone.time(to, 0)})
		}
	}
	return spans, nil
}

// Date returns the date on which t falls in the calendar's zone. Unlike the
// other questions it has an answer for every t.
func (c *Calendar) Date(t time.Time) Date {
	return dateAt(c.zone.wall(t.Unix()))
}

// Midnight returns the moment at which a date begins in the calendar's zone.
func (c *Calendar) Midnight(d Date) time.Time {
	return c.zone.time(c.zone.instant(int64(d)*secondsPerDay), 0)
}

// Settled reports whether no notice can move a date any more, nor one before it.
func (c *Calendar) Settled(d Date) bool { return d <= c.settled || !c.spec.Holidays }

// Unknown returns the first year whose holidays are not known among those that
// may move a day from one date to another, both included. The notice for a year
// has reached back to 29 December before it, so the last three days of the last
// known year count as open too. Calendars that keep no holidays know every year.
func (c *Calendar) Unknown(from, to Date) (year int, found bool) {
	if !c.spec.Holidays || from >= c.first && to <= c.settled {
		return 0, false
	}
	if from < c.first {
		from = c.first
	}
	firstYear := c.first.Year()
	for year = from.Year(); year-firstYear < len(c.known); year++ {
		if DateOf(year-1, time.December, reachesBack) > to {
			break
		}
		if !c.known[year-firstYear] {
			return year, true
		}
	}
	return 0, false
}

// reachesBack is the earliest day of December that the next year's notice has
// moved: 29 December 2007 and 2018, 30 December 2006.
const reachesBack = 29

// within returns a *RangeError for a date outside the calendar.
func (c *Calendar) within(d Date) error {
	if d < c.first || d > c.last {
		return &RangeError{Calendar: c.spec.Name, Date: d, First: c.first, Last: c.last}
	}
	return nil
}

// dateAt returns the date of a wall clock's second. Moments millions of years
// away become the ends of what a Date can name, outside every calendar.
func dateAt(wall int64) Date {
	day := wall / secondsPerDay
	if wall%secondsPerDay < 0 {
		day--
	}
	return Date(max(math.MinInt32, min(day, math.MaxInt32)))
}
