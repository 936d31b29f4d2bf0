package webtest

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/andybalholm/cascadia"
	"golang.org/x/net/html"

	"nengban/web/i18n"
)

// Page is an answer as a person sees it.
type Page struct {
	Status int
	Path   string // where the redirects ended
	Header http.Header
	Body   string

	t    testing.TB
	c    *Client
	root *html.Node
}

func read(c *Client, res *http.Response) *Page {
	c.t.Helper()
	body, err := io.ReadAll(res.Body)
	must(c.t, err)
	p := &Page{Status: res.StatusCode, Path: res.Request.URL.Path, Header: res.Header, Body: string(body), t: c.t, c: c}
	if p.root, err = html.Parse(strings.NewReader(p.Body)); err != nil {
		c.t.Fatal(err)
	}
	if key := bareKey(p.root); key != "" && strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
		c.t.Errorf("%s shows the bare key %s; write its sentence", p.Path, key)
	}
	return p
}

// bareKey returns the first key of the catalogue that stands on a page instead
// of its sentence, or "".
func bareKey(n *html.Node) string {
	if n.Type == html.TextNode && n.Parent != nil && n.Parent.Data != "textarea" {
		for _, w := range strings.Fields(n.Data) {
			if g, _, dotted := strings.Cut(w, "."); dotted && groups()[g] && bare.MatchString(w) {
				return w
			}
		}
	}
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		if key := bareKey(c); key != "" {
			return key
		}
	}
	return ""
}

var (
	bare   = regexp.MustCompile(`^[a-z_]+(\.[a-zA-Z0-9_-]+)+$`)
	groups = sync.OnceValue(func() map[string]bool {
		out := map[string]bool{}
		if c, err := i18n.Load(time.UTC); err == nil {
			for _, k := range c.Keys(i18n.Languages[0]) {
				g, _, _ := strings.Cut(k, ".")
				out[g] = true
			}
		}
		return out
	})
)

// Is checks the status and returns the page.
func (p *Page) Is(status int) *Page {
	p.t.Helper()
	if p.Status != status {
		p.t.Fatalf("%s answered %d; want %d\n%s", p.Path, p.Status, status, p.Text("main"))
	}
	return p
}

// All returns the texts of everything that the selector finds.
func (p *Page) All(selector string) []string {
	p.t.Helper()
	var out []string
	for _, n := range p.nodes(selector) {
		out = append(out, textOf(n))
	}
	return out
}

// Has says whether the selector finds anything.
func (p *Page) Has(selector string) bool {
	p.t.Helper()
	return len(p.nodes(selector)) > 0
}

// Text returns the text of the first that the selector finds, "" when there is none.
func (p *Page) Text(selector string) string {
	p.t.Helper()
	if all := p.All(selector); len(all) > 0 {
		return all[0]
	}
	return ""
}

// Attr returns an attribute of the first that the selector finds.
func (p *Page) Attr(selector, name string) string {
	p.t.Helper()
	for _, n := range p.nodes(selector) {
		return attr(n, name)
	}
	return ""
}

// Attrs returns an attribute of everything that the selector finds.
func (p *Page) Attrs(selector, name string) []string {
	p.t.Helper()
	var out []string
	for _, n := range p.nodes(selector) {
		out = append(out, attr(n, name))
	}
	return out
}

// Want checks that the first that the selector finds holds the words.
func (p *Page) Want(selector, words string) *Page {
	p.t.Helper()
	if !p.Has(selector) {
		p.t.Errorf("%s has no %s; its content is:\n%s", p.Path, selector, p.Text("main"))
	} else if got := strings.Join(p.All(selector), "\n"); !strings.Contains(got, words) {
		p.t.Errorf("%s: %s says %q; want %q in it", p.Path, selector, got, words)
	}
	return p
}

// WantBody checks that the answer holds the words, for one that is no page.
func (p *Page) WantBody(words string) *Page {
	p.t.Helper()
	if !strings.Contains(p.Body, words) {
		p.t.Errorf("%s says %s; want %s in it", p.Path, p.Body, words)
	}
	return p
}

