package twilio_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nengban/callbacks"
	"nengban/callbacks/twilio"
)

const words = "【云岭12345】您反映的事项(尾号4821)已办结。请回复: 1非常满意 2满意 3基本满意 4不满意 5非常不满意; 未解决请回0。回T不再接收。"

// requests are all the requests the adapter can make, in each form they take.
var requests = []struct {
	name string
	set  func(*twilio.Settings)
	ask  func(context.Context, *twilio.Twilio) error
}{
	{"a text from our number", nil, sendText(callbacks.Text{Ref: "a1", To: citizen, Words: words})},
	{"a text that must leave within an hour", nil, sendText(callbacks.Text{Ref: "a1", To: citizen, Words: words, NotAfter: morning.Add(time.Hour)})},
	{"a text that may wait for days", nil, sendText(callbacks.Text{Ref: "a1", To: citizen, Words: words, NotAfter: morning.AddDate(0, 0, 7)})},
	{"a text that must leave at once", nil, sendText(callbacks.Text{Ref: "a1", To: citizen, Words: words, NotAfter: morning.Add(6 * time.Second)})},
	{"a text from a Messaging Service", byService, sendText(callbacks.Text{Ref: "a1", To: citizen, Words: words})},
	{"a text from a desk without a public address", unreachable, sendText(callbacks.Text{Ref: "a1", To: citizen, Words: words})},
	{"a survey call", nil, func(ctx context.Context, c *twilio.Twilio) error {
		_, err := c.PlaceCall(ctx, callbacks.Call{Ref: "c1", To: citizen, Lang: "zh-CN", NotAfter: morning.Add(time.Hour)})
		return err
	}},
	{"looking for a text", nil, find(callbacks.BySMS)},
	{"looking for a call", nil, find(callbacks.ByVoice)},
	{"asking after a text", nil, state(callbacks.BySMS, "SM00000000000000000000000000000001")},
	{"asking after a call", nil, state(callbacks.ByVoice, "CA00000000000000000000000000000001")},
	{"listing a day", nil, sent},
	{"listing a day of a Messaging Service", byService, sent},
	{"collecting texts", nil, collect},
	{"collecting texts of a Messaging Service", byService, collect},
}

func byService(s *twilio.Settings)   { s.MessagingServiceSID = service }
func unreachable(s *twilio.Settings) { s.PublicURL = "" }

func sendText(text callbacks.Text) func(context.Context, *twilio.Twilio) error {
	return func(ctx context.Context, c *twilio.Twilio) error {
		_, err := c.SendText(ctx, text)
		return err
	}
}

func find(way callbacks.Way) func(context.Context, *twilio.Twilio) error {
	return func(ctx context.Context, c *twilio.Twilio) error {
		_, _, err := c.Find(ctx, callbacks.Sought{Way: way, Ref: "a1", To: citizen, Words: words, Since: morning})
		return err
	}
}

func state(way callbacks.Way, sid string) func(context.Context, *twilio.Twilio) error {
	return func(ctx context.Context, c *twilio.Twilio) error {
		_, err := c.State(ctx, way, sid)
		return err
	}
}

func sent(ctx context.Context, c *twilio.Twilio) error {
	_, err := c.Sent(ctx, morning.AddDate(0, 0, -1), morning)
	return err
}

func collect(ctx context.Context, c *twilio.Twilio) error {
	_, err := c.Collect(ctx, &inbox{}, morning)
	return err
}

func TestEveryRequestFitsTwiliosDescription(t *testing.T) {
	t.Parallel()
	if judge(t) == nil {
		t.Skip("Twilio's description is not there: " + description)
	}
	for _, c := range requests {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, base := newStandIn(t)
			server.messages = []record{{"sid": "SM00000000000000000000000000000001", "status": "sent"}}
			server.calls = []record{{"sid": "CA00000000000000000000000000000001", "status": "ringing"}}
			if err := c.ask(t.Context(), carrier(t, base, c.set)); err != nil {
				t.Error(err)
			}
			if len(server.asked) == 0 {
				t.Error("nothing was asked")
			}
		})
	}
}

