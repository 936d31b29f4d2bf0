package demo

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"nengban/callbacks/simulator"
	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/tickets/worktime"
)

// director has everybody act when his moment comes, and the timetable run in
// between.
type director struct {
	Parts
	town     *town
	hours    hours
	begins   time.Time
	people   map[string]staff.Member
	articles map[string]string // ids by title
	stories  []*story

	queue    queue
	tickAt   time.Time
	next     map[string]time.Time // when each job runs next
	byNumber map[string]*story
	acts     int
}

// layOut writes the script and puts the first step of every story in line.
func (d *director) layOut() error {
	d.stories = append(d.script(), d.crowd()...)
	for _, s := range d.stories {
		if err := s.place(d); err != nil {
			return err
		}
	}
	// Stories are told in the order in which they begin, so that the same script
	// gives the same numbers.
	slices.SortStableFunc(d.stories, func(a, b *story) int { return a.steps[0].at.Compare(b.steps[0].at) })
	for i, s := range d.stories {
		if s.steps[0].at.Before(d.begins) {
			return fmt.Errorf("preparing the play: %s begins before the play does, at %s", s.key, s.steps[0].at.Format(time.DateTime))
		}
		if err := d.connect(s); err != nil {
			return err
		}
		s.order = i
		s.enqueue(d)
	}
	return nil
}

// connect gives the citizen of a story his telephone. One that nobody has
// given a habit waits for whoever looks at the demo, and is there from the
// start: its first text may leave only in the morning.
func (d *director) connect(s *story) error {
	if d.Phones == nil || s.in.Phone == "" {
		return nil
	}
	if s.habit.Name == "" {
		s.habit = simulator.ByHand()
	}
	if err := d.Phones.SetHabit(tickets.Phone(s.in.Phone), s.habit); err != nil {
		return fmt.Errorf("preparing the play: %w", err)
	}
	return nil
}

// play moves the clock from one happening to the next until now.
func (d *director) play(ctx context.Context) error {
	d.appointCallers()
	for {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("playing the demo: %w", err)
		}
		at := d.nextMoment()
		if !at.Before(d.Now) {
			break
		}
		if err := d.reach(ctx, at); err != nil {
			return err
		}
		for len(d.queue) > 0 && !d.queue[0].at.After(at) {
			h, _ := heap.Pop(&d.queue).(happening)
			if err := h.does.happen(ctx, d); err != nil {
				return err
			}
		}
	}
	if err := d.reach(ctx, d.Now); err != nil {
		return err
	}
	return d.curtain(ctx)
}

// tick is how often the timetable is looked at. A real desk's jobs are woken at
// once; here a while's acts are taken together.
const tick = 10 * time.Minute

// nextMoment is when the next act or the next look at the timetable is due.
func (d *director) nextMoment() time.Time {
	at := d.Now
	if len(d.queue) > 0 && d.queue[0].at.Before(at) {
		at = d.queue[0].at
	}
	if d.tickAt.Before(at) {
		at = d.tickAt
	}
	if now := d.Clock.Now(); at.Before(now) {
		return now
	}
	return at
}

// reach moves the clock to a moment, lets the telephones do what they do on
// the way, and runs the jobs that are due then.
func (d *director) reach(ctx context.Context, at time.Time) error {
	if d.Phones != nil {
		if err := d.Phones.Drive(ctx, d.Clock, at); err != nil {
			return fmt.Errorf("playing the telephones at %s: %w", at.Format(time.DateTime), err)
		}
	} else {
		d.Clock.Advance(at.Sub(d.Clock.Now()))
	}
	if at.Before(d.tickAt) && at.Before(d.Now) {
		return nil
	}
	d.tickAt = byDay(at.Add(tick))
	done, err := d.runJobs(ctx, at)
	if err != nil || done == 0 {
		return err
	}
	return d.lookAround(ctx)
}

// runJobs runs what is due or was woken, until nothing wakes anything any more.
func (d *director) runJobs(ctx context.Context, at time.Time) (int, error) {
	done := 0
	for again := true; again; {
		again = false
		for _, j := range d.Jobs {
			if !woken(j) && d.next[j.Name].After(at) {
				continue
			}
			n, err := j.Run(ctx)
			if err != nil {
				return done, fmt.Errorf("running %s at %s: %w", j.Name, at.Format(time.DateTime), err)
			}
			done += n
			again = again || n > 0
			d.next[j.Name] = at.Add(j.Every)
		}
	}
	return done, nil
}

func woken(j Job) bool {
	select {
	case <-j.Wake:
		return true
	default:
		return false
	}
}

// byDay leaves out the night, when nobody is texted or called: what is due
// then is done in the morning.
func byDay(t time.Time) time.Time {
	local := t.In(tickets.Shanghai)
	y, m, d := local.Date()
	switch {
	case local.Hour() >= 21:
		return time.Date(y, m, d+1, 6, 45, 0, 0, tickets.Shanghai)
	case local.Hour() < 6:
		return time.Date(y, m, d, 6, 45, 0, 0, tickets.Shanghai)
	default:
		return t
	}
}

