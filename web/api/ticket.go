package api

import (
	"time"

	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/tickets/staff"
	"nengban/web/i18n"
)

// Summary is a ticket in a list.
type Summary struct {
	Number       string          `json:"number" doc:"Printed and spoken; also its address"`
	Version      int64           `json:"version" doc:"Grows with every act. Send it back with an act: if it has grown meanwhile, the act is refused with 409"`
	Status       tickets.Status  `json:"status"`
	StatusSince  time.Time       `json:"status_since"`
	Round        int             `json:"round" doc:"Of handling; 2 and more are rework"`
	Channel      tickets.Channel `json:"channel"`
	Kind         tickets.Kind    `json:"kind"`
	Class        tickets.Class   `json:"class,omitempty" doc:"Result of triage; absent before it"`
	Urgency      tickets.Urgency `json:"urgency"`
	Category     string          `json:"category,omitempty"`
	Matter       string          `json:"matter,omitempty"`
	Title        string          `json:"title"`
	Area         string          `json:"area,omitempty"`
	Lead         string          `json:"lead,omitempty" doc:"Code of the lead department"`
	Outcome      tickets.Outcome `json:"outcome,omitempty"`
	Colour       tickets.Colour  `json:"colour,omitempty" doc:"The gravest open supervision order"`
	Confidential bool            `json:"confidential"`
	Anonymous    bool            `json:"anonymous"`
	Caller       Caller          `json:"caller"`
	ReceivedAt   time.Time       `json:"received_at"`
	DueAt        time.Time       `json:"due_at,omitzero" doc:"What the citizen was promised; absent when nothing is owed"`
	NextDueAt    time.Time       `json:"next_due_at,omitzero" doc:"The nearest running deadline of all"`
	Rating       int             `json:"rating,omitempty" doc:"1 very satisfied … 5 very dissatisfied"`
	Solved       tickets.Solved  `json:"solved,omitempty"`
	CompletedAt  time.Time       `json:"completed_at,omitzero"`
	ArchivedAt   time.Time       `json:"archived_at,omitzero"`
}

// Caller is who speaks, masked always.
type Caller struct {
	Name         string `json:"name,omitempty" doc:"Masked"`
	Phone        string `json:"phone,omitempty" doc:"Masked"`
	AltPhone     string `json:"alt_phone,omitempty" doc:"Masked"`
	Company      string `json:"company,omitempty" doc:"Masked"`
	Lang         string `json:"lang,omitempty"`
	NoTexts      bool   `json:"no_texts"`
	NoContact    bool   `json:"no_contact" doc:"Departments must not contact him; the desk does"`
	NeedsSupport bool   `json:"needs_support"`
}

// Ticket is a ticket with all that belongs to it.
type Ticket struct {
	Summary
	Content        string        `json:"content" doc:"Without what points to a person"`
	Masked         bool          `json:"masked" doc:"Something was taken out of title, content or address"`
	Address        string        `json:"address,omitempty"`
	ApplicationNo  string        `json:"application_no,omitempty"`
	MatterCode     string        `json:"matter_code,omitempty"`
	VisitCount     int           `json:"visit_count,omitempty"`
	About          string        `json:"about,omitempty" doc:"Code of the department complained of"`
	OccurredAt     time.Time     `json:"occurred_at,omitzero"`
	AppliedAt      time.Time     `json:"applied_at,omitzero"`
	Tags           []string      `json:"tags,omitempty"`
	MergedInto     string        `json:"merged_into,omitempty"`
	Escalation     int           `json:"escalation"`
	Reminders      int           `json:"reminders"`
	Assignments    []Assignment  `json:"assignments" doc:"Of all rounds"`
	Pending        *Pending      `json:"pending,omitempty"`
	Consultation   *Consultation `json:"consultation,omitempty"`
	Answer         *Answer       `json:"answer,omitempty"`
	Orders         []Order       `json:"orders"`
	Accountability []Accounting  `json:"accountability"`
	Clocks         []Clock       `json:"clocks" doc:"Every deadline with its working"`
	Timeline       []Entry       `json:"timeline"`
	Attachments    []Attachment  `json:"attachments"`
	Allowed        []Allowed     `json:"allowed" doc:"What the asker can do now"`
}

// Assignment is one department's part in one round.
type Assignment struct {
	Round        int                      `json:"round"`
	Department   string                   `json:"department"`
	Role         tickets.AssignmentRole   `json:"role"`
	Status       tickets.AssignmentStatus `json:"status"`
	DispatchedAt time.Time                `json:"dispatched_at"`
	SignedAt     time.Time                `json:"signed_at,omitzero"`
	RepliedAt    time.Time                `json:"replied_at,omitzero"`
	Opinion      string                   `json:"opinion,omitempty"`
}

