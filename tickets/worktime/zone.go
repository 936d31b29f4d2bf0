package worktime

import (
	"math"
	"time"
)

// zone is the calendar's time zone over the calendar's years, laid out so that
// wall clock and instant turn into each other without asking package time. In
// zones without summer time it has one period and costs one subtraction.
type zone struct {
	loc     *time.Location
	periods []period
}

// period is a stretch of constant offset; it lasts until the next one begins.
type period struct {
	from   int64 // unix seconds
	offset int64 // seconds east of UTC
}

func newZone(loc *time.Location, first, last Date) zone {
	z := zone{loc: loc}
	at := time.Unix(int64(first)*secondsPerDay-2*secondsPerDay, 0).In(loc)
	end := time.Unix(int64(last)*secondsPerDay+2*secondsPerDay, 0)
	from := int64(math.MinInt64)
	for {
		_, offset := at.Zone()
		if n := len(z.periods); n == 0 || z.periods[n-1].offset != int64(offset) {
			z.periods = append(z.periods, period{from: from, offset: int64(offset)})
		}
		_, next := at.ZoneBounds()
		if next.IsZero() || next.After(end) {
			return z
		}
		if !next.After(at) {
			// On 31 December of a leap year ZoneBounds ends a rule's year a day
			// early, at the moment asked about; no rule changes clocks that day.
			next = at.AddDate(0, 0, 1)
		}
		at, from = next, next.Unix()
	}
}

// at returns the index of the period in force at a unix second.
func (z *zone) at(unix int64) int {
	low, high := 0, len(z.periods)
	for high-low > 1 {
		middle := (low + high) / 2
		if z.periods[middle].from <= unix {
			low = middle
		} else {
			high = middle
		}
	}
	return low
}

// wall returns what the clock on the wall shows at a unix second, as seconds
// since 1 January 1970 on that clock.
func (z *zone) wall(unix int64) int64 { return unix + z.periods[z.at(unix)].offset }

// instant returns the unix second at which the wall clock shows wall. A reading
// that comes twice, as when summer time ends, means the first; one that is
// skipped means the moment of the skip.
func (z *zone) instant(wall int64) int64 {
	if len(z.periods) == 1 {
		return wall - z.periods[0].offset
	}
	for i := z.at(wall - secondsPerDay); ; i++ {
		p := z.periods[i]
		at := wall - p.offset
		if at < p.from {
			return p.from
		}
		if i+1 == len(z.periods) || at < z.periods[i+1].from {
			return at
		}
	}
}

func (z *zone) time(unix int64, nanoseconds int64) time.Time {
	return time.Unix(unix, nanoseconds).In(z.loc)
}
