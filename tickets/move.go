package tickets

import (
	"time"

	"nengban/tickets/departments"
	"nengban/tickets/sla"
	"nengban/tickets/staff"
)

// Move is what somebody asks to be done to a ticket: one of the structs of
// this package, whose fields are what the act asks for.
type Move interface {
	Act() Act
	// available says whether the act is possible at all, before anything is
	// typed; it decides whether the button is there.
	available(sc *scene) error
	// decide says what the timeline will hold and where the ticket goes.
	decide(sc *scene) (Details, Status, error)
}

// scene is all that a move may look at: the ticket as it stands, who asks, the
// hour, and the directory. Moves are pure over it.
type scene struct {
	t   *Ticket
	by  staff.Member
	now time.Time
	dir *departments.Directory

	act          Act
	other        *Ticket // the ticket a merge points to, when it exists
	policyExists func(version int) bool
	late         func(clock sla.ClockName, unit string) bool
}

// free is embedded by moves that the status alone makes possible.
type free struct{}

func (free) available(*scene) error { return nil }

// refuse is how a move says no.
func (sc *scene) refuse(code string, args ...any) error {
	return &Refusal{Act: sc.act, Status: sc.t.Status, Code: code, Args: args}
}

// unit returns the department whose part the member acts for: the one that
// was named, else the lead, else the first that he reaches. A member of a
// bureau acts for the offices below it too.
func (sc *scene) unit(named string, fits func(Assignment) bool) (string, error) {
	for _, want := range []AssignmentRole{Lead, Assisting} {
		for _, a := range sc.t.Parts() {
			if a.Role == want && (named == "" || named == a.Department) && fits(a) && sc.reaches(a.Department) {
				return a.Department, nil
			}
		}
	}
	return "", sc.refuse("no_part")
}

// reaches says whether the member belongs to the department or to one above it.
func (sc *scene) reaches(department string) bool {
	for _, above := range sc.dir.Above(department) {
		if sc.by.Department != "" && above == sc.by.Department {
			return true
		}
	}
	return false
}

// leadUnit is unit for acts that only the lead may do.
func (sc *scene) leadUnit() (string, error) {
	u, err := sc.unit("", func(a Assignment) bool { return a.Role == Lead })
	if err != nil {
		return "", sc.refuse("not_the_lead")
	}
	return u, nil
}

// department checks that a department exists and is active.
func (sc *scene) department(field, code string, es *FieldErrors) {
	if code == "" {
		return
	}
	if d, ok := sc.dir.Department(code); !ok || !d.Active {
		es.add(field, "unknown_department", code)
	}
}

// Yes and No are decisions.
const (
	Yes Decision = "yes"
	No  Decision = "no"
)

// Decision is a ruling of two ways.
type Decision string

// Options lists the two.
func (Decision) Options() []string { return words(Yes, No) }
