// Package ticketstest builds a small town for tests: a desk on a real
// database with a clock that stands still, a few departments, one person for
// every role, and a believable ticket in any status in one line.
package ticketstest

import (
	"context"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/staff"
	"nengban/tickets/vault"
)

// Departments of the town. HousingOffice lies below Housing.
const (
	Housing       = "housing"
	HousingOffice = "housing_east"
	Planning      = "planning"
	Traffic       = "traffic"
	Market        = "market"
)

// Morning is when the town's clock starts: Monday 21 September 2026, 09:30 in
// Shanghai, an ordinary week before the National Day holidays.
var Morning = time.Date(2026, 9, 21, 9, 30, 0, 0, tickets.Shanghai)

// Town is that town.
type Town struct {
	t     testing.TB
	DB    *bun.DB
	Clock *clockwork.FakeClock
	Desk  *tickets.Desk
	Vault *vault.Vault

	Operator, OtherOperator, Clerk, Dispatcher, Supervisor, CallbackCaller, Editor, Auditor, Admin staff.Member
	Caseworker, OfficeCaseworker, PlanningCaseworker, TrafficCaseworker, Leader                    staff.Member
}

// New builds the town on db. listeners are told of acts through the outbox.
func New(t testing.TB, db *bun.DB, listeners ...tickets.Listener) *Town {
	t.Helper()
	ctx := context.Background()
	v, err := vault.New()
	must(t, err)
	places, err := departments.Open(ctx, db)
	must(t, err)
	must(t, places.Save(ctx, Directory()))
	clock := clockwork.NewFakeClockAt(Morning)
	limits, err := tickets.OpenLimits(ctx, db, clock)
	must(t, err)
	tw := &Town{t: t, DB: db, Clock: clock, Vault: v}
	tw.Desk = tickets.NewDesk(tickets.Parts{DB: db, Clock: clock, Vault: v, Places: places, Limits: limits, Listeners: listeners})
	tw.people()
	return tw
}

// Directory is the town's directory.
func Directory() departments.Contents {
	return departments.Contents{
		Departments: []departments.Department{
			{Code: Housing, Name: "住房和城乡建设局", NameEn: "Housing Bureau", Kind: "bureau", Calendar: "department", Active: true},
			{Code: HousingOffice, Parent: Housing, Name: "住建局城东管理所", NameEn: "Housing Office East", Kind: "office", Calendar: "department", Active: true},
			{Code: Planning, Name: "自然资源和规划局", NameEn: "Planning Bureau", Kind: "bureau", Calendar: "department", Active: true},
			{Code: Traffic, Name: "交通运输局", NameEn: "Transport Bureau", Kind: "bureau", Calendar: "department", Active: true},
			{Code: Market, Name: "市场监督管理局", NameEn: "Market Regulation Bureau", Kind: "bureau", Calendar: "department", Active: true},
		},
		Areas:      []departments.Area{{Code: "511402", Name: "东坡区"}, {Code: "511403", Name: "彭山区"}},
		Categories: []departments.Category{{Code: "01", Name: "城乡建设", NameEn: "Housing and construction"}, {Code: "0101", Parent: "01", Name: "不动产登记", NameEn: "Property registration"}, {Code: "02", Name: "交通运输", NameEn: "Transport"}},
		Duties: []departments.Duty{
			{Matter: "不动产登记", Lead: Planning, Assisting: []string{Housing}, Basis: "《不动产登记暂行条例》第六条", Active: true},
			{Category: "02", Lead: Traffic, Basis: "三定方案", Active: true},
		},
	}
}