// TestPrismAgrees puts the same requests to Prism, an independent reader of the
// same description.
func TestPrismAgrees(t *testing.T) {
	t.Parallel()
	base := prism(t)
	for _, c := range requests {
		t.Run(c.name, func(t *testing.T) {
			if err := c.ask(t.Context(), carrier(t, base, c.set)); err != nil {
				t.Error(err)
			}
		})
	}
	t.Run("a service id of the wrong form is refused, so Prism does look", func(t *testing.T) {
		wrong := carrier(t, base, func(s *twilio.Settings) { s.MessagingServiceSID = "MGshort" })
		err := sendText(callbacks.Text{Ref: "a1", To: citizen, Words: words})(t.Context(), wrong)
		if callbacks.KindOf(err) != callbacks.Refused {
			t.Errorf("got %v, want a refusal", err)
		}
	})
}

// prism starts Prism on a free port and returns its address. It runs without
// --errors: that flag also refuses Twilio's own example answers, whose page
// addresses are no full URLs. Requests that do not fit are a 422 all the same.
func prism(t *testing.T) string {
	t.Helper()
	if _, err := os.Stat(description); err != nil {
		t.Skip("Twilio's description is not there: " + description)
	}
	folder := npm(t, "prism", "@stoplight/prism-cli@5.14.2")
	port := freePort(t)
	cmd := exec.CommandContext(t.Context(), "node", filepath.Join(folder, "node_modules", ".bin", "prism"),
		"mock", "-h", "127.0.0.1", "-p", strconv.Itoa(port), description)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	var said strings.Builder
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		said.WriteString(lines.Text() + "\n")
		if strings.Contains(lines.Text(), "Prism is listening") {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return "http://127.0.0.1:" + strconv.Itoa(port)
		}
	}
	t.Fatalf("prism did not start:\n%s", said.String())
	return ""
}

func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	return l.Addr().(*net.TCPAddr).Port
}

// noRegistry is how npm complains when its registry is out of reach.
var noRegistry = regexp.MustCompile(`ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|network|E40[1347]|E50\d`)

// npm is the folder of npm packages, installed once for all runs. Where node,
// npm or the registry cannot be had, the test steps aside.
func npm(t testing.TB, packages ...string) string {
	t.Helper()
	for _, tool := range []string{"node", "npm"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("there is no " + tool + " here")
		}
	}
	out, err := exec.CommandContext(t.Context(), "../../.ci/npm", packages...).CombinedOutput()
	if err != nil && noRegistry.Match(out) {
		t.Skipf("npm's registry cannot be had here:\n%s", out)
	}
	if err != nil {
		t.Fatalf("installing %s: %v\n%s", packages, err, out)
	}
	lines := strings.Fields(string(out))
	return lines[len(lines)-1]
}

func TestWhatATextAsksOfTwilio(t *testing.T) {
	t.Parallel()
	server, base := newStandIn(t)
	got, err := carrier(t, base, nil).SendText(t.Context(), callbacks.Text{Ref: "ask-17_2", To: citizen, Words: words, NotAfter: morning.Add(90 * time.Minute)})
	if err != nil {
		t.Fatal(err)
	}
	if want := (callbacks.Handed{CarrierID: "SM00000000000000000000000000000001", Status: callbacks.Queued}); got != want {
		t.Errorf("receipt: got %+v, want %+v", got, want)
	}
	want := map[string][]string{
		"To": {citizen}, "From": {ourNumber}, "Body": {words}, "ValidityPeriod": {"5400"},
		"StatusCallback": {public + "/texts/ask-17_2/status#rc=5&rp=5xx,ct,rt"},
	}
	if diff := cmp.Diff(want, map[string][]string(server.asked[0].values)); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
}

func TestWhatACallAsksOfTwilio(t *testing.T) {
	t.Parallel()
	server, base := newStandIn(t)
	if _, err := carrier(t, base, nil).PlaceCall(t.Context(), callbacks.Call{Ref: "c9", To: citizen, Lang: "zh-CN"}); err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{
		"To": {citizen}, "From": {ourNumber},
		"Url": {public + "/calls/c9#rc=2&rp=5xx,ct,rt&rt=5000&tt=12000"}, "Method": {"POST"},
		"FallbackUrl": {public + "/calls/c9/fallback"}, "FallbackMethod": {"POST"},
		"StatusCallback": {public + "/calls/c9/status#rc=5&rp=5xx,ct,rt"}, "StatusCallbackMethod": {"POST"},
		"StatusCallbackEvent": {"ringing", "answered", "completed"},
		"MachineDetection":    {"Enable"}, "MachineDetectionTimeout": {"8"},
		"Timeout": {"45"}, "TimeLimit": {"300"},
	}
	if diff := cmp.Diff(want, map[string][]string(server.asked[0].values)); diff != "" {
		t.Errorf("form (-want +got):\n%s", diff)
	}
}

