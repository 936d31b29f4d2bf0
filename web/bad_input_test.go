package web_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/web/webtest"
)

func TestBadInputGetsAClearRefusalOnBothDatabases(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		s := webtest.On(t, db)
		x := s.Ticket(tickets.InHand)
		c := s.As(s.Caseworker)
		act := "/tickets/" + x.Number + "/progress-reports"
		version := fmt.Sprint(x.Version)
		for name, test := range map[string]struct {
			form   url.Values
			status int
		}{
			"a NUL in the text":       {url.Values{"version": {version}, "text": {"进展\x00"}}, http.StatusUnprocessableEntity},
			"broken UTF-8":            {url.Values{"version": {version}, "text": {"进展\xff\xfe"}}, http.StatusUnprocessableEntity},
			"control characters":      {url.Values{"version": {version}, "text": {"进展\x1b[31m"}}, http.StatusUnprocessableEntity},
			"too long a text":         {url.Values{"version": {version}, "text": {strings.Repeat("长", 2001)}}, http.StatusUnprocessableEntity},
			"no text":                 {url.Values{"version": {version}}, http.StatusUnprocessableEntity},
			"no version":              {url.Values{"text": {"进展"}}, http.StatusBadRequest},
			"a version in words":      {url.Values{"version": {"newest"}, "text": {"进展"}}, http.StatusBadRequest},
			"a version from tomorrow": {url.Values{"version": {"99"}, "text": {"进展"}}, http.StatusConflict},
			"a version below zero":    {url.Values{"version": {"-1"}, "text": {"进展"}}, http.StatusBadRequest},
			"more than a form holds":  {url.Values{"version": {version}, "text": {strings.Repeat("长", 100_000)}}, http.StatusRequestEntityTooLarge},
		} {
			if got := c.Post(act, test.form); got.Status != test.status {
				t.Errorf("%s is answered %d; want %d", name, got.Status, test.status)
			}
		}
		for _, number := range []string{"0", "abc", "%00", "%ff", "..%2f..%2fetc", strings.Repeat("9", 300), "20260921999999", "' OR 1=1"} {
			c.Get("/tickets/" + url.PathEscape(number)).Is(http.StatusNotFound)
			c.Post("/tickets/"+url.PathEscape(number)+"/notes", url.Values{"version": {"1"}, "text": {"x"}}).Is(http.StatusNotFound)
		}
		c.Post("/tickets/"+x.Number+"/no-such-act", nil).Is(http.StatusNotFound)
		after, err := s.Desk.Ticket(context.Background(), s.Caseworker, x.Number)
		if err != nil || after.Version != x.Version {
			t.Errorf("the ticket is at version %d, %v; nothing of this should have changed it", after.Version, err)
		}
	})
}

func TestWrongTypesAreNamedFieldByField(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	c := s.As(s.Caseworker)
	p := c.Post("/tickets/"+x.Number+"/extensions", url.Values{"version": {fmt.Sprint(x.Version)}, "days": {"很多"}, "reason": {"需调取档案"}}).Is(http.StatusUnprocessableEntity)
	p.Want("#act-extensions .invalid-feedback", "请填写数字")
	if got := p.Form("#act-extensions form").Get("days"); got != "很多" {
		t.Errorf("the field holds %q; want what was typed", got)
	}
	c.Post("/tickets/"+x.Number+"/extensions", url.Values{"version": {fmt.Sprint(x.Version)}, "days": {"99"}, "reason": {"需调取档案"}}).Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "不能大于10")
	c.Post("/tickets/"+x.Number+"/suspensions", url.Values{"version": {fmt.Sprint(x.Version)}, "until": {"明天"}, "reason": {"等判决"}}).Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "格式")
	c.Post("/tickets/"+x.Number+"/returns", url.Values{"version": {fmt.Sprint(x.Version)}, "code": {"because"}, "reason": {"x"}, "basis": {"y"}}).Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "请从列表中选择")
	s.As(s.Operator).Post("/intake/hotline", said("name", "<script>alert(1)</script>", "phone", "", "content", `"><img src=x onerror=alert(1)>`)).Is(http.StatusUnprocessableEntity).WantNo("main script").WantNo("main img")
}

func TestWhatACitizenWroteIsTextOnEveryPage(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	evil := `"><script>alert(1)</script><img src=x onerror=alert(2)>{{.Me}}`
	x := s.Ticket(tickets.InHand, func(in *tickets.Intake) {
		in.Title, in.Content, in.Address, in.Matter, in.Name = evil, evil, evil, evil, evil[:38]
	})
	s.Act(s.Caseworker, x.Number, &tickets.AddNote{Text: evil})
	c := s.As(s.Caseworker)
	for _, path := range []string{"/desk", "/tickets", "/tickets/" + x.Number, "/tickets/" + x.Number + "/work-order", "/tickets/find?number=" + url.QueryEscape(evil)} {
		p := c.Get(path)
		p.WantNo("main script").WantNo("main img[src=x]")
	}
}

func TestAProgramIsToldTheSameInJSON(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	c := s.As(s.Caseworker)
	post := func(form url.Values) *webtest.Page {
		return c.Do("POST", "/tickets/"+x.Number+"/extensions", "application/x-www-form-urlencoded", strings.NewReader(form.Encode()), "Accept", "application/json")
	}
	p := post(url.Values{"version": {fmt.Sprint(x.Version)}, "days": {"13800138000"}}).Is(http.StatusUnprocessableEntity)
	for _, want := range []string{`"code":"fields"`, `"field":"days"`, `"field":"reason"`, `"message":`} {
		if !strings.Contains(p.Body, want) {
			t.Errorf("the answer lacks %s: %s", want, p.Body)
		}
	}
	if strings.Contains(p.Body, "13800138000") {
		t.Error("the rejected value is repeated; it may be anybody's number")
	}
	s.Act(s.Dispatcher, x.Number, &tickets.Remind{Text: "催"})
	p = post(url.Values{"version": {fmt.Sprint(x.Version)}, "days": {"3"}, "reason": {"调档"}}).Is(http.StatusConflict)
	if want := fmt.Sprintf(`"version":%d`, x.Version+1); !strings.Contains(p.Body, `"code":"changed"`) || !strings.Contains(p.Body, want) {
		t.Errorf("the answer lacks %s: %s", want, p.Body)
	}
}
