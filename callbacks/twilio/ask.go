package twilio

import (
	"context"
	"strings"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"nengban/callbacks"
)

// skew is how far Twilio's clock and ours may be apart.
const skew = time.Minute

// Find looks for an attempt in Twilio's list. Twilio keeps no reference of ours,
// so a text is known by receiver, sender and words, a call by receiver and
// sender, and both by being created after the claim and not being Known. The
// list is not narrowed by date: what still waits at Twilio has no date of
// sending and would be missing. Words may have grown at the front (trial
// accounts) but a text whose words the account has Twilio discard is not found.
func (t *Twilio) Find(ctx context.Context, s callbacks.Sought) (callbacks.Handed, bool, error) {
	if s.Way == callbacks.ByVoice {
		return t.findCall(ctx, s)
	}
	return t.findText(ctx, s)
}

func (t *Twilio) findText(ctx context.Context, s callbacks.Sought) (callbacks.Handed, bool, error) {
	service, x := t.api(ctx)
	var found earliest
	p := (&api.ListMessageParams{}).SetPathAccountSid(t.set.AccountSID).SetTo(s.To)
	err := messages(service, p, func(m api.ApiV2010Message) {
		if outgoing(m.Direction) && t.ours(m.From, m.MessagingServiceSid) && strings.HasSuffix(folded(value(m.Body)), folded(s.Words)) {
			found.offer(s, value(m.Sid), moment(m.DateCreated), messageSteps[value(m.Status)])
		}
	})
	if err != nil {
		return callbacks.Handed{}, false, x.trouble("looking for a text", err)
	}
	return found.handed, found.any, nil
}

func (t *Twilio) findCall(ctx context.Context, s callbacks.Sought) (callbacks.Handed, bool, error) {
	service, x := t.api(ctx)
	var found earliest
	p := (&api.ListCallParams{}).SetPathAccountSid(t.set.AccountSID).SetTo(s.To)
	err := calls(service, p, func(c api.ApiV2010Call) {
		if outgoing(c.Direction) && t.ours(c.From, nil) {
			step, _ := callStep(value(c.Status), value(c.AnsweredBy))
			found.offer(s, value(c.Sid), moment(c.DateCreated), step)
		}
	})
	if err != nil {
		return callbacks.Handed{}, false, x.trouble("looking for a call", err)
	}
	return found.handed, found.any, nil
}

// earliest keeps the first that was created after the claim: a later one of the
// same words belongs to a later claim.
type earliest struct {
	handed callbacks.Handed
	at     time.Time
	any    bool
}

func (e *earliest) offer(s callbacks.Sought, sid string, at time.Time, step callbacks.Delivery) {
	switch {
	case sid == "" || at.Before(s.Since.Add(-skew)):
		return
	case s.Known != nil && s.Known(sid):
		return
	case e.any && !at.Before(e.at):
		return
	}
	if step == "" {
		step = callbacks.Queued
	}
	*e = earliest{handed: callbacks.Handed{CarrierID: sid, Status: step}, at: at, any: true}
}

// outgoing says that a message or call was begun through the API.
func outgoing(direction *string) bool { return value(direction) == "outbound-api" }

// folded lets line ends and outer spaces differ, which Twilio tidies up.
func folded(words string) string {
	return strings.TrimSpace(strings.ReplaceAll(words, "\r\n", "\n"))
}

// State fetches one text or call by its id.
func (t *Twilio) State(ctx context.Context, way callbacks.Way, carrierID string) (callbacks.Report, error) {
	// The id becomes a part of the address, which twilio-go does not escape.
	if !alphanumeric.MatchString(carrierID) {
		return callbacks.Report{}, refuse(callbacks.Refused, "this is no id of twilio's")
	}
	service, x := t.api(ctx)
	if way == callbacks.ByVoice {
		c, err := service.FetchCall(carrierID, (&api.FetchCallParams{}).SetPathAccountSid(t.set.AccountSID))
		if err != nil {
			return callbacks.Report{}, x.trouble("asking after a call", err)
		}
		return t.callRecord(*c), nil
	}
	m, err := service.FetchMessage(carrierID, (&api.FetchMessageParams{}).SetPathAccountSid(t.set.AccountSID))
	if err != nil {
		return callbacks.Report{}, x.trouble("asking after a text", err)
	}
	return t.textRecord(*m), nil
}

// textRecord is a text in Twilio's list as a report. The reference is not in it.
func (t *Twilio) textRecord(m api.ApiV2010Message) callbacks.Report {
	r, _ := textReport(value(m.Sid), "", value(m.Status), errorCode(m.ErrorCode))
	r.To, r.At = value(m.To), t.firstOf(m.DateUpdated, m.DateCreated)
	return r
}

// callRecord is a call in Twilio's list as a report.
func (t *Twilio) callRecord(c api.ApiV2010Call) callbacks.Report {
	r, _ := callReport(value(c.Sid), "", value(c.Status), value(c.AnsweredBy), "")
	r.To, r.At = value(c.To), t.firstOf(c.EndTime, c.DateUpdated, c.DateCreated)
	return r
}

// firstOf is the first moment that Twilio gives; now, when it gives none.
func (t *Twilio) firstOf(moments ...*string) time.Time {
	for _, m := range moments {
		if at := moment(m); !at.IsZero() {
			return at
		}
	}
	return t.clock.Now().UTC()
}
