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
		return fmt.Errorf("it could never be met: %w", err)
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

// checkOverlaps looks for a ticket that two rules of one clock fit equally well.
func (p *Policy) checkOverlaps(Calendars) error {
	for i := range p.Rules {
		for j := range p.Rules[:i] {
			a, b := &p.Rules[j], &p.Rules[i]
			if a.Clock == b.Clock && a.When.ties(b.When) {
				return p.wrong(b.Name, fmt.Errorf("it overlaps rule %q: a ticket may fit both, and neither goes before the other", a.Name))
			}
		}
	}
	return nil
}

// ties reports whether some ticket fits both with the same rank.
func (w When) ties(v When) bool {
	if w.Round != v.Round {
		return false
	}
	mine, theirs := w.words(), v.words()
	for i := range mine {
		if !meet(mine[i].list, theirs[i].list) {
			return false
		}
	}
	return meet(w.Categories, v.Categories)
}

// meet reports whether two lists rank alike and share a word.
func meet(a, b []string) bool {
	if len(a) == 0 || len(b) == 0 {
		return len(a) == len(b)
	}
	return slices.ContainsFunc(a, func(word string) bool { return slices.Contains(b, word) })
}

func (p *Policy) checkCover(Calendars) error {
	for _, clock := range mustFitAll {
		fits := func(r Rule) bool { return r.Clock == clock && r.When.IsZero() }
		if !slices.ContainsFunc(p.Rules, fits) {
			return p.wrong("", fmt.Errorf("no rule for %s fits every ticket", clock))
		}
	}
	return nil
}

// checkOrder looks for a ticket whose first step would always be due after the
// step it belongs to: signing after handling, progress after handling or answer.
func (p *Policy) checkOrder(calendars Calendars) error {
	for _, pair := range [...][2]ClockName{{ClockSignFor, ClockHandle}, {ClockProgress, ClockHandle}, {ClockProgress, ClockAnswer}} {
		for i := range p.Rules {
			for j := range p.Rules {
				if p.Rules[i].Clock != pair[0] || p.Rules[j].Clock != pair[1] {
					continue
				}
				if err := p.checkPair(&p.Rules[i], &p.Rules[j], calendars); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// checkPair checks the tickets that both rules would serve.
func (p *Policy) checkPair(first, then *Rule, calendars Calendars) error {
	facts, round, ok := common(first.When, then.When)
	if !ok || first.Start == FromSigning || then.Start == FromSigning {
		return nil
	}
	if a, _ := p.Rule(first.Clock, facts, round); a != first {
		return nil
	}
	if b, _ := p.Rule(then.Clock, facts, round); b != then {
		return nil
	}
	c, d := calendars[p.calendarOf(first)], calendars[p.calendarOf(then)]
	for _, start := range p.sample(c) {
		a, err := Due(c, start, first.Limit)
		if err != nil {
			return p.wrong(first.Name, err)
		}
		b, err := Due(d, start, then.Limit)
		if err != nil {
			return p.wrong(then.Name, err)
		}
		if !a.Due.After(b.Due) {
			return nil
		}
	}
	return p.wrong(first.Name, fmt.Errorf("it ends (%s) after rule %q does (%s)", first.Limit, then.Name, then.Limit))
}

// common returns a ticket that fits both, if there is one.
func common(w, v When) (f Facts, round int, ok bool) {
	round = 1
	if w.Round == Rework || v.Round == Rework {
		round = 2
	}
	var words [5]string
	mine, theirs := w.words(), v.words()
	for i := range mine {
		if words[i], ok = shared(mine[i].list, theirs[i].list); !ok {
			return Facts{}, 0, false
		}
	}
	f = Facts{Urgency: words[0], Class: words[1], Complexity: words[2], Kind: words[3], Channel: words[4]}
	for _, a := range append([]string{""}, w.Categories...) {
		for _, b := range append([]string{""}, v.Categories...) {
			f.Category = a
			if len(b) > len(a) {
				f.Category = b
			}
			if w.fits(f, round) && v.fits(f, round) {
				return f, round, true
			}
		}
	}
	return Facts{}, 0, false
}

// shared returns a word both lists hold; an empty list holds any.
func shared(a, b []string) (string, bool) {
	switch {
	case len(a) == 0 && len(b) == 0:
		return "", true
	case len(a) == 0:
		return b[0], true
	case len(b) == 0:
		return a[0], true
	}
	i := slices.IndexFunc(a, func(word string) bool { return slices.Contains(b, word) })
	if i < 0 {
		return "", false
	}
	return a[i], true
}

func (a Alerts) check(calendars Calendars) error {
	if a.Calendar != "" && calendars[a.Calendar] == nil {
		return fmt.Errorf("there is no calendar %q", a.Calendar)
	}
	for _, share := range a.Shares {
		if share <= 0 || share >= 100 {
			return fmt.Errorf("%d %% is not a share of a limit", share)
		}
	}
	for _, before := range a.Before {
		if err := before.Validate(); err != nil {
			return err
		}
		if before.inDays() {
			return fmt.Errorf("%s before is not a distance; say working hours", before)
		}
	}
	for _, e := range a.Overdue {
		if err := e.check(); err != nil {
			return err
		}
	}
	return nil
}

func (e Escalation) check() error {
	if !slices.Contains([]Level{Blue, Yellow, Red}, e.Level) {
		return fmt.Errorf("%q is none of blue, yellow, red", e.Level)
	}
	if !slices.Contains([]To{ToDesk, ToCaseworker, ToDepartment, ToLeader, ToSupervisor}, e.To) {
		return fmt.Errorf("%q is nobody who could be told", e.To)
	}
	if e.After.IsZero() {
		return nil
	}
	return e.After.Validate()
}
