package tickets

import (
	"time"

	"nengban/tickets/staff"
)

// Entry is one line of the timeline (流转记录): an act, when, by whom, and all
// that the act said. Nobody edits entries; folding them from the first to the
// last rebuilds the ticket's State.
type Entry struct {
	ID           int64
	TicketID     int64
	Seq          int // 1, 2, 3 … within the ticket
	Act          Act
	At           time.Time
	ByID         int64
	ByName       string
	Role         staff.Role
	ByDepartment string // of the person; the unit that the act is for is in the details
	From, To     Status
	Round        int // the round of handling that the act belongs to
	Details
}

// Details is what acts say. Each act fills the fields that it has; the rest
// stay empty and are not stored.
type Details struct {
	Text       string `json:"text,omitempty"`        // what was said: answer, opinion, report, note
	PublicText string `json:"public_text,omitempty"` // the part the citizen reads
	Reason     string `json:"reason,omitempty"`      // why
	Basis      string `json:"basis,omitempty"`       // law, document or directory row it rests on
	Code       string `json:"code,omitempty"`        // reason code
	Advice     string `json:"advice,omitempty"`      // the path the citizen was told

	Kind       Kind    `json:"kind,omitempty"`
	Class      Class   `json:"class,omitempty"`
	Urgency    Urgency `json:"urgency,omitempty"`
	Complexity string  `json:"complexity,omitempty"`
	Category   string  `json:"category,omitempty"`
	Matter     string  `json:"matter,omitempty"`
	Cause      string  `json:"cause,omitempty"`

	Department  string   `json:"department,omitempty"` // the unit that the act is for
	Lead        string   `json:"lead,omitempty"`
	Assisting   []string `json:"assisting,omitempty"`
	Departments []string `json:"departments,omitempty"`
	Decision    string   `json:"decision,omitempty"`
	Forced      bool     `json:"forced,omitempty"` // 强制派单: cannot be returned again

	Days  int        `json:"days,omitempty"` // working days
	Until *time.Time `json:"until,omitempty"`

	Article    string     `json:"article,omitempty"`
	ContactAt  *time.Time `json:"contact_at,omitempty"`
	ContactWay string     `json:"contact_way,omitempty"`
	NoContact  string     `json:"no_contact,omitempty"` // why the citizen was not contacted
	Facts      string     `json:"facts,omitempty"`
	Demand     string     `json:"demand,omitempty"`
	Result     string     `json:"result,omitempty"`
	ProcessFix string     `json:"process_fix,omitempty"`

	Rating int    `json:"rating,omitempty"` // 1 very satisfied … 5 very dissatisfied
	Solved Solved `json:"solved,omitempty"`
	Way    string `json:"way,omitempty"`    // how the answer came
	Survey string `json:"survey,omitempty"` // which survey it answers

	Colour Colour   `json:"colour,omitempty"`
	Order  int      `json:"order,omitempty"`
	Opens  *Opening `json:"opens,omitempty"` // a supervision order that the act opens by itself

	Into        string  `json:"into,omitempty"`
	Attachments []int64 `json:"attachments,omitempty"`

	Channel Channel `json:"channel,omitempty"`
	Policy  int     `json:"policy,omitempty"` // version of the limits that were promised
}

// Opening is a supervision order, and perhaps an accountability record, that
// comes into being with an act.
type Opening struct {
	Colour         Colour `json:"colour"`
	Department     string `json:"department,omitempty"`
	Reason         string `json:"reason"`
	Accountability bool   `json:"accountability,omitempty"`
}
