package api

import (
	"time"

	"nengban/tickets"
	"nengban/tickets/staff"
)

// Entry is one line of the timeline.
type Entry struct {
	Seq   int            `json:"seq"`
	Act   tickets.Act    `json:"act"`
	At    time.Time      `json:"at"`
	By    By             `json:"by"`
	From  tickets.Status `json:"from,omitempty" doc:"Absent for the first entry"`
	To    tickets.Status `json:"to"`
	Round int            `json:"round"`
	Said  Said           `json:"said" doc:"What the act said; what it did not say is absent"`
}

// By is who acted, in which capacity.
type By struct {
	Name       string     `json:"name"`
	Role       staff.Role `json:"role,omitempty"`
	Department string     `json:"department,omitempty"`
}

// Said is what an act said: the fields of the act, by the names that they have
// in its form.
type Said struct {
	Text        string          `json:"text,omitempty"`
	PublicText  string          `json:"public_text,omitempty"`
	Reason      string          `json:"reason,omitempty"`
	Basis       string          `json:"basis,omitempty"`
	Code        string          `json:"code,omitempty"`
	Advice      string          `json:"advice,omitempty"`
	Kind        tickets.Kind    `json:"kind,omitempty"`
	Class       tickets.Class   `json:"class,omitempty"`
	Urgency     tickets.Urgency `json:"urgency,omitempty"`
	Category    string          `json:"category,omitempty"`
	Matter      string          `json:"matter,omitempty"`
	Department  string          `json:"department,omitempty"`
	Lead        string          `json:"lead,omitempty"`
	Assisting   []string        `json:"assisting,omitempty"`
	Departments []string        `json:"departments,omitempty"`
	Decision    string          `json:"decision,omitempty"`
	Forced      bool            `json:"forced,omitempty"`
	Days        int             `json:"days,omitempty"`
	Until       time.Time       `json:"until,omitzero"`
	Article     string          `json:"article,omitempty"`
	ContactAt   time.Time       `json:"contact_at,omitzero"`
	ContactWay  string          `json:"contact_way,omitempty"`
	NoContact   string          `json:"no_contact,omitempty"`
	Facts       string          `json:"facts,omitempty"`
	Demand      string          `json:"demand,omitempty"`
	Result      string          `json:"result,omitempty"`
	ProcessFix  string          `json:"process_fix,omitempty"`
	Rating      int             `json:"rating,omitempty"`
	Solved      tickets.Solved  `json:"solved,omitempty"`
	Way         string          `json:"way,omitempty"`
	Colour      tickets.Colour  `json:"colour,omitempty"`
	Order       int             `json:"order,omitempty"`
	Opens       *Opens          `json:"opens,omitempty"`
	Into        string          `json:"into,omitempty"`
	Attachments []int64         `json:"attachments,omitempty"`
	Channel     tickets.Channel `json:"channel,omitempty"`
}

// Opens is a supervision order that came into being with an act.
type Opens struct {
	Colour         tickets.Colour `json:"colour"`
	Department     string         `json:"department,omitempty"`
	Reason         string         `json:"reason"`
	Accountability bool           `json:"accountability"`
}

func entryOf(e tickets.Entry) Entry {
	return Entry{e.Seq, e.Act, e.At.UTC(), By{e.ByName, e.Role, e.ByDepartment}, e.From, e.To, e.Round, saidOf(e.Details)}
}

func saidOf(d tickets.Details) Said {
	out := Said{Text: d.Text, PublicText: d.PublicText, Reason: d.Reason, Basis: d.Basis, Code: d.Code, Advice: d.Advice, Kind: d.Kind, Class: d.Class, Urgency: d.Urgency,
		Category: d.Category, Matter: d.Matter, Department: d.Department, Lead: d.Lead, Assisting: d.Assisting, Departments: d.Departments, Decision: d.Decision,
		Forced: d.Forced, Days: d.Days, Until: at(d.Until), Article: d.Article, ContactAt: at(d.ContactAt), ContactWay: d.ContactWay, NoContact: d.NoContact, Facts: d.Facts,
		Demand: d.Demand, Result: d.Result, ProcessFix: d.ProcessFix, Rating: d.Rating, Solved: d.Solved, Way: d.Way, Colour: d.Colour, Order: d.Order, Into: d.Into,
		Attachments: d.Attachments, Channel: d.Channel}
	if o := d.Opens; o != nil {
		out.Opens = &Opens{o.Colour, o.Department, o.Reason, o.Accountability}
	}
	return out
}
