package webtest

import (
	"net/http"
	"testing"
)

// Running is a site that somebody else has started, the whole program for
// one, and whose people are its own: strangers and browsers come to it, and log
// in by [Client.LogIn].
func Running(t testing.TB, address string) *Site {
	return &Site{URL: address, t: t}
}

// LogIn logs somebody in by the login page.
func (c *Client) LogIn(login, password string) {
	c.t.Helper()
	p := c.Get("/login").Is(http.StatusOK)
	if p = p.Form("form[action='/login']").With("login", login).With("password", password).Press(); p.Status != http.StatusOK || p.Path == "/login" {
		c.t.Fatalf("%s could not log in: %d at %s\n%s", login, p.Status, p.Path, p.Text("main"))
	}
}
