package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"nengban/tickets/evidence"
)

// personCmd answers what a citizen may ask of his own data.
type personCmd struct {
	Export personExportCmd `cmd:"" help:"Print all that the desk holds of a person, as JSON. The phone number is read from standard input."`
	Erase  personEraseCmd  `cmd:"" help:"Take a person out of his archived tickets. The phone number is read from standard input."`
}

type personExportCmd struct {
	common
	Reason string `help:"Who asked and how he was recognised; it is kept." required:""`
}

// Run prints one JSON list. The number comes by standard input, since command
// lines can be read by everybody on the machine.
func (c *personExportCmd) Run(ctx context.Context, t *terminal) error {
	phone, err := readPhone(t)
	if err != nil {
		return err
	}
	return withDesk(ctx, t, c.common, func(d *desk) error {
		held, err := d.tickets.ExportPerson(ctx, phone)
		if err != nil {
			return err
		}
		var numbers []string
		for _, h := range held {
			numbers = append(numbers, h.Number)
		}
		if err := d.noteSecurity(ctx, "person_exported", numbers, c.Reason); err != nil {
			return err
		}
		out := json.NewEncoder(t.Out)
		out.SetIndent("", "  ")
		return out.Encode(held)
	})
}

type personEraseCmd struct {
	common
	Reason string `help:"Who asked and how he was recognised; it is kept." required:""`
}

// Run erases and says which tickets had to be kept.
func (c *personEraseCmd) Run(ctx context.Context, t *terminal) error {
	phone, err := readPhone(t)
	if err != nil {
		return err
	}
	return withDesk(ctx, t, c.common, func(d *desk) error {
		erased, kept, err := d.tickets.ErasePerson(ctx, phone, d.files)
		if noteErr := d.noteSecurity(ctx, "person_erased", erased, c.Reason); noteErr != nil || err != nil {
			return errors.Join(err, noteErr)
		}
		for _, n := range erased {
			fmt.Fprintf(t.Out, "%s: the caller is gone\n", n)
		}
		for _, n := range kept {
			fmt.Fprintf(t.Out, "%s: kept, it is not archived yet\n", n)
		}
		return nil
	})
}

func (d *desk) noteSecurity(ctx context.Context, act string, numbers []string, why string) error {
	return evidence.NewLog(d.db, d.clock, d.vault).Note(ctx, evidence.Event{ByName: "nengban person", Act: act, Subject: strings.Join(numbers, " "), Details: why})
}

// retain takes callers out of tickets that are older than the setting says.
func (d *desk) retain(ctx context.Context) (int, error) {
	years, _ := strconv.Atoi(d.conf.str("retention_years")) // a number, checked
	if years == 0 {
		return 0, nil
	}
	return d.tickets.EraseOld(ctx, d.clock.Now().AddDate(-years, 0, 0), d.files)
}

func readPhone(t *terminal) (string, error) {
	var line string
	if _, err := fmt.Fscanln(t.In, &line); err != nil {
		return "", errors.New("reading the phone number: standard input should hold it on one line")
	}
	return line, nil
}

func isYears(s string) error {
	if n, err := strconv.Atoi(s); err != nil || n < 0 || n > 100 {
		return fmt.Errorf("%q is not a number of years", s)
	}
	return nil
}
