package web_test

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"testing"

	"nengban/tickets"
	"nengban/tickets/duplicates"
	"nengban/web"
	"nengban/web/webtest"
)

// comparing gives a site a book of like tickets.
func comparing(p *web.Parts) {
	p.Hooks.Duplicates = duplicates.New(duplicates.Parts{DB: p.DB, Desk: p.Desk, Clock: p.Clock, Log: slog.New(slog.DiscardHandler)})
}

// smelling is a desk on which six people complained of one smell.
func smelling(t *testing.T) (*webtest.Site, *duplicates.Book) {
	t.Helper()
	var book *duplicates.Book
	s := webtest.New(t, func(p *web.Parts) {
		comparing(p)
		book = p.Hooks.Duplicates
	})
	for i, words := range []string{
		"化工园那边飘来刺鼻的臭味，窗户都不敢开。", "从昨晚开始化工园飘来很重的臭味，孩子咳嗽。", "投诉化工园排放臭气，全小区都闻到刺鼻臭味。",
		"化工园夜里偷排，臭味刺鼻，睡不着觉。", "我们这里离化工园两公里，刺鼻臭味越来越重。", "请查化工园的刺鼻臭味，老人头晕。", "公积金提取申请被退回三次。", "楼上餐馆油烟直排。", "小区电梯坏了一周。",
	} {
		s.Register(func(in *tickets.Intake) { in.Phone, in.Content, in.Title = fmt.Sprintf("1370000010%d", i), words, "" })
	}
	if _, err := book.Notice(context.Background()); err != nil {
		t.Fatal(err)
	}
	return s, book
}

func TestAReadyAnswerStandsBesideTheFormAndIsUsed(t *testing.T) {
	t.Parallel()
	s, _ := smelling(t)
	page := s.As(s.Supervisor).Get("/hot").Is(http.StatusOK)
	page.Want(".card-title", "臭味").Want(".card", "一周内6人反映")
	wellFormed(t, page)
	s.As(s.Auditor).English().Get("/hot").Want("h1", "Hot matters").Want(".card", "6 callers in a week")
	s.As(s.Operator).Get("/hot").Is(http.StatusOK).WantNo("form[action='/hot/1/answers']")
	page.Form("form[action='/hot/1/answers']").With("answer", "生态环境局已到场，今晚公布监测结果。").Press().Is(http.StatusOK).Want("[role=status]", "答复已保存")

	operator := s.As(s.Operator)
	operator.Fragment("/intake/help", url.Values{"content": {"化工园有刺鼻臭味飘过来"}}).Want(".tag", "热点：6人反映").Want(".snippet", "生态环境局已到场")
	used := operator.Post("/intake/hotline", said("use", "hot-1", "content", "化工园有刺鼻臭味飘过来")).Is(http.StatusOK).Form("#intake")
	if used.Get("answer_text") != "生态环境局已到场，今晚公布监测结果。" {
		t.Errorf("after choosing the answer the form holds %v", used.Values)
	}
}

func TestAHotMatterIsClosedOnce(t *testing.T) {
	t.Parallel()
	s, _ := smelling(t)
	c := s.As(s.Dispatcher)
	c.Get("/hot").Form("form[action='/hot/1/closings']").Press().Is(http.StatusOK).Want("[role=status]", "热点已关闭").Want(".empty-note", "没有多人")
	c.Post("/hot/1/closings", nil).Is(http.StatusNotFound)
	c.Post("/hot/x/closings", nil).Is(http.StatusNotFound)
	s.As(s.Operator).Post("/hot/1/answers", url.Values{"answer": {"不实"}}).Is(http.StatusForbidden)
}

func TestAnAnswerThatIsTooLongComesBackWhole(t *testing.T) {
	t.Parallel()
	s, _ := smelling(t)
	long := fmt.Sprintf("%02001d", 7)
	page := s.As(s.Supervisor).Post("/hot/1/answers", url.Values{"answer": {long}}).Is(http.StatusUnprocessableEntity)
	if got := page.Form("form[action='/hot/1/answers']").Get("answer"); got != long {
		t.Errorf("%d characters came back", len(got))
	}
}

