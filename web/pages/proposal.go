package pages

import (
	"context"
	"net/url"
	"slices"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/tickets/triage"
)

// proposalView is what the desk proposes for a ticket, as its page shows it.
type proposalView struct {
	triage.Proposal
	seen map[string]bool // earlier tickets that the reader may open
}

// proposal asks for one; help that fails is left out.
func (p *Pages) proposal(ctx context.Context, by staff.Member, t *tickets.Ticket) *proposalView {
	if p.Hooks.Propose == nil {
		return nil
	}
	got, err := p.Hooks.Propose(ctx, t)
	if err != nil {
		p.Log.Warn("proposing a triage", "error", err)
		return nil
	}
	v := &proposalView{undecided(got, t), map[string]bool{}}
	var named []string
	for _, c := range got.Departments {
		for _, g := range c.Grounds {
			if g.Number != "" {
				named = append(named, g.Number)
			}
		}
	}
	if len(named) == 0 {
		return v
	}
	open, err := p.Desk.List(ctx, by, tickets.Filter{Numbers: named, Newest: true}, "")
	if err != nil {
		p.Log.Warn("looking for the tickets that a proposal names", "error", err)
	}
	for _, x := range open.Tickets {
		v.seen[x.Number] = true
	}
	return v
}

// undecided leaves out of a proposal what a person has decided already; only
// danger speaks up against a person's choice.
func undecided(p triage.Proposal, t *tickets.Ticket) triage.Proposal {
	if t.Kind != "" {
		p.Kind = triage.Answer{}
	}
	if t.Category != "" {
		p.Category = triage.Answer{}
	}
	if slices.Index(t.Urgency.Options(), p.Urgency) <= slices.Index(t.Urgency.Options(), string(t.Urgency)) {
		p.Urgency = triage.Routine
	}
	return p
}

// Sees says whether the reader may open an earlier ticket.
func (v *proposalView) Sees(number string) bool { return v.seen[number] }

// Percent is a confidence as people read it.
func (v *proposalView) Percent(confidence float64) int { return int(confidence*100 + 0.5) }

// Says says whether there is anything to take over into a triage.
func (v *proposalView) Says() bool {
	return v.Class.Value+v.Kind.Value+v.Category.Value != "" || v.Urgency != triage.Routine
}

// prefill fills the open form with what was chosen without script: the whole
// triage, or one department.
func (v *proposalView) prefill(a *actForm, q url.Values) {
	if v == nil {
		return
	}
	if q.Get("proposed") == "yes" {
		for field, value := range map[string]string{"class": v.Class.Value, "kind": v.Kind.Value, "category": v.Category.Value, "urgency": v.Urgency} {
			if value != "" && value != triage.Routine {
				a.Form.Values.Set(field, value)
			}
		}
	}
	for _, c := range v.Departments {
		if c.Code == q.Get("lead") {
			a.Form.Values.Set("lead", c.Code)
		}
	}
}
