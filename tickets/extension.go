package tickets

import (
	"time"

	"nengban/tickets/sla"
	"nengban/tickets/staff"
)

// MaxExtensions is how often a round may be extended, and MaxExtensionDays by
// how many working days (山东省 2020: very complex matters, at most 10).
const (
	MaxExtensions    = 1
	MaxExtensionDays = 10
)

// AskExtension (延期申请) asks for more working days, before the time is over.
type AskExtension struct {
	Days   int    `json:"days" field:"number,need,min=1,max=10"`
	Reason string `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.AskExtension.
func (AskExtension) Act() Act { return staff.AskExtension }

func (AskExtension) available(sc *scene) error {
	u, err := sc.leadUnit()
	switch {
	case err != nil:
		return err
	case sc.t.Extensions >= MaxExtensions:
		return sc.refuse("extended_before", MaxExtensions)
	case sc.late(sla.ClockHandle, u):
		return sc.refuse("already_overdue")
	}
	return nil
}

func (m AskExtension) decide(sc *scene) (Details, Status, error) {
	u, err := sc.leadUnit()
	return Details{Department: u, Days: m.Days, Reason: m.Reason}, ToRuleExtension, err
}

// RuleOnExtension grants or refuses it; the days granted may be fewer.
type RuleOnExtension struct {
	free
	Decision Decision `json:"decision" field:"select,need"`
	Days     int      `json:"days,omitempty" field:"number,min=1,max=10"`
	Reason   string   `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.RuleOnExtension.
func (RuleOnExtension) Act() Act { return staff.RuleOnExtension }

func (m RuleOnExtension) decide(sc *scene) (Details, Status, error) {
	d := Details{Department: sc.t.Pending.Department, Decision: string(m.Decision), Reason: m.Reason}
	if m.Decision == Yes {
		d.Days = m.Days
		if d.Days == 0 {
			d.Days = sc.t.Pending.Days
		}
	}
	return d, InHand, nil
}

// AskSuspension (挂起申请) asks to stop the clocks until a date, on which the
// matter is looked at again.
type AskSuspension struct {
	Until  *time.Time `json:"until" field:"time,need"`
	Reason string     `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.AskSuspension.
func (AskSuspension) Act() Act { return staff.AskSuspension }

func (AskSuspension) available(sc *scene) error {
	_, err := sc.leadUnit()
	return err
}

func (m AskSuspension) decide(sc *scene) (Details, Status, error) {
	u, err := sc.leadUnit()
	if err != nil {
		return Details{}, "", err
	}
	if !m.Until.After(sc.now) {
		return Details{}, "", FieldErrors{{Field: "until", Code: "in_the_past"}}
	}
	return Details{Department: u, Until: m.Until, Reason: m.Reason}, ToRuleSuspension, nil
}

// RuleOnSuspension grants or refuses it.
type RuleOnSuspension struct {
	free
	Decision Decision `json:"decision" field:"select,need"`
	Reason   string   `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.RuleOnSuspension.
func (RuleOnSuspension) Act() Act { return staff.RuleOnSuspension }

func (m RuleOnSuspension) decide(sc *scene) (Details, Status, error) {
	d := Details{Department: sc.t.Pending.Department, Decision: string(m.Decision), Reason: m.Reason}
	if m.Decision == Yes {
		d.Until = sc.t.Pending.Until
		return d, Suspended, nil
	}
	return d, InHand, nil
}

// Resume (恢复) ends a suspension.
type Resume struct {
	free
	Reason string `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.Resume.
func (Resume) Act() Act { return staff.Resume }

func (m Resume) decide(*scene) (Details, Status, error) {
	return Details{Reason: m.Reason}, InHand, nil
}
