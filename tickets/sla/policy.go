package sla

import (
	"slices"
	"strings"
	"time"

	"nengban/tickets/worktime"
)

// ClockName names what must happen before a deadline.
type ClockName string

// The clocks. The citizen's clock counts until the answer; a unit's clocks count
// what the unit must do; the desk's count what the desk must do.
const (
	ClockAnswer   ClockName = "answer"   // the citizen is answered (答复)
	ClockDispatch ClockName = "dispatch" // the desk dispatches (派单)
	ClockSignFor  ClockName = "sign_for" // the unit signs (签收)
	ClockHandle   ClockName = "handle"   // the unit replies (办理)
	ClockProgress ClockName = "progress" // the unit reports how far it is
	ClockReturn   ClockName = "return"   // the window in which the unit may return the ticket (退单); no duty, never late
	ClockReview   ClockName = "review"   // the desk reviews a reply (审核)
	ClockRule     ClockName = "rule"     // the desk rules on a return, an extension or a suspension
	ClockJudge    ClockName = "judge"    // the desk judges a bad rating and acts on it
)

// Clocks are all of them, in the order a ticket meets them.
var Clocks = []ClockName{
	ClockAnswer, ClockDispatch, ClockSignFor, ClockReturn, ClockHandle,
	ClockProgress, ClockRule, ClockReview, ClockJudge,
}

// Side is whose clock it is.
type Side string

// The sides.
const (
	CitizenSide Side = "citizen"
	UnitSide    Side = "unit"
	DeskSide    Side = "desk"
)

// Side returns whose clock it is.
func (n ClockName) Side() Side {
	switch n {
	case ClockAnswer:
		return CitizenSide
	case ClockSignFor, ClockHandle, ClockProgress, ClockReturn:
		return UnitSide
	default:
		return DeskSide
	}
}

// Start is the moment a unit's clock counts from.
type Start string

// The starts. The citizen's clock always counts from receipt, the desk's from
// what they wait for.
const (
	FromReceipt  Start = "receipt"  // of the round
	FromDispatch Start = "dispatch" // to the unit
	FromSigning  Start = "signing"  // by the unit
)

// Facts are what rules look at. Words are those of package tickets.
type Facts struct {
	Class      string `json:"class,omitempty"`
	Kind       string `json:"kind,omitempty"`
	Urgency    string `json:"urgency,omitempty"`
	Category   string `json:"category,omitempty"`
	Channel    string `json:"channel,omitempty"`
	Complexity string `json:"complexity,omitempty"`
}

// with returns the facts as changed by later ones; what those leave empty stays.
func (f Facts) with(later Facts) Facts {
	for _, fact := range []struct{ old, now *string }{
		{&f.Class, &later.Class}, {&f.Kind, &later.Kind}, {&f.Urgency, &later.Urgency},
		{&f.Category, &later.Category}, {&f.Channel, &later.Channel}, {&f.Complexity, &later.Complexity},
	} {
		if *fact.now != "" {
			*fact.old = *fact.now
		}
	}
	return f
}

// When says which tickets a rule is for. Empty lists fit every ticket; a list
// fits a ticket that has one of its words.
type When struct {
	Round        Round    `json:"round,omitempty"`
	Urgencies    []string `json:"urgencies,omitempty"`
	Classes      []string `json:"classes,omitempty"`
	Complexities []string `json:"complexities,omitempty"`
	Categories   []string `json:"categories,omitempty"` // beginnings of a category's code or path
	Kinds        []string `json:"kinds,omitempty"`
	Channels     []string `json:"channels,omitempty"`
}

// Round says which rounds of handling a rule is for; empty means all.
type Round string

// The rounds.
const (
	FirstRound Round = "first"
	Rework     Round = "rework" // all after the first
)

func (r Round) fits(round int) bool { return r == "" || (r == Rework) == (round > 1) }

// IsZero reports whether the rule is for every ticket.
func (w When) IsZero() bool {
	for _, d := range w.words() {
		if len(d.list) > 0 {
			return false
		}
	}
	return w.Round == "" && len(w.Categories) == 0
}

func (w When) fits(f Facts, round int) bool {
	if !w.Round.fits(round) {
		return false
	}
	for _, d := range w.words() {
		if len(d.list) > 0 && !slices.Contains(d.list, d.of(f)) {
			return false
		}
	}
	return len(w.Categories) == 0 || w.prefix(f.Category) > 0
}

// prefix returns the length of the longest beginning of the category that is listed.
func (w When) prefix(category string) int {
	longest := 0
	for _, p := range w.Categories {
		if strings.HasPrefix(category, p) {
			longest = max(longest, len(p))
		}
	}
	return longest
}

// dimension is one list of words of a rule, and the fact it is held against.
type dimension struct {
	list []string
	of   func(Facts) string
}

// words returns the lists in the order of their rank, category apart.
func (w When) words() [5]dimension {
	return [5]dimension{
		{w.Urgencies, func(f Facts) string { return f.Urgency }},
		{w.Classes, func(f Facts) string { return f.Class }},
		{w.Complexities, func(f Facts) string { return f.Complexity }},
		{w.Kinds, func(f Facts) string { return f.Kind }},
		{w.Channels, func(f Facts) string { return f.Channel }},
	}
}

// rank orders the rules that fit a ticket: the highest is the most specific one
// and wins. What counts most stands first, and no number of later ones outweighs
// it: urgency, round, class, complexity, category (the longer beginning, the
// higher), kind, channel. So a ticket that threatens life keeps the hours of its
// urgency whatever its class and round, and a class keeps its days whatever its
// kind.
func (w When) rank(category string) int {
	rank := 0
	for i, d := range w.words() {
		if len(d.list) > 0 {
			rank |= 1 << [...]int{30, 28, 27, 2, 1}[i]
		}
	}
	if w.Round != "" {
		rank |= 1 << 29
	}
	return rank | min(w.prefix(category), 1<<16)<<8
}

// Rule is one limit: for which clock, for which tickets, how long.
type Rule struct {
	Name     string    `json:"name"`
	Clock    ClockName `json:"clock"`
	When     When      `json:"when,omitzero"`
	Limit    Limit     `json:"limit"`
	Start    Start     `json:"start,omitempty"`    // units' clocks only; empty means FromDispatch
	Calendar string    `json:"calendar,omitempty"` // empty means the policy's
	Alerts   *Alerts   `json:"alerts,omitempty"`   // nil means the policy's
	Basis    string    `json:"basis,omitempty"`    // the norm the number comes from
}

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
		if r.Clock != clock || !r.When.fits(f, round) {
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
