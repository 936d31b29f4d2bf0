package twilio_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nengban/callbacks"
	"nengban/callbacks/twilio"
)

func message(sid, body string, at time.Time, more record) record {
	m := record{
		"sid": sid, "body": body, "to": citizen, "from": ourNumber, "direction": "outbound-api", "status": "delivered",
		"date_created": at.Format(time.RFC1123Z), "date_sent": at.Format(time.RFC1123Z),
	}
	for k, v := range more {
		m[k] = v
	}
	return m
}

// TestWhetherATextWentOut is the question after a crash: the attempt was claimed
// in the morning and nothing was recorded.
func TestWhetherATextWentOut(t *testing.T) {
	t.Parallel()
	after := morning.Add(2 * time.Second)
	for _, c := range []struct {
		name   string
		set    func(*twilio.Settings)
		ledger []record
		known  string
		want   string // the id found
	}{
		{"nothing was ever sent to this phone", nil, nil, "", ""},
		{"it went out", nil, []record{message("SM1", words, after, nil)}, "", "SM1"},
		{"it still waits, so it has no date of sending", nil, []record{message("SM1", words, after, record{"status": "queued", "date_sent": nil})}, "", "SM1"},
		{"it went out by a trial account, which puts words in front", nil, []record{message("SM1", "Sent from your Twilio trial account - "+words, after, nil)}, "", "SM1"},
		{"the same words went out last week", nil, []record{message("SM1", words, morning.AddDate(0, 0, -7), nil)}, "", ""},
		{"Twilio's clock is behind ours", nil, []record{message("SM1", words, morning.Add(-30*time.Second), nil)}, "", "SM1"},
		{"other words went out", nil, []record{message("SM1", "您的诉求已受理。", after, nil)}, "", ""},
		{"the same words were received, not sent", nil, []record{message("SM1", words, after, record{"direction": "inbound"})}, "", ""},
		{"the same words were sent to another phone", nil, []record{message("SM1", words, after, record{"to": "+8613900002222"})}, "", ""},
		{"another program of the account sent them", nil, []record{message("SM1", words, after, record{"from": "+861099999999"})}, "", ""},
		{"two went out, the first belongs to this claim", nil, []record{message("SM1", words, after, nil), message("SM2", words, after.Add(time.Hour), nil)}, "", "SM1"},
		{"two went out, the first is another attempt's", nil, []record{message("SM1", words, after, nil), message("SM2", words, after.Add(time.Hour), nil)}, "SM1", "SM2"},
		{"one went out and is another attempt's", nil, []record{message("SM1", words, after, nil)}, "SM1", ""},
		{"it went out through the Messaging Service", byService, []record{message("SM1", words, after, record{"from": "+14155550100", "messaging_service_sid": service})}, "", "SM1"},
		{"it went out by another Messaging Service", byService, []record{message("SM1", words, after, record{"from": "+14155550100", "messaging_service_sid": "MG9"})}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, base := newStandIn(t)
			server.messages = c.ledger
			got, found, err := carrier(t, base, c.set).Find(t.Context(), callbacks.Sought{
				Way: callbacks.BySMS, Ref: "a1", To: citizen, Words: words, Since: morning,
				Known: func(id string) bool { return id == c.known },
			})
			if err != nil || got.CarrierID != c.want || found != (c.want != "") {
				t.Errorf("got %q, %t, %v; want %q", got.CarrierID, found, err, c.want)
			}
		})
	}
}

func TestWhetherACallWasPlaced(t *testing.T) {
	t.Parallel()
	at := morning.Add(time.Second).Format(time.RFC1123Z)
	call := record{"sid": "CA1", "to": citizen, "from": ourNumber, "direction": "outbound-api", "status": "queued", "date_created": at, "start_time": nil}
	for _, c := range []struct {
		name  string
		alter record
		want  string
	}{
		{"it waits and has not begun to ring", nil, "CA1"},
		{"it was answered by a machine", record{"status": "completed", "answered_by": "machine_start"}, "CA1"},
		{"it was an hour before", record{"date_created": morning.Add(-time.Hour).Format(time.RFC1123Z)}, ""},
		{"the citizen called us", record{"direction": "inbound"}, ""},
		{"from another number of the account", record{"from": "+861099999999"}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, base := newStandIn(t)
			placed := record{}
			for _, from := range []record{call, c.alter} {
				for k, v := range from {
					placed[k] = v
				}
			}
			server.calls = []record{placed}
			got, found, err := carrier(t, base, nil).Find(t.Context(), callbacks.Sought{Way: callbacks.ByVoice, Ref: "c1", To: citizen, Since: morning})
			if err != nil || got.CarrierID != c.want || found != (c.want != "") {
				t.Errorf("got %q, %t, %v; want %q", got.CarrierID, found, err, c.want)
			}
		})
	}
}

