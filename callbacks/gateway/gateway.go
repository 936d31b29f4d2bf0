package gateway

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"time"

	"github.com/jonboulle/clockwork"

	"nengban/callbacks"
)

// Settings say where the gateway is and what both sides share.
type Settings struct {
	// URL is the gateway's one address. It may have a path and no query.
	URL string
	// Secrets sign and check: the first signs, any may have signed what comes
	// in, so that a secret can be changed without a gap. A secret is taken as it
	// is written; one that begins with whsec_ is base64 after that.
	Secrets []string
	// Calls says that the gateway also places calls.
	Calls bool
	// Timeout bounds one request; zero is ten seconds.
	Timeout time.Duration
}

// shortest is the fewest bytes of a secret.
const shortest = 16

// Gateway is a callbacks.Carrier. Safe for concurrent use.
type Gateway struct {
	set   Settings
	keys  [][]byte
	wire  *http.Client
	clock clockwork.Clock
	log   *slog.Logger
}

var _ callbacks.Carrier = (*Gateway)(nil)

// New checks the settings and returns the carrier; nothing is sent yet.
func New(set Settings, clock clockwork.Clock, log *slog.Logger) (*Gateway, error) {
	u, err := url.Parse(set.URL)
	if err != nil {
		return nil, fmt.Errorf("reading the gateway's address: %w", err)
	}
	if u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.RawQuery != "" {
		return nil, errors.New("reading the gateway's address: it begins with https://, has a host and no query")
	}
	keys, err := keysOf(set.Secrets)
	if err != nil {
		return nil, fmt.Errorf("reading the gateway's secret: %w", err)
	}
	if set.Timeout == 0 {
		set.Timeout = 10 * time.Second
	}
	wire := &http.Client{
		Timeout:       set.Timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Gateway{set: set, keys: keys, wire: wire, clock: clock, log: log}, nil
}

// Ways says texts, and calls where the gateway places them.
func (g *Gateway) Ways() []callbacks.Way {
	if g.set.Calls {
		return []callbacks.Way{callbacks.BySMS, callbacks.ByVoice}
	}
	return []callbacks.Way{callbacks.BySMS}
}
