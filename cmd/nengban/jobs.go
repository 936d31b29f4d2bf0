package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/go-co-op/gocron/v2"

	"nengban/web"
)

// job is one line of the timetable: what is called, how often, and by which
// listener's news it is woken between two ticks. The work decides for itself
// what is due; running it twice or not at all for a while does no harm.
type job struct {
	name  string
	every time.Duration
	first time.Duration // when it comes round first; 0: after every
	wake  <-chan struct{}
	run   func(context.Context) (int, error)
}

// timetable is everything the desk does by itself.
func (d *desk) timetable(server *web.Server) []job {
	return append([]job{
		{name: "sessions", every: time.Hour, run: server.Sessions().Clean},
		{name: "evidence", every: 10 * time.Second, run: d.seal},
		{name: "retention", every: time.Hour, run: d.retain},
		{name: "drafts", every: 6 * time.Hour, run: server.CleanDrafts},
		{name: "live", every: 15 * time.Second, run: server.Live},
		{name: "warnings", every: time.Minute, run: d.tickets.Warn},
		{name: "digests", every: time.Minute, run: d.tickets.Digest}, // it decides itself who has waited long enough
		{name: "duplicates", every: 30 * time.Second, run: d.like.Refresh},
		{name: "hot", every: 10 * time.Minute, wake: atOnce(), run: d.like.Notice},
		{name: "learning", every: 6 * time.Hour, run: d.keepLearning},
		{name: "limits", every: time.Minute, run: d.takeUp},
		{name: "clocks", every: 6 * time.Hour, first: 2 * time.Minute, run: d.checkClocks},
	}, slices.Concat(d.knowledgeJobs(), d.callBackJobs(), d.webhookJobs())...)
}

// atOnce wakes a job when the timetable is set going: what it keeps in memory
// is missed from the first minute.
func atOnce() <-chan struct{} {
	c := make(chan struct{}, 1)
	c <- struct{}{}
	return c
}

// jobs is the timetable in motion.
type jobs struct {
	scheduler gocron.Scheduler
	cancel    context.CancelFunc
	woken     sync.WaitGroup
}

// startJobs sets the timetable going. A job never runs beside itself; on
// PostgreSQL with several instances each may run it, since the work claims its
// rows. A panic ends the run, not the program.
func (d *desk) startJobs(ctx context.Context, server *web.Server) (*jobs, error) {
	s, err := gocron.NewScheduler(gocron.WithClock(d.clock), gocron.WithStopTimeout(10*time.Second))
	if err != nil {
		return nil, fmt.Errorf("preparing the timetable: %w", err)
	}
	ctx, cancel := context.WithCancel(ctx)
	j := &jobs{scheduler: s, cancel: cancel}
	lines := d.timetable(server)
	d.runs.begin(lines, s)
	for _, line := range lines {
		once := d.guarded(line)
		when := []gocron.JobOption{gocron.WithName(line.name), gocron.WithSingletonMode(gocron.LimitModeReschedule)}
		if line.first > 0 {
			when = append(when, gocron.WithStartAt(gocron.WithStartDateTime(d.clock.Now().Add(line.first))))
		}
		_, err := s.NewJob(gocron.DurationJob(line.every), gocron.NewTask(func() { once(ctx) }), when...)
		if err != nil {
			cancel()
			return nil, fmt.Errorf("putting %s on the timetable: %w", line.name, err)
		}
		if line.wake != nil {
			j.woken.Go(func() {
				for {
					select {
					case <-ctx.Done():
						return
					case <-line.wake:
						once(ctx)
					}
				}
			})
		}
	}
	s.Start()
	return j, nil
}

// guarded runs a job alone, logs it, and remembers how it went.
func (d *desk) guarded(line job) func(context.Context) {
	var alone sync.Mutex
	return func(ctx context.Context) {
		alone.Lock()
		defer alone.Unlock()
		defer func() {
			if r := recover(); r != nil {
				d.log.Error("job", "name", line.name, "panic", r)
			}
		}()
		start := d.clock.Now()
		n, err := line.run(ctx)
		took := d.clock.Since(start)
		d.runs.note(line.name, start, took, n, err)
		switch {
		case err != nil && !errors.Is(err, context.Canceled):
			d.log.Error("job", "name", line.name, "count", n, "took", took, "error", err)
		case n > 0:
			d.log.Info("job", "name", line.name, "count", n, "took", took)
		}
	}
}

// stop ends the timetable and waits for what is running.
func (j *jobs) stop() error {
	j.cancel()
	j.woken.Wait()
	if err := j.scheduler.Shutdown(); err != nil {
		return fmt.Errorf("stopping the timetable: %w", err)
	}
	return nil
}

// runs remembers the last run of every job, for the system page.
type runs struct {
	mu        sync.Mutex
	lines     []job
	scheduler gocron.Scheduler
	last      map[string]lastRun
}

type lastRun struct {
	at    time.Time
	took  time.Duration
	count int
	err   error
}

func (r *runs) begin(lines []job, s gocron.Scheduler) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines, r.scheduler = lines, s
}

func (r *runs) note(name string, at time.Time, took time.Duration, n int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.last == nil {
		r.last = map[string]lastRun{}
	}
	r.last[name] = lastRun{at, took, n, err}
}
