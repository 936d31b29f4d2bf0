package worktime_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"nengban/tickets/worktime"
)

// csv2027 is an invented notice for a year that has none yet.
const csv2027 = `日期,名称,类型
2026-12-31,元旦,休
2027-01-01,元旦,休
2027-01-02,元旦,休
2027-01-03,元旦,班
2027/2/5,春节,休
2027/2/6,春节,休
2027/2/7,春节,休
2027/2/8,春节,休
2027/2/9,春节,休
2027/2/10,春节,休
2027/2/11,春节,休
2027/2/20,春节,上班
2027年4月5日,清明节,放假
20270501,劳动节,放假
20270502,劳动节,放假
20270503,劳动节,放假
2027-06-09,端午节,off
2027-09-15,中秋节,off
2027-10-01,国庆节,off
2027-10-02,国庆节,off
2027-10-03,国庆节,off
2027-10-04,国庆节,off
2027-10-05,国庆节,off
2027-10-06,国庆节,off
2027-10-07,国庆节,off
2027-10-09,国庆节,work
`

func year2027(t testing.TB) worktime.Year {
	t.Helper()
	years, err := worktime.ReadHolidays(strings.NewReader(csv2027), 2027)
	if err != nil {
		t.Fatal(err)
	}
	return years[0]
}

func TestReadHolidaysTakesTheTableInManyCoats(t *testing.T) {
	t.Parallel()
	want := year2027(t)
	if len(want.Days) != 26 || want.Days[0].Date != date(t, "2026-12-31") || want.Days[3].Off {
		t.Fatalf("read %d days: %+v", len(want.Days), want.Days)
	}
	gbk, err := simplifiedchinese.GB18030.NewEncoder().String(csv2027)
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"with a byte order mark": "\xef\xbb\xbf" + csv2027,
		"from Windows":           strings.ReplaceAll(csv2027, "\n", "\r\n"),
		"in GB 18030":            gbk,
		"with semicolons":        strings.ReplaceAll(csv2027, ",", ";"),
		"with tabs":              strings.ReplaceAll(csv2027, ",", "\t"),
		"as iCalendar":           asICS(want, "%s(休)", "%s(班)"),
		"as iCalendar, wordy":    asICS(want, "%s假期", "上班(补%s假期)"),
		"as iCalendar, counting": asICS(want, "%s 假期 第1天/共3天", "%s 补班 第1天/共2天"),
	} {
		years, err := worktime.ReadHolidays(strings.NewReader(text), 0)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if diff := cmp.Diff([]worktime.Year{want}, years); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}

// asICS writes a year as an iCalendar, one event a day, each with an alarm of
// its own whose description must not be taken for the event's.
func asICS(year worktime.Year, off, work string) string {
	var b strings.Builder
	b.WriteString("BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VTIMEZONE\r\nBEGIN:STANDARD\r\nDTSTART:19700101T000000\r\nEND:STANDARD\r\nEND:VTIMEZONE\r\n")
	for _, day := range year.Days {
		summary := fmt.Sprintf(off, day.Name)
		start, end := ";VALUE=DATE:"+compact(day.Date), ";VALUE=DATE:"+compact(day.Date+1)
		if !day.Off {
			summary = fmt.Sprintf(work, day.Name)
			start, end = ":"+compact(day.Date)+"T090000", ":"+compact(day.Date)+"T180000"
		}
		fmt.Fprintf(&b, "BEGIN:VEVENT\r\nDTSTART%s\r\nDTEND%s\r\nDESCRIPTION:folded\r\n  SUMMARY:no\r\nSUMMARY:%s\r\nBEGIN:VALARM\r\nSUMMARY:补班提醒\r\nEND:VALARM\r\nEND:VEVENT\r\n", start, end, summary)
	}
	b.WriteString("END:VCALENDAR\r\n")
	return b.String()
}

func compact(d worktime.Date) string { return strings.ReplaceAll(d.String(), "-", "") }

func TestReadHolidaysTakesThePublishedLists(t *testing.T) {
	t.Parallel()
	for year := 2007; year <= 2026; year++ {
		years, err := worktime.ReadHolidays(bytes.NewReader(secondSource(t, year)), year)
		if err != nil {
			t.Errorf("%d: %v", year, err)
			continue
		}
		if _, err := worktime.Embedded().With(years...); err != nil {
			t.Errorf("%d: %v", year, err)
		}
	}
}

