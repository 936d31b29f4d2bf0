package sla

import (
	"time"

	"nengban/tickets/worktime"
)

// Words of package tickets that the default policy speaks of.
const (
	cannotDo      = "cannot_do"
	hardToDo      = "hard_to_do"
	refused       = "refused"
	inquiry       = "inquiry"
	routine       = "routine"
	urgent        = "urgent"
	critical      = "critical"
	complexMatter = "complex"
)

// Where the default numbers come from. Deadlines differ from city to city and
// there is no national number, so every one of them is a setting; these are
// places whose practice is on record.
const (
	// 办不了 answered the same day, 很难办 within ten working days with result and
	// progress, 不给办 at once; a report on the matter goes up every month.
	meishan = "眉山市（2021）"
	// 不给办: done at once, three working days at most.
	xuchang = "许昌市东城区"
	// Inquiries one working day; assistance and complaints five; complex matters
	// fifteen, with approval; supervised and called-back matters three.
	jingan = "上海市静安区大宁路街道（2019）"
	// Five working days with the reply to the citizen; a return within two working
	// days and with its reason; an extension of ten working days at most.
	shandong = "山东省（2020）"
	// Signed for within one working day.
	bengbu = "蚌埠市（2019）"
	// Dispatch within 1 h where life, property or public safety is in danger, 2 h for
	// utilities and extreme weather, 24 h for the rest; feedback within 2 h or 24 h
	// for the urgent ones.
	beijing = "DB11/T 2021-2022（北京市）"
	// Urgent matters passed on within 20 minutes.
	shenzhen = "深圳市（2022）"
	// Custom of the trade; no document was found.
	custom = "行业惯例"
)

// DefaultPolicy returns the limits a new desk starts with, version 1, in force
// since the first day the calendars know.
func DefaultPolicy() Policy {
	return Policy{
		Version:     1,
		Name:        "默认时限",
		InForceFrom: time.Date(2006, time.December, 31, 16, 0, 0, 0, time.UTC), // 1 January 2007 in Shanghai
		Calendar:    worktime.Department,
		Rules:       defaultRules(),
		Alerts: Alerts{
			// Half the limit and four fifths of it; production systems keep both flags
			// (预预期, 临期).
			Shares: []int{50, 80},
			Before: []Limit{{N: 2, Unit: Hour, InWorkingTime: true}},
			// Three colours, each a level up (三色督办单).
			Overdue: []Escalation{
				{Level: Blue, To: ToDepartment},
				{After: WorkingDays(1), Level: Yellow, To: ToLeader},
				{After: WorkingDays(3), Level: Red, To: ToSupervisor},
			},
			AnyHour: []string{critical},
		},
	}
}

// hourly are the alerts of limits in hours: too short for a working day between
// two levels.
var hourly = &Alerts{
	Shares: []int{50, 80},
	Overdue: []Escalation{
		{Level: Blue, To: ToDepartment},
		{After: Hours(1), Level: Yellow, To: ToLeader},
		{After: Hours(3), Level: Red, To: ToSupervisor},
	},
	AnyHour: []string{critical},
}

// defaultRules is the table of limits. The numbers for answer and handle are the
// same: the citizen's counts from receipt, the unit's from dispatch.
func defaultRules() []Rule {
	var rules []Rule
	for _, clock := range []ClockName{ClockAnswer, ClockHandle} {
		name := string(clock)
		rules = append(rules,
			Rule{Name: name, Clock: clock, Limit: WorkingDays(5), Basis: jingan + "；" + shandong},
			Rule{Name: name + "_inquiry", Clock: clock, When: When{Kinds: []string{inquiry}}, Limit: WorkingDays(1), Basis: jingan},
			Rule{Name: name + "_complex", Clock: clock, When: When{Complexities: []string{complexMatter}}, Limit: WorkingDays(15), Basis: jingan},
			Rule{Name: name + "_cannot_do", Clock: clock, When: When{Classes: []string{cannotDo}}, Limit: SameWorkingDay(), Basis: meishan},
			Rule{Name: name + "_hard_to_do", Clock: clock, When: When{Classes: []string{hardToDo}}, Limit: WorkingDays(10), Basis: meishan},
			Rule{Name: name + "_refused", Clock: clock, When: When{Classes: []string{refused}}, Limit: WorkingDays(1), Basis: meishan + "；" + xuchang},
			Rule{Name: name + "_rework", Clock: clock, When: When{Round: Rework}, Limit: WorkingDays(3), Basis: jingan},
			Rule{Name: name + "_urgent", Clock: clock, When: When{Urgencies: []string{urgent}}, Limit: Hours(24), Alerts: hourly, Basis: beijing},
			Rule{Name: name + "_critical", Clock: clock, When: When{Urgencies: []string{critical}}, Limit: Hours(2), Alerts: hourly, Basis: beijing},
		)
	}
	return append(rules,
		Rule{
			Name: "progress_hard_to_do", Clock: ClockProgress, Start: FromReceipt,
			When: When{Round: FirstRound, Classes: []string{hardToDo}, Urgencies: []string{routine}}, Limit: WorkingDays(5), Basis: meishan,
		},

		Rule{Name: "dispatch", Clock: ClockDispatch, Limit: Hours(24), Alerts: hourly, Basis: beijing},
		Rule{Name: "dispatch_urgent", Clock: ClockDispatch, When: When{Urgencies: []string{urgent}}, Limit: Hours(2), Alerts: hourly, Basis: beijing},
		Rule{Name: "dispatch_critical", Clock: ClockDispatch, When: When{Urgencies: []string{critical}}, Limit: Hours(1), Alerts: hourly, Basis: beijing},

		Rule{Name: "sign_for", Clock: ClockSignFor, Limit: WorkingDays(1), Basis: bengbu},
		Rule{Name: "sign_for_cannot_do", Clock: ClockSignFor, When: When{Classes: []string{cannotDo}}, Limit: SameWorkingDay(), Basis: meishan},
		Rule{Name: "sign_for_refused", Clock: ClockSignFor, When: When{Classes: []string{refused}}, Limit: Hours(2), Alerts: hourly, Basis: meishan + "；" + custom},
		Rule{Name: "sign_for_urgent", Clock: ClockSignFor, When: When{Urgencies: []string{urgent}}, Limit: Hours(2), Alerts: hourly, Basis: custom},
		Rule{Name: "sign_for_critical", Clock: ClockSignFor, When: When{Urgencies: []string{critical}}, Limit: Minutes(20), Alerts: hourly, Basis: shenzhen},

		Rule{Name: "return", Clock: ClockReturn, Limit: WorkingDays(1), Alerts: &Alerts{}, Basis: shandong + "；" + custom},
		Rule{Name: "rule", Clock: ClockRule, Limit: WorkingDays(1), Basis: custom},
		Rule{Name: "review", Clock: ClockReview, Limit: WorkingDays(1), Basis: custom},
		Rule{Name: "judge", Clock: ClockJudge, Limit: WorkingDays(1), Basis: custom},
	)
}
