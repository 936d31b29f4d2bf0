package sla_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nengban/tickets/sla"
	"nengban/tickets/worktime"
)

func TestDeadlinesAsTheDeskCountsThem(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ what, start, limit, due string }{
		// The notice for 2026: Mid-Autumn 25–27 September, National Day 1–7 October,
		// Sunday 20 September and Saturday 10 October worked.
		{"很难办: 中秋前一天 16:50 受理, 10 个工作日", "2026-09-24 16:50", "10 working days", "2026-10-15 17:30"},
		{"国庆前一天 16:50 受理, 10 个工作日", "2026-09-30 16:50", "10个工作日", "2026-10-20 17:30"},
		{"国庆假期中受理, 5 个工作日", "2026-10-03 11:00", "5个工作日", "2026-10-13 17:30"},
		{"节后第一天受理, 3 个工作日, 星期六补班算一天", "2026-10-08 09:00", "3个工作日", "2026-10-12 17:30"},
		{"咨询: 星期五受理, 次日起 1 个工作日", "2026-11-06 10:00", "1个工作日", "2026-11-09 17:30"},
		{"咨询: 调休前的星期五受理, 星期六到期", "2026-10-09 10:00", "1个工作日", "2026-10-10 17:30"},
		{"办不了: 上午受理, 当日答复", "2026-09-24 09:15", "当日", "2026-09-24 17:30"},
		{"办不了: 一早上班前受理, 当日答复", "2026-09-24 07:00", "当日", "2026-09-24 17:30"},
		{"办不了: 正好上班时受理", "2026-09-24 09:00", "当日", "2026-09-24 17:30"},
		{"办不了: 午休时受理", "2026-09-24 12:30", "当日", "2026-09-24 17:30"},
		{"办不了: 下班前一秒受理", "2026-09-24 17:29:59", "当日", "2026-09-24 17:30"},
		{"办不了: 正好下班时受理, 下一个工作日", "2026-09-24 17:30", "当日", "2026-09-28 17:30"},
		{"办不了: 夜里受理, 下一个工作日", "2026-09-24 22:00", "当日", "2026-09-28 17:30"},
		{"办不了: 放假当天受理, 下一个工作日", "2026-09-26 10:00", "当日", "2026-09-28 17:30"},
		{"办不了: 补班的星期日受理, 当日", "2026-09-20 10:00", "当日", "2026-09-20 17:30"},
		{"不给办: 2 小时签收, 不论昼夜", "2026-09-30 17:00", "2小时", "2026-09-30 19:00"},
		{"不给办: 2 小时签收, 按工作时间", "2026-09-30 17:00", "2个工作小时", "2026-10-08 10:30"},
		{"紧急: 24 小时, 跨周末也不停", "2026-11-06 10:00", "24小时", "2026-11-07 10:00"},
		{"特急: 20 分钟, 跨午夜", "2026-09-30 23:50", "20分钟", "2026-10-01 00:10"},
		{"工作时间刚好到下班, 不滚到次日 (bug 25)", "2026-09-24 16:30", "1个工作小时", "2026-09-24 17:30"},
		{"15 日, 末日是工作日", "2026-09-24 16:50", "15日", "2026-10-09 17:30"},
		{"9 日, 末日在国庆假期, 顺延到节后", "2026-09-24 16:50", "9日", "2026-10-08 17:30"},
		{"2 日, 末日是补班的星期日, 不顺延", "2026-09-18 10:00", "2日", "2026-09-20 17:30"},
		{"10 个工作日, 至 24 时", "2026-09-24 16:50", "10个工作日，至当日24时", "2026-10-15 23:59:59"},
		{"15 日, 至 24 时", "2026-09-24 16:50", "15日，至当日24时", "2026-10-09 23:59:59"},
		{"15 日, 首日计入", "2026-09-24 16:50", "15日，首日计入", "2026-10-08 17:30"},
		{"1 日, 首日计入, 下班后受理: 不会一开始就过期", "2026-09-23 18:00", "1日，首日计入", "2026-09-24 17:30"},
		{"3 个工作日, 首日计入, 星期六受理", "2026-11-07 10:00", "3个工作日，首日计入", "2026-11-11 17:30"},
		{"夜里来的算次日收到 (按设置): 星期四夜里, 3 个工作日", "2026-11-05 20:00", "3个工作日，下班后顺延", "2026-11-11 17:30"},
		{"夜里来的仍算当日收到 (缺省): 星期四夜里, 3 个工作日", "2026-11-05 20:00", "3个工作日", "2026-11-10 17:30"},
		{"上班时来的不受该设置影响", "2026-11-05 16:00", "3个工作日，下班后顺延", "2026-11-10 17:30"},
		// Earlier notices.
		{"2007 年五一黄金周, 5 个工作日", "2007-04-27 15:00", "5个工作日", "2007-05-09 17:30"},
		{"2013 年元旦前的跨年调休, 3 个工作日", "2012-12-31 09:00", "3个工作日", "2013-01-06 17:30"},
		{"2018 年末的元旦调休, 2 个工作日", "2018-12-27 09:00", "2个工作日", "2018-12-29 17:30"},
		{"2020 年延长的春节假期, 5 个工作日", "2020-01-23 09:00", "5个工作日", "2020-02-07 17:30"},
		{"2015 年抗战胜利纪念日, 3 个工作日", "2015-09-02 09:00", "3个工作日", "2015-09-08 17:30"},
	} {
		r, err := sla.Due(calendars(t)["department"], at(t, row.start), limit(t, row.limit))
		if err != nil {
			t.Errorf("%s: %v", row.what, err)
			continue
		}
		if want := at(t, row.due); !r.Due.Equal(want) {
			t.Errorf("%s: due %s, want %s", row.what, r.Due, want)
		}
		if r.Provisional() {
			t.Errorf("%s: provisional for %d", row.what, r.UnknownYear)
		}
	}
}

