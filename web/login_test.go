package web_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
	"github.com/pquerna/otp/totp"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web"
	"nengban/web/session"
	"nengban/web/webtest"
)

// enrol sets a second factor up as a person does and returns its secret and
// the recovery codes.
func enrol(t *testing.T, s *webtest.Site, c *webtest.Client, form url.Values) (secret string, recovery []string) {
	t.Helper()
	p := c.Post("/account/second-factor", form).Is(http.StatusOK)
	secret = regexp.MustCompile(`[A-Z2-7]{32}`).FindString(p.Text("main"))
	if secret == "" {
		t.Fatalf("no secret is shown:\n%s", p.Text("main"))
	}
	c.Post("/account/second-factor/confirm", url.Values{"code": {"000000"}}).Is(http.StatusUnprocessableEntity)
	p = c.Post("/account/second-factor/confirm", url.Values{"code": {code(t, s, secret)}}).Is(http.StatusOK)
	recovery = regexp.MustCompile(`[a-z2-7]{5}-[a-z2-7]{5}`).FindAllString(p.Text("main"), -1)
	if len(recovery) != 10 {
		t.Fatalf("%d recovery codes are shown; want ten", len(recovery))
	}
	return secret, recovery
}

func code(t *testing.T, s *webtest.Site, secret string) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, s.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func credentials(m staff.Member) url.Values {
	return url.Values{"login": {webtest.Login(m)}, "password": {webtest.Password}}
}

func TestWithASecondFactorThePasswordAloneOpensNothing(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	mine := s.As(s.Operator)
	mine.Post("/account/second-factor", url.Values{"password": {"wrong"}}).Is(http.StatusUnprocessableEntity)
	secret, recovery := enrol(t, s, mine, url.Values{"password": {webtest.Password}})
	s.Clock.Advance(time.Minute)

	c := s.Stranger()
	p := c.Post("/login", credentials(s.Operator)).Is(http.StatusOK)
	if p.Text("h1") != "两步验证" {
		t.Errorf("after the password comes %q", p.Text("h1"))
	}
	c.Still().Get("/desk").Is(http.StatusSeeOther) // to the login
	c.Post("/login/code", url.Values{"code": {"123456"}}).Is(http.StatusUnauthorized)
	if p := c.Post("/login/code", url.Values{"code": {code(t, s, secret)}}); p.Path != "/desk" {
		t.Errorf("with the code one comes to %s (%d)", p.Path, p.Status)
	}
	other := s.Stranger()
	other.Post("/login", credentials(s.Operator))
	if p := other.Post("/login/code", url.Values{"code": {code(t, s, secret)}}); p.Status != http.StatusUnauthorized {
		t.Errorf("a code is taken twice: %d at %s", p.Status, p.Path)
	}
	if p := other.Post("/login/code", url.Values{"code": {recovery[0]}}); p.Path != "/desk" {
		t.Errorf("with a recovery code one comes to %s (%d)", p.Path, p.Status)
	}
	late := s.Stranger()
	late.Post("/login", credentials(s.Operator))
	s.Clock.Advance(6 * time.Minute)
	if p := late.Still().Post("/login/code", url.Values{"code": {code(t, s, secret)}}); p.Status != http.StatusSeeOther || p.Header.Get("Location") != "/login" {
		t.Errorf("six minutes after the password the code is answered %d", p.Status)
	}
	// The administrator helps somebody who lost telephone and codes.
	s.As(s.Admin).Post("/staff/1/second-factor", nil).Is(http.StatusOK)
	s.As(s.Operator)
}

func TestCodesCannotBeGuessed(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	enrol(t, s, s.As(s.Operator), url.Values{"password": {webtest.Password}})
	c := s.Stranger()
	c.Post("/login", credentials(s.Operator))
	tries := 0
	for c.Post("/login/code", url.Values{"code": {"123456"}}).Status == http.StatusUnauthorized && tries < 50 {
		tries++
	}
	if tries > 10 {
		t.Errorf("%d codes could be tried in a row", tries)
	}
}

func TestWhereEverybodyNeedsASecondFactorItComesFirst(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(p *web.Parts) { p.FactorRequired = true })
	c := s.Stranger()
	if p := c.Post("/login", credentials(s.Operator)); p.Path != "/account/second-factor" {
		t.Fatalf("without one a member comes to %s", p.Path)
	}
	if p := c.Still().Get("/tickets"); p.Status != http.StatusSeeOther || p.Header.Get("Location") != "/account/second-factor" {
		t.Errorf("the list of tickets answers %d", p.Status)
	}
	c.Do("GET", "/api/v1/tickets", "", nil).Is(http.StatusForbidden)
	enrol(t, s, c, nil)
	c.Get("/tickets").Is(http.StatusOK)
}

