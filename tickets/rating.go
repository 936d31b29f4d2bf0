package tickets

import (
	"slices"
	"time"

	"nengban/tickets/staff"
)

// LateAnswer is how long after completion an answer of the citizen still counts:
// long enough that who is asked by the sweep of a month's first days, about a
// matter that ended on the first of the month before, can still answer in a week.
const LateAnswer = 45 * 24 * time.Hour

// RecordRating (回访结果) is what the citizen said: five levels of the
// national good/bad review (GB/T 39735), and apart from it whether the matter
// is solved. Not solved opens the next round; solved but dissatisfied goes to
// a reviewer; silence is never recorded as an answer.
type RecordRating struct {
	Rating int    `json:"rating,omitempty" field:"number,min=1,max=5"`
	Solved Solved `json:"solved,omitempty" field:"select"`
	Way    string `json:"way,omitempty" field:"text,max=20"` // sms, voice, web, person
	Text   string `json:"text,omitempty" field:"area,max=2000"`
	Survey string `json:"survey,omitempty" field:"text,max=40"`
}

// Act is staff.RecordRating.
func (RecordRating) Act() Act { return staff.RecordRating }

// available: a completed ticket takes an answer only if it has none yet, and
// only for a while. Whoever handled the ticket may not write the answer down.
func (RecordRating) available(sc *scene) error {
	switch {
	case sc.handledIt():
		return sc.refuse("own_work")
	case sc.t.Status != Completed:
		return nil
	case sc.t.Rating != 0 || sc.t.Solved != SolvedUnknown:
		return sc.refuse("rated_before")
	case !slices.Contains([]Outcome{Answered, Handled}, sc.t.Outcome):
		return sc.refuse("nothing_to_rate")
	case sc.t.CompletedAt != nil && sc.now.Sub(*sc.t.CompletedAt) > LateAnswer:
		return sc.refuse("too_late")
	}
	return nil
}

func (m RecordRating) decide(*scene) (Details, Status, error) {
	if m.Rating == 0 && m.Solved == SolvedUnknown {
		return Details{}, "", FieldErrors{{Field: "rating", Code: "missing"}}
	}
	d := Details{Rating: m.Rating, Solved: m.Solved, Way: m.Way, Text: m.Text, Survey: m.Survey}
	switch {
	case m.Solved == SolvedNo:
		return d, ToRework, nil
	case m.Rating >= 4:
		return d, ToJudge, nil
	default:
		return d, Completed, nil
	}
}

// handledIt says whether the member belongs to a department that handled the ticket.
func (sc *scene) handledIt() bool {
	return sc.by.Department != "" && slices.Contains(sc.t.subject, sc.by.Department)
}

// UnratedCode says why there is no answer.
type UnratedCode string

// The codes. None of them counts as satisfied.
const (
	Unreachable  UnratedCode = "unreachable"
	RefusesToSay UnratedCode = "refuses_to_say"
	NoNumber     UnratedCode = "no_number"
	NotAsked     UnratedCode = "not_asked" // not in the sample
)

// Options lists the codes.
func (UnratedCode) Options() []string {
	return words(Unreachable, RefusesToSay, NoNumber, NotAsked)
}

// CloseUnrated completes a ticket whose citizen could not be asked.
type CloseUnrated struct {
	Code UnratedCode `json:"code" field:"select,need"`
	Text string      `json:"text,omitempty" field:"area,max=1000"`
}

// Act is staff.CloseUnrated.
func (CloseUnrated) Act() Act { return staff.CloseUnrated }

func (CloseUnrated) available(sc *scene) error {
	if sc.handledIt() {
		return sc.refuse("own_work")
	}
	return nil
}

func (m CloseUnrated) decide(*scene) (Details, Status, error) {
	return Details{Code: string(m.Code), Text: m.Text}, Completed, nil
}

// JudgeRating (差评认定) decides whether a bad rating of a solved matter counts
// against the department (好差评: 误评 and 恶意差评 are excluded after review),
// and whether the matter is taken up again.
type JudgeRating struct {
	free
	Decision Decision `json:"decision" field:"select,need"` // yes: it counts
	Again    bool     `json:"again,omitempty" field:"check"`
	Reason   string   `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.JudgeRating.
func (JudgeRating) Act() Act { return staff.JudgeRating }

func (m JudgeRating) decide(*scene) (Details, Status, error) {
	to := Completed
	if m.Again {
		to = ToRework
	}
	return Details{Decision: string(m.Decision), Reason: m.Reason}, to, nil
}
