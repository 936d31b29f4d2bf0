package worktime

import (
	"fmt"
	"slices"
	"time"
)

// reach is how many years past its last known holidays a calendar answers, with
// plain weekends; a search that runs further is an error. Long enough for any
// limit in the law, short enough that an index of every day stays small.
const reach = 30

// Calendar answers when people work. It is built by [New], never changes, and
// may be used by many goroutines at once.
type Calendar struct {
	spec        Spec
	zone        zone
	first, last Date
	known       []bool // by year since first's
	settled     Date   // the last day up to which no notice is awaited
	edition     string

	shapes [][]Hours // the distinct days there are
	days   []dayIndex
	worked []uint32 // open seconds before each day, one more than days
	rank   []int32  // working days before each day, one more than days
	nth    []int32  // the working days, as indices into days
	names  map[Date]dayName
}

// dayIndex is one day in the index.
type dayIndex struct {
	shape   uint16
	kind    kind
	working bool
}

type dayName struct{ zh, en string }

// New builds the calendar of a specification and a table of holidays. It returns
// the error of [Spec.Validate] for a specification that cannot be used, and an
// error for a calendar that keeps holidays with an empty table.
//
// The calendar answers from 1 January of the table's first year to 31 December
// thirty years after its last.
func New(spec Spec, table Table) (*Calendar, error) {
	loc, err := spec.check()
	if err != nil {
		return nil, err
	}
	years := table.Known()
	if len(years) == 0 {
		return nil, spec.wrong("holidays", ErrNotAnnounced)
	}
	c := &Calendar{spec: spec.clone()}
	c.first = DateOf(years[0], time.January, 1)
	c.last = DateOf(years[len(years)-1]+reach, time.December, 31)
	c.zone = newZone(loc, c.first, c.last)
	c.known = make([]bool, years[len(years)-1]+reach-years[0]+1)
	for _, year := range years {
		c.known[year-years[0]] = true
	}
	unknown := slices.Index(c.known, false) // there is one: the table reaches thirty years less far
	c.settled = DateOf(years[0]+unknown-1, time.December, reachesBack) - 1
	c.days = make([]dayIndex, c.last-c.first+1)
	c.names = make(map[Date]dayName)
	c.layOut(table)
	c.count()
	c.edition = fmt.Sprintf("v%d", spec.Version)
	if spec.Holidays {
		c.edition += "+" + table.Fingerprint()
	}
	return c, nil
}

// Name is what limits call the calendar by.
func (c *Calendar) Name() string { return c.spec.Name }

// Version is the version of the specification the calendar was built from.
func (c *Calendar) Version() int { return c.spec.Version }

// Edition names all that the calendar's answers depend on: the specification's
// version and, when it keeps holidays, the fingerprint of the table. A deadline
// reckoned under another edition may have moved.
func (c *Calendar) Edition() string { return c.edition }

// Spec returns a copy of what the calendar was built from.
func (c *Calendar) Spec() Spec { return c.spec.clone() }

// Location is the calendar's time zone; every time it returns is in it.
func (c *Calendar) Location() *time.Location { return c.zone.loc }

// First and Last are the days between which the calendar answers, both included.
func (c *Calendar) First() Date { return c.first }

// Last is the last day the calendar answers for.
func (c *Calendar) Last() Date { return c.last }

// plan lays the days out: the week first, then seasons, holidays and the city's
// own exceptions, each going before what stood there.
type plan struct {
	*Calendar
	byDay [366]int // which week is in force by day of a leap year: 0 the base, else season + 1
}

func (c *Calendar) layOut(table Table) {
	p := plan{Calendar: c}
	for i, season := range c.spec.Seasons {
		for day := season.From.ordinal(); ; day = (day + 1) % len(p.byDay) {
			p.byDay[day] = i + 1
			if day == season.To.ordinal() {
				break
			}
		}
	}
	c.shapes = [][]Hours{nil}
	p.fillWeeks()
	if c.spec.Holidays {
		for d, holiday := range table.days() {
			p.keep(d, holiday)
		}
	}
	for _, day := range c.spec.Days {
		p.override(day)
	}
}

// week returns the hours of the week in force on a date.
func (p *plan) week(d Date) (Week, int) {
	if len(p.spec.Seasons) == 0 {
		return p.spec.Week, 0
	}
	_, month, day := d.Civil()
	season := p.byDay[MonthDay{month, day}.ordinal()]
	if season == 0 {
		return p.spec.Week, 0
	}
	return p.spec.Seasons[season-1].Week, season
}

func (p *plan) fillWeeks() {
	weeks := make([][7]dayIndex, 1+len(p.spec.Seasons))
	for w := range weeks {
		week := p.spec.Week
		if w > 0 {
			week = p.spec.Seasons[w-1].Week
		}
		for day, hours := range week {
			weeks[w][day] = dayIndex{kind: workingDay, working: true, shape: p.shape(hours)}
			if len(hours) == 0 {
				weeks[w][day] = dayIndex{kind: restDay, shape: p.shape(p.spec.Extra[day])}
			}
		}
	}
	for i := range p.days {
		d := p.first + Date(i)
		_, season := p.week(d)
		p.days[i] = weeks[season][d.Weekday()]
	}
}

