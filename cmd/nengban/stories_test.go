package main

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"nengban/tickets"
)

// Stories are lived from end to end by the whole program: the desk's people
// and the departments' at the pages, the citizen at his telephone and the
// public page, the timetable in between, on both databases, with moved time.

const (
	li  = "13900001111"
	sun = "13700002222"
)

func TestStoryOfACallAnsweredAtOnce(t *testing.T) {
	inTheCity(t, []string{"chen.jie"}, func(c *city) {
		operator := c.who("chen.jie")
		number, code := operator.takes(call{phone: li, name: "李建国", kind: "inquiry", content: "老人满八十了，高龄津贴去哪里申请？"})
		operator.answersAtOnce(number, "不用申请，满八十周岁当月自动发到社保卡。", "市高龄津贴管理办法第五条")
		c.stands(number, tickets.ToCallBack)

		citizen := c.citizen(li, number, code)
		citizen.looks().Want(".p-answer", "不用申请").Want(".p-steps .is-now", "请您评价")
		c.passes(3 * time.Hour) // the survey comes two hours after the answer
		citizen.wantText("1非常满意")
		citizen.texts("1")
		x := c.stands(number, tickets.Archived)
		if x.Rating != 1 || x.RatedBy != "sms" || x.Outcome != tickets.Answered {
			t.Errorf("the ticket is rated %d by %s, outcome %s; want 1 by sms, answered", x.Rating, x.RatedBy, x.Outcome)
		}
		operator.reads(number).Want(".ticket-line", "已归档").Want(".rating", "非常满意")
		citizen.looks().Want(".p-stand", "已经答复").WantNo(".p-due")
	})
}

func TestStoryOfAHardMatterWithTwoDepartments(t *testing.T) {
	inTheCity(t, []string{"zhou.min", "zhao.lei", "chu.yun", "wang.jian", "qian.wei"}, func(c *city) {
		clerk, dispatcher, planning, housing := c.who("zhou.min"), c.who("zhao.lei"), c.who("chu.yun"), c.who("wang.jian")
		number, code := clerk.takes(call{window: true, phone: li, name: "李建国", kind: "complaint", content: "房改房的产权证跑了九趟，登记中心和住建局互相推。",
			more: []string{"matter", "房改房补证", "visit_count", "9"}})
		dispatcher.triages(number, "hard_to_do", "两部门互为前置")
		dispatcher.reads(number).WantNo("#act-dispatches").Want(".blocked", "会商")
		dispatcher.does(number, "consultations", "departments", "planning", "departments", "housing", "text", "由谁先出手续")
		planning.does(number, "opinions", "text", "档案可以内部调取")
		housing.does(number, "opinions", "text", "三日内出具房改确认")
		dispatcher.does(number, "conclusions", "text", "规划主办、住建协办，内部流转", "lead", "planning", "assisting", "housing")
		dispatcher.does(number, "dispatches", "basis", "会商结论")
		planning.signs(number)
		housing.signs(number)
		planning.telephones(number, "已说明会商结论")

		c.until(20, 10, 0) // the fifth working day: a Sunday on which everybody works
		citizen := c.citizen(li, number, code)
		planning.does(number, "progress-reports", "text", "房改确认已出具", "public_text", "您的事项已进入公告")
		citizen.looks().Want(".p-answer", "您的事项已进入公告").Want(".p-stand", "自然资源和规划局")
		dispatcher.reads(number).Want(".ticket-due", "9月28日") // ten working days from Monday the 14th
		planning.reads(number).WantNo("#act-replies").Want(".blocked", "住房和城乡建设局")
		housing.does(number, "assists", "text", "房改售房确认意见已移交")
		planning.replies(number, "solved", "两局并联办理，产权证已制发", "产权证已办好，已送到您家", "process_fix", "取消互为前置的材料")
		dispatcher.accepts(number)
		x := c.stands(number, tickets.ToCallBack)
		if x.Round != 1 || len(x.Consultation.Opinions) != 2 || x.Class != tickets.HardToDo {
			t.Errorf("the ticket is in round %d with %d opinions, class %s", x.Round, len(x.Consultation.Opinions), x.Class)
		}
		citizen.looks().Want(".p-answer", "产权证已办好")
		c.until(20, 14, 30) // after the noon rest
		citizen.texts("满意，跑了九趟总算办成了")
		c.stands(number, tickets.Archived)
		for _, a := range x.Awaited {
			t.Errorf("the clock %s of %s still runs until %s", a.Clock, a.Unit, a.Due)
		}
	})
}

