package web_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
	"nengban/web/webtest"
)

// Stories are whole lives of matters, lived through the pages as people do,
// on both databases: everybody opens the ticket, finds the button, fills in
// its form and presses it.

// story is one matter and everybody who has a hand in it.
type story struct {
	t       *testing.T
	s       *webtest.Site
	number  string
	clients map[int64]*webtest.Client
}

func stories(t *testing.T, tell func(*story)) {
	t.Helper()
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tell(&story{t: t, s: webtest.On(t, db), clients: map[int64]*webtest.Client{}})
	})
}

func (st *story) as(m staff.Member) *webtest.Client {
	if st.clients[m.ID] == nil {
		st.clients[m.ID] = st.s.As(m)
	}
	return st.clients[m.ID]
}

// call takes the matter in at the hotline.
func (st *story) call(content string) *webtest.Page {
	st.t.Helper()
	p := st.as(st.s.Operator).Get("/intake/hotline").Form("#intake").With("phone", "13900001111").With("name", "李建国").With("kind", "complaint").With("content", content).Press().Is(http.StatusOK)
	st.number = p.Text(".receipt-card .number")
	return p
}

// does opens the ticket as the member and fills in one act: field, value, and
// a field twice for two values.
func (st *story) does(m staff.Member, path string, fields ...string) *webtest.Page {
	st.t.Helper()
	return st.tries(m, path, fields...).Is(http.StatusOK)
}

func (st *story) tries(m staff.Member, path string, fields ...string) *webtest.Page {
	st.t.Helper()
	st.s.Clock.Advance(10 * time.Minute)
	form := st.as(m).Get("/tickets/" + st.number).Is(http.StatusOK).Form("#act-" + path + " form")
	seen := map[string][]string{}
	for i := 0; i+1 < len(fields); i += 2 {
		seen[fields[i]] = append(seen[fields[i]], fields[i+1])
	}
	for name, values := range seen {
		form.With(name, values...)
	}
	return form.Press()
}

// stands checks the status as the dispatcher reads it.
func (st *story) stands(status string) *webtest.Page {
	st.t.Helper()
	return st.as(st.s.Dispatcher).Get("/tickets/"+st.number).Want(".ticket-line", status)
}

func TestACallAnsweredAtOnce(t *testing.T) {
	stories(t, func(st *story) {
		st.call("请问营业执照怎么注销")
		st.does(st.s.Operator, "answers", "text", "先清税，再到窗口注销，当场办结。", "public_text", "先清税，再到窗口注销。", "basis", "《市场主体登记管理条例》第三十三条")
		st.does(st.s.CallbackCaller, "ratings", "rating", "1", "solved", "yes", "text", "很清楚")
		st.does(st.s.Dispatcher, "archivings")
		st.stands("已归档").Want(".ticket-due", "直接答复").Want(".rating", "非常满意")
	})
}

func TestAHardMatterIsConsultedAndHandledByTwo(t *testing.T) {
	stories(t, func(st *story) {
		s := st.s
		st.call("继承登记材料每次要求都不一样，住建和规划互相推。")
		st.does(s.Dispatcher, "triages", "class", "hard_to_do", "reason", "两部门职责交叉", "matter", "不动产登记")
		st.stands("待派单").WantNo("#act-dispatches").Want(".blocked", "须先会商")
		st.does(s.Dispatcher, "consultations", "departments", tt.Housing, "departments", tt.Planning, "text", "由谁出具一次性清单")
		st.does(s.Caseworker, "opinions", "text", "登记职责已划转")
		st.does(s.PlanningCaseworker, "opinions", "text", "由我局牵头")
		p := st.does(s.Dispatcher, "conclusions", "text", "规划局牵头，住建局调档", "lead", tt.Planning, "assisting", tt.Housing)
		if form := p.Form("#act-dispatches form"); form.Get("lead") != tt.Planning || form.Get("assisting") != tt.Housing {
			t.Errorf("the dispatch form holds %v; want what the consultation named", form.Values)
		}
		st.does(s.Dispatcher, "dispatches", "basis", "会商结论")
		st.does(s.PlanningCaseworker, "signatures")
		st.does(s.Caseworker, "signatures")
		st.does(s.PlanningCaseworker, "progress-reports", "text", "已调取原始档案", "public_text", "您的事项正在核对档案")
		st.does(s.Caseworker, "assists", "text", "档案三份，已移交")
		st.does(s.PlanningCaseworker, "replies", "no_contact", "已在窗口当面说明", "facts", "true", "demand", "reasonable", "result", "solved", "text", "已出具清单并受理", "process_fix", "窗口统一使用一次性告知书")
		st.does(s.Dispatcher, "completions")
		st.stands("待回访").Want("#s-consultation ~ .beside", "由我局牵头").Want(".facts", "窗口统一使用一次性告知书")
	})
}