func TestTheHotlineNeverCloses(t *testing.T) {
	t.Parallel()
	c := calendars(t)["hotline"]
	for _, row := range []struct{ start, limit, due string }{
		{"2026-10-03 22:00", "same working day", "2026-10-03 23:59:59"},
		{"2026-10-03 23:59:30", "same working day", "2026-10-03 23:59:59"},
		{"2026-10-03 22:00", "1 working day", "2026-10-04 23:59:59"},
		{"2026-10-03 22:00", "2 working hours", "2026-10-04 00:00"},
		{"2026-10-03 22:00", "1 day, until midnight", "2026-10-04 23:59:59"},
	} {
		r, err := sla.Due(c, at(t, row.start), limit(t, row.limit))
		if err != nil || !r.Due.Equal(at(t, row.due)) {
			t.Errorf("%s from %s: due %s, %v; want %s", row.limit, row.start, r.Due, err, row.due)
		}
	}
}

func TestADeadlineInAYearNotAnnouncedIsProvisional(t *testing.T) {
	t.Parallel()
	c := calendars(t)["department"]
	for _, row := range []struct {
		start, limit, due string
		year              int
	}{
		{"2026-12-14 09:00", "10 working days", "2026-12-28 17:30", 0},
		{"2026-12-15 09:00", "10 working days", "2026-12-29 17:30", 2027},
		{"2026-12-28 09:00", "10 working days", "2027-01-11 17:30", 2027},
		{"2027-12-28 09:00", "10 working days", "2028-01-11 17:30", 2027},
		{"2026-12-31 09:00", "48 hours", "2027-01-02 09:00", 0}, // round the clock asks no calendar
	} {
		r, err := sla.Due(c, at(t, row.start), limit(t, row.limit))
		if err != nil || !r.Due.Equal(at(t, row.due)) || r.UnknownYear != row.year {
			t.Errorf("%s from %s: due %s, unknown year %d, %v; want %s, %d", row.limit, row.start, r.Due, r.UnknownYear, err, row.due, row.year)
		}
	}
}

func TestStartsOutsideTheCalendarAreErrors(t *testing.T) {
	t.Parallel()
	c := calendars(t)["department"]
	for _, l := range []string{"10 working days", "15 days", "2 hours", "2 working hours", "same working day", "3 working days, after hours deferred"} {
		if _, err := sla.Due(c, at(t, "2006-12-20 09:00"), limit(t, l)); !errors.Is(err, worktime.ErrBeforeTable) || !strings.Contains(err.Error(), "2006-12-20") {
			t.Errorf("%s from 2006: %v", l, err)
		}
		if _, err := sla.Due(c, at(t, "2056-12-31 23:00"), limit(t, l)); !errors.Is(err, worktime.ErrBeyondTable) {
			t.Errorf("%s from the last evening: %v", l, err)
		}
	}
	if _, err := sla.Due(nil, at(t, "2026-09-24 16:50"), sla.Hours(2)); err == nil {
		t.Error("a deadline without a calendar was reckoned")
	}
}

