package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"nengban/tickets/sla"
	"nengban/tickets/worktime"
)

// dueCmd reckons deadlines and shows their working. It opens no data folder: it
// answers with the calendars and holidays the program was built with, so that
// anybody can hold a date against it.
type dueCmd struct {
	At            string `help:"When the limit starts: 2026-09-24T16:50:00+08:00, 2026-09-24 16:50 or 2026-09-24; without a zone it is Shanghai's time. Default: now." placeholder:"TIME"`
	Limit         string `help:"How long: \"10 working days\", 10个工作日, \"2 hours\", 15日, \"same working day\"." placeholder:"LIMIT"`
	Calendar      string `help:"Whose hours: department, window or hotline." enum:"department,window,hotline" default:"department"`
	CountFirstDay bool   `help:"Count the day of the start as the first."`
	End           string `help:"When a limit in days ends on its last day: close_of_business or midnight." enum:",close_of_business,midnight" default:""`
	Lang          string `help:"Language of the working: zh or en. Default: that of LANG, else zh." enum:",zh,en" default:""`
	Stdin         bool   `help:"Read lines START,LIMIT from standard input."`
	JSON          bool   `name:"json" help:"Print one JSON object a line."`
}

// dueRow is one line of output.
type dueRow struct {
	Start       string    `json:"start"`
	Limit       sla.Limit `json:"limit"`
	Due         string    `json:"due"`
	Provisional bool      `json:"provisional"`
	UnknownYear int       `json:"unknown_year,omitempty"`
	Calendar    string    `json:"calendar"`
	Steps       []dueStep `json:"steps"`
}

// dueStep is one step of the working, in words and as data.
type dueStep struct {
	Text string `json:"text"`
	sla.Step
}

// Run reckons the deadline on the command line, or every line of standard input.
// It returns an error, after the last line, when some line could not be read.
func (c *dueCmd) Run(t *terminal) error {
	calendar, err := c.calendar()
	if err != nil {
		return err
	}
	if c.Stdin {
		return c.lines(t, calendar)
	}
	if c.Limit == "" {
		return errors.New("reckoning a deadline: give --limit, or --stdin")
	}
	start := t.Clock.Now().Truncate(time.Second)
	if c.At != "" {
		if start, err = parseStart(c.At, calendar.Location()); err != nil {
			return fmt.Errorf("reckoning a deadline: %w", err)
		}
	}
	r, err := c.reckon(calendar, start, c.Limit)
	if err != nil {
		return err
	}
	return c.print(t.Out, r, c.lang(t.Env))
}

// calendar builds the calendar that was asked for.
func (c *dueCmd) calendar() (*worktime.Calendar, error) {
	specs := worktime.Defaults()
	i := slices.IndexFunc(specs, func(s worktime.Spec) bool { return s.Name == c.Calendar })
	if i < 0 {
		return nil, fmt.Errorf("reckoning a deadline: there is no calendar %q", c.Calendar)
	}
	return worktime.New(specs[i], worktime.Embedded())
}

// reckon reads the limit and lays it into the calendar.
func (c *dueCmd) reckon(calendar *worktime.Calendar, start time.Time, words string) (sla.Reckoning, error) {
	limit, err := sla.ParseLimit(words)
	if err != nil {
		return sla.Reckoning{}, err
	}
	if c.CountFirstDay {
		limit.CountFirstDay = true
	}
	switch sla.End(c.End) {
	case sla.Midnight:
		limit.End = sla.Midnight
	case sla.CloseOfBusiness:
		limit.End = ""
	}
	return sla.Due(calendar, start, limit)
}

