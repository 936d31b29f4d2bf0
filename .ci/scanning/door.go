package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// people are who comes to the desk, each through a door of his own. "" is a
// stranger, "citizen" one with the code of a ticket.
var people = []string{"", "citizen", "lin.yue", "zhao.lei", "qian.wei", "wei.ran", "li.nan", "zheng.hai"}

// door is a proxy with TLS for one person: what comes through it is his, from
// an address that nobody else has.
type door struct {
	name, login, password string
	number, code          string // of the citizen's ticket
	url                   *url.URL
	behind                *url.URL
	mu                    sync.Mutex
	cookies               []*http.Cookie // of the session
	lost                  bool           // it has ended: log in again
	targets               []target

	requests atomic.Int64
	counts   [6]atomic.Int64 // by hundreds of the status
	broken   sync.Map        // "POST /x 500" → times
}

var fresh atomic.Uint32 // addresses given away

func open(ctx context.Context, k *desk, t *town) ([]*door, error) {
	cert, err := certificate()
	if err != nil {
		return nil, err
	}
	var out []*door
	for i, login := range people {
		l := k.public
		if i > 0 {
			if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
				return nil, err
			}
		}
		d := &door{name: login, login: login, password: t.passwords[login], behind: &url.URL{Scheme: "http", Host: k.address}, url: &url.URL{Scheme: "https", Host: l.Addr().String()}}
		switch {
		case login == "":
			d.name = "stranger"
		case login == "citizen":
			d.number, d.code = t.number, t.code
		case d.password == "":
			return nil, fmt.Errorf("the demo did not print a password for %s", login)
		}
		if err := d.enter(ctx); err != nil {
			return nil, err
		}
		srv := &http.Server{Handler: d.proxy(), TLSConfig: &tls.Config{Certificates: []tls.Certificate{cert}}, ReadHeaderTimeout: time.Minute, ErrorLog: log.New(io.Discard, "", 0)}
		go func() { log.Print(srv.ServeTLS(l, "", "")) }()
		out = append(out, d)
	}
	return out, nil
}

// enter logs in, or looks a ticket up, and keeps the session.
func (d *door) enter(ctx context.Context) error {
	var form url.Values
	var path string
	switch {
	case d.number != "":
		path, form = "/look", url.Values{"number": {d.number}, "code": {d.code}}
	case d.login != "":
		path, form = "/login", url.Values{"login": {d.login}, "password": {d.password}}
	default:
		return nil
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, d.behind.String()+path, strings.NewReader(form.Encode()))
	if err != nil {
		return err
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("X-Forwarded-For", address())
	stay := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := stay.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusSeeOther {
		return fmt.Errorf("%s came to %s and got %d", d.name, path, res.StatusCode)
	}
	d.lost, d.cookies = false, res.Cookies()
	return nil
}

// kept are acts that would end the scan: they switch off or lock out the very
// people that the scanners come as. (wapiti has an option for this that ends it
// with Debian's Python.)
var kept = regexp.MustCompile(`^/staff/\d+(/switch|/password|/second-factor)?$|^/account/(password|second-factor|sessions/end)|^/logout$|^/look/leave$`)

// ended is where somebody is sent whose session is over.
var ended = regexp.MustCompile(`^/login\?back=|^/look(\?late)?$`)

func (d *door) proxy() http.Handler {
	p := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(d.behind)
			r.Out.Host = r.In.Host
			r.Out.Header.Set("X-Forwarded-For", address())
			d.dress(r.Out)
		},
		ModifyResponse: func(res *http.Response) error {
			d.requests.Add(1)
			d.counts[res.StatusCode/100].Add(1)
			if res.StatusCode >= 500 {
				n, _ := d.broken.LoadOrStore(fmt.Sprintf("%s %s %d", res.Request.Method, differs.ReplaceAllString(res.Request.URL.Path, "#"), res.StatusCode), new(atomic.Int64))
				n.(*atomic.Int64).Add(1)
			}
			if d.login != "" && (res.StatusCode == http.StatusUnauthorized || ended.MatchString(res.Header.Get("Location"))) {
				d.mu.Lock()
				d.lost = true
				d.mu.Unlock()
			}
			return nil
		},
		ErrorHandler: func(w http.ResponseWriter, r *http.Request, err error) {
			if r.Context().Err() == nil { // else the scanner has gone
				n, _ := d.broken.LoadOrStore(fmt.Sprintf("%s %s: %v", r.Method, r.URL.RequestURI(), err), new(atomic.Int64))
				n.(*atomic.Int64).Add(1)
			}
			w.WriteHeader(http.StatusBadGateway)
		},
		ErrorLog: log.New(io.Discard, "", 0),
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPost && kept.MatchString(r.URL.Path) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
		p.ServeHTTP(w, r)
	})
}

// dress puts the person's session on a request, begun anew where a scanner has
// ended it. What else the scanner put into cookies stays.
func (d *door) dress(r *http.Request) {
	if d.login == "" {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lost {
		if err := d.enter(context.Background()); err != nil {
			log.Print("coming in again: ", err)
		}
	}
	var his []*http.Cookie
	for _, c := range d.cookies {
		if strings.HasPrefix(r.URL.Path, c.Path) {
			his = append(his, c)
		}
	}
	for _, c := range r.Cookies() {
		if !slices.ContainsFunc(d.cookies, func(x *http.Cookie) bool { return x.Name == c.Name }) {
			his = append(his, c)
		}
	}
	r.Header.Del("Cookie")
	for _, c := range his {
		r.AddCookie(c)
	}
}

// address is one that no request had before.
func address() string {
	n := fresh.Add(1)
	return fmt.Sprintf("10.%d.%d.%d", n>>16&255, n>>8&255, n&255)
}

func certificate() (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	t := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}}
	der, err := x509.CreateCertificate(rand.Reader, t, t, &key.PublicKey, key)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, err
}
