package evidence_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/evidence"
	tt "nengban/tickets/ticketstest"
)

// desk is a town whose records are linked and written down outside.
type desk struct {
	*tt.Town
	t       *testing.T
	db      bun.IDB
	chain   *evidence.Chain
	journal string
	a, b    *tickets.Ticket // two tickets with seven entries each, read by the supervisor
}

func newDesk(t *testing.T, db *bun.DB) *desk {
	t.Helper()
	d := &desk{Town: tt.New(t, db), t: t, db: db, journal: filepath.Join(t.TempDir(), "journal")}
	d.chain = evidence.NewChain(db, d.Clock, d.Vault)
	d.Register() // something before, so that there is a chain to continue
	d.keep()
	d.a, d.b = d.Ticket(tickets.Archived), d.Ticket(tickets.Archived)
	for _, x := range []*tickets.Ticket{d.a, d.b, d.a} {
		if _, err := d.Desk.Open(tickets.WithAddress(t.Context(), "192.0.2.7"), d.Supervisor, x.Number); err != nil {
			t.Fatal(err)
		}
	}
	log := evidence.NewLog(db, d.Clock, d.Vault)
	if err := log.Note(t.Context(), evidence.Event{ByID: 9, ByName: "郑管理", Act: "roles_changed", Subject: "陈话务"}); err != nil {
		t.Fatal(err)
	}
	d.keep()
	return d
}