// WantNo checks that the selector finds nothing.
func (p *Page) WantNo(selector string) *Page {
	p.t.Helper()
	if p.Has(selector) {
		p.t.Errorf("%s has %s: %q; want none", p.Path, selector, p.Text(selector))
	}
	return p
}

// Click follows the first link that the selector finds.
func (p *Page) Click(selector string) *Page {
	p.t.Helper()
	href := p.Attr(selector, "href")
	if href == "" {
		p.t.Fatalf("%s has no link %s", p.Path, selector)
	}
	return p.c.Get(href)
}

// Form is a form of a page, filled with what stands in it.
type Form struct {
	url.Values
	Action string
	page   *Page
	form   *html.Node
}

// Form returns the form that the selector finds.
func (p *Page) Form(selector string) *Form {
	p.t.Helper()
	all := p.nodes(selector)
	if len(all) == 0 || all[0].Data != "form" {
		p.t.Fatalf("%s has no form %s; its content is:\n%s", p.Path, selector, p.Text("main"))
	}
	f := &Form{Values: url.Values{}, Action: attr(all[0], "action"), page: p, form: all[0]}
	if f.Action == "" {
		f.Action = p.Path
	}
	for _, n := range cascadia.QueryAll(all[0], cascadia.MustCompile("input, select, textarea")) {
		f.take(n)
	}
	return f
}

// With types a value into a field that the form has.
func (f *Form) With(name string, values ...string) *Form {
	f.page.t.Helper()
	if cascadia.Query(f.form, cascadia.MustCompile(`[name="`+name+`"]`)) == nil {
		f.page.t.Fatalf("the form %s has no field %s", f.Action, name)
	}
	f.Values[name] = values
	return f
}

// Press sends the form, by the button whose name and value are given when
// there are several.
func (f *Form) Press(button ...string) *Page {
	f.page.t.Helper()
	action := f.Action
	if len(button) == 2 {
		f.Set(button[0], button[1])
	}
	if strings.EqualFold(attr(f.form, "method"), "post") {
		return f.page.c.Post(action, f.Values)
	}
	return f.page.c.Get(action + "?" + f.Encode())
}

// take reads what stands in one control, as a browser would send it.
func (f *Form) take(n *html.Node) {
	name := attr(n, "name")
	if name == "" {
		return
	}
	switch {
	case n.Data == "textarea":
		f.Add(name, rawText(n))
	case n.Data == "select":
		f.takeSelect(n, name)
	case attr(n, "type") == "checkbox" || attr(n, "type") == "radio":
		if hasAttr(n, "checked") {
			f.Add(name, attr(n, "value"))
		}
	case attr(n, "type") == "file":
	default:
		f.Add(name, attr(n, "value"))
	}
}

func (f *Form) takeSelect(n *html.Node, name string) {
	options := cascadia.QueryAll(n, cascadia.MustCompile("option"))
	for _, o := range options {
		if hasAttr(o, "selected") {
			f.Add(name, attr(o, "value"))
			return
		}
	}
	if len(options) > 0 {
		f.Add(name, attr(options[0], "value"))
	}
}

func (p *Page) nodes(selector string) []*html.Node {
	p.t.Helper()
	s, err := cascadia.ParseGroup(selector)
	if err != nil {
		p.t.Fatalf("selector %s: %v", selector, err)
	}
	return cascadia.QueryAll(p.root, s)
}

// textOf returns the words of a node with single spaces between them.
func textOf(n *html.Node) string { return strings.Join(strings.Fields(rawText(n)), " ") }

func rawText(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var out strings.Builder
	for c := n.FirstChild; c != nil; c = c.NextSibling {
		out.WriteString(rawText(c))
		if c.Type == html.ElementNode {
			out.WriteByte(' ')
		}
	}
	return out.String()
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func hasAttr(n *html.Node, name string) bool {
	for _, a := range n.Attr {
		if a.Key == name {
			return true
		}
	}
	return false
}