// lines answers each line as soon as it is read, so that a program may talk to
// this one through pipes. Blank lines at the end of the input are passed over;
// any other is a line that cannot be read.
func (c *dueCmd) lines(t *terminal, calendar *worktime.Calendar) error {
	in, out := bufio.NewReaderSize(t.In, 64<<10), bufio.NewWriter(t.Out)
	w := dueLines{dueCmd: c, out: out, calendar: calendar, lang: c.lang(t.Env)}
	for {
		line, tooLong, err := readLine(in)
		if werr := w.answer(line, tooLong); werr != nil {
			return fmt.Errorf("writing deadlines: %w", werr)
		}
		if err != nil || in.Buffered() == 0 {
			if werr := out.Flush(); werr != nil {
				return fmt.Errorf("writing deadlines: %w", werr)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("reading lines: %w", err)
		}
	}
	if w.bad > 0 {
		return fmt.Errorf("reckoning deadlines: %d could not be read", w.bad)
	}
	return nil
}

// dueLines answers lines one after another.
type dueLines struct {
	*dueCmd
	out      io.Writer
	calendar *worktime.Calendar
	lang     string
	n        int // of the line
	blank    int // blank lines not answered yet
	bad      int
}

// answer prints a line's deadline, or what is wrong with it.
func (w *dueLines) answer(line []byte, tooLong bool) error {
	w.n++
	text := strings.TrimSpace(strings.TrimPrefix(string(line), "\ufeff"))
	if text == "" && !tooLong {
		w.blank++
		return nil
	}
	for ; w.blank > 0; w.blank-- {
		if err := w.wrong(w.n-w.blank, errors.New("the line is empty")); err != nil {
			return err
		}
	}
	if tooLong {
		return w.wrong(w.n, fmt.Errorf("the line is longer than %d bytes", longestAnswerLine))
	}
	r, err := w.read(text)
	if err != nil {
		return w.wrong(w.n, err)
	}
	return w.print(w.out, r, w.lang)
}

func (w *dueLines) wrong(n int, wrong error) error {
	w.bad++
	if !w.JSON {
		_, err := fmt.Fprintf(w.out, "line %d: %v\n", n, wrong)
		return err
	}
	return printJSON(w.out, struct {
		Line  int    `json:"line"`
		Error string `json:"error"`
	}{n, wrong.Error()})
}

// read reads START,LIMIT. The limit may hold commas and either may be quoted.
func (w *dueLines) read(text string) (sla.Reckoning, error) {
	start, limit, ok := strings.Cut(text, ",")
	if !ok {
		return sla.Reckoning{}, errors.New("the line is not START,LIMIT")
	}
	at, err := parseStart(unquote(start), w.calendar.Location())
	if err != nil {
		return sla.Reckoning{}, err
	}
	return w.reckon(w.calendar, at, unquote(limit))
}

func unquote(s string) string { return strings.TrimSpace(strings.Trim(strings.TrimSpace(s), `"`)) }

// startForms are the ways to write a start without a zone.
var startForms = []string{
	"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", time.DateOnly,
}

// parseStart reads a start; one without a zone is on the wall at loc, and a date
// alone is its first moment.
func parseStart(s string, loc *time.Location) (time.Time, error) {
	s = strings.TrimSpace(s)
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	for _, form := range startForms {
		if t, err := time.ParseInLocation(form, s, loc); err == nil {
			return t, nil
		}
	}
	if len(s) > 60 {
		s = s[:60] + "…"
	}
	return time.Time{}, fmt.Errorf("%q is no start; write 2026-09-24T16:50:00+08:00, 2026-09-24 16:50 or 2026-09-24", s)
}

// lang is the language asked for, else that of the environment, else Chinese.
func (c *dueCmd) lang(env []string) string {
	lang := c.Lang
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		for _, variable := range env {
			if value, ok := strings.CutPrefix(variable, name+"="); ok && lang == "" {
				lang = value
			}
		}
	}
	if strings.HasPrefix(lang, "en") {
		return "en"
	}
	return "zh-CN"
}

func (c *dueCmd) print(out io.Writer, r sla.Reckoning, lang string) error {
	if c.JSON {
		row := dueRow{
			Start: r.Start.Format(time.RFC3339), Limit: r.Limit, Due: r.Due.Format(time.RFC3339),
			Provisional: r.Provisional(), UnknownYear: r.UnknownYear, Calendar: r.Calendar(), Steps: []dueStep{},
		}
		for _, s := range r.Steps() {
			row.Steps = append(row.Steps, dueStep{s.Text(lang), s})
		}
		return printJSON(out, row)
	}
	var b strings.Builder
	fmt.Fprintln(&b, r.Due.Format(time.RFC3339))
	for _, s := range r.Explain(lang) {
		fmt.Fprintf(&b, "  %s\n", s)
	}
	_, err := io.WriteString(out, b.String())
	return err
}
