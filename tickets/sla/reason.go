package sla

// ReasonCode is a word for why a policy as a whole cannot be used.
type ReasonCode string

// The codes.
const (
	Overlaps  ReasonCode = "overlaps"   // another rule fits the same tickets and neither goes before the other
	EndsAfter ReasonCode = "ends_after" // it ends after the step that it belongs to
	Uncovered ReasonCode = "uncovered"  // some ticket would have no rule for this clock
	NeverMet  ReasonCode = "never_met"  // the limit does not end in its calendar
)

// Reason is what a [PolicyError] wraps when rules do not fit together: a word
// that pages translate, with the other rule or the clock that it speaks of.
type Reason struct {
	Code  ReasonCode
	Rule  string
	Clock ClockName
	err   error
}

// Error says it in English, for logs and the terminal.
func (r *Reason) Error() string { return r.err.Error() }

// Unwrap returns what lies behind it, such as a date outside the calendar.
func (r *Reason) Unwrap() error { return r.err }
