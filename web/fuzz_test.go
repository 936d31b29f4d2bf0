package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
	"nengban/web/webtest"
)

// bodies are the kinds of what is sent.
var bodies = []string{"", "application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=zz", "text/plain"}

// FuzzEveryAddress sends anything at all to any address, as a stranger and as
// those who work here: query, form, JSON, upload, the answer of a sign-on, a
// code of a second step. Whatever comes, the desk refuses it by a name or does
// it; it never fails.
func FuzzEveryAddress(f *testing.F) {
	s, number := fuzzed(f)
	routes := slices.DeleteFunc(s.Server.Routes(), ends)
	people := knocking(s)
	for i, rt := range routes {
		for j, m := range people {
			if rt.Who.Admit(m.Member, m.ID != 0) == nil {
				f.Add(uint16(i), uint8(j), uint8(1), "", "version=1&text=1&number="+number+"&code=12345678")
				if strings.HasPrefix(rt.Path, "/api/") {
					f.Add(uint16(i), uint8(j), uint8(2), "cursor=MS4x&limit=1", `{"version":1,"text":"x","number":"`+number+`","code":"12345678"}`)
				}
				break
			}
		}
	}
	f.Add(uint16(3), uint8(1), uint8(3), "cursor=%ff&q=%00", "--zz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../a.svg\"\r\n\r\n<svg/>\r\n--zz--")
	f.Add(uint16(40), uint8(2), uint8(1), "state=x&code=%00&error=a", "code=０００ ０００&login=%ff")
	fill := strings.NewReplacer("{number}", number, "{id}", "1", "{n}", "1", "{form}", "hotline", "{tab}", "areas", "{year}", "2026", "{name}", "simulator", "{act}", "supplements")
	f.Fuzz(func(t *testing.T, at uint16, who, kind uint8, query, body string) {
		rt, m := routes[int(at)%len(routes)], people[int(who)%len(people)]
		r := httptest.NewRequest(rt.Method, "/", strings.NewReader(body))
		r.URL.Path, r.URL.RawQuery = fill.Replace(strings.Replace(rt.Path, "{code}", "12345678", 1)), query
		r.Header.Set("Content-Type", bodies[int(kind)%len(bodies)])
		answered(t, s, r, m)
	})
}

// FuzzUploads sends files of any name and content through the doors that take
// them.
func FuzzUploads(f *testing.F) {
	s, number := fuzzed(f)
	people := knocking(s)
	doors := []struct {
		path, field string
		who         staff.Member
	}{{"/tickets/" + number + "/attachments", "file", s.Caseworker}, {"/file", "files", staff.Member{}}, {"/directory/areas/upload", "file", s.Admin}, {"/api/v1/tickets/" + number + "/attachments", "file", s.Caseworker}}
	for i := range doors {
		f.Add(uint8(i), "照片.png", png())
		f.Add(uint8(i), `..\..\x"; filename=y.csv`, []byte("代码,名称\n511499,东区\n"))
		f.Add(uint8(i), "表.xlsx", []byte("PK\x03\x04"))
		f.Add(uint8(i), "\x00.pdf", []byte("%PDF-1.7\n"))
	}
	f.Fuzz(func(t *testing.T, at uint8, name string, body []byte) {
		d := doors[int(at)%len(doors)]
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		for k, v := range map[string]string{"version": "1", "content": "路灯不亮", "phone": "13800138000", "kind": "complaint"} {
			if err := w.WriteField(k, v); err != nil {
				t.Fatal(err)
			}
		}
		part, err := w.CreateFormFile(d.field, name)
		if err == nil {
			_, err = part.Write(body)
		}
		if err == nil {
			err = w.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/", &b)
		r.URL.Path = d.path
		r.Header.Set("Content-Type", w.FormDataContentType())
		m := people[slices.IndexFunc(people, func(p person) bool { return p.ID == d.who.ID })]
		answered(t, s, r, m)
	})
}

// ends are the addresses that would end the walk or never end themselves.
func ends(rt page.Route) bool {
	return strings.HasSuffix(rt.Path, "/events") || strings.HasPrefix(rt.Path, "/staff/{id}") || slices.Contains([]string{"/logout", "/healthz", "/account/sessions/end", "/account/password"}, rt.Path)
}

// person is somebody with the cookies of his session; who has none is a stranger.
type person struct {
	staff.Member
	cookies []*http.Cookie
}

func knocking(s *webtest.Calling) []person {
	out := []person{{}}
	for _, m := range []staff.Member{s.Supervisor, s.Dispatcher, s.Caseworker, s.Operator, s.CallbackCaller, s.Editor, s.Admin, s.Auditor} {
		out = append(out, person{m, s.As(m).Cookies()})
	}
	return out
}

func fuzzed(f *testing.F) (s *webtest.Calling, number string) {
	f.Helper()
	s = webtest.NewCalling(f, webtest.WithKnowledge(f))
	return s, s.Ticket(tickets.InHand).Number
}

var knocks atomic.Uint32

// answered serves one request, from an address of its own so that no limit
// hides what lies behind it, and checks the answer.
func answered(t *testing.T, s *webtest.Calling, r *http.Request, m person) {
	t.Helper()
	n := knocks.Add(1)
	r.RemoteAddr = fmt.Sprintf("10.%d.%d.%d:1", n>>16&255, n>>8&255, n&255)
	for _, c := range m.cookies {
		r.AddCookie(c)
	}
	w := httptest.NewRecorder()
	s.Server.Handler().ServeHTTP(w, r)
	if w.Code >= http.StatusInternalServerError {
		t.Fatalf("%s %s as %q is answered %d: %s", r.Method, r.URL.RequestURI(), m.Name, w.Code, w.Body)
	}
	if kind := w.Header().Get("Content-Type"); w.Code >= http.StatusBadRequest && !strings.HasPrefix(kind, "text/html") {
		var p struct{ Code string }
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Code == "" || !strings.HasPrefix(kind, "application/problem+json") {
			t.Fatalf("%s %s as %q is refused without a name: %d %s %s", r.Method, r.URL.RequestURI(), m.Name, w.Code, kind, w.Body)
		}
	}
	if w.Header().Get("Content-Security-Policy") == "" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
		t.Fatalf("%s %s goes out with %v", r.Method, r.URL.RequestURI(), w.Header())
	}
}
