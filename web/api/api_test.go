package api_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
	"nengban/web"
	"nengban/web/webtest"
)

type object = map[string]any

func TestTheDescriptionIsSoundAndNamesEveryAddress(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	doc := document(t, s)
	if err := doc.Validate(t.Context(), openapi3.IsOpenAPI31OrLater()); err != nil {
		t.Fatal(err)
	}
	described := map[string]bool{}
	for path, item := range doc.Paths.Map() {
		for method := range item.Operations() {
			described[method+" /api/v1"+path] = true
		}
	}
	for _, rt := range s.Server.Routes() {
		if at := rt.Method + " " + rt.Path; strings.HasPrefix(rt.Path, "/api/") && !described[at] {
			t.Errorf("%s is answered and not described", at)
		} else {
			delete(described, at)
		}
	}
	for at := range described {
		t.Errorf("%s is described and not answered", at)
	}
}

// One matter from the call to the archive, by programs alone; every answer is
// held against the description on the way.
func TestAMatterFromTheCallToTheArchive(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := on(t, db)
		operator, dispatcher, caseworker := w.as(w.Operator), w.as(w.Dispatcher), w.as(w.Caseworker)
		made := operator.post("/tickets", object{"kind": "complaint", "content": "继承登记材料交了三次还是不受理。", "name": "王秀兰", "phone": "13800138000", "channel": "hotline",
			"visit_count": 3, "tags": []string{"继承"}, "occurred_at": "2026-09-20T10:00:00+08:00"}).is(http.StatusCreated)
		number := made.at("ticket", "number").(string)
		if got := made.Header.Get("Location"); got != "/api/v1/tickets/"+number {
			t.Errorf("the ticket is said to be at %q", got)
		}
		version := made.at("ticket", "version").(float64)
		do := func(by *asker, path string, fields object) *reply {
			t.Helper()
			if fields == nil {
				fields = object{}
			}
			fields["version"] = version
			r := by.post("/tickets/"+number+"/"+path, fields).is(http.StatusOK)
			version = r.at("version").(float64)
			return r
		}
		do(dispatcher, "triages", object{"class": "ordinary", "reason": "一般诉求", "urgency": ""})
		do(dispatcher, "dispatches", object{"lead": tt.Housing, "assisting": []string{tt.Planning}, "basis": "派单目录第12条"})
		do(caseworker, "signatures", nil)
		do(w.as(w.PlanningCaseworker), "signatures", nil)
		do(w.as(w.PlanningCaseworker), "assists", object{"text": "已出具证明。"})
		do(caseworker, "progress-reports", object{"text": "已调档", "public_text": "正在调取档案"})
		do(caseworker, "extensions", object{"days": 2, "reason": "需调取档案"})
		do(dispatcher, "extension-rulings", object{"decision": "yes", "reason": "同意"})
		w.Clock.Advance(time.Hour)
		do(caseworker, "replies", object{"contact_at": "2026-09-21T10:00", "contact_way": "phone", "facts": "true", "demand": "reasonable", "result": "solved", "text": "已受理。", "public_text": "5个工作日领证。"})
		do(dispatcher, "completions", nil)
		do(w.as(w.CallbackCaller), "ratings", object{"rating": 2, "solved": "yes", "way": "person"})
		r := do(dispatcher, "archivings", nil)
		if got := r.at("status"); got != "archived" {
			t.Errorf("the ticket is %v", got)
		}
		shown := dispatcher.get("/tickets/" + number).is(http.StatusOK)
		if got := len(shown.at("timeline").([]any)); got != 13 {
			t.Errorf("the timeline has %d lines; want 13", got)
		}
		if strings.Contains(shown.Body, "13800138000") || strings.Contains(shown.Body, "王秀兰") {
			t.Error("the caller stands in the answer in clear")
		}
		zh, en := shown.at("clocks", 0, "steps", "zh-CN").([]any), shown.at("clocks", 0, "steps", "en").([]any)
		if len(zh) == 0 || len(zh) != len(en) || !strings.Contains(zh[0].(string), "工作日") {
			t.Errorf("the working is %v and %v", zh, en)
		}
	})
}

