package session_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"nengban/web/session"
)

// provider answers for a city's sign-on that hands out no token to anybody.
type provider struct{ codes []string }

func (p *provider) RoundTrip(r *http.Request) (*http.Response, error) {
	const about = `{"issuer":"https://sso.example","authorization_endpoint":"https://sso.example/a","token_endpoint":"https://sso.example/t","jwks_uri":"https://sso.example/k"}`
	res := &http.Response{StatusCode: http.StatusOK, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(about)), Request: r}
	if r.URL.Path == "/t" {
		_ = r.ParseForm() // what cannot be read has no code
		p.codes = append(p.codes, r.PostForm.Get("code"))
		res.StatusCode, res.Body = http.StatusBadRequest, io.NopCloser(strings.NewReader(`{"error":"invalid_grant"}`))
	}
	return res, nil
}

// FuzzSignedOn comes back from the sign-on with any answer: without the state
// that this browser was sent away with nobody even asks the provider, and
// without a token of his nobody comes in.
func FuzzSignedOn(f *testing.F) {
	for _, q := range []string{"", "state=x&code=y", "state=&code=", "error=access_denied", "state=x&state=y", "code=%00&state=%ff", "%zz", strings.Repeat("state=x&", 500)} {
		f.Add(q, false)
		f.Add(q, true)
	}
	d := newDesk(f)
	f.Fuzz(func(t *testing.T, query string, right bool) {
		p := &provider{}
		so := &session.SignOn{Issuer: "https://sso.example", ClientID: "nengban", Groups: "groups", Client: &http.Client{Transport: p}}
		answer, err := url.ParseQuery(query)
		if err != nil {
			return // net/http leaves out what cannot be read
		}
		d.sessions.Middleware(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			to, err := d.sessions.SignOnAddress(r.Context(), so)
			if err != nil {
				t.Fatal(err)
			}
			sent, err := url.Parse(to)
			if err != nil {
				t.Fatal(err)
			}
			if right {
				answer.Set("state", sent.Query().Get("state"))
			}
			m, err := d.sessions.SignedOn(r, so, answer, "192.0.2.1")
			if !errors.Is(err, session.ErrSignOn) || m.ID != 0 {
				t.Errorf("%q lets %q in, or is refused with %v", query, m.Name, err)
			}
			asked := len(p.codes)
			if asked > 0 != right {
				t.Errorf("%q with the right state %v: the provider was asked %d times", query, right, asked)
			}
			if _, err := d.sessions.SignedOn(r, so, answer, "192.0.2.1"); !errors.Is(err, session.ErrSignOn) || len(p.codes) > asked {
				t.Errorf("%q is taken twice: %v", query, err)
			}
		})).ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/", nil))
	})
}
