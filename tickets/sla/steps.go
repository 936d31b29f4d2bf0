package sla

import (
	"encoding/json"
	"time"

	"nengban/tickets/worktime"
)

// Step is one line of a deadline's working, as data. Text puts it into words.
type Step struct {
	Kind StepKind `json:"kind"`
	// From and To are the days the step speaks of, both included.
	From worktime.Date `json:"from,omitzero"`
	To   worktime.Date `json:"to,omitzero"`
	// Count and CountTo number the first and the last day of a counted run.
	Count   int `json:"count,omitempty"`
	CountTo int `json:"count_to,omitempty"`
	// DayKind, Name and NameEN say why the days are skipped or worked.
	DayKind worktime.DayKind `json:"day_kind,omitempty"`
	Name    string           `json:"name,omitempty"`
	NameEN  string           `json:"name_en,omitempty"`
	// At is the moment of a start or an end, Until the end of a stretch.
	At    time.Time `json:"at,omitzero"`
	Until time.Time `json:"until,omitzero"`
	// Seconds is the working time of a stretch, or what a stop gave back.
	Seconds int64 `json:"seconds,omitempty"`
	// Due is the deadline after a change.
	Due    time.Time `json:"due,omitzero"`
	Limit  *Limit    `json:"limit,omitempty"`
	Cause  Cause     `json:"cause,omitempty"`
	Reason string    `json:"reason,omitempty"`
	Year   int       `json:"year,omitempty"`
	// Days lists every day of a run of days, so that grouping loses nothing.
	Days []CountedDay `json:"days,omitempty"`

	said      int           // the year already said, which need not be said again
	dayLength time.Duration // of the calendar, to say working time in days
}

// CountedDay is one day of a step; Count is 0 for a day that was skipped.
type CountedDay struct {
	Date   worktime.Date    `json:"date"`
	Kind   worktime.DayKind `json:"kind"`
	Name   string           `json:"name,omitempty"`
	NameEN string           `json:"name_en,omitempty"`
	Count  int              `json:"count,omitempty"`
}

// StepKind says what a step tells.
type StepKind string

// The kinds of step, in the order they come.
const (
	StepStart       StepKind = "start"       // the limit and what it counts from
	StepDeferred    StepKind = "deferred"    // the start belongs to a later day
	StepCounted     StepKind = "counted"     // days counted
	StepMakeUp      StepKind = "make_up_day" // a rest day worked and counted
	StepSkipped     StepKind = "skipped"     // days not counted
	StepWorked      StepKind = "worked"      // working time that passed
	StepMoved       StepKind = "moved"       // the last day moved to a working day
	StepEnd         StepKind = "end"         // when that ends
	StepExtended    StepKind = "extended"
	StepTooLate     StepKind = "asked_too_late"
	StepStopped     StepKind = "stopped"
	StepProvisional StepKind = "provisional" // a year's holidays are not known yet
)

// longRun is the number of working days above which ordinary weekends no longer
// interrupt a counted run: a page of weekends explains nothing.
const longRun = 20

// Steps returns the working, from the limit to the deadline. It is empty for a
// Reckoning that was not made by [Due], [Reckon] or [Replay].
func (r Reckoning) Steps() []Step {
	if r.calendar == nil {
		return nil
	}
	e := explainer{r: r, c: r.calendar, year: r.calendar.Date(r.Start).Year(), dayLength: r.calendar.DayLength()}
	p := placed{limit: r.Limit, start: r.Start}
	if err := p.place(r.calendar); err != nil {
		return nil // it was placed before, or there would be no Reckoning
	}
	e.explain(&p)
	if err := r.change(&p, e.changed); err != nil {
		return nil
	}
	if r.UnknownYear != 0 {
		e.add(Step{Kind: StepProvisional, Year: r.UnknownYear, At: r.Due})
	}
	return e.steps
}

// Explain returns the steps as sentences in a language ("zh-CN", "en").
func (r Reckoning) Explain(lang string) []string {
	steps := r.Steps()
	sentences := make([]string, len(steps))
	for i, s := range steps {
		sentences[i] = s.Text(lang)
	}
	return sentences
}

// MarshalJSON writes the deadline with its steps.
func (r Reckoning) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Start       time.Time `json:"start"`
		Limit       Limit     `json:"limit"`
		Due         time.Time `json:"due"`
		Original    time.Time `json:"original"`
		Provisional bool      `json:"provisional"`
		UnknownYear int       `json:"unknown_year,omitempty"`
		Calendar    string    `json:"calendar"`
		Edition     string    `json:"edition"`
		Steps       []Step    `json:"steps"`
	}{r.Start, r.Limit, r.Due, r.Original, r.Provisional(), r.UnknownYear, r.Calendar(), r.Edition(), r.Steps()})
}

