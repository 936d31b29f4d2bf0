package worktime

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
)

// Holiday is one day of a year's notice: a day off, or a day worked in exchange.
type Holiday struct {
	Date Date
	Off  bool   // false: a make-up working day
	Name string // as the notice has it: 国庆节; English by [HolidayName]
}

// Year is the State Council's notice for one year (国务院办公厅关于某年部分节假日安排的
// 通知): every day it moves, in order. It may reach back into the December before.
// As JSON it has the form of the holiday-cn files, so that what is stored can be
// published and read again.
type Year struct {
	Year   int
	Papers []string // addresses of the notices
	Days   []Holiday
}

// Table holds the years whose holidays are known. A Table never changes;
// [Table.With] makes another.
type Table struct {
	years map[int]Year
	print string
}

// NewTable returns the table of the given years. It returns an error when a year
// is given twice or a list is not sound; see [Year.Validate].
func NewTable(years ...Year) (Table, error) {
	t := Table{years: make(map[int]Year, len(years))}
	for _, y := range years {
		if _, twice := t.years[y.Year]; twice {
			return Table{}, fmt.Errorf("the list for %d is given twice", y.Year)
		}
		if err := y.Validate(); err != nil {
			return Table{}, fmt.Errorf("the list for %d: %w", y.Year, err)
		}
		t.years[y.Year] = y.clone()
	}
	t.print = fingerprint(t.years)
	return t, nil
}

// With returns a table in which the given years replace those of the same
// number, whole, and extend the rest. The receiver stays as it was.
func (t Table) With(years ...Year) (Table, error) {
	added, err := NewTable(years...)
	if err != nil {
		return Table{}, err
	}
	merged := maps.Clone(t.years)
	if merged == nil {
		merged = make(map[int]Year, len(years))
	}
	maps.Copy(merged, added.years)
	return Table{years: merged, print: fingerprint(merged)}, nil
}

// Known returns the years with a list, in order.
func (t Table) Known() []int { return slices.Sorted(maps.Keys(t.years)) }

// Year returns the list of one year and whether it is known.
func (t Table) Year(year int) (Year, bool) {
	y, ok := t.years[year]
	return y.clone(), ok
}

// Unknown returns the first year with no list after the first known one: the
// year from which deadlines are provisional.
func (t Table) Unknown() int {
	known := t.Known()
	if len(known) == 0 {
		return 0
	}
	year := known[0]
	for t.has(year) {
		year++
	}
	return year
}

func (t Table) has(year int) bool {
	_, ok := t.years[year]
	return ok
}

// Fingerprint names the table's content: two tables that move any day
// differently have different ones.
func (t Table) Fingerprint() string { return t.print }

func fingerprint(years map[int]Year) string {
	sum := sha256.New()
	for _, year := range slices.Sorted(maps.Keys(years)) {
		for _, day := range years[year].sorted().Days {
			fmt.Fprintf(sum, "%d %s %t %s\n", year, day.Date, day.Off, day.Name)
		}
	}
	return hex.EncodeToString(sum.Sum(nil)[:4])
}

// days returns what the notices say of each day. Where two notices speak of one
// day, the later year's wins: it was published later.
func (t Table) days() map[Date]Holiday {
	days := make(map[Date]Holiday)
	for _, year := range t.Known() {
		for _, day := range t.years[year].Days {
			days[day.Date] = day
		}
	}
	return days
}

func (y Year) clone() Year {
	y.Papers = slices.Clone(y.Papers)
	y.Days = slices.Clone(y.Days)
	return y
}

// sorted returns the list with its days in order.
func (y Year) sorted() Year {
	y = y.clone()
	slices.SortStableFunc(y.Days, func(a, b Holiday) int { return cmp.Compare(a.Date, b.Date) })
	return y
}

// yearJSON is the form of the holiday-cn files (github.com/NateScarlet/holiday-cn, MIT).
type yearJSON struct {
	Year   int           `json:"year"`
	Papers []string      `json:"papers"`
	Days   []holidayJSON `json:"days"`
}

type holidayJSON struct {
	Name string `json:"name"`
	Date string `json:"date"`
	Off  *bool  `json:"isOffDay"`
}

// MarshalJSON writes the holiday-cn form.
func (y Year) MarshalJSON() ([]byte, error) {
	out := yearJSON{Year: y.Year, Papers: y.Papers, Days: make([]holidayJSON, len(y.Days))}
	if out.Papers == nil {
		out.Papers = []string{}
	}
	for i, d := range y.Days {
		out.Days[i] = holidayJSON{Name: d.Name, Date: d.Date.String(), Off: &d.Off}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads and checks the holiday-cn form; see [ReadHolidays] for
// what is refused.
func (y *Year) UnmarshalJSON(data []byte) error {
	read, err := readYearJSON(data)
	if err != nil {
		return err
	}
	*y = read
	return nil
}
