package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/webtest"
)

// list2027 is an invented list in CSV: New Year lasts to Monday 4 January,
// which is worked on Saturday the 9th.
const list2027 = `date,name,off
2027-01-01,元旦,true
2027-01-04,元旦,true
2027-01-09,元旦,false
2027-02-05,春节,true
2027-02-06,春节,true
2027-04-05,清明节,true
2027-05-01,劳动节,true
2027-06-09,端午节,true
2027-09-15,中秋节,true
2027-10-01,国庆节,true
2027-10-02,国庆节,true
2027-10-03,国庆节,true
2027-10-04,国庆节,true
`

// until moves the town's clock to an hour of 2026.
func until(t *testing.T, s *webtest.Site, month time.Month, day, hour, minute int) {
	t.Helper()
	d := time.Date(2026, month, day, hour, minute, 0, 0, tickets.Shanghai).Sub(s.Clock.Now())
	if d < 0 {
		t.Fatalf("the clock would go back by %s", -d)
	}
	s.Clock.Advance(d)
}

func TestTheNewYearsListIsLoadedAndShowsWhatMoved(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	until(t, s, time.December, 28, 9, 30)
	x := s.Ticket(tickets.InHand) // 5 working days: 29, 30, 31, then 2027 as far as it is known
	c := s.As(s.Admin)
	c.Get("/deadlines").Is(http.StatusOK).Want("[role=note]", "已知至 2026 年底").Want("[role=note]", "请导入 2027 年的安排")
	s.As(s.Caseworker).Get("/tickets/"+x.Number).Want(".steps", "2027")
	p := c.Upload("/deadlines/holidays", nil, "file", "2027.csv", []byte(strings.Replace(list2027, "2027-10-02,国庆节,true", "2027-10-01,国庆节,true", 1)))
	p.Is(http.StatusUnprocessableEntity).Want("[role=alert]", "第 12 行，2027-10-01：列了两次").Want("[role=alert]", "现行日历不变").Want("[role=note]", "已知至 2026 年底")
	c.Upload("/deadlines/holidays", nil, "file", "2027.json", []byte(`{"year":2027,"days":[]}`)).Is(http.StatusUnprocessableEntity).Want("[role=alert]", "尚未公布")
	c.Upload("/deadlines/holidays", nil, "file", "x.csv", []byte("hello")).Is(http.StatusUnprocessableEntity).Want("[role=alert]", "不变")
	c.Post("/deadlines/holidays", nil).Is(http.StatusUnprocessableEntity).Want(".alert-danger", "请填写")
	p = c.Upload("/deadlines/holidays", nil, "file", "2027.csv", []byte(list2027)).Is(http.StatusOK)
	p.Want("[role=status]", "2027").Want("[role=note]", "已知至 2027 年底").Want("#m-moved", "1 件工单").Want("table", x.Number).Want("table", "2027年1月6日")
	c.Get("/deadlines").Want("table", "2027.csv").Want("table", "郑管理")
	s.As(s.Operator).Upload("/deadlines/holidays", nil, "file", "2027.csv", []byte(list2027)).Is(http.StatusForbidden)
}

func TestTheMonthShowsWhatIsWorkedAndWhatIsNot(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Operator)
	p := c.Get("/deadlines/calendars/department?month=2026-10").Is(http.StatusOK).Want("#c-month", "2026年10月")
	for day, want := range map[string]string{".day-off": "国庆节", ".day-makeup": "国庆节 09:00-12:00 13:30-17:30", ".day-works": "09:00-12:00 13:30-17:30", ".day-rest": "休息"} {
		p.Want(day, want)
	}
	if n := len(p.All(".day:not(.day-outside)")); n != 31 {
		t.Errorf("October has %d days", n)
	}
	p.WantNo(".day:not(.day-outside) .day-open")
	p = c.English().Get("/deadlines/calendars/department?month=2027-01").Want("#c-month", "January 2027").Want(".day-open", "provisional")
	p.Click("a[rel=prev]").Is(http.StatusOK)
	c.Get("/deadlines/calendars/department?month=1890-01").Want("#c-month", "2026年9月").WantNo("#edit")
	c.Get("/deadlines/calendars/nobody").Is(http.StatusNotFound)
}

