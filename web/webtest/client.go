package webtest

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"

	"nengban/tickets/staff"
)

// Client is a browser without script.
type Client struct {
	t    testing.TB
	base string
	http *http.Client
	Lang string // Accept-Language; zh-CN unless told
}

// Stranger is a browser in which nobody is logged in.
func (s *Site) Stranger() *Client {
	s.t.Helper()
	jar, err := cookiejar.New(nil)
	must(s.t, err)
	return &Client{t: s.t, base: s.URL, http: &http.Client{Jar: jar}, Lang: "zh-CN"}
}

// As is a browser in which the member is logged in.
func (s *Site) As(m staff.Member) *Client {
	s.t.Helper()
	c := s.Stranger()
	if p := c.Post("/login", url.Values{"login": {Login(m)}, "password": {Password}}); p.Status != http.StatusOK || p.Path == "/login" {
		s.t.Fatalf("%s could not log in: %d at %s\n%s", m.Name, p.Status, p.Path, p.Text("main"))
	}
	return c
}

// Still makes the client stop at a redirect, to see where it leads.
func (c *Client) Still() *Client {
	out := *c
	h := *c.http
	h.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	out.http = &h
	return &out
}

// English makes the client ask for English pages.
func (c *Client) English() *Client {
	out := *c
	out.Lang = "en"
	return &out
}

// Get opens an address.
func (c *Client) Get(path string) *Page {
	c.t.Helper()
	return c.Do("GET", path, "", nil)
}

// Post sends a form.
func (c *Client) Post(path string, form url.Values) *Page {
	c.t.Helper()
	return c.Do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// Fragment asks as our script does, for a part of a page.
func (c *Client) Fragment(path string, form url.Values) *Page {
	c.t.Helper()
	return c.Do("POST", path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), "HX-Request", "true")
}

// Upload sends a form with one file.
func (c *Client) Upload(path string, form url.Values, field, name string, body []byte) *Page {
	c.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for k, vs := range form {
		for _, v := range vs {
			must(c.t, w.WriteField(k, v))
		}
	}
	f, err := w.CreateFormFile(field, name)
	must(c.t, err)
	_, err = f.Write(body)
	must(c.t, err)
	must(c.t, w.Close())
	return c.Do("POST", path, w.FormDataContentType(), &b)
}

// Do sends anything at all. headers are names and values in turn.
func (c *Client) Do(method, path, kind string, body io.Reader, headers ...string) *Page {
	c.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = c.base + path
	}
	r, err := http.NewRequest(method, path, body)
	must(c.t, err)
	if kind != "" {
		r.Header.Set("Content-Type", kind)
	}
	r.Header.Set("Accept", "text/html")
	r.Header.Set("Accept-Language", c.Lang)
	for i := 0; i+1 < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.http.Do(r)
	must(c.t, err)
	defer func() { _ = res.Body.Close() }()
	return read(c, res)
}

// Raw asks without looking at the page, and returns its size in bytes: for
// benchmarks, in which reading HTML would cost more than making it.
func (c *Client) Raw(path string, want int) int {
	c.t.Helper()
	res, err := c.http.Get(c.base + path)
	must(c.t, err)
	n, err := io.Copy(io.Discard, res.Body)
	must(c.t, err)
	must(c.t, res.Body.Close())
	if res.StatusCode != want {
		c.t.Fatalf("%s answered %d; want %d", path, res.StatusCode, want)
	}
	return int(n)
}

// Cookies are what the browser sends to every page of the site.
func (c *Client) Cookies() []*http.Cookie { return c.CookiesAt("/") }

// CookiesAt are what it sends to one path: some are for a few pages only.
func (c *Client) CookiesAt(path string) []*http.Cookie {
	u, err := url.Parse(c.base + path)
	must(c.t, err)
	return c.http.Jar.Cookies(u)
}

// Take gives the browser another one's cookies, as a thief would.
func (c *Client) Take(cookies []*http.Cookie) {
	u, err := url.Parse(c.base)
	must(c.t, err)
	c.http.Jar.SetCookies(u, cookies)
}
