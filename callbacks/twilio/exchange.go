package twilio

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

// maxAnswer bounds what is read of one answer; a page of 1,000 messages is
// about a tenth of it.
const maxAnswer = 16 << 20

// exchange is one question to Twilio, perhaps of several pages: the transport
// under twilio-go. It brings the context, sends to the configured address, and
// remembers what decides whether a failed request may have been carried out.
type exchange struct {
	ctx     context.Context // twilio-go's calls take none
	base    *url.URL
	next    http.RoundTripper
	timeout time.Duration

	asked  bool          // the last request only read
	left   atomic.Bool   // a connection was got: it may have arrived
	status int           // of the last answer; 0 when there was none
	wait   time.Duration // what the last answer asked us to wait
}

func newWire() http.RoundTripper {
	wire := http.DefaultTransport.(*http.Transport).Clone() // the standard library's own
	wire.MaxIdleConnsPerHost = 16
	return wire
}

// RoundTrip reads the whole answer before it returns, so that the time limit
// covers the body and no connection is left open: twilio-go does not close the
// body of an error.
func (x *exchange) RoundTrip(req *http.Request) (*http.Response, error) {
	x.asked, x.status, x.wait = req.Method == http.MethodGet, 0, 0
	x.left.Store(false)
	ctx, cancel := context.WithTimeout(x.ctx, x.timeout)
	defer cancel()
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { x.left.Store(true) }})
	req = req.Clone(ctx)
	if x.base != nil {
		req.URL.Scheme, req.URL.Host, req.Host = x.base.Scheme, x.base.Host, x.base.Host
	}
	resp, err := x.next.RoundTrip(req)
	if err != nil {
		return nil, fmt.Errorf("asking twilio: %w", err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return nil, fmt.Errorf("reading twilio's answer: %w", err)
	}
	x.status, x.wait = resp.StatusCode, retryAfter(resp.Header.Get("Retry-After"))
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// retryAfter reads the seconds form, which is the one Twilio sends.
func retryAfter(header string) time.Duration {
	seconds, err := strconv.Atoi(header)
	if err != nil || seconds < 0 {
		return 0
	}
	return min(time.Duration(seconds)*time.Second, time.Hour)
}
