package sla

import (
	"fmt"
	"time"

	"nengban/tickets/worktime"
)

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
		switch {
		case s.skipsInside():
			return fmt.Sprintf("%s，计为第%d至第%d日（其间周末不计）", s.zhRun(), s.Count, s.CountTo)
		case s.CountTo == s.Count+1:
			return fmt.Sprintf("%s，计为第%d、第%d日", s.zhRun(), s.Count, s.CountTo)
		default:
			return fmt.Sprintf("%s，计为第%d至第%d日", s.zhRun(), s.Count, s.CountTo)
		}
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

var zhCauses = map[Cause]string{
	BySuspension: "挂起", ByCitizen: "待诉求人补充", ByRuling: "退单审核中", ByReview: "办理结果审核中", ByConsultation: "会商中",
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

func zhFor(reason string) string {
	if reason == "" {
		return ""
	}
	return "（" + reason + "）"
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

// zhDuration says seconds as "6小时40分钟".
func zhDuration(seconds int64) string { return duration(seconds, "小时", "分钟", "秒", "") }

func (s Step) zhMoment(t time.Time, long bool) string {
	if long || t.Year() != s.said {
		return t.Format("2006年1月2日") + zhWeekdays[t.Weekday()] + clockOf(t)
	}
	return t.Format("1月2日") + clockOf(t)
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
