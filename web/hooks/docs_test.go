package hooks_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	tt "nengban/tickets/ticketstest"
	"nengban/web/hooks"
)

// document is docs/webhooks.md, and its examples by what they are examples of.
func document(t *testing.T) (string, map[string]string) {
	t.Helper()
	doc, err := os.ReadFile("../../docs/webhooks.md")
	must(t, err)
	blocks := map[string]string{}
	for _, b := range regexp.MustCompile("(?s)```(sh|go|json \\w+)\n(.*?)```").FindAllStringSubmatch(string(doc), -1) {
		blocks[b[1]] = b[2]
	}
	return string(doc), blocks
}

// caught is one request as it came.
type caught struct {
	header http.Header
	body   []byte
}

// catching keeps what comes and takes it.
func catching(t *testing.T) (string, *[]caught) {
	t.Helper()
	var all []caught
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		all = append(all, caught{r.Header, body})
	}))
	t.Cleanup(srv.Close)
	return srv.URL, &all
}

// TestTheDocumentIsTrue compares the document with what is really sent.
func TestTheDocumentIsTrue(t *testing.T) {
	t.Parallel()
	doc, blocks := document(t)
	for _, e := range append(hooks.EventTypes, hooks.Trial) {
		if !strings.Contains(doc, "| `"+string(e)+"` |") {
			t.Errorf("the document does not explain %s", e)
		}
	}
	w := newWorld(t, dbtest.SQLite(t))
	address, all := catching(t)
	sub, secret, err := w.s.Add(ctx, w.Admin, hooks.Wanted{Name: "x", URL: address, Events: []string{string(hooks.Dispatched)}})
	must(t, err)
	x := w.Register().Ticket
	w.Act(w.Dispatcher, x.Number, tt.Triage(tickets.CannotDo))
	w.Act(w.Dispatcher, x.Number, tt.Dispatch(tt.Housing))
	w.work()
	if len(*all) != 1 {
		t.Fatalf("%d messages came", len(*all))
	}
	if diff := cmp.Diff(fields(t, []byte(blocks["json message"])), fields(t, (*all)[0].body)); diff != "" {
		t.Errorf("a message (-document +program):\n%s", diff)
	}
	_, fresh, err := w.s.Rotate(ctx, sub.Code)
	must(t, err)
	w.Act(w.Supervisor, x.Number, &tickets.Redirect{Lead: tt.Planning, Reason: "职责划转", Basis: "三定方案"})
	w.work()
	got := (*all)[1]
	for name, c := range map[string]struct {
		secret string
		late   time.Duration
		body   string
		want   string
	}{
		"with the fresh secret":      {fresh, 0, string(got.body), ""},
		"with the one before":        {secret, 0, string(got.body), ""},
		"with another":               {"whsec_c29tZW9uZSBlbHNlJ3Mga2V5", 0, string(got.body), "signature"},
		"after five minutes":         {fresh, 6 * time.Minute, string(got.body), "five minutes"},
		"with a word changed":        {fresh, 0, strings.Replace(string(got.body), x.Number, "1", 1), "signature"},
		"with something put at last": {fresh, 0, string(got.body) + " ", "signature"},
	} {
		err := verify(c.secret, got.header, []byte(c.body), w.Clock.Now().Add(c.late))
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", name, err, c.want)
		}
	}
	source, err := os.ReadFile("example_test.go")
	must(t, err)
	if shown := strings.TrimSpace(blocks["go"]); shown == "" || !strings.Contains(string(source), shown) {
		t.Error("the document's verifier is not the one that is tested here, example_test.go")
	}
}

func fields(t *testing.T, body []byte) map[string]any {
	t.Helper()
	var m map[string]any
	if err := json.Unmarshal(body, &m); err != nil {
		t.Fatalf("%v: %s", err, body)
	}
	return m
}

// TestTheDocumentsCommandLine runs the document's shell lines on a real message.
func TestTheDocumentsCommandLine(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "openssl", "base64", "od", "tr"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skip("there is no " + tool + " here")
		}
	}
	_, blocks := document(t)
	w := newWorld(t, dbtest.SQLite(t))
	address, all := catching(t)
	sub, secret, err := w.s.Add(ctx, w.Admin, hooks.Wanted{Name: "x", URL: address, Events: []string{string(hooks.Closed)}})
	must(t, err)
	_, err = w.s.Try(ctx, sub.Code)
	must(t, err)
	h := (*all)[0].header
	says := func(body string) string {
		cmd := exec.CommandContext(t.Context(), "sh", "-eu", "-c", blocks["sh"])
		cmd.Env = append(os.Environ(), "SECRET="+secret, "ID="+h.Get("webhook-id"), "TS="+h.Get("webhook-timestamp"), "SIGNATURES="+h.Get("webhook-signature"), "BODY="+body)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		must(t, cmd.Run())
		return strings.TrimSpace(out.String())
	}
	if got := says(string((*all)[0].body)); got != "good" {
		t.Errorf("of a good message it says %q", got)
	}
	if got := says("{}"); got != "bad" {
		t.Errorf("of another it says %q", got)
	}
}
