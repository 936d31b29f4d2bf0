package twilio

import (
	"context"
	"errors"
	"time"

	api "github.com/twilio/twilio-go/rest/api/v2010"

	"nengban/callbacks"
)

// Twilio takes a validity of 1 to 36,000 seconds and advises more than 5
// (https://www.twilio.com/docs/messaging/api/message-resource#create-a-message).
const (
	shortestValidity = 6 * time.Second
	longestValidity  = 36000 * time.Second
)

// How a survey call is placed: how long it rings, how long a machine is looked
// for (the person hears nothing meanwhile), and how long the talk may last.
const (
	ringSeconds    = 45
	machineSeconds = 8
	talkSeconds    = 300
)

// SendText hands a text to Twilio. Twilio sends words, so Template and Params
// play no part. NotAfter becomes the validity period: what waits longer in
// Twilio's queue is dropped there and reported as TooLate.
func (t *Twilio) SendText(ctx context.Context, text callbacks.Text) (callbacks.Handed, error) {
	if !callbacks.GoodRef(text.Ref) {
		return callbacks.Handed{}, refuse(callbacks.OurFault, "the reference cannot travel in an address")
	}
	p := (&api.CreateMessageParams{}).SetPathAccountSid(t.set.AccountSID).SetTo(text.To).SetBody(text.Words)
	if t.set.MessagingServiceSID != "" {
		p.SetMessagingServiceSid(t.set.MessagingServiceSID)
	} else {
		p.SetFrom(t.set.From)
	}
	if t.public != "" {
		p.SetStatusCallback(t.textStatusAddress(text.Ref))
	}
	if !text.NotAfter.IsZero() {
		left := text.NotAfter.Sub(t.clock.Now())
		if left < shortestValidity {
			return callbacks.Handed{}, refuse(callbacks.TooLate, "its time is over")
		}
		p.SetValidityPeriod(int(min(left, longestValidity) / time.Second))
	}
	service, x := t.api(ctx)
	m, err := service.CreateMessage(p)
	if err != nil {
		return callbacks.Handed{}, x.trouble("sending a text", err)
	}
	return receipt(x, value(m.Sid), messageSteps[value(m.Status)])
}

// PlaceCall has Twilio call and ask us, once somebody answers, what to say.
// Twilio keeps no time limit for calls that wait, so NotAfter is checked here
// and the rest is a matter of seconds: calls leave at one per second.
func (t *Twilio) PlaceCall(ctx context.Context, call callbacks.Call) (callbacks.Handed, error) {
	switch {
	case !callbacks.GoodRef(call.Ref):
		return callbacks.Handed{}, refuse(callbacks.OurFault, "the reference cannot travel in an address")
	case t.public == "":
		return callbacks.Handed{}, refuse(callbacks.OurFault, "without a public address twilio cannot ask what to say")
	case t.set.From == "":
		return callbacks.Handed{}, refuse(callbacks.OurFault, "there is no number to call from")
	case !call.NotAfter.IsZero() && !t.clock.Now().Before(call.NotAfter):
		return callbacks.Handed{}, refuse(callbacks.TooLate, "its time is over")
	}
	p := (&api.CreateCallParams{}).SetPathAccountSid(t.set.AccountSID).SetTo(call.To).SetFrom(t.set.From).
		SetUrl(t.answerAddress(call.Ref)).SetMethod("POST").
		SetFallbackUrl(t.fallbackAddress(call.Ref)).SetFallbackMethod("POST").
		SetStatusCallback(t.callStatusAddress(call.Ref)).SetStatusCallbackMethod("POST").
		SetStatusCallbackEvent([]string{"ringing", "answered", "completed"}).
		SetMachineDetection("Enable").SetMachineDetectionTimeout(machineSeconds).
		SetTimeout(ringSeconds).SetTimeLimit(talkSeconds)
	service, x := t.api(ctx)
	c, err := service.CreateCall(p)
	if err != nil {
		return callbacks.Handed{}, x.trouble("placing a call", err)
	}
	return receipt(x, value(c.Sid), callSteps[value(c.Status)])
}

// receipt refuses an answer without an id: something else than Twilio spoke, and
// whether the message went out is unknown.
func receipt(x *exchange, sid string, step callbacks.Delivery) (callbacks.Handed, error) {
	if !alphanumeric.MatchString(sid) {
		x.status = 0
		return callbacks.Handed{}, x.trouble("reading the receipt", errors.New("it has no id"))
	}
	if step == "" {
		step = callbacks.Queued
	}
	return callbacks.Handed{CarrierID: sid, Status: step}, nil
}
