package web_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"nengban/knowledge"
	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web"
	"nengban/web/webtest"
)

// library is the site's knowledge base, for what the timetable does.
func library(t *testing.T) (*webtest.Site, *knowledge.Library) {
	t.Helper()
	var l *knowledge.Library
	s := webtest.New(t, webtest.WithKnowledge(t), func(p *web.Parts) { l = p.Knowledge })
	return s, l
}

func TestKnowledgeScreensSpeakBothLanguages(t *testing.T) {
	t.Parallel()
	s, _ := library(t)
	for path, m := range map[string]staff.Member{"/knowledge": s.Operator, "/knowledge?q=公积金": s.Operator, "/knowledge?q=量子": s.Editor, "/knowledge?state=published&kind=faq&path=住房/公积金": s.Editor,
		"/knowledge/K000001": s.Caseworker, "/knowledge/K000001?q=公积金": s.Operator, "/knowledge/K000003?n=1&with=1": s.Editor, "/knowledge/new": s.Editor, "/knowledge/K000001/edit": s.Editor,
		"/knowledge/keeping": s.Editor, "/knowledge/keeping?tab=rated": s.Leader, "/knowledge/keeping?tab=nothing": s.Editor, "/knowledge/keeping?tab=unused": s.Auditor,
		"/knowledge/keeping?tab=words": s.Editor, "/knowledge/keeping?tab=categories": s.Editor, "/knowledge/keeping?tab=files": s.Editor} {
		c := s.As(m)
		zh, en := c.Get(path).Is(http.StatusOK), c.English().Get(path).Is(http.StatusOK)
		if zh.Attr("html", "lang") != "zh-CN" || en.Attr("html", "lang") != "en" || zh.Text("h1") == "" {
			t.Errorf("%s is in %q and %q under %q", path, zh.Attr("html", "lang"), en.Attr("html", "lang"), zh.Text("h1"))
		}
		wellFormed(t, zh)
	}
}