func TestStoryOfARefusalUnderSupervision(t *testing.T) {
	inTheCity(t, []string{"he.li", "zhao.lei", "wei.ran", "qian.wei"}, func(c *city) {
		clerk, dispatcher, centre, supervisor := c.who("he.li"), c.who("zhao.lei"), c.who("wei.ran"), c.who("qian.wei")
		number, code := clerk.takes(call{window: true, phone: sun, name: "孙丽华", kind: "complaint", content: "材料齐全，窗口非要公证才收。", more: []string{"matter", "不动产登记"}})
		dispatcher.triages(number, "refused", "符合条件而不予受理", "about", "property_registration")
		supervisor.opens("/supervision").Want("main", number).Want("main", "不动产登记中心")
		supervisor.reads(number).Want(".order-red", "不动产登记中心")
		dispatcher.dispatches(number, "property_registration", "《不动产登记暂行条例》第六条")
		x := c.ticket(number)
		if x.DueAt.In(tickets.Shanghai).Format("01-02 15:04") != "09-15 17:30" {
			t.Errorf("it is due at %s; want one working day", x.DueAt.In(tickets.Shanghai))
		}
		centre.signs(number)
		centre.does(number, "order-answers", "text", "当班人员调离窗口，当日受理")
		centre.telephones(number, "已致歉并约到三号窗口")
		centre.replies(number, "solved", "当日受理非公证继承登记", "您的登记已受理，不需要公证")
		dispatcher.accepts(number)
		supervisor.does(number, "order-closings", "text", "整改到位")
		supervisor.does(number, "accountability-closings", "text", "当班人员通报批评")
		x = c.stands(number, tickets.ToCallBack)
		if len(x.Orders) != 1 || x.Orders[0].Colour != tickets.Red || x.Orders[0].ClosedAt == nil || x.Accountability[0].ClosedAt == nil {
			t.Errorf("orders %+v, accountability %+v; want one red order and one record, both closed", x.Orders, x.Accountability)
		}
		page := c.citizen(sun, number, code).looks().Want(".p-answer", "不需要公证")
		if strings.Contains(page.Body, "通报批评") || strings.Contains(page.Body, "督办") {
			t.Error("the citizen reads what the desk keeps to itself")
		}
	})
}

func TestStoryOfAReturnAForcedDispatchAndAnExtension(t *testing.T) {
	inTheCity(t, []string{"wu.peng", "zhao.lei", "zhu.qiang", "xu.feng"}, func(c *city) {
		operator, dispatcher, city, police := c.who("wu.peng"), c.who("zhao.lei"), c.who("zhu.qiang"), c.who("xu.feng")
		number, code := operator.takes(call{phone: sun, name: "孙丽华", kind: "complaint", content: "路口的斑马线磨没了，车都不让人。", more: []string{"area", "990102003"}})
		dispatcher.triages(number, "ordinary", "交通设施")
		dispatcher.dispatches(number, "city_management", "属地管理")
		city.does(number, "returns", "code", "not_our_duty", "reason", "标线归交警", "basis", "《道路交通安全法》第二十五条", "suggest", "traffic_police")
		dispatcher.reads(number).Want("#act-return-rulings", "标线归交警")
		dispatcher.does(number, "return-rulings", "decision", "accept", "reason", "属实")
		dispatcher.dispatches(number, "traffic_police", "《道路交通安全法》第二十五条")
		police.does(number, "returns", "code", "not_our_area", "reason", "该路未移交", "basis", "移交清单")
		dispatcher.tries(number, "return-rulings", "decision", "accept", "reason", "再退").Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "退过一次")
		dispatcher.does(number, "return-rulings", "decision", "force", "reason", "终审由交警办理")
		police.signs(number)
		police.reads(number).WantNo("#act-returns").Want(".blocked", "强制派单")

		was := c.ticket(number).DueAt
		police.does(number, "extensions", "days", "5", "reason", "需夜间施划")
		c.stands(number, tickets.ToRuleExtension)
		dispatcher.does(number, "extension-rulings", "decision", "yes", "days", "3", "reason", "准三日")
		x := c.stands(number, tickets.InHand)
		if now := x.DueAt; !now.After(was) || x.Extensions != 1 {
			t.Errorf("it was due at %s and now at %s, extended %d times", was, now, x.Extensions)
		}
		citizen := c.citizen(sun, number, code)
		citizen.wantText("延期办理，新的办理期限为" + x.DueAt.In(tickets.Shanghai).Format("1月2日"))
		citizen.looks().Want(".p-due", x.DueAt.In(tickets.Shanghai).Format("1月2日"))
	})
}

