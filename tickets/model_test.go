package tickets_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
)

// TestRandomLivesFollowTheTable walks tickets through random acts by random
// people and holds the desk against a second, plain description of the rules:
// no forbidden act succeeds, no allowed act fails, and the timeline alone
// rebuilds what is stored.
func TestRandomLivesFollowTheTable(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		rapid.Check(t, func(rt *rapid.T) {
			x := tw.Register().Ticket
			m := newModel()
			script := commonLife(tw)
			for _, s := range script[:rapid.IntRange(0, len(script)).Draw(rt, "scripted")] {
				step(rt, tw, x.Number, m, s.by, s.move)
			}
			for range rapid.IntRange(20, 80).Draw(rt, "steps") {
				by := rapid.SampledFrom(tw.Everyone()).Draw(rt, "who")
				move := drawMove(rt, tw)
				if rapid.IntRange(0, 9).Draw(rt, "wild") > 0 { // mostly something that can happen
					by, move = drawLikely(rt, tw, m)
				}
				step(rt, tw, x.Number, m, by, move)
			}
			checkReplay(rt, tw, x.ID, m)
		})
	})
}

type scripted struct {
	by   staff.Member
	move tickets.Move
}

// commonLife is how most tickets go; random acts begin somewhere along it, or
// few would ever get as far as a second rework.
func commonLife(tw *tt.Town) []scripted {
	now := tt.Morning.UTC()
	round := []scripted{
		{tw.Caseworker, tt.Reply(now)}, {tw.Dispatcher, &tickets.Complete{}},
		{tw.CallbackCaller, &tickets.RecordRating{Solved: tickets.SolvedNo}}, {staff.TheSystem, &tickets.Rework{Reason: "未解决"}},
	}
	return append([]scripted{
		{tw.Dispatcher, tt.Triage(tickets.Ordinary)}, {tw.Dispatcher, tt.Dispatch(tt.Housing)}, {tw.Caseworker, &tickets.SignFor{}},
		{tw.Caseworker, &tickets.AskExtension{Days: 3, Reason: "调档"}}, {tw.Dispatcher, &tickets.RuleOnExtension{Decision: tickets.Yes, Reason: "同意"}},
	}, append(round, round...)...)
}

func step(rt *rapid.T, tw *tt.Town, number string, m *model, by staff.Member, move tickets.Move) {
	want := m.clone()
	ok := want.do(by, move)
	got, err := tw.Desk.Act(context.Background(), by, tickets.Ref{Number: number}, move)
	switch {
	case ok && err != nil:
		rt.Fatalf("%s by %s on %+v was refused: %v; the rules allow it", move.Act(), by.Name, *m, err)
	case !ok && err == nil:
		rt.Fatalf("%s by %s on %+v went through to %s; the rules forbid it", move.Act(), by.Name, *m, got.Status)
	case !ok && !isRefusal(err):
		rt.Fatalf("%s by %s on %s failed with %v; want a refusal", move.Act(), by.Name, m.status, err)
	case ok && got.Status != want.status:
		rt.Fatalf("%s by %s on %s led to %s; want %s", move.Act(), by.Name, m.status, got.Status, want.status)
	case ok:
		*m = *want
	}
}

func isRefusal(err error) bool {
	var refusal *tickets.Refusal
	var fields tickets.FieldErrors
	return errors.As(err, &refusal) || errors.As(err, &fields) || errors.Is(err, tickets.ErrNotAllowed) || errors.Is(err, tickets.ErrNotFound)
}

func checkReplay(rt *rapid.T, tw *tt.Town, id int64, m *model) {
	stored, err := tw.Desk.ByID(context.Background(), id)
	if err != nil {
		rt.Fatal(err)
	}
	entries, err := tw.Desk.Timeline(context.Background(), id)
	if err != nil {
		rt.Fatal(err)
	}
	if diff := cmp.Diff(stored.State, tickets.Fold(entries)); diff != "" {
		rt.Fatalf("stored and folded differ:\n%s", diff)
	}
	if stored.Round != m.round || stored.Escalation != m.escalation || stored.Lead != m.lead || stored.Status != m.status {
		rt.Fatalf("stored: %s, round %d, escalation %d, lead %q; the rules say %+v", stored.Status, stored.Round, stored.Escalation, stored.Lead, *m)
	}
}