func TestADeadlineShowsItsWorking(t *testing.T) {
	t.Parallel()
	suspended := sla.Change{Kind: sla.Stopped, Cause: sla.BySuspension, From: at(t, "2026-10-12 09:00"), To: at(t, "2026-10-14 09:00"), Reason: "an expert opinion"}
	for _, row := range []struct {
		start, limit string
		changes      []sla.Change
		en, zh       []string
	}{
		{
			"2026-09-24 16:50", "10 working days",
			[]sla.Change{suspended},
			[]string{
				"10 working days from Thursday 24 September 2026 16:50, first day not counted",
				"Fri 25 to Sun 27 September: holiday (Mid-Autumn Festival), not counted",
				"Mon 28 to Wed 30 September are days 1 to 3",
				"Thu 1 to Wed 7 October: holiday (National Day), not counted",
				"Thu 8 and Fri 9 October are days 4 and 5",
				"Sat 10 October is a make-up working day (National Day), counted as day 6",
				"Sun 11 October: weekend, not counted",
				"Mon 12 to Thu 15 October are days 7 to 10",
				"ends on Thursday 15 October 2026 17:30, close of business",
				"suspended from Mon 12 October 09:00 to Wed 14 October 09:00 for an expert opinion: 2 days of working time given back, now due Mon 19 October 17:30",
			},
			[]string{
				"自2026年9月24日（星期四）16:50起10个工作日，首日不计入",
				"9月25日至27日中秋节放假，不计",
				"9月28日至30日，计为第1至第3日",
				"10月1日至7日国庆节放假，不计",
				"10月8日至9日，计为第4、第5日",
				"10月10日（星期六）国庆节调休上班，计为第6日",
				"10月11日（星期日）周末，不计",
				"10月12日至15日，计为第7至第10日",
				"于2026年10月15日（星期四）17:30下班时届满",
				"10月12日09:00至10月14日09:00挂起（an expert opinion），顺延工作时间2天，截止时刻为10月19日17:30",
			},
		},
		{
			"2026-09-24 18:00", "same working day", nil,
			[]string{
				"1 working day from Thursday 24 September 2026 18:00, first day counted",
				"it came outside business hours and counts as having come on Mon 28 September",
				"Mon 28 September is day 1",
				"ends on Monday 28 September 2026 17:30, close of business",
			},
			[]string{
				"自2026年9月24日（星期四）18:00起1个工作日，首日计入",
				"非工作时间收到，视为9月28日（星期一）收到",
				"9月28日（星期一），计为第1日",
				"于2026年9月28日（星期一）17:30下班时届满",
			},
		},
		{
			"2026-09-24 16:50", "9 days, until midnight", nil,
			[]string{
				"9 natural days from Thursday 24 September 2026 16:50, first day not counted",
				"Fri 25 September to Sat 3 October are days 1 to 9",
				"the last day, Sat 3 October, falls on a holiday (National Day) and moves to the next working day, Thu 8 October",
				"ends on Thursday 8 October 2026 23:59:59, the end of the day",
			},
			[]string{
				"自2026年9月24日（星期四）16:50起9个自然日，首日不计入",
				"9月25日至10月3日，计为第1至第9日",
				"最后一日10月3日（星期六）国庆节放假，顺延至下一个工作日10月8日（星期四）",
				"于2026年10月8日（星期四）23:59:59（当日24时前）届满",
			},
		},
		{
			"2026-09-30 17:00", "9 working hours", nil,
			[]string{
				"9 working hours from Wednesday 30 September 2026 17:00",
				"Wed 30 September, 17:00 to 17:30: 30 min",
				"Thu 1 to Wed 7 October: holiday (National Day), not counted",
				"Thu 8 October, 09:00 to 17:30: 7 h",
				"Fri 9 October, 09:00 to 10:30: 1 h 30 min",
				"ends on Friday 9 October 2026 10:30",
			},
			[]string{
				"自2026年9月30日（星期三）17:00起9个工作小时",
				"9月30日（星期三）17:00至17:30，计30分钟",
				"10月1日至7日国庆节放假，不计",
				"10月8日（星期四）09:00至17:30，计7小时",
				"10月9日（星期五）09:00至10:30，计1小时30分钟",
				"于2026年10月9日（星期五）10:30届满",
			},
		},
		{
			"2026-12-30 10:00", "2 hours",
			[]sla.Change{{Kind: sla.Extended, Extra: sla.Hours(1), Reason: "现场复杂"}},
			[]string{
				"2 hours from Wednesday 30 December 2026 10:00, round the clock",
				"ends on Wednesday 30 December 2026 12:00",
				"extended by 1 hour for 现场复杂: now due Wed 30 December 13:00",
			},
			[]string{
				"自2026年12月30日（星期三）10:00起2小时，按自然时间连续计算",
				"于2026年12月30日（星期三）12:00届满",
				"延期1小时（现场复杂），截止时刻为12月30日13:00",
			},
		},
		{
			"2026-12-30 10:00", "3 working days", nil,
			[]string{
				"3 working days from Wednesday 30 December 2026 10:00, first day not counted",
				"Thu 31 December 2026 and Fri 1 January 2027 are days 1 and 2",
				"Sat 2 and Sun 3 January 2027: weekend, not counted",
				"Mon 4 January 2027 is day 3",
				"ends on Monday 4 January 2027 17:30, close of business",
				"provisional: the holidays of 2027 are not announced yet, and plain weekends serve until they are",
			},
			[]string{
				"自2026年12月30日（星期三）10:00起3个工作日，首日不计入",
				"12月31日至2027年1月1日，计为第1、第2日",
				"2027年1月2日至3日周末，不计",
				"2027年1月4日（星期一），计为第3日",
				"于2027年1月4日（星期一）17:30下班时届满",
				"暂定：2027年放假安排尚未公布，暂按普通周末计算",
			},
		},
	} {
		r, err := sla.Reckon(calendars(t)["department"], at(t, row.start), limit(t, row.limit), row.changes...)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(row.en, r.Explain("en")); diff != "" {
			t.Errorf("%s from %s, in English: %s", row.limit, row.start, diff)
		}
		if diff := cmp.Diff(row.zh, r.Explain("zh-CN")); diff != "" {
			t.Errorf("%s from %s, in Chinese: %s", row.limit, row.start, diff)
		}
	}
}

