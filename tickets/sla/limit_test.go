package sla_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nengban/tickets/sla"
)

func TestParseLimitReadsWhatPeopleWrite(t *testing.T) {
	t.Parallel()
	days := func(n int) sla.Limit { return sla.WorkingDays(n) }
	natural := func(n int) sla.Limit { return sla.NaturalDays(n) }
	working := func(n int, u sla.Unit) sla.Limit { return sla.Limit{N: n, Unit: u, InWorkingTime: true} }
	first := func(l sla.Limit) sla.Limit { l.CountFirstDay = true; return l }
	midnight := func(l sla.Limit) sla.Limit { l.End = sla.Midnight; return l }
	deferred := func(l sla.Limit) sla.Limit { l.DeferAfterHours = true; return l }
	for want, texts := range map[sla.Limit][]string{
		days(10): {"10 working days", "10个工作日", "10 个工作日", "１０个工作日", "十个工作日", "10个工作日内", "在10个工作日以内", "within 10 working days",
			"10wd", "10 WD", "10 business days", "ten working days", "10-working-days", "10 working days, first day not counted", "10个工作日，首日不计入",
			"10个工作日（不含当日）", "10个工作日,自次日起算", "10 working days, close of business", "10个工作日至下班"},
		days(5):                  {"5工作日", "五个工作日", "5 workdays", "5 work days"},
		days(1):                  {"1 working day", "1个工作日", "一个工作日", "a working day"},
		natural(15):              {"15 natural days", "15 days", "15天", "15日", "十五日", "15个自然日", "15d", "15 calendar days", "fifteen days"},
		natural(120):             {"一百二十天", "120天"},
		natural(105):             {"一百零五日"},
		sla.Hours(2):             {"2 hours", "2小时", "2 个小时", "两小时", "2h", "2 hrs", "2 hours, round the clock", "2小时（自然时间）", "2钟头"},
		sla.Hours(24):            {"24小时", "二十四小时", "24 hours"},
		sla.Minutes(30):          {"30 min", "30 minutes", "30分钟", "30分", "半小时", "半个小时", "0.5 hours", "30m"},
		sla.Minutes(90):          {"1.5 hours", "1.5小时", "一个半小时", "90 minutes"},
		working(2, sla.Hour):     {"2 working hours", "2个工作小时", "2工作小时", "2小时工作时间", "2 hours in working time", "2 hours of working time", "2 business hours", "2小时（工作时间）"},
		working(90, sla.Minute):  {"1.5 hours, working time", "90 working minutes"},
		first(days(1)):           {"same working day", "same day", "当日", "当天", "当个工作日", "即日", "当日内", "1 working day, first day counted", "1个工作日，首日计入", "1个工作日首日计入", "1 working day (including the first day)", "by the end of the same working day"},
		midnight(days(10)):       {"10 working days, until midnight", "10个工作日，至当日24时", "10 working days, by midnight", "10个工作日至24点"},
		midnight(natural(15)):    {"15 days until midnight", "15日，至24时"},
		deferred(days(3)):        {"3 working days, after hours deferred", "3个工作日，下班后顺延"},
		midnight(first(days(1))): {"当日，至24时", "same working day, until midnight"},
	} {
		for _, text := range texts {
			got, err := sla.ParseLimit(text)
			if err != nil || got != want {
				t.Errorf("%q read as %+v, %v; want %+v", text, got, err, want)
			}
		}
	}
}

func TestParseLimitSaysWhatItCannotRead(t *testing.T) {
	t.Parallel()
	for text, says := range map[string]string{
		"":                                       "it is empty",
		"   ":                                    "it is empty",
		"soon":                                   "no number with a unit",
		"尽快":                                     "no number with a unit",
		"10":                                     "no number with a unit",
		"working days":                           `"working" is not a number`,
		"10 fortnights":                          "no number with a unit",
		"0 working days":                         "0 working days can never be met",
		"-5 working days":                        "no number with a unit",
		"0个工作日":                                  "can never be met",
		"3个月":                                    "say days",
		"1 week":                                 "say days",
		"2年":                                     "say days",
		"99999 working days":                     "more than ten years",
		"99999999999999999999 hours":             "too large a number",
		"1e9 days":                               "no number with a unit",
		"半天":                                     "only hours come in parts",
		"1.5 working days":                       "only hours come in parts",
		"1.00001 hours":                          "not whole minutes",
		"一百二个工作日":                                `"一百二" is not a number`,
		"十十天":                                    `"十十" is not a number`,
		"10 working days, more or less":          `"more or less" is not understood`,
		"10个工作日左右":                               `"左右" is not understood`,
		"2 hours, first day counted":             "no first day",
		"2 hours until midnight":                 "no end of day",
		"5 working days, in working time":        "days are not counted in working time",
		"same working day, after hours deferred": "already defers",
		strings.Repeat("一", 100):                 "bytes of text are no limit",
		"5 working days\x00":                     "is not understood",
	} {
		got, err := sla.ParseLimit(text)
		if !errors.Is(err, sla.ErrLimit) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q read as %+v, %v; want an ErrLimit that says %q", text, got, err, says)
		}
	}
}

