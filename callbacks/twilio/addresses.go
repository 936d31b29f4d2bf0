package twilio

import (
	"net/http"
	"net/url"
	"strconv"

	"nengban/callbacks"
)

// The addresses Twilio calls. Everything of ours is in the path: there is no
// query that a proxy could re-order and so break the signature.
//
// Behind # stand connection overrides
// (https://www.twilio.com/docs/usage/webhooks/webhooks-connection-overrides):
// Twilio tries once by default, and not again after a 5xx. They are neither sent
// nor signed. A call is waiting for its answer, so there it tries less long.
const (
	patiently = "rc=5&rp=5xx,ct,rt"
	briskly   = "rc=2&rp=5xx,ct,rt&rt=5000&tt=12000"
)

// Routes of Handler; the public address stands before them.
const (
	textsRoute      = "/texts"
	textStatusRoute = "/texts/{ref}/status"
	answerRoute     = "/calls/{ref}"
	keysRoute       = "/calls/{ref}/keys/{question}/{try}"
	callStatusRoute = "/calls/{ref}/status"
	fallbackRoute   = "/calls/{ref}/fallback"
)

// TextsAddress is what is entered in Twilio's console, at the number or the
// Messaging Service, as the address for incoming messages.
func (t *Twilio) TextsAddress() string { return t.public + textsRoute + "#" + patiently }

func (t *Twilio) textStatusAddress(ref string) string {
	return t.public + "/texts/" + ref + "/status#" + patiently
}

func (t *Twilio) answerAddress(ref string) string { return t.public + "/calls/" + ref + "#" + briskly }

func (t *Twilio) keysAddress(ref string, p *callbacks.Prompt) string {
	return t.public + "/calls/" + ref + "/keys/" + p.Question + "/" + strconv.Itoa(p.Try) + "#" + briskly
}

func (t *Twilio) callStatusAddress(ref string) string {
	return t.public + "/calls/" + ref + "/status#" + patiently
}

func (t *Twilio) fallbackAddress(ref string) string { return t.public + "/calls/" + ref + "/fallback" }

// called is the address that Twilio called, as it signed it: the public address
// that is set, and the rest of what arrived. The Host header plays no part.
func (t *Twilio) called(r *http.Request) string {
	u := url.URL{RawQuery: r.URL.RawQuery}
	return t.public + r.URL.EscapedPath() + u.String()
}
