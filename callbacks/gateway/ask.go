package gateway

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"nengban/callbacks"
)

// record is one text or call as the gateway knows it: in receipts, lists and reports.
type record struct {
	ID     string             `json:"id"`
	Ref    string             `json:"ref"`
	Way    callbacks.Way      `json:"way"`
	To     string             `json:"to"`
	Status callbacks.Delivery `json:"status"`
	Error  callbacks.Kind     `json:"error"`
	Code   string             `json:"code"`
	At     time.Time          `json:"at"`
}

// list is a page of what the gateway sent.
type list struct {
	Sent []record `json:"sent"`
	Next string   `json:"next"`
}

// maxPages ends a list that does not end.
const maxPages = 10000

// Find asks by reference; the gateway keeps it.
func (g *Gateway) Find(ctx context.Context, s callbacks.Sought) (callbacks.Handed, bool, error) {
	all, err := g.list(ctx, url.Values{"ref": {s.Ref}})
	if err != nil || len(all.Sent) == 0 {
		return callbacks.Handed{}, false, err
	}
	return callbacks.Handed{CarrierID: all.Sent[0].ID, Status: all.Sent[0].Status}, true, nil
}

// State asks by the gateway's own id.
func (g *Gateway) State(ctx context.Context, way callbacks.Way, carrierID string) (callbacks.Report, error) {
	all, err := g.list(ctx, url.Values{"id": {carrierID}})
	if err != nil {
		return callbacks.Report{}, err
	}
	if len(all.Sent) == 0 {
		return callbacks.Report{}, refuse(callbacks.Refused, "the gateway does not know this id")
	}
	r := g.report(all.Sent[0])
	if r.Way == "" {
		r.Way = way
	}
	return r, nil
}

// Sent lists a span, page by page.
func (g *Gateway) Sent(ctx context.Context, from, to time.Time) ([]callbacks.Report, error) {
	query := url.Values{"from": {from.UTC().Format(time.RFC3339)}, "to": {to.UTC().Format(time.RFC3339)}}
	var sent []callbacks.Report
	for range maxPages {
		page, err := g.list(ctx, query)
		if err != nil {
			return nil, err
		}
		for _, r := range page.Sent {
			sent = append(sent, g.report(r))
		}
		if page.Next == "" || page.Next == query.Get("after") {
			return sent, nil
		}
		query.Set("after", page.Next)
	}
	return nil, errors.New("listing what the gateway sent: its list does not end")
}

func (g *Gateway) list(ctx context.Context, query url.Values) (list, error) {
	raw := query.Encode()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, g.set.URL+"?"+raw, nil)
	if err != nil {
		return list{}, fmt.Errorf("writing a question: %w", err)
	}
	g.sign(r, newID(), []byte(raw))
	var got list
	err = g.ask(r, &got)
	return got, err
}

// report is a record as a report; the error is kept only where something failed.
func (g *Gateway) report(r record) callbacks.Report {
	out := callbacks.Report{CarrierID: r.ID, Ref: r.Ref, Way: r.Way, To: e164(r.To), Status: r.Status, Code: r.Code, At: r.At.UTC()}
	if r.At.IsZero() {
		out.At = g.clock.Now().UTC()
	}
	if r.Status == callbacks.Undelivered || r.Status == callbacks.Failed {
		out.Trouble = r.Error
		if !known(r.Error) {
			out.Trouble = callbacks.Refused
		}
	}
	return out
}
