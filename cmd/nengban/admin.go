package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"math/big"
	"strings"

	"nengban/migrations"
	"nengban/tickets/staff"
)

// migrateCmd brings the schema up to date, or takes it back.
type migrateCmd struct {
	common
	Down   bool `help:"Take back the last group of steps."`
	Status bool `help:"Only say what would be done."`
}

// Run does what the flags say and prints every step.
func (c *migrateCmd) Run(ctx context.Context, t *terminal) error {
	conf, err := readConfig(c.common, "", t.Env)
	if err != nil {
		return err
	}
	f, err := openFolder(conf.str("data"))
	if err != nil {
		return err
	}
	defer func() { _ = f.close() }()
	db, err := migrations.Open(ctx, conf.dsn(f))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	run, verb := migrations.Up, "done"
	switch {
	case c.Status:
		run, verb = migrations.Pending, "to do"
	case c.Down:
		run, verb = migrations.Down, "taken back"
	}
	steps, err := run(ctx, db)
	for _, s := range steps {
		fmt.Fprintf(t.Out, "%s: %s\n", verb, s)
	}
	if err == nil && len(steps) == 0 {
		fmt.Fprintln(t.Out, "nothing to do: the schema is up to date")
	}
	return err
}

// staffCmd is the staff from the terminal.
type staffCmd struct {
	Add staffAddCmd `cmd:"" help:"Take in a member of staff; the first administrator comes in this way."`
}

type staffAddCmd struct {
	common
	Login      string `arg:"" help:"Name to log in with."`
	Name       string `help:"The person's name." required:""`
	Roles      string `help:"Roles, comma-separated: operator, window_clerk, dispatcher, caseworker, department_leader, callback_caller, knowledge_editor, supervisor, auditor, administrator." required:""`
	Department string `help:"Code of the department, for caseworkers and leaders."`
	Hall       string `help:"Hall, for window clerks."`
	Window     string `help:"Window, for window clerks."`
	Lang       string `help:"Language of the pages: zh-CN or en." default:"zh-CN" enum:"zh-CN,en"`
	Password   bool   `help:"Read the password from standard input instead of making one."`
}

// Run adds the member and prints the password that was made, once.
func (c *staffAddCmd) Run(ctx context.Context, t *terminal) error {
	roles, unknown := staff.ParseRoles(c.Roles)
	if unknown != "" {
		return fmt.Errorf("there is no role %q; `nengban staff add --help` lists them", unknown)
	}
	password, err := c.password(t)
	if err != nil {
		return err
	}
	return withDesk(ctx, t, c.common, func(d *desk) error {
		if _, ok := d.places.Directory().Department(c.Department); c.Department != "" && !ok {
			return fmt.Errorf("there is no department %q; take it in on the directory page first", c.Department)
		}
		m, err := d.staff.Add(ctx, staff.Member{Login: c.Login, Name: c.Name, Roles: roles, Department: c.Department, Hall: c.Hall, WindowNo: c.Window, Lang: c.Lang}, password)
		if err != nil {
			return err
		}
		fmt.Fprintf(t.Out, "%s (%s) can log in as %s\n", m.Name, c.Roles, m.Login)
		if !c.Password {
			fmt.Fprintf(t.Out, "password, shown only now: %s\n", password)
		}
		return nil
	})
}

func (c *staffAddCmd) password(t *terminal) (string, error) {
	if !c.Password {
		return newPassword(), nil
	}
	var line string
	if _, err := fmt.Fscanln(t.In, &line); err != nil || strings.TrimSpace(line) == "" {
		return "", errors.New("reading the password: standard input should hold it on one line")
	}
	return line, nil
}

// newPassword makes a password of four groups that can be read over a phone.
func newPassword() string {
	const letters = "abcdefghjkmnpqrstuvwxyz23456789"
	var b strings.Builder
	for i := range 16 {
		if i > 0 && i%4 == 0 {
			b.WriteByte('-')
		}
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		if err != nil {
			panic(err) // the system's randomness is gone; nothing safe can be made
		}
		b.WriteByte(letters[n.Int64()])
	}
	return b.String()
}

// configCmd prints the settings.
type configCmd struct {
	common
}

// Run prints every setting with its value, source and variable; secrets stay hidden.
func (c *configCmd) Run(t *terminal) error {
	conf, err := readConfig(c.common, "", t.Env)
	if conf != nil {
		conf.print(t.Out)
	}
	return err
}
