package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"nengban/callbacks"
	"nengban/tickets"
	"nengban/tickets/evidence"
)

// personCmd answers what a citizen may ask of his own data.
type personCmd struct {
	Export personExportCmd `cmd:"" help:"Print all that the desk holds of a person, as JSON. The phone number is read from standard input."`
	Erase  personEraseCmd  `cmd:"" help:"Take a person out of his archived tickets and what was asked and texted about them. The phone number is read from standard input."`
}

type personExportCmd struct {
	common
	Reason string `help:"Who asked and how he was recognised; it is kept." required:""`
}

// heldOf is what the rooms of the desk hold of a person.
type heldOf struct {
	Tickets []tickets.Held `json:"tickets"`
	callbacks.Held
}

// Run prints one JSON object. The number comes by standard input, since command
// lines can be read by everybody on the machine.
func (c *personExportCmd) Run(ctx context.Context, t *terminal) error {
	phone, err := readPhone(t)
	if err != nil {
		return err
	}
	return withDesk(ctx, t, c.common, func(d *desk) error {
		var held heldOf
		var err error
		if held.Tickets, err = d.tickets.ExportPerson(ctx, phone); err != nil {
			return err
		}
		if held.Held, err = d.engine.Held(ctx, phone); err != nil {
			return err
		}
		var numbers []string
		for _, h := range held.Tickets {
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

// retain takes callers out of tickets that are older than the setting says, and
// texts of that age from people who have no ticket.
func (d *desk) retain(ctx context.Context) (int, error) {
	years, _ := strconv.Atoi(d.conf.str("retention_years")) // a number, checked
	if years == 0 {
		return 0, nil
	}
	before := d.clock.Now().AddDate(-years, 0, 0)
	n, err := d.tickets.EraseOld(ctx, before, d.files)
	if err != nil {
		return n, err
	}
	m, err := d.engine.ForgetTexts(ctx, before)
	return n + m, err
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