// drawMove draws any act of the table, filled.
func drawMove(rt *rapid.T, tw *tt.Town) tickets.Move {
	r := rapid.SampledFrom(tickets.Table).Draw(rt, "act")
	m := filled(r, tw)
	vary(rt, m)
	return m
}

// seldomActs end a life early or leave the ticket where it is; drawn as often
// as the others they would keep most tickets from ever reaching a department.
var seldomActs = []tickets.Act{staff.AskCitizen, staff.Decline, staff.HandOver, staff.Withdraw, staff.Merge, staff.AnswerAtOnce, staff.Archive,
	staff.Remind, staff.Supervise, staff.AnswerOrder, staff.CloseOrder, staff.CloseAccountability, staff.AddNote, staff.Attach, staff.RecordContact}

// drawLikely draws an act that the status allows, by somebody who might do it.
func drawLikely(rt *rapid.T, tw *tt.Town, m *model) (staff.Member, tickets.Move) {
	seldom := rapid.IntRange(0, 9).Draw(rt, "seldom") == 0
	var fit []tickets.Rule
	for _, r := range tickets.Table {
		if slices.Contains(r.From, m.status) && slices.Contains(seldomActs, r.Act) == seldom {
			fit = append(fit, r)
		}
	}
	if len(fit) == 0 {
		return rapid.SampledFrom(tw.Everyone()).Draw(rt, "who"), drawMove(rt, tw)
	}
	r := rapid.SampledFrom(fit).Draw(rt, "likely act")
	move := filled(r, tw)
	vary(rt, move)
	var who []staff.Member
	for _, p := range tw.Everyone() {
		if m.may(p, r.Act) {
			who = append(who, p)
		}
	}
	if len(who) == 0 {
		who = tw.Everyone()
	}
	return rapid.SampledFrom(who).Draw(rt, "likely who"), move
}

// vary turns the choices of a filled move.
func vary(rt *rapid.T, m tickets.Move) {
	department := rapid.SampledFrom([]string{tt.Housing, tt.Planning, tt.Traffic})
	yesNo := rapid.SampledFrom([]tickets.Decision{tickets.Yes, tickets.No})
	switch x := m.(type) {
	case *tickets.Triage:
		x.Class = rapid.SampledFrom([]tickets.Class{tickets.Ordinary, tickets.Ordinary, tickets.HardToDo, tickets.CannotDo, tickets.Refused}).Draw(rt, "class")
	case *tickets.AnswerAtOnce:
		x.Basis = rapid.SampledFrom([]string{"", "不动产登记暂行条例"}).Draw(rt, "basis")
	case *tickets.Dispatch:
		x.Lead = department.Draw(rt, "lead")
		x.Assisting = rapid.SampledFrom([][]string{nil, {tt.Planning}, {tt.Traffic, tt.Planning}}).Draw(rt, "assisting")
	case *tickets.Redirect:
		x.Lead = department.Draw(rt, "lead")
	case *tickets.AddAssisting:
		x.Department = department.Draw(rt, "department")
	case *tickets.ReleaseAssisting:
		x.Department = department.Draw(rt, "department")
	case *tickets.ConcludeConsultation:
		x.Lead = department.Draw(rt, "lead")
	case *tickets.RuleOnReturn:
		x.Decision = rapid.SampledFrom([]tickets.ReturnDecision{tickets.AcceptReturn, tickets.ForceDispatch, tickets.ConsultOnIt}).Draw(rt, "ruling")
	case *tickets.RuleOnExtension:
		x.Decision = yesNo.Draw(rt, "ruling")
	case *tickets.RuleOnSuspension:
		x.Decision = yesNo.Draw(rt, "ruling")
	case *tickets.Reply:
		past := tt.Morning.UTC()
		x.ContactAt, x.ContactWay, x.Basis = &past, tickets.ByPhone, "条例"
	case *tickets.RecordRating:
		x.Rating = rapid.IntRange(1, 5).Draw(rt, "rating")
		x.Solved = rapid.SampledFrom([]tickets.Solved{tickets.SolvedYes, tickets.SolvedNo, tickets.SolvedUnknown}).Draw(rt, "solved")
	case *tickets.JudgeRating:
		x.Decision, x.Again = yesNo.Draw(rt, "counts"), rapid.Bool().Draw(rt, "again")
	}
}