func TestACalendarIsTriedAndPutInForce(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand) // due on Tuesday the 29th, after the Mid-Autumn Festival
	c := s.As(s.Supervisor)
	p := c.Get("/deadlines/calendars/department").Is(http.StatusOK)
	form := p.Form("#edit form").With("mon", "9点到12点")
	form.Press("then", "publish").Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "写作 09:00-12:00").Want(".invalid-feedback", "请填写")
	closed := p.Form("#edit form").With("note", "x")
	for _, day := range []string{"mon", "tue", "wed", "thu", "fri"} {
		closed.Set(day, "")
	}
	closed.Press("then", "publish").Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "没有一个工作日")
	for _, bad := range []struct {
		rows url.Values
		want string
	}{
		{url.Values{"day_date": {"2026-09-29"}, "day_kind": {"off"}, "day_hours": {""}, "day_name": {""}, "day_name_en": {""}}, "请写名称"},
		{url.Values{"day_date": {"2026-09-29"}, "day_kind": {"off"}, "day_hours": {"09:00-12:00"}, "day_name": {"台风"}, "day_name_en": {""}}, "没有工作时间"},
		{url.Values{"day_date": {"2026-09-29", "2026-09-29"}, "day_kind": {"off", "off"}, "day_hours": {"", ""}, "day_name": {"台风", "台风"}}, "列了两次"},
		{url.Values{"day_date": {"29.9."}, "day_kind": {"off"}, "day_name": {"台风"}}, "2026-10-01"},
		{url.Values{"day_date": {"2026-09-29"}, "day_kind": {"special_hours"}, "day_hours": {"12:00-09:00"}, "day_name": {"半天"}}, "颠倒或重叠"},
	} {
		f := p.Form("#edit form").With("note", "x")
		for k, v := range bad.rows {
			f.Values[k] = v
		}
		f.Press("then", "publish").Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", bad.want)
	}
	typhoon := func() *webtest.Form {
		f := p.Form("#edit form")
		f.Values["day_date"], f.Values["day_kind"], f.Values["day_hours"] = []string{"2026-09-29", ""}, []string{"off", "off"}, []string{"", ""}
		f.Values["day_name"], f.Values["day_name_en"] = []string{"台风", ""}, []string{"Typhoon", ""}
		return f
	}
	typhoon().Press("then", "try").Is(http.StatusOK).Want("#t-tried", "1 件").Want("#edit", "")
	if got, err := s.Desk.Ticket(t.Context(), s.Supervisor, x.Number); err != nil || !got.DueAt.Equal(x.DueAt) {
		t.Errorf("a trial moved the deadline to %s, %v", got.DueAt, err)
	}
	done := typhoon().With("note", "台风停办一天").Press("then", "publish").Is(http.StatusOK)
	done.Want("[role=status]", "第 2 版已生效").Want("table", x.Number).Want("table", "9月30日").Want("main", "台风停办一天")
	s.As(s.Caseworker).Get("/tickets/"+x.Number).Want(".steps", "台风")
	s.As(s.Caseworker).English().Get("/tickets/"+x.Number).Want(".steps", "Typhoon")
}

