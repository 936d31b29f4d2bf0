package sla

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"nengban/tickets/worktime"
)

// PolicyError says which rule of a policy is wrong and why.
type PolicyError struct {
	Version int
	Rule    string // empty: the policy itself
	Err     error
}

// Error reads `policy 3: rule "refused: handle": there is no calendar window`.
func (e *PolicyError) Error() string {
	if e.Rule == "" {
		return fmt.Sprintf("policy %d: %v", e.Version, e.Err)
	}
	return fmt.Sprintf("policy %d: rule %q: %v", e.Version, e.Rule, e.Err)
}

// Unwrap returns the reason.
func (e *PolicyError) Unwrap() error { return e.Err }

// mustFitAll are the clocks every ticket needs, so that one rule must fit all.
var mustFitAll = []ClockName{ClockAnswer, ClockDispatch, ClockSignFor, ClockHandle}

// Validate returns a *PolicyError for the first thing that makes the policy
// unusable with these calendars: a limit that can never be met, an end before a
// start, a calendar nobody knows, two rules of equal rank for one ticket, a
// ticket without a rule for its answer, dispatch, signing or handling.
func (p *Policy) Validate(calendars Calendars) error {
	if p.Version < 1 {
		return p.wrong("", errors.New("the version must be 1 or more"))
	}
	if p.InForceFrom.IsZero() {
		return p.wrong("", errors.New("it does not say from when it is in force"))
	}
	if !p.InForceUntil.IsZero() && !p.InForceUntil.After(p.InForceFrom) {
		return p.wrong("", errors.New("it ends before it begins"))
	}
	if calendars[p.Calendar] == nil {
		return p.wrong("", fmt.Errorf("there is no calendar %q", p.Calendar))
	}
	if !slices.Contains([]Reclassified{"", FromStart, FromChange}, p.Reclassified) {
		return p.wrong("", fmt.Errorf("%q is none of from_start, from_change", p.Reclassified))
	}
	if err := p.Alerts.check(calendars); err != nil {
		return p.wrong("", fmt.Errorf("alerts: %w", err))
	}
	for _, check := range []func(Calendars) error{p.checkRules, p.checkOverlaps, p.checkCover, p.checkOrder} {
		if err := check(calendars); err != nil {
			return err
		}
	}
	return nil
}

func (p *Policy) wrong(rule string, err error) error {
	return &PolicyError{Version: p.Version, Rule: rule, Err: err}
}

func (p *Policy) checkRules(calendars Calendars) error {
	names := make(map[string]bool, len(p.Rules))
	for i := range p.Rules {
		r := &p.Rules[i]
		if r.Name == "" {
			return p.wrong(fmt.Sprintf("#%d", i+1), errors.New("has no name"))
		}
		if names[r.Name] {
			return p.wrong(r.Name, errors.New("another rule has this name"))
		}
		names[r.Name] = true
		if err := p.checkRule(r, calendars); err != nil {
			return p.wrong(r.Name, err)
		}
	}
	return nil
}

func (p *Policy) checkRule(r *Rule, calendars Calendars) error {
	if !slices.Contains(Clocks, r.Clock) {
		return fmt.Errorf("there is no clock %q", r.Clock)
	}
	switch {
	case r.Clock.Side() == UnitSide:
		if !slices.Contains([]Start{"", FromReceipt, FromDispatch, FromSigning}, r.Start) {
			return fmt.Errorf("%q is none of receipt, dispatch, signing", r.Start)
		}
		if r.Clock == ClockSignFor && r.Start == FromSigning {
			return errors.New("the limit for signing cannot start when it is over")
		}
	case r.Start != "" && (r.Clock != ClockAnswer || r.Start != FromReceipt):
		return fmt.Errorf("the start of %s is fixed", r.Clock)
	}
	if !slices.Contains([]Round{"", FirstRound, Rework}, r.When.Round) {
		return fmt.Errorf("%q is none of first, rework", r.When.Round)
	}
	if slices.Contains(r.When.Categories, "") {
		return errors.New("an empty category fits every ticket; leave the list out")
	}
	if err := r.Limit.Validate(); err != nil {
		return err
	}
	if r.Alerts != nil {
		if err := r.Alerts.check(calendars); err != nil {
			return fmt.Errorf("alerts: %w", err)
		}
	}
	c := calendars[p.calendarOf(r)]
	if c == nil {
		return fmt.Errorf("there is no calendar %q", p.calendarOf(r))
	}
	if _, err := Due(c, p.sample(c)[0], r.Limit); err != nil {
		return &Reason{Code: NeverMet, err: fmt.Errorf("it could never be met: %w", err)}
	}
	return nil
}

// sample returns moments to try limits at: an ordinary morning, shortly before
// closing on a Friday, a Saturday noon.
func (p *Policy) sample(c *worktime.Calendar) [3]time.Time {
	day := max(c.Date(p.InForceFrom), c.First()) + 7
	for day.Weekday() != time.Monday {
		day++
	}
	morning := c.Midnight(day).Add(10 * time.Hour)
	return [3]time.Time{morning, c.Midnight(day + 4).Add(17 * time.Hour), c.Midnight(day + 5).Add(12 * time.Hour)}
}

func (p *Policy) checkCover(Calendars) error {
	for _, clock := range mustFitAll {
		fits := func(r Rule) bool { return r.Clock == clock && r.When.IsZero() }
		if !slices.ContainsFunc(p.Rules, fits) {
			return p.wrong("", &Reason{Code: Uncovered, Clock: clock, err: fmt.Errorf("no rule for %s fits every ticket", clock)})
		}
	}
	return nil
}
