package tickets

import "time"

// Channel is the way a ticket came in (渠道).
type Channel string

// The channels.
const (
	Hotline  Channel = "hotline"  // 12345 热线
	Window   Channel = "window"   // 办不成事窗口
	Online   Channel = "online"   // 网上
	Referred Channel = "referred" // 转办: another desk, 信访, 110
	Imported Channel = "imported" // taken over from an earlier system
)

// Options lists the channels in the order pages show them.
func (Channel) Options() []string { return words(Hotline, Window, Online, Referred, Imported) }

// Kind is what the caller wants (诉求类型).
type Kind string

// The kinds.
const (
	Inquiry      Kind = "inquiry"      // 咨询
	Assistance   Kind = "assistance"   // 求助
	Complaint    Kind = "complaint"    // 投诉
	Irregularity Kind = "irregularity" // 举报
	Suggestion   Kind = "suggestion"   // 建议
	Praise       Kind = "praise"       // 表扬
)

// Options lists the kinds.
func (Kind) Options() []string {
	return words(Inquiry, Assistance, Complaint, Irregularity, Suggestion, Praise)
}

// Class is the result of triage (研判): why the matter could not be done.
type Class string

// The classes. Ordinary is any hotline matter that is not a case of 办不成事.
const (
	CannotDo  Class = "cannot_do"  // 办不了: policy or conditions do not allow it
	HardToDo  Class = "hard_to_do" // 很难办: needs several departments or is disputed
	Refused   Class = "refused"    // 不给办: could be done and was refused
	Ordinary  Class = "ordinary"   // 一般诉求
	Untriaged Class = ""
)

// Options lists the classes that a person can choose.
func (Class) Options() []string { return words(CannotDo, HardToDo, Refused, Ordinary) }

// Urgency is how soon somebody must move (紧急程度).
type Urgency string

// The urgencies.
const (
	Routine  Urgency = "routine"  // 一般
	Urgent   Urgency = "urgent"   // 紧急
	Critical Urgency = "critical" // 特急: life, property, public safety
)

// Options lists the urgencies.
func (Urgency) Options() []string { return words(Routine, Urgent, Critical) }

// Outcome is how a ticket ended.
type Outcome string

// The outcomes.
const (
	Answered   Outcome = "answered"    // 直接答复
	Handled    Outcome = "handled"     // 部门办结
	Declined   Outcome = "declined"    // 不予受理
	HandedOver Outcome = "handed_over" // 转接 110 等
	Withdrawn  Outcome = "withdrawn"   // 撤回
)

// Solved is the citizen's own word on whether the matter is solved; it is
// asked apart from the rating, since people can be content with a clear no.
type Solved string

// The answers. Unknown is the only one that nobody gave.
const (
	SolvedYes     Solved = "yes"
	SolvedNo      Solved = "no"
	SolvedUnknown Solved = ""
)

// Options lists the answers.
func (Solved) Options() []string { return words(SolvedYes, SolvedNo) }

// Colour is the grade of a supervision order (三色督办).
type Colour string

// The colours, mildest first.
const (
	Blue   Colour = "blue"
	Yellow Colour = "yellow"
	Red    Colour = "red"
)

// Options lists the colours.
func (Colour) Options() []string { return words(Blue, Yellow, Red) }

// Ticket is one matter of one caller (工单), from the call to the archive.
type Ticket struct {
	ID            int64
	Number        string // printed and spoken; the row id never leaves the program
	Version       int64  // grows with every act; what you saw when you opened it
	Channel       Channel
	SourceSystem  string
	ExternalNo    string
	ReceivedAt    time.Time
	RegisteredBy  int64
	Hall          string
	Confidential  bool
	Anonymous     bool
	Title         string // like Content without phone and identity numbers
	Content       string
	Masked        bool // something was taken out of title or content
	Address       string
	Area          string
	Intake        IntakeFacts
	Awaited       []Awaited // the deadlines that run, for lists; Desk.Ledger has them with their working
	DueAt         time.Time // what the citizen was promised; zero when nothing is owed
	nextWarnAt    time.Time
	NextDueAt     time.Time // the nearest running deadline of all
	PolicyVersion int
	State

	callerSealed  []byte
	codeSealed    []byte
	contentSealed []byte
	subject       []string // departments involved and all above them
}

// IntakeFacts are what was asked at intake and is only read, never searched.
type IntakeFacts struct {
	WindowNo      string     `json:"window_no,omitempty"`
	CallID        string     `json:"call_id,omitempty"`
	Recording     string     `json:"recording,omitempty"`
	MatterCode    string     `json:"matter_code,omitempty"`    // 事项编码
	ApplicationNo string     `json:"application_no,omitempty"` // 办件编号
	AppliedAt     *time.Time `json:"applied_at,omitempty"`
	VisitCount    int        `json:"visit_count,omitempty"` // 跑了几次
	OccurredAt    *time.Time `json:"occurred_at,omitempty"`
	About         string     `json:"about,omitempty"` // department complained of
	Latitude      float64    `json:"latitude,omitempty"`
	Longitude     float64    `json:"longitude,omitempty"`
	Tags          []string   `json:"tags,omitempty"`
	SourceStatus  string     `json:"source_status,omitempty"`
}

// Open says whether somebody at the desk or in a department still owes work on it.
func (t *Ticket) Open() bool {
	return !over[t.Status]
}

// over are the statuses in which nobody owes work any more.
var over = map[Status]bool{Completed: true, Archived: true, MergedAway: true}

// Tail returns the last four digits of the number, which callers quote and texts carry.
func (t *Ticket) Tail() string { return t.Number[max(0, len(t.Number)-4):] }

func words[T ~string](all ...T) []string {
	out := make([]string, len(all))
	for i, w := range all {
		out[i] = string(w)
	}
	return out
}
