package sla

import (
	"fmt"
	"time"

	"nengban/tickets/worktime"
)

var englishSentences = map[StepKind]func(Step) string{
	StepStart: func(s Step) string {
		return fmt.Sprintf("%s from %s%s", s.Limit.plain("en"), s.enMoment(s.At, true), s.enStartTail())
	},
	StepDeferred: func(s Step) string {
		return fmt.Sprintf("it came outside business hours and counts as having come on %s", s.enDay(s.From))
	},
	StepCounted: func(s Step) string {
		if s.From == s.To {
			return fmt.Sprintf("%s is day %d", s.enDay(s.From), s.Count)
		}
		switch {
		case s.skipsInside():
			return fmt.Sprintf("%s are days %d to %d, weekends left out", s.enRun(), s.Count, s.CountTo)
		case s.CountTo == s.Count+1:
			return fmt.Sprintf("%s are days %d and %d", s.enRun(), s.Count, s.CountTo)
		default:
			return fmt.Sprintf("%s are days %d to %d", s.enRun(), s.Count, s.CountTo)
		}
	},
	StepMakeUp: func(s Step) string {
		return fmt.Sprintf("%s is a make-up working day%s, counted as day %d", s.enDay(s.From), enNamed(s.NameEN), s.Count)
	},
	StepSkipped: func(s Step) string {
		return fmt.Sprintf("%s: %s, not counted", s.enRun(), s.enWhy())
	},
	StepWorked: func(s Step) string {
		if len(s.Days) > 1 {
			return fmt.Sprintf("%s: %d whole days, %s", s.enRun(), len(s.Days), enDuration(s.Seconds))
		}
		day := s.enDay(s.From)
		if s.DayKind == worktime.MakeUp {
			day += ", a make-up working day"
		}
		return fmt.Sprintf("%s, %s to %s: %s", day, clockOf(s.At), clockUntil(s.Until, s.From), enDuration(s.Seconds))
	},
	StepMoved: func(s Step) string {
		return fmt.Sprintf("the last day, %s, falls on a %s and moves to the next working day, %s", s.enDay(s.From), s.enWhy(), s.enDay(s.To))
	},
	StepEnd: func(s Step) string {
		return fmt.Sprintf("ends on %s%s", s.enMoment(s.At, true), s.enEndTail())
	},
	StepExtended: func(s Step) string {
		return fmt.Sprintf("extended by %s%s: now due %s", s.Limit.plain("en"), enFor(s.Reason), s.enMoment(s.Due, false))
	},
	StepTooLate: func(s Step) string {
		return fmt.Sprintf("an extension by %s was asked for after the deadline and moves nothing: still due %s", s.Limit.plain("en"), s.enMoment(s.Due, false))
	},
	StepStopped: func(s Step) string {
		return fmt.Sprintf("%s from %s to %s%s: %s, now due %s", enCauses[s.Cause], s.enMoment(s.At, false), s.enMoment(s.Until, false), enFor(s.Reason), s.enGiven(), s.enMoment(s.Due, false))
	},
	StepProvisional: func(s Step) string {
		return fmt.Sprintf("provisional: the holidays of %d are not announced yet, and plain weekends serve until they are", s.Year)
	},
}

var enCauses = map[Cause]string{
	BySuspension: "suspended", ByCitizen: "waiting for the citizen", ByRuling: "waiting for the ruling on the return",
	ByReview: "reply under review", ByConsultation: "in consultation",
}

func (s Step) enStartTail() string {
	switch {
	case s.Limit.CountFirstDay:
		return ", first day counted"
	case s.Limit.inDays():
		return ", first day not counted"
	case s.Limit.InWorkingTime:
		return ""
	default:
		return ", round the clock"
	}
}

func (s Step) enEndTail() string {
	switch {
	case !s.Limit.inDays():
		return ""
	case s.At.Second() == 59:
		return ", the end of the day"
	default:
		return ", close of business"
	}
}

func (s Step) enWhy() string {
	switch s.DayKind {
	case worktime.PublicHoliday:
		return "holiday" + enNamed(s.NameEN)
	case worktime.RestDay:
		return "weekend"
	case worktime.ClosedDay:
		return "day off" + enNamed(s.NameEN)
	default:
		return "business hours over"
	}
}

func enNamed(name string) string {
	if name == "" {
		return ""
	}
	return " (" + name + ")"
}

func enFor(reason string) string {
	if reason == "" {
		return ""
	}
	return " for " + reason
}

// enGiven says what a stop gave back, in what the limit counts.
func (s Step) enGiven() string {
	switch {
	case s.Seconds == 0:
		return "nothing counted was lost"
	case s.Limit.Unit == NaturalDay:
		return "the days lost given back"
	case s.Limit.Unit == WorkingDay || s.Limit.InWorkingTime:
		return s.enWorkingTime() + " of working time given back"
	default:
		return enDuration(s.Seconds) + " given back"
	}
}

// enWorkingTime says working time in days of the calendar's usual length.
func (s Step) enWorkingTime() string {
	days, rest := s.inDays()
	switch {
	case days == 0:
		return enDuration(s.Seconds)
	case rest == 0:
		return enCount(days, "day")
	default:
		return enCount(days, "day") + " and " + enDuration(rest)
	}
}

func enCount(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// enDuration says seconds as "6 h 40 min".
func enDuration(seconds int64) string { return duration(seconds, " h", " min", " s", " ") }

// enMoment says "Thursday 24 September 2026 16:50", or with short names.
func (s Step) enMoment(t time.Time, long bool) string {
	if long {
		return t.Format("Monday 2 January 2006 ") + clockOf(t)
	}
	if t.Year() != s.said {
		return t.Format("Mon 2 January 2006 ") + clockOf(t)
	}
	return t.Format("Mon 2 January ") + clockOf(t)
}

func (s Step) enDay(d worktime.Date) string {
	layout := "Mon 2 January"
	if d.Year() != s.said {
		layout = "Mon 2 January 2006"
	}
	return dayTime(d).Format(layout)
}

// enRun says "Mon 28 to Wed 30 September".
func (s Step) enRun() string {
	if s.From == s.To {
		return s.enDay(s.From)
	}
	from := dayTime(s.From)
	layout := "Mon 2"
	switch {
	case s.From.Year() != s.To.Year():
		layout = "Mon 2 January 2006"
	case from.Month() != dayTime(s.To).Month():
		layout = "Mon 2 January"
	}
	if s.To == s.From+1 {
		return from.Format(layout) + " and " + s.enDay(s.To)
	}
	return from.Format(layout) + " to " + s.enDay(s.To)
}