// lookAround takes up the stories whose tickets the desk or a citizen has moved.
func (d *director) lookAround(ctx context.Context) error {
	f := tickets.Filter{Statuses: []tickets.Status{tickets.ToJudge, tickets.ToDispatch, tickets.InHand, tickets.InConsultation}}
	for cursor := ""; ; {
		p, err := d.Desk.List(ctx, staff.TheSystem, f, cursor)
		if err != nil {
			return fmt.Errorf("looking around: %w", err)
		}
		for _, t := range p.Tickets {
			if s := d.byNumber[t.Number]; s != nil {
				if err := s.noticed(d, t); err != nil {
					return err
				}
			}
		}
		if cursor = p.Next; cursor == "" {
			return nil
		}
	}
}

// curtain is what happens when everything else is over.
func (d *director) curtain(ctx context.Context) error {
	for _, s := range d.stories {
		if s.done < len(s.steps) && s.steps[s.done].atLast {
			if err := d.act(ctx, s, s.steps[s.done]); err != nil {
				return err
			}
		}
	}
	return nil
}

// happen takes the story's next step and puts the one after it in line.
func (s *story) happen(ctx context.Context, d *director) error {
	if err := d.act(ctx, s, s.steps[s.done]); err != nil {
		return err
	}
	s.done++
	s.enqueue(d)
	return nil
}

func (s *story) enqueue(d *director) {
	if s.done < len(s.steps) && !s.steps[s.done].at.IsZero() {
		heap.Push(&d.queue, happening{s.steps[s.done].at, s.order, s})
	}
}

// act does one step.
func (d *director) act(ctx context.Context, s *story, st step) error {
	d.acts++
	by := d.people[st.by]
	if s.number == "" {
		r, err := d.Desk.Register(ctx, by, s.in)
		if err != nil {
			return fmt.Errorf("registering %s: %w", s.key, err)
		}
		s.number, s.code, s.handled = r.Ticket.Number, r.Code, 1
		d.byNumber[s.number] = s
		return nil
	}
	m := st.does(d.Clock.Now())
	if err := d.readFirst(ctx, s, by, m); err != nil {
		return err
	}
	if _, err := d.Desk.Act(ctx, by, tickets.Ref{Number: s.number}, m); err != nil {
		return fmt.Errorf("%s: %s by %s at %s: %w", s.key, m.Act(), st.by, d.Clock.Now().In(tickets.Shanghai).Format(time.DateTime), err)
	}
	return nil
}

// readFirst: who is going to telephone a citizen has to see the number first,
// and says why. On a confidential ticket a department may not.
func (d *director) readFirst(ctx context.Context, s *story, by staff.Member, m tickets.Move) error {
	if m.Act() != staff.RecordContact || s.in.Anonymous {
		return nil
	}
	_, err := d.Desk.Unmask(ctx, by, s.number, "联系诉求人核实情况")
	if err != nil && !errors.Is(err, tickets.ErrNotAllowed) {
		return fmt.Errorf("%s: reading the caller: %w", s.key, err)
	}
	return nil
}

// noticed goes on with a story that waited for its ticket to come to stand so,
// or takes up one whose script is over.
func (s *story) noticed(d *director, t *tickets.Ticket) error {
	now := d.Clock.Now()
	switch {
	case s.done < len(s.steps):
		if st := &s.steps[s.done]; st.once != t.Status || !st.at.IsZero() {
			return nil
		}
	case s.stays:
		return nil
	case t.Status == tickets.ToJudge && t.Round > s.judged:
		s.judged = t.Round
		d.judge(s)
	case t.Status == tickets.InHand && t.Round > s.handled:
		s.handled = t.Round
		d.handleAgain(s, t)
	case t.Status == tickets.ToDispatch && t.Round > s.handled:
		s.handled = t.Round
		d.explainAgain(s, t)
	default:
		return nil
	}
	at, err := after(d.calendar(s.steps[s.done]), now, s.steps[s.done].wait)
	if err != nil {
		return err
	}
	s.steps[s.done].once, s.steps[s.done].at = "", at
	if err := s.placeFrom(d, s.done+1); err != nil {
		return err
	}
	s.enqueue(d)
	return nil
}

// calendar is whose hours a step is counted in.
func (d *director) calendar(st step) *worktime.Calendar {
	if st.rush {
		return d.hours.always
	}
	return d.hours.of(d.people[st.by])
}

// happening is something that is going to happen.
type happening struct {
	at    time.Time
	order int // among those of one moment
	does  interface {
		happen(ctx context.Context, d *director) error
	}
}

// queue is a heap of happenings, the next one first.
type queue []happening

// Len, Less, Swap, Push and Pop are for container/heap.
func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return cmp.Or(q[i].at.Compare(q[j].at), cmp.Compare(q[i].order, q[j].order)) < 0
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push adds a happening at the end.
func (q *queue) Push(x any) { *q = append(*q, x.(happening)) } // nobody pushes anything else

// Pop takes the happening at the end.
func (q *queue) Pop() any {
	all := *q
	last := all[len(all)-1]
	*q = all[:len(all)-1]
	return last
}

// person is a member as the table of people has him, before anybody is settled.
func (d *director) person(login string) staff.Member {
	i := slices.IndexFunc(d.town.people, func(m staff.Member) bool { return m.Login == login })
	if i < 0 {
		return staff.Member{}
	}
	return d.town.people[i]
}
