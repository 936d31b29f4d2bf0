package demo

import (
	"fmt"
	"time"

	"nengban/callbacks/simulator"
	"nengban/tickets"
	"nengban/tickets/worktime"
)

// story is one matter on its way: who does what to it, and how long after the
// step before. The first step registers it.
type story struct {
	key, zh, en string // of a storyline that the summary names
	in          tickets.Intake
	habit       simulator.Habit
	steps       []step
	start       placing
	stays       bool // nobody takes it up again, whatever the citizen says
	rushes      bool // everybody acts at any hour, from the next step on
	awaited     tickets.Status
	wrong       error // what is not right with the script

	number, code string
	order        int // among the stories
	done         int // how many steps were taken
	handled      int // the last round that the script has somebody handle
	judged       int // the last round whose bad rating it has somebody judge
}

// step is one act of a story.
type step struct {
	by     string // login, or citizen
	wait   time.Duration
	once   tickets.Status // only when the ticket has come to stand so by itself
	rush   bool
	atLast bool // after everything else
	does   func(now time.Time) tickets.Move
	at     time.Time
}

// placing says when a story takes place: from a moment on, or so that its last
// step lies a while before now.
type placing struct {
	day    int // working days before now
	hour   worktime.TimeOfDay
	moment time.Time
	ends   bool
	ago    time.Duration // in the hours of whoever takes the last step
}

const (
	minute = time.Minute
	hour   = time.Hour
)

// onDay begins the story on a working day before now, at an hour.
func (s *story) onDay(n int, clock string) *story {
	at, err := worktime.ParseTimeOfDay(clock)
	if err != nil {
		s.wrong = fmt.Errorf("the script of %s: %w", s.key, err)
	}
	s.start = placing{day: n, hour: at}
	return s
}

// startsAt begins the story at a moment.
func (s *story) startsAt(at time.Time) *story {
	s.start = placing{moment: at}
	return s
}

// endsBefore places the story so that its last step was taken that long before now.
func (s *story) endsBefore(d time.Duration) *story {
	s.start, s.stays = placing{ends: true, ago: d}, true
	return s
}

// answers gives the caller's telephone a habit.
func (s *story) answers(h simulator.Habit) *story {
	s.habit = h
	return s
}

// at makes the next step wait until the ticket has come to stand so.
func (s *story) at(status tickets.Status) *story {
	s.awaited = status
	return s
}

// atAnyHour lets everybody act at any hour from here on: life is in danger, or
// a street without water.
func (s *story) atAnyHour() *story {
	s.rushes = true
	return s
}

// then is the next step: who, how long after the one before in his own hours, what.
func (s *story) then(by string, wait time.Duration, m tickets.Move) *story {
	return s.thenAs(by, wait, func(now time.Time) tickets.Move { return timed(m, now) })
}

// thenAs is then for a move that must know the hour or another ticket.
func (s *story) thenAs(by string, wait time.Duration, does func(now time.Time) tickets.Move) *story {
	s.steps = append(s.steps, step{by: by, wait: wait, once: s.awaited, rush: s.rushes, does: does})
	s.awaited = ""
	return s
}

// atLast is a step that is taken when everything else is over.
func (s *story) atLast(by string, m tickets.Move) *story {
	s.steps = append(s.steps, step{by: by, atLast: true, does: func(now time.Time) tickets.Move { return timed(m, now) }})
	return s
}

// timed puts the hour of a contact into a move that has one: a little before
// it was written down.
func timed(m tickets.Move, now time.Time) tickets.Move {
	ago := now.Add(-10 * minute).UTC()
	switch x := m.(type) {
	case *tickets.RecordContact:
		y := *x
		y.ContactAt = &ago
		return &y
	case *tickets.Reply:
		if x.ContactWay == "" {
			return x
		}
		y := *x
		y.ContactAt = &ago
		return &y
	default:
		return m
	}
}

// place works out the moments of the steps as far as they are known now.
func (s *story) place(d *director) error {
	if s.wrong != nil || len(s.steps) == 0 {
		return s.wrong
	}
	if s.start.ends {
		return s.placeBack(d)
	}
	at := s.start.moment
	if at.IsZero() {
		var err error
		if at, err = d.hours.workday(d.Now, s.start.day, s.start.hour); err != nil {
			return err
		}
	}
	s.steps[0].at = at
	return s.placeFrom(d, 1)
}

// placeFrom places the steps from i on, up to one that waits for something.
func (s *story) placeFrom(d *director, i int) error {
	for ; i < len(s.steps) && s.steps[i].once == "" && !s.steps[i].atLast; i++ {
		at, err := after(d.calendar(s.steps[i]), s.steps[i-1].at, s.steps[i].wait)
		if err != nil {
			return fmt.Errorf("placing %s: %w", s.key, err)
		}
		s.steps[i].at = at
	}
	return nil
}

// placeBack places the steps from the last one back.
func (s *story) placeBack(d *director) error {
	last := len(s.steps) - 1
	if s.steps[last].atLast {
		last--
	}
	at, wait := d.Now, s.start.ago
	for i := last; i >= 0; i-- {
		var err error
		if at, err = before(d.calendar(s.steps[min(i+1, last)]), at, wait); err == nil {
			at, err = before(d.calendar(s.steps[i]), at, 0) // the one before keeps hours of his own
		}
		if err != nil {
			return fmt.Errorf("placing %s: %w", s.key, err)
		}
		s.steps[i].at, wait = at, s.steps[i].wait
	}
	return nil
}
