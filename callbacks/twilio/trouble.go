package twilio

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strconv"

	"github.com/twilio/twilio-go/client"

	"nengban/callbacks"
)

// trouble turns what went wrong into a *callbacks.Trouble: by Twilio's own code
// where there is one, else by the HTTP status, else by whether the request can
// have arrived at all.
func (x *exchange) trouble(doing string, err error) error {
	t := &callbacks.Trouble{Wait: x.wait, Cause: fmt.Errorf("%s: %w", doing, quiet(err))}
	var refusal *client.TwilioRestError
	switch {
	case errors.As(err, &refusal):
		t.Code = strconv.Itoa(refusal.Code)
		t.Kind = x.kindOf(refusal.Code)
	case x.status != 0:
		t.Code = "http_" + strconv.Itoa(x.status)
		t.Kind = x.kindOfStatus()
	case !x.left.Load() || x.asked:
		t.Code, t.Kind = "unreachable", callbacks.TryAgain
	default:
		t.Code, t.Kind = "no_answer", callbacks.Unclear
	}
	return t
}

// kindOf sorts a refusal by Twilio's code, or by the status when the code is
// not in the table. The status goes first where it says that Twilio itself is ill.
func (x *exchange) kindOf(code int) callbacks.Kind {
	if x.status >= http.StatusInternalServerError {
		return x.kindOfStatus()
	}
	if row, ok := codes[code]; ok {
		return row.kind
	}
	return x.kindOfStatus()
}

// kindOfStatus sorts by the HTTP status. After 503 nothing was carried out; after
// any other fault of the server nobody knows, so the attempt is looked for first.
func (x *exchange) kindOfStatus() callbacks.Kind {
	switch {
	case x.status == http.StatusTooManyRequests, x.status == http.StatusServiceUnavailable:
		return callbacks.TryAgain
	case x.status == http.StatusUnauthorized, x.status == http.StatusForbidden, x.status == http.StatusNotFound:
		return callbacks.OurFault
	case x.status >= http.StatusBadRequest && x.status < http.StatusInternalServerError:
		return callbacks.Refused
	case x.asked:
		return callbacks.TryAgain
	default:
		return callbacks.Unclear
	}
}

var digits = regexp.MustCompile(`\+?\d{6,}`)

// quiet takes phone numbers out of an error: Twilio repeats the number it was
// given, and net/http repeats the address with its query.
func quiet(err error) error {
	var refusal *client.TwilioRestError
	if errors.As(err, &refusal) {
		return fmt.Errorf("twilio error %d: %s", refusal.Code, digits.ReplaceAllString(refusal.Message, "(number)"))
	}
	var address *url.Error
	if errors.As(err, &address) {
		return address.Err
	}
	return err
}

// refuse is a refusal of our own, before Twilio is asked.
func refuse(kind callbacks.Kind, why string) error {
	return &callbacks.Trouble{Kind: kind, Code: "not_sent", Cause: errors.New(why)}
}
