package twilio

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"nengban/callbacks"
)

// queued is how long after its creation a text may leave: Twilio lists texts by
// the moment of sending, so a span of creation is asked for that much longer.
const queued = longestValidity + skew

// Sent lists our texts and calls created in a span, page by page.
func (t *Twilio) Sent(ctx context.Context, from, to time.Time) ([]callbacks.Report, error) {
	texts, err := t.textsSent(ctx, from, to)
	if err != nil {
		return nil, err
	}
	if t.set.From == "" {
		return texts, nil
	}
	calls, err := t.callsPlaced(ctx, from, to)
	if err != nil {
		return nil, err
	}
	return append(texts, calls...), nil
}

func (t *Twilio) textsSent(ctx context.Context, from, to time.Time) ([]callbacks.Report, error) {
	p := (&api.ListMessageParams{}).SetPathAccountSid(t.set.AccountSID).
		SetDateSentAfter(from.Add(-skew).UTC()).SetDateSentBefore(to.Add(queued).UTC())
	if t.set.MessagingServiceSID == "" {
		p.SetFrom(t.set.From)
	}
	var sent []callbacks.Report
	service, x := t.api(ctx)
	err := messages(service, p, func(m api.ApiV2010Message) {
		if outgoing(m.Direction) && t.ours(m.From, m.MessagingServiceSid) && within(m.DateCreated, from, to) {
			sent = append(sent, t.textRecord(m))
		}
	})
	if err != nil {
		return nil, x.trouble("listing texts", err)
	}
	return sent, nil
}

func (t *Twilio) callsPlaced(ctx context.Context, from, to time.Time) ([]callbacks.Report, error) {
	p := (&api.ListCallParams{}).SetPathAccountSid(t.set.AccountSID).SetFrom(t.set.From).
		SetStartTimeAfter(from.Add(-skew).UTC()).SetStartTimeBefore(to.Add(queued).UTC())
	var placed []callbacks.Report
	service, x := t.api(ctx)
	err := calls(service, p, func(c api.ApiV2010Call) {
		if outgoing(c.Direction) && t.ours(c.From, nil) && within(c.DateCreated, from, to) {
			placed = append(placed, t.callRecord(c))
		}
	})
	if err != nil {
		return nil, x.trouble("listing calls", err)
	}
	return placed, nil
}

// Collect hands over texts that came in, oldest first. It stops at the first
// that the inbox does not take.
func (t *Twilio) Collect(ctx context.Context, inbox callbacks.Inbox, since time.Time) (int, error) {
	p := (&api.ListMessageParams{}).SetPathAccountSid(t.set.AccountSID).SetDateSentAfter(since.Add(-skew).UTC())
	if t.set.MessagingServiceSID == "" {
		p.SetTo(t.set.From)
	}
	var came []callbacks.Incoming
	service, x := t.api(ctx)
	err := messages(service, p, func(m api.ApiV2010Message) {
		if value(m.Direction) == "inbound" && t.ours(m.To, m.MessagingServiceSid) && !moment(m.DateCreated).Before(since) {
			came = append(came, t.received(m))
		}
	})
	if err != nil {
		return 0, x.trouble("collecting texts", err)
	}
	slices.SortStableFunc(came, func(a, b callbacks.Incoming) int { return a.At.Compare(b.At) })
	for n, in := range came {
		if err := inbox.Text(ctx, in); err != nil {
			return n, fmt.Errorf("taking text %s: %w", in.CarrierID, err)
		}
	}
	return len(came), nil
}

func (t *Twilio) received(m api.ApiV2010Message) callbacks.Incoming {
	return callbacks.Incoming{
		CarrierID: value(m.Sid), From: value(m.From), To: value(m.To), Words: value(m.Body),
		At: t.firstOf(m.DateSent, m.DateCreated),
	}
}

// within says that a moment of Twilio's lies in a span; its end is not part of it.
func within(m *string, from, to time.Time) bool {
	at := moment(m)
	return !at.Before(from) && at.Before(to)
}

func errorCode(code *int) string {
	if code == nil || *code == 0 {
		return ""
	}
	return strconv.Itoa(*code)
}