func TestLimitsAreDraftedTriedAndPublished(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	until(t, s, time.September, 24, 9, 30) // three days later, still in time by 5 working days
	c := s.As(s.Supervisor)
	c.Get("/deadlines/limits").Is(http.StatusOK).Want("table", "5个工作日").Want("main", "现行").Want("main", "眉山市（2021）")
	c.Get("/deadlines/limits?version=9").Is(http.StatusNotFound)
	c.Get("/deadlines/draft").Want("main", "您没有草案")
	c.Post("/deadlines/draft/rules/0", nil).Is(http.StatusNotFound)
	c.Get("/deadlines/limits").Form("form[action='/deadlines/draft']").Press().Is(http.StatusOK).Want("[role=status]", "草案已建立")

	p := c.Get("/deadlines/draft?rule=0").Is(http.StatusOK).Want("#r-f-red_to", "督办员").Want("#r-f-start", "自签收起")
	rule := func() *webtest.Form { return c.Get("/deadlines/draft?rule=0").Form("#rule form") }
	if got := rule().Get("limit"); got != "5个工作日" {
		t.Errorf("the first rule's limit is shown as %q", got)
	}
	for field, bad := range map[string][2]string{"limit": {"一会儿", "看不懂"}, "name": {"dispatch", "已有同名规则"}, "start": {"signing", "起点是固定的"}} {
		rule().With(field, bad[0]).Press().Is(http.StatusUnprocessableEntity).Want("#rule .invalid-feedback", bad[1])
	}
	rule().With("own_alerts", "yes").With("shares", "150").Press().Is(http.StatusUnprocessableEntity).Want("#rule .invalid-feedback", "1 到 99")
	p = p.Form("#rule form").With("limit", "2个工作日").Press().Is(http.StatusOK).Want("table", "2个工作日")
	p.WantNo("[role=alert]")

	tried := p.Form("form[action='/deadlines/draft']:not([method])").Press().Is(http.StatusOK)
	tried.Want("#t-tried", "1 件").Want(".tried-sum", "0 → 1").Want(".tried table", "诉求人与工作台").Want(".tried table", x.Number)

	clash := p.Form("#rule form").With("name", "again").With("clock", "answer").With("limit", "7个工作日")
	p = clash.Press().Is(http.StatusOK).Want("[role=alert]", "“again”与“answer”重叠").Want(".is-over", "again")
	p.Form("form[action='/deadlines/draft/publish']").With("note", "x").Press().Is(http.StatusUnprocessableEntity).Want("[role=alert]", "还不能发布")
	last := strings.TrimPrefix(p.Attr(".is-over a", "href"), "/deadlines/draft?rule=")
	p = c.Get("/deadlines/draft?rule="+strings.TrimSuffix(last, "#rule")).Form("#rule form").Press("then", "remove").Is(http.StatusOK)
	p.WantNo("[role=alert]")

	publish := p.Form("form[action='/deadlines/draft/publish']")
	publish.Press().Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "请填写")
	publish.With("note", "提速").With("from", "2026-09-01T00:00").Press().Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "不能早于今天")
	publish.With("from", "2026-09-25T00:00").Press().Is(http.StatusOK).Want("[role=status]", "已发布").Want(".versions", "提速")
	c.Get("/deadlines/draft").Want("main", "您没有草案")
	before := s.Register()
	until(t, s, time.September, 28, 9, 30)
	after := s.Register()
	if before.Ticket.PolicyVersion != 1 || after.Ticket.PolicyVersion != 2 {
		t.Errorf("the ticket before is promised under version %d, the one after under %d", before.Ticket.PolicyVersion, after.Ticket.PolicyVersion)
	}
}

func TestADraftsHeadAndWarningsAreChanged(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Admin)
	c.Post("/deadlines/draft", url.Values{"version": {"7"}}).Is(http.StatusNotFound)
	p := c.Post("/deadlines/draft", url.Values{"version": {"1"}}).Is(http.StatusOK)
	head := p.Form("form[action='/deadlines/draft/head']")
	head.With("before", "3天").Press().Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "2个工作小时")
	p = head.With("before", "1个工作小时；30分钟").With("name", "2027年时限").With("shares", "60").With("red_to", "").Press().Is(http.StatusOK)
	p.Want("main", "2027年时限").Want("main", "用去时限的 60%").Want("main", "截止前 30分钟")
	if strings.Contains(p.Text(".plain-list"), "红") {
		t.Errorf("the red level is still told: %s", p.Text(".plain-list"))
	}
	p.Form("form[action='/deadlines/draft/drop']").Press().Is(http.StatusOK).Want("[role=status]", "草案已放弃")
	s.As(s.Caseworker).Get("/deadlines/draft").Is(http.StatusForbidden)
}

