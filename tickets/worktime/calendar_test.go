package worktime_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nengban/tickets/worktime"
)

// shanghai is where the tables' clerks sit.
var shanghai = func() *time.Location {
	loc, err := time.LoadLocation(worktime.Shanghai)
	if err != nil {
		panic(err)
	}
	return loc
}()

// at reads "2026-09-24 16:50" on the wall in Shanghai.
func at(t testing.TB, s string) time.Time {
	t.Helper()
	return atIn(t, s, shanghai)
}

func atIn(t testing.TB, s string, loc *time.Location) time.Time {
	t.Helper()
	layout := "2006-01-02 15:04:05.999999999"
	if strings.Count(s, ":") == 1 {
		layout = "2006-01-02 15:04"
	}
	parsed, err := time.ParseInLocation(layout, s, loc)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func date(t testing.TB, s string) worktime.Date {
	t.Helper()
	d, err := worktime.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// calendar builds one of the default calendars, changed as asked.
func calendar(t testing.TB, name string, change ...func(*worktime.Spec)) *worktime.Calendar {
	t.Helper()
	for _, spec := range worktime.Defaults() {
		if spec.Name == name {
			for _, c := range change {
				c(&spec)
			}
			return build(t, spec)
		}
	}
	t.Fatalf("no default calendar %s", name)
	return nil
}

func build(t testing.TB, spec worktime.Spec) *worktime.Calendar {
	t.Helper()
	c, err := worktime.New(spec, worktime.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestDayIsWorkedOrNotAndSaysWhy(t *testing.T) {
	t.Parallel()
	typhoon := func(s *worktime.Spec) {
		s.Days = []worktime.Override{
			{Date: date(t, "2026-07-22"), Kind: worktime.Off, Name: "台风停工", NameEN: "typhoon"},
			{Date: date(t, "2026-02-13"), Kind: worktime.SpecialHours, Hours: []worktime.Hours{{From: worktime.At(9, 0), To: worktime.At(12, 0)}}, Name: "节前半天"},
			{Date: date(t, "2026-07-25"), Kind: worktime.MakeUpDay, Name: "补台风停工"},
			{Date: date(t, "2026-08-01"), Kind: worktime.SpecialHours, Hours: []worktime.Hours{{From: worktime.At(9, 0), To: worktime.At(11, 0)}}, Name: "周六开放日"},
		}
	}
	c := calendar(t, worktime.Department, typhoon)
	for _, row := range []struct {
		what, day string
		kind      worktime.DayKind
		working   bool
		name, en  string
		hours     string
	}{
		{"平常的星期四", "2026-09-24", worktime.WorkingDay, true, "", "", "09:00-12:00 13:30-17:30"},
		{"平常的星期六", "2026-09-19", worktime.RestDay, false, "", "", ""},
		{"中秋节放假的星期五", "2026-09-25", worktime.PublicHoliday, false, "中秋节", "Mid-Autumn Festival", ""},
		{"国庆节调休上班的星期日", "2026-09-20", worktime.MakeUp, true, "国庆节", "National Day", "09:00-12:00 13:30-17:30"},
		{"国庆节调休上班的星期六", "2026-10-10", worktime.MakeUp, true, "国庆节", "National Day", "09:00-12:00 13:30-17:30"},
		{"2020年延长的春节假期", "2020-01-31", worktime.PublicHoliday, false, "春节", "Spring Festival", ""},
		{"2020年2月3日复工", "2020-02-03", worktime.WorkingDay, true, "", "", "09:00-12:00 13:30-17:30"},
		{"台风停工", "2026-07-22", worktime.ClosedDay, false, "台风停工", "typhoon", ""},
		{"除夕前半天", "2026-02-13", worktime.SpecialDay, true, "节前半天", "节前半天", "09:00-12:00"},
		{"本市自己的补班", "2026-07-25", worktime.MakeUp, true, "补台风停工", "补台风停工", "09:00-12:00 13:30-17:30"},
		{"周六开放日不是工作日", "2026-08-01", worktime.SpecialDay, false, "周六开放日", "周六开放日", "09:00-11:00"},
	} {
		day, err := c.Day(date(t, row.day))
		if err != nil {
			t.Fatal(err)
		}
		var hours []string
		for _, h := range day.Hours {
			hours = append(hours, h.String())
		}
		got := []any{day.Kind, day.Working, day.NameIn("zh-CN"), day.NameIn("en"), strings.Join(hours, " "), day.UnknownYear}
		if diff := cmp.Diff([]any{row.kind, row.working, row.name, row.en, row.hours, 0}, got); diff != "" {
			t.Errorf("%s %s: %s", row.what, row.day, diff)
		}
	}
}

func TestWorkingTimeAddsAndSubtracts(t *testing.T) {
	t.Parallel()
	c := calendar(t, worktime.Department)
	for _, row := range []struct {
		what, from string
		time       time.Duration
		after      string // from + time
		before     string // from − time
	}{
		{"一上班办一小时", "2026-09-24 09:00", time.Hour, "2026-09-24 10:00", "2026-09-23 16:30"},
		{"跨午休", "2026-09-24 11:30", time.Hour, "2026-09-24 14:00", "2026-09-24 10:30"},
		{"正好到午休为止", "2026-09-24 11:00", time.Hour, "2026-09-24 12:00", "2026-09-24 10:00"},
		{"正好到下班为止, 不滚到次日", "2026-09-24 16:30", time.Hour, "2026-09-24 17:30", "2026-09-24 15:30"},
		{"下班时刻来的, 从下次上班算起", "2026-09-24 17:30", time.Hour, "2026-09-28 10:00", "2026-09-24 16:30"},
		{"午休时来的", "2026-09-24 12:40", time.Hour, "2026-09-24 14:30", "2026-09-24 11:00"},
		{"放假中来的", "2026-10-03 20:00", time.Hour, "2026-10-08 10:00", "2026-09-30 16:30"},
		{"国庆前一天下午, 跨七天假", "2026-09-30 16:50", 2 * time.Hour, "2026-10-08 10:20", "2026-09-30 14:50"},
		{"调休的星期六照常办公", "2026-10-09 17:00", time.Hour, "2026-10-10 09:30", "2026-10-09 16:00"},
		{"一秒也不丢", "2026-09-24 17:29:59.25", time.Second, "2026-09-28 09:00:00.25", "2026-09-24 17:29:58.25"},
	} {
		after, err := c.Add(at(t, row.from), row.time)
		if err != nil {
			t.Fatal(err)
		}
		if want := at(t, row.after); !after.Equal(want) {
			t.Errorf("%s: %s + %s = %s, want %s", row.what, row.from, row.time, after, want)
		}
		before, err := c.Sub(at(t, row.from), row.time)
		if err != nil {
			t.Fatal(err)
		}
		if want := at(t, row.before); !before.Equal(want) {
			t.Errorf("%s: %s − %s = %s, want %s", row.what, row.from, row.time, before, want)
		}
	}
}

func TestTwoWorkingHoursBeforeMondayMorningIsFridayAfternoon(t *testing.T) {
	t.Parallel()
	c := calendar(t, worktime.Department)
	got, err := c.Sub(at(t, "2026-09-14 09:00"), 2*time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	if want := at(t, "2026-09-11 15:30"); !got.Equal(want) {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestNthWorkingDay(t *testing.T) {
	t.Parallel()
	c := calendar(t, worktime.Department)
	for _, row := range []struct {
		what, from string
		n          int
		want       string
	}{
		{"国庆前后第 10 个工作日", "2026-09-24", 10, "2026-10-15"},
		{"次日起第 1 个", "2026-09-21", 1, "2026-09-22"},
		{"假期里收到, 第 1 个是节后头一天", "2026-10-03", 1, "2026-10-08"},
		{"当天就是工作日", "2026-09-24", 0, "2026-09-24"},
		{"当天放假, 顺延", "2026-09-25", 0, "2026-09-28"},
		{"往前第 1 个", "2026-10-08", -1, "2026-09-30"},
		{"往前数要数到调休日", "2026-09-21", -1, "2026-09-20"},
	} {
		got, err := c.NthWorkingDay(date(t, row.from), row.n)
		if err != nil {
			t.Fatal(err)
		}
		if got != date(t, row.want) {
			t.Errorf("%s: %d from %s is %s, want %s", row.what, row.n, row.from, got, row.want)
		}
	}
	n, err := c.WorkingDays(date(t, "2026-10-01"), date(t, "2026-11-01"))
	if err != nil {
		t.Fatal(err)
	}
	if n != 18 { // 22 weekdays − 5 of them off + 10 October
		t.Errorf("October 2026 has %d working days, want 18", n)
	}
}

func TestPastTheKnownYearsPlainWeekendsServeAndSaySo(t *testing.T) {
	t.Parallel()
	c := calendar(t, worktime.Department)
	for _, row := range []struct {
		from, to string
		year     int
	}{
		{"2026-12-01", "2026-12-28", 0},
		{"2026-12-01", "2026-12-29", 2027}, // the notice for 2027 may still move it
		{"2027-01-04", "2027-01-04", 2027},
		{"2028-03-01", "2028-03-02", 2028},
		{"2019-01-01", "2026-12-28", 0},
	} {
		if year, _ := c.Unknown(date(t, row.from), date(t, row.to)); year != row.year {
			t.Errorf("%s to %s: first unknown year %d, want %d", row.from, row.to, year, row.year)
		}
	}
	day, err := c.Day(date(t, "2027-10-01"))
	if err != nil {
		t.Fatal(err)
	}
	if !day.Working || day.UnknownYear != 2027 {
		t.Errorf("1 October 2027, a Friday: %+v; want a working day, provisionally", day)
	}
	if year, found := calendar(t, worktime.Hotline).Unknown(date(t, "2026-12-01"), date(t, "2027-02-01")); found {
		t.Errorf("the hotline keeps no holidays and yet waits for %d", year)
	}
}

func TestDatesOutsideTheCalendarAreErrors(t *testing.T) {
	t.Parallel()
	c := calendar(t, worktime.Department)
	early, late := at(t, "2006-12-31 23:59"), at(t, "2060-01-01 00:00")
	asks := map[string]func(time.Time) error{
		"Add":     func(at time.Time) error { _, err := c.Add(at, time.Hour); return err },
		"Add 0":   func(at time.Time) error { _, err := c.Add(at, 0); return err },
		"Sub":     func(at time.Time) error { _, err := c.Sub(at, time.Hour); return err },
		"Between": func(at time.Time) error { _, err := c.Between(at, at); return err },
		"Open":    func(at time.Time) error { _, err := c.Open(at); return err },
		"Next":    func(at time.Time) error { _, err := c.NextOpen(at); return err },
		"Last":    func(at time.Time) error { _, err := c.LastOpen(at); return err },
		"Day":     func(at time.Time) error { _, err := c.Day(c.Date(at)); return err },
		"Spans":   func(at time.Time) error { _, err := c.Spans(c.Date(at)); return err },
		"Nth":     func(at time.Time) error { _, err := c.NthWorkingDay(c.Date(at), 1); return err },
		"Count":   func(at time.Time) error { _, err := c.WorkingDays(c.Date(at), c.Date(at)+1); return err },
		"Closing": func(at time.Time) error { _, _, err := c.Closing(c.Date(at)); return err },
	}
	for name, ask := range asks {
		if err := ask(early); !errors.Is(err, worktime.ErrBeforeTable) || !strings.Contains(err.Error(), "2006-12-31") {
			t.Errorf("%s before the table: %v", name, err)
		}
		if err := ask(late); !errors.Is(err, worktime.ErrBeyondTable) || !strings.Contains(err.Error(), "2060-01-01") {
			t.Errorf("%s beyond the table: %v", name, err)
		}
	}
}

func TestMomentsMillionsOfYearsAwayAreOutsideToo(t *testing.T) {
	t.Parallel()
	c := calendar(t, worktime.Department)
	for _, row := range []struct {
		at   time.Time
		want error
	}{
		{time.Unix(1<<62, 0), worktime.ErrBeyondTable},
		{time.Unix(-1<<61, 0), worktime.ErrBeforeTable},
		{time.Unix((1<<32+20_000)*86_400, 0), worktime.ErrBeyondTable}, // would be 2024 in 32 bits
	} {
		if _, err := c.Between(row.at, row.at); !errors.Is(err, row.want) {
			t.Errorf("%d: %v, want %v", row.at.Unix(), err, row.want)
		}
	}
}

func TestSearchesAreBounded(t *testing.T) {
	t.Parallel()
	c := calendar(t, worktime.Department)
	for name, ask := range map[string]func() error{
		"adding a century":       func() error { _, err := c.Add(at(t, "2026-01-05 09:00"), 24*365*100*time.Hour); return err },
		"adding the most":        func() error { _, err := c.Add(at(t, "2026-01-05 09:00"), 1<<63-1); return err },
		"the millionth day":      func() error { _, err := c.NthWorkingDay(date(t, "2026-01-05"), 1_000_000); return err },
		"after the last closing": func() error { _, err := c.NextOpen(at(t, "2056-12-31 23:00")); return err },
	} {
		if err := ask(); !errors.Is(err, worktime.ErrBeyondTable) {
			t.Errorf("%s: %v, want ErrBeyondTable", name, err)
		}
	}
	if _, err := c.Sub(at(t, "2007-01-05 09:00"), 1000*time.Hour); !errors.Is(err, worktime.ErrBeforeTable) {
		t.Errorf("subtracting past the first day: %v, want ErrBeforeTable", err)
	}
	if _, err := c.LastOpen(at(t, "2007-01-02 09:00")); !errors.Is(err, worktime.ErrBeforeTable) {
		t.Errorf("the last opening before the first: %v, want ErrBeforeTable", err)
	}
}

func TestSummerHoursAndExtraSaturdays(t *testing.T) {
	t.Parallel()
	c := calendar(t, worktime.Department, func(s *worktime.Spec) {
		s.Seasons = []worktime.Season{{
			Name: "夏季作息", From: worktime.MonthDay{Month: time.June, Day: 1}, To: worktime.MonthDay{Month: time.September, Day: 30},
			Week: worktime.MondayToFriday(worktime.Hours{From: worktime.At(9, 0), To: worktime.At(12, 0)}, worktime.Hours{From: worktime.At(15, 0), To: worktime.At(18, 0)}),
		}}
		s.Extra[time.Saturday] = []worktime.Hours{{From: worktime.At(9, 0), To: worktime.At(12, 0)}}
	})
	if closing, _, err := c.Closing(date(t, "2026-06-01")); err != nil || !closing.Equal(at(t, "2026-06-01 18:00")) {
		t.Errorf("in summer the day closes at %s, %v", closing, err)
	}
	if closing, _, err := c.Closing(date(t, "2026-10-08")); err != nil || !closing.Equal(at(t, "2026-10-08 17:30")) {
		t.Errorf("in autumn the day closes at %s, %v", closing, err)
	}
	if closing, _, err := c.Closing(date(t, "2026-09-20")); err != nil || !closing.Equal(at(t, "2026-09-20 18:00")) {
		t.Errorf("a make-up day in summer closes at %s, %v", closing, err)
	}
	// An open Saturday lets the minutes run and is still no working day.
	got, err := c.Add(at(t, "2026-11-06 17:00"), time.Hour)
	if err != nil || !got.Equal(at(t, "2026-11-07 09:30")) {
		t.Errorf("an hour from Friday 17:00 ends at %s, %v", got, err)
	}
	if day, err := c.NthWorkingDay(date(t, "2026-11-06"), 1); err != nil || day != date(t, "2026-11-09") {
		t.Errorf("the working day after Friday is %s, %v", day, err)
	}
}

func TestClockChangesMakeShortAndLongDays(t *testing.T) {
	t.Parallel()
	berlin := build(t, worktime.Spec{Name: "berlin", Version: 1, Zone: "Europe/Berlin", Week: worktime.EveryDay(worktime.Hours{From: 0, To: worktime.EndOfDay})})
	office := build(t, worktime.Spec{Name: "office", Version: 1, Zone: "Europe/Berlin", Week: worktime.EveryDay(worktime.Hours{From: worktime.At(9, 0), To: worktime.At(17, 0)})})
	loc := berlin.Location()
	for _, row := range []struct {
		day  string
		want time.Duration
	}{{"2026-03-28", 24 * time.Hour}, {"2026-03-29", 23 * time.Hour}, {"2026-10-25", 25 * time.Hour}} {
		spans, err := berlin.Spans(date(t, row.day))
		if err != nil || len(spans) != 1 || spans[0].Duration() != row.want {
			t.Errorf("%s lasts %v, %v, want %s", row.day, spans, err, row.want)
		}
	}
	// Eight working hours from Saturday noon end on Sunday at noon by the wall,
	// in the week of the change as in any other.
	got, err := office.Add(atIn(t, "2026-03-28 12:00", loc), 8*time.Hour)
	if err != nil || !got.Equal(atIn(t, "2026-03-29 12:00", loc)) {
		t.Errorf("8 h over the change end at %s, %v", got, err)
	}
	// Round the clock, 24 hours from Saturday noon end on Sunday at one.
	got, err = berlin.Add(atIn(t, "2026-03-28 12:00", loc), 24*time.Hour)
	if err != nil || !got.Equal(atIn(t, "2026-03-29 13:00", loc)) {
		t.Errorf("24 h over the change end at %s, %v", got, err)
	}
	// Samoa skipped 30 December 2011 altogether: a day with no hours.
	apia := build(t, worktime.Spec{Name: "apia", Version: 1, Zone: "Pacific/Apia", Week: worktime.EveryDay(worktime.Hours{From: worktime.At(9, 0), To: worktime.At(17, 0)})})
	if spans, err := apia.Spans(date(t, "2011-12-30")); err != nil || len(spans) != 0 {
		t.Errorf("30 December 2011 in Samoa: %v, %v", spans, err)
	}
}

func TestCalendarsThatCannotServeAreRefused(t *testing.T) {
	t.Parallel()
	nine, ten, twelve := worktime.At(9, 0), worktime.At(10, 0), worktime.At(12, 0)
	ok := func() worktime.Spec {
		return worktime.Spec{Name: "window", Version: 1, Zone: worktime.Shanghai, Week: worktime.MondayToFriday(worktime.Hours{From: nine, To: twelve})}
	}
	for _, row := range []struct {
		what   string
		change func(*worktime.Spec)
		says   string
	}{
		{"no name", func(s *worktime.Spec) { s.Name = "" }, "name: is missing"},
		{"no version", func(s *worktime.Spec) { s.Version = 0 }, "version"},
		{"no zone", func(s *worktime.Spec) { s.Zone = "" }, "time zone is not known"},
		{"the machine's own zone", func(s *worktime.Spec) { s.Zone = "Local" }, "time zone is not known"},
		{"a zone that does not exist", func(s *worktime.Spec) { s.Zone = "Asia/Peking" }, `zone: "Asia/Peking"`},
		{"never opens", func(s *worktime.Spec) { s.Week = worktime.Week{} }, "never opens"},
		{"opens, but never as a working day", func(s *worktime.Spec) {
			s.Extra, s.Week = s.Week, worktime.Week{}
		}, "never opens"},
		{"overlap", func(s *worktime.Spec) {
			s.Week[1] = []worktime.Hours{{From: nine, To: twelve}, {From: ten, To: worktime.At(13, 0)}}
		}, "mon: 09:00-12:00 and 10:00-13:00 overlap"},
		{"ends before it begins", func(s *worktime.Spec) { s.Week[1] = []worktime.Hours{{From: twelve, To: nine}} }, "ends before it begins"},
		{"a night in one", func(s *worktime.Spec) {
			s.Week[1] = []worktime.Hours{{From: worktime.At(22, 0), To: worktime.At(30, 0)}}
		}, "outside the day"},
		{"extra hours on a working day", func(s *worktime.Spec) {
			s.Extra[1] = []worktime.Hours{{From: worktime.At(18, 0), To: worktime.At(19, 0)}}
		}, "mon already has"},
		{"a day listed twice", func(s *worktime.Spec) {
			s.Days = []worktime.Override{{Date: 20000, Kind: worktime.Off, Name: "台风"}, {Date: 20000, Kind: worktime.MakeUpDay, Name: "补班"}}
		}, "2024-10-04 is listed twice"},
		{"off with hours", func(s *worktime.Spec) {
			s.Days = []worktime.Override{{Date: 20000, Kind: worktime.Off, Name: "台风", Hours: []worktime.Hours{{From: nine, To: ten}}}}
		}, "is off and has hours"},
		{"special hours without any", func(s *worktime.Spec) {
			s.Days = []worktime.Override{{Date: 20000, Kind: worktime.SpecialHours, Name: "半天"}}
		}, "names none"},
		{"an exception nobody can explain", func(s *worktime.Spec) { s.Days = []worktime.Override{{Date: 20000, Kind: worktime.Off}} }, "no name"},
		{"an unknown exception", func(s *worktime.Spec) { s.Days = []worktime.Override{{Date: 20000, Kind: "half", Name: "半天"}} }, `"half" is none of`},
		{"seasons that overlap", func(s *worktime.Spec) {
			s.Seasons = []worktime.Season{
				{Name: "夏", From: worktime.MonthDay{Month: 6, Day: 1}, To: worktime.MonthDay{Month: 9, Day: 30}, Week: s.Week},
				{Name: "秋", From: worktime.MonthDay{Month: 9, Day: 30}, To: worktime.MonthDay{Month: 11, Day: 30}, Week: s.Week},
			}
		}, "秋 overlaps 夏"},
		{"a season on no day", func(s *worktime.Spec) {
			s.Seasons = []worktime.Season{{Name: "夏", From: worktime.MonthDay{Month: 2, Day: 30}, To: worktime.MonthDay{Month: 9, Day: 30}, Week: s.Week}}
		}, "not a part of the year"},
	} {
		spec := ok()
		row.change(&spec)
		err := spec.Validate()
		var wrong *worktime.SpecError
		if !errors.As(err, &wrong) || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v, want %q", row.what, err, row.says)
		}
		if _, err := worktime.New(spec, worktime.Embedded()); err == nil {
			t.Errorf("%s: a calendar was built", row.what)
		}
	}
	if _, err := worktime.New(ok(), worktime.Table{}); !errors.Is(err, worktime.ErrNotAnnounced) {
		t.Errorf("with no table: %v", err)
	}
}

func TestSpecSurvivesTheDatabase(t *testing.T) {
	t.Parallel()
	spec := calendar(t, worktime.Department, func(s *worktime.Spec) {
		s.Extra[time.Saturday] = []worktime.Hours{{From: worktime.At(9, 0), To: worktime.At(12, 0)}}
		s.MakeUp = []worktime.Hours{{From: worktime.At(8, 30), To: worktime.At(12, 0)}}
		s.Seasons = []worktime.Season{{Name: "夏季作息", From: worktime.MonthDay{Month: 2, Day: 29}, To: worktime.MonthDay{Month: 9, Day: 30}, Week: s.Week}}
		s.Days = []worktime.Override{{Date: 20000, Kind: worktime.Off, Name: "台风", NameEN: "typhoon"}}
	}).Spec()
	stored, err := json.Marshal(spec)
	if err != nil {
		t.Fatal(err)
	}
	back, err := worktime.ParseSpec(stored)
	if err != nil {
		t.Fatalf("%v\n%s", err, stored)
	}
	if diff := cmp.Diff(spec, back); diff != "" {
		t.Errorf("%s\n%s", diff, stored)
	}
	for _, bad := range []string{
		`{"name":"window","holydays":true}`,
		`{"name":"window"} {}`,
		`{"week":{"monday":["09:00-12:00"]}}`,
		`{"week":{"mon":["9-12"]}}`,
		`{"week":{"mon":["09:00-24:01"]}}`,
		`{"seasons":[{"from":"02-30"}]}`,
		`{"days":[{"date":"2026-02-30"}]}`,
	} {
		if _, err := worktime.ParseSpec([]byte(bad)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

func TestCalendarKeepsItsOwnCopy(t *testing.T) {
	t.Parallel()
	c := calendar(t, worktime.Window)
	spec := c.Spec()
	spec.Week[time.Monday][0] = worktime.Hours{}
	spec.Days = append(spec.Days, worktime.Override{})
	if got := c.Spec().Week[time.Monday][0].String(); got != "09:00-17:00" {
		t.Errorf("changing a copy changed the calendar's Monday to %s", got)
	}
}