func TestTheCitysOwnDaysAreExplainedToo(t *testing.T) {
	t.Parallel()
	spec := worktime.Defaults()[0]
	spec.Days = []worktime.Override{
		{Date: worktime.DateOf(2026, 7, 22), Kind: worktime.Off, Name: "台风停工", NameEN: "typhoon"},
		{Date: worktime.DateOf(2026, 7, 25), Kind: worktime.MakeUpDay, Name: "补台风停工", NameEN: "for the typhoon"},
	}
	c, err := worktime.New(spec, worktime.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		start, limit string
		en, zh       []string
	}{
		{
			"2026-07-21 18:00", "3 working days",
			[]string{
				"Wed 22 July: day off (typhoon), not counted",
				"Thu 23 and Fri 24 July are days 1 and 2",
				"Sat 25 July is a make-up working day (for the typhoon), counted as day 3",
			},
			[]string{
				"7月22日（星期三）台风停工停止办公，不计",
				"7月23日至24日，计为第1、第2日",
				"7月25日（星期六）补台风停工调休上班，计为第3日",
			},
		},
		{
			"2026-07-21 18:00", "16 working hours",
			[]string{
				"Tue 21 July: business hours over, not counted",
				"Wed 22 July: day off (typhoon), not counted",
				"Thu 23 and Fri 24 July: 2 whole days, 14 h",
				"Sat 25 July, a make-up working day, 09:00 to 11:00: 2 h",
			},
			[]string{
				"7月21日（星期二）已过工作时间，不计",
				"7月22日（星期三）台风停工停止办公，不计",
				"7月23日至24日，2个整日，计14小时",
				"7月25日（星期六）补台风停工调休上班09:00至11:00，计2小时",
			},
		},
		{
			"2026-07-20 10:00", "2 days",
			[]string{
				"Tue 21 and Wed 22 July are days 1 and 2",
				"the last day, Wed 22 July, falls on a day off (typhoon) and moves to the next working day, Thu 23 July",
			},
			[]string{
				"7月21日至22日，计为第1、第2日",
				"最后一日7月22日（星期三）台风停工停止办公，顺延至下一个工作日7月23日（星期四）",
			},
		},
	} {
		r, err := sla.Due(c, at(t, row.start), limit(t, row.limit))
		if err != nil {
			t.Fatal(err)
		}
		middle := func(lines []string) []string { return lines[1 : len(lines)-1] }
		if diff := cmp.Diff(row.en, middle(r.Explain("en"))); diff != "" {
			t.Errorf("%s: %s", row.limit, diff)
		}
		if diff := cmp.Diff(row.zh, middle(r.Explain("zh-CN"))); diff != "" {
			t.Errorf("%s: %s", row.limit, diff)
		}
	}
}

