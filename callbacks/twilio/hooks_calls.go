package twilio

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"

	"nengban/callbacks"
)

// answer says what to say, now that the call was picked up.
func (h hooks) answer(w http.ResponseWriter, r *http.Request, form url.Values) error {
	sid, ref := form.Get("CallSid"), r.PathValue("ref")
	if sid == "" {
		return errIncomplete
	}
	p, err := h.inbox.Answered(r.Context(), sid, ref, machine(form.Get("AnsweredBy")))
	if err != nil {
		return fmt.Errorf("beginning call %s: %w", sid, err)
	}
	return h.ask(w, ref, p)
}

// keys takes the keys of one question and says what comes next. No keys within
// the time come as empty Digits.
func (h hooks) keys(w http.ResponseWriter, r *http.Request, form url.Values) error {
	try, err := strconv.Atoi(r.PathValue("try"))
	sid := form.Get("CallSid")
	if sid == "" || err != nil {
		return errIncomplete
	}
	k := callbacks.Keys{
		CarrierID: sid, Ref: r.PathValue("ref"), Question: r.PathValue("question"), Try: try,
		Digits: form.Get("Digits"), At: h.t.clock.Now().UTC(),
	}
	p, err := h.inbox.Pressed(r.Context(), k)
	if err != nil {
		return fmt.Errorf("taking keys in call %s: %w", sid, err)
	}
	h.t.log.LogAttrs(r.Context(), slog.LevelDebug, "keys pressed", slog.String("sid", sid), slog.String("question", k.Question))
	return h.ask(w, k.Ref, p)
}

// callStatus takes a report about a call of ours.
func (h hooks) callStatus(w http.ResponseWriter, r *http.Request, form url.Values) error {
	sid, status := form.Get("CallSid"), form.Get("CallStatus")
	if sid == "" || status == "" || form.Get("To") == "" {
		return errIncomplete
	}
	report, known := callReport(sid, r.PathValue("ref"), status, form.Get("AnsweredBy"), form.Get("SipResponseCode"))
	return h.report(w, r, form, report, known)
}

// fallback ends a call in silence when we could not say what to say. Without it
// the citizen would hear Twilio's own English apology.
func (h hooks) fallback(w http.ResponseWriter, r *http.Request, form url.Values) error {
	h.t.log.LogAttrs(r.Context(), slog.LevelError, "call ended for want of an answer",
		slog.String("sid", form.Get("CallSid")), slog.String("ref", r.PathValue("ref")), slog.String("code", form.Get("ErrorCode")))
	return speak(w, hangUp())
}
