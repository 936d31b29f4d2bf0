package sla

import (
	"slices"
	"time"
)

// Cached is what is stored of a clock for lists and timers.
type Cached struct {
	Key        Key
	State      State
	Due        time.Time
	MetAt      time.Time
	BreachedAt time.Time
}

// Cached returns what is to be stored of the clock. The state is stored as of
// the ledger's moment; that a running clock passes its deadline is not news to
// [Compare].
func (c Clock) Cached() Cached {
	return Cached{Key: c.Key, State: c.State, Due: c.Due, MetAt: c.MetAt, BreachedAt: c.BreachedAt}
}

// Difference is a place where the cache and the replay do not agree.
type Difference struct {
	Key   Key    `json:"key"`
	Field string `json:"field"` // "missing", "surplus", "state", "due", "met_at", "breached_at"
	Was   string `json:"was,omitempty"`
	Is    string `json:"is,omitempty"`
}

// Compare lists where stored clocks differ from the replayed ones, in order of
// round and clock: clocks that are missing or should not be there, states, due
// times and stamps. Times are compared to the given grain, since databases keep
// fewer digits than clocks. A clock stored as running that has meanwhile passed
// its deadline is no difference: the deadline says so by itself.
func Compare(cached []Cached, l Ledger, grain time.Duration) []Difference {
	stored := make(map[Key]Cached, len(cached))
	for _, c := range cached {
		stored[c.Key] = c
	}
	var out []Difference
	for _, c := range l.Clocks {
		was, ok := stored[c.Key]
		delete(stored, c.Key)
		if !ok {
			out = append(out, Difference{Key: c.Key, Field: "missing", Is: stamp(c.Due)})
			continue
		}
		out = append(out, differences(was, c, grain)...)
	}
	for key, was := range stored {
		out = append(out, Difference{Key: key, Field: "surplus", Was: stamp(was.Due)})
	}
	slices.SortStableFunc(out, func(a, b Difference) int { return compareKeys(a.Key, b.Key) })
	return out
}

func differences(was Cached, is Clock, grain time.Duration) []Difference {
	var out []Difference
	add := func(field, a, b string) { out = append(out, Difference{Key: is.Key, Field: field, Was: a, Is: b}) }
	passed := is.Awaited() && was.State == Running && is.State == Breached ||
		is.Clock == ClockReturn && was.State == Running && is.State == Void && is.EndedAt.Equal(is.Due)
	if was.State != is.State && !passed {
		add("state", string(was.State), string(is.State))
	}
	for _, t := range []struct {
		field   string
		was, is time.Time
	}{{"due", was.Due, is.Due}, {"met_at", was.MetAt, is.MetAt}, {"breached_at", was.BreachedAt, is.BreachedAt}} {
		if t.field == "breached_at" && passed && t.was.IsZero() {
			continue
		}
		if !t.was.Truncate(grain).Equal(t.is.Truncate(grain)) {
			add(t.field, stamp(t.was), stamp(t.is))
		}
	}
	return out
}

func stamp(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}