func TestEveryStopIsExplained(t *testing.T) {
	t.Parallel()
	from, to := at(t, "2026-11-04 09:00"), at(t, "2026-11-04 12:00")
	for _, row := range []struct {
		cause        sla.Cause
		limit        string
		en, zh       string
		reason       string
		start, until string
	}{
		{sla.ByCitizen, "5 working days", "waiting for the citizen from Wed 4 November 09:00 to Wed 4 November 12:00 for photos: 3 h of working time given back, now due Tue 10 November 12:00", "11月4日09:00至11月4日12:00待诉求人补充（photos），顺延工作时间3小时，截止时刻为11月10日12:00", "photos", "2026-11-02 10:00", ""},
		{sla.ByRuling, "5 working days, first day counted", "waiting for the ruling on the return from Wed 4 November 09:00 to Wed 4 November 12:00: 3 h of working time given back, now due Mon 9 November 12:00", "11月4日09:00至11月4日12:00退单审核中，顺延工作时间3小时，截止时刻为11月9日12:00", "", "2026-11-02 10:00", ""},
		{sla.ByReview, "7 days", "reply under review from Wed 4 November 09:00 to Wed 4 November 12:00: nothing counted was lost, now due Mon 9 November 17:30", "11月4日09:00至11月4日12:00办理结果审核中，未占用时限，截止时刻为11月9日17:30", "", "2026-11-02 10:00", ""},
		{sla.ByReview, "7 days", "reply under review from Wed 4 November 09:00 to Thu 5 November 09:00: the days lost given back, now due Tue 10 November 17:30", "11月4日09:00至11月5日09:00办理结果审核中，所占日数顺延，截止时刻为11月10日17:30", "", "2026-11-02 10:00", "2026-11-05 09:00"},
		{sla.ByConsultation, "24 hours", "in consultation from Wed 4 November 09:00 to Wed 4 November 12:00: 3 h given back, now due Wed 4 November 23:00", "11月4日09:00至11月4日12:00会商中，顺延3小时，截止时刻为11月4日23:00", "", "2026-11-03 20:00", ""},
	} {
		until := to
		if row.until != "" {
			until = at(t, row.until)
		}
		r, err := sla.Reckon(calendars(t)["department"], at(t, row.start), limit(t, row.limit),
			sla.Change{Kind: sla.Stopped, Cause: row.cause, From: from, To: until, Reason: row.reason})
		if err != nil {
			t.Fatal(err)
		}
		steps := r.Steps()
		last := steps[len(steps)-1]
		if diff := cmp.Diff([]string{row.en, row.zh}, []string{last.Text("en"), last.Text("zh-CN")}); diff != "" {
			t.Errorf("%s: %s", row.cause, diff)
		}
	}
}

func TestTheWorkingIsDataToo(t *testing.T) {
	t.Parallel()
	r, err := sla.Due(calendars(t)["department"], at(t, "2026-09-24 16:50"), sla.WorkingDays(60))
	if err != nil {
		t.Fatal(err)
	}
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Due   time.Time
		Limit string
		Steps []sla.Step
	}
	if err := json.Unmarshal(data, &back); err != nil {
		t.Fatal(err)
	}
	if !back.Due.Equal(r.Due) || back.Limit != "60 working days" {
		t.Errorf("due %s, limit %s", back.Due, back.Limit)
	}
	// Runs may be grouped, but every day from the first to the last is there once.
	var days []worktime.Date
	count := 0
	for _, step := range back.Steps {
		for _, day := range step.Days {
			days = append(days, day.Date)
			if day.Count > 0 {
				if count++; day.Count != count {
					t.Errorf("%s is counted as %d, want %d", day.Date, day.Count, count)
				}
			}
		}
	}
	if count != 60 || len(days) != int(days[len(days)-1]-days[0])+1 || !slices.IsSorted(days) || days[0] != worktime.DateOf(2026, 9, 25) {
		t.Errorf("%d days, %d of them counted, from %s", len(days), count, days[0])
	}
	if len(back.Steps) > 12 {
		t.Errorf("%d steps; ordinary weekends should not each have one", len(back.Steps))
	}
}

