package tickets

import "nengban/tickets/staff"

// Triage (研判) says why a matter cannot be done: 办不了, 很难办 or 不给办, or
// that it is an ordinary hotline matter. Done again, it stands beside the
// first judgement and the deadlines follow the newest.
type Triage struct {
	free
	Class    Class    `json:"class" field:"select,need"`
	Urgency  Urgency  `json:"urgency,omitempty" field:"select"`
	Kind     Kind     `json:"kind,omitempty" field:"select"`
	Complex  Decision `json:"complex,omitempty" field:"select"` // 复杂事项: has a longer limit, by somebody's decision
	Category string   `json:"category,omitempty" field:"category,max=64"`
	Matter   string   `json:"matter,omitempty" field:"text,max=200"`
	Reason   string   `json:"reason" field:"area,need,max=1000"`
	Basis    string   `json:"basis,omitempty" field:"text,max=500"`
	About    string   `json:"about,omitempty" field:"department"` // the department complained of
}

// Act is staff.Triage.
func (Triage) Act() Act { return staff.Triage }

func (m Triage) decide(sc *scene) (Details, Status, error) {
	var es FieldErrors
	sc.department("about", m.About, &es)
	if len(es) > 0 {
		return Details{}, "", es
	}
	to := sc.t.Status
	if to == ToTriage {
		to = ToDispatch
	}
	return Details{Class: m.Class, Complexity: complexity[m.Complex], Urgency: m.Urgency, Kind: m.Kind, Category: m.Category, Matter: m.Matter, Reason: m.Reason,
		Basis: m.Basis, Department: m.About, Opens: m.refusalOrder(sc)}, to, nil
}

// complexity are the words that the limits know.
var complexity = map[Decision]string{Yes: "complex", No: "simple"}

// refusalOrder: 不给办 opens a red supervision order and an accountability
// record at once (the practice of 眉山 and 许昌), once per round.
func (m Triage) refusalOrder(sc *scene) *Opening {
	if m.Class != Refused || sc.t.Class == Refused {
		return nil
	}
	about := m.About
	if about == "" {
		about = sc.t.Intake.About
	}
	if about == "" {
		about = sc.t.Lead
	}
	return &Opening{Colour: Red, Department: about, Reason: m.Reason, Accountability: true}
}

// AskCitizen asks the caller for what is missing; the citizen's clock stops
// until he answers.
type AskCitizen struct {
	free
	Text string `json:"text" field:"area,need,max=1000"`
}

// Act is staff.AskCitizen.
func (AskCitizen) Act() Act { return staff.AskCitizen }

func (m AskCitizen) decide(*scene) (Details, Status, error) {
	return Details{Text: m.Text}, ToSupplement, nil
}

// Supplement is what the caller adds.
type Supplement struct {
	free
	Text        string  `json:"text" field:"area,need,max=5000"`
	Attachments []int64 `json:"attachments,omitempty"`
}

// Act is staff.Supplement.
func (Supplement) Act() Act { return staff.Supplement }

func (m Supplement) decide(*scene) (Details, Status, error) {
	return Details{Text: m.Text, Attachments: m.Attachments}, ToTriage, nil
}
