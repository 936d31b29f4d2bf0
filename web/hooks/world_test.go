package hooks_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/uptrace/bun"

	"nengban/tickets"
	tt "nengban/tickets/ticketstest"
	"nengban/web/hooks"
)

var ctx = context.Background()

// world is a town whose events are sent to receivers of the test's own.
type world struct {
	*tt.Town
	t *testing.T
	s *hooks.Sender
}

func newWorld(t *testing.T, db *bun.DB) *world {
	t.Helper()
	w := &world{Town: tt.New(t, db, hooks.Listeners()...), t: t}
	w.s = w.sender()
	return w
}

// sender is another instance on the same database, for which receivers on this
// machine count as the city's own.
func (w *world) sender() *hooks.Sender {
	w.t.Helper()
	return hooks.New(hooks.Parts{DB: w.DB, Clock: w.Clock, Vault: w.Vault, Guard: hooks.NewGuard(allowed(w.t, "127.0.0.0/8"))})
}

func allowed(t *testing.T, s string) hooks.Allowed {
	t.Helper()
	a, err := hooks.ParseAllowed(s)
	must(t, err)
	return a
}

// work does once what the timetable does.
func (w *world) work() {
	w.t.Helper()
	_, err := w.Desk.Deliver(ctx, hooks.Listener, 100, w.s.Take)
	must(w.t, err)
	_, err = w.s.Work(ctx)
	must(w.t, err)
}

// pass lets time pass; every five minutes what is due is sent.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	for end := w.Clock.Now().Add(d); w.Clock.Now().Before(end); {
		w.Clock.Advance(5 * time.Minute)
		_, err := w.s.Work(ctx)
		must(w.t, err)
	}
}

// subscribe has a receiver told of these events, of all when none is named.
func (w *world) subscribe(r *receiver, types ...hooks.EventType) hooks.Subscription {
	w.t.Helper()
	if len(types) == 0 {
		types = hooks.EventTypes
	}
	want := hooks.Wanted{Name: "市数据局", URL: r.URL + "/in?city=1"}
	for _, e := range types {
		want.Events = append(want.Events, string(e))
	}
	sub, secret, err := w.s.Add(ctx, w.Admin, want)
	must(w.t, err)
	r.believe(secret)
	return sub
}

func (w *world) deliveries(sub hooks.Subscription) []hooks.Delivery {
	w.t.Helper()
	out, err := w.s.Deliveries(ctx, sub.Code, 0, 1000)
	must(w.t, err)
	return out
}

func (w *world) count(sub hooks.Subscription) hooks.Count {
	w.t.Helper()
	all, err := w.s.Counts(ctx)
	must(w.t, err)
	return all[sub.Code]
}

// told is one message as a receiver got it.
type told struct {
	ID, Type, At, Ticket, Status, Class, Department string
	Seq                                             int
	DueAt                                           string `json:"due_at"`
	Body                                            string `json:"-"`
	Signatures                                      int    `json:"-"`
}

// receiver is another system of the city: a real server that believes nothing
// without a signature that the official library finds good.
type receiver struct {
	*httptest.Server
	t       *testing.T
	mu      sync.Mutex
	secrets []string
	got     []told
	refuse  func(told) int // the status to answer with; 0: 204
}

func newReceiver(t *testing.T) *receiver {
	t.Helper()
	r := &receiver{t: t}
	r.Server = httptest.NewServer(http.HandlerFunc(r.take))
	t.Cleanup(r.Close)
	return r
}

func (r *receiver) believe(secrets ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets = secrets
}

// answer has the receiver answer every message with a status, 0 with 204.
func (r *receiver) answer(status int) {
	r.answers(func(told) int { return status })
}

func (r *receiver) answers(f func(told) int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.refuse = f
}

func (r *receiver) take(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	body, err := io.ReadAll(req.Body)
	m := told{Body: string(body), Signatures: len(strings.Fields(req.Header.Get("webhook-signature")))}
	if err == nil {
		err = json.Unmarshal(body, &m)
	}
	if err != nil || req.Method != http.MethodPost || req.URL.RequestURI() != "/in?city=1" || req.Header.Get("Content-Type") != "application/json" || m.ID != req.Header.Get("webhook-id") {
		r.t.Errorf("got %s %s %q %v: %s", req.Method, req.URL, req.Header, err, body)
	}
	for _, secret := range r.secrets {
		verifier, err := standardwebhooks.NewWebhook(secret)
		if err == nil {
			err = verifier.VerifyIgnoringTimestamp(body, req.Header)
		}
		if err != nil {
			r.t.Errorf("the signature of %s is not good: %v", m.ID, err)
		}
	}
	r.got = append(r.got, m)
	if r.refuse != nil {
		if status := r.refuse(m); status != 0 {
			http.Error(w, "今日维护\x00\nback at noon", status)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

// messages returns what came since the last time it was asked.
func (r *receiver) messages() []told {
	r.mu.Lock()
	defer r.mu.Unlock()
	out := r.got
	r.got = nil
	return out
}

// types are the events of messages in the order they came, of one ticket or of all.
func types(ms []told, ticket string) []string {
	var out []string
	for _, m := range ms {
		if ticket == "" || m.Ticket == ticket {
			out = append(out, strings.TrimPrefix(m.Type, "ticket_"))
		}
	}
	return out
}

func (w *world) triage(number string) {
	w.t.Helper()
	w.Act(w.Dispatcher, number, tt.Triage(tickets.HardToDo))
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// contextThatStops ends when the sender has claimed something and is about to
// send it, as when the program is told to stop just then.
func contextThatStops(s *hooks.Sender) (context.Context, context.CancelFunc) {
	stopping, stop := context.WithCancel(ctx)
	s.OnStep(func(step string) error {
		if step == hooks.StepClaimed {
			stop()
		}
		return nil
	})
	return stopping, stop
}