func TestARefusalIsSupervisedAndAccountedFor(t *testing.T) {
	stories(t, func(st *story) {
		s := st.s
		st.call("材料齐全，窗口就是不收。")
		st.does(s.Dispatcher, "triages", "class", "refused", "reason", "条件具备而不予受理", "about", tt.Planning)
		st.stands("待派单").Want(".order-red", "自然资源和规划局").Want(".order", "未结")
		st.does(s.Dispatcher, "dispatches", "lead", tt.Planning, "basis", "三定方案第三条")
		st.does(s.PlanningCaseworker, "signatures")
		st.does(s.PlanningCaseworker, "order-answers", "text", "窗口人员已调岗，当日受理")
		st.does(s.PlanningCaseworker, "replies", "no_contact", "已上门致歉", "facts", "true", "demand", "reasonable", "result", "solved", "text", "当日受理")
		st.does(s.Supervisor, "order-closings", "text", "已整改")
		st.does(s.Supervisor, "accountability-closings", "text", "对窗口负责人约谈")
		st.as(s.Supervisor).Get("/supervision").Is(http.StatusOK).Want(".tile-red", "0").Want("#records", "没有")
		st.stands("待审核").Want(".order", "对窗口负责人约谈")
	})
}

func TestAReturnIsRuledOnForcedAndExtended(t *testing.T) {
	stories(t, func(st *story) {
		s := st.s
		st.call("小区路灯不亮一个月了。")
		st.does(s.Dispatcher, "triages", "class", "ordinary", "reason", "一般求助")
		st.does(s.Dispatcher, "dispatches", "lead", tt.Housing, "basis", "目录")
		st.does(s.Caseworker, "returns", "code", "not_our_duty", "reason", "路灯归交通", "basis", "三定方案第五条", "suggest", tt.Traffic)
		st.as(s.Dispatcher).Get("/tickets/"+st.number).Want("#act-return-rulings", "路灯归交通")
		st.does(s.Dispatcher, "return-rulings", "decision", "accept", "reason", "属实")
		st.does(s.Dispatcher, "dispatches", "lead", tt.Traffic, "basis", "三定方案第五条")
		st.does(s.TrafficCaseworker, "returns", "code", "not_our_area", "reason", "该路段未移交", "basis", "移交清单")
		st.tries(s.Dispatcher, "return-rulings", "decision", "accept", "reason", "再退一次").Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "退过一次")
		st.does(s.Dispatcher, "return-rulings", "decision", "force", "reason", "终审：由交通局办理")
		st.does(s.TrafficCaseworker, "signatures").WantNo("#act-returns").Want(".blocked", "强制派单")
		st.does(s.TrafficCaseworker, "extensions", "days", "5", "reason", "灯具采购中")
		st.does(s.Supervisor, "extension-rulings", "decision", "yes", "days", "3", "reason", "准三日")
		st.stands("办理中").Want(".story", "3个工作日").Want(".story", "强制派单")
	})
}

func TestADissatisfiedCitizenIsHeardAgain(t *testing.T) {
	stories(t, func(st *story) {
		s := st.s
		st.call("楼上漏水，物业不管。")
		st.does(s.Dispatcher, "triages", "class", "ordinary", "reason", "一般投诉")
		st.does(s.Dispatcher, "dispatches", "lead", tt.Housing, "basis", "目录")
		answer := func() {
			st.does(s.Caseworker, "replies", "no_contact", "已到现场", "facts", "true", "demand", "reasonable", "result", "solved", "text", "已维修")
			st.does(s.Dispatcher, "completions")
		}
		st.does(s.Caseworker, "signatures")
		answer()
		st.does(s.CallbackCaller, "ratings", "rating", "5", "solved", "no", "text", "还在漏")
		st.stands("待重办")
		st.does(s.Dispatcher, "reworks", "reason", "诉求人称未解决")
		st.stands("办理中").Want(".tag", "第2轮").Want(".story-round", "第2轮")
		answer()
		st.does(s.CallbackCaller, "ratings", "rating", "4", "solved", "yes", "text", "拖太久")
		st.does(s.Supervisor, "judgements", "decision", "yes", "reason", "两次才修好")
		st.does(s.Dispatcher, "archivings")
		st.stands("已归档").Want(".rating", "计入考核")
		if got := strings.Count(st.as(s.Dispatcher).Get("/tickets/"+st.number).Text("#s-parts ~ .table-wrap"), "住房和城乡建设局"); got != 2 {
			t.Errorf("the departments' table holds %d rounds; want 2", got)
		}
	})
}

func TestADeclinedMatterLeavesAPaper(t *testing.T) {
	stories(t, func(st *story) {
		s := st.s
		st.call("法院判了我不服。")
		st.does(s.Dispatcher, "declines", "code", "statutory_path", "text", "已进入诉讼程序", "advice", "请向区人民法院立案庭咨询，电话12368")
		st.stands("已办结").Want(".ticket-due", "不予受理").Want(".papers", "不予受理告知书")
		paper := st.as(s.Dispatcher).Get("/tickets/" + st.number + "/decline-notice").Is(http.StatusOK)
		paper.Want("main", "12368").Want("main", "诉讼、仲裁")
		again := st.does(s.Supervisor, "reopenings", "reason", "有新证据")
		again.Want(".ticket-line", "待研判")
		if x, err := s.Desk.Ticket(t.Context(), s.Supervisor, st.number); err != nil || x.Status != tickets.ToTriage || x.Round != 2 {
			t.Errorf("the ticket is %+v, %v", x, err)
		}
	})
}