func TestAMemberSeesAndEndsHisSessions(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	here, there, colleague := s.As(s.Operator), s.As(s.Operator), s.As(s.Dispatcher)
	p := here.Get("/account").Is(http.StatusOK)
	if n := len(p.All(`form[action="/account/sessions/end"] input[name=id]`)); n != 1 {
		t.Errorf("%d other sessions are listed; want one", n)
	}
	here.Post("/account/sessions/end", url.Values{"id": {p.Attr(`form[action="/account/sessions/end"] input[name=id]`, "value")}})
	there.Still().Get("/desk").Is(http.StatusSeeOther)
	here.Get("/desk").Is(http.StatusOK)

	third := s.As(s.Operator)
	here.Post("/account/password", url.Values{"old": {webtest.Password}, "new": {"still water 2027"}}).Is(http.StatusOK)
	third.Still().Get("/desk").Is(http.StatusSeeOther)
	here.Get("/desk").Is(http.StatusOK)
	s.As(s.Admin).Post("/staff/1/password", nil).Is(http.StatusOK)
	here.Still().Get("/desk").Is(http.StatusSeeOther)
	colleague.Get("/desk").Is(http.StatusOK)
}

func TestAProgramComesInWithItsKeyAndNoFurther(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	c := s.As(s.Operator)
	c.Post("/account/keys", url.Values{"name": {""}, "scope": {"read"}, "days": {"90"}}).Is(http.StatusUnprocessableEntity)
	p := c.Post("/account/keys", url.Values{"name": {"报表系统"}, "scope": {"read"}, "days": {"90"}}).Is(http.StatusOK)
	secret := p.Text(".key-secret")
	if !strings.HasPrefix(secret, "nengban_") || strings.Contains(c.Get("/account").Text("main"), secret) {
		t.Errorf("the key %q is not shown, or shown again", secret)
	}
	program := s.Stranger()
	ask := func(method, path, key string) int {
		return program.Do(method, path, "application/json", strings.NewReader("{}"), "Authorization", "Bearer "+key).Status
	}
	for _, want := range []struct {
		method, path, key string
		status            int
	}{
		{"GET", "/api/v1/tickets/" + x.Number, secret, http.StatusOK},
		{"POST", "/api/v1/tickets", secret, http.StatusForbidden},
		{"POST", "/api/v1/tickets/" + x.Number + "/notes", secret, http.StatusForbidden},
		{"GET", "/api/v1/tickets/" + x.Number, secret + "x", http.StatusUnauthorized},
		{"GET", "/api/v1/tickets/" + x.Number, "", http.StatusUnauthorized},
		{"GET", "/tickets/" + x.Number, secret, http.StatusOK}, // of the login page: keys open no screens
	} {
		if got := ask(want.method, want.path, want.key); got != want.status {
			t.Errorf("%s %s: %d; want %d", want.method, want.path, got, want.status)
		}
	}
	if p := program.Do("GET", "/tickets/"+x.Number, "", nil, "Authorization", "Bearer "+secret); p.Path != "/login" {
		t.Errorf("with a key a screen is opened: %s", p.Path)
	}
	c.Post("/account/keys/1/drop", nil)
	if got := ask("GET", "/api/v1/tickets/"+x.Number, secret); got != http.StatusUnauthorized {
		t.Errorf("a revoked key is answered %d", got)
	}
}

func TestTheSecurityLogTellsWhoDidWhatToAccounts(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Stranger().Post("/login", url.Values{"login": {"operator"}, "password": {"guess"}})
	s.As(s.Admin).Post("/staff/1/switch", url.Values{"active": {"no"}}).Is(http.StatusOK)
	told := s.As(s.Auditor).Get("/security").Is(http.StatusOK).Text("main table")
	for _, want := range []string{"登录被拒绝", "operator", "启用或停用账号", "陈话务", "郑管理", "127.0.0.1"} {
		if !strings.Contains(told, want) {
			t.Errorf("the log does not say %s", want)
		}
	}
	s.As(s.Supervisor).Get("/security").Is(http.StatusForbidden)
}

// provider is a small OpenID provider of a city.
type provider struct {
	*httptest.Server
	t      *testing.T
	key    *rsa.PrivateKey
	mu     sync.Mutex
	asked  url.Values     // what the desk asked last
	claims map[string]any // what the next token says beside what it must
}

