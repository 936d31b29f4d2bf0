package gateway_test

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"nengban/callbacks"
	"nengban/callbacks/gateway"
)

const (
	secret  = "0123456789abcdef0123456789abcdef"
	citizen = "+8613800001111"
)

var morning = time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC)

func carrier(t testing.TB, url string, change func(*gateway.Settings)) *gateway.Gateway {
	t.Helper()
	set := gateway.Settings{URL: url, Secrets: []string{secret}, Calls: true}
	if change != nil {
		change(&set)
	}
	g, err := gateway.New(set, clockwork.NewFakeClockAt(morning), logger(t))
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// logger fails the test when a phone number or the words of a text are logged.
func logger(t testing.TB) *slog.Logger {
	t.Helper()
	var mu sync.Mutex
	var out bytes.Buffer
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, private := range []string{citizen[3:], "态度", secret} {
			if strings.Contains(out.String(), private) {
				t.Errorf("the log holds %q:\n%s", private, out.String())
			}
		}
	})
	return slog.New(slog.NewJSONHandler(writer(func(b []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return out.Write(b)
	}), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

// signed is a message as the gateway signs it, by hand.
func signed(id string, at time.Time, key, body string) http.Header {
	stamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(key))
	mac.Write([]byte(id + "." + stamp + "." + body))
	h := http.Header{}
	h.Set("webhook-id", id)
	h.Set("webhook-timestamp", stamp)
	h.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	return h
}

func post(h http.Handler, header http.Header, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(http.MethodPost, "/hooks/gateway", strings.NewReader(body))
	r.Header = header
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// inbox keeps what it is handed and says what it is told to say.
type inbox struct {
	mu  sync.Mutex
	got []any
	say *callbacks.Prompt
	err error
}

type pickedUp struct {
	ID, Ref string
	Machine bool
}

func (i *inbox) take(v any) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	i.got = append(i.got, v)
	return i.err
}

func (i *inbox) Report(_ context.Context, r callbacks.Report) error  { return i.take(r) }
func (i *inbox) Text(_ context.Context, in callbacks.Incoming) error { return i.take(in) }
func (i *inbox) Answered(_ context.Context, id, ref string, machine bool) (*callbacks.Prompt, error) {
	return i.say, i.take(pickedUp{id, ref, machine})
}
func (i *inbox) Pressed(_ context.Context, k callbacks.Keys) (*callbacks.Prompt, error) {
	return i.say, i.take(k)
}

// TestTheSignatureIsTheStandards uses the example of the Standard Webhooks libraries.
func TestTheSignatureIsTheStandards(t *testing.T) {
	t.Parallel()
	g, err := gateway.New(gateway.Settings{URL: "https://gw.example", Secrets: []string{"whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"}},
		clockwork.NewFakeClockAt(time.Unix(1614265330, 0)), logger(t))
	if err != nil {
		t.Fatal(err)
	}
	h := http.Header{}
	h.Set("webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
	h.Set("webhook-timestamp", "1614265330")
	h.Set("webhook-signature", "v1a,xx v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
	// Signed and not of our protocol: a 400, where a bad signature is a 403.
	if w := post(g.Handler(&inbox{}), h, `{"test": 2432232314}`); w.Code != http.StatusBadRequest {
		t.Errorf("got %d", w.Code)
	}
}

const aText = `{"type":"text","id":"U1","from":"13800001111","to":"1069012345","words":"4 态度差"}`

func TestWhoIsTurnedAway(t *testing.T) {
	t.Parallel()
	two := func(s *gateway.Settings) { s.Secrets = []string{"a-new-secret-of-many-bytes", secret} }
	for _, c := range []struct {
		name   string
		set    func(*gateway.Settings)
		header http.Header
		want   int
	}{
		{"nobody", nil, signed("m1", morning, secret, aText), 200},
		{"nobody, though the clocks differ", nil, signed("m1", morning.Add(4*time.Minute), secret, aText), 200},
		{"nobody, while the secret is being changed", two, signed("m1", morning, secret, aText), 200},
		{"whoever uses another secret", nil, signed("m1", morning, "another secret of many bytes", aText), 403},
		{"whoever is six minutes late", nil, signed("m1", morning.Add(-6*time.Minute), secret, aText), 403},
		{"whoever is six minutes early", nil, signed("m1", morning.Add(6*time.Minute), secret, aText), 403},
		{"whoever signed in the year 292277026596", nil, http.Header{"Webhook-Id": {"m1"}, "Webhook-Timestamp": {"9223372036854775807"}, "Webhook-Signature": {"v1,AA=="}}, 403},
		{"whoever gives no id", nil, signed("", morning, secret, aText), 403},
		{"whoever gives an id that borrows from the body", nil, signed("m1."+strconv.FormatInt(morning.Unix(), 10)+".x", morning, secret, aText), 403},
		{"whoever does not sign", nil, http.Header{}, 403},
	} {
		got := &inbox{}
		w := post(carrier(t, "https://gw.example", c.set).Handler(got), c.header, aText)
		if w.Code != c.want || c.want == 403 && (w.Body.Len() > 0 || len(got.got) > 0) {
			t.Errorf("%s: got %d %q, %d handed over", c.name, w.Code, w.Body, len(got.got))
		}
	}
	r := httptest.NewRequest(http.MethodGet, "/hooks/gateway", nil)
	w := httptest.NewRecorder()
	carrier(t, "https://gw.example", nil).Handler(&inbox{}).ServeHTTP(w, r)
	if w.Code != http.StatusMethodNotAllowed {
		t.Errorf("GET: got %d", w.Code)
	}
}

func TestAnyChangedByteIsRefused(t *testing.T) {
	t.Parallel()
	got := &inbox{}
	h := carrier(t, "https://gw.example", nil).Handler(got)
	header := signed("m1", morning, secret, aText)
	tried := 0
	refused := func(name string, header http.Header, body string) {
		tried++
		if w := post(h, header, body); w.Code != http.StatusForbidden || len(got.got) > 0 {
			t.Fatalf("%s: got %d", name, w.Code)
		}
	}
	for name, changed := range changes(aText) {
		refused("body with "+name, header, changed)
	}
	for part := range header {
		for name, changed := range changes(header.Get(part)) {
			other := header.Clone()
			other.Set(part, changed)
			refused(part+" with "+name, other, aText)
		}
	}
	t.Logf("%d changed messages refused", tried)
	if tried < 400 {
		t.Errorf("only %d changes were tried", tried)
	}
}

func changes(s string) map[string]string {
	all := map[string]string{}
	for i := range len(s) {
		all[fmt.Sprintf("byte %d changed", i)] = s[:i] + string(s[i]^1) + s[i+1:]
		all[fmt.Sprintf("byte %d dropped", i)] = s[:i] + s[i+1:]
		all[fmt.Sprintf("byte %d doubled", i)] = s[:i] + s[i:i+1] + s[i:]
	}
	return all
}

// TestReplay: within the window a message is handed over again, with the
// carrier's id by which the inbox knows it; after the window it is refused.
func TestReplay(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(morning)
	g, err := gateway.New(gateway.Settings{URL: "https://gw.example", Secrets: []string{secret}}, clock, logger(t))
	if err != nil {
		t.Fatal(err)
	}
	got := &inbox{}
	h, header := g.Handler(got), signed("m1", morning, secret, aText)
	for range 2 {
		if w := post(h, header, aText); w.Code != 200 {
			t.Errorf("got %d", w.Code)
		}
	}
	if len(got.got) != 2 || !cmp.Equal(got.got[0], got.got[1]) {
		t.Errorf("handed over: %+v", got.got)
	}
	clock.Advance(5*time.Minute + time.Second)
	if w := post(h, header, aText); w.Code != http.StatusForbidden || len(got.got) != 2 {
		t.Errorf("after the window: got %d", w.Code)
	}
}

func TestWhatIsHandedOver(t *testing.T) {
	t.Parallel()
	at := morning.Add(-time.Minute)
	for _, c := range []struct {
		name, body string
		say        *callbacks.Prompt
		want       any
		answer     string
	}{
		{"a text", aText, nil, callbacks.Incoming{CarrierID: "U1", From: citizen, To: "1069012345", Words: "4 态度差", At: morning}, `{}`},
		{"a text from a landline", `{"type":"text","id":"U1","from":"010-12345678","words":"1","at":"2026-03-02T09:29:00+08:00"}`, nil, callbacks.Incoming{CarrierID: "U1", From: "+861012345678", Words: "1", At: at}, `{}`},
		{"a text from a number with its country", `{"type":"text","id":"U1","from":"8613800001111","words":"1"}`, nil, callbacks.Incoming{CarrierID: "U1", From: citizen, Words: "1", At: morning}, `{}`},
		{"a text from another service", `{"type":"text","id":"U1","from":"10086","words":"话费"}`, nil, callbacks.Incoming{CarrierID: "U1", From: "10086", Words: "话费", At: morning}, `{}`},
		{"a report", `{"type":"report","id":"M1","ref":"a1","way":"sms","to":"13800001111","status":"delivered"}`, nil, callbacks.Report{CarrierID: "M1", Ref: "a1", Way: callbacks.BySMS, To: citizen, Status: callbacks.Delivered, At: morning}, `{}`},
		{"a report of failure", `{"type":"report","id":"M1","way":"sms","status":"undelivered","error":"filtered","code":"KEYWORD"}`, nil, callbacks.Report{CarrierID: "M1", Way: callbacks.BySMS, Status: callbacks.Undelivered, Trouble: callbacks.Filtered, Code: "KEYWORD", At: morning}, `{}`},
		{"a failure without a reason", `{"type":"report","id":"M1","way":"voice","status":"failed"}`, nil, callbacks.Report{CarrierID: "M1", Way: callbacks.ByVoice, Status: callbacks.Failed, Trouble: callbacks.Refused, At: morning}, `{}`},
		{"a report with fields that are new to us", `{"type":"report","id":"M1","way":"sms","status":"sent","fee":"0.05"}`, nil, callbacks.Report{CarrierID: "M1", Way: callbacks.BySMS, Status: callbacks.SentOut, At: morning}, `{}`},
		{
			"a call picked up", `{"type":"answered","id":"C1","ref":"c1"}`,
			&callbacks.Prompt{Say: "满意请按1", Lang: "zh-CN", Question: "rating", Try: 1, Digits: 1},
			pickedUp{"C1", "c1", false}, `{"say":"满意请按1","lang":"zh-CN","question":"rating","try":1,"digits":1}`,
		},
		{"voicemail", `{"type":"answered","id":"C1","ref":"c1","machine":true}`, nil, pickedUp{"C1", "c1", true}, `{"hang_up":true}`},
		{
			"keys", `{"type":"keys","id":"C1","ref":"c1","question":"rating","try":2,"digits":"5"}`, &callbacks.Prompt{Say: "谢谢", Lang: "zh-CN"},
			callbacks.Keys{CarrierID: "C1", Ref: "c1", Question: "rating", Try: 2, Digits: "5", At: morning}, `{"say":"谢谢","lang":"zh-CN","hang_up":true}`,
		},
	} {
		got := &inbox{say: c.say}
		w := post(carrier(t, "https://gw.example", nil).Handler(got), signed("m1", morning, secret, c.body), c.body)
		if diff := cmp.Diff([]any{c.want}, got.got); w.Code != 200 || diff != "" {
			t.Errorf("%s: got %d (-want +got):\n%s", c.name, w.Code, diff)
		}
		if answer := strings.TrimSpace(w.Body.String()); answer != c.answer {
			t.Errorf("%s: answered %s, want %s", c.name, answer, c.answer)
		}
	}
}

func TestMistakesAreExplained(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]string{
		``:                                  "JSON",
		`[]`:                                "JSON",
		`{"type":"text"}`:                   "id is missing",
		`{"type":"text","id":"U1"}`:         "from is missing",
		`{"type":"fax","id":"U1"}`:          "type is none",
		`{"type":"keys","id":"C1"}`:         "question is missing",
		`{"type":"report","id":"M1"}`:       "way is neither",
		`{"type":"text","id":"1","at":"x"}`: "JSON",
		`{"type":"report","id":"M1","way":"sms","status":"ok"}`:                 "status is none",
		`{"type":"report","id":"M1","way":"sms","status":"failed","error":"x"}`: "error is none",
	} {
		got := &inbox{}
		w := post(carrier(t, "https://gw.example", nil).Handler(got), signed("m1", morning, secret, body), body)
		if w.Code != http.StatusBadRequest || !strings.Contains(w.Body.String(), want) || len(got.got) > 0 {
			t.Errorf("%s: got %d %s", body, w.Code, w.Body)
		}
	}
	large := `{"type":"text","id":"U1","from":"1","words":"` + strings.Repeat("长", 30000) + `"}`
	if w := post(carrier(t, "https://gw.example", nil).Handler(&inbox{}), signed("m1", morning, secret, large), large); w.Code != http.StatusForbidden {
		t.Errorf("a message too large: got %d", w.Code)
	}
}

func TestWhatTheInboxDoesNotTakeComesAgain(t *testing.T) {
	t.Parallel()
	w := post(carrier(t, "https://gw.example", nil).Handler(&inbox{err: errors.New("the database is away")}), signed("m1", morning, secret, aText), aText)
	if w.Code != http.StatusInternalServerError || strings.Contains(w.Body.String(), "database") {
		t.Errorf("got %d %s", w.Code, w.Body)
	}
}

// asked is a request as the gateway sees it.
type asked struct {
	method, query, body string
	header              http.Header
}

// playing is a gateway that answers every request as told.
func playing(t *testing.T, answer func(http.ResponseWriter, *http.Request)) (string, *[]asked) {
	t.Helper()
	var all []asked
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		all = append(all, asked{r.Method, r.URL.RawQuery, string(body), r.Header})
		answer(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL + "/sms", &all
}

func receipt(w http.ResponseWriter, _ *http.Request) {
	_, _ = io.WriteString(w, `{"id":"M1","status":"sending"}`)
}

func TestWhatIsAskedOfTheGateway(t *testing.T) {
	t.Parallel()
	url, all := playing(t, receipt)
	g := carrier(t, url, nil)
	text := callbacks.Text{Ref: "a1", To: citizen, Words: "请回复", Template: "ask_rating", Params: map[string]string{"tail": "4821"}, Lang: "zh-CN", NotAfter: morning.Add(time.Hour)}
	handed, err := g.SendText(t.Context(), text)
	if want := (callbacks.Handed{CarrierID: "M1", Status: callbacks.Sending}); err != nil || handed != want {
		t.Errorf("got %+v, %v", handed, err)
	}
	if _, err := g.PlaceCall(t.Context(), callbacks.Call{Ref: "c1", To: citizen, Lang: "en", Script: "rating"}); err != nil {
		t.Error(err)
	}
	if _, found, err := g.Find(t.Context(), callbacks.Sought{Way: callbacks.BySMS, Ref: "a1", To: citizen}); err != nil || found {
		t.Errorf("an empty list: got %t, %v", found, err)
	}
	for i, want := range []struct{ method, query, body string }{
		{"POST", "", `{"type":"text","ref":"a1","to":"+8613800001111","template":"ask_rating","params":{"tail":"4821"},"words":"请回复","lang":"zh-CN","not_after":"2026-03-02T02:30:00Z"}`},
		{"POST", "", `{"type":"call","ref":"c1","to":"+8613800001111","script":"rating","lang":"en"}`},
		{"GET", "ref=a1", ""},
	} {
		got := (*all)[i]
		if got.method != want.method || got.query != want.query || got.body != want.body {
			t.Errorf("got %s ?%s\n%s\nwant %s ?%s\n%s", got.method, got.query, got.body, want.method, want.query, want.body)
		}
		content := want.body
		if want.method == "GET" {
			content = want.query
		}
		id := got.header.Get("webhook-id")
		if sig := signed(id, morning, secret, content).Get("webhook-signature"); id == "" || sig != got.header.Get("webhook-signature") {
			t.Errorf("%s ?%s is not signed as promised", got.method, got.query)
		}
	}
}

func TestListsArePaged(t *testing.T) {
	t.Parallel()
	url, _ := playing(t, func(w http.ResponseWriter, r *http.Request) {
		n, _ := strconv.Atoi(r.URL.Query().Get("after"))
		page := map[string]any{"sent": []map[string]any{{"id": fmt.Sprintf("M%d", n), "way": "sms", "to": "13800001111", "status": "failed", "error": "landline", "at": morning}}}
		if n < 4 {
			page["next"] = strconv.Itoa(n + 1)
		}
		_ = json.NewEncoder(w).Encode(page)
	})
	sent, err := carrier(t, url, nil).Sent(t.Context(), morning.Add(-time.Hour), morning)
	if err != nil || len(sent) != 5 {
		t.Fatalf("got %d, %v", len(sent), err)
	}
	want := callbacks.Report{CarrierID: "M4", Way: callbacks.BySMS, To: citizen, Status: callbacks.Failed, Trouble: callbacks.Landline, At: morning}
	if diff := cmp.Diff(want, sent[4]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAListThatLeadsBackToItself(t *testing.T) {
	t.Parallel()
	url, all := playing(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"sent":[],"next":"again"}`) })
	if _, err := carrier(t, url, nil).Sent(t.Context(), morning, morning); err != nil || len(*all) != 2 {
		t.Errorf("got %v after %d requests", err, len(*all))
	}
}

func TestWhatARefusalMeans(t *testing.T) {
	t.Parallel()
	say := func(status int, body string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "30")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, body)
		}
	}
	text := func(ctx context.Context, g *gateway.Gateway) error {
		_, err := g.SendText(ctx, callbacks.Text{Ref: "a1", To: citizen, Words: "请回复"})
		return err
	}
	find := func(ctx context.Context, g *gateway.Gateway) error {
		_, _, err := g.Find(ctx, callbacks.Sought{Ref: "a1", To: citizen})
		return err
	}
	state := func(ctx context.Context, g *gateway.Gateway) error {
		_, err := g.State(ctx, callbacks.BySMS, "M1")
		return err
	}
	for _, c := range []struct {
		name   string
		answer func(http.ResponseWriter, *http.Request)
		ask    func(context.Context, *gateway.Gateway) error
		want   callbacks.Kind
		code   string
	}{
		{"the citizen refused", say(422, `{"error":"opted_out","code":"T","message":"+8613800001111 refused"}`), text, callbacks.OptedOut, "T"},
		{"held back for its words", say(400, `{"error":"filtered","code":"KEYWORD"}`), text, callbacks.Filtered, "KEYWORD"},
		{"out of money", say(402, `{"error":"our_fault","code":"BALANCE"}`), text, callbacks.OurFault, "BALANCE"},
		{"its word counts more than the status", say(500, `{"error":"never","code":"X"}`), text, callbacks.NeverMind, "X"},
		{"too fast", say(429, ``), text, callbacks.TryAgain, "http_429"},
		{"closed for a while", say(503, `<html>`), text, callbacks.TryAgain, "http_503"},
		{"wrong secret", say(403, ``), text, callbacks.OurFault, "http_403"},
		{"wrong address", say(404, ``), text, callbacks.OurFault, "http_404"},
		{"a word that is not in the protocol", say(400, `{"error":"oops"}`), text, callbacks.Refused, "http_400"},
		{"unclear is no word of the protocol", say(400, `{"error":"unclear"}`), text, callbacks.Refused, "http_400"},
		{"it broke", say(500, `oops`), text, callbacks.Unclear, "http_500"},
		{"it broke while only asked", say(500, `oops`), find, callbacks.TryAgain, "http_500"},
		{"it leads elsewhere", say(302, ``), text, callbacks.Unclear, "http_302"},
		{"its answer is a web page", say(200, `<html>`), text, callbacks.Unclear, "no_answer"},
		{"its receipt has no id", say(200, `{}`), text, callbacks.Unclear, "no_id"},
		{"it hangs up", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, text, callbacks.Unclear, "no_answer"},
		{"it hangs up while only asked", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, find, callbacks.TryAgain, "unreachable"},
		{"it does not know the id", say(200, `{"sent":[]}`), state, callbacks.Refused, "not_sent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			url, _ := playing(t, c.answer)
			err := c.ask(t.Context(), carrier(t, url, nil))
			var trouble *callbacks.Trouble
			if !errors.As(err, &trouble) || trouble.Kind != c.want || trouble.Code != c.code {
				t.Fatalf("got %v, want %s (code %s)", err, c.want, c.code)
			}
			if strings.Contains(err.Error(), citizen[1:]) {
				t.Errorf("the error shows the phone number: %v", err)
			}
			if strings.HasPrefix(c.name, "too fast") && trouble.Wait != 30*time.Second {
				t.Errorf("wait %s", trouble.Wait)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	url := srv.URL
	srv.Close()
	_, err := carrier(t, url, nil).SendText(t.Context(), callbacks.Text{Ref: "a1", To: citizen})
	if callbacks.KindOf(err) != callbacks.TryAgain {
		t.Errorf("nothing can have gone out: got %v", err)
	}
}

func TestTheTimeLimit(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(func() { close(release); srv.Close() })
	_, err := carrier(t, srv.URL, func(s *gateway.Settings) { s.Timeout = 50 * time.Millisecond }).SendText(t.Context(), callbacks.Text{Ref: "a1", To: citizen})
	if callbacks.KindOf(err) != callbacks.Unclear {
		t.Errorf("the gateway has the request and does not answer: got %v", err)
	}
}

func TestWhatIsNotEvenAsked(t *testing.T) {
	t.Parallel()
	url, all := playing(t, receipt)
	g := carrier(t, url, nil)
	deaf := carrier(t, url, func(s *gateway.Settings) { s.Calls = false })
	for name, c := range map[string]struct {
		ask  func() error
		want callbacks.Kind
	}{
		"a text whose time is over": {func() error {
			_, err := g.SendText(t.Context(), callbacks.Text{Ref: "a1", NotAfter: morning})
			return err
		}, callbacks.TooLate},
		"a reference with a line end": {func() error { _, err := g.SendText(t.Context(), callbacks.Text{Ref: "a1\n"}); return err }, callbacks.OurFault},
		"a call where there are none": {func() error { _, err := deaf.PlaceCall(t.Context(), callbacks.Call{Ref: "c1"}); return err }, callbacks.OurFault},
	} {
		if err := c.ask(); err == nil || callbacks.KindOf(err) != c.want {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if len(*all) != 0 {
		t.Errorf("the gateway was asked: %v", *all)
	}
	if diff := cmp.Diff([][]callbacks.Way{{callbacks.BySMS, callbacks.ByVoice}, {callbacks.BySMS}}, [][]callbacks.Way{g.Ways(), deaf.Ways()}); diff != "" {
		t.Error(diff)
	}
}

func TestSettingsThatCannotWork(t *testing.T) {
	t.Parallel()
	for name, set := range map[string]gateway.Settings{
		"no address":          {Secrets: []string{secret}},
		"no scheme":           {URL: "gw.example", Secrets: []string{secret}},
		"a query":             {URL: "https://gw.example?x=1", Secrets: []string{secret}},
		"no address at all":   {URL: "://", Secrets: []string{secret}},
		"no secret":           {URL: "https://gw.example"},
		"a short secret":      {URL: "https://gw.example", Secrets: []string{"short"}},
		"a short old secret":  {URL: "https://gw.example", Secrets: []string{secret, "x"}},
		"a secret not base64": {URL: "https://gw.example", Secrets: []string{"whsec_????"}},
	} {
		if _, err := gateway.New(set, clockwork.NewFakeClock(), logger(t)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

// FuzzHandler sends strange messages, signed and not: never a panic, and nothing
// is handed over without a signature.
func FuzzHandler(f *testing.F) {
	f.Add(aText, "m1", "v1,AA==", true)
	f.Add(`{"type":"keys","id":"C1","question":"q","try":1e9,"digits":"*#"}`, "m2", "v1, v1,==", true)
	f.Add(`{"type":"report","id":"M1","way":"voice","status":"busy","at":"0000-01-01T00:00:00Z"}`, "m3", "", false)
	f.Add("\x00{", "a.b", "v2,x", false)
	f.Fuzz(func(t *testing.T, body, id, signature string, sign bool) {
		header := http.Header{}
		if sign {
			header = signed(id, morning, secret, body)
		} else {
			header.Set("webhook-id", id)
			header.Set("webhook-timestamp", strconv.FormatInt(morning.Unix(), 10))
			header.Set("webhook-signature", signature)
		}
		got := &inbox{say: &callbacks.Prompt{Say: body, Question: id}}
		w := post(carrier(t, "https://gw.example", nil).Handler(got), header, body)
		if !sign && (w.Code != 403 || len(got.got) > 0) || w.Code >= 500 {
			t.Errorf("got %d, %d handed over", w.Code, len(got.got))
		}
		if w.Code == 200 && !json.Valid(w.Body.Bytes()) {
			t.Errorf("answered %q", w.Body)
		}
	})
}
