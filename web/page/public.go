package page

import (
	"context"
	"slices"
	"time"

	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/tickets/staff"
)

// Public is what a citizen is told of his own ticket, on his page and by the
// API: where it stands in plain words, who has it, what was promised and how
// that was reckoned, what was answered. Never internal words, never the names
// of people, never what departments say among themselves.
type Public struct {
	Ticket  *tickets.Ticket
	Step    int    // of Steps that it is at, from 1; 0 when it ended another way
	Says    string // where it stands
	Next    string // what happens next
	Lead    string // the department that has it, by name
	Tone    string // calm, yours, late, done
	Due     time.Time
	Paused  bool // the time does not run: something is awaited from the citizen, or it was suspended
	Late    bool
	Working []string // how the date was reckoned
	Asked   string   // what is asked of the citizen
	Replies []Said   // what was answered, the newest first
	Story   []Said   // the newest first
}

// Said is a line of what the citizen is told.
type Said struct {
	At   time.Time
	Act  tickets.Act
	Says string
	Text string
	// Reply says that the text answers him, and stands among the replies too.
	Reply bool
}

// Steps are the stations of a ticket as the citizen sees them.
var Steps = []string{"received", "sorting", "handling", "answering", "asking", "done"}

// stepOf is the station of each status; see Steps.
var stepOf = map[tickets.Status]int{
	tickets.ToSupplement: 2, tickets.ToTriage: 2, tickets.ToDispatch: 2, tickets.InConsultation: 2,
	tickets.ToSignFor: 3, tickets.ToRuleReturn: 3, tickets.InHand: 3, tickets.ToRuleExtension: 3, tickets.ToRuleSuspension: 3, tickets.Suspended: 3, tickets.ToRework: 3,
	tickets.ToReview: 4, tickets.ToCallBack: 5, tickets.ToJudge: 5, tickets.Completed: 6, tickets.Archived: 6,
}

// Public tells a ticket to its citizen. main is the ticket that it was merged
// into, nil when it was not: of that one only the standing is told, since its
// words were written for somebody else.
func (b Base) Public(t *tickets.Ticket, entries []tickets.Entry, ledger sla.Ledger, main *tickets.Ticket) Public {
	shown := t
	if main != nil {
		shown = main
	}
	p := Public{Ticket: t, Step: stepOf[shown.Status], Lead: b.Department(shown.Lead), Due: shown.DueAt}
	key := publicKey(shown)
	p.Says, p.Next = b.T("public.says."+key), b.T("public.next."+key)
	p.Paused = slices.ContainsFunc(shown.Awaited, func(a tickets.Awaited) bool { return a.Clock == sla.ClockAnswer && a.Paused })
	p.Late = !p.Paused && b.Over(p.Due)
	if c, ok := ledger.Answer(); ok && main == nil {
		p.Working = b.working(c.Reckoning)
	}
	p.Story = b.publicStory(entries)
	for i, s := range p.Story {
		if s.Text != "" && answers[s.Act] {
			p.Story[i].Reply = true
			p.Replies = append(p.Replies, p.Story[i])
		}
	}
	if len(p.Replies) == 0 && p.Step >= stepOf[tickets.ToCallBack] && main == nil {
		p.Next = b.T("public.next.told")
	}
	if t.Status == tickets.ToSupplement {
		p.Asked = lastText(entries, staff.AskCitizen)
	}
	if ended := t.Outcome == tickets.Declined || t.Outcome == tickets.HandedOver || t.Outcome == tickets.Withdrawn; ended && !t.Open() {
		p.Step = 0
	}
	p.Tone = toneOf(p, shown)
	return p
}

// answers are the acts whose words answer the citizen.
var answers = map[tickets.Act]bool{staff.AnswerAtOnce: true, staff.Complete: true, staff.ReportProgress: true, staff.Decline: true, staff.HandOver: true}

// publicKey chooses the words: what is over is told by how it ended.
func publicKey(t *tickets.Ticket) string {
	if (t.Status == tickets.Completed || t.Status == tickets.Archived) && t.Outcome != "" {
		return string(t.Outcome)
	}
	return string(t.Status)
}

func toneOf(p Public, t *tickets.Ticket) string {
	switch {
	case t.Status == tickets.ToSupplement:
		return "yours"
	case p.Late:
		return "late"
	case !t.Open() || t.Status == tickets.ToCallBack:
		return "done"
	default:
		return "calm"
	}
}

// working says how a date was reckoned, without the reasons that people at
// the desk gave each other.
func (b Base) working(r sla.Reckoning) []string {
	var out []string
	for _, s := range r.Steps() {
		s.Reason = ""
		out = append(out, s.Text(b.Lang))
	}
	return out
}

func lastText(entries []tickets.Entry, act tickets.Act) string {
	for _, e := range slices.Backward(entries) {
		if e.Act == act {
			return e.Text
		}
	}
	return ""
}

// Told reads what belongs to a ticket and tells it to its citizen.
func Told(ctx context.Context, d *tickets.Desk, b Base, t *tickets.Ticket) (Public, error) {
	entries, err := d.Timeline(ctx, t.ID)
	if err != nil {
		return Public{}, err
	}
	ledger, err := d.Ledger(ctx, t)
	if err != nil {
		return Public{}, err
	}
	main, err := mainOf(ctx, d, t)
	if err != nil {
		return Public{}, err
	}
	return b.Public(t, entries, ledger, main), nil
}

// mainOf is the ticket that one was merged into, and that one in its turn, up
// to the one that is handled; nil when it was not merged.
func mainOf(ctx context.Context, d *tickets.Desk, t *tickets.Ticket) (main *tickets.Ticket, err error) {
	for range mostMerges {
		if t.MergedInto == "" {
			break
		}
		if t, err = d.Ticket(ctx, staff.TheSystem, t.MergedInto); err != nil {
			return nil, err
		}
		main = t
	}
	return main, nil
}

// mostMerges ends a way that would lead in a circle.
const mostMerges = 20