func newProvider(t *testing.T) *provider {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, key: key, claims: map[string]any{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.give(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/ask", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}})
	})
	mux.HandleFunc("/keys", func(w http.ResponseWriter, _ *http.Request) {
		p.give(w, map[string]any{"keys": []any{map[string]any{"kty": "RSA", "kid": "1", "alg": "RS256", "use": "sig",
			"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes())}}})
	})
	mux.HandleFunc("/ask", func(w http.ResponseWriter, r *http.Request) {
		p.mu.Lock()
		p.asked = r.URL.Query()
		p.mu.Unlock()
		http.Redirect(w, r, p.asked.Get("redirect_uri")+"?code=c-1&state="+url.QueryEscape(p.asked.Get("state")), http.StatusFound)
	})
	mux.HandleFunc("/token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r.FormValue("code_verifier") == "" || p.asked.Get("code_challenge") == "" {
		http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
		return
	}
	now := time.Now()
	claims := map[string]any{"iss": p.URL, "sub": "u-1", "aud": "nengban", "exp": now.Add(time.Minute).Unix(), "iat": now.Unix(), "nonce": p.asked.Get("nonce"),
		"preferred_username": "wu.signed", "name": "吴统一", "groups": []string{"hotline", "others"}}
	maps.Copy(claims, p.claims)
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: jose.RS256, Key: p.key}, (&jose.SignerOptions{}).WithHeader("kid", "1"))
	if err != nil {
		p.t.Error(err)
		return
	}
	raw, err := jwt.Signed(signer).Claims(claims).Serialize()
	if err != nil {
		p.t.Error(err)
		return
	}
	p.give(w, map[string]any{"access_token": "a", "token_type": "Bearer", "id_token": raw})
}

func (p *provider) give(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v)
}

// says makes the provider's next tokens say something else.
func (p *provider) says(claim string, v any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.claims = map[string]any{claim: v}
}

// signedOnSite is a desk that trusts the provider.
func signedOnSite(t *testing.T) (*webtest.Site, *provider) {
	t.Helper()
	p := newProvider(t)
	roles, err := session.ParseGroups("hotline=operator; chiefs=supervisor,dispatcher")
	if err != nil {
		t.Fatal(err)
	}
	so := &session.SignOn{Issuer: p.URL, ClientID: "nengban", ClientSecret: "s", Groups: "groups", Roles: roles, Client: p.Client()}
	s := webtest.New(t, func(parts *web.Parts) { parts.SignOn = so })
	so.Redirect = s.URL + "/login/sign-on/back"
	return s, p
}

func TestComingInThroughTheCitysSignOn(t *testing.T) {
	t.Parallel()
	s, p := signedOnSite(t)
	if n := s.Stranger().Get("/login").All(`a[href="/login/sign-on"]`); len(n) != 1 {
		t.Error("the login page does not offer the sign-on")
	}
	c := s.Stranger()
	if got := c.Get("/login/sign-on"); got.Path != "/desk" {
		t.Fatalf("one comes to %s (%d)\n%s", got.Path, got.Status, got.Text("main"))
	}
	if got := c.Get("/account").Text("main"); !strings.Contains(got, "吴统一") || !strings.Contains(got, "话务员") {
		t.Errorf("he is %s", got)
	}
	p.says("groups", []string{"chiefs"})
	c = s.Stranger()
	c.Get("/login/sign-on")
	if got := c.Get("/account").Text("main"); !strings.Contains(got, "督办员") || strings.Contains(got, "话务员") {
		t.Errorf("after his groups changed he is %s", got)
	}
}

func TestWhatTheSignOnMustNotGetAwayWith(t *testing.T) {
	t.Parallel()
	s, p := signedOnSite(t)
	for _, test := range []struct {
		name, claim string
		value       any
		status      int
	}{
		{"a token for another desk", "aud", "other", http.StatusUnauthorized},
		{"a token of another issuer", "iss", "https://evil.example", http.StatusUnauthorized},
		{"a token that is over", "exp", time.Now().Add(-time.Hour).Unix(), http.StatusUnauthorized},
		{"a token asked for by another browser", "nonce", "other", http.StatusUnauthorized},
		{"somebody in no group of the desk", "groups", []string{"others"}, http.StatusForbidden},
		{"somebody with a colleague's login", "preferred_username", "operator", http.StatusConflict},
	} {
		p.says(test.claim, test.value)
		c := s.Stranger()
		if got := c.Get("/login/sign-on"); got.Status != test.status {
			t.Errorf("%s: %d; want %d", test.name, got.Status, test.status)
		}
		c.Still().Get("/desk").Is(http.StatusSeeOther)
	}
	// An answer that this browser never asked for.
	s.Stranger().Get("/login/sign-on/back?code=c-1&state=x").Is(http.StatusUnauthorized)
	s.Stranger().Get("/login/sign-on/back?code=c-1&state=").Is(http.StatusUnauthorized)
}

func TestWithoutASignOnItsAddressesAreNotThere(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Stranger().Get("/login/sign-on").Is(http.StatusNotFound)
	s.Stranger().Get("/login/sign-on/back?code=1&state=2").Is(http.StatusNotFound)
}
