package twilio_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha1" // Twilio's scheme
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"nengban/callbacks"
	"nengban/callbacks/twilio"
)

// The parameters that Twilio sends, more of them than we read.
func textForm(words string) url.Values {
	return url.Values{
		"ToCountry": {"CN"}, "ToState": {""}, "SmsMessageSid": {"SM1"}, "NumMedia": {"0"}, "ToCity": {""}, "FromZip": {""},
		"SmsSid": {"SM1"}, "FromState": {""}, "SmsStatus": {"received"}, "FromCity": {""}, "Body": {words}, "FromCountry": {"CN"},
		"To": {ourNumber}, "ToZip": {""}, "NumSegments": {"1"}, "MessageSid": {"SM1"}, "AccountSid": {account}, "From": {citizen}, "ApiVersion": {"2010-04-01"},
	}
}

func textStatusForm(status, code string) url.Values {
	form := url.Values{
		"SmsSid": {"SM1"}, "SmsStatus": {status}, "MessageStatus": {status}, "To": {citizen}, "MessageSid": {"SM1"},
		"AccountSid": {account}, "From": {ourNumber}, "ApiVersion": {"2010-04-01"},
	}
	if code != "" {
		form.Set("ErrorCode", code)
	}
	return form
}

func callForm(status string, more url.Values) url.Values {
	form := url.Values{
		"Called": {citizen}, "ToState": {""}, "CallerCountry": {"CN"}, "Direction": {"outbound-api"}, "CallerState": {""}, "ToZip": {""},
		"CallSid": {"CA1"}, "To": {citizen}, "CallerZip": {""}, "ToCountry": {"CN"}, "ApiVersion": {"2010-04-01"}, "CalledZip": {""}, "CalledCity": {""},
		"CallStatus": {status}, "From": {ourNumber}, "AccountSid": {account}, "CalledCountry": {"CN"}, "CallerCity": {""}, "Caller": {ourNumber},
	}
	maps.Copy(form, more)
	return form
}

// hookRequest is one request of Twilio's, as it is signed and as it arrives.
type hookRequest struct {
	Name   string            `json:"-"`
	URL    string            `json:"url"` // as Twilio knows it
	Params map[string]string `json:"params"`
	public string            // the setting, when it is another
}

func hookRequests() []hookRequest {
	single := func(form url.Values) map[string]string {
		m := map[string]string{}
		for k := range form {
			m[k] = form.Get(k)
		}
		return m
	}
	return []hookRequest{
		{Name: "a text", URL: public + "/texts", Params: single(textForm("5"))},
		{Name: "a text of many signs", URL: public + "/texts", Params: single(textForm("不满意！態度差 😡 it's \"bad\" & <worse> 100% + ？\n第二行"))},
		{Name: "a text without words", URL: public + "/texts", Params: single(textForm(""))},
		{Name: "a text to an address with a query", URL: public + "/texts?from=console&x='1'", Params: single(textForm("1"))},
		{Name: "a report", URL: public + "/texts/ask-1_a/status", Params: single(textStatusForm("delivered", ""))},
		{Name: "a report of failure", URL: public + "/texts/ask-1_a/status", Params: single(textStatusForm("undelivered", "30003"))},
		{Name: "a call picked up", URL: public + "/calls/c1", Params: single(callForm("in-progress", url.Values{"AnsweredBy": {"human"}}))},
		{Name: "keys", URL: public + "/calls/c1/keys/rating/1", Params: single(callForm("in-progress", url.Values{"Digits": {"5"}, "FinishedOnKey": {""}, "msg": {"Gather End"}}))},
		{Name: "no keys", URL: public + "/calls/c1/keys/rating/2", Params: single(callForm("in-progress", url.Values{"Digits": {""}}))},
		{Name: "the end of a call", URL: public + "/calls/c1/status", Params: single(callForm("completed", url.Values{"CallDuration": {"31"}, "SequenceNumber": {"3"}}))},
		{Name: "an answer that did not come", URL: public + "/calls/c1/fallback", Params: single(callForm("in-progress", url.Values{"ErrorCode": {"11200"}}))},
		{Name: "an address with a port", URL: "https://desk.example:8443/hooks/twilio/texts", Params: single(textForm("5")), public: "https://desk.example:8443/hooks/twilio"},
		{Name: "plain http", URL: "http://desk.example/hooks/twilio/texts", Params: single(textForm("5")), public: "http://desk.example/hooks/twilio/"},
	}
}

