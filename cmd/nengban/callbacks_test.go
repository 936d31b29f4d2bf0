package main

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha1" // Twilio's scheme
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/jonboulle/clockwork"

	"nengban/cmd/nengban/demo"
	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/webtest"
)

// asked is a desk that serves with a carrier, and one matter that was just
// answered. Its clock stands still but for until.
type asked struct {
	t      *testing.T
	clock  *clockwork.FakeClock
	url    string
	number string
	staff  *webtest.Client
}

// serving opens a desk as `nengban serve` does, with settings from the
// environment, after one of its operators has answered a caller.
func serving(t *testing.T, env ...string) *asked {
	t.Helper()
	a := &asked{t: t, clock: clockwork.NewFakeClockAt(monday)}
	data := t.TempDir()
	env = append([]string{"NENGBAN_LOG_LEVEL=error", "NENGBAN_NAME=" + demo.DeskName, "NENGBAN_CALLBACK_DELAY=0s", "NENGBAN_NOTICES=none"}, env...)
	a.answers(data, env)
	out := newOutput()
	ctx, stop := context.WithCancel(context.Background())
	ended := make(chan int, 1)
	go func() {
		ended <- run(ctx, []string{"serve", "--addr", "127.0.0.1:0", "--data", data}, &terminal{Out: out, Err: os.Stderr, Env: env, Clock: a.clock})
	}()
	t.Cleanup(func() {
		stop()
		if code := <-ended; code != 0 {
			t.Errorf("serve ended with %d", code)
		}
	})
	a.url = (&program{t: t, out: out, err: newOutput(), ended: make(chan struct{})}).address()
	a.staff = webtest.Running(t, a.url).Stranger()
	a.staff.LogIn("chen.jie", cityPassword)
	return a
}

// answers takes a call and answers it at once.
func (a *asked) answers(data string, env []string) {
	a.t.Helper()
	must := func(err error) {
		a.t.Helper()
		if err != nil {
			a.t.Fatal(err)
		}
	}
	conf, err := readConfig(common{Data: data}, "", env)
	must(err)
	d, err := openDesk(a.t.Context(), conf, &terminal{Out: io.Discard, Err: os.Stderr, Clock: a.clock})
	must(err)
	logins, err := demo.Found(a.t.Context(), d.places, d.staff, func() string { return cityPassword }, "chen.jie")
	must(err)
	operator := logins[0].Member
	r, err := d.tickets.Register(a.t.Context(), operator, tickets.Intake{Caller: tickets.Caller{Name: "李建国", Phone: li}, Kind: tickets.Inquiry,
		Content: "高龄津贴去哪里申请？", Channel: tickets.Hotline})
	must(err)
	a.number = r.Ticket.Number
	_, err = d.tickets.Act(a.t.Context(), operator, tickets.Ref{Number: a.number}, &tickets.AnswerAtOnce{Text: "满八十周岁当月自动发放。", Basis: "市高龄津贴管理办法第五条"})
	must(err)
	must(d.close())
}

// until lets time pass, a little at a time, so that nobody who is speaking to
// a carrier is cut short.
func (a *asked) until(what string, done func() bool) {
	a.t.Helper()
	for range 600 {
		if done() {
			return
		}
		a.clock.Advance(10 * time.Second)
		<-time.After(20 * time.Millisecond) // the timetable's turn
	}
	a.t.Fatalf("it is %s, and still not: %s", a.clock.Now().In(tickets.Shanghai).Format("15:04"), what)
}

func (a *asked) untilArchived() {
	a.t.Helper()
	a.until("the ticket is archived", func() bool {
		return strings.Contains(a.staff.Get("/tickets/"+a.number).Text(".ticket-line"), "已归档")
	})
	a.staff.Get("/tickets/"+a.number).Want(".rating", "非常满意")
}

// post sends what a carrier would, and returns the status of the answer.
func (a *asked) post(path string, body []byte, header http.Header) int {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.url+path, bytes.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header = header
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	return res.StatusCode
}

const (
	twilioAccount = "AC0123456789abcdef0123456789abcdef"
	twilioToken   = "0123456789abcdef0123456789abcdef"
	twilioNumber  = "+861012345678"
	publicURL     = "https://12345.example.gov.cn"
)