// explainer collects steps.
type explainer struct {
	r         Reckoning
	c         *worktime.Calendar
	year      int
	dayLength time.Duration
	steps     []Step
}

func (e *explainer) add(s Step) {
	s.said, s.dayLength = e.year, e.dayLength
	e.steps = append(e.steps, s)
}

func (e *explainer) explain(p *placed) {
	limit := p.limit
	e.add(Step{Kind: StepStart, At: p.start.In(e.c.Location()), From: e.c.Date(p.start), Limit: &limit})
	switch {
	case limit.Unit == WorkingDay:
		e.explainWorkingDays(p)
	case limit.Unit == NaturalDay:
		e.explainNaturalDays(p)
	case limit.InWorkingTime:
		e.explainWorkingTime(p)
	}
	e.add(Step{Kind: StepEnd, At: p.due, From: e.c.Date(p.due), Limit: &limit})
}

func (e *explainer) explainWorkingDays(p *placed) {
	from := e.c.Date(p.start) + 1
	if p.limit.CountFirstDay || p.limit.DeferAfterHours {
		from = e.arrival(p) + 1
	}
	if p.limit.CountFirstDay {
		from = p.firstDay
	}
	count := 0
	e.walk(from, p.endDay, p.limit.N > longRun, func(day worktime.Day) int {
		if !day.Working {
			return 0
		}
		count++
		return count
	})
}

// arrival tells and returns the day a start outside business hours belongs to.
func (e *explainer) arrival(p *placed) worktime.Date {
	day, err := arrivalDay(e.c, p.start)
	if err == nil && day != e.c.Date(p.start) {
		e.add(Step{Kind: StepDeferred, From: day, To: day, At: p.start.In(e.c.Location())})
	}
	return day
}

func (e *explainer) explainNaturalDays(p *placed) {
	if p.limit.DeferAfterHours {
		e.arrival(p)
	}
	step := Step{Kind: StepCounted, From: p.firstDay, To: p.lastDay, Count: 1, CountTo: p.limit.N}
	for d := p.firstDay; d <= p.lastDay; d++ {
		if day, err := e.c.Day(d); err == nil {
			step.Days = append(step.Days, counted(day, int(d-p.firstDay)+1))
		}
	}
	e.add(step)
	e.moved(p)
}

// moved tells why a last day that is no working day makes the limit end later.
func (e *explainer) moved(p *placed) {
	if p.endDay == p.lastDay {
		return
	}
	step := Step{Kind: StepMoved, From: p.lastDay, To: p.endDay}
	for d := p.lastDay; d < p.endDay; d++ {
		day, err := e.c.Day(d)
		if err != nil {
			return
		}
		if d == p.lastDay {
			step.DayKind, step.Name, step.NameEN = day.Kind, day.Name, day.NameEN
		}
		step.Days = append(step.Days, counted(day, 0))
	}
	e.add(step)
}

// explainWorkingTime tells what each day gave: parts of days one by one, whole
// days as runs.
func (e *explainer) explainWorkingTime(p *placed) {
	for d := e.c.Date(p.start); d <= e.c.Date(p.due.Add(-1)); d++ {
		day, err := e.c.Day(d)
		if err != nil {
			return
		}
		spans, err := e.c.Spans(d)
		if err != nil {
			return
		}
		worked, first, last := overlap(spans, p.start, p.due)
		if worked == 0 {
			e.run(Step{Kind: StepSkipped, From: d, To: d, DayKind: day.Kind, Name: day.Name, NameEN: day.NameEN}, counted(day, 0), len(spans) > 0)
			continue
		}
		whole := !first.After(spans[0].From) && !last.Before(spans[len(spans)-1].To)
		e.run(Step{Kind: StepWorked, From: d, To: d, DayKind: day.Kind, Name: day.Name, NameEN: day.NameEN,
			At: first, Until: last, Seconds: int64(worked / time.Second)}, counted(day, 0), !whole)
	}
}

