package tickets

import "nengban/tickets/staff"

// AnswerAtOnce (直接答复) answers without a department: from the knowledge
// base, or by explaining the policy that a 办不了 matter runs into.
type AnswerAtOnce struct {
	free
	Text       string `json:"text" field:"area,need,max=5000"`
	PublicText string `json:"public_text,omitempty" field:"area,max=5000"`
	Basis      string `json:"basis,omitempty" field:"text,max=500"`
	Article    string `json:"article,omitempty" field:"article,max=64"`
}

// Act is staff.AnswerAtOnce.
func (AnswerAtOnce) Act() Act { return staff.AnswerAtOnce }

// decide: a 办不了 answer explains the policy, so it must name one.
func (m AnswerAtOnce) decide(sc *scene) (Details, Status, error) {
	if sc.t.Class == CannotDo && m.Basis == "" && m.Article == "" {
		return Details{}, "", FieldErrors{{Field: "basis", Code: "policy_missing"}}
	}
	return Details{Text: m.Text, PublicText: m.PublicText, Basis: m.Basis, Article: m.Article}, ToCallBack, nil
}

// DeclineCode says why a matter is not accepted (不予受理). The list follows
// the cities' published ones: another territory, another power of state,
// another statutory path, secrets, nothing new, no real demand.
type DeclineCode string

// The codes.
const (
	OtherTerritory DeclineCode = "other_territory"
	OtherPower     DeclineCode = "other_power"    // Party, congress, court, procuratorate, army
	EmergencyLine  DeclineCode = "emergency_line" // 110/119/120/122
	StatutoryPath  DeclineCode = "statutory_path" // litigation, arbitration, review, petition, disclosure
	Secrets        DeclineCode = "secrets"
	NothingNew     DeclineCode = "nothing_new"
	NoDemand       DeclineCode = "no_demand" // harassment, against law or public order
	AgainstPolicy  DeclineCode = "against_policy"
)

// Options lists the codes.
func (DeclineCode) Options() []string {
	return words(OtherTerritory, OtherPower, EmergencyLine, StatutoryPath, Secrets, NothingNew, NoDemand, AgainstPolicy)
}

// Decline (不予受理) keeps the code, the explanation and the path that the
// citizen was told.
type Decline struct {
	free
	Code   DeclineCode `json:"code" field:"select,need"`
	Text   string      `json:"text" field:"area,need,max=2000"`
	Advice string      `json:"advice" field:"area,need,max=1000"`
}

// Act is staff.Decline.
func (Decline) Act() Act { return staff.Decline }

func (m Decline) decide(*scene) (Details, Status, error) {
	return Details{Code: string(m.Code), Text: m.Text, Advice: m.Advice}, Completed, nil
}

// Line is another service that takes over at once (国办发〔2022〕12号: 12345
// hands what is the police's to 110, and so on).
type Line string

// The lines.
const (
	Police       Line = "110"
	Fire         Line = "119"
	Ambulance    Line = "120"
	Traffic      Line = "122"
	Petition     Line = "petition"
	OtherHotline Line = "other"
)

// Options lists the lines.
func (Line) Options() []string {
	return words(Police, Fire, Ambulance, Traffic, Petition, OtherHotline)
}

// HandOver (转接) gives an emergency to the line that owns it, and records who took it.
type HandOver struct {
	free
	To   Line   `json:"to" field:"select,need"`
	Text string `json:"text" field:"area,need,max=1000"` // who took it there, and what was agreed
}

// Act is staff.HandOver.
func (HandOver) Act() Act { return staff.HandOver }

func (m HandOver) decide(*scene) (Details, Status, error) {
	return Details{Code: string(m.To), Text: m.Text}, Completed, nil
}

// Withdraw (撤回) is the caller's own wish, with the reason he gave.
type Withdraw struct {
	free
	Reason string `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.Withdraw.
func (Withdraw) Act() Act { return staff.Withdraw }

func (m Withdraw) decide(*scene) (Details, Status, error) {
	return Details{Reason: m.Reason}, Completed, nil
}

// Archive (归档) puts a completed ticket away.
type Archive struct{ free }

// Act is staff.Archive.
func (Archive) Act() Act { return staff.Archive }

func (Archive) decide(*scene) (Details, Status, error) { return Details{}, Archived, nil }
