package tickets

import (
	"slices"
	"time"

	"nengban/tickets/staff"
)

// State is what the timeline adds up to. It is only ever made by folding
// entries, one after another, so that the stored state and the replayed one
// cannot differ.
type State struct {
	Status      Status    `json:"status"`
	StatusSince time.Time `json:"status_since"`
	Round       int       `json:"round"`      // 1, then one more with each rework or reopening
	Escalation  int       `json:"escalation"` // how many levels up it went
	Entries     int       `json:"entries"`    // how many entries this is the sum of

	Kind       Kind        `json:"kind"`
	Class      Class       `json:"class,omitempty"`
	Urgency    Urgency     `json:"urgency"`
	Category   string      `json:"category,omitempty"`
	Matter     string      `json:"matter,omitempty"`
	Judgements []Judgement `json:"judgements,omitempty"` // every triage, the first one first

	Lead        string       `json:"lead,omitempty"`
	Assignments []Assignment `json:"assignments,omitempty"` // of all rounds
	Pending     *Pending     `json:"pending,omitempty"`     // what a ruling is awaited on
	Returns     int          `json:"returns,omitempty"`
	Forced      bool         `json:"forced,omitempty"`
	Extensions  int          `json:"extensions,omitempty"` // granted in this round
	ReviewAt    *time.Time   `json:"review_at,omitempty"`  // when a suspension is looked at again

	Consultation *Consultation `json:"consultation,omitempty"` // the latest
	Contacts     int           `json:"contacts,omitempty"`
	Progress     int           `json:"progress,omitempty"` // progress reports in this round
	Answer       *Answer       `json:"answer,omitempty"`   // the latest

	Rating  int     `json:"rating,omitempty"`
	Solved  Solved  `json:"solved,omitempty"`
	RatedBy string  `json:"rated_by,omitempty"` // the way it came
	Comment string  `json:"comment,omitempty"`
	Counts  string  `json:"counts,omitempty"` // a judged bad rating: "yes" counts, "no" is excluded
	Outcome Outcome `json:"outcome,omitempty"`

	Reminders      int          `json:"reminders,omitempty"`
	Orders         []Order      `json:"orders,omitempty"`
	Accountability []Accounting `json:"accountability,omitempty"`
	MergedInto     string       `json:"merged_into,omitempty"`
	CompletedAt    *time.Time   `json:"completed_at,omitempty"`
	ArchivedAt     *time.Time   `json:"archived_at,omitempty"`
}

