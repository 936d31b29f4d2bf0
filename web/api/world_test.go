package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"
	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets/staff"
	"nengban/web"
	"nengban/web/webtest"
)

// world is a running desk with its own description: every answer that a test
// gets is held against it.
type world struct {
	*webtest.Site
	t      *testing.T
	router routers.Router
	mu     sync.Mutex
	seen   map[string]bool // operations that answered well
}

func newWorld(t *testing.T, change ...func(*web.Parts)) *world {
	t.Helper()
	return on(t, dbtest.SQLite(t), change...)
}

func on(t *testing.T, db *bun.DB, change ...func(*web.Parts)) *world {
	t.Helper()
	w := &world{Site: webtest.On(t, db, change...), t: t, seen: map[string]bool{}}
	doc := document(t, w.Site)
	doc.Servers = openapi3.Servers{{URL: w.URL + "/api/v1"}}
	router, err := legacy.NewRouter(doc, openapi3.IsOpenAPI31OrLater())
	if err != nil {
		t.Fatal(err)
	}
	w.router = router
	readPDF()
	return w
}

func document(t *testing.T, s *webtest.Site) *openapi3.T {
	t.Helper()
	p := s.Stranger().Get("/api/v1/openapi.json").Is(http.StatusOK)
	doc, err := openapi3.NewLoader().LoadFromData([]byte(p.Body))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// readPDF lets answers hold the one kind of file that tests download.
var readPDF = sync.OnceFunc(func() { openapi3filter.RegisterBodyDecoder("application/pdf", openapi3filter.FileBodyDecoder) })

// asker is a program with a cookie jar.
type asker struct {
	w    *world
	c    *webtest.Client
	lang string
}

func (w *world) as(m staff.Member) *asker { return &asker{w, w.As(m), "zh-CN"} }
func (w *world) stranger() *asker         { return &asker{w, w.Stranger(), "zh-CN"} }

// reply is an answer as a program reads it.
type reply struct {
	t      *testing.T
	Status int
	Header http.Header
	Body   string
	JSON   map[string]any
}

func (a *asker) get(path string) *reply { return a.do("GET", path, "", nil) }

// post sends a value as JSON, or a text as it is.
func (a *asker) post(path string, v any) *reply {
	a.w.t.Helper()
	body, ok := v.(string)
	if !ok {
		b, err := json.Marshal(v)
		if err != nil {
			a.w.t.Fatal(err)
		}
		body = string(b)
	}
	return a.do("POST", path, "application/json", []byte(body))
}

func (a *asker) do(method, path, kind string, body []byte) *reply {
	a.w.t.Helper()
	var from io.Reader
	if body != nil {
		from = bytes.NewReader(body)
	}
	p := a.c.Do(method, "/api/v1"+path, kind, from, "Accept", "application/json", "Accept-Language", a.lang)
	r := &reply{t: a.w.t, Status: p.Status, Header: p.Header, Body: p.Body}
	if strings.Contains(p.Header.Get("Content-Type"), "json") {
		if err := json.Unmarshal([]byte(p.Body), &r.JSON); err != nil {
			a.w.t.Fatalf("%s %s answers what is no JSON: %s", method, path, p.Body)
		}
	}
	a.w.check(method, path, kind, body, r)
	return r
}

// check holds an answer against the description.
func (w *world) check(method, path, kind string, body []byte, r *reply) {
	w.t.Helper()
	req, err := http.NewRequest(method, w.URL+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Content-Type", kind)
	route, params, err := w.router.FindRoute(req)
	if err != nil {
		if r.Status != http.StatusNotFound && r.Status != http.StatusMethodNotAllowed {
			w.t.Errorf("%s %s answers %d and is not described: %v", method, path, r.Status, err)
		}
		return
	}
	in := &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route, Options: &openapi3filter.Options{
		AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}}
	out := &openapi3filter.ResponseValidationInput{RequestValidationInput: in, Status: r.Status, Header: r.Header, Options: in.Options}
	out.SetBodyBytes([]byte(r.Body))
	if err := openapi3filter.ValidateResponse(context.Background(), out); err != nil {
		w.t.Errorf("%s %s: the answer is not as described: %v\n%.1500s", method, path, err, r.Body)
	}
	if r.Status < 300 {
		w.mu.Lock()
		w.seen[route.Operation.OperationID] = true
		w.mu.Unlock()
		if err := openapi3filter.ValidateRequest(context.Background(), in); err != nil {
			w.t.Errorf("%s %s was taken and is not as described: %v", method, path, err)
		}
	}
}

// is checks the status and returns the answer.
func (r *reply) is(status int) *reply {
	r.t.Helper()
	if r.Status != status {
		r.t.Fatalf("answered %d; want %d\n%.2000s", r.Status, status, r.Body)
	}
	return r
}

// code checks a problem's code.
func (r *reply) code(want string) *reply {
	r.t.Helper()
	if got := r.JSON["code"]; got != want {
		r.t.Errorf("the code is %v; want %s\n%s", got, want, r.Body)
	}
	return r
}

// field returns the message of a field's problem, and checks its code.
func (r *reply) field(name, code string) string {
	r.t.Helper()
	fields, _ := r.JSON["fields"].([]any)
	for _, f := range fields {
		if m, _ := f.(map[string]any); m["field"] == name {
			if m["code"] != code {
				r.t.Errorf("%s is %v; want %s", name, m["code"], code)
			}
			return m["message"].(string)
		}
	}
	r.t.Errorf("nothing is said of %s: %s", name, r.Body)
	return ""
}

// at walks into an answer: at("ticket", "caller", "name").
func (r *reply) at(path ...any) any {
	r.t.Helper()
	var v any = r.JSON
	for _, p := range path {
		switch x := v.(type) {
		case map[string]any:
			v = x[p.(string)]
		case []any:
			i, ok := p.(int)
			if !ok || i >= len(x) {
				r.t.Fatalf("%v: there is no %v in\n%.1500s", path, p, r.Body)
			}
			v = x[i]
		default:
			r.t.Fatalf("%v: there is no %v in\n%.1500s", path, p, r.Body)
		}
	}
	return v
}
