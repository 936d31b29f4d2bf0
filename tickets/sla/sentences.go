package sla

import (
	"fmt"
	"strings"
	"time"

	"nengban/tickets/worktime"
)

// Text puts the step into a sentence in a language ("zh-CN", "en").
func (s Step) Text(lang string) string {
	tell := chineseSentences
	if isEnglish(lang) {
		tell = englishSentences
	}
	if sentence, ok := tell[s.Kind]; ok {
		return sentence(s)
	}
	return string(s.Kind)
}

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
		if s.skipsInside() {
			return fmt.Sprintf("%s are days %d to %d, weekends left out", s.enRun(), s.Count, s.CountTo)
		}
		return fmt.Sprintf("%s are days %d to %d", s.enRun(), s.Count, s.CountTo)
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

var chineseSentences = map[StepKind]func(Step) string{
	StepStart: func(s Step) string {
		return fmt.Sprintf("自%s起%s%s", s.zhMoment(s.At, true), s.Limit.plain("zh-CN"), s.zhStartTail())
	},
	StepDeferred: func(s Step) string {
		return fmt.Sprintf("非工作时间收到，视为%s收到", s.zhDay(s.From))
	},
	StepCounted: func(s Step) string {
		if s.From == s.To {
			return fmt.Sprintf("%s，计为第%d日", s.zhDay(s.From), s.Count)
		}
		tail := ""
		if s.skipsInside() {
			tail = "（其间周末不计）"
		}
		return fmt.Sprintf("%s，计为第%d至第%d日%s", s.zhRun(), s.Count, s.CountTo, tail)
	},
	StepMakeUp: func(s Step) string {
		return fmt.Sprintf("%s%s调休上班，计为第%d日", s.zhDay(s.From), s.Name, s.Count)
	},
	StepSkipped: func(s Step) string {
		return fmt.Sprintf("%s%s，不计", s.zhRun(), s.zhWhy())
	},
	StepWorked: func(s Step) string {
		if len(s.Days) > 1 {
			return fmt.Sprintf("%s，%d个整日，计%s", s.zhRun(), len(s.Days), zhDuration(s.Seconds))
		}
		day := s.zhDay(s.From)
		if s.DayKind == worktime.MakeUp {
			day += s.Name + "调休上班"
		}
		return fmt.Sprintf("%s%s至%s，计%s", day, clockOf(s.At), clockUntil(s.Until, s.From), zhDuration(s.Seconds))
	},
	StepMoved: func(s Step) string {
		return fmt.Sprintf("最后一日%s%s，顺延至下一个工作日%s", s.zhDay(s.From), s.zhWhy(), s.zhDay(s.To))
	},
	StepEnd: func(s Step) string {
		return fmt.Sprintf("于%s%s届满", s.zhMoment(s.At, true), s.zhEndTail())
	},
	StepExtended: func(s Step) string {
		return fmt.Sprintf("延期%s%s，截止时刻为%s", s.Limit.plain("zh-CN"), zhFor(s.Reason), s.zhMoment(s.Due, false))
	},
	StepTooLate: func(s Step) string {
		return fmt.Sprintf("逾期后才申请延期%s，不改变截止时刻%s", s.Limit.plain("zh-CN"), s.zhMoment(s.Due, false))
	},
	StepStopped: func(s Step) string {
		return fmt.Sprintf("%s至%s%s%s，%s，截止时刻为%s", s.zhMoment(s.At, false), s.zhMoment(s.Until, false), zhCauses[s.Cause], zhFor(s.Reason), s.zhGiven(), s.zhMoment(s.Due, false))
	},
	StepProvisional: func(s Step) string {
		return fmt.Sprintf("暂定：%d年放假安排尚未公布，暂按普通周末计算", s.Year)
	},
}

var enCauses = map[Cause]string{
	BySuspension: "suspended", ByCitizen: "waiting for the citizen", ByRuling: "waiting for the ruling on the return",
	ByReview: "reply under review", ByConsultation: "in consultation",
}

var zhCauses = map[Cause]string{
	BySuspension: "挂起", ByCitizen: "待诉求人补充", ByRuling: "退单审核中", ByReview: "办理结果审核中", ByConsultation: "会商中",
}

