// Package demo plays an invented town's fortnight: citizens call, come to the
// window and write, the desk and the departments do what they do, and by the
// last moment, which is now, there is a ticket at every station.
//
// The rules it keeps. Nothing is written past the use-cases: whatever stands in
// the database afterwards was registered, dispatched, signed for and answered
// by the people of the town, on a fake clock, in the hours that each of them
// keeps. What the desk does by itself in between, texts and calls and their
// consequences, is done by its own timetable. The same last moment gives the
// same tickets with the same numbers.
//
// No place, person or telephone number in it is real. The numbers begin with
// 1900000, and the area codes with 9901, which no division has.
//
// It leaves to others: opening the database, who listens and where, and what
// happens after the last moment.
package demo

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jonboulle/clockwork"

	"nengban/callbacks"
	"nengban/callbacks/simulator"
	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/staff"
)

// Parts are what the play needs. The desk, the staff and the places must be
// empty and must go by Clock, which must stand a month before Now at least.
type Parts struct {
	Desk   *tickets.Desk
	Staff  *staff.Store
	Places *departments.Store
	Clock  *clockwork.FakeClock
	Now    time.Time // when the fortnight ends

	// Password makes a member's password; it may return the same one each time.
	Password func() string
	// Jobs are the lines of the timetable that the desk does by itself.
	Jobs []Job
	// Phones are the citizens' telephones; nil: nobody is texted or called.
	Phones *simulator.Network
	// Calls is the list of calls that people make; nil: nobody makes them.
	Calls Calls
	// Learn takes in the town's knowledge and says by which id an answer names
	// each title; nil: answers rest on their policies alone.
	Learn func(ctx context.Context, editor staff.Member, all []Article) (map[string]string, error)
}

// Job is one line of the timetable: how often it is done, on the fake clock,
// by which channel it is woken in between, and what. Run says how much there
// was to do.
type Job struct {
	Name  string
	Every time.Duration
	Wake  <-chan struct{} // may be nil
	Run   func(context.Context) (int, error)
}

// Calls is the callback callers' worklist.
type Calls interface {
	NextCall(ctx context.Context, by staff.Member) (*callbacks.PhoneCall, error)
	Finish(ctx context.Context, by staff.Member, surveyID int64, r callbacks.CallResult) error
}

// days and workingDays are how far back the play begins, whichever is longer:
// a fortnight around the spring festival has too few days of work for it.
const (
	days        = 14
	workingDays = 10
)

// begins is the moment at which a play that ends now begins: eight in the
// morning, a fortnight earlier, or more where holidays lie between.
func (h hours) begins(now time.Time) (time.Time, error) {
	at, err := h.workday(now, workingDays, 8*60*60)
	if err != nil {
		return now, err
	}
	y, m, d := now.In(tickets.Shanghai).AddDate(0, 0, -days).Date()
	if fortnight := time.Date(y, m, d, 8, 0, 0, 0, tickets.Shanghai); fortnight.Before(at) {
		at = fortnight
	}
	return at, nil
}

// Play settles the town and plays its fortnight. It returns an error when an
// act that the script needs is refused, and when ctx ends before the play does.
func Play(ctx context.Context, p Parts) (*Summary, error) {
	d, err := newDirector(p)
	if err != nil {
		return nil, err
	}
	logins, err := d.town.settle(ctx, p.Places, p.Staff, p.Password)
	if err != nil {
		return nil, fmt.Errorf("settling the town: %w", err)
	}
	for _, l := range logins {
		d.people[l.Member.Login] = l.Member
	}
	if err := d.learn(ctx); err != nil {
		return nil, err
	}
	if err := d.layOut(); err != nil {
		return nil, err
	}
	if err := d.play(ctx); err != nil {
		return nil, err
	}
	return d.summary(ctx, logins)
}

func newDirector(p Parts) (*director, error) {
	tw, err := readTown()
	if err != nil {
		return nil, err
	}
	h, err := newHours(p.Desk.Limits())
	if err != nil {
		return nil, err
	}
	begins, err := h.begins(p.Now)
	if err != nil {
		return nil, err
	}
	if now := p.Clock.Now(); now.After(begins) {
		return nil, errors.New("preparing the play: its clock is past the beginning, " + begins.Format(time.DateTime))
	}
	p.Clock.Advance(begins.Sub(p.Clock.Now()))
	return &director{Parts: p, town: tw, hours: h, begins: begins, people: map[string]staff.Member{"citizen": staff.TheCitizen},
		byNumber: map[string]*story{}, articles: map[string]string{}, next: map[string]time.Time{}}, nil
}

// learn hands the articles to whoever keeps knowledge.
func (d *director) learn(ctx context.Context) error {
	if d.Learn == nil {
		return nil
	}
	all, err := Articles(d.Now)
	if err != nil {
		return err
	}
	if d.articles, err = d.Learn(ctx, d.people["li.nan"], all); err != nil {
		return fmt.Errorf("taking in the town's knowledge: %w", err)
	}
	return nil
}
