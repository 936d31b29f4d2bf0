package twilio

import (
	"errors"
	"io"
	"log/slog"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/twilio/twilio-go/client"

	"nengban/callbacks"
)

// maxForm bounds what is read of a request: a text has at most 1,600 characters,
// and Twilio's other parameters are few.
const maxForm = 64 << 10

// hook answers one kind of request of Twilio's, whose signature has been checked.
type hook func(w http.ResponseWriter, r *http.Request, form url.Values) error

// Handler answers Twilio's requests and hands what they say to the inbox. Mount
// it under the path of PublicURL with http.StripPrefix. Whatever is wrong with
// a signature is a 403 without a word; what the inbox refuses is a 500, after
// which Twilio tries again.
func (t *Twilio) Handler(inbox callbacks.Inbox) http.Handler {
	h := hooks{t: t, inbox: inbox}
	mux := http.NewServeMux()
	for route, hook := range map[string]hook{
		textsRoute:      h.text,
		textStatusRoute: h.textStatus,
		answerRoute:     h.answer,
		keysRoute:       h.keys,
		callStatusRoute: h.callStatus,
		fallbackRoute:   h.fallback,
	} {
		mux.Handle("POST "+route, t.signed(route, hook))
	}
	return mux
}

type hooks struct {
	t     *Twilio
	inbox callbacks.Inbox
}

// errIncomplete is a signed request that lacks what it is about.
var errIncomplete = errors.New("a parameter is missing")

// signed lets through what Twilio signed, and turns errors into answers.
func (t *Twilio) signed(route string, next hook) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		form, err := t.read(w, r)
		if err != nil {
			t.log.LogAttrs(r.Context(), slog.LevelWarn, "twilio request refused", slog.String("route", route), slog.String("reason", err.Error()))
			w.WriteHeader(http.StatusForbidden)
			return
		}
		err = next(w, r, form)
		switch {
		case errors.Is(err, errIncomplete):
			t.log.LogAttrs(r.Context(), slog.LevelWarn, "twilio request incomplete", slog.String("route", route))
			w.WriteHeader(http.StatusBadRequest)
		case err != nil:
			t.log.LogAttrs(r.Context(), slog.LevelError, "twilio request not taken", slog.String("route", route), slog.Any("error", err))
			w.WriteHeader(http.StatusInternalServerError)
		}
	})
}

// read takes the form out of a request and refuses it unless Twilio signed
// exactly this form for exactly this address.
func (t *Twilio) read(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	if t.public == "" {
		return nil, errors.New("no public address is set")
	}
	kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || kind != "application/x-www-form-urlencoded" {
		return nil, errors.New("it is no form")
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxForm))
	if err != nil {
		return nil, errors.New("its body could not be read")
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, errors.New("its form could not be read")
	}
	once := make(map[string]string, len(form))
	for name, values := range form {
		// Twilio repeats no parameter, and the signature would cover the first only.
		if len(values) != 1 {
			return nil, errors.New("a parameter is repeated")
		}
		once[name] = values[0]
	}
	validator := client.NewRequestValidator(t.set.AuthToken)
	if !validator.Validate(t.called(r), once, r.Header.Get("X-Twilio-Signature")) {
		return nil, errors.New("the signature does not match the public address and the form")
	}
	if once["AccountSid"] != t.set.AccountSID {
		return nil, errors.New("it is about another account")
	}
	if recut(string(body), once) {
		return nil, errors.New("a name and its value were cut elsewhere")
	}
	return form, nil
}

// names are those whose values we read.
var names = []string{"AnsweredBy", "Body", "CallSid", "CallStatus", "Digits", "ErrorCode", "From", "MessageSid", "MessageStatus", "SipResponseCode", "To"}

// recut finds what Twilio's scheme lets through. It joins names and values
// without a mark between them, so "Body5=" and "Bod=y5" have the signature of
// "Body=5". Then a name that we read is missing and another begins like it.
// Twilio itself always writes the "=".
func recut(body string, form map[string]string) bool {
	for part := range strings.SplitSeq(body, "&") {
		if part != "" && !strings.Contains(part, "=") {
			return true
		}
	}
	for _, name := range names {
		if _, there := form[name]; there {
			continue
		}
		for other := range form {
			if strings.HasPrefix(other, name) || strings.HasPrefix(name, other) {
				return true
			}
		}
	}
	return false
}