func TestTheTicketsOfAHotMatterAreJoinedAndSplitOnOnePage(t *testing.T) {
	t.Parallel()
	s, book := smelling(t)
	hot, err := book.Open(context.Background())
	if err != nil || len(hot) != 1 {
		t.Fatalf("hot: %+v, %v", hot, err)
	}
	numbers := hot[0].Numbers
	s.As(s.Operator).Get("/hot").WantNo("a[href='/hot/1']")
	s.As(s.Operator).Get("/hot/1").Is(http.StatusForbidden)
	c := s.As(s.Supervisor)
	page := c.Get("/hot").Click("a[href='/hot/1']").Is(http.StatusOK).Want("h1", "臭味")
	wellFormed(t, page)
	wellFormed(t, c.English().Get("/hot/1").Want(".card-title", "Join under one main ticket"))
	form := page.Form("form[action='/hot/1/joins']")
	if n := len(form.Values["tickets"]); n != 6 || form.Get("into") != numbers[0] {
		t.Fatalf("%d are ticked and %s is proposed; want all six and the oldest, %s", n, form.Get("into"), numbers[0])
	}
	again := form.With("into", numbers[2]).Press().Is(http.StatusUnprocessableEntity).Want("[role=alert]", "理由").Form("form[action='/hot/1/joins']")
	if again.Get("into") != numbers[2] || len(again.Values["tickets"]) != 6 {
		t.Errorf("without a reason the form comes back with %v", again.Values)
	}
	s.Act(s.Dispatcher, numbers[4], &tickets.Withdraw{Reason: "已散味"})
	told := again.With("reason", "同一家企业排放").Press().Is(http.StatusOK)
	told.Want("[role=alert]", "已并案4件，以下1件没有并入").Want("[role=alert]", numbers[4]).Want("#h-split", "已并案4件").Want(".choose .is-past", "不能并案")
	if kept := told.Form("form[action='/hot/1/joins']"); kept.Get("reason") != "同一家企业排放" || len(kept.Values["tickets"]) != 0 {
		t.Errorf("after joining, the form for the rest holds %v", kept.Values)
	}
	c.Get("/tickets/"+numbers[1]).Want(".ticket-due", numbers[2]).Want(".story", "同一家企业排放")
	c.Get("/hot").Want(".card", "已并入主单 "+numbers[2])

	operator := s.As(s.Operator)
	operator.Fragment("/intake/help", url.Values{"content": {"化工园有刺鼻臭味飘过来"}}).Want(".join", "并入主单"+numbers[2])
	later := s.Register(func(in *tickets.Intake) {
		in.Phone, in.Content, in.Title = "13700009999", "化工园刺鼻臭味又来了，窗户都不敢开", ""
	}).Ticket
	if _, err := book.Notice(context.Background()); err != nil {
		t.Fatal(err)
	}
	c.Get("/tickets/"+later.Number).Want("#act-merges .helper", "并入主单"+numbers[2])
	if into := c.Get("/tickets/" + later.Number + "?act=merges&into=" + numbers[2]).Form("#act-merges form").Get("into"); into != numbers[2] {
		t.Errorf("without script the choice leaves %q in the form", into)
	}
	more := c.Get("/hot/1").Form("form[action='/hot/1/joins']")
	if more.Get("into") != numbers[2] || len(more.Values["tickets"]) != 1 {
		t.Errorf("for the later ticket the form holds %v", more.Values)
	}
	more.With("reason", "又一户").Press().Want("[role=status]", "已并到主单下")

	split := c.Get("/hot/1").Form("form[action='/hot/1/splits']")
	if n := len(split.Values["tickets"]); n != 5 {
		t.Errorf("%d are ticked to be split; want five", n)
	}
	split.Press().Is(http.StatusUnprocessableEntity)
	split.With("reason", "并错了").Press().Is(http.StatusOK).Want("[role=status]", "已拆开").WantNo("#h-split")
	c.Post("/hot/1/splits", url.Values{"tickets": {"20260921000001"}, "reason": {"试"}}).Is(http.StatusBadRequest)
	c.Post("/hot/2/joins", url.Values{"tickets": {numbers[1] + ".1"}, "into": {numbers[0]}, "reason": {"试"}}).Is(http.StatusNotFound)
}
