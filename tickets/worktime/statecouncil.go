package worktime

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// statecouncil.txt is made from the npm package chinese-days and checked, day by
// day, against a second source by the tests.
//
//go:generate node statecouncil.mjs ../../.cache/chinese-days statecouncil.txt
//go:embed statecouncil.txt
var stateCouncil string

// Embedded returns the State Council's notices this program was built with, 2007
// to 2026. Years loaded later go on top with [Table.With].
func Embedded() Table { return embedded() }

// A table that cannot be read is a broken build, as a broken regular expression
// in regexp.MustCompile is, and no input can bring it about.
var embedded = sync.OnceValue(func() Table {
	years, err := parseNotices(stateCouncil)
	if err != nil {
		panic("worktime: statecouncil.txt: " + err.Error())
	}
	t, err := NewTable(years...)
	if err != nil {
		panic("worktime: statecouncil.txt: " + err.Error())
	}
	return t
})

// parseNotices reads lines like "2026 元旦 off 2026-01-01..2026-01-03 work 2026-01-04".
func parseNotices(text string) ([]Year, error) {
	var years []Year
	for n, line := range strings.Split(text, "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		if len(words) < 4 {
			return nil, fmt.Errorf("line %d: %q is no notice", n+1, clip(line))
		}
		year, err := strconv.Atoi(words[0])
		if err != nil {
			return nil, fmt.Errorf("line %d: %q is no year", n+1, clip(words[0]))
		}
		days, err := parseNotice(words[1], words[2:])
		if err != nil {
			return nil, fmt.Errorf("line %d: %w", n+1, err)
		}
		if len(years) == 0 || years[len(years)-1].Year != year {
			years = append(years, Year{Year: year})
		}
		last := &years[len(years)-1]
		last.Days = append(last.Days, days...)
	}
	for i := range years {
		years[i] = years[i].sorted()
	}
	return years, nil
}

func parseNotice(name string, words []string) ([]Holiday, error) {
	var days []Holiday
	off := true
	for _, word := range words {
		if word == "off" || word == "work" {
			off = word == "off"
			continue
		}
		from, to, isRun := strings.Cut(word, "..")
		if !isRun {
			to = from
		}
		first, err := ParseDate(from)
		if err != nil {
			return nil, err
		}
		last, err := ParseDate(to)
		if err != nil {
			return nil, err
		}
		for d := first; d <= last; d++ {
			days = append(days, Holiday{Date: d, Off: off, Name: name})
		}
	}
	return days, nil
}
