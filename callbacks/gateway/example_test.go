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
	"time"

	"github.com/jonboulle/clockwork"

	"nengban/callbacks"
	"nengban/callbacks/gateway"
)

// CityGateway is the other end, whole: what a city's integrator writes. It uses
// nothing of this program's. Where it says "here", the carrier's own interface
// comes in.
type CityGateway struct {
	Secret string // shared with the desk
	Desk   string // the desk's address: https://…/hooks/gateway
	Now    func() time.Time

	mu   sync.Mutex
	sent []Sent // a table in real life, with an index on Ref
}

// Sent is one text or call, as the protocol writes it.
type Sent struct {
	ID     string    `json:"id"`
	Ref    string    `json:"ref"`
	Way    string    `json:"way"`
	To     string    `json:"to"`
	Status string    `json:"status"`
	At     time.Time `json:"at"`
}

// Order is what the desk asks for.
type Order struct {
	Type     string            `json:"type"`
	Ref      string            `json:"ref"`
	To       string            `json:"to"`
	Template string            `json:"template"`
	Params   map[string]string `json:"params"`
	Words    string            `json:"words"`
}

// ServeHTTP answers the desk: POST is an order, GET is a question.
func (c *CityGateway) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	content := string(body)
	if r.Method == http.MethodGet {
		content = r.URL.RawQuery
	}
	if err != nil || !c.signed(r.Header, content) {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Method == http.MethodGet {
		answer(w, http.StatusOK, map[string]any{"sent": c.find(r), "next": ""})
		return
	}
	var o Order
	if err := json.Unmarshal(body, &o); err != nil {
		answer(w, http.StatusBadRequest, map[string]string{"error": "our_fault", "code": "bad_json"})
		return
	}
	// The one rule that matters: a reference is sent once. Asked again, give the
	// same receipt again.
	for _, s := range c.sent {
		if s.Ref == o.Ref {
			answer(w, http.StatusOK, s)
			return
		}
	}
	if strings.HasPrefix(o.To, "+8610") {
		answer(w, http.StatusUnprocessableEntity, map[string]string{"error": "landline", "code": "E210"})
		return
	}
	// Here the text goes to the carrier: template and parameters, or the words.
	s := Sent{ID: "M" + strconv.Itoa(len(c.sent)+1), Ref: o.Ref, Way: "sms", To: o.To, Status: "queued", At: c.Now()}
	c.sent = append(c.sent, s)
	answer(w, http.StatusOK, s)
}

// find answers by reference, by id, or by span.
func (c *CityGateway) find(r *http.Request) []Sent {
	q := r.URL.Query()
	from, _ := time.Parse(time.RFC3339, q.Get("from"))
	to, _ := time.Parse(time.RFC3339, q.Get("to"))
	found := []Sent{}
	for _, s := range c.sent {
		inSpan := q.Has("from") && !s.At.Before(from) && s.At.Before(to)
		if s.Ref == q.Get("ref") || s.ID == q.Get("id") || inSpan {
			found = append(found, s)
		}
	}
	return found
}

// Delivered is called here when the carrier's report of arrival comes in.
func (c *CityGateway) Delivered(id string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range c.sent {
		if c.sent[i].ID == id {
			c.sent[i].Status, c.sent[i].At = "delivered", c.Now()
			return c.tell("r_"+id, map[string]any{"type": "report", "id": id, "ref": c.sent[i].Ref, "way": "sms", "to": c.sent[i].To, "status": "delivered"})
		}
	}
	return errors.New("no such text")
}

// Received is called here when a citizen's text (上行短信) comes in.
func (c *CityGateway) Received(id, from, words string) error {
	return c.tell("t_"+id, map[string]any{"type": "text", "id": id, "from": from, "to": "1069012345", "words": words})
}

