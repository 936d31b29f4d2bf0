package worktime

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// mostBytes bounds a holiday file; all twenty years so far fit in 100 KB.
const mostBytes = 4 << 20

// ReadHolidays reads lists of holidays from a file in any of three forms, told
// apart by how it begins: holiday-cn's JSON ({"year":2027,"days":[…]}), an
// iCalendar (BEGIN:VCALENDAR), or a table with the columns date, name and kind
// (日期, 名称, 类型), separated by commas, semicolons or tabs, in UTF-8 or GB 18030.
// Lists come back by year, in order. A file of several years is welcome; with
// year other than 0 the file must hold that year and no other.
//
// It refuses, naming the day and the line where there is one: a day listed
// twice, overlapping holidays, a day that is both off and worked, a day missing
// from its holiday, a public holiday missing from the year, a day of another
// year. A file with no days at all is ErrNotAnnounced.
func ReadHolidays(r io.Reader, year int) ([]Year, error) {
	data, err := io.ReadAll(io.LimitReader(r, mostBytes+1))
	if err != nil {
		return nil, fmt.Errorf("reading holidays: %w", err)
	}
	if len(data) > mostBytes {
		return nil, fmt.Errorf("reading holidays: the file is larger than %d MB", mostBytes>>20)
	}
	years, err := readHolidays(data)
	if err != nil {
		return nil, fmt.Errorf("reading holidays: %w", err)
	}
	if year != 0 && (len(years) != 1 || years[0].Year != year) {
		return nil, fmt.Errorf("reading holidays: the file is for %s, not for %d", yearsIn(years), year)
	}
	return years, nil
}

func readHolidays(data []byte) ([]Year, error) {
	text, err := decode(data)
	if err != nil {
		return nil, err
	}
	switch {
	case text == "":
		return nil, errors.New("the file is empty")
	case text[0] == '{':
		year, err := readYearJSON([]byte(text))
		if err != nil {
			return nil, err
		}
		return []Year{year}, nil
	case len(text) >= 15 && strings.EqualFold(text[:15], "BEGIN:VCALENDAR"):
		days, err := readICS(text)
		if err != nil {
			return nil, err
		}
		return sortOut(days)
	default:
		days, err := readCSV(text)
		if err != nil {
			return nil, err
		}
		return sortOut(days)
	}
}

// decode returns the file as UTF-8 without its byte order mark. Spreadsheets in
// Chinese offices still save GB 18030.
func decode(data []byte) (string, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(data)
		if err != nil || bytes.ContainsRune(decoded, utf8.RuneError) {
			return "", errors.New("the file is neither UTF-8 nor GB 18030 text")
		}
		data = decoded
	}
	return strings.TrimSpace(string(data)), nil
}

// listedDay is a day as a file without a year of its own lists it.
type listedDay struct {
	Holiday
	line int
}

// sortOut gives every day to its year's list and checks the lists. New Year's
// days in December belong to the notice for the year that begins, where the file
// holds that year; files cut by calendar year keep them.
func sortOut(days []listedDay) ([]Year, error) {
	if len(days) == 0 {
		return nil, ErrNotAnnounced
	}
	holds := make(map[int]bool)
	for _, day := range days {
		holds[day.Date.Year()] = true
	}
	notice := func(day listedDay) int {
		year, month, _ := day.Date.Civil()
		if month == time.December && strings.Contains(day.Name, "元旦") && holds[year+1] {
			return year + 1
		}
		return year
	}
	slices.SortStableFunc(days, func(a, b listedDay) int {
		return cmp.Or(cmp.Compare(notice(a), notice(b)), cmp.Compare(a.Date, b.Date))
	})
	var years []Year
	for i := 0; i < len(days); {
		year := Year{Year: notice(days[i])}
		var lines []int
		for ; i < len(days) && notice(days[i]) == year.Year; i++ {
			year.Days, lines = append(year.Days, days[i].Holiday), append(lines, days[i].line)
		}
		if err := year.check(lines); err != nil {
			return nil, err
		}
		years = append(years, year)
	}
	return years, nil
}

func yearsIn(years []Year) string {
	var words []string
	for _, y := range years {
		words = append(words, fmt.Sprint(y.Year))
	}
	return strings.Join(words, ", ")
}