func TestServeAsksThroughTwilio(t *testing.T) {
	t.Parallel()
	api := newTwilioAPI(t)
	a := serving(t, append(api.settings(), "NENGBAN_PUBLIC_URL="+publicURL)...)
	a.until("a text goes out", func() bool { return len(api.texts()) > 0 })
	text := api.texts()[0]
	if text.Get("To") != tickets.Phone(li) || !strings.Contains(text.Get("Body"), a.number[len(a.number)-4:]) {
		t.Errorf("the text goes to %s and says %q", text.Get("To"), text.Get("Body"))
	}
	report, _, _ := strings.Cut(text.Get("StatusCallback"), "#")
	if !strings.HasPrefix(report, publicURL+"/hooks/twilio/texts/") {
		t.Fatalf("reports are to come to %q", report)
	}
	delivered := url.Values{"AccountSid": {twilioAccount}, "MessageSid": {"SM00000000000000000000000000000001"}, "MessageStatus": {"delivered"}, "To": {tickets.Phone(li)}, "From": {twilioNumber}}
	if got := a.twilioPosts(report, delivered, twilioToken); got != http.StatusNoContent {
		t.Errorf("a report is answered with %d", got)
	}
	answer := url.Values{"AccountSid": {twilioAccount}, "MessageSid": {"SM2"}, "From": {tickets.Phone(li)}, "To": {twilioNumber}, "Body": {"1"}}
	if got := a.twilioPosts(publicURL+"/hooks/twilio/texts", answer, "fedcba9876543210fedcba9876543210"); got != http.StatusForbidden {
		t.Errorf("a text that somebody else signed is answered with %d", got)
	}
	if got := a.twilioPosts(publicURL+"/hooks/twilio/texts", answer, twilioToken); got != http.StatusOK {
		t.Errorf("a text that came in is answered with %d", got)
	}
	a.untilArchived()
	if n := len(api.texts()); n > 2 { // the survey, and thanks
		t.Errorf("%d texts went out", n)
	}
	big := bytes.Repeat([]byte("x"), 1<<20)
	if got := a.post("/hooks/twilio/texts", big, http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}); got != http.StatusForbidden {
		t.Errorf("a megabyte is answered with %d", got)
	}
}

func TestServeWithoutAPublicAddressAsksTwilioWhatCameIn(t *testing.T) {
	t.Parallel()
	api := newTwilioAPI(t)
	a := serving(t, api.settings()...)
	a.until("a text goes out", func() bool { return len(api.texts()) > 0 })
	if text := api.texts()[0]; text.Get("StatusCallback") != "" {
		t.Errorf("reports are to come to %q, where nobody is", text.Get("StatusCallback"))
	}
	api.comes("1", a.clock.Now())
	a.untilArchived()
}

func TestADeskThatTwilioRefusesSaysSo(t *testing.T) {
	t.Parallel()
	api := newTwilioAPI(t)
	api.shut = true
	a := serving(t, api.settings()...)
	a.until("the desk is well and says that its carrier refuses it", func() bool {
		page := a.staff.Get("/healthz")
		return page.Status == http.StatusOK && strings.Contains(page.Body, `{"name":"callbacks","ok":false`)
	})
}

// twilioPosts posts a form as Twilio does: signed over the public address.
func (a *asked) twilioPosts(address string, form url.Values, token string) int {
	a.t.Helper()
	mac := hmac.New(sha1.New, []byte(token))
	mac.Write([]byte(address))
	for _, name := range slices.Sorted(maps.Keys(form)) {
		mac.Write([]byte(name + form.Get(name)))
	}
	return a.post(strings.TrimPrefix(address, publicURL), []byte(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"},
		"X-Twilio-Signature": {base64.StdEncoding.EncodeToString(mac.Sum(nil))}})
}

// twilioAPI plays Twilio: it takes texts, if its own description allows them,
// and lists what came in.
type twilioAPI struct {
	t    *testing.T
	url  string
	spec *openapi3.T // nil when the description is not there

	mu   sync.Mutex
	shut bool // the credentials are refused
	sent []url.Values
	came []map[string]string
}

func newTwilioAPI(t *testing.T) *twilioAPI {
	t.Helper()
	api := &twilioAPI{t: t}
	const description = "../../../shared/twilio/api_v2010_messages_calls.json"
	if _, err := os.Stat(description); err == nil {
		if api.spec, err = openapi3.NewLoader().LoadFromFile(description); err != nil {
			t.Fatal(err)
		}
	}
	srv := httptest.NewServer(api)
	t.Cleanup(srv.Close)
	api.url = srv.URL
	return api
}

func (api *twilioAPI) settings() []string {
	return []string{"NENGBAN_CARRIER=twilio", "TWILIO_ACCOUNT_SID=" + twilioAccount, "TWILIO_AUTH_TOKEN=" + twilioToken, "TWILIO_FROM=" + twilioNumber, "TWILIO_BASE_URL=" + api.url}
}

