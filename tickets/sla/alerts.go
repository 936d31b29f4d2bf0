package sla

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
