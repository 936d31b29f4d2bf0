package demo

import (
	"context"
	"time"

	"nengban/callbacks"
	"nengban/tickets"
	"nengban/tickets/worktime"
)

// DeskName is what the town's hotline calls itself.
const DeskName = "云溪市12345热线"

// PlayPolicy is how citizens are asked in the play: as a desk would, only
// sooner, so that a fortnight holds text, reminder, call and a person's call.
func PlayPolicy(linkBase string) callbacks.Policy {
	p := callbacks.Defaults()
	p.Routine = callbacks.Pace{Delay: 2 * time.Hour, Remind: 20 * time.Hour, Call: 5 * time.Hour}
	p.Urgent = callbacks.Pace{Delay: 30 * time.Minute, Remind: 4 * time.Hour, Call: 2 * time.Hour}
	p.Rate, p.Senders = 0, 1 // one after another: the play must go the same way each time
	p.LinkBase, p.DeskName = linkBase, DeskName
	return p
}

// OpenPolicy is how they are asked while somebody looks at the demo: within
// seconds and at any hour.
func OpenPolicy(linkBase string) callbacks.Policy {
	p := PlayPolicy(linkBase)
	p.Routine = callbacks.Pace{Delay: 3 * time.Second, Remind: 15 * time.Minute, Call: 15 * time.Minute}
	p.Urgent = callbacks.Pace{Delay: 3 * time.Second, Remind: 10 * time.Minute, Call: 10 * time.Minute}
	p.Hours, p.TextsOnHolidays = []worktime.Hours{{From: 0, To: worktime.EndOfDay}}, true
	p.Grace, p.FollowWait = 5*time.Second, 10*time.Minute
	p.Rate, p.Senders = 20, 4
	return p
}

// JobsOf are the lines of the timetable that carry the play: news of acts is
// delivered, the callbacks do what is due, and deadlines are warned of.
func JobsOf(desk *tickets.Desk, e *callbacks.Engine) []Job {
	tell := func(listener string, handle func(context.Context, []tickets.Message) error) func(context.Context) (int, error) {
		return func(ctx context.Context) (int, error) { return desk.Deliver(ctx, listener, 100, handle) }
	}
	return []Job{
		{"plan", 4 * time.Hour, desk.Wake(callbacks.PlanListener), tell(callbacks.PlanListener, e.Handle)},
		{"notices", 4 * time.Hour, desk.Wake(callbacks.NoticeListener), tell(callbacks.NoticeListener, e.Notify)},
		{"callbacks", 30 * time.Minute, e.Wake(), e.Work},
		{"warn", 30 * time.Minute, nil, desk.Warn},
		{"digest", 30 * time.Minute, nil, desk.Digest},
		{"poll", 2 * time.Hour, nil, e.Poll},
		{"reconcile", 12 * time.Hour, nil, e.Reconcile},
		{"sweep", 12 * time.Hour, nil, e.SweepMonth},
		{"put_away", 12 * time.Hour, nil, e.PutAway},
	}
}