func TestAnArticleIsWrittenReviewedAndPublished(t *testing.T) {
	t.Parallel()
	s, l := library(t)
	editor, supervisor := s.As(s.Editor), s.As(s.Supervisor)
	p := editor.Get("/knowledge/new").Form("main form").With("title", "居住证办理指南").With("body", "带身份证和居住证明到派出所。").With("keywords", "居住证，流动人口").
		With("path", "住房/不动产登记").With("kind", "service_guide").With("valid_until", "2026-01-01").With("valid_from", "2026-02-01").Press()
	p.Is(http.StatusUnprocessableEntity).Want("[role=alert]", "失效日期须晚于生效日期")
	p = p.Form("main form").With("valid_until", "").Press().Is(http.StatusOK).Want("h1", "居住证办理指南").Want(".tag", "草稿")
	if !slices.Equal(p.All(".facts dd .tag"), []string{"居住证", "流动人口"}) {
		t.Errorf("its keywords are %q", p.All(".facts dd .tag"))
	}
	p = p.Form("#steps form").Press("step", "submit").Is(http.StatusOK).Want(".tag", "待审核").Want("[role=status]", "已送审").Want("#steps", "等待他人审核")
	own := p.Path
	editor.Post(own+"/steps", url.Values{"version": {"2"}, "step": {"approve"}}).Is(http.StatusConflict).Want("[role=alert]", "须由他人审核")
	supervisor.Get(own).WantNo("#steps .quiet-text").Form("#steps form:not([class]):last-of-type").Press("step", "approve").Is(http.StatusOK).Want(".tag", "待发布").Want("[role=status]", "审核已通过")
	editor.Get(own).Form("#steps > form").Press("step", "publish").Is(http.StatusOK).Want(".tag", "发布中").Want("[role=status]", "进入检索后即对外使用")
	s.Stranger().Get("/answers/" + strings.TrimPrefix(own, "/knowledge/")).Is(http.StatusNotFound)
	_, err := l.Tick(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	s.Stranger().Get("/answers/"+strings.TrimPrefix(own, "/knowledge/")).Is(http.StatusOK).Want("article", "到派出所")

	// Somebody else wrote meanwhile: both texts are shown, and none is lost.
	first := editor.Get(own + "/edit")
	editor.Get(own+"/edit").Form("main form").With("body", "带身份证到派出所，网上也能办。").Press().Is(http.StatusOK)
	p = first.Form("main form").With("body", "带身份证和照片到派出所。").Press().Is(http.StatusConflict).Want("[role=alert]", "李编辑")
	p.Want("ins", "照片").Want("textarea[name=body]", "照片")
	p = p.Form("main form").Press().Is(http.StatusOK).Want(".tag", "草稿").Want(".content-text", "照片")
	p.Click(".k-versions .btn-row a").Is(http.StatusOK).Want("del", "居住证明")
	p.Form(".k-versions form").Press("n", "1").Is(http.StatusOK).Want(".content-text", "居住证明")
}

func TestACitizenFindsTheAnswerOrCarriesItIntoTheForm(t *testing.T) {
	t.Parallel()
	s, l := library(t)
	c := s.Stranger()
	c.Get("/").Form(".p-ask").With("q", "租房提取gjj").Press().Is(http.StatusOK).Want(".p-hits a[href^='/answers/K000001']", "公积金")
	c.Get("/answers").Is(http.StatusOK).Want(".p-group", "公积金").WantNo(".p-group a[href*='不动产']")
	c.Get("/answers?in=住房/公积金").Is(http.StatusOK).Want(".p-hits", "公积金贷款最高能贷多少").Want(".p-trail", "住房")
	c.Get("/answers?in=没有").Is(http.StatusNotFound)
	c.Get("/answers?q=房改房补证处理口径").Is(http.StatusOK).WantNo(".p-hits a[href*=K000003]")
	for _, path := range []string{"/answers/K000003", "/answers/K999999", "/answers/x", "/answers/1.5"} {
		c.Get(path).Is(http.StatusNotFound)
	}
	p := c.Get("/answers?q=公积金提取").Click(".p-hits a").Is(http.StatusOK).Want("h1", "住房公积金提取办理指南").Want(".p-text", "三个工作日")
	guide, question := dataIn(t, p), dataIn(t, c.Get("/answers/K000002"))
	if guide["@type"] != "GovernmentService" || guide["name"] != "住房公积金提取办理指南" || guide["category"] != "住房/公积金" {
		t.Errorf("for machines a guide is %v", guide)
	}
	if question["@type"] != "FAQPage" || question["inLanguage"] != "zh-CN" {
		t.Errorf("for machines a question and answer is %v", question)
	}
	p.Form("#helped form").Press("say", "unhelpful").Is(http.StatusOK).Want("#helped [role=status]", "谢谢")
	c.Post("/answers/K000001/helpful", url.Values{"say": {"rubbish"}}).Is(http.StatusBadRequest)
	bad, err := l.Rated(context.Background(), "")
	if err != nil || len(bad) != 1 || bad[0].ID != 1 {
		t.Errorf("bad opinions: %+v, %v", bad, err)
	}
	form := p.Click("a[href^='/file?article']").Is(http.StatusOK).Form("main form")
	if form.Get("matter") != "住房公积金提取办理指南" || form.Get("about") != "housing" || !strings.Contains(form.Get("content"), "K000001") {
		t.Errorf("the form holds %v", form.Values)
	}
	c.Get("/file?article=K000003").Is(http.StatusOK).WantNo("input[value*='口径']") // what is internal stays so
	for _, path := range []string{"/answers", "/answers?q=公积金", "/answers?q=量子", "/answers?in=住房", "/answers/K000001", "/answers/K000002"} {
		if en := c.English().Get(path).Is(http.StatusOK); en.Attr("html", "lang") != "en" || en.Text("h1") == "" {
			t.Errorf("%s is not in English", path)
		}
	}
}

func TestArticlesComeInAndGoOutAsFiles(t *testing.T) {
	t.Parallel()
	s, _ := library(t)
	editor := s.As(s.Editor)
	const head = "类目,标题,内容,发文单位,材料性质,关键字\n"
	up := func(body string, form url.Values) *webtest.Page {
		return editor.Upload("/knowledge/keeping/files", form, "file", "a.csv", []byte(body))
	}
	p := up(head+"住房/公积金,公积金缴存基数,每年七月调整。,公积金中心,办事指南,\n没有/这类,甲,乙,丙,办事指南,\n住房/公积金,甲,乙,丙,小道消息,\n", url.Values{})
	p.Is(http.StatusOK).Want(".alert", "新增1条").Want("td", "没有这个类目：没有/这类").Want("td", "材料性质")
	up(head+"没有/这类,甲,乙,丙,办事指南,\n", url.Values{"paths": {"yes"}, "draft": {"yes"}}).Is(http.StatusOK).Want(".alert-success", "新增1条")
	up("类目,标题\n甲,乙\n", url.Values{}).Is(http.StatusUnprocessableEntity).Want(".alert-danger", "内容")
	up("", url.Values{}).Is(http.StatusUnprocessableEntity).Want(".alert-danger", "文件")
	editor.Post("/knowledge/keeping/files", nil).Is(http.StatusUnprocessableEntity)
	out := editor.Get("/knowledge/export?as=csv").Is(http.StatusOK)
	if !strings.Contains(out.Body, "住房公积金提取办理指南") || !strings.Contains(out.Header.Get("Content-Disposition"), ".csv") {
		t.Errorf("written out: %q %s", out.Header.Get("Content-Disposition"), out.Body)
	}
	if n := len(editor.Get("/knowledge/export?as=xlsx").Is(http.StatusOK).Body); n < 1000 {
		t.Errorf("the workbook has %d bytes", n)
	}
	s.As(s.Caseworker).Get("/knowledge/export").Is(http.StatusForbidden)
}

func TestWordsAndCategoriesAreKeptByEditors(t *testing.T) {
	t.Parallel()
	s, _ := library(t)
	editor := s.As(s.Editor)
	words := editor.Get("/knowledge/keeping?tab=words")
	words.Form("main form").With("synonyms", "小金库 公积金").Press().Is(http.StatusOK)
	editor.Get("/knowledge?q=小金库提取").Want(".k-hits a[href^='/knowledge/K000001']", "公积金")
	words.Form("main form").With("synonyms", "旧的 老的").Press().Is(http.StatusUnprocessableEntity).Want("[role=alert]", "同事刚刚保存过").Want("textarea", "旧的 老的")
	editor.Post("/knowledge/keeping/words", url.Values{"version": {"1"}, "synonyms": {"一个"}}).Is(http.StatusUnprocessableEntity).Want("[role=alert]", "无法识别")
	editor.Post("/knowledge/keeping/opinions", url.Values{"on": {"no"}}).Is(http.StatusOK).Want("main", "不参与排序")
	s.As(s.Operator).Get("/knowledge/keeping?tab=words").Is(http.StatusOK).WantNo("main form")
	editor.Post("/knowledge/keeping/categories", url.Values{"path": {"交通/公交/线路"}, "department": {"traffic"}}).Is(http.StatusOK).Want("table", "交通/公交/线路")
	editor.Post("/knowledge/keeping/categories", url.Values{"path": {"交通/公交"}}).Is(http.StatusUnprocessableEntity).Want("[role=alert]", "末级")
	editor.Post("/knowledge/keeping/categories/remove", url.Values{"path": {"住房/公积金"}}).Is(http.StatusUnprocessableEntity).Want("[role=alert]", "还有条目")
	editor.Post("/knowledge/keeping/categories/remove", url.Values{"path": {"交通/公交/线路"}}).Is(http.StatusOK)
	s.Stranger().Get("/answers?q=积分入学")
	editor.Get("/knowledge/keeping?tab=nothing").Want("table", "积分入学").Form("table form").Press("key", "积分入学").Is(http.StatusOK).WantNo(".list table")
}

func TestAFinishedTicketBecomesADraft(t *testing.T) {
	t.Parallel()
	s, _ := library(t)
	x := s.Register(func(in *tickets.Intake) {
		in.Kind, in.Content = tickets.Inquiry, "我是王秀兰，电话13800138000，公积金缴存基数什么时候调整？"
	}).Ticket
	s.Act(s.Operator, x.Number, &tickets.AnswerAtOnce{Text: "王秀兰您好，每年七月调整。"})
	p := s.As(s.Dispatcher).Get("/tickets/" + x.Number).Form("form[action$='/article']").Press().Is(http.StatusOK)
	if !strings.HasSuffix(p.Path, "/edit") || !strings.Contains(p.Text("textarea[name=answer]"), "每年七月调整") {
		t.Fatalf("the draft is at %s: %s", p.Path, p.Text("main"))
	}
	for _, text := range append(p.All("textarea"), p.Attrs("input", "value")...) {
		if strings.Contains(text, "王秀兰") || strings.Contains(text, "13800138000") {
			t.Errorf("the draft names a person: %s", text)
		}
	}
	s.As(s.Operator).Post("/tickets/"+x.Number+"/article", nil).Is(http.StatusForbidden)
}

func TestTheAnswerOfAnArticleStandsBesideTheCall(t *testing.T) {
	t.Parallel()
	s, l := library(t)
	p := s.As(s.Operator).Fragment("/intake/help", url.Values{"content": {"我租房子，想把公积金提取出来，要什么材料"}}).Is(http.StatusOK)
	p.Want(".earlier", "住房公积金提取办理指南")
	if !strings.Contains(p.Attr("button[name=use]", "data-use"), "每年可以提取一次") || p.Attr("a.title", "href") != "/knowledge/K000001" {
		t.Errorf("beside the call stands %s", p.Body)
	}
	typed := url.Values{"content": {"我租房子，想把公积金提取出来，要什么材料"}, "phone": {"13800138000"}, "not": {"K000001"}}
	p = s.As(s.Operator).Post("/intake/hotline", typed).Is(http.StatusOK).Want("textarea[name=content]", "租房子").WantNo("a[href='/knowledge/K000001']")
	bad, err := l.Rated(context.Background(), "")
	if err != nil || len(bad) != 1 || p.Attr("#f-phone", "value") != "13800138000" {
		t.Errorf("after \"not this\": opinions %+v, %v, the phone is %q", bad, err, p.Attr("#f-phone", "value"))
	}
}

func TestNoKnowledgePageHasASeriousBarrier(t *testing.T) {
	t.Parallel()
	s, _ := library(t)
	var complaints []string
	for m, paths := range map[*staff.Member][]string{
		{}:        {"/answers", "/answers?q=公积金", "/answers/K000001"},
		&s.Editor: {"/knowledge?q=公积金", "/knowledge", "/knowledge/K000001?q=公积金", "/knowledge/K000001/edit", "/knowledge/keeping?tab=words", "/knowledge/keeping?tab=categories", "/knowledge/keeping?tab=files"},
	} {
		tab := s.Browser(*m)
		listenTo(tab, func(words string) { complaints = append(complaints, words) })
		for _, path := range paths {
			do(t, tab, path, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(s.URL+path), chromedp.WaitReady("#main"))
			for _, v := range webtest.Axe(t, tab) {
				t.Errorf("%s: %s", path, v)
			}
		}
	}
	for _, c := range complaints {
		t.Errorf("the browser complains: %s", c)
	}
}

// The articles' addresses are there only where there is a knowledge base, so
// they are walked here as the others are in TestEveryRouteAsEveryRole.
func TestEveryKnowledgeRouteAsEveryRole(t *testing.T) {
	t.Parallel()
	s, _ := library(t)
	x := s.Ticket(tickets.InHand)
	fill := strings.NewReplacer("{number}", x.Number, "{id}", "1", "{n}", "1")
	walkers, who := map[string]*webtest.Client{"stranger": s.Stranger()}, map[string]staff.Member{}
	for _, m := range s.Everyone() {
		if m.ID != 0 {
			walkers[m.Name], who[m.Name] = s.As(m), m
		}
	}
	walked := 0
	for _, rt := range s.Server.Routes() {
		if !strings.HasPrefix(rt.Path, "/knowledge") && !strings.HasPrefix(rt.Path, "/answers") && rt.Path != "/tickets/{number}/article" {
			continue
		}
		walked++
		for name, c := range walkers {
			m, known := who[name]
			got := c.Still().Do(rt.Method, fill.Replace(rt.Path), kindOf(rt), body(rt))
			verdict(t, rt, name, rt.Who.Admit(m, known), got)
		}
	}
	if walked < 25 {
		t.Errorf("%d addresses were walked", walked)
	}
}

// Who keeps an article looks at it often; that nobody else does is what the
// count should tell.
func TestReadingsOfWhoKeepsAnArticleAreNotCounted(t *testing.T) {
	t.Parallel()
	s, l := library(t)
	for range 3 {
		s.As(s.Editor).Get("/knowledge/K000001").Is(http.StatusOK)
	}
	s.As(s.Operator).Get("/knowledge/K000001").Is(http.StatusOK)
	s.Stranger().Get("/answers/K000001").Is(http.StatusOK)
	if _, err := l.Tick(context.Background()); err != nil {
		t.Fatal(err)
	}
	s.As(s.Editor).Get("/knowledge/K000001").Want(".ticket-due", "浏览2次")
}

// properties are those that schema.org knows of each type that is used, and
// what each must have to say anything: https://schema.org/GovernmentService,
// /FAQPage (and what Google's guide for FAQPage asks for).
var properties = map[string]struct{ may, must []string }{
	"GovernmentService":      {[]string{"name", "description", "identifier", "category", "provider", "serviceOperator", "areaServed", "subjectOf", "url"}, []string{"name", "description", "provider", "serviceOperator"}},
	"GovernmentOrganization": {[]string{"name"}, []string{"name"}},
	"AdministrativeArea":     {[]string{"name"}, []string{"name"}},
	"WebPage":                {[]string{"name", "keywords", "inLanguage", "dateModified", "datePublished", "url", "identifier"}, []string{"name", "inLanguage", "dateModified"}},
	"FAQPage":                {[]string{"name", "mainEntity", "inLanguage", "dateModified", "keywords"}, []string{"mainEntity"}},
	"Question":               {[]string{"name", "acceptedAnswer", "identifier"}, []string{"name", "acceptedAnswer"}},
	"Answer":                 {[]string{"text"}, []string{"text"}},
}

// dataIn reads what a page says to machines and checks every thing in it.
func dataIn(t *testing.T, p *webtest.Page) map[string]any {
	t.Helper()
	var data map[string]any
	if err := json.Unmarshal([]byte(p.Text("script[type='application/ld+json']")), &data); err != nil {
		t.Fatalf("%s says to machines: %v", p.Path, err)
	}
	if data["@context"] != "https://schema.org" {
		t.Errorf("%s speaks in the words of %v", p.Path, data["@context"])
	}
	checkThing(t, p.Path, data)
	return data
}

func checkThing(t *testing.T, path string, thing map[string]any) {
	t.Helper()
	kind, _ := thing["@type"].(string)
	known, ok := properties[kind]
	if !ok {
		t.Errorf("%s: schema.org has no %q", path, kind)
		return
	}
	for name, value := range thing {
		if name[0] != '@' && !slices.Contains(known.may, name) {
			t.Errorf("%s: %s has no property %s", path, kind, name)
		}
		inner, _ := value.([]any)
		if one, is := value.(map[string]any); is {
			inner = []any{one}
		}
		for _, x := range inner {
			if one, is := x.(map[string]any); is {
				checkThing(t, path, one)
			}
		}
	}
	for _, name := range known.must {
		if thing[name] == nil || thing[name] == "" {
			t.Errorf("%s: %s lacks its %s", path, kind, name)
		}
	}
}
