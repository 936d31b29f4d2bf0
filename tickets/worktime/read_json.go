package worktime

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// readYearJSON reads one year in holiday-cn's form.
func readYearJSON(data []byte) (Year, error) {
	var in yearJSON
	decoder := json.NewDecoder(bytes.NewReader(data))
	if err := decoder.Decode(&in); err != nil {
		return Year{}, fmt.Errorf("reading the JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return Year{}, errors.New("reading the JSON: more text after its end")
	}
	if in.Year < 1949 || in.Year > 9999 {
		return Year{}, errors.New(`"year" is missing or no year`)
	}
	year := Year{Year: in.Year, Papers: in.Papers}
	for i, day := range in.Days {
		d, err := ParseDate(day.Date)
		if err != nil {
			return Year{}, fmt.Errorf("days[%d]: %w", i, err)
		}
		if day.Off == nil {
			return Year{}, &DayError{Date: d, Code: KindUnsaid, Reason: `does not say "isOffDay"`}
		}
		year.Days = append(year.Days, Holiday{Date: d, Off: *day.Off, Name: strings.TrimSpace(day.Name)})
	}
	year = year.sorted()
	return year, year.check(nil)
}