// work does what the timetable does about warnings.
func work(t *testing.T, s *webtest.Site) {
	t.Helper()
	if _, err := s.Desk.Warn(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Desk.Digest(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func TestWarningsReachWhoCanStillActAndOverdueReachesTheSupervisor(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand) // due on Tuesday 29 September, 17:30
	s.As(s.Caseworker).Get("/desk").WantNo(".news")
	until(t, s, time.September, 29, 16, 0)
	work(t, s)
	c := s.As(s.Caseworker)
	p := c.Get("/desk").Want(".news", x.Number).Want(".news", "预警")
	s.As(s.TrafficCaseworker).Get("/desk").WantNo(".news")
	p = p.Form("form[action^='/deadlines/news/']").Press().Is(http.StatusOK)
	if p.Path != "/desk" || p.Has(".news") {
		t.Errorf("after reading one stands at %s, and the news is there: %v", p.Path, p.Has(".news"))
	}
	c.Get("/deadlines/news").Want(".news.is-read", "王承办已阅")
	s.As(s.Operator).Get("/deadlines/news").Is(http.StatusOK).Want("main", "没有预警")
	s.As(s.Operator).Post("/deadlines/news/1", nil).Is(http.StatusNotFound)

	until(t, s, time.September, 30, 9, 30)
	work(t, s)
	sup := s.As(s.Supervisor)
	sup.Get("/supervision").Want(".escalated:has(.level-blue)", x.Number)
	until(t, s, time.October, 15, 9, 30)
	work(t, s)
	sup = s.As(s.Supervisor)
	p = sup.Get("/supervision").Want(".escalated:has(.level-red)", x.Number)
	if blue := p.Text(".escalated:has(.level-blue)"); strings.Contains(blue, x.Number) {
		t.Errorf("the same deadline stands under blue too: %s", blue)
	}
	sup.Get("/desk").Want(".news-red", x.Number)
	s.As(s.Leader).Get("/supervision").Want(".escalated", x.Number)
	s.As(s.TrafficCaseworker).Get("/supervision").Is(http.StatusForbidden)
}

func TestStoredDeadlinesAreCheckedAndMended(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	c := s.As(s.Admin)
	c.Get("/system/clocks?check=open").Is(http.StatusOK).Want("[role=status]", "与流转记录一致")
	exec(t, s, `UPDATE clocks SET due_at = ? WHERE clock = 'handle'`, s.Clock.Now().Add(90*24*time.Hour).UTC())
	p := c.Get("/system/clocks?check=all").Want("table", x.Number).Want("table", "截止").Want("table", "办理")
	p.Form("form[action='/system/clocks']").Press().Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "请填写")
	p.Form("form[action='/system/clocks']").With("reason", "误改").Press().Is(http.StatusOK).Want("[role=status]", "已修正 1 件工单")
	c.Get("/system/clocks?check=all").Want("[role=status]", "与流转记录一致")
	s.As(s.Auditor).Get("/system/clocks?check=all").Is(http.StatusOK).WantNo("form[action='/system/clocks']")
	s.As(s.Auditor).Post("/system/clocks", url.Values{"reason": {"x"}}).Is(http.StatusForbidden)
}

// The working of a deadline stands on the ticket, in both languages, and on
// the paper that goes with it; the citizen's slip carries the date.
func TestADeadlineUnfoldsOnThePageAndInPrint(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	c := s.As(s.Caseworker)
	for _, path := range []string{"/tickets/" + x.Number, "/tickets/" + x.Number + "/work-order"} {
		c.Get(path).Want("ol", "首日不计入").Want("ol", "中秋节放假，不计").Want("ol", "17:30下班时届满")
		c.English().Get(path).Want("ol", "first day not counted").Want("ol", "Mid-Autumn Festival").Want("ol", "close of business")
	}
	receipt := s.As(s.Operator).Get("/tickets/" + x.Number + "/receipt").Is(http.StatusOK)
	receipt.Want("main", "9月29日 周二 17:30")
}

func TestDeadlineScreensSpeakBothLanguages(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	until(t, s, time.October, 15, 9, 30)
	work(t, s)
	if p := s.As(s.Supervisor).Post("/deadlines/draft", url.Values{"version": {"1"}}); p.Status != http.StatusOK {
		t.Fatal(p.Status)
	}
	for path, m := range map[string]staff.Member{"/deadlines": s.Admin, "/deadlines/calendars/department?month=2026-10": s.Admin, "/deadlines/limits": s.Supervisor,
		"/deadlines/draft?rule=1": s.Supervisor, "/deadlines/draft?from=2026-09-01&to=2026-10-01": s.Supervisor, "/deadlines/news": s.Supervisor, "/supervision": s.Supervisor,
		"/desk": s.Supervisor, "/system/clocks?check=open": s.Auditor, "/tickets/" + x.Number + "/work-order": s.Caseworker} {
		zh, en := s.As(m).Get(path).Is(http.StatusOK), s.As(m).English().Get(path).Is(http.StatusOK)
		if zh.Text("h1") == "" || zh.Text("title") == en.Text("title") {
			t.Errorf("%s has the heading %q and the titles %q and %q", path, zh.Text("h1"), zh.Text("title"), en.Text("title"))
		}
		wellFormed(t, zh)
	}
}
