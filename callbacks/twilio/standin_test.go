package twilio_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/jonboulle/clockwork"

	"nengban/callbacks/twilio"
)

const (
	account     = "AC0123456789abcdef0123456789abcdef"
	token       = "0123456789abcdef0123456789abcdef"
	service     = "MG0123456789abcdef0123456789abcdef"
	ourNumber   = "+861012345678"
	citizen     = "+8613800001111"
	public      = "https://12345.example.gov.cn/hooks/twilio"
	description = "../../../shared/twilio/api_v2010_messages_calls.json"
)

var morning = time.Date(2026, 3, 2, 1, 30, 0, 0, time.UTC) // 09:30 in Shanghai

// carrier is the real adapter, speaking to an address on this machine.
func carrier(t *testing.T, base string, change func(*twilio.Settings)) *twilio.Twilio {
	t.Helper()
	set := twilio.Settings{AccountSID: account, AuthToken: token, From: ourNumber, BaseURL: base, PublicURL: public}
	if change != nil {
		change(&set)
	}
	c, err := twilio.New(set, clockwork.NewFakeClockAt(morning), logger(t))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// logger fails the test when a phone number or the words of a text are logged.
func logger(t testing.TB) *slog.Logger {
	t.Helper()
	var mu sync.Mutex
	var out bytes.Buffer
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		for _, secret := range []string{citizen[3:], ourNumber[3:], "满意", token} {
			if strings.Contains(out.String(), secret) {
				t.Errorf("the log holds %q:\n%s", secret, out.String())
			}
		}
	})
	return slog.New(slog.NewJSONHandler(writer(func(b []byte) (int, error) {
		mu.Lock()
		defer mu.Unlock()
		return out.Write(b)
	}), &slog.HandlerOptions{Level: slog.LevelDebug}))
}

type writer func([]byte) (int, error)

func (w writer) Write(b []byte) (int, error) { return w(b) }

// standIn plays Twilio: it refuses what Twilio's own description does not allow,
// and keeps a ledger that can be listed, filtered and paged.
type standIn struct {
	t       *testing.T
	allowed []operation // empty when the description is not there
	largest int         // most records on a page

	mu       sync.Mutex
	messages []record
	calls    []record
	asked    []asked // every request, in order
}

type (
	record map[string]any
	asked  struct {
		method, path string
		values       url.Values
	}
)

func newStandIn(t *testing.T) (*standIn, string) {
	t.Helper()
	s := &standIn{t: t, largest: 1000, allowed: judge(t)}
	srv := httptest.NewServer(s)
	t.Cleanup(srv.Close)
	return s, srv.URL
}

// operation is one path of the description. kin-openapi's own router without
// further modules does not know paths such as {Sid}.json.
type operation struct {
	path  *regexp.Regexp
	names []string
	item  *openapi3.PathItem
	spec  *openapi3.T
	text  string
}

var braces = regexp.MustCompile(`\\\{(\w+)\\\}`)

var loadDescription = sync.OnceValues(func() ([]operation, error) {
	if _, err := os.Stat(description); err != nil {
		return nil, nil
	}
	doc, err := openapi3.NewLoader().LoadFromFile(description)
	if err != nil {
		return nil, err
	}
	var all []operation
	for path, item := range doc.Paths.Map() {
		quoted := regexp.QuoteMeta(path)
		o := operation{item: item, spec: doc, text: path, path: regexp.MustCompile("^" + braces.ReplaceAllString(quoted, `([^/]+)`) + "$")}
		for _, name := range braces.FindAllStringSubmatch(quoted, -1) {
			o.names = append(o.names, name[1])
		}
		all = append(all, o)
	}
	// {Sid}.json also matches what has a name of its own.
	slices.SortFunc(all, func(a, b operation) int { return len(a.names) - len(b.names) })
	return all, nil
})

// judge is Twilio's description; empty when it is not there.
func judge(t *testing.T) []operation {
	t.Helper()
	all, err := loadDescription()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func route(all []operation, r *http.Request) (*routers.Route, map[string]string, error) {
	for _, o := range all {
		found := o.path.FindStringSubmatch(r.URL.Path)
		if found == nil || o.item.GetOperation(r.Method) == nil {
			continue
		}
		params := map[string]string{}
		for i, name := range o.names {
			params[name] = found[i+1]
		}
		return &routers.Route{Spec: o.spec, Path: o.text, PathItem: o.item, Method: r.Method, Operation: o.item.GetOperation(r.Method)}, params, nil
	}
	return nil, nil, errors.New("there is no such operation")
}

func (s *standIn) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	r.Body = io.NopCloser(bytes.NewReader(body))
	values := r.URL.Query()
	if r.Method == http.MethodPost {
		values, _ = url.ParseQuery(string(body))
	}
	if err := s.fits(r, values); err != nil {
		s.t.Errorf("%s %s does not fit Twilio's description: %v", r.Method, r.URL.Path, err)
		refuse(w, http.StatusUnprocessableEntity, 20422, err.Error())
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, asked{r.Method, r.URL.Path, values})
	s.answer(w, r, values)
}

