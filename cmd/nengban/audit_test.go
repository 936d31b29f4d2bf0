package main

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"

	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
)

// inDesk opens the desk of a folder, does something there and closes it.
func inDesk(t *testing.T, data string, do func(d *desk)) {
	t.Helper()
	term := &terminal{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}, Clock: clockwork.NewFakeClockAt(tt.Morning)}
	if err := withDesk(t.Context(), term, common{Data: data}, func(d *desk) error { do(d); return nil }); err != nil {
		t.Fatal(err)
	}
}

func TestTheAuditorFindsWhatWasChangedBehindTheDesk(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "data")
	if r := nengban(t, nil, "audit", "verify", "--data", data); r.code != 1 || !strings.Contains(r.err, "no desk") {
		t.Errorf("a folder without a desk: %+v", r)
	}
	var number string
	inDesk(t, data, func(d *desk) {
		r, err := d.tickets.Register(t.Context(), staff.TheSystem, tt.Intake(func(in *tickets.Intake) { in.ReceivedAt = d.tickets.Now() }))
		if err != nil {
			t.Fatal(err)
		}
		number = r.Ticket.Number
		if n, err := d.seal(t.Context()); err != nil || n != 2 {
			t.Fatalf("sealing: %d, %v; want the ticket and its first line", n, err)
		}
	})
	if r := nengban(t, nil, "audit", "verify", "--data", data); r.code != 0 || !strings.Contains(r.err, "2 links and 2 anchors") {
		t.Errorf("an honest desk: %+v", r)
	}
	inDesk(t, data, func(d *desk) {
		if _, err := d.db.ExecContext(t.Context(), `UPDATE timeline SET by_name = '别人'`); err != nil {
			t.Fatal(err)
		}
		if r := nengban(t, nil, "audit", "verify", "--data", data); r.code != 1 || !strings.Contains(r.out, "ticket "+number) || !strings.Contains(r.out, "entry 1") {
			t.Errorf("while the desk is open: %+v", r)
		}
	})
}
