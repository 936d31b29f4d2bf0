package sla

import (
	"fmt"
	"slices"
)

// checkOverlaps looks for a ticket that two rules of one clock fit equally well.
func (p *Policy) checkOverlaps(Calendars) error {
	for i := range p.Rules {
		for j := range p.Rules[:i] {
			a, b := &p.Rules[j], &p.Rules[i]
			if a.Clock == b.Clock && a.When.ties(&b.When) {
				return p.wrong(b.Name, &Reason{Code: Overlaps, Rule: a.Name, err: fmt.Errorf("it overlaps rule %q: a ticket may fit both, and neither goes before the other", a.Name)})
			}
		}
	}
	return nil
}

// ties reports whether some ticket fits both with the same rank.
func (w *When) ties(v *When) bool {
	if w.Round != v.Round {
		return false
	}
	mine, theirs := w.lists(), v.lists()
	for i := range mine {
		if !meet(mine[i], theirs[i]) {
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
	facts, round, ok := common(&first.When, &then.When)
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
	return p.wrong(first.Name, &Reason{Code: EndsAfter, Rule: then.Name, err: fmt.Errorf("it ends (%s) after rule %q does (%s)", first.Limit, then.Name, then.Limit)})
}

// common returns a ticket that fits both, if there is one.
func common(w, v *When) (f Facts, round int, ok bool) {
	round = 1
	if w.Round == Rework || v.Round == Rework {
		round = 2
	}
	var words [5]string
	mine, theirs := w.lists(), v.lists()
	for i := range mine {
		if words[i], ok = shared(mine[i], theirs[i]); !ok {
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
			if w.fits(&f, round) && v.fits(&f, round) {
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
