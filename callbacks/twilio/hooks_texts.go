package twilio

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"

	"nengban/callbacks"
)

// text takes a text that somebody sent us. The answer is an empty TwiML
// document: whether to reply is decided where the text is understood.
func (h hooks) text(w http.ResponseWriter, r *http.Request, form url.Values) error {
	in := callbacks.Incoming{
		CarrierID: form.Get("MessageSid"), From: form.Get("From"), To: form.Get("To"), Words: form.Get("Body"),
		At: h.t.clock.Now().UTC(),
	}
	if in.CarrierID == "" || in.From == "" {
		return errIncomplete
	}
	if err := h.inbox.Text(r.Context(), in); err != nil {
		return fmt.Errorf("taking text %s: %w", in.CarrierID, err)
	}
	h.t.log.LogAttrs(r.Context(), slog.LevelDebug, "text received", slog.String("sid", in.CarrierID))
	return speak(w)
}

// textStatus takes a report about a text of ours. Reports come late, twice and
// out of order; the inbox ranks them. A status that Twilio invents later is
// acknowledged and left.
func (h hooks) textStatus(w http.ResponseWriter, r *http.Request, form url.Values) error {
	sid, status := form.Get("MessageSid"), form.Get("MessageStatus")
	if sid == "" || status == "" || form.Get("To") == "" {
		return errIncomplete
	}
	report, known := textReport(sid, r.PathValue("ref"), status, form.Get("ErrorCode"))
	return h.report(w, r, form, report, known)
}

// report hands a report over; shared by texts and calls.
func (h hooks) report(w http.ResponseWriter, r *http.Request, form url.Values, report callbacks.Report, known bool) error {
	h.t.log.LogAttrs(r.Context(), slog.LevelDebug, "status reported", slog.String("sid", report.CarrierID), slog.String("ref", report.Ref),
		slog.String("status", string(report.Status)), slog.String("code", report.Code), slog.Bool("known", known))
	if known {
		report.To, report.At = form.Get("To"), h.t.clock.Now().UTC()
		if err := h.inbox.Report(r.Context(), report); err != nil {
			return fmt.Errorf("taking a report on %s: %w", report.CarrierID, err)
		}
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