func TestChangesMoveDeadlines(t *testing.T) {
	t.Parallel()
	stop := func(from, to string) sla.Change {
		return sla.Change{Kind: sla.Stopped, Cause: sla.BySuspension, From: at(t, from), To: at(t, to)}
	}
	more := func(l string) sla.Change { return sla.Change{Kind: sla.Extended, Extra: limit(t, l)} }
	for _, row := range []struct {
		what, start, limit string
		changes            []sla.Change
		due                string
	}{
		{"挂起两个工作日, 顺延两个工作日", "2026-11-02 10:00", "5 working days", []sla.Change{stop("2026-11-04 09:00", "2026-11-06 09:00")}, "2026-11-11 17:30"},
		{"挂起三小时, 顺延三小时", "2026-11-02 10:00", "5 working days", []sla.Change{stop("2026-11-04 09:00", "2026-11-04 12:00")}, "2026-11-10 12:00"},
		{"夜里挂起, 未占用工作时间", "2026-11-02 10:00", "5 working days", []sla.Change{stop("2026-11-04 18:00", "2026-11-05 08:00")}, "2026-11-09 17:30"},
		{"首日不计入, 首日内的挂起不顺延", "2026-11-02 10:00", "5 working days", []sla.Change{stop("2026-11-02 11:00", "2026-11-02 17:00")}, "2026-11-09 17:30"},
		{"挂起跨过首日, 只计次日起的部分", "2026-11-02 10:00", "5 working days", []sla.Change{stop("2026-11-02 11:00", "2026-11-03 12:00")}, "2026-11-10 12:00"},
		{"届满后才挂起, 不改变已届满的时限", "2026-11-02 10:00", "1 working day", []sla.Change{stop("2026-11-04 09:00", "2026-11-06 09:00")}, "2026-11-03 17:30"},
		{"两次挂起, 逐次相加", "2026-11-02 10:00", "5 working days", []sla.Change{stop("2026-11-03 09:00", "2026-11-03 10:00"), stop("2026-11-04 09:00", "2026-11-04 11:00")}, "2026-11-10 12:00"},
		{"延期五个工作日", "2026-11-02 10:00", "5 working days", []sla.Change{more("5 working days")}, "2026-11-16 17:30"},
		{"先延期后挂起, 与先挂起后延期相同 (一)", "2026-11-02 10:00", "5 working days", []sla.Change{more("5 working days"), stop("2026-11-04 09:00", "2026-11-04 12:00")}, "2026-11-17 12:00"},
		{"先延期后挂起, 与先挂起后延期相同 (二)", "2026-11-02 10:00", "5 working days", []sla.Change{stop("2026-11-04 09:00", "2026-11-04 12:00"), more("5 working days")}, "2026-11-17 12:00"},
		{"小时时限延期两个工作日", "2026-11-06 10:00", "24 hours", []sla.Change{more("2 working days")}, "2026-11-10 17:30"},
		{"小时时限挂起三小时", "2026-11-06 10:00", "24 hours", []sla.Change{stop("2026-11-06 11:00", "2026-11-06 14:00")}, "2026-11-07 13:00"},
		{"工作小时时限挂起过午休", "2026-11-06 10:00", "4 working hours", []sla.Change{stop("2026-11-06 11:00", "2026-11-06 14:00")}, "2026-11-06 17:00"},
		{"24 时届满的时限挂起整日, 仍在 24 时届满", "2026-11-02 10:00", "5 working days, until midnight", []sla.Change{stop("2026-11-04 09:00", "2026-11-05 09:00")}, "2026-11-10 23:59:59"},
		{"24 时届满的时限挂起一小时", "2026-11-02 10:00", "5 working days, until midnight", []sla.Change{stop("2026-11-04 09:00", "2026-11-04 10:00")}, "2026-11-10 10:00"},
		{"自然日时限挂起三夜, 顺延三日", "2026-11-02 10:00", "7 days", []sla.Change{stop("2026-11-04 09:00", "2026-11-07 08:00")}, "2026-11-12 17:30"},
		{"自然日时限当日挂起当日恢复, 不顺延", "2026-11-02 10:00", "7 days", []sla.Change{stop("2026-11-04 09:00", "2026-11-04 17:00")}, "2026-11-09 17:30"},
		{"自然日时限顺延后又逢周末", "2026-11-02 10:00", "7 days", []sla.Change{stop("2026-11-04 09:00", "2026-11-09 08:00")}, "2026-11-16 17:30"},
		{"逾期后申请的延期不改变时限", "2026-11-02 10:00", "1 working day", []sla.Change{{Kind: sla.AskedTooLate, Extra: sla.WorkingDays(5), From: at(t, "2026-11-05 09:00")}}, "2026-11-03 17:30"},
	} {
		r, err := sla.Reckon(calendars(t)["department"], at(t, row.start), limit(t, row.limit), row.changes...)
		if err != nil || !r.Due.Equal(at(t, row.due)) {
			t.Errorf("%s: due %s, %v; want %s", row.what, r.Due, err, row.due)
		}
	}
}