// TestAnAttemptIsFoundAgain sends with the adapter and looks with the adapter.
func TestAnAttemptIsFoundAgain(t *testing.T) {
	t.Parallel()
	_, base := newStandIn(t)
	c := carrier(t, base, nil)
	text, err := c.SendText(t.Context(), callbacks.Text{Ref: "a1", To: citizen, Words: words + "\r\n"})
	if err != nil {
		t.Fatal(err)
	}
	call, err := c.PlaceCall(t.Context(), callbacks.Call{Ref: "c1", To: citizen})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []struct {
		sought callbacks.Sought
		want   callbacks.Handed
	}{
		{callbacks.Sought{Way: callbacks.BySMS, To: citizen, Words: words + "\r\n", Since: morning}, text},
		{callbacks.Sought{Way: callbacks.ByVoice, To: citizen, Since: morning}, call},
	} {
		got, found, err := c.Find(t.Context(), s.sought)
		if err != nil || !found || got != s.want {
			t.Errorf("%s: got %+v, %t, %v; want %+v", s.sought.Way, got, found, err, s.want)
		}
	}
}

func TestWhatBecameOfIt(t *testing.T) {
	t.Parallel()
	updated := morning.Add(time.Minute)
	stamp := updated.Format(time.RFC1123Z)
	server, base := newStandIn(t)
	const sm, ca = "SM0000000000000000000000000000000%d", "CA0000000000000000000000000000000%d"
	server.messages = []record{
		{"sid": fmt.Sprintf(sm, 1), "to": citizen, "status": "delivered", "date_updated": stamp},
		{"sid": fmt.Sprintf(sm, 2), "to": citizen, "status": "undelivered", "error_code": 30006, "date_updated": stamp},
		{"sid": fmt.Sprintf(sm, 3), "to": citizen, "status": "sending"},
	}
	server.calls = []record{
		{"sid": fmt.Sprintf(ca, 1), "to": citizen, "status": "completed", "answered_by": "human", "end_time": stamp},
		{"sid": fmt.Sprintf(ca, 2), "to": citizen, "status": "completed", "answered_by": "machine_end_beep", "end_time": stamp},
		{"sid": fmt.Sprintf(ca, 3), "to": citizen, "status": "no-answer", "date_updated": stamp},
	}
	c := carrier(t, base, nil)
	for _, want := range []callbacks.Report{
		{Way: callbacks.BySMS, CarrierID: fmt.Sprintf(sm, 1), To: citizen, Status: callbacks.Delivered, At: updated},
		{Way: callbacks.BySMS, CarrierID: fmt.Sprintf(sm, 2), To: citizen, Status: callbacks.Undelivered, Trouble: callbacks.Landline, Code: "30006", At: updated},
		{Way: callbacks.BySMS, CarrierID: fmt.Sprintf(sm, 3), To: citizen, Status: callbacks.Sending, At: morning},
		{Way: callbacks.ByVoice, CarrierID: fmt.Sprintf(ca, 1), To: citizen, Status: callbacks.HungUp, At: updated},
		{Way: callbacks.ByVoice, CarrierID: fmt.Sprintf(ca, 2), To: citizen, Status: callbacks.Machine, At: updated},
		{Way: callbacks.ByVoice, CarrierID: fmt.Sprintf(ca, 3), To: citizen, Status: callbacks.NoAnswer, At: updated},
	} {
		got, err := c.State(t.Context(), want.Way, want.CarrierID)
		if err != nil {
			t.Error(err)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	if _, err := c.State(t.Context(), callbacks.BySMS, fmt.Sprintf(sm, 9)); callbacks.KindOf(err) != callbacks.OurFault {
		t.Errorf("an id Twilio does not know: got %v", err)
	}
}

// TestTheDaysLedger lists 25 texts and 3 calls of ours among others', seven on a page.
func TestTheDaysLedger(t *testing.T) {
	t.Parallel()
	server, base := newStandIn(t)
	server.largest = 7
	day := morning.AddDate(0, 0, -1)
	want := map[string]bool{}
	for i := range 25 {
		sid := fmt.Sprintf("SM%d", i)
		want[sid] = true
		server.messages = append(server.messages, message(sid, words, day.Add(time.Duration(i)*time.Minute), nil))
	}
	server.messages = append(server.messages,
		message("SMbefore", words, day.Add(-time.Second), nil),
		message("SMafter", words, morning, nil),
		message("SMin", "5", day.Add(time.Minute), record{"direction": "inbound", "from": citizen, "to": ourNumber}),
		message("SMreply", words, day.Add(time.Minute), record{"direction": "outbound-reply"}))
	for i := range 3 {
		sid := fmt.Sprintf("CA%d", i)
		want[sid] = true
		at := day.Add(time.Duration(i) * time.Hour).Format(time.RFC1123Z)
		server.calls = append(server.calls, record{"sid": sid, "to": citizen, "from": ourNumber, "direction": "outbound-api", "status": "completed", "date_created": at, "start_time": at})
	}
	all, err := carrier(t, base, nil).Sent(t.Context(), day, morning)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]bool{}
	for _, r := range all {
		if got[r.CarrierID] {
			t.Errorf("%s is listed twice", r.CarrierID)
		}
		got[r.CarrierID] = true
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTextsAreCollectedWhereTwilioCannotReachUs(t *testing.T) {
	t.Parallel()
	server, base := newStandIn(t)
	server.largest = 2
	in := record{"direction": "inbound", "from": citizen, "to": ourNumber, "status": "received"}
	server.messages = []record{
		message("SMold", "1", morning.Add(-time.Minute), in),
		message("SM1", "5", morning.Add(time.Minute), in),
		message("SM2", "刚才按错了", morning.Add(2*time.Minute), in),
		message("SM3", "1", morning.Add(3*time.Minute), in),
		message("SMother", "1", morning.Add(3*time.Minute), record{"direction": "inbound", "from": citizen, "to": "+861099999999"}),
		message("SMours", words, morning.Add(time.Minute), nil),
	}
	got := &inbox{}
	n, err := carrier(t, base, unreachable).Collect(t.Context(), got, morning)
	if err != nil || n != 3 {
		t.Errorf("got %d, %v; want 3", n, err)
	}
	want := []callbacks.Incoming{
		{CarrierID: "SM1", From: citizen, To: ourNumber, Words: "5", At: morning.Add(time.Minute)},
		{CarrierID: "SM2", From: citizen, To: ourNumber, Words: "刚才按错了", At: morning.Add(2 * time.Minute)},
		{CarrierID: "SM3", From: citizen, To: ourNumber, Words: "1", At: morning.Add(3 * time.Minute)},
	}
	if diff := cmp.Diff(want, got.texts); diff != "" {
		t.Errorf("oldest first (-want +got):\n%s", diff)
	}
	if n, err := carrier(t, base, unreachable).Collect(t.Context(), &inbox{err: errors.New("the database is away")}, morning); err == nil || n != 0 {
		t.Errorf("an inbox that takes nothing: got %d, %v", n, err)
	}
}

// TestAListThatLeadsBackToItself is what a stand-in serving one example page does.
func TestAListThatLeadsBackToItself(t *testing.T) {
	t.Parallel()
	calls := 0
	base := playing(t, func(w writerOf, _ int) {
		calls++
		w.json(200, `{"messages":[],"calls":[],"next_page_uri":"/2010-04-01/Accounts/AC1/Messages.json?Page=1&PageToken=PA1"}`)
	})
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if _, err := carrier(t, base, nil).Sent(ctx, morning.Add(-time.Hour), morning); err != nil {
		t.Error(err)
	}
	if calls != 4 {
		t.Errorf("got %d requests, want 2 for texts and 2 for calls", calls)
	}
}