// keep applies one day of the State Council's notices.
func (p *plan) keep(d Date, holiday Holiday) {
	day := p.at(d)
	if day == nil {
		return
	}
	switch {
	case holiday.Off:
		*day = dayIndex{kind: publicHoliday}
	case !day.working:
		*day = dayIndex{kind: makeUpDay, working: true, shape: p.shape(p.makeUpHours(d))}
	default:
		return // a weekday named as worked is an ordinary day
	}
	p.names[d] = dayName{holiday.Name, HolidayName(holiday.Name, "en")}
}

// makeUpHours are the hours of a make-up day: the ones set for it, else those of
// the first working day of the week then in force.
func (p *plan) makeUpHours(d Date) []Hours {
	if len(p.spec.MakeUp) > 0 {
		return p.spec.MakeUp
	}
	week, _ := p.week(d)
	if week.empty() {
		week = p.spec.Week // which check has seen to hold hours
	}
	for i := range week {
		if hours := week[(i+1)%7]; len(hours) > 0 {
			return hours
		}
	}
	return nil
}

// override applies one of the city's own exceptions.
func (p *plan) override(o Override) {
	day := p.at(o.Date)
	if day == nil {
		return
	}
	switch o.Kind {
	case Off:
		*day = dayIndex{kind: closedDay}
	case SpecialHours:
		*day = dayIndex{kind: specialDay, working: day.working, shape: p.shape(o.Hours)}
	case MakeUpDay:
		hours := o.Hours
		if len(hours) == 0 {
			hours = p.makeUpHours(o.Date)
		}
		*day = dayIndex{kind: makeUpDay, working: true, shape: p.shape(hours)}
	}
	name := dayName{o.Name, o.NameEN}
	if name.en == "" {
		name.en = HolidayName(o.Name, "en")
	}
	p.names[o.Date] = name
}

// shape returns the number of the shape with these hours; 0 is the closed day.
// checkDays bounds how many there can be.
func (p *plan) shape(hours []Hours) uint16 {
	for i, known := range p.shapes {
		if slices.Equal(known, hours) {
			return uint16(i)
		}
	}
	p.shapes = append(p.shapes, slices.Clone(hours))
	return uint16(len(p.shapes) - 1)
}

// at returns the index entry of a date, nil outside the calendar.
func (c *Calendar) at(d Date) *dayIndex {
	if d < c.first || d > c.last {
		return nil
	}
	return &c.days[d-c.first]
}

// count fills the sums that make every later question a look-up.
func (c *Calendar) count() {
	c.worked = make([]uint32, len(c.days)+1)
	c.rank = make([]int32, len(c.days)+1)
	c.nth = make([]int32, 0, len(c.days))
	lengths := make([]uint32, len(c.shapes))
	for i, hours := range c.shapes {
		lengths[i] = openSeconds(hours)
	}
	for i, day := range c.days {
		length := lengths[day.shape]
		if len(c.zone.periods) > 1 {
			length = c.openInstants(c.first + Date(i))
		}
		c.worked[i+1] = c.worked[i] + length
		c.rank[i+1] = c.rank[i]
		if day.working {
			c.rank[i+1]++
			c.nth = append(c.nth, int32(i))
		}
	}
}

func openSeconds(hours []Hours) uint32 {
	var sum TimeOfDay
	for _, h := range hours {
		sum += h.To - h.From
	}
	return uint32(sum)
}

// openInstants is openSeconds where a clock change may fall into the hours.
func (c *Calendar) openInstants(d Date) uint32 {
	var sum int64
	for _, h := range c.hours(d) {
		from, to := c.instants(d, h)
		sum += to - from
	}
	return uint32(sum)
}

// hours returns the hours of a date inside the calendar.
func (c *Calendar) hours(d Date) []Hours { return c.shapes[c.days[d-c.first].shape] }

// instants returns the unix seconds at which a stretch of a day begins and ends.
func (c *Calendar) instants(d Date, h Hours) (from, to int64) {
	midnight := int64(d) * secondsPerDay
	return c.zone.instant(midnight + int64(h.From)), c.zone.instant(midnight + int64(h.To))
}

func (s Spec) clone() Spec {
	s.Week, s.Extra = s.Week.clone(), s.Extra.clone()
	s.MakeUp = slices.Clone(s.MakeUp)
	s.Seasons = slices.Clone(s.Seasons)
	for i := range s.Seasons {
		s.Seasons[i].Week = s.Seasons[i].Week.clone()
	}
	s.Days = slices.Clone(s.Days)
	for i := range s.Days {
		s.Days[i].Hours = slices.Clone(s.Days[i].Hours)
	}
	return s
}

func (w Week) clone() Week {
	for i := range w {
		w[i] = slices.Clone(w[i])
	}
	return w
}
