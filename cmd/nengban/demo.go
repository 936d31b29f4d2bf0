package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/cmd/nengban/demo"
	"nengban/migrations"
)

// demoCmd is the desk to look around in: an embedded database, an invented
// town, and pretend telephones.
type demoCmd struct {
	Addr     string `help:"Address to listen on, one of this machine's own (default 127.0.0.1:8345)." default:"127.0.0.1:8345" placeholder:"HOST:PORT"`
	Data     string `help:"Folder to keep the demo in; one that is found there is opened again. Without it the demo lies in a temporary folder that is removed at the end." type:"path" placeholder:"DIR"`
	Keep     bool   `help:"Leave the temporary folder where it is."`
	Anywhere bool   `help:"Listen on an address that others can reach too. Whoever reaches it can take every citizen's telephone in hand."`
}

// Run plays the fortnight, or opens the one that was played before, and serves
// until it is told to stop.
func (c *demoCmd) Run(ctx context.Context, t *terminal) (err error) {
	if err := c.checkAddress(t); err != nil {
		return err
	}
	conf, remove, err := c.settings(t)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, remove()) }()
	sum, err := demoIn(ctx, conf, t)
	if err != nil {
		if ctx.Err() != nil {
			return nil // told to stop before there was anything to see
		}
		return err
	}
	d, err := openDesk(ctx, conf, t, callingBack(demo.OpenPolicy(surveyLinks(conf))))
	if err != nil {
		return err
	}
	err = d.serve(ctx, t, true, func(address string) { greet(t.Out, address, conf.str("data"), c.lasting(), sum) })
	return errors.Join(err, d.phones.save(), d.close())
}

// checkAddress keeps the demo to this machine: its passwords are on the screen
// and its telephones answer to anybody.
func (c *demoCmd) checkAddress(t *terminal) error {
	host, _, err := net.SplitHostPort(c.Addr)
	if err != nil {
		return fmt.Errorf("--addr: %q is not host:port, such as 127.0.0.1:8345", c.Addr)
	}
	ip := net.ParseIP(host)
	switch {
	case host == "localhost" || ip != nil && ip.IsLoopback():
		return nil
	case !c.Anywhere:
		return fmt.Errorf("--addr: the demo listens on this machine alone, and %q is reached from elsewhere; --anywhere allows it", host)
	}
	fmt.Fprintln(t.Err, "警告：演示将对其他机器开放，任何能访问的人都可以登录并操作演示手机。\n"+
		"Warning: others can reach this demo; whoever does can log in and use the pretend telephones.")
	return nil
}

func (c *demoCmd) lasting() bool { return c.Data != "" || c.Keep }

// settings are the demo's own: nothing is taken from the environment but how
// talkative the log is, least of all a database that is in real use. remove
// takes the temporary folder away.
func (c *demoCmd) settings(t *terminal) (conf *config, remove func() error, err error) {
	remove = func() error { return nil }
	folder := c.Data
	if folder == "" {
		if folder, err = os.MkdirTemp("", "nengban-demo-"); err != nil {
			return nil, nil, fmt.Errorf("making a folder for the demo: %w", err)
		}
		if !c.Keep {
			remove = func() error { return os.RemoveAll(folder) }
		}
	}
	env := []string{"NENGBAN_NAME=" + demo.DeskName, "NENGBAN_CARRIER=simulator", "NENGBAN_LOG_LEVEL=warn"}
	for _, line := range t.Env {
		if strings.HasPrefix(line, "NENGBAN_LOG_") {
			env = append(env, line)
		}
	}
	address, err := certain(c.Addr)
	if err == nil {
		conf, err = readConfig(common{Data: folder}, address, env)
	}
	if err != nil {
		err = errors.Join(err, remove())
	}
	return conf, remove, err
}

// certain gives an address that says any port will do, port 0, one that is
// free: the texts that citizens get in the play hold links to it.
func certain(address string) (string, error) {
	if _, port, err := net.SplitHostPort(address); err != nil || port != "0" {
		return address, nil //nolint:nilerr // what is wrong with it the settings say
	}
	l, err := net.Listen("tcp", address) //nolint:noctx // closed on the next line
	if err != nil {
		return "", fmt.Errorf("looking for a free port: %w", err)
	}
	return l.Addr().String(), l.Close()
}

func surveyLinks(conf *config) string { return "http://" + conf.str("addr") + "/s/" }

// Names in a demo's folder: what there is to see, and a mark that lies there
// while the play is not over.
const (
	playedFile  = "demo.json"
	playingFile = "demo.playing"
)

