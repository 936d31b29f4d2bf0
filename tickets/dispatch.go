package tickets

import (
	"slices"

	"nengban/tickets/staff"
)

// Dispatch (派单) sends a ticket to a lead department and, where needed,
// assisting ones. Basis names the directory row or document that makes it theirs.
type Dispatch struct {
	Lead      string   `json:"lead" field:"department,need"`
	Assisting []string `json:"assisting,omitempty" field:"departments"`
	Basis     string   `json:"basis" field:"text,need,max=500"`
	Text      string   `json:"text,omitempty" field:"area,max=1000"`
}

// Act is staff.Dispatch.
func (Dispatch) Act() Act { return staff.Dispatch }

// available: a 很难办 matter is settled between departments before one of them
// is sent out with it (眉山: 会审会商).
func (Dispatch) available(sc *scene) error {
	if sc.t.Class == HardToDo && (sc.t.Consultation == nil || sc.t.Consultation.ConcludedAt == nil) {
		return sc.refuse("consult_first")
	}
	return nil
}

func (m Dispatch) decide(sc *scene) (Details, Status, error) {
	var es FieldErrors
	sc.department("lead", m.Lead, &es)
	for _, d := range m.Assisting {
		sc.department("assisting", d, &es)
		if d == m.Lead {
			es.add("assisting", "is_the_lead", d)
		}
	}
	assisting := slices.Compact(slices.Sorted(slices.Values(m.Assisting)))
	return Details{Lead: m.Lead, Assisting: assisting, Basis: m.Basis, Text: m.Text}, ToSignFor, es.orNil()
}

// Redirect (改派) takes the lead from one department and gives it to another.
type Redirect struct {
	free
	Lead   string `json:"lead" field:"department,need"`
	Basis  string `json:"basis" field:"text,need,max=500"`
	Reason string `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.Redirect.
func (Redirect) Act() Act { return staff.Redirect }

func (m Redirect) decide(sc *scene) (Details, Status, error) {
	var es FieldErrors
	sc.department("lead", m.Lead, &es)
	if m.Lead == sc.t.Lead {
		es.add("lead", "is_the_lead", m.Lead)
	}
	return Details{Lead: m.Lead, Basis: m.Basis, Reason: m.Reason}, ToSignFor, es.orNil()
}

// AddAssisting (加派) asks one more department to help.
type AddAssisting struct {
	free
	Department string `json:"department" field:"department,need"`
	Text       string `json:"text,omitempty" field:"area,max=1000"`
}

// Act is staff.AddAssisting.
func (AddAssisting) Act() Act { return staff.AddAssisting }

func (m AddAssisting) decide(sc *scene) (Details, Status, error) {
	var es FieldErrors
	sc.department("department", m.Department, &es)
	for _, a := range sc.t.Parts() {
		if a.Department == m.Department {
			es.add("department", "has_a_part", m.Department)
		}
	}
	return Details{Department: m.Department, Text: m.Text}, sc.t.Status, es.orNil()
}

// ReleaseAssisting lets an assisting department go, with the reason.
type ReleaseAssisting struct {
	Department string `json:"department" field:"department,need"`
	Reason     string `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.ReleaseAssisting.
func (ReleaseAssisting) Act() Act { return staff.ReleaseAssisting }

func (ReleaseAssisting) available(sc *scene) error {
	if !slices.ContainsFunc(sc.t.Parts(), assists) {
		return sc.refuse("nobody_assists")
	}
	return nil
}

func (m ReleaseAssisting) decide(sc *scene) (Details, Status, error) {
	if !slices.ContainsFunc(sc.t.Parts(), func(a Assignment) bool { return assists(a) && a.Department == m.Department }) {
		return Details{}, "", FieldErrors{{Field: "department", Code: "does_not_assist", Args: []any{m.Department}}}
	}
	return Details{Department: m.Department, Reason: m.Reason}, sc.t.Status, nil
}

func assists(a Assignment) bool { return a.Role == Assisting }

// SignFor (签收) says that a department has the ticket and owns its part.
type SignFor struct {
	Department string `json:"department,omitempty" field:"department"`
}

// Act is staff.SignFor.
func (SignFor) Act() Act { return staff.SignFor }

func unsigned(a Assignment) bool { return a.Status == Awaiting }

func (m SignFor) available(sc *scene) error {
	_, err := sc.unit(m.Department, unsigned)
	return err
}

func (m SignFor) decide(sc *scene) (Details, Status, error) {
	u, err := sc.unit(m.Department, unsigned)
	if err != nil {
		return Details{}, "", err
	}
	to := sc.t.Status
	if u == sc.t.Lead {
		to = InHand
	}
	return Details{Department: u}, to, nil
}
