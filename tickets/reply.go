package tickets

import (
	"slices"
	"time"

	"nengban/tickets/staff"
)

// Facts is whether what the citizen said was found to be so (事实认定).
type Facts string

// The findings.
const (
	FactsTrue   Facts = "true"
	FactsPartly Facts = "partly"
	FactsUntrue Facts = "untrue"
)

// Options lists the findings.
func (Facts) Options() []string { return words(FactsTrue, FactsPartly, FactsUntrue) }

// Demand is whether what he asks for is reasonable (诉求认定).
type Demand string

// The findings.
const (
	Reasonable   Demand = "reasonable"
	Unreasonable Demand = "unreasonable"
)

// Options lists the findings.
func (Demand) Options() []string { return words(Reasonable, Unreasonable) }

// Result is what the department did about it (处理结果).
type Result string

// The results.
const (
	ReallySolved Result = "solved"
	PartlySolved Result = "partly"
	Explained    Result = "explained" // 解释说明
	Planned      Result = "planned"   // 列入计划
	NotOurs      Result = "not_ours"  // 不属职责
)

// Options lists the results.
func (Result) Options() []string {
	return words(ReallySolved, PartlySolved, Explained, Planned, NotOurs)
}

// ContactWay is how the citizen was reached.
type ContactWay string

// The ways.
const (
	ByPhone  ContactWay = "phone"
	ByVisit  ContactWay = "visit"
	AtWindow ContactWay = "window"
	ByDesk   ContactWay = "desk" // through the desk, for confidential tickets
)

// Options lists the ways.
func (ContactWay) Options() []string { return words(ByPhone, ByVisit, AtWindow, ByDesk) }

// RecordContact (联系群众) is evidence that the citizen was contacted.
type RecordContact struct {
	free
	ContactAt  *time.Time `json:"contact_at" field:"time,need"`
	ContactWay ContactWay `json:"contact_way" field:"select,need"`
	Text       string     `json:"text" field:"area,need,max=1000"`
}

// Act is staff.RecordContact.
func (RecordContact) Act() Act { return staff.RecordContact }

func (m RecordContact) decide(sc *scene) (Details, Status, error) {
	d := Details{ContactAt: m.ContactAt, ContactWay: string(m.ContactWay), Text: m.Text, Department: sc.by.Department}
	return d, sc.t.Status, pastOnly(sc, "contact_at", m.ContactAt).orNil()
}

// ReportProgress (进展报告) tells the desk, and if wished the citizen, how far it is.
type ReportProgress struct {
	Text       string `json:"text" field:"area,need,max=2000"`
	PublicText string `json:"public_text,omitempty" field:"area,max=2000"`
}

// Act is staff.ReportProgress.
func (ReportProgress) Act() Act { return staff.ReportProgress }

func (ReportProgress) available(sc *scene) error {
	_, err := sc.leadUnit()
	return err
}

func (m ReportProgress) decide(sc *scene) (Details, Status, error) {
	u, err := sc.leadUnit()
	return Details{Department: u, Text: m.Text, PublicText: m.PublicText}, sc.t.Status, err
}

// Assist (协办意见) is an assisting department's part of the answer.
type Assist struct {
	Department string `json:"department,omitempty" field:"department"`
	Text       string `json:"text" field:"area,need,max=2000"`
}

// Act is staff.Assist.
func (Assist) Act() Act { return staff.Assist }

func owesHelp(a Assignment) bool { return a.Role == Assisting && a.Status == Signed }

func (m Assist) available(sc *scene) error {
	_, err := sc.unit(m.Department, owesHelp)
	return err
}

func (m Assist) decide(sc *scene) (Details, Status, error) {
	u, err := sc.unit(m.Department, owesHelp)
	return Details{Department: u, Text: m.Text}, sc.t.Status, err
}

// Reply (办理反馈) is the lead's answer: what was found, what was done, what
// the citizen is told, and the evidence that he was contacted or why not.
type Reply struct {
	ContactAt  *time.Time `json:"contact_at,omitempty" field:"time"`
	ContactWay ContactWay `json:"contact_way,omitempty" field:"select"`
	NoContact  string     `json:"no_contact,omitempty" field:"text,max=500"`
	Facts      Facts      `json:"facts" field:"select,need"`
	Demand     Demand     `json:"demand" field:"select,need"`
	Result     Result     `json:"result" field:"select,need"`
	Text       string     `json:"text" field:"area,need,max=5000"`
	PublicText string     `json:"public_text,omitempty" field:"area,max=5000"`
	Basis      string     `json:"basis,omitempty" field:"text,max=500"`
	ProcessFix string     `json:"process_fix,omitempty" field:"area,max=1000"` // what was changed so that it does not happen again
}

// Act is staff.Reply.
func (Reply) Act() Act { return staff.Reply }

// available: the lead answers for all, so all have to have spoken.
func (Reply) available(sc *scene) error {
	if _, err := sc.leadUnit(); err != nil {
		return err
	}
	if i := slices.IndexFunc(sc.t.Parts(), func(a Assignment) bool { return assists(a) && a.Status != Replied }); i >= 0 {
		return sc.refuse("assistance_outstanding", sc.t.Parts()[i].Department)
	}
	return nil
}

// decide: a clerk may not simply say no. A negative answer names its ground
// (否定答复报告机制), and every answer says whether the citizen was contacted.
func (m Reply) decide(sc *scene) (Details, Status, error) {
	u, err := sc.leadUnit()
	if err != nil {
		return Details{}, "", err
	}
	es := pastOnly(sc, "contact_at", m.ContactAt)
	contacted := m.ContactAt != nil || sc.t.Contacts > 0
	if !contacted && m.NoContact == "" {
		es.add("contact_at", "contact_missing")
	}
	if m.ContactAt != nil && m.ContactWay == "" {
		es.add("contact_way", "missing")
	}
	if m.Basis == "" && (m.Result == Explained || m.Result == NotOurs || m.Demand == Unreasonable) {
		es.add("basis", "ground_missing")
	}
	return Details{Department: u, ContactAt: m.ContactAt, ContactWay: string(m.ContactWay), NoContact: m.NoContact, Facts: string(m.Facts),
		Demand: string(m.Demand), Result: string(m.Result), Text: m.Text, PublicText: m.PublicText, Basis: m.Basis,
		ProcessFix: m.ProcessFix}, ToReview, es.orNil()
}

// Complete (办结) accepts the reply; the citizen is asked next.
type Complete struct {
	free
	Text string `json:"text,omitempty" field:"area,max=1000"`
}

// Act is staff.Complete.
func (Complete) Act() Act { return staff.Complete }

func (m Complete) decide(*scene) (Details, Status, error) {
	return Details{Text: m.Text}, ToCallBack, nil
}

// SendBack (打回) says what the reply lacks.
type SendBack struct {
	free
	Reason string `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.SendBack.
func (SendBack) Act() Act { return staff.SendBack }

func (m SendBack) decide(*scene) (Details, Status, error) {
	return Details{Reason: m.Reason}, InHand, nil
}

func pastOnly(sc *scene, field string, at *time.Time) FieldErrors {
	if at != nil && at.After(sc.now.Add(time.Minute)) { // a minute for clocks that differ
		return FieldErrors{{Field: field, Code: "in_the_future"}}
	}
	return nil
}
