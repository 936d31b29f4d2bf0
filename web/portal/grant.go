package portal

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"time"

	"nengban/tickets"
)

// grant is what a browser holds after number and code were right: it opens
// this one ticket for a while, so that reload, print and the forms work with
// nothing secret in an address. It travels sealed in a cookie of its own; the
// desk keeps nothing of strangers.
type grant struct {
	Number string    `json:"n"`
	At     time.Time `json:"t"`
}

// receipt is what the page after filing shows: the one time that the query
// code is seen. It travels like a grant.
type receipt struct {
	grant
	Code    string    `json:"c"`
	Again   bool      `json:"a,omitempty"` // the same form had been filed before
	Texts   bool      `json:"x,omitempty"` // texts will come
	Refused []refused `json:"r,omitempty"`
}

// refused is a file that was not taken, and why.
type refused struct {
	Name string `json:"n"`
	Code string `json:"c"`
	Arg  string `json:"a,omitempty"`
}

// How long a ticket stays open in a browser nobody touches, how long a form
// may be typed at, and how long a receipt can be looked at again.
const (
	grantIdle   = 30 * time.Minute
	grantTyping = 4 * time.Hour
	receiptTime = 2 * time.Hour
)

const (
	grantCookie   = "nengban_look"
	receiptCookie = "nengban_receipt"
)

// grantOf returns the ticket that this browser may see, and lets it stay open
// for another while. What was typed for hours can still be sent.
func (p *Portal) grantOf(w http.ResponseWriter, r *http.Request) (grant, bool) {
	var g grant
	most := grantIdle
	if r.Method == http.MethodPost {
		most = grantTyping
	}
	if !p.carried(r, grantCookie, &g) || p.Now().Sub(g.At) > most {
		return grant{}, false
	}
	if p.Now().Sub(g.At) > time.Minute {
		g.At = p.Now()
		if err := p.carry(w, grantCookie, "/look", grantTyping, g); err != nil {
			p.Log.Warn("keeping a ticket open", "error", err)
		}
	}
	return g, true
}

// let opens a ticket in this browser.
func (p *Portal) let(w http.ResponseWriter, t *tickets.Ticket) error {
	return p.carry(w, grantCookie, "/look", grantTyping, grant{t.Number, p.Now()})
}

// carry puts a value into a sealed cookie that is sent to these paths only.
func (p *Portal) carry(w http.ResponseWriter, name, path string, most time.Duration, v any) error {
	plain, err := json.Marshal(v)
	if err != nil {
		return err
	}
	sealed, err := p.Vault.Seal(plain, "cookie:"+name)
	if err != nil {
		return err
	}
	http.SetCookie(w, p.cookie(name, path, base64.RawURLEncoding.EncodeToString(sealed), int(most.Seconds())))
	return nil
}

// carried reads what carry put there. A changed byte, another key or nothing
// at all are the same.
func (p *Portal) carried(r *http.Request, name string, v any) bool {
	c, err := r.Cookie(name)
	if err != nil {
		return false
	}
	sealed, err := base64.RawURLEncoding.DecodeString(c.Value)
	if err != nil {
		return false
	}
	plain, err := p.Vault.Open(sealed, "cookie:"+name)
	return err == nil && json.Unmarshal(plain, v) == nil
}

func (p *Portal) forget(w http.ResponseWriter) {
	http.SetCookie(w, p.cookie(grantCookie, "/look", "", -1))
	http.SetCookie(w, p.cookie(receiptCookie, "/file", "", -1))
}

func (p *Portal) cookie(name, path, value string, most int) *http.Cookie {
	//nolint:gosec // Secure where the desk is reached by https
	return &http.Cookie{Name: name, Path: path, Value: value, MaxAge: most, HttpOnly: true, Secure: p.Secure, SameSite: http.SameSiteLaxMode}
}
