package main

import (
	"strings"
	"time"

	screens "nengban/web/pages"
)

// hooks are what the staff's screens show of the rooms behind them.
func (d *desk) hooks() screens.Hooks {
	return screens.Hooks{Match: d.match, Duplicates: d.like, Propose: d.propose, Learned: d.learned.now, Unseen: d.unseen, Callbacks: d.engine, Webhooks: d.webhooks, Jobs: d.jobList, Listeners: d.listenerNames()}
}

// listenerNames are those who are told through the outbox.
func (d *desk) listenerNames() []string {
	var out []string
	for _, l := range d.listeners() {
		out = append(out, l.Name)
	}
	return out
}

// checks are the lines of /healthz and of the system page. Only a database
// that does not answer takes the desk out of service.
func (d *desk) checks() []screens.Check {
	all := []screens.Check{
		{Name: "database", Do: d.db.PingContext},
		screens.CalendarCheck(d.tickets.Limits()),
		screens.OutboxCheck(d.tickets, d.listenerNames()),
		screens.ClockCheck(d.clocks.last),
		screens.WebhookCheck(d.webhooks),
		screens.KnowledgeCheck(d.knowledge),
	}
	if d.engine != nil {
		all = append(all, screens.CallbackCheck(d.engine))
	}
	return all
}

// jobList is the timetable as the system page shows it: nothing before it was
// set going.
func (d *desk) jobList() []screens.Job {
	r := &d.runs
	r.mu.Lock()
	defer r.mu.Unlock()
	next := map[string]time.Time{}
	if r.scheduler != nil {
		for _, j := range r.scheduler.Jobs() {
			next[j.Name()], _ = j.NextRun() // none once it is stopped
		}
	}
	var out []screens.Job
	for _, line := range r.lines {
		last := r.last[line.name]
		j := screens.Job{Name: line.name, Every: every(line.every), Last: last.at, Took: last.took.Round(time.Millisecond), Count: last.count, Next: next[line.name]}
		if last.err != nil {
			j.Err = last.err.Error()
		}
		out = append(out, j)
	}
	return out
}

// every writes an interval shortly: 2s, 10m, 24h.
func every(d time.Duration) string {
	s := d.String()
	s = strings.TrimSuffix(s, "0s")
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	if s == "" || !strings.ContainsAny(s[len(s)-1:], "hms") {
		return d.String()
	}
	return s
}
