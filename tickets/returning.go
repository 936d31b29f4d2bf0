package tickets

import (
	"nengban/tickets/sla"
	"nengban/tickets/staff"
)

// ReturnCode says why a department sends a ticket back (退单).
type ReturnCode string

// The codes.
const (
	NotOurDuty  ReturnCode = "not_our_duty"
	NotOurArea  ReturnCode = "not_our_area"
	BeyondPower ReturnCode = "beyond_power" // 国办函〔2025〕66号: what the grass roots cannot do is not pushed down
	Unclear     ReturnCode = "unclear"
	Repeated    ReturnCode = "repeated"
)

// Options lists the codes.
func (ReturnCode) Options() []string {
	return words(NotOurDuty, NotOurArea, BeyondPower, Unclear, Repeated)
}

// Return (退单) asks the desk to take a ticket back, with reason and legal
// basis, inside the return window. The dispatcher rules; until then nothing
// stops for the citizen.
type Return struct {
	Code    ReturnCode `json:"code" field:"select,need"`
	Reason  string     `json:"reason" field:"area,need,max=1000"`
	Basis   string     `json:"basis" field:"text,need,max=500"`
	Suggest string     `json:"suggest,omitempty" field:"department"` // whose it is instead
}

// Act is staff.Return.
func (Return) Act() Act { return staff.Return }

func (Return) available(sc *scene) error {
	u, err := sc.leadUnit()
	switch {
	case err != nil:
		return err
	case sc.t.Forced:
		return sc.refuse("forced")
	case sc.late(sla.ClockReturn, u):
		return sc.refuse("return_window_over")
	}
	return nil
}

func (m Return) decide(sc *scene) (Details, Status, error) {
	u, err := sc.leadUnit()
	if err != nil {
		return Details{}, "", err
	}
	var es FieldErrors
	sc.department("suggest", m.Suggest, &es)
	return Details{Department: u, Code: string(m.Code), Reason: m.Reason, Basis: m.Basis, Lead: m.Suggest}, ToRuleReturn, es.orNil()
}

// ReturnDecision is the dispatcher's ruling on a return (终审).
type ReturnDecision string

// The rulings: take it back, send it out for good, or settle it in a consultation.
const (
	AcceptReturn  ReturnDecision = "accept"
	ForceDispatch ReturnDecision = "force" // 强制派单: cannot be returned again
	ConsultOnIt   ReturnDecision = "consult"
)

// Options lists the rulings.
func (ReturnDecision) Options() []string { return words(AcceptReturn, ForceDispatch, ConsultOnIt) }

// RuleOnReturn is that ruling, with its reason. A ticket that was returned
// before is not simply taken back again: it is forced or goes to a
// consultation, so that it stops flying between departments.
type RuleOnReturn struct {
	free
	Decision    ReturnDecision `json:"decision" field:"select,need"`
	Reason      string         `json:"reason" field:"area,need,max=1000"`
	Departments []string       `json:"departments,omitempty" field:"departments"` // for a consultation
}

// Act is staff.RuleOnReturn.
func (RuleOnReturn) Act() Act { return staff.RuleOnReturn }

func (m RuleOnReturn) decide(sc *scene) (Details, Status, error) {
	var es FieldErrors
	for _, d := range m.Departments {
		sc.department("departments", d, &es)
	}
	if m.Decision == AcceptReturn && sc.t.Returns > 0 {
		es.add("decision", "returned_before")
	}
	if m.Decision == ConsultOnIt && len(m.Departments) < 2 {
		es.add("departments", "two_needed")
	}
	d := Details{Department: sc.t.Pending.Department, Decision: string(m.Decision), Reason: m.Reason, Forced: m.Decision == ForceDispatch}
	switch m.Decision {
	case AcceptReturn:
		return d, ToDispatch, es.orNil()
	case ConsultOnIt:
		d.Departments = m.Departments
		return d, InConsultation, es.orNil()
	default:
		return d, sc.t.Pending.Back, es.orNil()
	}
}