// overlap returns the time of the spans that lies between from and to, and where
// it begins and ends.
func overlap(spans []worktime.Span, from, to time.Time) (worked time.Duration, first, last time.Time) {
	for _, s := range spans {
		if s.From.Before(from) {
			s.From = from.In(s.From.Location())
		}
		if s.To.After(to) {
			s.To = to
		}
		if !s.From.Before(s.To) {
			continue
		}
		if worked == 0 {
			first = s.From
		}
		worked, last = worked+s.Duration(), s.To
	}
	return worked, first, last
}

// walk tells the days from one to another, grouped into runs. number gives a day
// its count, 0 when it is skipped.
func (e *explainer) walk(from, to worktime.Date, long bool, number func(worktime.Day) int) {
	for d := from; d <= to; d++ {
		day, err := e.c.Day(d)
		if err != nil {
			return
		}
		n := number(day)
		step := Step{Kind: StepCounted, From: d, To: d, Count: n, CountTo: n}
		switch {
		case n == 0:
			step = Step{Kind: StepSkipped, From: d, To: d, DayKind: day.Kind, Name: day.Name, NameEN: day.NameEN}
		case day.Kind == worktime.MakeUp:
			step.Kind, step.DayKind, step.Name, step.NameEN = StepMakeUp, day.Kind, day.Name, day.NameEN
		}
		if long && step.Kind == StepSkipped && step.DayKind == worktime.RestDay && e.inRun(StepCounted) {
			last := &e.steps[len(e.steps)-1]
			last.Days = append(last.Days, counted(day, 0))
			last.To = d
			continue
		}
		e.run(step, counted(day, n), step.Kind == StepMakeUp)
	}
	e.trimRun()
}

// run adds a day's step, joining it to the run before it when that tells the
// same and the step need not stand alone.
func (e *explainer) run(s Step, day CountedDay, alone bool) {
	s.Days = []CountedDay{day}
	if e.inRun(s.Kind) && !alone {
		last := &e.steps[len(e.steps)-1]
		partial := last.Kind == StepWorked && last.Seconds != s.Seconds*int64(len(last.Days))
		if last.DayKind == s.DayKind && last.Name == s.Name && !partial {
			last.To, last.CountTo, last.Seconds, last.Until = s.To, s.CountTo, last.Seconds+s.Seconds, s.Until
			last.Days = append(last.Days, day)
			return
		}
	}
	e.trimRun()
	e.add(s)
}

// trimRun cuts the weekend off the end of a long counted run and tells it apart.
func (e *explainer) trimRun() {
	if !e.inRun(StepCounted) {
		return
	}
	last := &e.steps[len(e.steps)-1]
	end := len(last.Days)
	for end > 0 && last.Days[end-1].Count == 0 {
		end--
	}
	rest := last.Days[end:]
	if len(rest) == 0 {
		return
	}
	last.Days = last.Days[:end:end]
	last.To = last.Days[end-1].Date
	e.add(Step{Kind: StepSkipped, From: rest[0].Date, To: rest[len(rest)-1].Date, DayKind: rest[0].Kind, Days: rest})
}

func (e *explainer) inRun(kind StepKind) bool {
	return len(e.steps) > 0 && e.steps[len(e.steps)-1].Kind == kind
}

func counted(day worktime.Day, n int) CountedDay {
	return CountedDay{Date: day.Date, Kind: day.Kind, Name: day.Name, NameEN: day.NameEN, Count: n}
}

// changed tells a change and the deadline after it.
func (e *explainer) changed(change Change, p placed) {
	step := Step{Reason: change.Reason, Due: p.due}
	switch change.Kind {
	case Extended, AskedTooLate:
		step.Kind = StepExtended
		if change.Kind == AskedTooLate {
			step.Kind = StepTooLate
		}
		extra := change.Extra
		step.Limit = &extra
		if !change.From.IsZero() {
			step.At = change.From.In(e.c.Location())
		}
	case Stopped:
		before := e.r.Original
		for _, s := range e.steps {
			if !s.Due.IsZero() {
				before = s.Due
			}
		}
		step.Kind, step.Cause = StepStopped, change.Cause
		step.At, step.Until = change.From.In(e.c.Location()), change.To.In(e.c.Location())
		step.Seconds = e.given(p.limit, before, p.due)
		limit := p.limit
		step.Limit = &limit
	}
	e.add(step)
}

// given is what a stop moved the deadline by, in what the limit counts.
func (e *explainer) given(limit Limit, before, after time.Time) int64 {
	if limit.Unit == WorkingDay || limit.InWorkingTime {
		if d, err := e.c.Between(before, after); err == nil {
			return int64(d / time.Second)
		}
	}
	return int64(after.Sub(before) / time.Second)
}
