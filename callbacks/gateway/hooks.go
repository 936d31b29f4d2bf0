package gateway

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"time"

	"github.com/nyaruka/phonenumbers"

	"nengban/callbacks"
)

// maxMessage bounds what is read of a request.
const maxMessage = 64 << 10

// message is what the gateway tells us. Type says which fields count.
type message struct {
	Type string `json:"type"` // report, text, answered, keys
	record
	From     string `json:"from"`     // text
	Words    string `json:"words"`    // text
	Machine  bool   `json:"machine"`  // answered
	Question string `json:"question"` // keys
	Try      int    `json:"try"`      // keys
	Digits   string `json:"digits"`   // keys
}

// turn is our answer to "answered" and "keys": what to say and what to ask.
type turn struct {
	Say      string `json:"say,omitempty"`
	Lang     string `json:"lang,omitempty"`
	Question string `json:"question,omitempty"`
	Try      int    `json:"try,omitempty"`
	Digits   int    `json:"digits,omitempty"`
	HangUp   bool   `json:"hang_up,omitempty"`
}

// mistake is a message that is signed and does not follow the protocol. Its text
// is shown to the gateway, for whoever is building it.
type mistake string

func (m mistake) Error() string { return string(m) }

// Handler is the desk's one address for the gateway. What is not signed is a 403
// without a word, what breaks the protocol a 400 with its mistake, what the inbox
// does not take a 500, after which the gateway tries again.
func (g *Gateway) Handler(inbox callbacks.Inbox) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxMessage))
		if err == nil {
			err = g.check(r.Header, body)
		}
		if err != nil {
			g.log.LogAttrs(r.Context(), slog.LevelWarn, "gateway message refused", slog.String("reason", err.Error()))
			w.WriteHeader(http.StatusForbidden)
			return
		}
		answer, err := g.take(r.Context(), inbox, body)
		g.reply(r.Context(), w, answer, err)
	})
}

// take hands one message to the inbox.
func (g *Gateway) take(ctx context.Context, inbox callbacks.Inbox, body []byte) (any, error) {
	var m message
	if err := json.Unmarshal(body, &m); err != nil {
		return nil, mistake("the body is not the JSON of the protocol: " + err.Error())
	}
	if m.ID == "" {
		return nil, mistake("id is missing")
	}
	g.log.LogAttrs(ctx, slog.LevelDebug, "gateway message", slog.String("type", m.Type), slog.String("id", m.ID), slog.String("ref", m.Ref), slog.String("status", string(m.Status)))
	switch m.Type {
	case "report":
		return struct{}{}, g.takeReport(ctx, inbox, m)
	case "text":
		return struct{}{}, g.takeText(ctx, inbox, m)
	case "answered":
		p, err := inbox.Answered(ctx, m.ID, m.Ref, m.Machine)
		return turnOf(p), err
	case "keys":
		if m.Question == "" {
			return nil, mistake("question is missing")
		}
		p, err := inbox.Pressed(ctx, callbacks.Keys{CarrierID: m.ID, Ref: m.Ref, Question: m.Question, Try: m.Try, Digits: m.Digits, At: g.at(m.At)})
		return turnOf(p), err
	default:
		return nil, mistake("type is none of report, text, answered, keys")
	}
}

func (g *Gateway) takeReport(ctx context.Context, inbox callbacks.Inbox, m message) error {
	switch {
	case m.Way != callbacks.BySMS && m.Way != callbacks.ByVoice:
		return mistake("way is neither sms nor voice")
	case m.Status.Rank() == 0:
		return mistake("status is none of the protocol's")
	case m.Error != "" && !known(m.Error):
		return mistake("error is none of the protocol's")
	}
	return inbox.Report(ctx, g.report(m.record))
}

func (g *Gateway) takeText(ctx context.Context, inbox callbacks.Inbox, m message) error {
	if m.From == "" {
		return mistake("from is missing")
	}
	in := callbacks.Incoming{CarrierID: m.ID, From: e164(m.From), To: m.To, Words: m.Words, At: g.at(m.At)}
	return inbox.Text(ctx, in)
}

func (g *Gateway) at(t time.Time) time.Time {
	if t.IsZero() {
		return g.clock.Now().UTC()
	}
	return t.UTC()
}

func turnOf(p *callbacks.Prompt) turn {
	if p == nil {
		return turn{HangUp: true}
	}
	return turn{Say: p.Say, Lang: p.Lang, Question: p.Question, Try: p.Try, Digits: p.Digits, HangUp: p.Question == ""}
}

func (g *Gateway) reply(ctx context.Context, w http.ResponseWriter, answer any, err error) {
	status := http.StatusOK
	var wrong mistake
	switch {
	case errors.As(err, &wrong):
		status, answer = http.StatusBadRequest, map[string]string{"error": wrong.Error()}
	case err != nil:
		g.log.LogAttrs(ctx, slog.LevelError, "gateway message not taken", slog.Any("error", fmt.Errorf("taking a message: %w", err)))
		status, answer = http.StatusInternalServerError, struct{}{}
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// An answer that cannot be written has no reader any more.
	_ = json.NewEncoder(w).Encode(answer)
}

// e164 writes a number as we keep it. Domestic carriers give 13800001111 or
// 8613800001111; what is no number (a short code) stays as it is.
func e164(number string) string {
	n, err := phonenumbers.Parse(number, "CN")
	if err != nil || !phonenumbers.IsValidNumber(n) {
		return number
	}
	return phonenumbers.Format(n, phonenumbers.E164)
}