func (tw *Town) people() {
	person := func(id int64, name, department string, role staff.Role) staff.Member {
		return staff.Member{ID: id, Login: string(role), Name: name, Roles: []staff.Role{role}, Department: department, Active: true}
	}
	tw.Operator = person(1, "陈话务", "", staff.Operator)
	tw.OtherOperator = person(2, "林话务", "", staff.Operator)
	tw.Clerk = person(3, "周窗口", "", staff.WindowClerk)
	tw.Clerk.Hall, tw.Clerk.WindowNo = "市政务大厅", "8"
	tw.Dispatcher = person(4, "赵分派", "", staff.Dispatcher)
	tw.Supervisor = person(5, "钱督办", "", staff.Supervisor)
	tw.CallbackCaller = person(6, "孙回访", "", staff.CallbackCaller)
	tw.Editor = person(7, "李编辑", "", staff.KnowledgeEditor)
	tw.Auditor = person(8, "吴审计", "", staff.Auditor)
	tw.Admin = person(9, "郑管理", "", staff.Administrator)
	tw.Caseworker = person(10, "王承办", Housing, staff.Caseworker)
	tw.OfficeCaseworker = person(11, "冯城东", HousingOffice, staff.Caseworker)
	tw.PlanningCaseworker = person(12, "褚规划", Planning, staff.Caseworker)
	tw.TrafficCaseworker = person(13, "卫交通", Traffic, staff.Caseworker)
	tw.Leader = person(14, "蒋局长", Housing, staff.DepartmentLeader)
}

// Everyone is every member of the town.
func (tw *Town) Everyone() []staff.Member {
	return []staff.Member{tw.Operator, tw.OtherOperator, tw.Clerk, tw.Dispatcher, tw.Supervisor, tw.CallbackCaller, tw.Editor, tw.Auditor,
		tw.Admin, tw.Caseworker, tw.OfficeCaseworker, tw.PlanningCaseworker, tw.TrafficCaseworker, tw.Leader, staff.TheSystem}
}

// Intake is a believable matter; change what the test is about.
func Intake(change ...func(*tickets.Intake)) tickets.Intake {
	in := tickets.Intake{
		Caller: tickets.Caller{Name: "王秀兰", Phone: "13800138000"},
		Kind:   tickets.Complaint, Channel: tickets.Hotline, Area: "511402", Address: "文忠街菜市场东门",
		Content: "母亲去世后办理房屋继承，材料交了三次，每次都说还缺一份证明，窗口不给书面清单，跑了四趟还是没办成。",
	}
	for _, c := range change {
		c(&in)
	}
	return in
}

// Register takes a matter in by the operator and returns the receipt.
func (tw *Town) Register(change ...func(*tickets.Intake)) tickets.Receipt {
	tw.t.Helper()
	r, err := tw.Desk.Register(context.Background(), tw.Operator, Intake(change...))
	must(tw.t, err)
	return r
}

// Act does something that the test expects to succeed.
func (tw *Town) Act(by staff.Member, number string, m tickets.Move) *tickets.Ticket {
	tw.t.Helper()
	t, err := tw.Desk.Act(context.Background(), by, tickets.Ref{Number: number}, m)
	if err != nil {
		tw.t.Fatalf("%s by %s: %v", m.Act(), by.Name, err)
	}
	return t
}

// Refuse does something that the test expects to be refused, and returns why.
func (tw *Town) Refuse(by staff.Member, number string, m tickets.Move) error {
	tw.t.Helper()
	_, err := tw.Desk.Act(context.Background(), by, tickets.Ref{Number: number}, m)
	if err == nil {
		tw.t.Fatalf("%s by %s went through; it should have been refused", m.Act(), by.Name)
	}
	return err
}

// Ticket returns a ticket in the status, led by Housing where one leads.
func (tw *Town) Ticket(at tickets.Status, change ...func(*tickets.Intake)) *tickets.Ticket {
	tw.t.Helper()
	t := tw.Register(change...).Ticket
	for _, step := range tw.way(at) {
		t = tw.Act(step.by, t.Number, step.m)
	}
	if t.Status != at {
		tw.t.Fatalf("the ticket is %s, not %s", t.Status, at)
	}
	return t
}

type step struct {
	by staff.Member
	m  tickets.Move
}