// Judgement is one triage; a change of mind stands beside the first.
type Judgement struct {
	Class  Class     `json:"class"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// AssignmentRole is what a department does in a ticket.
type AssignmentRole string

// A department leads (主办) or assists (协办).
const (
	Lead      AssignmentRole = "lead"
	Assisting AssignmentRole = "assisting"
)

// AssignmentStatus is how far a department is with its part.
type AssignmentStatus string

// The steps of an assignment. The last three end it.
const (
	Awaiting AssignmentStatus = "awaiting" // dispatched, not signed for
	Signed   AssignmentStatus = "signed"
	Replied  AssignmentStatus = "replied"
	Returned AssignmentStatus = "returned"
	Released AssignmentStatus = "released"
)

// Assignment is one department's part in one round.
type Assignment struct {
	Round        int              `json:"round"`
	Department   string           `json:"department"`
	Role         AssignmentRole   `json:"role"`
	Status       AssignmentStatus `json:"status"`
	DispatchedAt time.Time        `json:"dispatched_at"`
	SignedAt     *time.Time       `json:"signed_at,omitempty"`
	RepliedAt    *time.Time       `json:"replied_at,omitempty"`
	Opinion      string           `json:"opinion,omitempty"`
}

// Live says whether the department still holds its part.
func (a Assignment) Live() bool { return a.Status != Returned && a.Status != Released }

// Pending is a request that awaits a ruling.
type Pending struct {
	Act        Act        `json:"act"`
	Department string     `json:"department"`
	At         time.Time  `json:"at"`
	Reason     string     `json:"reason"`
	Basis      string     `json:"basis,omitempty"`
	Days       int        `json:"days,omitempty"`
	Until      *time.Time `json:"until,omitempty"`
	Back       Status     `json:"back"` // where the ticket stood
}

// Consultation is a 会商: who was asked, what each said, what was concluded.
type Consultation struct {
	OpenedAt    time.Time  `json:"opened_at"`
	Topic       string     `json:"topic"`
	Departments []string   `json:"departments"`
	Opinions    []Opinion  `json:"opinions,omitempty"`
	ConcludedAt *time.Time `json:"concluded_at,omitempty"`
	Conclusion  string     `json:"conclusion,omitempty"`
	Lead        string     `json:"lead,omitempty"` // the lead it named
	Assisting   []string   `json:"assisting,omitempty"`
}

// Opinion is what one department said in a consultation.
type Opinion struct {
	Department string    `json:"department"`
	By         string    `json:"by"`
	At         time.Time `json:"at"`
	Text       string    `json:"text"`
}

// Answer is what the citizen was or will be told.
type Answer struct {
	At         time.Time `json:"at"`
	Department string    `json:"department,omitempty"`
	Text       string    `json:"text"`
	PublicText string    `json:"public_text,omitempty"`
	Basis      string    `json:"basis,omitempty"`
	Result     string    `json:"result,omitempty"`
	Article    string    `json:"article,omitempty"`
	Accepted   bool      `json:"accepted"` // reviewed, or given by the desk itself
}

// Order is a supervision order (督办单).
type Order struct {
	N          int        `json:"n"`
	Colour     Colour     `json:"colour"`
	Department string     `json:"department,omitempty"`
	Reason     string     `json:"reason"`
	OpenedAt   time.Time  `json:"opened_at"`
	OpenedBy   string     `json:"opened_by"`
	AnsweredAt *time.Time `json:"answered_at,omitempty"`
	Answer     string     `json:"answer,omitempty"`
	ClosedAt   *time.Time `json:"closed_at,omitempty"`
	Finding    string     `json:"finding,omitempty"`
}

// Accounting is an accountability record (问责记录).
type Accounting struct {
	N          int        `json:"n"`
	Department string     `json:"department,omitempty"`
	Reason     string     `json:"reason"`
	OpenedAt   time.Time  `json:"opened_at"`
	ClosedAt   *time.Time `json:"closed_at,omitempty"`
	Decision   string     `json:"decision,omitempty"`
}

// Fold adds up a timeline from its first entry.
func Fold(entries []Entry) State {
	var s State
	for _, e := range entries {
		s.apply(e)
	}
	return s
}

// apply adds one entry. It reads nothing but the entry, and is the only place
// that changes a State.
func (s *State) apply(e Entry) {
	s.Entries++
	if s.Status != e.To {
		s.Status, s.StatusSince = e.To, e.At
	}
	if f, ok := effects[e.Act]; ok {
		f(s, e)
	}
	if e.Opens != nil {
		s.open(e)
	}
	if s.Status == Completed {
		s.CompletedAt = &e.At
	}
}

// effects is what each act does to the state beside moving the status.
var effects = map[Act]func(s *State, e Entry){
	staff.Register:             (*State).registered,
	staff.Triage:               (*State).triaged,
	staff.AnswerAtOnce:         (*State).answered,
	staff.Decline:              ended(Declined),
	staff.HandOver:             ended(HandedOver),
	staff.Withdraw:             ended(Withdrawn),
	staff.Merge:                func(s *State, e Entry) { s.MergedInto = e.Into },
	staff.Unmerge:              func(s *State, _ Entry) { s.MergedInto = "" },
	staff.OpenConsultation:     (*State).consulting,
	staff.GiveOpinion:          (*State).opined,
	staff.ConcludeConsultation: (*State).concluded,
	staff.Dispatch:             (*State).dispatched,
	staff.Redirect:             (*State).redirected,
	staff.AddAssisting:         func(s *State, e Entry) { s.assign(e, e.Department, Assisting) },
	staff.ReleaseAssisting:     func(s *State, e Entry) { s.part(e.Department).Status = Released },
	staff.SignFor:              (*State).signed,
	staff.Return:               (*State).asked,
	staff.AskExtension:         (*State).asked,
	staff.AskSuspension:        (*State).asked,
	staff.RuleOnReturn:         (*State).ruledOnReturn,
	staff.RuleOnExtension:      (*State).ruledOnExtension,
	staff.RuleOnSuspension:     (*State).ruledOnSuspension,
	staff.Resume:               func(s *State, _ Entry) { s.ReviewAt = nil },
	staff.RecordContact:        func(s *State, _ Entry) { s.Contacts++ },
	staff.ReportProgress:       func(s *State, _ Entry) { s.Progress++ },
	staff.Assist:               (*State).assisted,
	staff.Reply:                (*State).replied,
	staff.SendBack:             (*State).sentBack,
	staff.Complete:             func(s *State, _ Entry) { s.Answer.Accepted, s.Outcome = true, Handled },
	staff.RecordRating:         (*State).rated,
	staff.CloseUnrated:         func(s *State, e Entry) { s.RatedBy = e.Code },
	staff.JudgeRating:          func(s *State, e Entry) { s.Counts = e.Decision },
	staff.Rework:               (*State).reworked,
	staff.Reopen:               (*State).reopened,
	staff.Archive:              func(s *State, e Entry) { s.ArchivedAt = &e.At },
	staff.Remind:               func(s *State, _ Entry) { s.Reminders++ },
	staff.AnswerOrder:          (*State).orderAnswered,
	staff.CloseOrder:           (*State).orderClosed,
	staff.CloseAccountability:  (*State).accountabilityClosed,
}

func (s *State) registered(e Entry) {
	s.Round, s.Kind, s.Urgency, s.Category, s.Matter = 1, e.Kind, e.Urgency, e.Category, e.Matter
}

func (s *State) triaged(e Entry) {
	s.Class = e.Class
	s.Judgements = append(s.Judgements, Judgement{e.Class, e.Reason, e.ByName, e.At})
	if e.Kind != "" {
		s.Kind = e.Kind
	}
	if e.Urgency != "" {
		s.Urgency = e.Urgency
	}
	if e.Category != "" {
		s.Category = e.Category
	}
	if e.Matter != "" {
		s.Matter = e.Matter
	}
}

func (s *State) answered(e Entry) {
	if s.Class == Untriaged {
		s.Class = Ordinary
		s.Judgements = append(s.Judgements, Judgement{Ordinary, "", e.ByName, e.At})
	}
	s.Answer = &Answer{At: e.At, Text: e.Text, PublicText: e.PublicText, Basis: e.Basis, Article: e.Article, Accepted: true}
	s.Outcome = Answered
}

func ended(o Outcome) func(*State, Entry) {
	return func(s *State, _ Entry) { s.Outcome = o }
}

func (s *State) consulting(e Entry) {
	s.Consultation = &Consultation{OpenedAt: e.At, Topic: e.Text, Departments: e.Departments}
	s.releaseAll(Released)
}

func (s *State) opined(e Entry) {
	s.Consultation.Opinions = append(s.Consultation.Opinions, Opinion{e.Department, e.ByName, e.At, e.Text})
}

func (s *State) concluded(e Entry) {
	c := s.Consultation
	c.ConcludedAt, c.Conclusion, c.Lead, c.Assisting = &e.At, e.Text, e.Lead, e.Assisting
}

func (s *State) dispatched(e Entry) {
	s.Lead = e.Lead
	s.assign(e, e.Lead, Lead)
	for _, d := range e.Assisting {
		s.assign(e, d, Assisting)
	}
}

func (s *State) redirected(e Entry) {
	s.part(s.Lead).Status = Released
	s.Lead = e.Lead
	s.assign(e, e.Lead, Lead)
}

// assign gives the department its part; one that had a part in this round
// before starts afresh.
func (s *State) assign(e Entry, department string, role AssignmentRole) {
	fresh := Assignment{Round: s.Round, Department: department, Role: role, Status: Awaiting, DispatchedAt: e.At}
	i := slices.IndexFunc(s.Assignments, func(a Assignment) bool { return a.Round == s.Round && a.Department == department })
	if i >= 0 {
		s.Assignments[i] = fresh
		return
	}
	s.Assignments = append(s.Assignments, fresh)
}

func (s *State) signed(e Entry) {
	a := s.part(e.Department)
	a.Status, a.SignedAt = Signed, &e.At
}

func (s *State) asked(e Entry) {
	s.Pending = &Pending{Act: e.Act, Department: e.Department, At: e.At, Reason: e.Reason, Basis: e.Basis, Days: e.Days, Until: e.Until, Back: e.From}
}

func (s *State) ruledOnReturn(e Entry) {
	s.Returns++
	s.Pending = nil
	switch e.To {
	case ToDispatch:
		s.releaseAll(Released)
		s.part(e.Department).Status = Returned
		s.Lead = ""
	case InConsultation:
		s.releaseAll(Released)
		s.part(e.Department).Status = Returned
		s.Lead = ""
		s.Consultation = &Consultation{OpenedAt: e.At, Topic: e.Reason, Departments: e.Departments}
	default:
		s.Forced = true
	}
}

func (s *State) ruledOnExtension(e Entry) {
	s.Pending = nil
	if e.Decision == string(Yes) {
		s.Extensions++
	}
}

func (s *State) ruledOnSuspension(e Entry) {
	s.Pending = nil
	if e.To == Suspended {
		s.ReviewAt = e.Until
	}
}

func (s *State) assisted(e Entry) {
	a := s.part(e.Department)
	a.Status, a.RepliedAt, a.Opinion = Replied, &e.At, e.Text
}

func (s *State) replied(e Entry) {
	a := s.part(e.Department)
	a.Status, a.RepliedAt = Replied, &e.At
	if e.ContactAt != nil {
		s.Contacts++
	}
	s.Answer = &Answer{At: e.At, Department: e.Department, Text: e.Text, PublicText: e.PublicText, Basis: e.Basis, Result: e.Result}
}

func (s *State) sentBack(Entry) {
	a := s.part(s.Lead)
	a.Status, a.RepliedAt = Signed, nil
}

func (s *State) rated(e Entry) {
	s.Rating, s.Solved, s.RatedBy, s.Comment, s.Counts = e.Rating, e.Solved, e.Way, e.Text, ""
}

// reworked begins the next round, one level up. The lead of the last round
// has it in hand at once: it knows the matter, and the citizen has waited.
func (s *State) reworked(e Entry) {
	s.nextRound()
	s.Escalation++
	if e.To == InHand {
		s.assign(e, s.Lead, Lead)
		s.part(s.Lead).Status, s.part(s.Lead).SignedAt = Signed, &e.At
	}
	if e.To == InConsultation {
		s.Consultation = &Consultation{OpenedAt: e.At, Topic: e.Reason, Departments: e.Departments}
		s.Lead = ""
	}
}

func (s *State) reopened(Entry) {
	s.nextRound()
	s.Lead, s.ArchivedAt = "", nil
}

func (s *State) nextRound() {
	s.Round++
	s.Rating, s.Solved, s.RatedBy, s.Comment, s.Counts, s.Outcome = 0, SolvedUnknown, "", "", "", ""
	s.Extensions, s.Progress, s.Forced, s.CompletedAt = 0, 0, false, nil
}

func (s *State) open(e Entry) {
	s.Orders = append(s.Orders, Order{N: len(s.Orders) + 1, Colour: e.Opens.Colour, Department: e.Opens.Department,
		Reason: e.Opens.Reason, OpenedAt: e.At, OpenedBy: e.ByName})
	if e.Opens.Accountability {
		s.Accountability = append(s.Accountability, Accounting{N: len(s.Accountability) + 1, Department: e.Opens.Department,
			Reason: e.Opens.Reason, OpenedAt: e.At})
	}
}

func (s *State) orderAnswered(e Entry) {
	o := &s.Orders[e.Order-1]
	o.AnsweredAt, o.Answer = &e.At, e.Text
}

func (s *State) orderClosed(e Entry) {
	o := &s.Orders[e.Order-1]
	o.ClosedAt, o.Finding = &e.At, e.Text
}

func (s *State) accountabilityClosed(e Entry) {
	a := &s.Accountability[e.Order-1]
	a.ClosedAt, a.Decision = &e.At, e.Text
}

// part returns the department's assignment of this round; acts check that
// there is one before they are written.
func (s *State) part(department string) *Assignment {
	for i := range s.Assignments {
		if a := &s.Assignments[i]; a.Round == s.Round && a.Department == department {
			return a
		}
	}
	return new(Assignment)
}

func (s *State) releaseAll(to AssignmentStatus) {
	for i := range s.Assignments {
		if a := &s.Assignments[i]; a.Round == s.Round && a.Live() {
			a.Status = to
		}
	}
}

// Parts returns the assignments of this round that are still held.
func (s *State) Parts() []Assignment {
	var out []Assignment
	for _, a := range s.Assignments {
		if a.Round == s.Round && a.Live() {
			out = append(out, a)
		}
	}
	return out
}

// Colour returns the gravest colour among the open supervision orders, or none.
func (s *State) Colour() Colour {
	grave := map[Colour]int{Blue: 1, Yellow: 2, Red: 3}
	var c Colour
	for _, o := range s.Orders {
		if o.ClosedAt == nil && grave[o.Colour] > grave[c] {
			c = o.Colour
		}
	}
	return c
}