// model is the rules a second time, as plainly as can be.
type model struct {
	status             tickets.Status
	round, escalation  int
	class              tickets.Class
	lead               string
	parts              map[string]part // live, of this round
	past               []string        // departments that held a part at the end of an earlier round
	concluded          bool            // a consultation was concluded at some time
	consulted          []string        // the departments of the latest consultation
	ordered            []string        // departments under an open order
	returns            int
	forced             bool
	extensions         int
	asked              string // who awaits a ruling
	back               tickets.Status
	outcome            tickets.Outcome
	rated              bool
	orders, accounting []bool // open?
}

type part struct {
	lead             bool
	signed, answered bool
}

func newModel() *model {
	return &model{status: tickets.ToTriage, round: 1, parts: map[string]part{}}
}

func (m *model) clone() *model {
	c := *m
	c.parts = maps.Clone(m.parts)
	c.consulted, c.ordered = slices.Clone(m.consulted), slices.Clone(m.ordered)
	c.orders, c.accounting = slices.Clone(m.orders), slices.Clone(m.accounting)
	return &c
}

// above: the one office lies below the housing bureau.
func belongs(by staff.Member, department string) bool {
	return by.Department == department || by.Department == tt.Housing && department == tt.HousingOffice
}

// may repeats the rights table for people whose scope is their department.
func (m *model) may(by staff.Member, act tickets.Act) bool {
	switch staff.Table[act][by.Roles[0]] {
	case staff.All:
		return m.sees(by)
	case staff.OwnDepartment:
		return m.involved(by)
	case staff.Own, staff.OwnHall:
		return by.Name == "陈话务" // the operator who registered it
	default:
		return false
	}
}

func (m *model) sees(by staff.Member) bool {
	switch staff.Table[staff.ReadTicket][by.Roles[0]] {
	case staff.All:
		return true
	case staff.OwnDepartment:
		return m.involved(by)
	default:
		return false
	}
}

func (m *model) involved(by staff.Member) bool {
	for d := range m.parts {
		if belongs(by, d) {
			return true
		}
	}
	return slices.ContainsFunc(m.past, func(d string) bool { return belongs(by, d) }) || slices.ContainsFunc(m.consulted, func(d string) bool { return belongs(by, d) }) ||
		slices.ContainsFunc(m.openOrders(), func(d string) bool { return belongs(by, d) })
}

func (m *model) openOrders() []string {
	var out []string
	for i, d := range m.ordered {
		if m.orders[i] {
			out = append(out, d)
		}
	}
	return out
}

// mine returns the department whose part the person acts for: the lead's
// first, then by the order of parts; only fitting ones.
func (m *model) mine(by staff.Member, fits func(part) bool) string {
	if p, ok := m.parts[m.lead]; ok && belongs(by, m.lead) && fits(p) {
		return m.lead
	}
	for _, d := range slices.Sorted(maps.Keys(m.parts)) {
		if !m.parts[d].lead && belongs(by, d) && fits(m.parts[d]) {
			return d
		}
	}
	return ""
}

func (m *model) leads(by staff.Member) bool {
	p, ok := m.parts[m.lead]
	return ok && p.lead && belongs(by, m.lead)
}

func (m *model) in(ss ...tickets.Status) bool { return slices.Contains(ss, m.status) }

func (m *model) open(about string, account bool) {
	m.orders, m.ordered = append(m.orders, true), append(m.ordered, about)
	if account {
		m.accounting = append(m.accounting, true)
	}
}

