package main

import (
	"context"
	"errors"
	"fmt"
	"net"
)

// serveCmd is the desk in real use.
type serveCmd struct {
	common
	Addr string `help:"Address to listen on (default 127.0.0.1:8345)." placeholder:"HOST:PORT"`
}

// Run serves until it is told to stop. Everything that can be wrong with the
// settings is found before it listens.
func (c *serveCmd) Run(ctx context.Context, t *terminal) error {
	conf, err := readConfig(c.common, c.Addr, t.Env)
	if err != nil {
		return err
	}
	d, err := openDesk(ctx, conf, t)
	if err != nil {
		return err
	}
	return errors.Join(d.serve(ctx, t, false, nil), d.close())
}

// serve listens, starts the timetable, says hello, and ends all of it when ctx ends.
func (d *desk) serve(ctx context.Context, t *terminal, demo bool, hello func(address string)) error {
	server, err := d.server(demo)
	if err != nil {
		return err
	}
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", d.conf.str("addr"))
	if err != nil {
		return fmt.Errorf("listening on %s: %w", d.conf.str("addr"), err)
	}
	jobs, err := d.startJobs(ctx, server)
	if err != nil {
		return errors.Join(err, l.Close())
	}
	address := "http://" + l.Addr().String()
	if hello != nil {
		hello(address)
	} else {
		fmt.Fprintf(t.Out, "%s is open at %s\n", d.conf.str("name"), address)
	}
	err = server.Serve(ctx, l)
	return errors.Join(err, jobs.stop())
}