// drawLimit draws any limit that can be used.
func drawLimit(t *rapid.T, most int) sla.Limit {
	l := sla.Limit{
		N:    rapid.IntRange(1, most).Draw(t, "n"),
		Unit: rapid.SampledFrom([]sla.Unit{sla.Minute, sla.Hour, sla.NaturalDay, sla.WorkingDay}).Draw(t, "unit"),
	}
	switch l.Unit {
	case sla.Minute, sla.Hour:
		l.InWorkingTime = rapid.Bool().Draw(t, "in working time")
	default:
		l.CountFirstDay = rapid.Bool().Draw(t, "first day counted")
		l.DeferAfterHours = !l.CountFirstDay && rapid.Bool().Draw(t, "deferred")
		if rapid.Bool().Draw(t, "midnight") {
			l.End = sla.Midnight
		}
	}
	return l
}

func TestALimitIsReadAsItIsWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		l := drawLimit(t, 2500)
		for _, lang := range []string{"en", "zh-CN"} {
			if back, err := sla.ParseLimit(l.Text(lang)); err != nil || back != l {
				t.Fatalf("%+v is written %q and read as %+v, %v", l, l.Text(lang), back, err)
			}
		}
		data, err := json.Marshal(l)
		if err != nil {
			t.Fatal(err)
		}
		var back sla.Limit
		if err := json.Unmarshal(data, &back); err != nil || back != l {
			t.Fatalf("%s read as %+v, %v", data, back, err)
		}
	})
}

func TestLimitsThatMakeNoSenseAreRefused(t *testing.T) {
	t.Parallel()
	for what, l := range map[string]sla.Limit{
		"nothing":              {},
		"no unit":              {N: 1},
		"an unknown unit":      {N: 1, Unit: "fortnight"},
		"an unknown end":       {N: 1, Unit: sla.WorkingDay, End: "noon"},
		"less than nothing":    {N: -1, Unit: sla.Hour},
		"more than ten years":  {N: 4000, Unit: sla.NaturalDay},
		"days in working time": {N: 1, Unit: sla.NaturalDay, InWorkingTime: true},
	} {
		if err := l.Validate(); !errors.Is(err, sla.ErrLimit) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := json.Marshal(l); err == nil {
			t.Errorf("%s was written", what)
		}
		if _, err := sla.Due(calendars(t)["department"], at(t, "2026-09-24 16:50"), l); !errors.Is(err, sla.ErrLimit) {
			t.Errorf("%s was reckoned: %v", what, err)
		}
	}
}

// FuzzParseLimit holds that whatever is typed, the reader neither panics nor
// gives back a limit that cannot be used or is not read back the same.
func FuzzParseLimit(f *testing.F) {
	for _, seed := range []string{"10 working days", "10个工作日，首日计入", "一百零五日，至当日24时", "1.5 hours in working time", "半小时", "same day", "两个半小时"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, s string) {
		l, err := sla.ParseLimit(s)
		if err != nil {
			if !errors.Is(err, sla.ErrLimit) {
				t.Fatalf("%q: %v is no ErrLimit", s, err)
			}
			return
		}
		if err := l.Validate(); err != nil {
			t.Fatalf("%q read as %+v: %v", s, l, err)
		}
		if back, err := sla.ParseLimit(l.String()); err != nil || back != l {
			t.Fatalf("%q read as %+v, written %q, read as %+v, %v", s, l, l, back, err)
		}
	})
}