// do says whether the act is allowed and, if so, does it. It is the state
// table once more in another hand, and so it is long.
func (m *model) do(by staff.Member, move tickets.Move) bool {
	if !m.sees(by) || !m.may(by, move.Act()) {
		return false
	}
	desk := m.in(tickets.ToTriage, tickets.ToDispatch)
	held := m.in(tickets.InHand, tickets.ToRuleExtension, tickets.ToRuleSuspension, tickets.Suspended)
	switch x := move.(type) {
	case *tickets.AskCitizen:
		return desk && m.to(tickets.ToSupplement)
	case *tickets.Supplement:
		return m.in(tickets.ToSupplement) && m.to(tickets.ToTriage)
	case *tickets.Triage:
		if !desk && !m.in(tickets.InConsultation, tickets.ToSignFor, tickets.InHand) {
			return false
		}
		if x.Class == tickets.Refused && m.class != tickets.Refused {
			m.open(m.lead, true)
		}
		m.class = x.Class
		if m.status == tickets.ToTriage {
			m.status = tickets.ToDispatch
		}
		return true
	case *tickets.AnswerAtOnce:
		if !desk || m.class == tickets.CannotDo && x.Basis == "" {
			return false
		}
		if m.class == "" {
			m.class = tickets.Ordinary
		}
		m.outcome = tickets.Answered
		return m.to(tickets.ToCallBack)
	case *tickets.Decline, *tickets.HandOver:
		m.outcome = tickets.Declined
		return desk && m.to(tickets.Completed)
	case *tickets.Withdraw:
		m.outcome = tickets.Withdrawn
		return m.in(tickets.ToSupplement, tickets.ToTriage, tickets.ToDispatch, tickets.ToSignFor, tickets.InHand) && m.to(tickets.Completed)
	case *tickets.Merge:
		return false // the number drawn belongs to nobody
	case *tickets.OpenConsultation:
		if !m.in(tickets.ToDispatch, tickets.InHand) {
			return false
		}
		m.parts, m.consulted = map[string]part{}, x.Departments
		return m.to(tickets.InConsultation)
	case *tickets.GiveOpinion:
		if !m.in(tickets.InConsultation) {
			return false
		}
		if by.Department == "" {
			return x.Department != "" && slices.Contains(m.consulted, x.Department)
		}
		return slices.ContainsFunc(m.consulted, func(d string) bool { return belongs(by, d) })
	case *tickets.ConcludeConsultation:
		m.concluded = true
		return m.in(tickets.InConsultation) && m.to(tickets.ToDispatch)
	case *tickets.Dispatch:
		if !m.in(tickets.ToDispatch) || m.class == tickets.HardToDo && !m.concluded || slices.Contains(x.Assisting, x.Lead) {
			return false
		}
		m.lead = x.Lead
		m.parts[x.Lead] = part{lead: true}
		for _, d := range x.Assisting {
			m.parts[d] = part{}
		}
		return m.to(tickets.ToSignFor)
	case *tickets.Redirect:
		if !m.in(tickets.ToSignFor, tickets.InHand) || x.Lead == m.lead {
			return false
		}
		delete(m.parts, m.lead)
		m.lead = x.Lead
		m.parts[x.Lead] = part{lead: true}
		return m.to(tickets.ToSignFor)
	case *tickets.AddAssisting:
		if _, has := m.parts[x.Department]; has || !m.in(tickets.ToSignFor, tickets.InHand) {
			return false
		}
		m.parts[x.Department] = part{}
		return true
	case *tickets.ReleaseAssisting:
		p, has := m.parts[x.Department]
		if !has || p.lead || !held && !m.in(tickets.ToSignFor) {
			return false
		}
		delete(m.parts, x.Department)
		return true
	case *tickets.SignFor:
		d := m.mine(by, func(p part) bool { return !p.signed })
		if d == "" || !held && !m.in(tickets.ToSignFor) {
			return false
		}
		p := m.parts[d]
		p.signed = true
		m.parts[d] = p
		if d == m.lead {
			m.status = tickets.InHand
		}
		return true
	case *tickets.Return:
		if !m.in(tickets.ToSignFor, tickets.InHand) || !m.leads(by) || m.forced {
			return false
		}
		m.asked, m.back = m.lead, m.status
		return m.to(tickets.ToRuleReturn)
	case *tickets.RuleOnReturn:
		return m.in(tickets.ToRuleReturn) && m.ruleOnReturn(x)
	case *tickets.RecordContact:
		return held || m.in(tickets.ToSignFor)
	case *tickets.ReportProgress:
		return held && m.leads(by)
	case *tickets.Assist:
		d := m.mine(by, func(p part) bool { return !p.lead && p.signed && !p.answered })
		if d == "" || !held && !m.in(tickets.ToSignFor) {
			return false
		}
		p := m.parts[d]
		p.answered = true
		m.parts[d] = p
		return true
	case *tickets.AskExtension:
		return m.in(tickets.InHand) && m.leads(by) && m.extensions == 0 && m.to(tickets.ToRuleExtension)
	case *tickets.RuleOnExtension:
		if m.in(tickets.ToRuleExtension) && x.Decision == tickets.Yes {
			m.extensions++
		}
		return m.in(tickets.ToRuleExtension) && m.to(tickets.InHand)
	case *tickets.AskSuspension:
		return m.in(tickets.InHand) && m.leads(by) && m.to(tickets.ToRuleSuspension)
	case *tickets.RuleOnSuspension:
		if x.Decision == tickets.Yes {
			return m.in(tickets.ToRuleSuspension) && m.to(tickets.Suspended)
		}
		return m.in(tickets.ToRuleSuspension) && m.to(tickets.InHand)
	case *tickets.Resume:
		return m.in(tickets.Suspended) && m.to(tickets.InHand)
	case *tickets.Reply:
		for _, p := range m.parts {
			if !p.lead && !p.answered {
				return false
			}
		}
		return m.in(tickets.InHand) && m.leads(by) && m.to(tickets.ToReview)
	case *tickets.SendBack:
		return m.in(tickets.ToReview) && m.to(tickets.InHand)
	case *tickets.Complete:
		m.outcome = tickets.Handled
		return m.in(tickets.ToReview) && m.to(tickets.ToCallBack)
	case *tickets.RecordRating:
		late := m.in(tickets.Completed) && !m.rated && (m.outcome == tickets.Answered || m.outcome == tickets.Handled)
		if !m.in(tickets.ToCallBack) && !late {
			return false
		}
		m.rated = true
		switch {
		case x.Solved == tickets.SolvedNo:
			return m.to(tickets.ToRework)
		case x.Rating >= 4:
			return m.to(tickets.ToJudge)
		default:
			return m.to(tickets.Completed)
		}
	case *tickets.CloseUnrated:
		return m.in(tickets.ToCallBack) && m.to(tickets.Completed)
	case *tickets.JudgeRating:
		if x.Again {
			return m.in(tickets.ToJudge) && m.to(tickets.ToRework)
		}
		return m.in(tickets.ToJudge) && m.to(tickets.Completed)
	case *tickets.Rework:
		return m.in(tickets.ToRework) && m.rework()
	case *tickets.Reopen:
		if !m.in(tickets.Completed, tickets.Archived) {
			return false
		}
		m.next()
		m.lead = ""
		return m.to(tickets.ToTriage)
	case *tickets.Archive:
		return m.in(tickets.Completed) && m.to(tickets.Archived)
	case *tickets.Remind:
		return !m.in(tickets.ToSupplement, tickets.ToTriage, tickets.ToCallBack, tickets.ToJudge, tickets.Completed, tickets.Archived, tickets.MergedAway)
	case *tickets.Supervise:
		if m.in(tickets.ToSupplement, tickets.Completed, tickets.Archived, tickets.MergedAway) {
			return false
		}
		m.open(m.lead, false)
		return true
	case *tickets.AnswerOrder:
		return len(m.orders) > 0 && m.orders[0]
	case *tickets.CloseOrder:
		if len(m.orders) == 0 || !m.orders[0] {
			return false
		}
		m.orders[0] = false
		return true
	case *tickets.CloseAccountability:
		if len(m.accounting) == 0 || !m.accounting[0] {
			return false
		}
		m.accounting[0] = false
		return true
	case *tickets.ChangePolicy:
		return false // there is only the version it has
	case *tickets.AddNote, *tickets.Attach:
		return true
	default:
		return false
	}
}

