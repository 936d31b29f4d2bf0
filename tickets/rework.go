package tickets

import "nengban/tickets/staff"

// Rework (重办) opens the next round, one level higher. The first goes back to
// the lead; from the second on departments sit together under a supervision
// order (深圳 and 上海: 不满意重办, then 督办).
type Rework struct {
	free
	Reason string `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.Rework.
func (Rework) Act() Act { return staff.Rework }

func (m Rework) decide(sc *scene) (Details, Status, error) {
	d := Details{Reason: m.Reason}
	if sc.t.Lead == "" {
		return d, ToDispatch, nil
	}
	if sc.t.Escalation == 0 {
		d.Lead = sc.t.Lead
		return d, InHand, nil
	}
	d.Opens = &Opening{Colour: Yellow, Department: sc.t.Lead, Reason: m.Reason}
	for _, a := range sc.t.Assignments {
		if a.Round == sc.t.Round && a.Live() {
			d.Departments = append(d.Departments, a.Department)
		}
	}
	return d, InConsultation, nil
}

// Reopen (重启) takes up a completed matter because of new facts.
type Reopen struct {
	free
	Reason string `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.Reopen.
func (Reopen) Act() Act { return staff.Reopen }

func (m Reopen) decide(*scene) (Details, Status, error) {
	return Details{Reason: m.Reason}, ToTriage, nil
}
