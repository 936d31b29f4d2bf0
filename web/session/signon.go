package session

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"nengban/tickets/staff"
)

// SignOn is the city's own sign-on (OpenID Connect): who comes through it, and
// which group is which role.
type SignOn struct {
	Issuer       string
	ClientID     string
	ClientSecret string
	Redirect     string // this desk's /login/sign-on/back, as the provider knows it
	Groups       string // the claim that lists groups
	Department   string // the claim that holds a department's code; empty: none
	Roles        map[string][]staff.Role
	Client       *http.Client // nil: one that waits ten seconds

	mu       sync.Mutex
	provider *oidc.Provider
}

// ParseGroups reads which group is which role: "clerks=window_clerk; chiefs=supervisor,dispatcher".
func ParseGroups(s string) (map[string][]staff.Role, error) {
	out := map[string][]staff.Role{}
	for part := range strings.SplitSeq(s, ";") {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		group, words, ok := strings.Cut(part, "=")
		roles, unknown := staff.ParseRoles(words)
		if !ok || strings.TrimSpace(group) == "" || unknown != "" || len(roles) == 0 {
			return nil, fmt.Errorf("%q should be group=role,role with roles of the desk", part)
		}
		out[strings.TrimSpace(group)] = roles
	}
	return out, nil
}

// SignOnAddress returns where a browser must go to sign on, and keeps in its
// session what must come back: state against another's answer, a nonce against
// another's token, and a secret (PKCE) against a stolen code.
func (s *Sessions) SignOnAddress(ctx context.Context, so *SignOn) (string, error) {
	conf, _, err := so.config(ctx)
	if err != nil {
		return "", err
	}
	state, nonce, verifier := random(), random(), oauth2.GenerateVerifier()
	s.scs.Put(ctx, "sso_state", state)
	s.scs.Put(ctx, "sso_nonce", nonce)
	s.scs.Put(ctx, "sso_verifier", verifier)
	return conf.AuthCodeURL(state, oidc.Nonce(nonce), oauth2.S256ChallengeOption(verifier)), nil
}

// SignedOn takes the sign-on's answer and begins a session. It refuses with
// ErrSignOn what is not an answer to this browser's question, and with the
// errors of staff.Store.SignOn who may not come in.
func (s *Sessions) SignedOn(r *http.Request, so *SignOn, answer url.Values, address string) (staff.Member, error) {
	ctx := r.Context()
	state, nonce, verifier := s.Take(ctx, "sso_state"), s.Take(ctx, "sso_nonce"), s.Take(ctx, "sso_verifier")
	if state == "" || subtle.ConstantTimeCompare([]byte(state), []byte(answer.Get("state"))) != 1 {
		return staff.Member{}, ErrSignOn
	}
	who, err := so.identity(ctx, answer.Get("code"), nonce, verifier)
	if err != nil {
		return staff.Member{}, err
	}
	m, err := s.staff.SignOn(ctx, who)
	if err != nil {
		s.Note(ctx, staff.Member{Name: who.Login}, "sign_on_refused", who.Issuer+" "+who.Subject, address)
		return staff.Member{}, err
	}
	return m, s.begin(r, m, address)
}

// config finds the provider at its first use, since it may start after the desk.
func (so *SignOn) config(ctx context.Context) (*oauth2.Config, *oidc.Provider, error) {
	so.mu.Lock()
	defer so.mu.Unlock()
	if so.provider == nil {
		p, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), so.client()), so.Issuer)
		if err != nil {
			return nil, nil, fmt.Errorf("asking the sign-on how it works: %w", err)
		}
		so.provider = p
	}
	return &oauth2.Config{ClientID: so.ClientID, ClientSecret: so.ClientSecret, Endpoint: so.provider.Endpoint(), RedirectURL: so.Redirect,
		Scopes: []string{oidc.ScopeOpenID, "profile"}}, so.provider, nil
}

func (so *SignOn) client() *http.Client {
	if so.Client != nil {
		return so.Client
	}
	return &http.Client{Timeout: 10 * time.Second}
}

func (so *SignOn) identity(ctx context.Context, code, nonce, verifier string) (staff.Identity, error) {
	conf, provider, err := so.config(ctx)
	if err != nil {
		return staff.Identity{}, err
	}
	ctx = oidc.ClientContext(ctx, so.client())
	token, err := conf.Exchange(ctx, code, oauth2.VerifierOption(verifier))
	if err != nil {
		return staff.Identity{}, errors.Join(ErrSignOn, err)
	}
	raw, _ := token.Extra("id_token").(string)
	id, err := provider.Verifier(&oidc.Config{ClientID: so.ClientID}).Verify(ctx, raw)
	if err != nil {
		return staff.Identity{}, errors.Join(ErrSignOn, err)
	}
	if nonce == "" || subtle.ConstantTimeCompare([]byte(nonce), []byte(id.Nonce)) != 1 {
		return staff.Identity{}, ErrSignOn
	}
	var claims map[string]any
	if err := id.Claims(&claims); err != nil {
		return staff.Identity{}, errors.Join(ErrSignOn, err)
	}
	text := func(name string) string { s, _ := claims[name].(string); return s }
	who := staff.Identity{Issuer: id.Issuer, Subject: id.Subject, Login: text("preferred_username"), Name: text("name"), Roles: so.roles(claims[so.Groups])}
	if so.Department != "" {
		who.Department = text(so.Department)
	}
	return who, nil
}

// roles are those of all the groups, in the order that roles are listed.
func (so *SignOn) roles(groups any) []staff.Role {
	list, _ := groups.([]any)
	var out []staff.Role
	for _, r := range staff.Roles {
		if slices.ContainsFunc(list, func(g any) bool {
			name, _ := g.(string)
			return slices.Contains(so.Roles[name], r)
		}) {
			out = append(out, r)
		}
	}
	return out
}

func random() string {
	b := make([]byte, 24)
	_, _ = rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}
