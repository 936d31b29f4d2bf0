package sla

import (
	"encoding/json"
	"slices"
	"time"

	"nengban/tickets/worktime"
)

// State is how a clock stands.
type State string

// The states.
const (
	Running  State = "running"
	Paused   State = "paused"   // it stands still; its deadline moves on when it resumes
	Met      State = "met"      // done in time
	Breached State = "breached" // the deadline passed first, done since or not
	Void     State = "void"     // it need not be done any more
)

// Key names a clock of a ticket. Nth tells clocks of one round apart that count
// the same thing again: the second dispatch after a return, say.
type Key struct {
	Clock ClockName `json:"clock"`
	Unit  string    `json:"unit,omitempty"`
	Round int       `json:"round"`
	Nth   int       `json:"nth"`
}

// Clock is one clock of a ticket as [Replay] finds it.
type Clock struct {
	Key
	Rule      string
	State     State
	StartedAt time.Time // when it began to be awaited; Reckoning.Start is what the limit counts from
	Due       time.Time // while paused: as of the moment it stopped
	Original  time.Time // the deadline first set, before extensions and stops
	// MetAt is when it was done, zero when it was not.
	MetAt time.Time
	// BreachedAt is the deadline that passed, never the moment someone noticed.
	BreachedAt time.Time
	// EndedAt is when it was done or became void, zero while it is awaited.
	EndedAt time.Time
	Stops   []Stop
	// About says of the rule clock what is ruled on, Subject which unit asked.
	About     About
	Subject   string
	Reckoning Reckoning

	rule  *Rule
	facts Facts
}

// Stop is a stretch in which a clock stood still; To is zero while it lasts.
type Stop struct {
	From   time.Time `json:"from"`
	To     time.Time `json:"to,omitzero"`
	Cause  Cause     `json:"cause"`
	Reason string    `json:"reason,omitempty"`
}

// About is what the desk rules on.
type About string

// What the desk rules on.
const (
	AboutReturn     About = "return"
	AboutExtension  About = "extension"
	AboutSuspension About = "suspension"
)

// Awaited reports whether what the clock counts is still to be done.
func (c Clock) Awaited() bool { return c.EndedAt.IsZero() }

// Overdue reports whether it is still to be done and late.
func (c Clock) Overdue() bool { return c.Awaited() && c.State == Breached }

// MarshalJSON writes the clock with its working.
func (c Clock) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Key
		Rule       string    `json:"rule"`
		State      State     `json:"state"`
		StartedAt  time.Time `json:"started_at"`
		Due        time.Time `json:"due"`
		Original   time.Time `json:"original"`
		MetAt      time.Time `json:"met_at,omitzero"`
		BreachedAt time.Time `json:"breached_at,omitzero"`
		EndedAt    time.Time `json:"ended_at,omitzero"`
		Stops      []Stop    `json:"stops,omitempty"`
		About      About     `json:"about,omitempty"`
		Subject    string    `json:"subject,omitempty"`
		Reckoning  Reckoning `json:"reckoning"`
	}{c.Key, c.Rule, c.State, c.StartedAt, c.Due, c.Original, c.MetAt, c.BreachedAt, c.EndedAt, c.Stops, c.About, c.Subject, c.Reckoning})
}

// late reports whether something done at a moment is late. The second a deadline
// names is still in time, so parts of a second do not count.
func late(at, due time.Time) bool { return at.Unix() > due.Unix() }

// ticking is a clock while the timeline is replayed.
type ticking struct {
	key       Key
	rule      *Rule
	calendar  *worktime.Calendar
	facts     Facts
	about     About
	subject   string
	startedAt time.Time
	start     time.Time // what the limit counts from
	changes   []Change  // stops that ended, and extensions
	stopped   []standing
	metAt     time.Time
	voidAt    time.Time
}

// standing is a cause for which the clock stands still now, since when it is the
// one the stop is put down to.
type standing struct {
	cause  Cause
	from   time.Time
	reason string
}

func (t *ticking) awaited() bool { return t.metAt.IsZero() && t.voidAt.IsZero() }

// stop makes the clock stand still. A second cause does not stop it twice: it
// takes over when the first ends.
func (t *ticking) stop(cause Cause, at time.Time, reason string) {
	has := slices.ContainsFunc(t.stopped, func(s standing) bool { return s.cause == cause })
	if t.awaited() && !has {
		t.stopped = append(t.stopped, standing{cause, at, reason})
	}
}

