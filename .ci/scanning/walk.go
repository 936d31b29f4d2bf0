package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/html"
)

// target is a request that sqlmap tries every parameter of.
type target struct {
	method, path string // with its query
	body, kind   string
	names        []string
}

// mostPages are read in one walk: tickets and articles look alike.
const mostPages = 150

// starts are where a walk begins, beside what the pages lead to.
var starts = []string{"/", "/file", "/look", "/look/result", "/login", "/desk", "/tickets?status=all&q=%E8%B7%AF%E7%81%AF", "/tickets/find?number=1", "/directory?tab=duties&q=x", "/knowledge?q=x", "/supervision", "/callbacks", "/hot", "/appeals", "/security", "/system", "/staff", "/account", "/deadlines", "/proposals", "/next"}

// walk reads pages through the door and gathers what has parameters: each
// address and each form once for its shape, and what the API describes of itself.
// tried are the shapes that somebody before him had.
func (d *door) walk(ctx context.Context, t *town, tried map[string]bool) error {
	w := &walker{d: d, seen: map[string]bool{}, tried: tried, client: &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}}
	queue := slices.Concat(starts, []string{"/tickets/" + t.number, "/tickets/" + t.number + "/readers"})
	for n := 0; len(queue) > 0 && n < mostPages; n++ {
		more, err := w.read(ctx, queue[0])
		if err != nil {
			return err
		}
		queue = append(queue[1:], more...)
	}
	return w.api(ctx, t)
}

type walker struct {
	d      *door
	client *http.Client
	seen   map[string]bool // shapes of addresses and forms
	tried  map[string]bool // those of targets, whoever's they are
}

// add takes a target whose shape nobody had before.
func (w *walker) add(x target) {
	path, _, _ := strings.Cut(x.path, "?")
	if key := shape(x.method, path, x.names); !w.tried[key] {
		w.tried[key] = true
		w.d.targets = append(w.d.targets, x)
	}
}

// shape is an address without what differs from ticket to ticket.
var differs = regexp.MustCompile(`\d+|[A-Z]{2,}-?\d+`)

func shape(method, path string, names []string) string {
	slices.Sort(names)
	return method + " " + differs.ReplaceAllString(path, "#") + " " + strings.Join(slices.Compact(names), " ")
}

func (w *walker) get(ctx context.Context, path string) (*http.Response, []byte, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, w.d.url.String()+path, nil)
	if err != nil {
		return nil, nil, err
	}
	res, err := w.client.Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 4<<20))
	return res, body, err
}

// read reads a page whose shape is new and returns where it leads.
func (w *walker) read(ctx context.Context, path string) ([]string, error) {
	u, err := url.Parse(path)
	if err != nil || strings.HasSuffix(u.Path, "/events") || strings.HasPrefix(u.Path, "/assets/") || u.Host != "" {
		return nil, nil //nolint:nilerr // a link that is none of ours
	}
	names := slices.Collect(maps.Keys(u.Query()))
	key := shape("GET", u.Path, names)
	if w.seen[key] {
		return nil, nil
	}
	w.seen[key] = true
	res, body, err := w.get(ctx, path)
	if err != nil {
		return nil, err
	}
	if len(names) > 0 && res.Request.URL.Path == u.Path && res.StatusCode < http.StatusBadRequest {
		w.add(target{method: "GET", path: path, names: names})
	}
	if !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
		return nil, nil
	}
	root, err := html.Parse(bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	var out []string
	for n := range root.Descendants() {
		switch {
		case n.Type != html.ElementNode:
		case n.Data == "a":
			if to, err := res.Request.URL.Parse(attr(n, "href")); err == nil && to.Host == w.d.url.Host {
				out = append(out, to.RequestURI())
			}
		case n.Data == "form":
			w.form(res.Request.URL, n)
		}
	}
	return out, nil
}