func TestWhatCanBeDoneNowIsWhatTheStateTableAllows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, status := range []tickets.Status{tickets.ToTriage, tickets.InHand, tickets.ToReview, tickets.Completed} {
		x := w.Ticket(status)
		for _, m := range []staff.Member{w.Dispatcher, w.Caseworker, w.Auditor} {
			if !m.May(staff.ReadTicket, x.Subject()) {
				continue
			}
			allowed := w.as(m).get("/tickets/" + x.Number).is(http.StatusOK).at("allowed").([]any)
			var got, want []string
			for _, a := range allowed {
				got = append(got, a.(object)["act"].(string))
			}
			for _, r := range w.Desk.Allowed(m, x) {
				want = append(want, string(r.Act))
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s at %s: %v; want %v", m.Name, status, got, want)
			}
		}
	}
	x := w.Ticket(tickets.ToDispatch)
	r := w.as(w.Dispatcher).get("/tickets/" + x.Number)
	for _, a := range r.at("allowed").([]any) {
		if a := a.(object); a["act"] == "dispatch" {
			if a["href"] != "/api/v1/tickets/"+x.Number+"/dispatches" || a["name"].(object)["zh-CN"] != "派单" || a["name"].(object)["en"] != "Dispatch" {
				t.Errorf("dispatching is offered as %v", a)
			}
			if f := a["fields"].([]any)[0].(object); f["name"] != "lead" || f["need"] != true || f["type"] != "string" {
				t.Errorf("its first field is %v", f)
			}
			return
		}
	}
	t.Error("dispatching is not offered")
}

func TestTheSameExternalNumberRegistersOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.as(w.Operator)
	in := object{"kind": "inquiry", "content": "公积金怎么提取？", "phone": "13900001111", "source_system": "province", "external_no": "SC-1"}
	first := c.post("/tickets", in).is(http.StatusCreated)
	second := c.post("/tickets", in).is(http.StatusOK)
	if second.at("again") != true || second.at("ticket", "number") != first.at("ticket", "number") || second.at("code") != first.at("code") {
		t.Errorf("the second time answers %v", second.JSON)
	}
	if c.post("/tickets", object{"kind": "inquiry", "content": "别的事", "phone": "13900001111", "external_no": "SC-1"}).is(http.StatusCreated).at("again") != false {
		t.Error("another system's number is not the same")
	}
}

func TestTwoOnOneTicketAreToldBothVersions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	x := w.Ticket(tickets.ToDispatch)
	w.Act(w.Dispatcher, x.Number, &tickets.AddNote{Text: "别人加的"})
	r := w.as(w.Dispatcher).post("/tickets/"+x.Number+"/dispatches", object{"lead": tt.Housing, "basis": "目录", "version": x.Version}).is(http.StatusConflict).code("changed")
	if r.JSON["seen"] != float64(x.Version) || r.JSON["version"] != float64(x.Version+1) {
		t.Errorf("the answer says %v", r.JSON)
	}
	if got, _ := w.Desk.Ticket(t.Context(), w.Dispatcher, x.Number); got.Status != tickets.ToDispatch {
		t.Errorf("the ticket is %s", got.Status)
	}
}

func TestRefusalsSayWhy(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.as(w.Dispatcher)
	x := w.Ticket(tickets.Completed)
	r := c.post("/tickets/"+x.Number+"/dispatches", object{"lead": tt.Housing, "basis": "目录", "version": x.Version}).is(http.StatusConflict).code("wrong_status")
	if got := r.JSON["detail"]; got != "工单现在是“已办结”，不能派单" {
		t.Errorf("the refusal says %v", got)
	}
	c.lang = "en"
	if got := c.post("/tickets/"+x.Number+"/dispatches", object{"lead": tt.Housing, "basis": "目录", "version": x.Version}).JSON["detail"]; !strings.Contains(got.(string), "not possible") {
		t.Errorf("in English it says %v", got)
	}
	c.get("/tickets/20300101000001").is(http.StatusNotFound).code("no_ticket")
	c.get("/tickets/'%20or%201=1").is(http.StatusNotFound)
	c.get("/nothing").is(http.StatusNotFound).code("no_page")
	w.as(w.TrafficCaseworker).get("/tickets/" + x.Number).is(http.StatusNotFound).code("no_ticket")
	w.as(w.Editor).get("/tickets").is(http.StatusForbidden).code("not_allowed")
	w.stranger().get("/tickets").is(http.StatusUnauthorized).code("login_needed")
	c.do("POST", "/departments", "application/json", []byte("{}")).is(http.StatusMethodNotAllowed)
}

