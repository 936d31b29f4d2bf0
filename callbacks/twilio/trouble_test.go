package twilio_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"nengban/callbacks"
	"nengban/callbacks/twilio"
)

type writerOf struct{ http.ResponseWriter }

func (w writerOf) json(status int, body string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
}

// playing answers every request as told; n counts them from 0.
func playing(t *testing.T, answer func(w writerOf, n int)) string {
	t.Helper()
	n := 0
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		answer(writerOf{w}, n)
		n++
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

func refusal(status, code int) func(writerOf, int) {
	return func(w writerOf, _ int) {
		w.json(status, fmt.Sprintf(`{"status":%d,"code":%d,"message":"The 'To' number %s is not right.","more_info":"x"}`, status, code, citizen))
	}
}

// TestWhatARefusalMeans is written by hand from Twilio's error dictionary, apart
// from the table it tests.
func TestWhatARefusalMeans(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name         string
		status, code int
		want         callbacks.Kind
	}{
		{"wrong token", 401, 20003, callbacks.OurFault},
		{"account closed", 403, 20005, callbacks.OurFault},
		{"wrong account in the address", 404, 20404, callbacks.OurFault},
		{"too many requests", 429, 20429, callbacks.TryAgain},
		{"too many requests, in other words", 429, 99999, callbacks.TryAgain},
		{"Twilio is ill and says so", 503, 20503, callbacks.TryAgain},
		{"Twilio broke while doing it", 500, 20500, callbacks.Unclear},
		{"no such number", 400, 21211, callbacks.NeverMind},
		{"a number that cannot be called", 400, 21217, callbacks.NeverMind},
		{"a landline, by the old code", 400, 21614, callbacks.Landline},
		{"a landline, by the new code", 400, 21635, callbacks.Landline},
		{"the citizen answered STOP", 400, 21610, callbacks.OptedOut},
		{"texts to China not switched on", 403, 21408, callbacks.OurFault},
		{"calls to China not switched on", 400, 21215, callbacks.OurFault},
		{"our number cannot send texts", 400, 21606, callbacks.OurFault},
		{"a trial account", 400, 21608, callbacks.OurFault},
		{"our number's queue is full", 400, 21611, callbacks.TryAgain},
		{"a code that is new to us", 400, 21999, callbacks.Refused},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			base := playing(t, refusal(c.status, c.code))
			_, err := carrier(t, base, nil).SendText(t.Context(), callbacks.Text{Ref: "a1", To: citizen, Words: words})
			var trouble *callbacks.Trouble
			if !errors.As(err, &trouble) {
				t.Fatalf("got %v, want a *callbacks.Trouble", err)
			}
			if trouble.Kind != c.want || trouble.Code != fmt.Sprint(c.code) {
				t.Errorf("got %s (code %s), want %s", trouble.Kind, trouble.Code, c.want)
			}
			if strings.Contains(err.Error(), citizen[1:]) {
				t.Errorf("the error shows the phone number: %v", err)
			}
		})
	}
}

// TestEveryCodeIsSortedAndExplained walks the table itself.
func TestEveryCodeIsSortedAndExplained(t *testing.T) {
	t.Parallel()
	kinds := map[callbacks.Kind]int{}
	n := 0
	for code := 10000; code < 70000; code++ {
		if twilio.Meaning(fmt.Sprint(code)) == "" {
			continue
		}
		n++
		base := playing(t, refusal(400, code))
		_, err := carrier(t, base, nil).PlaceCall(t.Context(), callbacks.Call{Ref: "a1", To: citizen})
		if callbacks.KindOf(err) == callbacks.Refused {
			t.Errorf("%d is in the table and not sorted: %v", code, err)
		}
		kinds[callbacks.KindOf(err)]++
	}
	t.Logf("%d codes: %v", n, kinds)
	if n < 60 || len(kinds) < 8 {
		t.Errorf("the table has shrunk: %d codes, %v", n, kinds)
	}
	if got := twilio.Meaning("none"); got != "" {
		t.Errorf("no code means %q", got)
	}
}

func TestHowLongToWait(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		header string
		want   time.Duration
	}{
		{"7", 7 * time.Second}, {"", 0}, {"-1", 0}, {"soon", 0}, {"86400", time.Hour},
	} {
		base := playing(t, func(w writerOf, n int) {
			w.Header().Set("Retry-After", c.header)
			refusal(429, 20429)(w, n)
		})
		err := sendText(callbacks.Text{Ref: "a1", To: citizen, Words: words})(t.Context(), carrier(t, base, nil))
		var trouble *callbacks.Trouble
		if !errors.As(err, &trouble) || trouble.Wait != c.want {
			t.Errorf("Retry-After %q: got %v, want %s", c.header, err, c.want)
		}
	}
}

