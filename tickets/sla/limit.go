package sla

import (
	"errors"
	"fmt"
	"strings"
)

// Unit is what a limit counts.
type Unit string

// The units.
const (
	Minute     Unit = "minute"
	Hour       Unit = "hour"
	NaturalDay Unit = "natural_day"
	WorkingDay Unit = "working_day"
)

// End says at what hour of its last day a limit in days ends.
type End string

// The ends. Cities differ; close of business is the default and civil law's
// (民法典 203: 有业务时间的，停止业务活动的时间为截止时间).
const (
	CloseOfBusiness End = "close_of_business"
	Midnight        End = "midnight" // written as 23:59:59, so that the date is the last day's
)

// Limit is how long something may take. In JSON and in settings it is written
// the way [ParseLimit] reads it: "10 working days".
type Limit struct {
	N    int
	Unit Unit
	// CountFirstDay counts the day of the start itself (首日计入). One working day
	// so counted is "by the end of the same working day". Limits in days only.
	CountFirstDay bool
	// DeferAfterHours takes a start outside business hours as one on the next
	// working day (下班后顺延), some cities' rule for tickets that come at night.
	// Limits in days only, when the first day is not counted.
	DeferAfterHours bool
	// End is when the last day ends; empty means CloseOfBusiness. Limits in days only.
	End End
	// InWorkingTime counts open hours only, instead of round the clock. Minutes and
	// hours only.
	InWorkingTime bool
}

// WorkingDays is n working days, the first day not counted.
func WorkingDays(n int) Limit { return Limit{N: n, Unit: WorkingDay} }

// NaturalDays is n calendar days, the first day not counted.
func NaturalDays(n int) Limit { return Limit{N: n, Unit: NaturalDay} }

// Hours is n hours round the clock.
func Hours(n int) Limit { return Limit{N: n, Unit: Hour} }

// Minutes is n minutes round the clock.
func Minutes(n int) Limit { return Limit{N: n, Unit: Minute} }

// SameWorkingDay is one working day with the first day counted: what comes in
// business hours is due by the end of that day, what comes later the next.
func SameWorkingDay() Limit { return Limit{N: 1, Unit: WorkingDay, CountFirstDay: true} }

// mostOf is how long a limit may be: ten years, far beyond any in the law and
// well inside every calendar. It is 0 for a unit that does not exist.
func mostOf(u Unit) int {
	switch u {
	case Minute:
		return 10 * 365 * 24 * 60
	case Hour:
		return 10 * 365 * 24
	case NaturalDay:
		return 10 * 365
	case WorkingDay:
		return 10 * 250
	default:
		return 0
	}
}

// ErrLimit is what every refusal of a limit is.
var ErrLimit = errors.New("the limit cannot be used")

// Validate returns an ErrLimit for a limit that cannot be met or makes no sense:
// nothing or less, more than ten years, an unknown unit or end, a setting that
// does not go with the unit.
func (l Limit) Validate() error {
	most := mostOf(l.Unit)
	switch {
	case most == 0:
		return l.wrong("%q is none of minute, hour, natural_day, working_day", l.Unit)
	case l.N <= 0:
		return l.wrong("%d %s can never be met", l.N, strings.ReplaceAll(string(l.Unit), "_", " ")+"s")
	case l.N > most:
		return l.wrong("%s is more than ten years", l)
	case l.End != "" && l.End != CloseOfBusiness && l.End != Midnight:
		return l.wrong("%q is none of close_of_business, midnight", l.End)
	case l.inDays() && l.InWorkingTime:
		return l.wrong("days are not counted in working time; say hours")
	case !l.inDays() && (l.CountFirstDay || l.DeferAfterHours || l.End != ""):
		return l.wrong("minutes and hours have no first day and no end of day")
	case l.CountFirstDay && l.DeferAfterHours:
		return l.wrong("counting the first day already defers a start after hours")
	}
	return nil
}

func (l Limit) wrong(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrLimit, fmt.Sprintf(format, args...))
}

func (l *Limit) inDays() bool { return l.Unit == WorkingDay || l.Unit == NaturalDay }

// IsZero reports whether there is no limit at all.
func (l Limit) IsZero() bool { return l == Limit{} }

// String writes the limit the way ParseLimit reads it: "10 working days",
// "1 working day, first day counted", "2 working hours", "15 days, until midnight".
func (l Limit) String() string { return l.Text("en") }

// Text writes the limit in a language ("zh-CN", "en"). ParseLimit reads both.
func (l Limit) Text(lang string) string {
	if isEnglish(lang) {
		return l.english()
	}
	return l.chinese()
}

func (l Limit) english() string {
	unit := strings.ReplaceAll(string(l.Unit), "_", " ")
	if l.InWorkingTime {
		unit = "working " + unit
	}
	if l.N != 1 {
		unit += "s"
	}
	words := fmt.Sprintf("%d %s", l.N, unit)
	if l.CountFirstDay {
		words += ", first day counted"
	}
	if l.DeferAfterHours {
		words += ", after hours deferred"
	}
	if l.End == Midnight {
		words += ", until midnight"
	}
	return words
}

// unitsZH are the units as Chinese notices write them.
var unitsZH = map[Unit]string{Minute: "分钟", Hour: "小时", NaturalDay: "个自然日", WorkingDay: "个工作日"}

func (l Limit) chinese() string {
	unit := unitsZH[l.Unit]
	if l.InWorkingTime {
		unit = "个工作" + unit
	}
	words := fmt.Sprintf("%d%s", l.N, unit)
	if l.CountFirstDay {
		words += "，首日计入"
	}
	if l.DeferAfterHours {
		words += "，下班后顺延"
	}
	if l.End == Midnight {
		words += "，至当日24时"
	}
	return words
}

// MarshalText writes the limit as String does, and refuses what Validate refuses.
func (l Limit) MarshalText() ([]byte, error) {
	if err := l.Validate(); err != nil {
		return nil, err
	}
	return []byte(l.String()), nil
}

// UnmarshalText reads what ParseLimit reads.
func (l *Limit) UnmarshalText(text []byte) error {
	parsed, err := ParseLimit(string(text))
	if err != nil {
		return err
	}
	*l = parsed
	return nil
}

func isEnglish(lang string) bool { return strings.HasPrefix(lang, "en") }