func TestABodyIsReadStrictly(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.as(w.Operator)
	for _, test := range []struct {
		name, kind, body string
		status           int
		code             string
		fields           map[string]string
	}{
		{"no JSON by its type", "text/plain", `{}`, 415, "not_json", nil},
		{"a form", "application/x-www-form-urlencoded", `kind=complaint`, 415, "not_json", nil},
		{"nothing", "application/json", ``, 400, "bad_json", nil},
		{"a list", "application/json", `[]`, 400, "bad_json", nil},
		{"cut off", "application/json", `{"kind": "complaint", "content": "没说`, 400, "bad_json", nil},
		{"more than one", "application/json", `{} {}`, 400, "bad_json", nil},
		{"broken UTF-8", "application/json", "{\"content\": \"\xe4\xbd\"}", 400, "bad_json", nil},
		{"GBK", "application/json", "{\"content\": \"\xc4\xfa\xba\xc3\"}", 400, "bad_json", nil},
		{"an unknown field", "application/json", `{"kind":"complaint","content":"x","phone":"13900001111","urgent":true}`, 422, "fields", map[string]string{"urgent": "unknown_field"}},
		{"a field that belongs to the desk", "application/json", `{"kind":"complaint","content":"x","phone":"13900001111","received_at":"2020-01-01T00:00:00Z"}`, 422, "fields", map[string]string{"received_at": "unknown_field"}},
		{"wrong types", "application/json", `{"kind":7,"content":["x"],"phone":13900001111,"anonymous":"yes","visit_count":"3","tags":"a","occurred_at":12}`, 422, "fields",
			map[string]string{"kind": "wrong_type", "content": "wrong_type", "phone": "wrong_type", "anonymous": "wrong_type", "visit_count": "wrong_type", "tags": "wrong_type", "occurred_at": "wrong_type"}},
		{"half a number", "application/json", `{"kind":"complaint","content":"x","phone":"13900001111","visit_count":1.5}`, 422, "fields", map[string]string{"visit_count": "wrong_type"}},
		{"no such choice", "application/json", `{"kind":"rant","content":"x","phone":"13900001111"}`, 422, "fields", map[string]string{"kind": "not_an_option"}},
		{"no such time", "application/json", `{"kind":"complaint","content":"x","phone":"13900001111","occurred_at":"昨天"}`, 422, "fields", map[string]string{"occurred_at": "not_a_time"}},
		{"missing", "application/json", `{"kind":null}`, 422, "fields", map[string]string{"kind": "missing", "content": "missing"}},
		{"twice", "application/json", `{"kind":"complaint","kind":"praise","content":"x","phone":"13900001111"}`, 422, "fields", map[string]string{"kind": "twice"}},
		{"a NUL", "application/json", `{"kind":"complaint","content":"a\u0000b","phone":"13900001111"}`, 422, "fields", map[string]string{"content": "not_text"}},
		{"half a character", "application/json", `{"kind":"complaint","content":"\ud83d","phone":"13900001111"}`, 422, "fields", map[string]string{"content": "not_text"}},
		{"too long", "application/json", `{"kind":"complaint","content":"x","phone":"13900001111","title":"` + strings.Repeat("长", 101) + `"}`, 422, "fields", map[string]string{"title": "too_long"}},
		{"endless", "application/json", `{"content":"` + strings.Repeat("长", 200_000) + `"}`, 413, "too_large", nil},
		{"deep", "application/json", `{"content":` + strings.Repeat("[", 20_000) + `}`, 400, "bad_json", nil},
	} {
		r := c.do("POST", "/tickets", test.kind, []byte(test.body)).is(test.status).code(test.code)
		for name, code := range test.fields {
			if message := r.field(name, code); message == "" || strings.HasPrefix(message, "invalid.") {
				t.Errorf("%s: %s has no sentence: %q", test.name, name, message)
			}
		}
		if fields, _ := r.JSON["fields"].([]any); len(fields) != len(test.fields) {
			t.Errorf("%s: %d fields are wrong; want %d\n%s", test.name, len(fields), len(test.fields), r.Body)
		}
		if test.code == "bad_json" && !strings.Contains(r.JSON["detail"].(string), "{") && !strings.Contains(r.JSON["detail"].(string), "行") {
			t.Errorf("%s: nothing says where: %v", test.name, r.JSON["detail"])
		}
		if strings.Contains(r.Body, "13900001111") {
			t.Errorf("%s: the answer repeats what was sent: %s", test.name, r.Body)
		}
	}
	if got, err := w.Desk.Count(t.Context(), w.Operator, tickets.Filter{}); err != nil || got != 0 {
		t.Errorf("%d tickets came of it, %v", got, err)
	}
}

