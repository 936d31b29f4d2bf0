package gateway_test

import (
	"encoding/json"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"nengban/callbacks"
	"nengban/callbacks/gateway"
)

// blocks are the examples of docs/gateway.md by what they are examples of.
func blocks(t *testing.T) map[string][]string {
	t.Helper()
	doc, err := os.ReadFile("../../docs/gateway.md")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]string{}
	for _, b := range regexp.MustCompile("(?s)```(sh|json \\w+)\n(.*?)```").FindAllStringSubmatch(string(doc), -1) {
		all[b[1]] = append(all[b[1]], b[2])
	}
	return all
}

// TestTheDocumentIsTrue takes every example of the document at its word.
func TestTheDocumentIsTrue(t *testing.T) {
	t.Parallel()
	all := blocks(t)
	got := &inbox{say: &callbacks.Prompt{Say: "非常满意请按1……", Lang: "zh-CN", Question: "rating", Try: 1, Digits: 1}}
	h := carrier(t, "https://gw.example", nil).Handler(got)
	for _, body := range all["json message"] {
		w := post(h, signed("m1", morning, secret, body), body)
		if w.Code != 200 {
			t.Errorf("%s: got %d %s", body, w.Code, w.Body)
		}
		if strings.Contains(body, "answered") {
			if diff := cmp.Diff(jsonOf(t, all["json turn"][0]), jsonOf(t, w.Body.String())); diff != "" {
				t.Errorf("a turn (-document +program):\n%s", diff)
			}
		}
	}
	if len(got.got) != 4 {
		t.Errorf("%d messages, want report, text, answered and keys", len(got.got))
	}
	for _, kind := range []callbacks.Kind{callbacks.TryAgain, callbacks.NeverMind, callbacks.Landline, callbacks.OptedOut, callbacks.Filtered, callbacks.TooLate, callbacks.Refused, callbacks.OurFault} {
		doc, _ := os.ReadFile("../../docs/gateway.md")
		if !strings.Contains(string(doc), "| `"+string(kind)+"` |") {
			t.Errorf("the document does not explain %q", kind)
		}
	}
}

// TestTheDocumentsOrders compares the orders of the document with ours, field by field.
func TestTheDocumentsOrders(t *testing.T) {
	t.Parallel()
	all := blocks(t)
	url, sent := playing(t, receipt)
	g := carrier(t, url, nil)
	var text, call struct {
		callbacks.Text
		Script string
	}
	for i, order := range []any{&text, &call} {
		if err := json.Unmarshal([]byte(all["json order"][i]), order); err != nil {
			t.Fatal(err)
		}
	}
	noon := morning.Add(10*60*60e9 + 30*60e9)
	text.NotAfter = noon
	if _, err := g.SendText(t.Context(), text.Text); err != nil {
		t.Fatal(err)
	}
	if _, err := g.PlaceCall(t.Context(), callbacks.Call{Ref: call.Ref, To: call.To, Lang: call.Lang, Script: call.Script, Params: call.Params, NotAfter: noon}); err != nil {
		t.Fatal(err)
	}
	for i, want := range all["json order"] {
		if diff := cmp.Diff(jsonOf(t, want), jsonOf(t, (*sent)[i].body)); diff != "" {
			t.Errorf("(-document +program):\n%s", diff)
		}
	}
}

func jsonOf(t *testing.T, text string) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal([]byte(text), &m); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return m
}

// TestTheDocumentsCommandLine runs the shell lines of the document against the program.
func TestTheDocumentsCommandLine(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl", "openssl", "base64"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("there is no " + tool + " here")
		}
	}
	g, err := gateway.New(gateway.Settings{URL: "https://gw.example", Secrets: []string{secret}}, clockwork.NewRealClock(), logger(t))
	if err != nil {
		t.Fatal(err)
	}
	got := &inbox{}
	srv := httptest.NewServer(g.Handler(got))
	t.Cleanup(srv.Close)
	cmd := exec.CommandContext(t.Context(), "sh", "-eu", "-c", blocks(t)["sh"][0])
	cmd.Env = append(os.Environ(), "DESK="+srv.URL, "SECRET="+secret, "no_proxy=127.0.0.1")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	in, ok := got.got[0].(callbacks.Incoming)
	if !ok || in.CarrierID != "U1" || in.From != citizen || in.Words != "1" {
		t.Errorf("handed over: %+v", got.got)
	}
}