// tell posts a message to the desk. Anything but 200 is to be tried again later,
// with the same message id and a new time.
func (c *CityGateway) tell(messageID string, message map[string]any) error {
	body, err := json.Marshal(message)
	if err != nil {
		return err
	}
	r, err := http.NewRequest(http.MethodPost, c.Desk, bytes.NewReader(body))
	if err != nil {
		return err
	}
	at := strconv.FormatInt(c.Now().Unix(), 10)
	r.Header.Set("webhook-id", messageID)
	r.Header.Set("webhook-timestamp", at)
	r.Header.Set("webhook-signature", "v1,"+c.signature(messageID, at, string(body)))
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer func() { _ = resp.Body.Close() }()
	if resp.StatusCode != http.StatusOK {
		return errors.New("the desk answered " + resp.Status)
	}
	return nil
}

// signed checks the desk's signature and that it is not older than five minutes.
func (c *CityGateway) signed(h http.Header, content string) bool {
	at, err := strconv.ParseInt(h.Get("webhook-timestamp"), 10, 64)
	if err != nil || c.Now().Sub(time.Unix(at, 0)).Abs() > 5*time.Minute {
		return false
	}
	want := "v1," + c.signature(h.Get("webhook-id"), h.Get("webhook-timestamp"), content)
	return hmac.Equal([]byte(want), []byte(h.Get("webhook-signature")))
}

func (c *CityGateway) signature(id, at, content string) string {
	mac := hmac.New(sha256.New, []byte(c.Secret))
	mac.Write([]byte(id + "." + at + "." + content))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

// desk stands for the survey engine: it prints what it is handed.
type desk struct{}

func (desk) Report(_ context.Context, r callbacks.Report) error {
	fmt.Println("report:", r.CarrierID, r.Ref, r.Status)
	return nil
}

func (desk) Text(_ context.Context, in callbacks.Incoming) error {
	fmt.Println("text:", in.CarrierID, in.From, in.Words)
	return nil
}

func (desk) Answered(context.Context, string, string, bool) (*callbacks.Prompt, error) {
	return nil, nil
}

func (desk) Pressed(context.Context, callbacks.Keys) (*callbacks.Prompt, error) { return nil, nil }

// Example plays one survey text from order to answer, both ends real.
func Example() {
	const secret = "an-example-secret-of-32-bytes-ok"
	clock := clockwork.NewFakeClockAt(time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC))
	city := &CityGateway{Secret: secret, Now: clock.Now}
	citySide := httptest.NewServer(city)
	defer citySide.Close()

	carrier, err := gateway.New(gateway.Settings{URL: citySide.URL, Secrets: []string{secret}}, clock, slog.New(slog.DiscardHandler))
	if err != nil {
		fmt.Println(err)
		return
	}
	deskSide := httptest.NewServer(carrier.Handler(desk{}))
	defer deskSide.Close()
	city.Desk = deskSide.URL

	ctx := context.Background()
	text := callbacks.Text{
		Ref: "ask-17", To: "+8613800001111", Template: "ask_rating", Params: map[string]string{"tail": "4821"},
		Words: "您反映的事项(尾号4821)已办结。请回复: 1非常满意 … 5非常不满意", NotAfter: clock.Now().Add(time.Hour),
	}
	handed, err := carrier.SendText(ctx, text)
	fmt.Println("handed:", handed.CarrierID, handed.Status, err)
	again, err := carrier.SendText(ctx, text)
	fmt.Println("again: ", again.CarrierID, again.Status, err)

	text.Ref, text.To = "ask-18", "+861012345678"
	_, err = carrier.SendText(ctx, text)
	fmt.Println("to a landline:", callbacks.KindOf(err))

	fmt.Println("reported:", city.Delivered("M1"))
	fmt.Println("answered:", city.Received("U1", "13800001111", "1"))

	state, err := carrier.State(ctx, callbacks.BySMS, "M1")
	fmt.Println("state:", state.Status, err)
	sent, err := carrier.Sent(ctx, clock.Now().Add(-time.Hour), clock.Now().Add(time.Hour))
	fmt.Println("sent today:", len(sent), err)
	// Output:
	// handed: M1 queued <nil>
	// again:  M1 queued <nil>
	// to a landline: landline
	// report: M1 ask-17 delivered
	// reported: <nil>
	// text: U1 +8613800001111 1
	// answered: <nil>
	// state: delivered <nil>
	// sent today: 1 <nil>
}