// send makes the request as it arrives behind a proxy: another host, another
// prefix taken off, and the rest as it was.
func (h hookRequest) send(t testing.TB, in callbacks.Inbox, body, signature string) *httptest.ResponseRecorder {
	t.Helper()
	return serve(h.handler(t, in), h.arriving(t, body, signature))
}

func (h hookRequest) arriving(t testing.TB, body, signature string) *http.Request {
	t.Helper()
	u, err := url.Parse(h.URL)
	if err != nil {
		t.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "http://10.0.0.7:8080"+u.RequestURI(), strings.NewReader(body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded; charset=UTF-8")
	r.Header.Set("X-Twilio-Signature", signature)
	return r
}

func (h hookRequest) handler(t testing.TB, in callbacks.Inbox) http.Handler {
	t.Helper()
	set := twilio.Settings{AccountSID: account, AuthToken: token, From: ourNumber, PublicURL: h.public}
	if h.public == "" {
		set.PublicURL = public
	}
	c, err := twilio.New(set, clockwork.NewFakeClockAt(morning), logger(t))
	if err != nil {
		t.Fatal(err)
	}
	return http.StripPrefix("/hooks/twilio", c.Handler(in))
}

func serve(h http.Handler, r *http.Request) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func (h hookRequest) body() string {
	form := url.Values{}
	for k, v := range h.Params {
		form.Set(k, v)
	}
	return form.Encode()
}

// sign is Twilio's published scheme, for tests that need many signatures.
func (h hookRequest) sign() string {
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(h.URL))
	for _, k := range slices.Sorted(maps.Keys(h.Params)) {
		mac.Write([]byte(k + h.Params[k]))
	}
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// TestTwiliosOwnSignaturesAreAccepted has npm's twilio package sign.
func TestTwiliosOwnSignaturesAreAccepted(t *testing.T) {
	t.Parallel()
	folder := npm(t, "twilio", "twilio@6.2.0")
	requests := hookRequests()
	in, err := json.Marshal(requests)
	if err != nil {
		t.Fatal(err)
	}
	script := `const {getExpectedTwilioSignature: sign} = require(process.argv[1]);
		const all = JSON.parse(require("fs").readFileSync(0));
		console.log(JSON.stringify(all.map(r => sign(process.argv[2], r.url, r.params))));`
	cmd := exec.CommandContext(t.Context(), "node", "-e", script, filepath.Join(folder, "node_modules", "twilio", "lib", "webhooks", "webhooks.js"), token)
	cmd.Stdin = bytes.NewReader(in)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var signatures []string
	if err := json.Unmarshal(out, &signatures); err != nil || len(signatures) != len(requests) {
		t.Fatalf("got %q, %v", out, err)
	}
	for i, r := range requests {
		if w := r.send(t, &inbox{}, r.body(), signatures[i]); w.Code/100 != 2 {
			t.Errorf("%s: got %d", r.Name, w.Code)
		}
		if signatures[i] != r.sign() {
			t.Errorf("%s: these tests sign otherwise than Twilio's package", r.Name)
		}
		if w := r.send(t, &inbox{}, r.body(), signatures[(i+1)%len(signatures)]); w.Code != http.StatusForbidden {
			t.Errorf("%s with the signature of another: got %d", r.Name, w.Code)
		}
	}
}

// TestAnyChangedByteIsRefused changes, drops and doubles every byte of every
// request, and swaps every two. A change that leaves the same parameters (%2b
// for %2B) is none. Twilio's scheme cannot see where a name ends, so a swap may
// pass where it changes nothing that we read ("NumMedia0=" for "NumMedia=0").
func TestAnyChangedByteIsRefused(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, h := range hookRequests() {
		got := &inbox{}
		handler := h.handler(t, got)
		body, signature := h.body(), h.sign()
		want, _ := url.ParseQuery(body)
		for name, changed := range changes(body) {
			form, err := url.ParseQuery(changed)
			if err == nil && (form.Encode() == want.Encode() || strings.Contains(name, "swapped") && cmp.Equal(read(form), read(want))) {
				continue
			}
			tried++
			if w := serve(handler, h.arriving(t, changed, signature)); w.Code/100 != 4 || !strings.Contains(name, "swapped") && w.Code != http.StatusForbidden || w.Body.Len() != 0 || got.count() != 0 {
				t.Fatalf("%s, body with %s: got %d, %d handed over\n%s", h.Name, name, w.Code, got.count(), changed)
			}
		}
		for name, changed := range changes(signature) {
			tried++
			if w := serve(handler, h.arriving(t, body, changed)); w.Code != http.StatusForbidden {
				t.Fatalf("%s, signature with %s: got %d", h.Name, name, w.Code)
			}
		}
		path, found := strings.CutPrefix(h.URL, public)
		if !found {
			continue
		}
		for name, changed := range changes(path) {
			u, err := url.Parse("http://10.0.0.7/hooks/twilio" + changed)
			if err != nil || !strings.HasPrefix(changed, "/") || strings.Contains(changed, "#") {
				continue
			}
			r := h.arriving(t, body, signature)
			r.URL = u
			tried++
			if w := serve(handler, r); w.Code/100 == 2 || got.count() != 0 {
				t.Fatalf("%s, path with %s: got %d", h.Name, name, w.Code)
			}
		}
	}
	t.Logf("%d changed requests refused", tried)
	if tried < 10000 {
		t.Errorf("only %d changes were tried", tried)
	}
}

// read is what the handlers look at.
func read(form url.Values) string {
	var all []string
	for _, name := range []string{"AccountSid", "AnsweredBy", "Body", "CallSid", "CallStatus", "Digits", "ErrorCode", "From", "MessageSid", "MessageStatus", "SipResponseCode", "To"} {
		all = append(all, form.Get(name))
	}
	return strings.Join(all, "\n")
}

// changes are all texts one small step away from s.
func changes(s string) map[string]string {
	all := map[string]string{}
	for i := range len(s) {
		other := byte('A')
		if s[i] == other {
			other = 'B'
		}
		all[fmt.Sprintf("byte %d changed", i)] = s[:i] + string(other) + s[i+1:]
		all[fmt.Sprintf("bit of byte %d turned", i)] = s[:i] + string(s[i]^1) + s[i+1:]
		all[fmt.Sprintf("byte %d dropped", i)] = s[:i] + s[i+1:]
		all[fmt.Sprintf("byte %d doubled", i)] = s[:i] + s[i:i+1] + s[i:]
		if i > 0 && s[i] != s[i-1] {
			all[fmt.Sprintf("bytes %d and %d swapped", i-1, i)] = s[:i-1] + s[i:i+1] + s[i-1:i] + s[i+1:]
		}
	}
	return all
}

// TestEachParameterCounts adds, removes, renames, repeats and changes whole parameters.
func TestEachParameterCounts(t *testing.T) {
	t.Parallel()
	for _, h := range hookRequests() {
		got := &inbox{}
		handler, signature := h.handler(t, got), h.sign()
		forms := map[string]string{"a parameter more": h.body() + "&Extra=1", "the first repeated": h.body() + "&From=" + url.QueryEscape(citizen)}
		for name := range h.Params {
			for how, change := range map[string]func(url.Values){
				"removed":  func(v url.Values) { v.Del(name) },
				"renamed":  func(v url.Values) { v.Set(name+"X", v.Get(name)); v.Del(name) },
				"repeated": func(v url.Values) { v.Add(name, v.Get(name)) },
				"longer":   func(v url.Values) { v.Set(name, v.Get(name)+"1") },
			} {
				form, _ := url.ParseQuery(h.body())
				change(form)
				forms[name+" "+how] = form.Encode()
			}
		}
		for how, body := range forms {
			if serve(handler, h.arriving(t, body, signature)).Code != http.StatusForbidden || got.count() != 0 {
				t.Errorf("%s, %s: accepted", h.Name, how)
			}
		}
	}
}

func TestWhoIsTurnedAway(t *testing.T) {
	t.Parallel()
	h := hookRequests()[0]
	for _, c := range []struct {
		name   string
		public string
		change func(*http.Request)
		want   int
	}{
		{"nobody", "", func(*http.Request) {}, http.StatusOK},
		{"whoever names another host, for the Host header plays no part", "", func(r *http.Request) { r.Host = "evil.example"; r.Header.Set("X-Forwarded-Host", "evil.example") }, http.StatusOK},
		{"whoever sends no signature", "", func(r *http.Request) { r.Header.Del("X-Twilio-Signature") }, http.StatusForbidden},
		{"whoever sends JSON", "", func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }, http.StatusForbidden},
		{"whoever names no type", "", func(r *http.Request) { r.Header.Del("Content-Type") }, http.StatusForbidden},
		{"whoever does not post", "", func(r *http.Request) { r.Method = http.MethodGet }, http.StatusMethodNotAllowed},
		{"everybody, when the public address is another", "https://other.example/hooks/twilio", func(*http.Request) {}, http.StatusForbidden},
	} {
		r := httptest.NewRequest(http.MethodPost, "/hooks/twilio/texts", strings.NewReader(h.body()))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("X-Twilio-Signature", h.sign())
		c.change(r)
		if w := serve((hookRequest{public: c.public}).handler(t, &inbox{}), r); w.Code != c.want {
			t.Errorf("%s: got %d, want %d", c.name, w.Code, c.want)
		}
	}
}

func TestADeskWithoutAPublicAddressAnswersNobody(t *testing.T) {
	t.Parallel()
	c, err := twilio.New(twilio.Settings{AccountSID: account, AuthToken: token, From: ourNumber}, clockwork.NewFakeClockAt(morning), logger(t))
	if err != nil {
		t.Fatal(err)
	}
	h := hookRequest{URL: "/texts", Params: hookRequests()[0].Params}
	r := httptest.NewRequest(http.MethodPost, "/texts", strings.NewReader(h.body()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Twilio-Signature", h.sign())
	if w := serve(c.Handler(&inbox{}), r); w.Code != http.StatusForbidden {
		t.Errorf("got %d", w.Code)
	}
}

func TestABodyThatIsTooLarge(t *testing.T) {
	t.Parallel()
	h := hookRequest{URL: public + "/texts", Params: map[string]string{"AccountSid": account, "MessageSid": "SM1", "From": citizen, "Body": strings.Repeat("长", 40000)}}
	if w := h.send(t, &inbox{}, h.body(), h.sign()); w.Code != http.StatusForbidden {
		t.Errorf("got %d", w.Code)
	}
}

func TestAnotherAccountIsRefused(t *testing.T) {
	t.Parallel()
	h := hookRequests()[0]
	h.Params["AccountSid"] = "AC99999999999999999999999999999999"
	if w := h.send(t, &inbox{}, h.body(), h.sign()); w.Code != http.StatusForbidden {
		t.Errorf("got %d", w.Code)
	}
}

func TestWhatIsHandedOver(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		path string
		form url.Values
		want handed
	}{
		{
			"a text", "/texts", textForm("４ 态度差"),
			handed{texts: []callbacks.Incoming{{CarrierID: "SM1", From: citizen, To: ourNumber, Words: "４ 态度差", At: morning}}},
		},
		{
			"a report", "/texts/a1/status", textStatusForm("delivered", ""),
			handed{reports: []callbacks.Report{{CarrierID: "SM1", Ref: "a1", Way: callbacks.BySMS, To: citizen, Status: callbacks.Delivered, At: morning}}},
		},
		{
			"a report of failure", "/texts/a1/status", textStatusForm("undelivered", "30006"),
			handed{reports: []callbacks.Report{{CarrierID: "SM1", Ref: "a1", Way: callbacks.BySMS, To: citizen, Status: callbacks.Undelivered, Trouble: callbacks.Landline, Code: "30006", At: morning}}},
		},
		{
			"a failure with a code that is new to us", "/texts/a1/status", textStatusForm("failed", "39999"),
			handed{reports: []callbacks.Report{{CarrierID: "SM1", Ref: "a1", Way: callbacks.BySMS, To: citizen, Status: callbacks.Failed, Trouble: callbacks.Refused, Code: "39999", At: morning}}},
		},
		{
			"a failure without a code", "/texts/a1/status", textStatusForm("failed", ""),
			handed{reports: []callbacks.Report{{CarrierID: "SM1", Ref: "a1", Way: callbacks.BySMS, To: citizen, Status: callbacks.Failed, Trouble: callbacks.TryAgain, At: morning}}},
		},
		{"a status that is new to us", "/texts/a1/status", textStatusForm("teleported", ""), handed{}},
		{
			"a person picks up", "/calls/c1", callForm("in-progress", url.Values{"AnsweredBy": {"human"}}),
			handed{picked: []pickedUp{{"CA1", "c1", false}}},
		},
		{
			"somebody picks up and listens first", "/calls/c1", callForm("in-progress", url.Values{"AnsweredBy": {"unknown"}}),
			handed{picked: []pickedUp{{"CA1", "c1", false}}},
		},
		{
			"voicemail picks up", "/calls/c1", callForm("in-progress", url.Values{"AnsweredBy": {"machine_start"}}),
			handed{picked: []pickedUp{{"CA1", "c1", true}}},
		},
		{
			"keys", "/calls/c1/keys/rating/2", callForm("in-progress", url.Values{"Digits": {"4"}}),
			handed{keys: []callbacks.Keys{{CarrierID: "CA1", Ref: "c1", Question: "rating", Try: 2, Digits: "4", At: morning}}},
		},
		{
			"no keys within the time", "/calls/c1/keys/rating/2", callForm("in-progress", url.Values{"Digits": {""}}),
			handed{keys: []callbacks.Keys{{CarrierID: "CA1", Ref: "c1", Question: "rating", Try: 2, At: morning}}},
		},
		{
			"it rings", "/calls/c1/status", callForm("ringing", nil),
			handed{reports: []callbacks.Report{{CarrierID: "CA1", Ref: "c1", Way: callbacks.ByVoice, To: citizen, Status: callbacks.Ringing, At: morning}}},
		},
		{
			"a call ends", "/calls/c1/status", callForm("completed", nil),
			handed{reports: []callbacks.Report{{CarrierID: "CA1", Ref: "c1", Way: callbacks.ByVoice, To: citizen, Status: callbacks.HungUp, At: morning}}},
		},
		{
			"a call to voicemail ends", "/calls/c1/status", callForm("completed", url.Values{"AnsweredBy": {"machine_end_beep"}}),
			handed{reports: []callbacks.Report{{CarrierID: "CA1", Ref: "c1", Way: callbacks.ByVoice, To: citizen, Status: callbacks.Machine, At: morning}}},
		},
		{
			"nobody answers", "/calls/c1/status", callForm("no-answer", nil),
			handed{reports: []callbacks.Report{{CarrierID: "CA1", Ref: "c1", Way: callbacks.ByVoice, To: citizen, Status: callbacks.NoAnswer, At: morning}}},
		},
		{
			"the number does not exist", "/calls/c1/status", callForm("failed", url.Values{"SipResponseCode": {"404"}}),
			handed{reports: []callbacks.Report{{CarrierID: "CA1", Ref: "c1", Way: callbacks.ByVoice, To: citizen, Status: callbacks.Failed, Trouble: callbacks.NeverMind, Code: "sip_404", At: morning}}},
		},
		{
			"the network is out", "/calls/c1/status", callForm("failed", url.Values{"SipResponseCode": {"503"}}),
			handed{reports: []callbacks.Report{{CarrierID: "CA1", Ref: "c1", Way: callbacks.ByVoice, To: citizen, Status: callbacks.Failed, Trouble: callbacks.TryAgain, Code: "sip_503", At: morning}}},
		},
		{"our answer did not reach Twilio", "/calls/c1/fallback", callForm("in-progress", nil), handed{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			h := hookRequest{URL: public + c.path, Params: map[string]string{}}
			for k := range c.form {
				h.Params[k] = c.form.Get(k)
			}
			got := &inbox{}
			if w := h.send(t, got, h.body(), h.sign()); w.Code/100 != 2 {
				t.Fatalf("got %d", w.Code)
			}
			if diff := cmp.Diff(c.want, got.handed, cmp.AllowUnexported(handed{}, pickedUp{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatTheInboxDoesNotTakeComesAgain(t *testing.T) {
	t.Parallel()
	for _, h := range hookRequests() {
		w := h.send(t, &inbox{err: errors.New("the database is away")}, h.body(), h.sign())
		want := http.StatusInternalServerError
		if strings.HasSuffix(h.URL, "/fallback") {
			want = http.StatusOK // it asks nothing of the inbox
		}
		if w.Code != want || strings.Contains(w.Body.String(), "database") {
			t.Errorf("%s: got %d %q, want %d", h.Name, w.Code, w.Body, want)
		}
	}
}

func TestARequestThatSaysTooLittle(t *testing.T) {
	t.Parallel()
	for path, params := range map[string]map[string]string{
		"/texts":                 {"From": citizen},
		"/texts/a1/status":       {"MessageSid": "SM1", "MessageStatus": "sent"},
		"/calls/c1":              {},
		"/calls/c1/keys/q/1":     {},
		"/calls/c1/keys/q/first": {"CallSid": "CA1"},
		"/calls/c1/status":       {"CallSid": "CA1", "CallStatus": "ringing"},
	} {
		params["AccountSid"] = account
		h := hookRequest{URL: public + path, Params: params}
		got := &inbox{}
		if w := h.send(t, got, h.body(), h.sign()); w.Code != http.StatusBadRequest || got.count() != 0 {
			t.Errorf("%s: got %d", path, w.Code)
		}
	}
}

// TestLateAndRepeatedReports plays the reports of one text in every order, some
// of them twice. Whatever the order, the end is the same and nothing moves back.
func TestLateAndRepeatedReports(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		path  string
		steps []string
		want  callbacks.Delivery
	}{
		{"a text that arrives", "/texts/a1/status", []string{"queued", "sending", "sent", "delivered"}, callbacks.Delivered},
		{"a text that does not", "/texts/a1/status", []string{"accepted", "queued", "sent", "undelivered"}, callbacks.Undelivered},
		{"a text whose report of arrival is lost", "/texts/a1/status", []string{"queued", "sending", "sent"}, callbacks.SentOut},
		{"a call that is answered", "/calls/c1/status", []string{"initiated", "ringing", "in-progress", "completed"}, callbacks.HungUp},
		{"a call that is not", "/calls/c1/status", []string{"queued", "initiated", "ringing", "no-answer"}, callbacks.NoAnswer},
		{"a busy line", "/calls/c1/status", []string{"initiated", "busy", "busy"}, callbacks.Busy},
	} {
		for _, order := range permutations(append(slices.Clone(c.steps), c.steps[0])) {
			got := &inbox{}
			handler := hookRequest{}.handler(t, got)
			for _, step := range order {
				form := textStatusForm(step, "")
				if strings.HasPrefix(c.path, "/calls") {
					form = callForm(step, nil)
				}
				h := hookRequest{URL: public + c.path, Params: map[string]string{}}
				for k := range form {
					h.Params[k] = form.Get(k)
				}
				serve(handler, h.arriving(t, h.body(), h.sign()))
			}
			var now callbacks.Delivery
			for _, r := range got.reports {
				if r.Status.Follows(now) {
					now = r.Status
				}
			}
			if now != c.want {
				t.Errorf("%s, reported as %v: ends as %s, want %s", c.name, order, now, c.want)
			}
		}
	}
}

func permutations(steps []string) [][]string {
	if len(steps) <= 1 {
		return [][]string{steps}
	}
	var all [][]string
	for i := range steps {
		rest := slices.Delete(slices.Clone(steps), i, i+1)
		for _, p := range permutations(rest) {
			all = append(all, append([]string{steps[i]}, p...))
		}
	}
	return all
}