// resume ends a cause; the clock goes on when it was the last.
func (t *ticking) resume(cause Cause, at time.Time) {
	for i, s := range t.stopped {
		if s.cause != cause {
			continue
		}
		if i == 0 {
			t.endStop(at)
		} else {
			t.stopped = append(t.stopped[:i:i], t.stopped[i+1:]...)
		}
		return
	}
}

// endStop closes the stretch put down to the first cause and hands over to the next.
func (t *ticking) endStop(at time.Time) {
	s := t.stopped[0]
	if at.After(s.from) {
		t.changes = append(t.changes, Change{Kind: Stopped, From: s.from, To: at, Cause: s.cause, Reason: s.reason})
	}
	if t.stopped = t.stopped[1:]; len(t.stopped) > 0 {
		t.stopped[0].from = at
	}
}

// meet marks the thing as done, once.
func (t *ticking) meet(at time.Time) {
	if t.awaited() {
		t.stand(at)
		t.metAt = at
	}
}

// void marks the thing as no longer to be done.
func (t *ticking) void(at time.Time) {
	if t.awaited() {
		t.stand(at)
		t.voidAt = at
	}
}

// stand ends every stop, as the clock's own end does.
func (t *ticking) stand(at time.Time) {
	for len(t.stopped) > 0 {
		t.endStop(at)
	}
}

// redo takes a reply back: the clock stood still while it was reviewed.
func (t *ticking) redo(at time.Time, reason string) {
	if t.metAt.IsZero() {
		return
	}
	if at.After(t.metAt) {
		t.changes = append(t.changes, Change{Kind: Stopped, From: t.metAt, To: at, Cause: ByReview, Reason: reason})
	}
	t.metAt = time.Time{}
}

// extend makes the limit longer when that was asked for in time.
func (t *ticking) extend(asked time.Time, extra Limit, reason string) error {
	r, err := t.reckon()
	if err != nil {
		return err
	}
	change := Change{Kind: Extended, From: asked, Extra: extra, Reason: reason}
	if t.lateAt(asked, r.Due) {
		change.Kind = AskedTooLate
	}
	t.changes = append(t.changes, change)
	_, err = t.reckon()
	return err
}

// lateAt reports whether the deadline had passed at a moment: not when the clock
// stood still before it could.
func (t *ticking) lateAt(at, due time.Time) bool {
	if len(t.stopped) > 0 && t.stopped[0].from.Before(at) {
		at = t.stopped[0].from
	}
	return late(at, due)
}

func (t *ticking) reckon() (Reckoning, error) {
	return Reckon(t.calendar, t.start, t.rule.Limit, t.changes...)
}

// at returns the clock as it stands at a moment.
func (t *ticking) at(now time.Time) (Clock, error) {
	r, err := t.reckon()
	if err != nil {
		return Clock{}, err
	}
	c := Clock{
		Key: t.key, Rule: t.rule.Name, StartedAt: t.startedAt, Due: r.Due, Original: r.Original,
		MetAt: t.metAt, EndedAt: t.metAt, About: t.about, Subject: t.subject, Reckoning: r, rule: t.rule, facts: t.facts,
	}
	if !t.voidAt.IsZero() {
		c.EndedAt = t.voidAt
	}
	c.Stops = t.stops()
	c.State = t.state(now, r.Due)
	switch {
	case c.State == Breached:
		c.BreachedAt = r.Due
	case c.Clock == ClockReturn && c.State == Void && t.voidAt.IsZero():
		c.EndedAt = r.Due // the window closed by itself
	}
	return c, nil
}

func (t *ticking) state(now, due time.Time) State {
	if t.key.Clock == ClockReturn {
		return t.windowState(now, due)
	}
	switch {
	case !t.metAt.IsZero():
		if late(t.metAt, due) {
			return Breached
		}
		return Met
	case !t.voidAt.IsZero():
		if late(t.voidAt, due) {
			return Breached
		}
		return Void
	case t.lateAt(now, due):
		return Breached
	case len(t.stopped) > 0:
		return Paused
	default:
		return Running
	}
}

// windowState is the state of a window: it may be used and closes by itself.
func (t *ticking) windowState(now, due time.Time) State {
	switch {
	case !t.metAt.IsZero():
		return Met
	case !t.voidAt.IsZero() || late(now, due):
		return Void
	default:
		return Running
	}
}

func (t *ticking) stops() []Stop {
	var stops []Stop
	for _, c := range t.changes {
		if c.Kind == Stopped {
			stops = append(stops, Stop{c.From, c.To, c.Cause, c.Reason})
		}
	}
	if len(t.stopped) > 0 {
		s := t.stopped[0]
		stops = append(stops, Stop{From: s.from, Cause: s.cause, Reason: s.reason})
	}
	return stops
}
