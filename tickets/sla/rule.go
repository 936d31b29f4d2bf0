package sla

import (
	"slices"
	"strings"
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
func (w *When) IsZero() bool {
	return w.Round == "" && len(w.Urgencies)+len(w.Classes)+len(w.Complexities)+len(w.Categories)+len(w.Kinds)+len(w.Channels) == 0
}

func (w *When) fits(f *Facts, round int) bool {
	return w.Round.fits(round) && among(w.Urgencies, f.Urgency) && among(w.Classes, f.Class) &&
		among(w.Complexities, f.Complexity) && among(w.Kinds, f.Kind) && among(w.Channels, f.Channel) &&
		(len(w.Categories) == 0 || w.prefix(f.Category) > 0)
}

func among(list []string, word string) bool { return len(list) == 0 || slices.Contains(list, word) }

// prefix returns the length of the longest beginning of the category that is listed.
func (w *When) prefix(category string) int {
	longest := 0
	for _, p := range w.Categories {
		if strings.HasPrefix(category, p) {
			longest = max(longest, len(p))
		}
	}
	return longest
}

// lists returns the lists of words in the order of their rank, category apart.
func (w *When) lists() [5][]string {
	return [5][]string{w.Urgencies, w.Classes, w.Complexities, w.Kinds, w.Channels}
}

// rank orders the rules that fit a ticket: the highest is the most specific one
// and wins. What counts most stands first, and no number of later ones outweighs
// it: urgency, round, class, complexity, category (the longer beginning, the
// higher), kind, channel. So a ticket that threatens life keeps the hours of its
// urgency whatever its class and round, and a class keeps its days whatever its
// kind.
func (w *When) rank(category string) int {
	rank := 0
	for i, list := range w.lists() {
		if len(list) > 0 {
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