// keep links what is new and writes it down.
func (d *desk) keep() {
	d.t.Helper()
	if _, err := d.chain.Link(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.chain.Anchor(d.t.Context(), evidence.NewJournal(d.journal, nil)); err != nil {
		d.t.Fatal(err)
	}
}

// behind does something to the database that the program would never do.
func (d *desk) behind(query string, args ...any) {
	d.t.Helper()
	res, err := d.db.ExecContext(d.t.Context(), query, args...)
	if err != nil {
		d.t.Fatal(err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		d.t.Fatalf("the tampering hit nothing: %s (%v)", query, err)
	}
}

// found verifies and returns what was found as what, kind, ticket and entry.
func (d *desk) found(withJournal bool) []string {
	d.t.Helper()
	var journals []io.Reader
	if withJournal {
		body, err := os.ReadFile(d.journal)
		if err != nil {
			d.t.Fatal(err)
		}
		journals = append(journals, bytes.NewReader(body))
	}
	out := []string{}
	report, err := d.chain.Verify(d.t.Context(), journals, func(f evidence.Finding) {
		out = append(out, fmt.Sprint(f.What, " ", f.Kind, " ", f.Ticket, " ", f.Entry))
		if f.Ticket != "" && !strings.Contains(f.String(), f.Ticket) {
			d.t.Errorf("%q does not name ticket %s", f, f.Ticket)
		}
	})
	if err != nil {
		d.t.Fatal(err)
	}
	if int(report.Findings) != len(out) {
		d.t.Errorf("%d findings were counted and %d named", report.Findings, len(out))
	}
	slices.Sort(out)
	return out
}

func (d *desk) entry(what string, x *tickets.Ticket, seq int) string {
	return fmt.Sprint(what, " timeline ", x.Number, " ", seq)
}

func (d *desk) finds(withJournal bool, want ...string) {
	d.t.Helper()
	slices.Sort(want)
	if got := d.found(withJournal); !slices.Equal(got, want) {
		d.t.Errorf("found:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func each(t *testing.T, test func(d *desk)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) { test(newDesk(t, db)) })
}

// tamperings are what somebody with the database can do, each with what must
// be found.
var tamperings = []struct {
	name string
	do   func(d *desk)
}{
	{"An edited entry is named", func(d *desk) {
		d.behind(`UPDATE timeline SET details = replace(details, '已当面', '未当面') WHERE ticket_id = ? AND seq = 5`, d.a.ID)
		d.finds(true, d.entry("changed", d.a, 5))
		d.finds(false, d.entry("changed", d.a, 5))
	}},
	{"An edited hour is named", func(d *desk) {
		d.behind(`UPDATE timeline SET at = ? WHERE ticket_id = ? AND seq = 4`, d.Clock.Now().UTC().AddDate(0, 0, -1), d.b.ID)
		d.finds(true, d.entry("changed", d.b, 4))
	}},
	{"An edited complaint is named", func(d *desk) {
		d.behind(`UPDATE tickets SET content = '没有意见' WHERE id = ?`, d.a.ID)
		d.finds(true, "changed tickets "+d.a.Number+" 0")
	}},
	{"A deleted entry is named", func(d *desk) {
		d.behind(`DELETE FROM timeline WHERE ticket_id = ? AND seq = 3`, d.a.ID)
		d.finds(true, d.entry("deleted", d.a, 3))
	}},
	{"A deleted reading is named", func(d *desk) {
		d.behind(`DELETE FROM reads WHERE ticket_id = ?`, d.b.ID)
		d.finds(true, "deleted reads "+d.b.Number+" 0")
	}},
	{"A deleted ticket is named", func(d *desk) {
		d.behind(`DELETE FROM tickets WHERE id = ?`, d.b.ID)
		d.finds(true, "deleted tickets "+d.b.Number+" 0")
	}},
	{"An edited security event is found", func(d *desk) {
		d.behind(`UPDATE security_events SET by_name = '别人'`)
		d.finds(true, "changed security_events  0")
	}},
	{"An inserted entry is named even when it is linked", func(d *desk) {
		d.behind(`INSERT INTO timeline (ticket_id, seq, act, at, by_id, by_name, role, department, from_status, to_status, round, details)
			SELECT ticket_id, 99, act, at, by_id, by_name, role, department, from_status, to_status, round, details FROM timeline WHERE ticket_id = ? AND seq = 4`, d.a.ID)
		if got := d.found(true); !slices.Contains(got, d.entry("forged", d.a, 99)) {
			d.t.Errorf("before linking: %q", got)
		}
		d.keep()
		if got := d.found(true); !slices.Contains(got, d.entry("forged", d.a, 99)) {
			d.t.Errorf("after linking: %q", got)
		}
	}},
	{"Two entries that were swapped are named", func(d *desk) {
		// Each takes the other's content and stamp; only their places differ.
		d.behind(`UPDATE timeline SET seq = 100 WHERE ticket_id = ? AND seq = 4`, d.a.ID)
		d.behind(`UPDATE timeline SET seq = 4 WHERE ticket_id = ? AND seq = 5`, d.a.ID)
		d.behind(`UPDATE timeline SET seq = 5 WHERE ticket_id = ? AND seq = 100`, d.a.ID)
		d.finds(true, d.entry("changed", d.a, 4), d.entry("changed", d.a, 5))
	}},
	{"Entries swapped between tickets are named", func(d *desk) {
		d.behind(`UPDATE timeline SET ticket_id = -1 WHERE ticket_id = ? AND seq = 5`, d.a.ID)
		d.behind(`UPDATE timeline SET ticket_id = ? WHERE ticket_id = ? AND seq = 5`, d.a.ID, d.b.ID)
		d.behind(`UPDATE timeline SET ticket_id = ? WHERE ticket_id = -1`, d.b.ID)
		d.finds(true, d.entry("changed", d.a, 5), d.entry("changed", d.b, 5))
	}},
	{"Reordered links are named", func(d *desk) {
		p, q := d.position(d.a, 4), d.position(d.a, 5)
		d.behind(`UPDATE chain SET position = -1 WHERE position = ?`, p)
		d.behind(`UPDATE chain SET position = ? WHERE position = ?`, p, q)
		d.behind(`UPDATE chain SET position = ? WHERE position = -1`, q)
		got := d.found(false)
		for _, want := range []string{d.entry("link_changed", d.a, 4), d.entry("link_changed", d.a, 5)} {
			if !slices.Contains(got, want) {
				d.t.Errorf("found %q; want %s among it", got, want)
			}
		}
	}},
	{"A link taken out of the middle is named", func(d *desk) {
		d.behind(`DELETE FROM chain WHERE position = ?`, d.position(d.a, 4))
		d.finds(true, d.entry("link_missing", d.a, 4))
		d.keep2(true) // the row is linked again at the end: that heals nothing
		if got := d.found(true); !slices.Contains(got, d.entry("link_missing", d.a, 4)) {
			d.t.Errorf("after linking again: %q", got)
		}
		if got := d.found(false); len(got) == 0 {
			d.t.Error("without a journal nothing was found")
		}
	}},
	// Whoever cuts off the newest entries with their links leaves a chain that is
	// sound in itself; only what was written down outside remembers.
	{"A truncated chain is named by the journal", func(d *desk) {
		from := d.position(d.b, 6)
		d.behind(`DELETE FROM timeline WHERE id IN (SELECT row_id FROM chain WHERE kind = 'timeline' AND position >= ?)`, from)
		d.behind(`DELETE FROM reads WHERE id IN (SELECT row_id FROM chain WHERE kind = 'reads' AND position >= ?)`, from)
		d.behind(`DELETE FROM security_events`)
		d.behind(`DELETE FROM chain WHERE position >= ?`, from)
		got := d.found(true)
		for _, want := range []string{d.entry("cut_off", d.b, 6), d.entry("cut_off", d.b, 7), "cut_off reads " + d.a.Number + " 0", "cut_off security_events  0"} {
			if !slices.Contains(got, want) {
				d.t.Errorf("found %q; want %s among it", got, want)
			}
		}
		d.keep2(false) // the job sees it the next time it runs
	}},
	// Whoever has the database can make a new chain of sound heads; the journal
	// has the old ones, and the stamps cannot be made without the key.
	{"A forged chain is named", func(d *desk) {
		d.behind(`UPDATE timeline SET details = replace(details, '已当面', '未当面') WHERE ticket_id = ? AND seq = 5`, d.a.ID)
		d.behind(`DELETE FROM chain`)
		forger := evidence.NewChain(d.db, d.Clock, stampless{})
		if _, err := forger.Link(d.t.Context()); err != nil {
			d.t.Fatal(err)
		}
		got := d.found(false)
		if !slices.Contains(got, d.entry("forged", d.a, 5)) {
			d.t.Errorf("without a journal: %q; want the entry's stamp found out", got)
		}
		rewritten := slices.ContainsFunc(d.found(true), func(s string) bool { return strings.HasPrefix(s, "rewritten ") })
		if !rewritten {
			d.t.Errorf("with the journal: %q; want the rewriting named", d.found(true))
		}
		d.keep2(false)
	}},
	// An erasure that the program did not do is a change.
	{"A forged erasure is named", func(d *desk) {
		d.behind(`UPDATE tickets SET content = '没有意见' WHERE id = ?`, d.a.ID)
		d.erase(evidence.NewChain(d.db, d.Clock, stampless{}), d.a.ID)
		d.finds(true, "changed tickets "+d.a.Number+" 0", "link_changed tickets "+d.a.Number+" 0")
	}},
	{"A lawful erasure is no finding", func(d *desk) {
		d.behind(`UPDATE tickets SET content = '', erased = 'retention' WHERE id = ?`, d.a.ID)
		d.erase(d.chain, d.a.ID)
		d.finds(true)
		d.behind(`UPDATE tickets SET content = 'x' WHERE id = ?`, d.a.ID)
		d.finds(true, "changed tickets "+d.a.Number+" 0", "changed tickets "+d.a.Number+" 0")
	}},
}

func TestTampering(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		honest := newDesk(t, db)
		for _, x := range tamperings {
			t.Run(x.name, func(t *testing.T) { honest.undone(t, x.do) })
		}
		honest.finds(true)
	})
}

// undone runs do on a copy of the desk whose database is put back afterwards.
func (d *desk) undone(t *testing.T, do func(d *desk)) {
	t.Helper()
	tx, err := d.DB.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback() }()
	body, err := os.ReadFile(d.journal)
	if err != nil {
		t.Fatal(err)
	}
	copied := *d
	copied.t, copied.db, copied.journal, copied.chain = t, tx, filepath.Join(t.TempDir(), "journal"), evidence.NewChain(tx, d.Clock, d.Vault)
	if err := os.WriteFile(copied.journal, body, 0o600); err != nil {
		t.Fatal(err)
	}
	do(&copied)
}

func TestAnHonestDeskIsFoundHonest(t *testing.T) {
	each(t, func(d *desk) {
		d.finds(true)
		d.finds(false)
		d.Register() // not linked yet
		report, err := d.chain.Verify(d.t.Context(), nil, func(f evidence.Finding) { d.t.Error(f) })
		if err != nil || report.Pending != 2 || report.Links < 17 {
			d.t.Errorf("report %+v, %v; want the ticket and its first line pending", report, err)
		}
		if n, err := d.chain.Link(d.t.Context()); err != nil || n != 2 {
			d.t.Errorf("linking added %d, %v; want 2", n, err)
		}
		if n, err := d.chain.Link(d.t.Context()); err != nil || n != 0 {
			d.t.Errorf("linking again added %d, %v; want nothing", n, err)
		}
	})
}

// An entry deleted in the seconds before it is linked leaves its ticket short.
func TestAnEntryDeletedBeforeItWasLinkedIsNamed(t *testing.T) {
	each(t, func(d *desk) {
		x := d.Ticket(tickets.InHand)
		d.behind(`DELETE FROM timeline WHERE ticket_id = ? AND seq = 4`, x.ID)
		d.finds(true, d.entry("missing", x, 4))
		d.keep()
		d.finds(true, d.entry("missing", x, 4))
	})
}

// keep2 links and anchors, of which the second may be refused.
func (d *desk) keep2(anchors bool) {
	d.t.Helper()
	if _, err := d.chain.Link(d.t.Context()); err != nil {
		d.t.Fatal(err)
	}
	if _, err := d.chain.Anchor(d.t.Context(), evidence.NewJournal(d.journal, nil)); (err == nil) != anchors {
		d.t.Errorf("anchoring: %v", err)
	}
}

func (d *desk) position(x *tickets.Ticket, seq int) (p int64) {
	d.t.Helper()
	if err := d.db.NewRaw(`SELECT position FROM chain WHERE kind = 'timeline' AND ticket = ? AND seq = ?`, x.Number, seq).Scan(d.t.Context(), &p); err != nil {
		d.t.Fatal(err)
	}
	return p
}

// stampless is somebody without the key.
type stampless struct{}

func (stampless) Index(string, string) string { return strings.Repeat("0", 32) }

func (d *desk) erase(by *evidence.Chain, id int64) {
	d.t.Helper()
	err := d.db.RunInTx(d.t.Context(), nil, func(ctx context.Context, tx bun.Tx) error { return by.Erase(ctx, tx, evidence.Tickets, id) })
	if err != nil {
		d.t.Fatal(err)
	}
}

func TestAJournalCutByACrashGoesOn(t *testing.T) {
	each(t, func(d *desk) {
		body, err := os.ReadFile(d.journal)
		if err != nil {
			d.t.Fatal(err)
		}
		if err := os.WriteFile(d.journal, body[:len(body)-20], 0o600); err != nil {
			d.t.Fatal(err)
		}
		d.Register()
		d.keep()
		d.finds(true)
	})
}

func TestARemoteLogIsAWitnessToo(t *testing.T) {
	each(t, func(d *desk) {
		var remote []string
		d.Register()
		if _, err := d.chain.Link(d.t.Context()); err != nil {
			d.t.Fatal(err)
		}
		_, err := d.chain.Anchor(d.t.Context(), evidence.NewJournal(d.journal, func(line string) error {
			remote = append(remote, "<110>Sep 21 09:30:00 desk nengban[1]: "+line)
			return nil
		}))
		if err != nil || len(remote) != 1 {
			d.t.Fatalf("%d lines were sent, %v; want one for the batch", len(remote), err)
		}
		d.behind(`DELETE FROM chain WHERE position = (SELECT max(position) FROM chain)`)
		cut := 0
		_, err = d.chain.Verify(d.t.Context(), []io.Reader{strings.NewReader("other lines\n" + remote[0] + "\n")}, func(f evidence.Finding) {
			if f.What == evidence.CutOff {
				cut++
			}
		})
		if err != nil || cut != 1 {
			d.t.Errorf("%d were said to be cut off, %v; want one", cut, err)
		}
	})
}

// Several instances link at once; the chain has no gap and no row twice.
func TestManyInstancesMakeOneChain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		d := newDesk(t, db)
		done := make(chan error)
		for range 4 {
			go func() {
				_, err := evidence.NewChain(db, d.Clock, d.Vault).Link(t.Context())
				done <- err
			}()
		}
		for range 6 {
			d.Register()
		}
		for range 4 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		d.keep()
		d.finds(true)
		var rows, links int
		if err := db.NewRaw(`SELECT count(*), count(DISTINCT kind || ' ' || row_id) FROM chain`).Scan(t.Context(), &links, &rows); err != nil || rows != links {
			t.Errorf("%d links for %d rows, %v", links, rows, err)
		}
	})
}
