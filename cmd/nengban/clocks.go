package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"nengban/tickets"
)

// clocksCmd looks after the stored deadlines.
type clocksCmd struct {
	Check clocksCheckCmd `cmd:"" help:"Replay every ticket's timeline and compare its deadlines with the stored ones."`
}

type clocksCheckCmd struct {
	common
	Repair bool   `help:"Write what the replay says over what is stored; needs --reason."`
	Reason string `help:"Why; it is kept with what was mended."`
	Open   bool   `help:"Only tickets that are not over."`
	JSON   bool   `help:"One JSON object a line." name:"json"`
}

// Run prints every difference and, asked to, mends it. It ends with an error
// while differences remain.
func (c *clocksCheckCmd) Run(ctx context.Context, t *terminal) error {
	if c.Repair && c.Reason == "" {
		return errors.New("--repair needs --reason: why the deadlines are changed is kept with them")
	}
	return withDesk(ctx, t, c.common, func(d *desk) error {
		found := 0
		if c.Repair {
			moved, err := d.tickets.MendClocks(ctx, "nengban clocks check", c.Reason, c.Open)
			for _, diff := range moved {
				c.print(t.Out, diff)
			}
			fmt.Fprintf(t.Err, "%d tickets mended\n", len(moved))
			return err
		}
		for diff, err := range d.tickets.CheckClocks(ctx, c.Open) {
			if err != nil {
				return err
			}
			found++
			c.print(t.Out, diff)
		}
		if found > 0 {
			return fmt.Errorf("%d tickets have deadlines that are not what their timelines say; --repair --reason WHY mends them", found)
		}
		fmt.Fprintln(t.Err, "every stored deadline is what its timeline says")
		return nil
	})
}

func (c *clocksCheckCmd) print(w io.Writer, diff tickets.Difference) {
	if c.JSON {
		_ = json.NewEncoder(w).Encode(diff)
		return
	}
	for _, f := range diff.Found {
		fmt.Fprintf(w, "%s  round %d  %s %s  %s: stored %s, replayed %s\n", diff.Number, f.Key.Round, f.Key.Clock, f.Key.Unit, f.Field, orNone(f.Was), orNone(f.Is))
	}
}

func orNone(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// calendarCmd looks after the working calendar.
type calendarCmd struct {
	Import calendarImportCmd `cmd:"" help:"Load the State Council's holiday list of a year: holiday-cn's JSON, ICS or CSV."`
}

type calendarImportCmd struct {
	common
	File string `arg:"" help:"The list." type:"existingfile"`
	Year int    `help:"The year, for files that do not say it."`
}

// Run loads the list, reckons open deadlines anew and lists what moved. A list
// that is not sound is refused with the day named, and nothing changes.
func (c *calendarImportCmd) Run(ctx context.Context, t *terminal) error {
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("opening the list: %w", err)
	}
	defer func() { _ = f.Close() }()
	return withDesk(ctx, t, c.common, func(d *desk) error {
		years, moved, err := d.tickets.LoadHolidays(ctx, "nengban calendar import", c.File, f, c.Year)
		if err != nil {
			return err
		}
		for _, y := range years {
			fmt.Fprintf(t.Out, "%d: %d days loaded\n", y.Year, len(y.Days))
		}
		fmt.Fprintf(t.Out, "%d open tickets have deadlines that moved\n", len(moved))
		for _, diff := range moved {
			(&clocksCheckCmd{}).print(t.Out, diff)
		}
		return nil
	})
}