// fits checks a request against the description, and also that it sends nothing
// the description does not name: a misspelt parameter would do nothing, unseen.
func (s *standIn) fits(r *http.Request, values url.Values) error {
	if user, pass, ok := r.BasicAuth(); !ok || user != account || pass != token {
		return errors.New("wrong credentials")
	}
	if s.allowed == nil {
		return nil
	}
	route, params, err := route(s.allowed, r)
	if err != nil {
		return err
	}
	allowed := map[string]bool{}
	for _, p := range route.Operation.Parameters {
		allowed[p.Value.Name] = true
	}
	if b := route.Operation.RequestBody; b != nil {
		for name := range b.Value.Content.Get("application/x-www-form-urlencoded").Schema.Value.Properties {
			allowed[name] = true
		}
	}
	for name := range values {
		if !allowed[name] {
			return fmt.Errorf("%q is no parameter of this request", name)
		}
	}
	return openapi3filter.ValidateRequest(context.Background(), &openapi3filter.RequestValidationInput{
		Request: r, PathParams: params, Route: route,
		Options: &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, MultiError: true},
	})
}

func (s *standIn) answer(w http.ResponseWriter, r *http.Request, values url.Values) {
	list, noun, prefix, first := &s.messages, "messages", "SM", "queued"
	if strings.Contains(r.URL.Path, "/Calls") {
		list, noun, prefix, first = &s.calls, "calls", "CA", "queued"
	}
	tail := r.URL.Path[strings.LastIndex(r.URL.Path, "/")+1:]
	switch {
	case r.Method == http.MethodPost:
		made := record{
			"sid": fmt.Sprintf("%s%032x", prefix, len(*list)+1), "status": first, "direction": "outbound-api",
			"to": values.Get("To"), "from": values.Get("From"), "body": values.Get("Body"),
			"date_created": morning.Format(time.RFC1123Z),
		}
		if v := values.Get("MessagingServiceSid"); v != "" {
			made["messaging_service_sid"] = v
		}
		*list = append(*list, made)
		reply(w, http.StatusCreated, made)
	case tail != "Messages.json" && tail != "Calls.json":
		sid := strings.TrimSuffix(tail, ".json")
		at := slices.IndexFunc(*list, func(m record) bool { return m["sid"] == sid })
		if at < 0 {
			refuse(w, http.StatusNotFound, 20404, "The requested resource was not found")
			return
		}
		reply(w, http.StatusOK, (*list)[at])
	default:
		s.list(w, r, values, *list, noun)
	}
}

// list filters like Twilio: by receiver and sender, and by whole days of the
// moment of sending, which what still waits does not have.
func (s *standIn) list(w http.ResponseWriter, r *http.Request, values url.Values, all []record, noun string) {
	sent := map[string]string{"messages": "date_sent", "calls": "start_time"}[noun]
	name := map[string]string{"messages": "DateSent", "calls": "StartTime"}[noun]
	var found []record
	for _, m := range slices.Backward(all) {
		if values.Has("To") && m["to"] != values.Get("To") || values.Has("From") && m["from"] != values.Get("From") {
			continue
		}
		at, _ := time.Parse(time.RFC1123Z, fmt.Sprint(m[sent]))
		after, _ := time.Parse(time.RFC3339, values.Get(name+">"))
		before, _ := time.Parse(time.RFC3339, values.Get(name+"<"))
		day := at.Truncate(24 * time.Hour)
		if values.Has(name+">") && day.Before(after.Truncate(24*time.Hour)) || values.Has(name+"<") && day.After(before) {
			continue
		}
		found = append(found, m)
	}
	size, _ := strconv.Atoi(values.Get("PageSize"))
	size = min(max(size, 1), s.largest)
	from, _ := strconv.Atoi(values.Get("Page"))
	from *= size
	answer := record{noun: found[min(from, len(found)):min(from+size, len(found))], "page_size": size}
	if from+size < len(found) {
		next := r.URL.Query()
		next.Set("Page", strconv.Itoa(from/size+1))
		answer["next_page_uri"] = r.URL.Path + "?" + next.Encode()
	}
	reply(w, http.StatusOK, answer)
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func refuse(w http.ResponseWriter, status, code int, message string) {
	reply(w, status, record{"status": status, "code": code, "message": message, "more_info": "https://www.twilio.com/docs/errors/" + strconv.Itoa(code)})
}