func TestAnActNeedsTheVersionThatWasSeen(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	x := w.Ticket(tickets.ToTriage)
	c := w.as(w.Dispatcher)
	at := "/tickets/" + x.Number + "/triages"
	c.post(at, object{"class": "ordinary", "reason": "x"}).is(http.StatusUnprocessableEntity).field("version", "version_missing")
	c.post(at, object{"class": "ordinary", "reason": "x", "version": 0}).is(http.StatusUnprocessableEntity).field("version", "wrong_type")
	c.post(at, object{"class": "ordinary", "reason": "x", "version": "1"}).is(http.StatusUnprocessableEntity).field("version", "wrong_type")
	c.post(at, object{"class": "ordinary", "version": 1}).is(http.StatusUnprocessableEntity).field("reason", "missing")
}

func TestAListIsFilteredStrictlyAndPaged(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for range 53 {
		w.Register()
	}
	hand := w.Ticket(tickets.InHand, func(in *tickets.Intake) { in.Kind = tickets.Assistance })
	c := w.as(w.Dispatcher)
	first := c.get("/tickets?status=to_triage&sort=newest").is(http.StatusOK)
	next := first.at("next").(string)
	second := c.get("/tickets?status=to_triage&sort=newest&after=" + next).is(http.StatusOK)
	if a, b := len(first.at("tickets").([]any)), len(second.at("tickets").([]any)); a != 50 || b != 3 || second.JSON["next"] != nil {
		t.Errorf("the pages hold %d and %d, and then %v", a, b, second.JSON["next"])
	}
	r := c.get("/tickets?kind=assistance&department=" + tt.Housing + "&from=2026-09-21&to=2026-09-22T00:00:00%2B08:00&status=in_hand&status=to_review").is(http.StatusOK)
	if got := r.at("tickets").([]any); len(got) != 1 || r.at("tickets", 0, "number") != hand.Number || r.at("tickets", 0, "caller", "phone") != "138****8000" {
		t.Errorf("the filter finds %v", got)
	}
	if got := w.as(w.TrafficCaseworker).get("/tickets").is(http.StatusOK).at("tickets").([]any); len(got) != 0 {
		t.Errorf("another department sees %d tickets", len(got))
	}
	for query, want := range map[string][2]string{
		"status=open": {"status", "not_an_option"}, "Kind=complaint": {"Kind", "unknown_field"}, "overdue=1": {"overdue", "not_an_option"}, "from=yesterday": {"from", "wrong_type"},
		"kind=complaint&kind=praise": {"kind", "twice"}, "after=%00": {"after", "not_a_cursor"}, "category=": {"category", "wrong_type"}, "area=%ff": {"area", "wrong_type"},
	} {
		c.get("/tickets?"+query).is(http.StatusUnprocessableEntity).field(want[0], want[1])
	}
}