func TestReadHolidaysTakesThePackageCalendars(t *testing.T) {
	t.Parallel()
	read := 0
	for _, lang := range []string{"", ".en"} {
		for year := 2007; year <= 2026; year++ {
			data, err := os.ReadFile(fmt.Sprintf("%s/node_modules/chinese-days/dist/years/%d%s.ics", packageFolder, year, lang))
			if errors.Is(err, os.ErrNotExist) {
				t.Skipf("stepping aside: the npm package chinese-days is not in %s", packageFolder)
			}
			if err != nil {
				t.Fatal(err)
			}
			years, err := worktime.ReadHolidays(bytes.NewReader(data), 0)
			if err != nil {
				t.Errorf("%d%s: %v", year, lang, err)
				continue
			}
			for _, y := range years {
				read += len(y.Days)
			}
		}
	}
	if read < 1200 {
		t.Errorf("read only %d days", read)
	}
}

func TestReadHolidaysRefusesAndNamesTheDay(t *testing.T) {
	t.Parallel()
	without := func(line string) string { return strings.Replace(csv2027, line+"\n", "", 1) }
	with := func(line string) string { return csv2027 + line + "\n" }
	for _, row := range []struct {
		what, text string
		year       int
		says       string
	}{
		{"a day listed twice", with("2027-10-01,国庆节,off"), 0, "line 28: 2027-10-01 is listed twice"},
		{"overlapping holidays", with("2027-10-01,中秋节,off"), 0, "line 28: 2027-10-01 overlaps: it is listed for 国庆节 and for 中秋节"},
		{"both off and worked", with("2027-10-09,国庆节,off"), 0, "2027-10-09 is both a day off (国庆节) and a working day (国庆节)"},
		{"a day missing from its holiday", without("2027-10-05,国庆节,off"), 0, "2027-10-05 is missing between 2027-10-04 and 2027-10-06, both off for 国庆节"},
		{"a public holiday cut short", strings.Replace(without("2027-10-01,国庆节,off"), "2027-10-02,国庆节,off\n", "", 1), 0, "2027-10-01 is missing: it is a day off every year"},
		{"a public holiday left out", without("2027-09-15,中秋节,off"), 0, "2027: no day off is listed for 中秋节"},
		{"the file ends in July", csv2027[:strings.Index(csv2027, "2027-09-15")], 0, "2027-10-01 is missing"},
		{"another year's file", csv2027, 2028, "the file is for 2027, not for 2028"},
		{"a stray day of another year", with("2028-10-01,国庆节,off"), 0, "2028-01-01 is missing"},
		{"neither off nor worked", with("2027-12-24,平安夜,?"), 0, `line 28: 2027-12-24 is "?", which is neither off (休) nor work (班)`},
		{"no such date", with("2027-02-30,春节,off"), 0, `line 28: "2027-02-30" is not a date`},
		{"too few columns", with("2027-12-24"), 0, "line 28: 1 columns where 3 are needed"},
		{"no header", strings.TrimPrefix(csv2027, "日期,名称,类型\n"), 0, "line 1: no column for the date"},
		{"no name", with("2027-12-24,,off"), 0, "line 28: 2027-12-24 has no name"},
		{"an empty file", "", 0, "the file is empty"},
		{"a broken encoding", "日期\xff\xff\xff", 0, "neither UTF-8 nor GB 18030"},
		{"JSON: another year", `{"year":2027,"days":[{"name":"国庆节","date":"2028-10-01","isOffDay":true}]}`, 0, "2028-10-01 is not in the list's year, 2027"},
		{"JSON: off or not?", `{"year":2027,"days":[{"name":"国庆节","date":"2027-10-01"}]}`, 0, `2027-10-01 does not say "isOffDay"`},
		{"JSON: no date", `{"year":2027,"days":[{"name":"国庆节","isOffDay":true}]}`, 0, `days[0]: "" is not a date`},
		{"JSON: no year", `{"days":[]}`, 0, `"year" is missing`},
		{"JSON: more after the end", `{"year":2027,"days":[]} []`, 0, "more text after its end"},
		{"JSON: broken", `{"year":`, 0, "reading the JSON"},
		{"JSON: too many days", manyDays(), 0, "a notice never moves more than"},
		{"ICS: neither off nor worked", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20271001\nSUMMARY:国庆节\nEND:VEVENT\nEND:VCALENDAR", 0, "line 2: 2027-10-01 does not say whether it is off or worked"},
		{"ICS: no date", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:国庆节(休)\nEND:VEVENT\nEND:VCALENDAR", 0, `line 2: DTSTART: "" is not a date`},
		{"ICS: ends before it begins", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20271001\nDTEND:20271001\nSUMMARY:国庆节(休)\nEND:VEVENT\nEND:VCALENDAR", 0, "line 2: 2027-10-01 begins an event"},
		{"ICS: a century of holiday", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20271001\nDTEND:21271001\nSUMMARY:国庆节(休)\nEND:VEVENT\nEND:VCALENDAR", 0, "line 2: 2027-10-01 begins an event"},
		{"ICS: another day elsewhere", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20270930T160000Z\nSUMMARY:国庆节(休)\nEND:VEVENT\nEND:VCALENDAR", 0, "is in UTC"},
		{"ICS: cut off", "BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART:20271001", 0, "line 2: the event does not end"},
	} {
		years, err := worktime.ReadHolidays(strings.NewReader(row.text), row.year)
		if err == nil || !strings.Contains(err.Error(), row.says) {
			t.Errorf("%s: %v, want %q", row.what, err, row.says)
		}
		if years != nil {
			t.Errorf("%s: days came back all the same", row.what)
		}
	}
}

func manyDays() string {
	var days []string
	for d := worktime.DateOf(2027, 1, 1); d <= worktime.DateOf(2027, 6, 1); d++ {
		days = append(days, fmt.Sprintf(`{"name":"长假","date":"%s","isOffDay":true}`, d))
	}
	return `{"year":2027,"days":[` + strings.Join(days, ",") + `]}`
}

func TestAYearNotAnnouncedYetIsNoError(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"holiday-cn": `{"year":2027,"papers":[],"days":[]}`,
		"iCalendar":  "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VTIMEZONE\nTZID:Asia/Shanghai\nBEGIN:STANDARD\nDTSTART:19700101T000000\nEND:STANDARD\nEND:VTIMEZONE\nEND:VCALENDAR\n",
		"table":      "date,name,kind\n",
	} {
		if _, err := worktime.ReadHolidays(strings.NewReader(text), 2027); !errors.Is(err, worktime.ErrNotAnnounced) {
			t.Errorf("%s: %v, want ErrNotAnnounced", name, err)
		}
	}
}

// FuzzReadHolidays holds that whatever a stranger sends, the reader neither
// panics nor lets a list through that a calendar could not be built from.
func FuzzReadHolidays(f *testing.F) {
	f.Add([]byte(csv2027))
	f.Add([]byte(`{"year":2027,"days":[{"name":"国庆节","date":"2027-10-01","isOffDay":true}]}`))
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nDTSTART;VALUE=DATE:20271001\nDTEND:20271008\nSUMMARY:国庆节(休)\nEND:VEVENT\nEND:VCALENDAR"))
	f.Add([]byte("BEGIN:VCALENDAR\nBEGIN:VEVENT\nBEGIN:VALARM\nEND:VALARM\n folded\nSUMMARY:上班(补春节假期)\nEND:VEVENT"))
	f.Add([]byte("date;name;kind\n2027-01-01;元旦;off\n"))
	year, _ := worktime.Embedded().Year(2020)
	f.Add([]byte(asICS(year, "%s(休)", "上班(补%s假期)")))
	f.Fuzz(func(t *testing.T, data []byte) {
		years, err := worktime.ReadHolidays(bytes.NewReader(data), 0)
		if err != nil {
			if years != nil {
				t.Fatal("both days and an error")
			}
			return
		}
		if _, err := worktime.Embedded().With(years...); err != nil {
			t.Fatalf("let through: %v", err)
		}
	})
}
