package sla

import (
	"slices"
	"time"

	"nengban/tickets/worktime"
)

// Policy is one version of all limits. A ticket keeps the version it was
// promised under.
type Policy struct {
	Version      int       `json:"version"`
	Name         string    `json:"name"`
	InForceFrom  time.Time `json:"in_force_from"`
	InForceUntil time.Time `json:"in_force_until,omitzero"`
	// Calendar serves rules that name none, and measures charges in working time.
	Calendar string `json:"calendar"`
	// Reclassified says from when the new limit counts if a ticket's facts change.
	Reclassified Reclassified `json:"reclassified,omitempty"`
	Rules        []Rule       `json:"rules"`
	Alerts       Alerts       `json:"alerts"`
}

// Reclassified says what a change of class, kind, urgency or category does to
// clocks that run. Either way a clock is reckoned anew once, under the rule that
// fits now, and only when that is another rule.
type Reclassified string

// The choices.
const (
	// FromStart reckons from where the clock started: nobody gains time by a change
	// of label. It is the default.
	FromStart Reclassified = "from_start"
	// FromChange reckons from the change: nobody is late before he could know.
	FromChange Reclassified = "from_change"
)

// Rule returns the rule for a clock of a ticket, the most specific of those that
// fit; ok is false when none does and the clock does not exist for the ticket.
func (p *Policy) Rule(clock ClockName, f Facts, round int) (rule *Rule, ok bool) {
	best := -1
	for i := range p.Rules {
		r := &p.Rules[i]
		if r.Clock != clock || !r.When.fits(&f, round) {
			continue
		}
		if rank := r.When.rank(f.Category); rank > best {
			rule, best = r, rank
		}
	}
	return rule, rule != nil
}

// calendarOf names the calendar of a rule.
func (p *Policy) calendarOf(r *Rule) string {
	if r.Calendar != "" {
		return r.Calendar
	}
	return p.Calendar
}

// alertsOf returns the alerts of a rule.
func (p *Policy) alertsOf(r *Rule) Alerts {
	if r != nil && r.Alerts != nil {
		return *r.Alerts
	}
	return p.Alerts
}

// Policies are versions in any order.
type Policies []Policy

// InForce returns the policy in force at a moment: the one with the latest
// beginning, and of those the highest version. ok is false when none is.
func (ps Policies) InForce(at time.Time) (policy Policy, ok bool) {
	for _, p := range ps {
		if p.InForceFrom.After(at) || !p.InForceUntil.IsZero() && !p.InForceUntil.After(at) {
			continue
		}
		if !ok || p.InForceFrom.After(policy.InForceFrom) || p.InForceFrom.Equal(policy.InForceFrom) && p.Version > policy.Version {
			policy, ok = p, true
		}
	}
	return policy, ok
}

// Version returns the policy of a version.
func (ps Policies) Version(version int) (Policy, bool) {
	i := slices.IndexFunc(ps, func(p Policy) bool { return p.Version == version })
	if i < 0 {
		return Policy{}, false
	}
	return ps[i], true
}

// Calendars are the calendars limits are reckoned in, by name.
type Calendars map[string]*worktime.Calendar

// NewCalendars builds the calendars of some specifications on one table of
// holidays. Of several versions of one name the highest serves.
func NewCalendars(table worktime.Table, specs ...worktime.Spec) (Calendars, error) {
	cs := make(Calendars, len(specs))
	for _, spec := range specs {
		if old, ok := cs[spec.Name]; ok && old.Version() > spec.Version {
			continue
		}
		c, err := worktime.New(spec, table)
		if err != nil {
			return nil, err
		}
		cs[spec.Name] = c
	}
	return cs, nil
}