func attr(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// form takes a form as it stands, with something in every empty field.
func (w *walker) form(at *url.URL, n *html.Node) {
	to, err := at.Parse(attr(n, "action"))
	if err != nil || kept.MatchString(to.Path) {
		return
	}
	values := url.Values{}
	for x := range n.Descendants() {
		if x.Type == html.ElementNode && attr(x, "name") != "" {
			fill(values, x)
		}
	}
	method := strings.ToUpper(attr(n, "method"))
	if method != http.MethodPost {
		method = http.MethodGet
	}
	names := slices.Collect(maps.Keys(values))
	key := "form " + shape(method, to.Path, names)
	if w.seen[key] || len(names) == 0 {
		return
	}
	w.seen[key] = true
	if method == http.MethodGet {
		w.add(target{method: method, path: to.Path + "?" + values.Encode(), names: names})
		return
	}
	w.add(target{method: method, path: to.RequestURI(), body: values.Encode(), kind: "application/x-www-form-urlencoded", names: names})
}

func fill(values url.Values, x *html.Node) {
	name, value := attr(x, "name"), attr(x, "value")
	switch {
	case x.Data == "select":
		for o := range x.Descendants() {
			if o.Type == html.ElementNode && o.Data == "option" && value == "" {
				value = attr(o, "value")
			}
		}
	case x.Data == "textarea" && x.FirstChild != nil:
		value = x.FirstChild.Data
	case x.Data == "button" || attr(x, "type") == "file":
		return
	}
	if (attr(x, "type") == "radio" || attr(x, "type") == "checkbox") && values.Has(name) {
		return
	}
	if value == "" {
		value = "1"
		if name == "login" {
			value = "nobody.here" // guessing at somebody would slow him down
		}
	}
	values.Set(name, value)
}

// api takes the operations of openapi.json.
func (w *walker) api(ctx context.Context, t *town) error {
	_, body, err := w.get(ctx, "/api/v1/openapi.json")
	if err != nil {
		return err
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Parameters  []struct{ Name, In string }
			RequestBody struct {
				Content map[string]struct {
					Schema struct{ Properties map[string]map[string]any }
				}
			}
		}
	}
	if err := json.Unmarshal(body, &doc); err != nil {
		return fmt.Errorf("reading the description of the API: %w", err)
	}
	filled := strings.NewReplacer("{number}", t.number, "{id}", "1")
	for path, methods := range doc.Paths {
		for method, op := range methods {
			x := target{method: strings.ToUpper(method), path: "/api/v1" + filled.Replace(path)}
			query := url.Values{}
			for _, p := range op.Parameters {
				if p.In == "query" {
					query.Set(p.Name, "1")
				}
			}
			if len(query) > 0 {
				x.path += "?" + query.Encode()
			}
			x.names = slices.Collect(maps.Keys(query))
			if b, ok := op.RequestBody.Content["application/json"]; ok {
				x.kind, x.body = "application/json", sample(b.Schema.Properties)
				x.names = append(x.names, slices.Collect(maps.Keys(b.Schema.Properties))...)
			}
			if len(x.names) == 0 {
				continue
			}
			ok, err := w.lets(ctx, x)
			if err != nil {
				return err
			}
			if ok {
				w.add(x)
			}
		}
	}
	slices.SortStableFunc(w.d.targets, func(a, b target) int { return strings.Compare(a.kind, b.kind) })
	return nil
}

// lets says whether the person has any part in an operation: who has not is
// turned away before anything is read.
func (w *walker) lets(ctx context.Context, x target) (bool, error) {
	r, err := http.NewRequestWithContext(ctx, x.method, w.d.url.String()+x.path, strings.NewReader(x.body))
	if err != nil {
		return false, err
	}
	r.Header.Set("Content-Type", x.kind)
	res, err := w.client.Do(r)
	if err != nil {
		return false, err
	}
	none := []int{http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound}
	return !slices.Contains(none, res.StatusCode), res.Body.Close()
}

// sample is a body that fits a schema.
func sample(properties map[string]map[string]any) string {
	out := map[string]any{}
	for name, p := range properties {
		switch p["type"] {
		case "integer":
			out[name] = 1
		case "boolean":
			out[name] = true
		case "array":
			out[name] = []string{"1"}
		default:
			out[name] = "1"
			if options, ok := p["enum"].([]any); ok && len(options) > 0 {
				out[name] = options[len(options)-1]
			}
		}
	}
	b, _ := json.Marshal(out)
	return string(b)
}

func (d *door) parameters() int {
	n := 0
	for _, t := range d.targets {
		n += len(t.names)
	}
	return n
}
