package sla

import (
	"fmt"
	"slices"
)

// Alerts say when someone is told that a deadline comes near or has passed.
type Alerts struct {
	// Shares of the limit, in percent, counted in what the limit counts.
	Shares []int `json:"shares,omitempty"`
	// Before are fixed distances to the deadline, in minutes or hours, mostly of
	// working time.
	Before []Limit `json:"before,omitempty"`
	// Overdue are the levels after the deadline.
	Overdue []Escalation `json:"overdue,omitempty"`
	// Calendar names the hours in which alerts may go; empty means the policy's calendar.
	Calendar string `json:"calendar,omitempty"`
	// AnyHour lists the urgencies whose alerts go at night and on holidays too.
	AnyHour []string `json:"any_hour,omitempty"`
}

// Escalation is one level after a deadline.
type Escalation struct {
	After Limit `json:"after,omitzero"` // zero: with the deadline
	Level Level `json:"level"`
	To    To    `json:"to"`
}

// Level is how grave an alert is. The colours are those of supervision orders
// (三色督办单).
type Level string

// The levels.
const (
	Notice Level = "notice" // before the deadline
	Blue   Level = "blue"
	Yellow Level = "yellow"
	Red    Level = "red"
)

// To is who can still act, or must answer for it.
type To string

// The recipients.
const (
	ToDesk       To = "desk"       // whoever has the ticket in hand at the desk
	ToCaseworker To = "caseworker" // the unit's
	ToDepartment To = "department" // the unit
	ToLeader     To = "leader"     // the unit's
	ToSupervisor To = "supervisor"
)

func (a Alerts) check(calendars Calendars) error {
	if a.Calendar != "" && calendars[a.Calendar] == nil {
		return fmt.Errorf("there is no calendar %q", a.Calendar)
	}
	for _, share := range a.Shares {
		if share <= 0 || share >= 100 {
			return fmt.Errorf("%d %% is not a share of a limit", share)
		}
	}
	for _, before := range a.Before {
		if err := before.Validate(); err != nil {
			return err
		}
		if before.inDays() {
			return fmt.Errorf("%s before is not a distance; say working hours", before)
		}
	}
	for _, e := range a.Overdue {
		if err := e.check(); err != nil {
			return err
		}
	}
	return nil
}

func (e Escalation) check() error {
	if !slices.Contains([]Level{Blue, Yellow, Red}, e.Level) {
		return fmt.Errorf("%q is none of blue, yellow, red", e.Level)
	}
	if !slices.Contains([]To{ToDesk, ToCaseworker, ToDepartment, ToLeader, ToSupervisor}, e.To) {
		return fmt.Errorf("%q is nobody who could be told", e.To)
	}
	if e.After.IsZero() {
		return nil
	}
	return e.After.Validate()
}
