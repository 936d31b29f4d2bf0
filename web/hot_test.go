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