// plain is the limit without its settings, which the sentence says in its own words.
func (l Limit) plain(lang string) string {
	return Limit{N: l.N, Unit: l.Unit, InWorkingTime: l.InWorkingTime}.Text(lang)
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

func (s Step) zhStartTail() string {
	switch {
	case s.Limit.CountFirstDay:
		return "，首日计入"
	case s.Limit.inDays():
		return "，首日不计入"
	case s.Limit.InWorkingTime:
		return ""
	default:
		return "，按自然时间连续计算"
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

func (s Step) zhEndTail() string {
	switch {
	case !s.Limit.inDays():
		return ""
	case s.At.Second() == 59:
		return "（当日24时前）"
	default:
		return "下班时"
	}
}

// skipsInside reports whether days inside the run are not counted.
func (s Step) skipsInside() bool { return len(s.Days) > s.CountTo-s.Count+1 }

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

func (s Step) zhWhy() string {
	switch s.DayKind {
	case worktime.PublicHoliday:
		return s.Name + "放假"
	case worktime.RestDay:
		return "周末"
	case worktime.ClosedDay:
		return s.Name + "停止办公"
	default:
		return "已过工作时间"
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

func zhFor(reason string) string {
	if reason == "" {
		return ""
	}
	return "（" + reason + "）"
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

func (s Step) zhGiven() string {
	switch {
	case s.Seconds == 0:
		return "未占用时限"
	case s.Limit.Unit == NaturalDay:
		return "所占日数顺延"
	case s.Limit.Unit == WorkingDay || s.Limit.InWorkingTime:
		return "顺延工作时间" + s.zhWorkingTime()
	default:
		return "顺延" + zhDuration(s.Seconds)
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

func (s Step) zhWorkingTime() string {
	days, rest := s.inDays()
	words := ""
	if days > 0 {
		words = fmt.Sprintf("%d天", days)
	}
	if rest > 0 || days == 0 {
		words += zhDuration(rest)
	}
	return words
}

func (s Step) inDays() (days, rest int64) {
	length := int64(s.dayLength / time.Second)
	if length == 0 {
		return 0, s.Seconds
	}
	return s.Seconds / length, s.Seconds % length
}

func enCount(n int64, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}

// enDuration says seconds as "6 h 40 min".
func enDuration(seconds int64) string { return duration(seconds, " h", " min", " s", " ") }

// zhDuration says seconds as "6小时40分钟".
func zhDuration(seconds int64) string { return duration(seconds, "小时", "分钟", "秒", "") }

func duration(seconds int64, h, m, s, gap string) string {
	var parts []string
	for _, part := range []struct {
		n    int64
		unit string
	}{{seconds / 3600, h}, {seconds / 60 % 60, m}, {seconds % 60, s}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d%s", part.n, part.unit))
		}
	}
	if len(parts) == 0 {
		return "0" + m
	}
	return strings.Join(parts, gap)
}

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

func (s Step) zhMoment(t time.Time, long bool) string {
	if long || t.Year() != s.said {
		return t.Format("2006年1月2日") + zhWeekdays[t.Weekday()] + clockOf(t)
	}
	return t.Format("1月2日") + clockOf(t)
}

// clockOf says the time to the minute, and to the second when there are any.
func clockOf(t time.Time) string {
	if t.Second() != 0 {
		return t.Format("15:04:05")
	}
	return t.Format("15:04")
}

// clockUntil is clockOf for the end of a stretch of a day, which may be 24:00.
func clockUntil(t time.Time, day worktime.Date) string {
	year, month, d := t.Date()
	if worktime.DateOf(year, month, d) > day {
		return "24:00"
	}
	return clockOf(t)
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
	return from.Format(layout) + " to " + s.enDay(s.To)
}

var zhWeekdays = [7]string{"（星期日）", "（星期一）", "（星期二）", "（星期三）", "（星期四）", "（星期五）", "（星期六）"}

func (s Step) zhDay(d worktime.Date) string {
	layout := "1月2日"
	if d.Year() != s.said {
		layout = "2006年1月2日"
	}
	return dayTime(d).Format(layout) + zhWeekdays[d.Weekday()]
}

// zhRun says "9月28日至30日".
func (s Step) zhRun() string {
	if s.From == s.To {
		return s.zhDay(s.From)
	}
	from, to := dayTime(s.From), dayTime(s.To)
	layout := "1月2日"
	if s.From.Year() != s.said {
		layout = "2006年1月2日"
	}
	end := "2日"
	switch {
	case from.Year() != to.Year():
		end = "2006年1月2日"
	case from.Month() != to.Month():
		end = "1月2日"
	}
	return from.Format(layout) + "至" + to.Format(end)
}

func dayTime(d worktime.Date) time.Time {
	year, month, day := d.Civil()
	return time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
}
