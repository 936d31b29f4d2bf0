package web

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/go-chi/httprate"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// serve turns a route into what net/http calls: who may come in, how much and
// how often, the posted form read, and an error turned into its answer.
func (s *Server) serve(rt page.Route, origin *http.CrossOriginProtection) http.Handler {
	var h http.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.handle(rt, w, r); err != nil {
			s.fail(w, r, err)
		}
	})
	if rt.PerMinute > 0 {
		h = s.rated(rt.PerMinute, h)
	}
	if !rt.Foreign {
		h = origin.Handler(h)
	}
	n := rt.MaxBody
	if n == 0 {
		n = page.MaxBody
	}
	return limited(n, h)
}

func (s *Server) handle(rt page.Route, w http.ResponseWriter, r *http.Request) error {
	m, known, err := asker(rt, r)
	if err != nil {
		return err
	}
	if known && s.tooBusy(m) {
		return page.ErrTooOften
	}
	if err := rt.Who.Admit(m, known); err != nil {
		return err
	}
	if answered, err := s.enrolFirst(rt, w, r, known); answered || err != nil {
		return err
	}
	if isForm(r) && !rt.Foreign && !rt.Raw {
		if err := page.ParseForm(r); err != nil {
			return err
		}
		if err := page.CheckText(r.PostForm); err != nil && !saysItself(rt) {
			return err
		}
	}
	if r.PostForm == nil && !rt.Raw && !rt.Foreign { // no form was sent: then nothing stands in it
		r.PostForm = url.Values{}
	}
	return rt.Handle(w, r)
}

// saysItself: a citizen's page says beside the field what cannot be read, and
// answers a code that is none like a wrong one. What is looked up while an
// operator types gets an ordinary answer or an empty one.
func saysItself(rt page.Route) bool {
	return rt.Who == page.Anyone && !strings.HasPrefix(rt.Path, "/login") || rt.Path == "/intake/help" || rt.Path == "/intake/caller"
}

// tooBusy says whether a member asks for more than people can: his session or
// his key serves somebody who empties the desk.
func (s *Server) tooBusy(m staff.Member) bool {
	return s.perMember > 0 && s.asked.Count(strconv.FormatInt(m.ID, 10), time.Minute) > s.perMember
}

// asker is who asks, by the session's cookie unless the route knows another way.
func asker(rt page.Route, r *http.Request) (staff.Member, bool, error) {
	if rt.Auth != nil {
		return rt.Auth.Member(r)
	}
	return page.Cookie{}.Member(r)
}

func isForm(r *http.Request) bool {
	kind := r.Header.Get("Content-Type")
	return r.Method == http.MethodPost && (strings.HasPrefix(kind, "application/x-www-form-urlencoded") || strings.HasPrefix(kind, "multipart/form-data"))
}

// rated slows down one network address at one route.
func (s *Server) rated(perMinute int, next http.Handler) http.Handler {
	by := func(r *http.Request) (string, error) { return httprate.CanonicalizeIP(clientAddress(r)), nil }
	tooOften := func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, page.ErrTooOften) }
	return httprate.LimitBy(perMinute, time.Minute, by, httprate.WithLimitHandler(tooOften))(next)
}

// fail answers an error: in words for a person, in RFC 9457's form for a
// program. What is ours goes to the log with its cause; what is the asker's
// does not.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	p := problemOf(err)
	if p.status == http.StatusTooManyRequests && w.Header().Get("Retry-After") == "" {
		w.Header().Set("Retry-After", "60")
	}
	if p.status >= http.StatusInternalServerError && r.Context().Err() == nil {
		s.log.LogAttrs(r.Context(), slog.LevelError, "request failed", slog.String("error", err.Error()), slog.String("method", r.Method),
			slog.String("path", r.URL.Path), slog.String("request", requestIDOf(r.Context())))
	}
	switch {
	case page.WantsJSON(r):
		s.failJSON(w, r, p, err)
	case errors.Is(err, page.ErrLogin) && !page.IsFragment(r):
		s.pages.AskLogin(w, r)
	default:
		s.failPage(w, r, p, err)
	}
}

// problemPage is what a person is told.
type problemPage struct {
	page.Base
	Status  int
	Key     string
	Because string // in our words, where there is more to say
	Fields  tickets.FieldErrors
	Request string
	Back    string
}

func (s *Server) failPage(w http.ResponseWriter, r *http.Request, p problem, err error) {
	b := s.set.Base(r)
	v := problemPage{Base: b, Status: p.status, Key: p.key, Because: because(b, err), Request: requestIDOf(r.Context()), Back: cameFrom(r)}
	errors.As(err, &v.Fields)
	if page.IsFragment(r) { // a script swaps it into a corner of its page
		if err := s.render.Part(w, p.status, "problem-note", v); err != nil {
			s.log.Error("rendering a problem", "error", err)
		}
		return
	}
	name := "portal/problem"
	if b.Known {
		name = "staff/problem"
	}
	if err := s.render.Render(w, p.status, name, v); err != nil {
		s.log.Error("rendering a problem", "error", err)
		http.Error(w, http.StatusText(p.status)+" · "+v.Request, p.status)
	}
}

// because says in words what a typed refusal carries.
func because(b page.Base, err error) string {
	var refusal *tickets.Refusal
	if errors.As(err, &refusal) {
		return b.Refused(refusal)
	}
	var explained page.Explained
	if errors.As(err, &explained) {
		return explained.Explain(b)
	}
	return ""
}

// cameFrom is the path of the page that the browser says it came from, when
// that is ours; browsers are told to send no more, so it is mostly the desk.
func cameFrom(r *http.Request) string {
	u, err := url.Parse(r.Header.Get("Referer"))
	if err != nil || u.Host != r.Host {
		return ""
	}
	return page.OwnPath(u.Path, "")
}

// problemJSON is RFC 9457's shape. A field's rejected value is never repeated:
// it may be a telephone number.
type problemJSON struct {
	Type    string             `json:"type"`
	Title   string             `json:"title"`
	Status  int                `json:"status"`
	Code    string             `json:"code"`
	Detail  string             `json:"detail,omitempty"`
	Request string             `json:"request"`
	Fields  []problemFieldJSON `json:"fields,omitempty"`
	Version int64              `json:"version,omitempty"` // of the ticket as it stands now
	Seen    int64              `json:"seen,omitempty"`    // the version that the asker had seen
}

type problemFieldJSON struct {
	Field   string `json:"field"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

func (s *Server) failJSON(w http.ResponseWriter, r *http.Request, p problem, err error) {
	b := s.set.Base(r)
	out := problemJSON{Type: "about:blank", Title: b.T("problem." + p.key), Status: p.status, Code: p.key, Detail: because(b, err), Request: requestIDOf(r.Context())}
	var fields tickets.FieldErrors
	if errors.As(err, &fields) {
		for _, f := range fields {
			out.Fields = append(out.Fields, problemFieldJSON{f.Field, f.Code, b.Invalid(f)})
		}
	}
	var refusal *tickets.Refusal
	if errors.As(err, &refusal) {
		out.Code = refusal.Code
	}
	var conflict *tickets.Conflict
	if errors.As(err, &conflict) {
		out.Version, out.Seen = conflict.Now.Version, conflict.Seen
	}
	w.Header().Set("Content-Type", "application/problem+json; charset=utf-8")
	w.WriteHeader(p.status)
	if err := json.NewEncoder(w).Encode(out); err != nil {
		s.log.Debug("writing a problem", "error", err)
	}
}
