package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
	"nengban/web/hooks"
)

// An act of this process reaches a subscriber at once, without waiting for the
// timetable to come round.
func TestAnotherSystemIsToldAtOnce(t *testing.T) {
	t.Parallel()
	told := make(chan string, 10)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { told <- r.Header.Get("webhook-id") }))
	defer srv.Close()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	conf, err := readConfig(common{Data: t.TempDir()}, "127.0.0.1:0", []string{"NENGBAN_LOG_LEVEL=error", "NENGBAN_WEBHOOKS_ALLOW=127.0.0.1"})
	must(err)
	d, err := openDesk(t.Context(), conf, &terminal{Out: io.Discard, Err: os.Stderr, Clock: clockwork.NewFakeClockAt(monday)})
	must(err)
	defer d.close()
	server, err := d.server(false)
	must(err)
	jobs, err := d.startJobs(t.Context(), server)
	must(err)
	defer jobs.stop()
	_, _, err = d.webhooks.Add(t.Context(), staff.TheSystem, hooks.Wanted{Name: "数据局", URL: srv.URL, Events: []string{string(hooks.Registered)}})
	must(err)
	r, err := d.tickets.Register(t.Context(), staff.TheSystem, tt.Intake(func(in *tickets.Intake) { in.ReceivedAt, in.Area = d.tickets.Now(), "" }))
	must(err)
	select {
	case id := <-told:
		if id != r.Ticket.Number+"-1" {
			t.Errorf("it is told of %s; want %s-1", id, r.Ticket.Number)
		}
	case <-time.After(time.Minute):
		t.Error("nobody was told")
	}
}

// A secret outlives `nengban keys rotate`, the new one and the one before it.
func TestWebhookSecretsAreSealedAnew(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	var code string
	with := func(do func(*desk) error) {
		t.Helper()
		term := &terminal{Out: io.Discard, Err: io.Discard, Clock: clockwork.NewFakeClockAt(monday)}
		if err := withDesk(t.Context(), term, common{Data: data}, do); err != nil {
			t.Fatal(err)
		}
	}
	with(func(d *desk) error {
		sub, _, err := d.webhooks.Add(t.Context(), staff.TheSystem, hooks.Wanted{Name: "数据局", URL: "https://localhost:1", Events: []string{string(hooks.Closed)}})
		if err != nil {
			return err
		}
		code = sub.Code
		_, _, err = d.webhooks.Rotate(t.Context(), code)
		return err
	})
	nengban(t, nil, "keys", "rotate", "--data", data).well(t)
	with(func(d *desk) error {
		got, err := d.webhooks.Try(t.Context(), code) // opens both, and gets no further than the guard
		if err == nil && got.Trouble != hooks.InnerAddress {
			t.Errorf("a trial after the rotation: %+v", got)
		}
		return err
	})
}

func TestTheDeskKnowsItsOwnAddress(t *testing.T) {
	t.Parallel()
	for addr, want := range map[string][]string{"127.0.0.1:8345": {"127.0.0.1:8345"}, ":8345": {"[::]:8345"}, "0.0.0.0:80": {"0.0.0.0:80"}, "localhost:8345": {"127.0.0.1:8345", "[::1]:8345"}, "[::1]:9": {"[::1]:9"}} {
		c := &config{values: map[string]string{"addr": addr}}
		var got []string
		for _, at := range c.own() {
			got = append(got, at.String())
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", addr, diff)
		}
	}
}

func TestANetworkThatIsNoneIsRefusedAtStart(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	for _, wrong := range []string{"10.0.0.0/40", "https://oa.city.example", "0x7f.1"} {
		nengban(t, []string{"NENGBAN_WEBHOOKS_ALLOW=10.1.0.0/16," + wrong}, "serve", "--addr", "127.0.0.1:0", "--data", data).refused(t, 1, "webhooks_allow", wrong)
	}
}
