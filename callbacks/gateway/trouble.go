package gateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"nengban/callbacks"
)

// maxAnswer bounds what is read of one answer.
const maxAnswer = 16 << 20

// kinds are the words a gateway may give as its error; the protocol's words are
// our own.
var kinds = []callbacks.Kind{
	callbacks.TryAgain, callbacks.NeverMind, callbacks.Landline, callbacks.OptedOut, callbacks.Filtered,
	callbacks.TooLate, callbacks.Refused, callbacks.OurFault,
}

func known(kind callbacks.Kind) bool { return slices.Contains(kinds, kind) }

// refusal is the body of an answer that is not 2xx.
type refusal struct {
	Error callbacks.Kind `json:"error"`
	Code  string         `json:"code"`
}

// ask makes a request and reads the answer; what goes wrong is a *callbacks.Trouble.
// What the gateway writes in other fields is not kept: it may hold a number.
func (g *Gateway) ask(r *http.Request, answer any) error {
	var left atomic.Bool // a connection was got: the request may have arrived
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { left.Store(true) }}
	resp, err := g.wire.Do(r.WithContext(httptrace.WithClientTrace(r.Context(), trace)))
	if err != nil {
		return lost(r, left.Load(), err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if cerr := resp.Body.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return lost(r, true, err)
	}
	if resp.StatusCode/100 != 2 {
		return refused(r, resp, body)
	}
	if err := json.Unmarshal(body, answer); err != nil {
		return lost(r, true, errors.New("its answer is not the JSON of the protocol"))
	}
	return nil
}

// lost is the trouble of a request without a proper answer: nobody knows whether
// it was carried out, unless it never left or only asked.
func lost(r *http.Request, left bool, err error) error {
	var address *url.Error
	if errors.As(err, &address) {
		err = address.Err // without the address, whose query names what is asked
	}
	t := &callbacks.Trouble{Kind: callbacks.Unclear, Code: "no_answer", Cause: fmt.Errorf("speaking to the gateway: %w", err)}
	if !left || r.Method == http.MethodGet {
		t.Kind, t.Code = callbacks.TryAgain, "unreachable"
	}
	return t
}

// refused sorts by the gateway's own word, else by the HTTP status.
func refused(r *http.Request, resp *http.Response, body []byte) error {
	var said refusal
	if json.Unmarshal(body, &said) != nil || !known(said.Error) {
		said = refusal{Error: kindOfStatus(r.Method, resp.StatusCode), Code: "http_" + strconv.Itoa(resp.StatusCode)}
	}
	t := &callbacks.Trouble{Kind: said.Error, Code: said.Code, Cause: fmt.Errorf("the gateway answered %d", resp.StatusCode)}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		t.Wait = min(time.Duration(seconds)*time.Second, time.Hour)
	}
	return t
}

func kindOfStatus(method string, status int) callbacks.Kind {
	switch {
	case status == http.StatusTooManyRequests, status == http.StatusServiceUnavailable:
		return callbacks.TryAgain
	case status == http.StatusUnauthorized, status == http.StatusForbidden, status == http.StatusNotFound, status == http.StatusMethodNotAllowed:
		return callbacks.OurFault
	case status >= http.StatusBadRequest && status < http.StatusInternalServerError:
		return callbacks.Refused
	case method == http.MethodGet:
		return callbacks.TryAgain
	default:
		return callbacks.Unclear
	}
}
