package twilio_test

import (
	"encoding/base64"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"nengban/callbacks"
)

var fuzzPaths = []string{"/texts", "/texts/a1/status", "/calls/c1", "/calls/c1/keys/rating/1", "/calls/c1/status", "/calls/c1/fallback"}

// FuzzStrangers sends what anybody on the internet may send: never a panic,
// never anything for the inbox.
func FuzzStrangers(f *testing.F) {
	for _, h := range hookRequests() {
		f.Add(strings.TrimPrefix(h.URL, public), h.body(), "application/x-www-form-urlencoded", base64.StdEncoding.EncodeToString([]byte(h.Name)))
	}
	f.Add("/texts/%2e%2e/status", "a=%zz;b", "application/json", "")
	f.Add("//texts", "", "", "=")
	f.Fuzz(func(t *testing.T, path, body, kind, signature string) {
		u, err := url.Parse("http://10.0.0.7/hooks/twilio" + path)
		if err != nil || u.Host != "10.0.0.7" {
			return
		}
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body))
		r.URL = u
		r.Header.Set("Content-Type", kind)
		r.Header.Set("X-Twilio-Signature", signature)
		in := &inbox{}
		if w := serve(hookRequest{}.handler(t, in), r); w.Code < 300 || w.Code >= 500 || in.count() != 0 {
			t.Errorf("got %d, %d handed over", w.Code, in.count())
		}
	})
}

// FuzzSigned sends strange parameters that Twilio did sign: never a panic, and
// every answer is a document that parses.
func FuzzSigned(f *testing.F) {
	for i, h := range hookRequests() {
		f.Add(uint8(i), h.body(), "满意请按1", "rating", "zh-CN")
	}
	f.Add(uint8(3), "CallSid=CA1&AccountSid="+account+"&Digits=**##", "\x00<\ufffe>]]>", "a/b", "")
	f.Fuzz(func(t *testing.T, route uint8, body, say, question, lang string) {
		form, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		h := hookRequest{URL: public + fuzzPaths[int(route)%len(fuzzPaths)], Params: map[string]string{}}
		for _, name := range slices.Collect(maps.Keys(form)) {
			h.Params[name] = form.Get(name)
		}
		h.Params["AccountSid"] = account
		w := h.send(t, &inbox{say: &callbacks.Prompt{Say: say, Question: question, Lang: lang}}, h.body(), h.sign())
		switch {
		case w.Code == 500 && !callbacks.GoodRef(question):
		case w.Code >= 500:
			t.Errorf("got %d", w.Code)
		case w.Code == 200:
			parsed(t, w.Body.String())
		}
	})
}
