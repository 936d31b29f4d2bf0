package twilio

import (
	"strings"

	"nengban/callbacks"
)

// messageSteps are Twilio's words for how far a text has come
// (https://www.twilio.com/docs/messaging/api/message-resource#message-status-values).
// "received" and "receiving" belong to texts that came in and are no step of ours.
var messageSteps = map[string]callbacks.Delivery{
	"accepted":            callbacks.Queued,
	"scheduled":           callbacks.Queued,
	"queued":              callbacks.Queued,
	"sending":             callbacks.Sending,
	"sent":                callbacks.SentOut,
	"delivered":           callbacks.Delivered,
	"read":                callbacks.Delivered,
	"partially_delivered": callbacks.Undelivered,
	"undelivered":         callbacks.Undelivered,
	"failed":              callbacks.Failed,
	"canceled":            callbacks.Cancelled,
}

// callSteps are Twilio's words for how far a call has come
// (https://www.twilio.com/docs/voice/api/call-resource#call-status-values).
var callSteps = map[string]callbacks.Delivery{
	"queued":      callbacks.Queued,
	"initiated":   callbacks.Sending,
	"ringing":     callbacks.Ringing,
	"answered":    callbacks.InCall,
	"in-progress": callbacks.InCall,
	"completed":   callbacks.HungUp,
	"busy":        callbacks.Busy,
	"no-answer":   callbacks.NoAnswer,
	"failed":      callbacks.Failed,
	"canceled":    callbacks.Cancelled,
}

// callStep is how far a call has come. A call that a machine took ends as
// Machine: a completed call is not an answer, still less this one.
func callStep(status, answeredBy string) (callbacks.Delivery, bool) {
	step, ok := callSteps[status]
	if step == callbacks.HungUp && machine(answeredBy) {
		step = callbacks.Machine
	}
	return step, ok
}

// machine reads answering machine detection. "unknown" is silence on the line;
// somebody who listens first is treated as a person.
func machine(answeredBy string) bool {
	return strings.HasPrefix(answeredBy, "machine") || answeredBy == "fax"
}

// textReport makes the report of a text; false when the status is none of ours.
func textReport(sid, ref, status, code string) (callbacks.Report, bool) {
	step, ok := messageSteps[status]
	r := callbacks.Report{CarrierID: sid, Ref: ref, Way: callbacks.BySMS, Status: step}
	if step == callbacks.Undelivered || step == callbacks.Failed {
		r.Code, r.Trouble = code, kindOfDelivery(code)
	}
	return r, ok
}

// callReport makes the report of a call; false when the status is none of ours.
func callReport(sid, ref, status, answeredBy, sipAnswer string) (callbacks.Report, bool) {
	step, ok := callStep(status, answeredBy)
	r := callbacks.Report{CarrierID: sid, Ref: ref, Way: callbacks.ByVoice, Status: step}
	if step == callbacks.Failed {
		r.Trouble = kindOfCall(sipAnswer)
		if sipAnswer != "" {
			r.Code = "sip_" + sipAnswer
		}
	}
	return r, ok
}