func TestWhatIsNotEvenAsked(t *testing.T) {
	t.Parallel()
	text := callbacks.Text{Ref: "a1", To: citizen, Words: words}
	call := callbacks.Call{Ref: "c1", To: citizen}
	for _, c := range []struct {
		name string
		set  func(*twilio.Settings)
		ask  func(context.Context, *twilio.Twilio) error
		want callbacks.Kind
	}{
		{"a text whose time is over", nil, func(ctx context.Context, c *twilio.Twilio) error {
			text.NotAfter = morning.Add(-time.Second)
			return sendText(text)(ctx, c)
		}, callbacks.TooLate},
		{"a text that would be dropped in the queue", nil, sendText(callbacks.Text{Ref: "a1", To: citizen, Words: words, NotAfter: morning.Add(5 * time.Second)}), callbacks.TooLate},
		{"a text with a reference that is an address", nil, sendText(callbacks.Text{Ref: "../x", To: citizen, Words: words}), callbacks.OurFault},
		{"a call whose time is over", nil, func(ctx context.Context, c *twilio.Twilio) error {
			late := call
			late.NotAfter = morning
			_, err := c.PlaceCall(ctx, late)
			return err
		}, callbacks.TooLate},
		{"a call that could not ask us what to say", unreachable, place(call), callbacks.OurFault},
		{"a call without a number to call from", func(s *twilio.Settings) { s.From = ""; s.MessagingServiceSID = service }, place(call), callbacks.OurFault},
		{"a call with a reference that is an address", nil, place(callbacks.Call{Ref: "a b", To: citizen}), callbacks.OurFault},
		{"what became of an id that is an address", nil, state(callbacks.BySMS, "../Calls/CA1"), callbacks.Refused},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			server, base := newStandIn(t)
			err := c.ask(t.Context(), carrier(t, base, c.set))
			if got := callbacks.KindOf(err); err == nil || got != c.want {
				t.Errorf("got %v, want %s", err, c.want)
			}
			if len(server.asked) != 0 {
				t.Errorf("Twilio was asked: %v", server.asked)
			}
		})
	}
}

func place(call callbacks.Call) func(context.Context, *twilio.Twilio) error {
	return func(ctx context.Context, c *twilio.Twilio) error {
		_, err := c.PlaceCall(ctx, call)
		return err
	}
}

func TestWays(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		set  func(*twilio.Settings)
		want []callbacks.Way
	}{
		{"a number and a public address", nil, []callbacks.Way{callbacks.BySMS, callbacks.ByVoice}},
		{"no public address", unreachable, []callbacks.Way{callbacks.BySMS}},
		{"a Messaging Service and no number", func(s *twilio.Settings) { s.From = ""; s.MessagingServiceSID = service }, []callbacks.Way{callbacks.BySMS}},
		{"a Messaging Service and a number", byService, []callbacks.Way{callbacks.BySMS, callbacks.ByVoice}},
	} {
		if diff := cmp.Diff(c.want, carrier(t, "", c.set).Ways()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestSettingsThatCannotWork(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		set  func(*twilio.Settings)
	}{
		{"no account", func(s *twilio.Settings) { s.AccountSID = "" }},
		{"a token with a line end", func(s *twilio.Settings) { s.AuthToken += "\n" }},
		{"nothing to send from", func(s *twilio.Settings) { s.From = "" }},
		{"an api without a host", func(s *twilio.Settings) { s.BaseURL = "localhost" }},
		{"a public address without a scheme", func(s *twilio.Settings) { s.PublicURL = "12345.example.gov.cn" }},
		{"a public address with a query", func(s *twilio.Settings) { s.PublicURL += "?x=1" }},
	} {
		set := twilio.Settings{AccountSID: account, AuthToken: token, From: ourNumber, PublicURL: public}
		c.set(&set)
		if _, err := twilio.New(set, nil, nil); err == nil {
			t.Errorf("%s: accepted", c.name)
		} else if strings.Contains(err.Error(), token) {
			t.Errorf("%s: the error shows the token: %v", c.name, err)
		}
	}
}