// drawStart draws a moment the embedded notices know well.
func drawStart(t *rapid.T, label string) time.Time {
	from := time.Date(2007, 1, 2, 0, 0, 0, 0, shanghai)
	seconds := rapid.Int64Range(0, 17*365*24*3600).Draw(t, label)
	return from.Add(time.Duration(seconds) * time.Second)
}

func drawCalendar(t *rapid.T) *worktime.Calendar {
	return oddCalendars[rapid.IntRange(0, len(oddCalendars)-1).Draw(t, "calendar")]
}

// oddCalendars are calendars of shapes no office would keep, and zones with
// summer time.
var oddCalendars = func() []*worktime.Calendar {
	var cs []*worktime.Calendar
	for _, zone := range []string{worktime.Shanghai, "Europe/Berlin", "America/Sao_Paulo"} {
		for i, week := range []worktime.Week{
			worktime.Defaults()[0].Week,
			worktime.EveryDay(worktime.Hours{From: 0, To: worktime.EndOfDay}),
			{time.Wednesday: {{From: worktime.At(9, 0), To: worktime.At(10, 0)}}},
			{time.Monday: {{From: worktime.At(22, 0), To: worktime.EndOfDay}}, time.Tuesday: {{From: 0, To: worktime.At(6, 0)}, {From: worktime.At(6, 0), To: worktime.At(7, 30)}}},
		} {
			c, err := worktime.New(worktime.Spec{Name: "odd", Version: i + 1, Zone: zone, Holidays: i%2 == 0, Week: week}, worktime.Embedded())
			if err != nil {
				panic(err)
			}
			cs = append(cs, c)
		}
	}
	return cs
}()

func due(t *rapid.T, c *worktime.Calendar, start time.Time, l sla.Limit, changes ...sla.Change) time.Time {
	t.Helper()
	r, err := sla.Reckon(c, start, l, changes...)
	if err != nil {
		t.Fatal(err)
	}
	return r.Due
}

func TestALaterStartIsNeverDueSooner(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, l := drawCalendar(t), drawLimit(t, 200)
		start := drawStart(t, "start")
		later := start.Add(time.Duration(rapid.Int64Range(0, 20*24*3600).Draw(t, "later")) * time.Second)
		a, b := due(t, c, start, l), due(t, c, later, l)
		if b.Before(a) {
			t.Fatalf("%s from %s is due %s, from %s already %s", l, start, a, later, b)
		}
		if !a.After(start) {
			t.Fatalf("%s from %s is due %s, before it began", l, start, a)
		}
	})
}

func TestLimitsAddUp(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, l := drawCalendar(t), drawLimit(t, 100)
		if l.CountFirstDay || l.DeferAfterHours || l.Unit == sla.NaturalDay {
			l.CountFirstDay, l.DeferAfterHours = false, false
			if l.Unit == sla.NaturalDay {
				l.Unit = sla.WorkingDay // natural days end on working days, so the sum of two ends may lie later
			}
		}
		start := drawStart(t, "start")
		more := l
		more.N = rapid.IntRange(1, 100).Draw(t, "more")
		whole := l
		whole.N += more.N
		if a, b := due(t, c, due(t, c, start, l), more), due(t, c, start, whole); !a.Equal(b) {
			t.Fatalf("%s and then %s from %s is due %s, at once %s", l, more, start, a, b)
		}
		extended := due(t, c, start, l, sla.Change{Kind: sla.Extended, Extra: more})
		if b := due(t, c, start, whole); !extended.Equal(b) {
			t.Fatalf("%s extended by %s from %s is due %s, want %s", l, more, start, extended, b)
		}
		if a, b := due(t, c, start, l), due(t, c, start, whole); !b.After(a) {
			t.Fatalf("a longer limit, %s, is due %s, no later than %s", whole, b, a)
		}
	})
}

