package twilio

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/twilio/twilio-go/client"
	api "github.com/twilio/twilio-go/rest/api/v2010"

	"nengban/callbacks"
)

// Settings say whose account it is and how both sides reach one another.
type Settings struct {
	AccountSID string
	AuthToken  string

	// From is the number that calls and texts come from, E.164.
	From string
	// MessagingServiceSID sends texts through a Messaging Service, which picks
	// the number; calls still come from From.
	MessagingServiceSID string

	// BaseURL is where Twilio's API is when it is not at Twilio's own address:
	// a proxy, a stand-in. Only scheme and host count.
	BaseURL string
	// PublicURL is the address under which Twilio reaches Handler, such as
	// https://12345.example.gov.cn/hooks/twilio. Signatures are checked against
	// it, never against the Host header, so any proxy may stand between.
	PublicURL string

	// Timeout bounds one request; zero is ten seconds.
	Timeout time.Duration
	// Voices names Twilio's voice for a language ("zh-CN", "en"). A language
	// that is missing is spoken in the voice chosen in Twilio's console.
	Voices map[string]string
}

// Twilio is a callbacks.Carrier and a callbacks.Collector. Safe for concurrent use.
type Twilio struct {
	set    Settings
	base   *url.URL // nil is Twilio's own
	public string   // without a slash at the end; "" when Twilio cannot reach us
	wire   http.RoundTripper
	clock  clockwork.Clock
	log    *slog.Logger
}

var (
	_ callbacks.Carrier   = (*Twilio)(nil)
	_ callbacks.Collector = (*Twilio)(nil)
)

// New checks the settings and returns the carrier; nothing is sent yet.
func New(set Settings, clock clockwork.Clock, log *slog.Logger) (*Twilio, error) {
	if set.Timeout == 0 {
		set.Timeout = 10 * time.Second
	}
	t := &Twilio{set: set, wire: newWire(), clock: clock, log: log, public: strings.TrimRight(set.PublicURL, "/")}
	if err := set.check(); err != nil {
		return nil, fmt.Errorf("reading the settings for twilio: %w", err)
	}
	if set.BaseURL != "" {
		base, err := absolute(set.BaseURL)
		if err != nil {
			return nil, fmt.Errorf("reading the address of twilio's api: %w", err)
		}
		t.base = base
	}
	return t, nil
}

// Ways says texts, and calls when Twilio can reach us and there is a number to
// call from.
func (t *Twilio) Ways() []callbacks.Way {
	ways := []callbacks.Way{callbacks.BySMS}
	if t.public != "" && t.set.From != "" {
		ways = append(ways, callbacks.ByVoice)
	}
	return ways
}

var alphanumeric = regexp.MustCompile(`^[A-Za-z0-9]+$`)

// check refuses what twilio-go would refuse with every single request.
func (s Settings) check() error {
	if !alphanumeric.MatchString(s.AccountSID) || !alphanumeric.MatchString(s.AuthToken) {
		return errors.New("the account SID and the auth token are letters and digits")
	}
	if s.From == "" && s.MessagingServiceSID == "" {
		return errors.New("there is neither a number to send from nor a Messaging Service")
	}
	if s.PublicURL == "" {
		return nil
	}
	u, err := absolute(s.PublicURL)
	if err != nil {
		return fmt.Errorf("reading the public address: %w", err)
	}
	if u.RawQuery != "" || u.Fragment != "" {
		return errors.New("the public address has a query or a fragment")
	}
	return nil
}

func absolute(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("reading an address: %w", err)
	}
	if u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return nil, errors.New("an address begins with https:// and has a host")
	}
	return u, nil
}

// api is Twilio's API for one question of ours. twilio-go takes no context, so
// the exchange underneath carries it; it also keeps what twilio-go throws away.
func (t *Twilio) api(ctx context.Context) (*api.ApiService, *exchange) {
	x := &exchange{ctx: ctx, base: t.base, next: t.wire, timeout: t.set.Timeout}
	c := &client.Client{
		Credentials: client.NewCredentials(t.set.AccountSID, t.set.AuthToken),
		HTTPClient: &http.Client{
			Transport:     x,
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
	}
	c.SetAccountSid(t.set.AccountSID)
	// Not NewRequestHandler: that one takes an edge and a region from the environment.
	return api.NewApiService(&client.RequestHandler{Client: c}), x
}

// ours says whether a number or service that Twilio names is the one set up
// here: an account may serve other programs too.
func (t *Twilio) ours(from, service *string) bool {
	if t.set.MessagingServiceSID != "" && value(service) == t.set.MessagingServiceSID {
		return true
	}
	return t.set.From != "" && value(from) == t.set.From
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// moment reads Twilio's RFC 2822 times; what cannot be read is the zero time.
func moment(s *string) time.Time {
	at, err := time.Parse(time.RFC1123Z, value(s))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}