func TestFilesGoInAndOutAndEvilOnesDoNot(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	x := w.Ticket(tickets.ToTriage)
	c := w.as(w.Dispatcher)
	send := func(name string, body []byte) *reply {
		var b bytes.Buffer
		m := multipart.NewWriter(&b)
		f, err := m.CreateFormFile("file", name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = f.Write(body)
		_ = m.Close()
		return c.do("POST", "/tickets/"+x.Number+"/attachments", m.FormDataContentType(), b.Bytes())
	}
	pdf := []byte("%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n")
	r := send("../../../etc/一次性告知书.pdf", pdf).is(http.StatusOK)
	if r.at("attachments", 0, "name") != "一次性告知书.pdf" || r.at("attachments", 0, "media_type") != "application/pdf" {
		t.Errorf("the file is %v", r.at("attachments", 0))
	}
	href := strings.TrimPrefix(r.at("attachments", 0, "href").(string), "/api/v1")
	got := c.get(href).is(http.StatusOK)
	if got.Body != string(pdf) || !strings.HasPrefix(got.Header.Get("Content-Disposition"), "attachment;") || !strings.Contains(got.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the file comes back as %q with %v", got.Body, got.Header)
	}
	send("x.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)).is(http.StatusUnprocessableEntity).field("file", "file_kind")
	send("x.jpg", []byte(`<!doctype html><script>alert(1)</script>`)).is(http.StatusUnprocessableEntity).field("file", "file_kind")
	send("x.txt", nil).is(http.StatusUnprocessableEntity).field("file", "empty_file")
	send("x.txt", bytes.Repeat([]byte("a"), 22<<20)).is(http.StatusRequestEntityTooLarge)
	c.post("/tickets/"+x.Number+"/attachments", object{}).is(http.StatusUnprocessableEntity).field("file", "missing")
	w.as(w.TrafficCaseworker).get(href).is(http.StatusNotFound)
	c.get("/tickets/" + x.Number + "/attachments/999").is(http.StatusNotFound)
}

func TestTheDesksTablesAreGivenOut(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.as(w.Dispatcher)
	if got := c.get("/departments").is(http.StatusOK).at("departments").([]any); len(got) != 5 {
		t.Errorf("%d departments", len(got))
	}
	c.get("/categories").is(http.StatusOK)
	c.get("/areas").is(http.StatusOK)
	if got := c.get("/me").is(http.StatusOK).at("roles", 0); got != "dispatcher" {
		t.Errorf("who asks is %v", got)
	}
	if got := len(c.get("/directory").is(http.StatusOK).at("duties").([]any)); got != 2 {
		t.Errorf("the directory has %d rows", got)
	}
	fits := c.get("/directory?matter=不动产登记").is(http.StatusOK)
	if fits.at("duties", 0, "lead") != tt.Planning {
		t.Errorf("the closest row is %v", fits.at("duties", 0))
	}
	states := c.get("/states").is(http.StatusOK)
	if a, b := len(states.at("statuses").([]any)), len(states.at("acts").([]any)); a != len(tickets.Statuses) || b != len(tickets.Table) {
		t.Errorf("the state table has %d statuses and %d acts", a, b)
	}
}

func TestADeadlineIsReckonedWithItsWorking(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := w.as(w.Operator)
	r := c.post("/due", object{"limit": "5个工作日", "start": "2026-09-24T10:00:00+08:00"}).is(http.StatusOK)
	// Friday 25 is the Mid-Autumn holiday; 1 to 7 October is the National Day's.
	if got := r.at("due"); got != "2026-10-09T09:30:00Z" {
		t.Errorf("five working days end at %v", got)
	}
	if zh := r.at("steps", "zh-CN").([]any); len(zh) < 3 {
		t.Errorf("the working is %v", zh)
	}
	c.post("/due", object{"limit": "soon", "start": "2026-09-24"}).is(http.StatusUnprocessableEntity).field("limit", "not_a_limit")
	c.post("/due", object{"limit": "5 days", "start": "1901-01-01"}).is(http.StatusUnprocessableEntity).field("start", "outside_calendar")
	c.post("/due", object{"limit": "5 days"}).is(http.StatusUnprocessableEntity).field("start", "missing")
	c.post("/due", object{"limit": "5 days", "start": "2026-09-24", "calendar": "moon"}).is(http.StatusUnprocessableEntity).field("calendar", "not_an_option")
}

func TestACitizenLooksUpHisOwnAndGuessesNobodyElses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	r := w.Register()
	w.Act(w.Dispatcher, r.Ticket.Number, tt.Triage(tickets.Refused))
	c := w.stranger()
	got := c.post("/look", object{"number": r.Ticket.Number, "code": r.Code}).is(http.StatusOK)
	if got.at("status") != "to_dispatch" || got.at("says") != "正在确定由哪个单位办" || strings.Contains(got.Body, "依据来电内容判断") {
		t.Errorf("he is told %s", got.Body)
	}
	wrong := c.post("/look", object{"number": r.Ticket.Number, "code": "00000000"}).is(http.StatusNotFound).code("no_ticket")
	none := c.post("/look", object{"number": "20260921999999", "code": "00000000"}).is(http.StatusNotFound).code("no_ticket")
	if wrong.JSON["title"] != none.JSON["title"] || wrong.JSON["detail"] != none.JSON["detail"] {
		t.Error("a wrong code and an unknown number are told apart")
	}
	for range 18 {
		c.post("/look", object{"number": r.Ticket.Number, "code": "11111111"}).is(http.StatusNotFound)
	}
	c.post("/look", object{"number": r.Ticket.Number, "code": "11111111"}).is(http.StatusNotFound)
	c.post("/look", object{"number": r.Ticket.Number, "code": r.Code}).is(http.StatusTooManyRequests).code("guessing")
	c.post("/look", object{"number": "1"}).is(http.StatusUnprocessableEntity).field("code", "missing")
}

func TestAnotherSitesPageCannotUseTheCookie(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	x := w.Ticket(tickets.ToTriage)
	p := w.As(w.Dispatcher).Do("POST", "/api/v1/tickets/"+x.Number+"/triages", "application/json", strings.NewReader(`{"class":"ordinary","reason":"x","version":1}`), "Sec-Fetch-Site", "cross-site")
	p.Is(http.StatusForbidden)
}

// Whatever an address answers to a body without anything in it is described.
func TestEveryAddressAnswersAsDescribed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	x := w.Ticket(tickets.InHand)
	doc := document(t, w.Site)
	fill := strings.NewReplacer("{number}", x.Number, "{id}", "1")
	for _, by := range []*asker{w.as(w.Dispatcher), w.as(w.Caseworker), w.as(w.Editor), w.stranger()} {
		for path, item := range doc.Paths.Map() {
			if item.Get != nil {
				by.get(fill.Replace(path))
			}
			if item.Post != nil {
				by.post(fill.Replace(path), object{})
			}
		}
	}
	for _, want := range []string{"me", "listTickets", "showTicket", "states", "departments", "categories", "areas", "directory", "openapi"} {
		if !w.seen[want] {
			t.Errorf("%s never answered well", want)
		}
	}
}

func TestAnotherAuthenticatorTakesThePlaceOfTheCookie(t *testing.T) {
	t.Parallel()
	var who staff.Member
	w := newWorld(t, func(p *web.Parts) { p.Auth = byHeader{func() staff.Member { return who }} })
	who = w.Dispatcher
	w.as(w.Dispatcher).get("/me").is(http.StatusUnauthorized)
	p := w.Stranger().Do("GET", "/api/v1/me", "", nil, "X-Test-Key", "let me in").Is(http.StatusOK)
	if !strings.Contains(p.Body, `"login":"dispatcher"`) {
		t.Errorf("the key's holder is %s", p.Body)
	}
}

type byHeader struct{ who func() staff.Member }

func (b byHeader) Member(r *http.Request) (staff.Member, bool, error) {
	return b.who(), r.Header.Get("X-Test-Key") == "let me in", nil
}
