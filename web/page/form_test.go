package page

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nengban/tickets"
)

func TestWhatAFormShowsIsReadBackAsItWas(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 9, 24, 8, 50, 0, 0, time.UTC)
	in := tickets.Intake{Caller: tickets.Caller{Name: "王秀兰", Phone: "13800138000", NoTexts: true}, Kind: tickets.Complaint, Content: "第一行\n第二行",
		VisitCount: 3, OccurredAt: &at, Tags: []string{"噪音", "夜间"}}
	shown := Empty("intake", &in)
	if got := shown.Value("occurred_at"); got != "2026-09-24T16:50" {
		t.Errorf("a moment is shown as %q; want it in Shanghai's hours", got)
	}
	var back tickets.Intake
	again := Decode(posted(shown.Values), "intake", &back)
	if diff := cmp.Diff(in, back); diff != "" || len(again.Errors) != 0 {
		t.Errorf("read back differently (-was +is):\n%s%v", diff, again.Errors)
	}
}

func TestWhatDoesNotFitItsFieldStaysInTheForm(t *testing.T) {
	t.Parallel()
	var in tickets.Intake
	f := Decode(posted(url.Values{"visit_count": {"三次"}, "occurred_at": {"昨天"}, "name": {"李"}}), "intake", &in)
	if f.Error("visit_count") == nil || f.Error("occurred_at") == nil || f.Error("name") != nil {
		t.Errorf("errors are %v", f.Errors)
	}
	if f.Value("visit_count") != "三次" || f.Value("occurred_at") != "昨天" || in.Name != "李" {
		t.Errorf("the form holds %v", f.Values)
	}
}

func posted(v url.Values) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(v.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if err := r.ParseForm(); err != nil {
		panic(err)
	}
	return r
}
