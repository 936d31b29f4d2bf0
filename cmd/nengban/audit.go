package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/syslog"
	"net/url"
	"os"
	"path/filepath"

	"nengban/migrations"
	"nengban/tickets/evidence"
)

// auditCmd is what the auditor asks.
type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check that nothing was changed behind the program's back, and name what was."`
}

type auditVerifyCmd struct {
	common
	Journal []string `help:"Further files to compare with: the journals of other instances, or what the remote log kept." type:"existingfile" placeholder:"FILE"`
	JSON    bool     `help:"One JSON object for every finding." name:"json"`
}

// Run verifies while the desk may be open: it only reads. It ends with an
// error when anything was found.
func (c *auditVerifyCmd) Run(ctx context.Context, t *terminal) error {
	conf, err := readConfig(c.common, "", t.Env)
	if err != nil {
		return err
	}
	f := &folder{path: conf.str("data")}
	keys, err := f.readVault(conf.str("master_key"))
	if err != nil {
		return err
	}
	db, err := migrations.Open(ctx, conf.dsn(f))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	journals, closeAll, err := openAll(append([]string{f.journal()}, c.Journal...))
	if err != nil {
		return err
	}
	defer closeAll()
	report, err := evidence.NewChain(db, t.Clock, keys).Verify(ctx, journals, func(x evidence.Finding) { c.print(t.Out, x) })
	if err != nil {
		return err
	}
	fmt.Fprintf(t.Err, "%d links and %d anchors compared, %d rows too new to have a link; newest link %.16s…\n", report.Links, report.Anchors, report.Pending, report.Head)
	if report.Findings > 0 {
		return fmt.Errorf("%d things were done behind the program's back", report.Findings)
	}
	fmt.Fprintln(t.Err, "nothing was changed, deleted or reordered behind the program's back")
	return nil
}

func (c *auditVerifyCmd) print(w io.Writer, x evidence.Finding) {
	if c.JSON {
		_ = json.NewEncoder(w).Encode(x)
		return
	}
	fmt.Fprintln(w, x)
}

// openAll opens the journals; the first one, the desk's own, may be missing
// where nothing was linked yet.
func openAll(paths []string) (files []io.Reader, closeAll func(), err error) {
	var open []*os.File
	closeAll = func() {
		for _, f := range open {
			_ = f.Close()
		}
	}
	for i, p := range paths {
		f, err := os.Open(p) //nolint:gosec // the auditor names it
		if i == 0 && errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			closeAll()
			return nil, nil, fmt.Errorf("opening a journal: %w", err)
		}
		open, files = append(open, f), append(files, f)
	}
	return files, closeAll, nil
}

// journal is the path of this instance's journal of the chain.
func (f *folder) journal() string { return filepath.Join(f.path, "evidence.journal") }

// seal links what was written lately and writes the links down outside the
// database.
func (d *desk) seal(ctx context.Context) (int, error) {
	n, err := d.chain.Link(ctx)
	if err != nil {
		return n, err
	}
	_, err = d.chain.Anchor(ctx, d.journal)
	return n, err
}

// remoteLog sends anchors to the log server of the settings; nil when there is none.
func (d *desk) remoteLog() func(string) error {
	u, err := url.Parse(d.conf.str("audit_syslog"))
	if err != nil || u.Host == "" {
		return nil
	}
	return func(line string) error {
		w, err := syslog.Dial(u.Scheme, u.Host, syslog.LOG_INFO|syslog.LOG_AUTHPRIV, "nengban")
		if err != nil {
			return err
		}
		return errors.Join(w.Info(line), w.Close())
	}
}

func isLogServer(s string) error {
	u, err := url.Parse(s)
	if err != nil || u.Port() == "" || u.Scheme != "udp" && u.Scheme != "tcp" {
		return fmt.Errorf("%q is not a log server such as udp://10.0.0.5:514 or tcp://10.0.0.5:601", s)
	}
	return nil
}