// Pending is a request that awaits a ruling.
type Pending struct {
	Act        tickets.Act `json:"act"`
	Department string      `json:"department"`
	At         time.Time   `json:"at"`
	Reason     string      `json:"reason"`
	Basis      string      `json:"basis,omitempty"`
	Days       int         `json:"days,omitempty"`
	Until      time.Time   `json:"until,omitzero"`
}

// Consultation is the latest one.
type Consultation struct {
	OpenedAt    time.Time `json:"opened_at"`
	Topic       string    `json:"topic"`
	Departments []string  `json:"departments"`
	Opinions    []Opinion `json:"opinions"`
	ConcludedAt time.Time `json:"concluded_at,omitzero"`
	Conclusion  string    `json:"conclusion,omitempty"`
}

// Opinion is what one department said in a consultation.
type Opinion struct {
	Department string    `json:"department"`
	By         string    `json:"by"`
	At         time.Time `json:"at"`
	Text       string    `json:"text"`
}

// Answer is the latest answer.
type Answer struct {
	At         time.Time `json:"at"`
	Department string    `json:"department,omitempty"`
	Text       string    `json:"text"`
	PublicText string    `json:"public_text,omitempty" doc:"What the citizen reads, once it is accepted"`
	Basis      string    `json:"basis,omitempty"`
	Result     string    `json:"result,omitempty"`
	Article    string    `json:"article,omitempty"`
	Accepted   bool      `json:"accepted"`
}

// Order is a supervision order.
type Order struct {
	N          int            `json:"n"`
	Colour     tickets.Colour `json:"colour"`
	Department string         `json:"department,omitempty"`
	Reason     string         `json:"reason"`
	OpenedAt   time.Time      `json:"opened_at"`
	OpenedBy   string         `json:"opened_by"`
	AnsweredAt time.Time      `json:"answered_at,omitzero"`
	Answer     string         `json:"answer,omitempty"`
	ClosedAt   time.Time      `json:"closed_at,omitzero"`
	Finding    string         `json:"finding,omitempty"`
}

// Accounting is an accountability record.
type Accounting struct {
	N          int       `json:"n"`
	Department string    `json:"department,omitempty"`
	Reason     string    `json:"reason"`
	OpenedAt   time.Time `json:"opened_at"`
	ClosedAt   time.Time `json:"closed_at,omitzero"`
	Decision   string    `json:"decision,omitempty"`
}

// Clock is one deadline of a ticket.
type Clock struct {
	Clock       sla.ClockName `json:"clock"`
	Unit        string        `json:"unit,omitempty" doc:"Code of the department that it runs against; absent for the desk's"`
	Round       int           `json:"round"`
	Nth         int           `json:"nth" doc:"Tells apart what is counted again within a round"`
	Rule        string        `json:"rule" doc:"Of the policy that the ticket was promised under"`
	State       sla.State     `json:"state"`
	StartedAt   time.Time     `json:"started_at"`
	Due         time.Time     `json:"due"`
	OriginalDue time.Time     `json:"original_due" doc:"Before extensions and stops"`
	MetAt       time.Time     `json:"met_at,omitzero"`
	EndedAt     time.Time     `json:"ended_at,omitzero"`
	Provisional bool          `json:"provisional" doc:"A coming year's holidays may still move it"`
	Limit       string        `json:"limit" doc:"As POST /due reads it"`
	Stops       []Stop        `json:"stops"`
	Steps       Steps         `json:"steps" doc:"How it was reckoned, line by line, in each language"`
}

// Steps are the lines of a deadline's working, by language.
type Steps map[string][]string

// Stop is a stretch in which a clock stood still.
type Stop struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to,omitzero" doc:"Absent while it lasts"`
	Cause  string    `json:"cause"`
	Reason string    `json:"reason,omitempty"`
}

// Attachment is a file of a ticket.
type Attachment struct {
	ID        int64     `json:"id"`
	Name      string    `json:"name"`
	MediaType string    `json:"media_type"`
	Size      int64     `json:"size"`
	SHA256    string    `json:"sha256"`
	AddedBy   string    `json:"added_by"`
	AddedAt   time.Time `json:"added_at"`
	Href      string    `json:"href"`
}

// Allowed is an act that the asker can do now.
type Allowed struct {
	Act    tickets.Act `json:"act"`
	Name   Words       `json:"name"`
	Href   string      `json:"href" doc:"Post its fields and the version here"`
	Fields []Field     `json:"fields"`
}

func (a *API) summary(by staff.Member, t *tickets.Ticket) (Summary, error) {
	c, err := a.Desk.CallerAs(by, t)
	if err != nil {
		return Summary{}, err
	}
	return summaryOf(t, c), nil
}

