package gateway

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"time"

	"nengban/callbacks"
)

// order is what we ask of the gateway: a text or a call.
type order struct {
	Type     string            `json:"type"` // text or call
	Ref      string            `json:"ref"`
	To       string            `json:"to"`
	Template string            `json:"template,omitempty"`
	Script   string            `json:"script,omitempty"`
	Params   map[string]string `json:"params,omitempty"`
	Words    string            `json:"words,omitempty"`
	Lang     string            `json:"lang,omitempty"`
	NotAfter *time.Time        `json:"not_after,omitempty"`
}

// SendText hands a text to the gateway, with template and parameters and with
// the words they make: carriers that approve templates use the first, others the second.
func (g *Gateway) SendText(ctx context.Context, t callbacks.Text) (callbacks.Handed, error) {
	return g.hand(ctx, order{Type: "text", Ref: t.Ref, To: t.To, Template: t.Template, Params: t.Params, Words: t.Words, Lang: t.Lang}, t.NotAfter)
}

// PlaceCall has the gateway call. It asks our Handler what to say, or plays the
// script of that name by itself and reports the keys.
func (g *Gateway) PlaceCall(ctx context.Context, c callbacks.Call) (callbacks.Handed, error) {
	if !g.set.Calls {
		return callbacks.Handed{}, refuse(callbacks.OurFault, "this gateway places no calls")
	}
	return g.hand(ctx, order{Type: "call", Ref: c.Ref, To: c.To, Script: c.Script, Params: c.Params, Lang: c.Lang}, c.NotAfter)
}

func (g *Gateway) hand(ctx context.Context, o order, notAfter time.Time) (callbacks.Handed, error) {
	if !callbacks.GoodRef(o.Ref) {
		return callbacks.Handed{}, refuse(callbacks.OurFault, "the reference cannot travel in a header")
	}
	if !notAfter.IsZero() {
		if !g.clock.Now().Before(notAfter) {
			return callbacks.Handed{}, refuse(callbacks.TooLate, "its time is over")
		}
		utc := notAfter.UTC()
		o.NotAfter = &utc
	}
	body, err := json.Marshal(o)
	if err != nil {
		return callbacks.Handed{}, fmt.Errorf("writing an order: %w", err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, g.set.URL, bytes.NewReader(body))
	if err != nil {
		return callbacks.Handed{}, fmt.Errorf("writing an order: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	g.sign(r, o.Ref, body)
	var got record
	if err := g.ask(r, &got); err != nil {
		return callbacks.Handed{}, err
	}
	if got.ID == "" || len(got.ID) > 200 {
		return callbacks.Handed{}, &callbacks.Trouble{Kind: callbacks.Unclear, Code: "no_id", Cause: errors.New("the gateway's receipt has no id")}
	}
	if got.Status.Rank() == 0 {
		got.Status = callbacks.Queued
	}
	return callbacks.Handed{CarrierID: got.ID, Status: got.Status}, nil
}

// refuse is a refusal of our own, before the gateway is asked.
func refuse(kind callbacks.Kind, why string) error {
	return &callbacks.Trouble{Kind: kind, Code: "not_sent", Cause: errors.New(why)}
}
