package worktime

import (
	"errors"
	"fmt"
)

// What a calendar or a list of holidays can be refused for, and what a question
// can fail with. Compare with errors.Is.
var (
	// ErrNeverOpens: the calendar's week holds no working day, so no deadline in it could ever be met.
	ErrNeverOpens = errors.New("the calendar never opens")
	// ErrBeforeTable: the date lies before the first year whose holidays are known.
	ErrBeforeTable = errors.New("the date lies before the calendar's first day")
	// ErrBeyondTable: the date, or the end of the search, lies after the calendar's last day.
	ErrBeyondTable = errors.New("the date lies after the calendar's last day")
	// ErrUnknownZone: the calendar names no time zone, or one that does not exist.
	ErrUnknownZone = errors.New("the time zone is not known")
	// ErrNotAnnounced: the list holds no day at all, as published lists do before the State Council's notice.
	ErrNotAnnounced = errors.New("the holidays are not announced yet")
	// ErrNoWindow: no allowed hour is left before the end asked for.
	ErrNoWindow = errors.New("no allowed hour is left")
)

// RangeError says which date a calendar was asked for and what it knows. It is
// ErrBeforeTable or ErrBeyondTable.
type RangeError struct {
	Calendar    string
	Date        Date // zero when a search ran past the last day
	First, Last Date
}

// Error names the date and the calendar's first or last day.
func (e *RangeError) Error() string {
	switch {
	case e.Date == 0:
		return fmt.Sprintf("the search runs past %s, the last day calendar %s knows", e.Last, e.Calendar)
	case e.Date < e.First:
		return fmt.Sprintf("%s is before %s, the first day calendar %s knows", e.Date, e.First, e.Calendar)
	default:
		return fmt.Sprintf("%s is after %s, the last day calendar %s knows", e.Date, e.Last, e.Calendar)
	}
}

// Unwrap makes the error ErrBeforeTable or ErrBeyondTable.
func (e *RangeError) Unwrap() error {
	if e.Date != 0 && e.Date < e.First {
		return ErrBeforeTable
	}
	return ErrBeyondTable
}

// SpecError says which part of a calendar's specification is wrong and why.
type SpecError struct {
	Calendar string
	Field    string // as in the JSON: "week.mon", "days[3]", "zone"
	Err      error
}

// Error reads "calendar window: week.mon: 09:00-12:00 and 11:00-13:00 overlap".
func (e *SpecError) Error() string {
	return fmt.Sprintf("calendar %s: %s: %v", e.Calendar, e.Field, e.Err)
}

// Unwrap returns the reason.
func (e *SpecError) Unwrap() error { return e.Err }

// DayTrouble is a word for what is wrong with a day, for pages that speak
// other languages than errors do.
type DayTrouble string

// The troubles. What they name besides the day stands in the error's Names, in
// the order given here.
const (
	Unnamed      DayTrouble = "unnamed"
	OtherYear    DayTrouble = "other_year"     // the list's year
	OffAndWorked DayTrouble = "off_and_worked" // the holiday, and what it is worked for
	TwoHolidays  DayTrouble = "two_holidays"   // both
	ListedTwice  DayTrouble = "listed_twice"
	Gap          DayTrouble = "gap"           // the days off before and after, and their holiday
	MissingFixed DayTrouble = "missing_fixed" // the holiday
	UnknownKind  DayTrouble = "unknown_kind"  // the word
	LongEvent    DayTrouble = "long_event"
	Meaningless  DayTrouble = "meaningless" // the event's words
	KindUnsaid   DayTrouble = "kind_unsaid"
)

// DayError says what is wrong with one day of a list of holidays.
type DayError struct {
	Date   Date
	Line   int // line of the file, 0 when the format has none
	Reason string
	Code   DayTrouble
	Names  []string
}

// Error reads "line 7: 2027-10-01 is listed twice".
func (e *DayError) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("line %d: %s %s", e.Line, e.Date, e.Reason)
	}
	return fmt.Sprintf("%s %s", e.Date, e.Reason)
}

// MissingHolidayError says that a year's list leaves out a holiday that follows
// the moon or the sun.
type MissingHolidayError struct {
	Year int
	Name string
}

// Error reads "2027: no day off is listed for 清明节".
func (e *MissingHolidayError) Error() string {
	return fmt.Sprintf("%d: no day off is listed for %s", e.Year, e.Name)
}