func summaryOf(t *tickets.Ticket, c tickets.Caller) Summary {
	return Summary{Number: t.Number, Version: t.Version, Status: t.Status, StatusSince: t.StatusSince.UTC(), Round: t.Round, Channel: t.Channel, Kind: t.Kind, Class: t.Class,
		Urgency: t.Urgency, Category: t.Category, Matter: t.Matter, Title: t.Title, Area: t.Area, Lead: t.Lead, Outcome: t.Outcome, Colour: t.Colour(),
		Confidential: t.Confidential, Anonymous: t.Anonymous, ReceivedAt: t.ReceivedAt.UTC(), DueAt: utc(t.DueAt), NextDueAt: utc(t.NextDueAt), Rating: t.Rating, Solved: t.Solved,
		CompletedAt: at(t.CompletedAt), ArchivedAt: at(t.ArchivedAt),
		Caller: Caller{c.Name, c.Phone, c.AltPhone, c.Company, c.Lang, c.NoTexts, c.NoContact, c.NeedsSupport}}
}

// ticket turns a file into its answer.
func (a *API) ticket(f tickets.File) Ticket {
	t := f.Ticket
	out := Ticket{Summary: summaryOf(t, f.Caller), Content: t.Content, Masked: t.Masked, Address: t.Address, ApplicationNo: t.Intake.ApplicationNo, MatterCode: t.Intake.MatterCode,
		VisitCount: t.Intake.VisitCount, About: t.Intake.About, OccurredAt: at(t.Intake.OccurredAt), AppliedAt: at(t.Intake.AppliedAt), Tags: t.Intake.Tags,
		MergedInto: t.MergedInto, Escalation: t.Escalation, Reminders: t.Reminders}
	out.Assignments = each(t.Assignments, func(x tickets.Assignment) Assignment {
		return Assignment{x.Round, x.Department, x.Role, x.Status, x.DispatchedAt.UTC(), at(x.SignedAt), at(x.RepliedAt), x.Opinion}
	})
	if p := t.Pending; p != nil {
		out.Pending = &Pending{p.Act, p.Department, p.At.UTC(), p.Reason, p.Basis, p.Days, at(p.Until)}
	}
	if c := t.Consultation; c != nil {
		out.Consultation = &Consultation{c.OpenedAt.UTC(), c.Topic, list(c.Departments), each(c.Opinions, func(x tickets.Opinion) Opinion {
			return Opinion{x.Department, x.By, x.At.UTC(), x.Text}
		}), at(c.ConcludedAt), c.Conclusion}
	}
	if x := t.Answer; x != nil {
		out.Answer = &Answer{x.At.UTC(), x.Department, x.Text, x.PublicText, x.Basis, x.Result, x.Article, x.Accepted}
	}
	out.Orders = each(t.Orders, func(o tickets.Order) Order {
		return Order{o.N, o.Colour, o.Department, o.Reason, o.OpenedAt.UTC(), o.OpenedBy, at(o.AnsweredAt), o.Answer, at(o.ClosedAt), o.Finding}
	})
	out.Accountability = each(t.Accountability, func(x tickets.Accounting) Accounting {
		return Accounting{x.N, x.Department, x.Reason, x.OpenedAt.UTC(), at(x.ClosedAt), x.Decision}
	})
	out.Clocks = each(f.Ledger.Clocks, clockOf)
	out.Timeline = each(f.Timeline, entryOf)
	out.Attachments = each(f.Attachments, func(x tickets.Attachment) Attachment { return attachmentOf(t.Number, x) })
	out.Allowed = each(f.Allowed, func(r tickets.Rule) Allowed {
		return Allowed{r.Act, a.words("act." + string(r.Act)), Base + "/tickets/" + t.Number + "/" + r.Path, a.fields(string(r.Act), formOf(r))}
	})
	return out
}

func clockOf(c sla.Clock) Clock {
	out := Clock{Clock: c.Clock, Unit: c.Unit, Round: c.Round, Nth: c.Nth, Rule: c.Rule, State: c.State, StartedAt: c.StartedAt.UTC(), Due: c.Due.UTC(), OriginalDue: c.Original.UTC(),
		MetAt: utc(c.MetAt), EndedAt: utc(c.EndedAt), Provisional: c.Reckoning.Provisional(), Limit: c.Reckoning.Limit.String(), Steps: steps(c.Reckoning)}
	out.Stops = each(c.Stops, func(s sla.Stop) Stop { return Stop{s.From.UTC(), utc(s.To), string(s.Cause), s.Reason} })
	return out
}

func steps(r sla.Reckoning) Steps {
	out := Steps{}
	for _, lang := range i18n.Languages {
		out[lang] = list(r.Explain(lang))
	}
	return out
}

// each turns a list into another; the result is never null in JSON.
func each[A, B any](in []A, f func(A) B) []B {
	out := make([]B, 0, len(in))
	for _, x := range in {
		out = append(out, f(x))
	}
	return out
}

func list(in []string) []string {
	if in == nil {
		return []string{}
	}
	return in
}

func at(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return utc(*t)
}

// utc leaves the zero time zero.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC()
}