// way is how a ticket gets to a status. The function is one table, hence its length.
func (tw *Town) way(at tickets.Status) []step {
	now := tw.Clock.Now()
	in5 := now.Add(5 * 24 * time.Hour)
	var (
		triage   = step{tw.Dispatcher, Triage(tickets.Ordinary)}
		dispatch = step{tw.Dispatcher, Dispatch(Housing)}
		sign     = step{tw.Caseworker, &tickets.SignFor{}}
		reply    = step{tw.Caseworker, Reply(now)}
		complete = step{tw.Dispatcher, &tickets.Complete{}}
	)
	ways := map[tickets.Status][]step{
		tickets.ToTriage:         {},
		tickets.ToSupplement:     {{tw.Dispatcher, &tickets.AskCitizen{Text: "请补充房产证编号"}}},
		tickets.ToDispatch:       {triage},
		tickets.InConsultation:   {triage, {tw.Dispatcher, &tickets.OpenConsultation{Departments: []string{Housing, Planning}, Text: "由谁牵头"}}},
		tickets.ToSignFor:        {triage, dispatch},
		tickets.ToRuleReturn:     {triage, dispatch, {tw.Caseworker, Return()}},
		tickets.InHand:           {triage, dispatch, sign},
		tickets.ToRuleExtension:  {triage, dispatch, sign, {tw.Caseworker, &tickets.AskExtension{Days: 5, Reason: "需调取档案"}}},
		tickets.ToRuleSuspension: {triage, dispatch, sign, {tw.Caseworker, &tickets.AskSuspension{Until: &in5, Reason: "等法院判决"}}},
		tickets.Suspended: {triage, dispatch, sign, {tw.Caseworker, &tickets.AskSuspension{Until: &in5, Reason: "等法院判决"}},
			{tw.Supervisor, &tickets.RuleOnSuspension{Decision: tickets.Yes, Reason: "同意"}}},
		tickets.ToReview:   {triage, dispatch, sign, reply},
		tickets.ToCallBack: {triage, dispatch, sign, reply, complete},
		tickets.ToJudge:    {triage, dispatch, sign, reply, complete, {tw.CallbackCaller, &tickets.RecordRating{Rating: 4, Solved: tickets.SolvedYes, Way: "person"}}},
		tickets.ToRework:   {triage, dispatch, sign, reply, complete, {tw.CallbackCaller, &tickets.RecordRating{Rating: 5, Solved: tickets.SolvedNo, Way: "person"}}},
		tickets.Completed:  {triage, dispatch, sign, reply, complete, {tw.CallbackCaller, &tickets.RecordRating{Rating: 2, Solved: tickets.SolvedYes, Way: "person"}}},
		tickets.Archived: {triage, dispatch, sign, reply, complete, {tw.CallbackCaller, &tickets.RecordRating{Rating: 2, Solved: tickets.SolvedYes, Way: "person"}},
			{tw.Dispatcher, &tickets.Archive{}}},
	}
	if at == tickets.MergedAway {
		main := tw.Register()
		return []step{{tw.Dispatcher, &tickets.Merge{Into: main.Ticket.Number, Reason: "同一事项"}}}
	}
	w, ok := ways[at]
	if !ok {
		tw.t.Fatalf("ticketstest knows no way to %s", at)
	}
	return w
}

// Triage is a triage into the class.
func Triage(c tickets.Class) *tickets.Triage {
	return &tickets.Triage{Class: c, Reason: "依据来电内容判断"}
}

// Dispatch is a dispatch to the lead.
func Dispatch(lead string, assisting ...string) *tickets.Dispatch {
	return &tickets.Dispatch{Lead: lead, Assisting: assisting, Basis: "派单目录第12条"}
}

// Return is a return for want of competence.
func Return() *tickets.Return {
	return &tickets.Return{Code: tickets.NotOurDuty, Reason: "登记职责已划转", Basis: "三定方案第三条", Suggest: Planning}
}

// Reply is an answer whose citizen was telephoned at the hour.
func Reply(at time.Time) *tickets.Reply {
	return &tickets.Reply{ContactAt: &at, ContactWay: tickets.ByPhone, Facts: tickets.FactsTrue, Demand: tickets.Reasonable,
		Result: tickets.ReallySolved, Text: "已当面出具一次性告知书，并当场受理。", PublicText: "您的继承登记已受理，5个工作日内领证。"}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