func TestAPauseGivesBackExactlyWhatItTook(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, l := drawCalendar(t), drawLimit(t, 60)
		start := drawStart(t, "start")
		plain := due(t, c, start, l)
		var stops []sla.Change
		cursor := start
		taken := time.Duration(0)
		working := l.Unit == sla.WorkingDay || l.InWorkingTime
		countsFrom := start
		if l.Unit == sla.WorkingDay && !l.CountFirstDay {
			countsFrom = c.Midnight(c.Date(start) + 1)
			if l.DeferAfterHours {
				countsFrom = c.Midnight(c.Date(plain)) // no earlier than the last day: leave the rest to the table
			}
		}
		for range rapid.IntRange(1, 4).Draw(t, "pauses") {
			from := cursor.Add(time.Duration(rapid.Int64Range(0, 3*24*3600).Draw(t, "after")) * time.Second)
			to := from.Add(time.Duration(rapid.Int64Range(1, 5*24*3600).Draw(t, "pause")) * time.Second)
			now := due(t, c, start, l, stops...)
			stops, cursor = append(stops, sla.Change{Kind: sla.Stopped, Cause: sla.BySuspension, From: from, To: to}), to
			if !from.Before(now) || from.Before(countsFrom) {
				continue
			}
			lost := to.Sub(from)
			if working {
				var err error
				if lost, err = c.Between(from, to); err != nil {
					t.Fatal(err)
				}
			}
			taken += lost
		}
		if l.Unit == sla.NaturalDay || l.DeferAfterHours || slices.ContainsFunc(stops, func(s sla.Change) bool { return s.From.Before(countsFrom) }) {
			t.Skip("counted in nights, or on a day that is not counted: the tables say what then")
		}
		paused := due(t, c, start, l, stops...)
		moved := paused.Sub(plain)
		if working {
			var err error
			if moved, err = c.Between(plain, paused); err != nil {
				t.Fatal(err)
			}
		}
		if moved != taken {
			t.Fatalf("%s from %s: pauses of %s moved the deadline by %s, from %s to %s", l, start, taken, moved, plain, paused)
		}
	})
}

func TestADeadlineNeverLiesOutsideOpenHours(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, l := drawCalendar(t), drawLimit(t, 100)
		if !l.InWorkingTime && (l.Unit == sla.Minute || l.Unit == sla.Hour) || l.End == sla.Midnight {
			t.Skip("round the clock, or until midnight")
		}
		start := drawStart(t, "start")
		pause := sla.Change{Kind: sla.Stopped, From: start.Add(time.Hour), To: start.Add(time.Duration(rapid.Int64Range(3600, 300*3600).Draw(t, "pause")) * time.Second)}
		for _, d := range []time.Time{due(t, c, start, l), due(t, c, start, l, pause)} {
			open, err := c.Open(d.Add(-time.Second))
			if err != nil || !open {
				t.Fatalf("%s from %s is due %s, outside open hours (%v)", l, start, d, err)
			}
		}
	})
}

func TestTheLastStepIsTheDeadline(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c, l := drawCalendar(t), drawLimit(t, 100)
		start := drawStart(t, "start")
		changes := []sla.Change{
			{Kind: sla.Extended, Extra: drawLimit(t, 10)},
			{Kind: sla.Stopped, Cause: sla.ByCitizen, From: start.Add(time.Hour), To: start.Add(50 * time.Hour)},
		}
		r, err := sla.Reckon(c, start, l, changes...)
		if err != nil {
			t.Fatal(err)
		}
		var said time.Time
		worked := int64(0)
		for _, step := range r.Steps() {
			if step.Kind == sla.StepEnd {
				if said = step.At; !said.Equal(r.Original) {
					t.Fatalf("the steps end at %s, the limit at %s", said, r.Original)
				}
			}
			if !step.Due.IsZero() {
				said = step.Due
			}
			if step.Kind == sla.StepWorked {
				worked += step.Seconds
			}
			if step.Text("en") == string(step.Kind) || step.Text("zh-CN") == string(step.Kind) {
				t.Fatalf("step %s has no words", step.Kind)
			}
		}
		if !said.Equal(r.Due) {
			t.Fatalf("the steps come to %s, the deadline is %s", said, r.Due)
		}
		if want := int64(l.N) * map[sla.Unit]int64{sla.Minute: 60, sla.Hour: 3600}[l.Unit]; l.InWorkingTime && worked != want {
			t.Fatalf("the steps add up to %d s of work, the limit has %d", worked, want)
		}
	})
}
