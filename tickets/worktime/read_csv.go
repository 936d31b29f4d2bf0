package worktime

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
)

// csvColumns are the names a column may go by in the first row.
var csvColumns = map[string]string{
	"date": "date", "day": "date", "日期": "date",
	"name": "name", "holiday": "name", "名称": "name", "节日": "name", "节假日": "name", "节日名称": "name",
	"kind": "kind", "type": "kind", "off": "kind", "isoffday": "kind", "类型": "kind", "安排": "kind", "休班": "kind", "是否放假": "kind",
}

// csvKinds are the ways to write that a day is off (true) or worked.
var csvKinds = map[string]bool{
	"off": true, "holiday": true, "true": true, "1": true, "yes": true, "休": true, "放假": true, "休息": true, "节假日": true, "是": true,
	"work": false, "workday": false, "working": false, "make_up_day": false, "false": false, "0": false, "no": false,
	"班": false, "上班": false, "补班": false, "调休": false, "调休上班": false, "工作日": false, "否": false,
}

// csvDates are the ways spreadsheets write a date.
var csvDates = []string{"2006-1-2", "2006/1/2", "2006.1.2", "20060102", "2006年1月2日"}

// readCSV reads a table whose first row names the columns date, name and kind.
func readCSV(text string) ([]listedDay, error) {
	in := csv.NewReader(strings.NewReader(text))
	in.Comma = separator(text)
	in.FieldsPerRecord = -1
	in.TrimLeadingSpace = true
	header, err := in.Read()
	if err != nil {
		return nil, fmt.Errorf("reading the table: %w", err)
	}
	columns, err := csvHeader(header)
	if err != nil {
		return nil, err
	}
	var days []listedDay
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			return days, nil
		}
		if err != nil {
			return nil, fmt.Errorf("reading the table: %w", err)
		}
		line, _ := in.FieldPos(0)
		day, err := columns.day(row, line)
		if err != nil {
			return nil, err
		}
		days = append(days, day)
	}
}

// separator is the one the first row uses most.
func separator(text string) rune {
	first, _, _ := strings.Cut(text, "\n")
	best := ','
	for _, r := range []rune{';', '\t'} {
		if strings.Count(first, string(r)) > strings.Count(first, string(best)) {
			best = r
		}
	}
	return best
}

// csvOrder is where the three columns stand.
type csvOrder struct{ date, name, kind int }

func csvHeader(header []string) (csvOrder, error) {
	at := map[string]int{}
	for i, cell := range header {
		if column, ok := csvColumns[strings.ToLower(strings.TrimSpace(cell))]; ok {
			if _, twice := at[column]; twice {
				return csvOrder{}, fmt.Errorf("line 1: two columns for the %s", column)
			}
			at[column] = i
		}
	}
	for _, column := range []string{"date", "name", "kind"} {
		if _, ok := at[column]; !ok {
			return csvOrder{}, fmt.Errorf("line 1: no column for the %s; the first row must name date, name and kind (日期, 名称, 类型)", column)
		}
	}
	return csvOrder{at["date"], at["name"], at["kind"]}, nil
}

func (o csvOrder) day(row []string, line int) (listedDay, error) {
	if most := max(o.date, o.name, o.kind); len(row) <= most {
		return listedDay{}, fmt.Errorf("line %d: %d columns where %d are needed", line, len(row), most+1)
	}
	d, err := csvDate(strings.TrimSpace(row[o.date]))
	if err != nil {
		return listedDay{}, fmt.Errorf("line %d: %w", line, err)
	}
	word := strings.ToLower(strings.TrimSpace(row[o.kind]))
	off, ok := csvKinds[word]
	if !ok {
		return listedDay{}, &DayError{Date: d, Line: line, Code: UnknownKind, Names: []string{clip(word)}, Reason: fmt.Sprintf("is %q, which is neither off (休) nor work (班)", clip(word))}
	}
	return listedDay{Holiday{Date: d, Off: off, Name: chineseName(strings.TrimSpace(row[o.name]))}, line}, nil
}

func csvDate(s string) (Date, error) {
	for _, layout := range csvDates {
		if t, err := time.Parse(layout, s); err == nil {
			return Date(t.Unix() / secondsPerDay), nil
		}
	}
	return 0, fmt.Errorf("%q is not a date", clip(s))
}