// TestWhatBrokenLinesMean: the difference between "it cannot have gone out" and
// "nobody knows" is the difference between trying again and asking first.
func TestWhatBrokenLinesMean(t *testing.T) {
	t.Parallel()
	text := sendText(callbacks.Text{Ref: "a1", To: citizen, Words: words})
	for _, c := range []struct {
		name   string
		answer func(writerOf, int)
		ask    func(context.Context, *twilio.Twilio) error
		want   callbacks.Kind
		code   string
	}{
		{"a gateway in between is ill", func(w writerOf, _ int) {
			http.Error(w, "<html>Service Unavailable</html>", http.StatusServiceUnavailable)
		}, text, callbacks.TryAgain, "http_503"},
		{"a gateway in between lost the answer", func(w writerOf, _ int) { http.Error(w, "<html>Bad Gateway</html>", http.StatusBadGateway) }, text, callbacks.Unclear, "http_502"},
		{"a gateway in between gave up waiting", func(w writerOf, _ int) { http.Error(w, "<html>Gateway Timeout</html>", http.StatusGatewayTimeout) }, text, callbacks.Unclear, "http_504"},
		{"a gateway in between refuses us", func(w writerOf, _ int) { http.Error(w, "<html>Forbidden</html>", http.StatusForbidden) }, text, callbacks.OurFault, "http_403"},
		{"the answer is a web page", func(w writerOf, _ int) { _, _ = io.WriteString(w, "<html>Welcome</html>") }, text, callbacks.Unclear, "http_200"},
		{"the answer leads elsewhere", func(w writerOf, _ int) {
			w.Header().Set("Location", "https://example.com/")
			w.WriteHeader(http.StatusFound)
		}, text, callbacks.Unclear, "http_302"},
		{"the receipt has no id", func(w writerOf, _ int) { w.json(201, `{"status":"queued"}`) }, text, callbacks.Unclear, "no_answer"},
		{"the receipt is cut off", func(w writerOf, _ int) { w.Header().Set("Content-Length", "100"); w.json(201, `{"sid":"SM1"`) }, text, callbacks.Unclear, "no_answer"},
		{"the line is cut before the answer", func(writerOf, int) { panic(http.ErrAbortHandler) }, text, callbacks.Unclear, "no_answer"},
		{"the line is cut while only reading", func(writerOf, int) { panic(http.ErrAbortHandler) }, sent, callbacks.TryAgain, "unreachable"},
		{"Twilio broke while only reading", refusal(500, 20500), find(callbacks.BySMS), callbacks.TryAgain, "20500"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := c.ask(t.Context(), carrier(t, playing(t, c.answer), nil))
			var trouble *callbacks.Trouble
			if !errors.As(err, &trouble) || trouble.Kind != c.want || trouble.Code != c.code {
				t.Errorf("got %v, want %s (code %s)", err, c.want, c.code)
			}
			if err != nil && strings.Contains(err.Error(), citizen[1:]) {
				t.Errorf("the error shows the phone number: %v", err)
			}
		})
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	srv := httptest.NewServer(http.NotFoundHandler())
	base := srv.URL
	srv.Close()
	err := sendText(callbacks.Text{Ref: "a1", To: citizen, Words: words})(t.Context(), carrier(t, base, nil))
	if callbacks.KindOf(err) != callbacks.TryAgain {
		t.Errorf("nothing can have gone out: got %v", err)
	}
}

func TestTheTimeLimit(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-release }))
	t.Cleanup(func() { close(release); srv.Close() })
	c := carrier(t, srv.URL, func(s *twilio.Settings) { s.Timeout = 50 * time.Millisecond })
	err := sendText(callbacks.Text{Ref: "a1", To: citizen, Words: words})(t.Context(), c)
	if callbacks.KindOf(err) != callbacks.Unclear || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Twilio has the request and does not answer: got %v, want unclear", err)
	}
}

func TestWhoeverAsksCanGiveUp(t *testing.T) {
	t.Parallel()
	came := make(chan struct{})
	release := make(chan struct{})
	srv := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { close(came); <-release }))
	t.Cleanup(func() { close(release); srv.Close() })
	ctx, cancel := context.WithCancel(t.Context())
	go func() { <-came; cancel() }()
	err := sendText(callbacks.Text{Ref: "a1", To: citizen, Words: words})(ctx, carrier(t, srv.URL, nil))
	if callbacks.KindOf(err) != callbacks.Unclear || !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want unclear and cancelled", err)
	}
}