func (api *twilioAPI) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	api.mu.Lock()
	defer api.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	if user, pass, _ := r.BasicAuth(); api.shut || user != twilioAccount || pass != twilioToken {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"status":401,"code":20003,"message":"Authenticate"}`)
		return
	}
	if err := api.fits(r); err != nil {
		api.t.Errorf("%s %s does not fit Twilio's description: %v", r.Method, r.URL, err)
	}
	r.Body = io.NopCloser(bytes.NewReader(body))
	var answer any
	switch form, _ := url.ParseQuery(string(body)); {
	case r.Method == http.MethodPost:
		api.sent = append(api.sent, form)
		w.WriteHeader(http.StatusCreated)
		answer = map[string]string{"sid": "SM" + strings.Repeat("0", 31) + strconv.Itoa(len(api.sent)), "status": "queued", "to": form.Get("To"), "from": twilioNumber}
	case strings.HasSuffix(r.URL.Path, "/Messages.json"):
		answer = map[string]any{"messages": api.came}
	default:
		answer = map[string]string{"status": "sent"}
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (api *twilioAPI) fits(r *http.Request) error {
	const path = "/2010-04-01/Accounts/{AccountSid}/Messages.json"
	if api.spec == nil || !strings.HasSuffix(r.URL.Path, "/Messages.json") {
		return nil
	}
	item := api.spec.Paths.Find(path)
	return openapi3filter.ValidateRequest(r.Context(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: map[string]string{"AccountSid": twilioAccount},
		Route:   &routers.Route{Spec: api.spec, Path: path, PathItem: item, Method: r.Method, Operation: item.GetOperation(r.Method)},
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc},
	})
}

func (api *twilioAPI) texts() []url.Values {
	api.mu.Lock()
	defer api.mu.Unlock()
	return slices.Clone(api.sent)
}

func (api *twilioAPI) comes(words string, at time.Time) {
	api.mu.Lock()
	defer api.mu.Unlock()
	when := at.UTC().Format(time.RFC1123Z)
	api.came = append(api.came, map[string]string{"sid": "SM2", "direction": "inbound", "from": tickets.Phone(li), "to": twilioNumber, "body": words, "date_sent": when, "date_created": when, "status": "received"})
}

func TestServeAsksThroughTheCitysGatewayWhileItsSecretIsChanged(t *testing.T) {
	t.Parallel()
	const fresh, old = "a-new-secret-of-the-city", "an-old-secret-of-the-city"
	city := &cityGateway{t: t, secret: fresh, orders: make(chan map[string]any, 10)}
	srv := httptest.NewServer(city)
	t.Cleanup(srv.Close)
	a := serving(t, "NENGBAN_CARRIER=gateway", "NENGBAN_GATEWAY_URL="+srv.URL, "NENGBAN_GATEWAY_SECRET="+fresh+", "+old, "NENGBAN_PUBLIC_URL="+publicURL)
	var order map[string]any
	a.until("an order comes", func() bool {
		select {
		case order = <-city.orders:
			return true
		default:
			return false
		}
	})
	if order["to"] != tickets.Phone(li) || order["template"] != "survey_ask" || !strings.Contains(order["words"].(string), a.number[len(a.number)-4:]) {
		t.Errorf("the order is %v", order)
	}
	text := `{"type":"text","id":"U1","from":"` + li + `","to":"1069012345","words":"1"}`
	if got := a.gatewayPosts("a-secret-that-is-not-shared", text); got != http.StatusForbidden {
		t.Errorf("a text that somebody else signed is answered with %d", got)
	}
	if got := a.gatewayPosts(old, text); got != http.StatusOK { // the gateway has not changed it yet
		t.Errorf("a text that came in is answered with %d", got)
	}
	a.untilArchived()
}

func (a *asked) gatewayPosts(secret, body string) int {
	at := strconv.FormatInt(a.clock.Now().Unix(), 10)
	return a.post("/hooks/gateway", []byte(body), http.Header{"Content-Type": {"application/json"}, "Webhook-Id": {"t_U1"}, "Webhook-Timestamp": {at},
		"Webhook-Signature": {"v1," + gatewayMAC(secret, "t_U1", at, body)}})
}

func gatewayMAC(secret, id, at, content string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(id + "." + at + "." + content))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// cityGateway is the other end of docs/gateway.md, as small as can be.
type cityGateway struct {
	t      *testing.T
	secret string
	taken  atomic.Int64
	orders chan map[string]any
}

func (g *cityGateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	content, h := string(body), r.Header
	if r.Method == http.MethodGet {
		content = r.URL.RawQuery
	}
	if h.Get("webhook-signature") != "v1,"+gatewayMAC(g.secret, h.Get("webhook-id"), h.Get("webhook-timestamp"), content) {
		g.t.Errorf("%s %s is not signed with the first secret", r.Method, r.URL)
	}
	if r.Method == http.MethodGet {
		_, _ = io.WriteString(w, `{"sent":[],"next":""}`)
		return
	}
	var order map[string]any
	if err := json.Unmarshal(body, &order); err != nil {
		g.t.Error(err)
	}
	g.orders <- order
	_, _ = io.WriteString(w, `{"id":"M`+strconv.FormatInt(g.taken.Add(1), 10)+`","status":"queued"}`)
}

func TestADeskWithoutACarrierHasItsPeopleCall(t *testing.T) {
	t.Parallel()
	a := &asked{t: t, clock: clockwork.NewFakeClockAt(monday)}
	data, env := t.TempDir(), []string{"NENGBAN_LOG_LEVEL=error"}
	a.answers(data, env)
	conf, err := readConfig(common{Data: data}, "", env)
	if err != nil {
		t.Fatal(err)
	}
	d, err := openDesk(t.Context(), conf, &terminal{Out: io.Discard, Err: os.Stderr, Clock: a.clock})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = d.close() }()
	for _, wait := range []time.Duration{0, 25 * time.Hour} {
		a.clock.Advance(wait)
		for _, j := range d.callBackJobs() {
			if _, err := j.run(t.Context()); err != nil {
				t.Fatal(j.name, err)
			}
		}
	}
	call, err := d.engine.NextCall(t.Context(), staff.Member{ID: 1, Name: "回访员", Roles: []staff.Role{staff.CallbackCaller}})
	if err != nil || call.Ticket.Number != a.number {
		t.Errorf("a day after the answer the list holds %v, %v; want the call", call, err)
	}
}

func TestSettingsThatACarrierCannotUseAreRefusedBeforeTheDeskOpens(t *testing.T) {
	t.Parallel()
	api := &twilioAPI{}
	for name, row := range map[string]struct {
		env  []string
		want string
	}{
		"no token":                     {[]string{"NENGBAN_CARRIER=twilio", "TWILIO_ACCOUNT_SID=AC1", "TWILIO_FROM=+1"}, "setting twilio_auth_token is missing"},
		"a token with a blank in it":   {append(api.settings(), "TWILIO_AUTH_TOKEN=a b"), "letters and digits"},
		"a secret that can be tried":   {[]string{"NENGBAN_CARRIER=gateway", "NENGBAN_GATEWAY_URL=https://g.example", "NENGBAN_GATEWAY_SECRET=short"}, "fewer than 16 bytes"},
		"one of two secrets":           {[]string{"NENGBAN_CARRIER=gateway", "NENGBAN_GATEWAY_URL=https://g.example", "NENGBAN_GATEWAY_SECRET=a-secret-of-the-city,b"}, "fewer than 16 bytes"},
		"hours that overlap":           {[]string{"NENGBAN_CALLBACK_WINDOWS=09:00-12:00,11:00-15:00"}, "callback_"},
		"hours that are none":          {[]string{"NENGBAN_CALLBACK_WINDOWS=morning"}, "setting callback_windows"},
		"a sender that no text holds":  {[]string{"NENGBAN_SENDER=某某省某某市某某区政务服务便民热线"}, "sender has more than 16 characters"},
		"a notice that there is not":   {[]string{"NENGBAN_NOTICES=accepted,rejected"}, "setting notices"},
		"a share of more than all":     {[]string{"NENGBAN_CALLBACK_SHARE=2"}, "setting callback_share"},
		"half a survey a month":        {[]string{"NENGBAN_CALLBACK_CAP=0.5"}, "setting callback_cap"},
		"pretend phones for everybody": {[]string{"NENGBAN_CARRIER=simulator", "NENGBAN_PUBLIC_URL=" + publicURL}, "no public_url"},
		"a voice without a language":   {[]string{"TWILIO_VOICES=Polly.Zhiyu"}, "setting twilio_voices"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := nengban(t, append(row.env, "NENGBAN_LOG_LEVEL=error"), "serve", "--addr", "127.0.0.1:0", "--data", t.TempDir())
			got.refused(t, 1, row.want)
			if strings.Contains(got.out, "open at") {
				t.Error("the desk opened first")
			}
		})
	}
}