func (m *model) to(s tickets.Status) bool {
	m.status = s
	return true
}

func (m *model) ruleOnReturn(x *tickets.RuleOnReturn) bool {
	switch x.Decision {
	case tickets.AcceptReturn:
		if m.returns > 0 {
			return false
		}
		m.parts, m.lead = map[string]part{}, ""
		m.status = tickets.ToDispatch
	case tickets.ConsultOnIt:
		m.parts, m.lead, m.consulted = map[string]part{}, "", x.Departments
		m.concluded = false
		m.status = tickets.InConsultation
	default:
		m.forced = true
		m.status = m.back
	}
	m.returns++
	return true
}

func (m *model) rework() bool {
	before := m.parts
	again := m.escalation > 0
	m.next()
	m.escalation++
	switch {
	case m.lead == "":
		m.status = tickets.ToDispatch
	case !again:
		m.parts[m.lead] = part{lead: true, signed: true}
		m.status = tickets.InHand
	default:
		m.open(m.lead, false)
		m.consulted, m.concluded = slices.Sorted(maps.Keys(before)), false
		m.lead = ""
		m.status = tickets.InConsultation
	}
	return true
}

func (m *model) next() {
	m.round++
	m.past = append(slices.Clone(m.past), slices.Collect(maps.Keys(m.parts))...)
	m.parts, m.extensions, m.forced, m.rated, m.outcome = map[string]part{}, 0, false, false, ""
}