func TestStoryOfADissatisfiedCitizen(t *testing.T) {
	inTheCity(t, []string{"lin.yue", "xu.jing", "zhu.qiang", "sun.fang"}, func(c *city) {
		operator, dispatcher, works := c.who("lin.yue"), c.who("xu.jing"), c.who("zhu.qiang")
		number, code := operator.takes(call{phone: li, name: "罗春梅", kind: "complaint", content: "下水道反味，掏了一次没用。", more: []string{"area", "990102002"}})
		dispatcher.triages(number, "ordinary", "排水设施", "category", "0407")
		dispatcher.reads(number).Want("#act-dispatches .helper", "市政设施管理处")
		dispatcher.dispatches(number, "municipal_works", "《城镇排水与污水处理条例》第五条")
		works.signs(number)
		works.telephones(number, "约定清掏")
		works.replies(number, "solved", "已清掏六座", "已清掏")
		dispatcher.accepts(number)

		citizen := c.citizen(li, number, code)
		c.until(14, 14, 30) // two hours after it was completed is the noon rest, in which nobody is asked
		citizen.wantText("1非常满意")
		citizen.texts("0 就掏了一下，臭味照旧")
		x := c.stands(number, tickets.InHand)
		if x.Round != 2 || x.Escalation != 1 || x.Lead != "municipal_works" {
			t.Errorf("round %d, level %d, lead %s; want the second round, one level up, with the same lead", x.Round, x.Escalation, x.Lead)
		}
		works.reads(number).Want(".tag", "第2轮").Want("main", "臭味照旧")
		works.replies(number, "solved", "更换破裂支管九米", "破裂的管子已更换", "contact_at", c.clock.Now().In(tickets.Shanghai).Format("2006-01-02T15:04"), "contact_way", "visit")
		dispatcher.accepts(number)
		c.until(15, 11, 0) // the next survey leaves in the morning
		citizen.texts("2")
		x = c.stands(number, tickets.Archived)
		if x.Rating != 2 || x.Round != 2 {
			t.Errorf("rated %d in round %d; want 2 in round 2", x.Rating, x.Round)
		}
		if twice := c.d.phones.Twice(); len(twice) > 0 {
			t.Errorf("texts left twice: %v", twice)
		}
		c.who("sun.fang").reads(number).Want("main", "臭味照旧")
	})
}

func TestStoryOfADeclinedMatter(t *testing.T) {
	inTheCity(t, []string{"zhao.lei"}, func(c *city) {
		form := c.site.Stranger().Get("/file").Is(http.StatusOK).Form("form[action='/file']")
		page := form.With("kind", "complaint").With("content", "我和房东的官司法院还没判，请帮我评评理。").With("phone", li).With("name", "程建国").Press().Is(http.StatusOK)
		citizen := c.citizen(li, page.Text(".p-number"), page.Text(".p-code"))
		c.passes(10 * time.Minute)
		citizen.wantText("已受理")
		dispatcher := c.who("zhao.lei")
		dispatcher.does(citizen.number, "declines", "code", "statutory_path", "text", "已由法院立案审理", "advice", "请向承办法官反映，电话12368")
		c.stands(citizen.number, tickets.Completed)
		dispatcher.opens("/tickets/"+citizen.number+"/decline-notice").Want("main", "12368").Want("main", "诉讼、仲裁")
		citizen.looks().Want("main", "12368").Want(".p-stand", "不能受理")
		c.passes(72 * time.Hour)
		for _, text := range citizen.hasTexts() {
			if strings.Contains(text, "非常满意") {
				t.Errorf("a citizen who was declined is asked how content he is: %s", text)
			}
		}
		wrong := c.citizen(li, citizen.number, "00000000")
		wrong.browser.Get("/look").Form("form[action='/look']").With("number", wrong.number).With("code", wrong.code).Press().Is(http.StatusNotFound)
	})
}