// demoIn returns what there is to see in the folder: the play that lies there,
// or one that is played now. A play that was broken off is played anew; a desk
// that is no demo is never touched.
func demoIn(ctx context.Context, conf *config, t *terminal) (*demo.Summary, error) {
	f, err := openFolder(conf.str("data"))
	if err != nil {
		return nil, err
	}
	sum, err := readPlayed(f)
	if err == nil && sum == nil {
		err = clearStage(f)
	}
	if err = errors.Join(err, f.close()); err != nil || sum != nil {
		return sum, err
	}
	return playDemo(ctx, conf, t)
}

// readPlayed returns nil where no play came to its end.
func readPlayed(f *folder) (*demo.Summary, error) {
	body, err := os.ReadFile(f.in(playedFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil //nolint:nilnil // there is none, and that is no error
	}
	if err != nil {
		return nil, fmt.Errorf("reading the demo: %w", err)
	}
	var sum demo.Summary
	if err := json.Unmarshal(body, &sum); err != nil {
		return nil, fmt.Errorf("reading the demo in %s: %w", f.path, err)
	}
	return &sum, nil
}

// clearStage makes room for a play.
func clearStage(f *folder) error {
	left, err := filepath.Glob(f.in("*"))
	if err != nil {
		return fmt.Errorf("looking into %s: %w", f.path, err)
	}
	left = slices.DeleteFunc(left, func(p string) bool { return p == f.in("lock") })
	if len(left) > 0 && !slices.Contains(left, f.in(playingFile)) {
		return fmt.Errorf("the folder %s holds something that is no demo; choose an empty one with --data", f.path)
	}
	for _, p := range left {
		if err := os.RemoveAll(p); err != nil {
			return fmt.Errorf("clearing a demo that was broken off: %w", err)
		}
	}
	return writeWhole(f.in(playingFile), nil)
}

// playDemo plays the fortnight that ends now into the folder.
func playDemo(ctx context.Context, conf *config, t *terminal) (_ *demo.Summary, err error) {
	now := t.Clock.Now()
	fmt.Fprintln(t.Out, "正在演练云溪市两周的热线…  Playing a fortnight of the town's calls…")
	clock := clockwork.NewFakeClockAt(now.AddDate(0, -2, 0))
	past := *t
	past.Clock = clock
	d, err := openDesk(ctx, conf, &past, callingBack(demo.PlayPolicy(surveyLinks(conf))))
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, d.close()) }()
	if err := unsynced(ctx, d.db); err != nil {
		return nil, err
	}
	password := newPassword()[:14] // one for everybody, so that changing parts costs no looking up
	sum, err := demo.Play(ctx, demo.Parts{Desk: d.tickets, Staff: d.staff, Places: d.places, Clock: clock, Now: now,
		Password: func() string { return password }, Jobs: demo.JobsOf(d.tickets, d.engine), Phones: d.phones.Network, Calls: d.engine, Learn: d.learn})
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(t.Out, "%d 件工单，%d 次操作，%d 条短信，用时 %s  %d tickets, %d acts, %d texts\n",
		sum.Tickets, sum.Acts, sum.Texts, t.Clock.Since(now).Round(100*time.Millisecond), sum.Tickets, sum.Acts, sum.Texts)
	return sum, d.finishPlay(ctx, sum)
}

// finishPlay puts what was played onto the disk, and last of all the file that
// says so.
func (d *desk) finishPlay(ctx context.Context, sum *demo.Summary) error {
	if _, err := d.db.ExecContext(ctx, "PRAGMA synchronous=FULL; PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		return fmt.Errorf("putting the play onto the disk: %w", err)
	}
	if err := d.phones.save(); err != nil {
		return err
	}
	body, err := json.MarshalIndent(sum, "", "\t")
	if err != nil {
		return fmt.Errorf("writing down the play: %w", err)
	}
	if err := writeWhole(d.folder.in(playedFile), body); err != nil {
		return err
	}
	return os.Remove(d.folder.in(playingFile))
}

// unsynced lets SQLite's commits not wait for the disk while the play lasts. A
// play that is broken off is played anew, so there is nothing to lose; with
// a disk's usual few milliseconds for each of eight thousand commits it would
// take half a minute. Every connection of the pool has to be told.
func unsynced(ctx context.Context, db *bun.DB) (err error) {
	if migrations.IsPostgres(db) {
		return nil
	}
	var all []bun.Conn
	defer func() {
		for _, c := range all {
			err = errors.Join(err, c.Close())
		}
	}()
	for range db.Stats().MaxOpenConnections {
		c, err := db.Conn(ctx)
		if err != nil {
			return fmt.Errorf("preparing the play: %w", err)
		}
		all = append(all, c)
		if _, err := c.ExecContext(ctx, "PRAGMA synchronous=OFF"); err != nil {
			return fmt.Errorf("preparing the play: %w", err)
		}
	}
	return nil
}
