package demo

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"nengban/callbacks/simulator"
	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/staff"
)

// The crowd is everybody who is in no storyline: drawn from the matters, with
// a name, a place and a telephone each, over the days of the fortnight.

// How many come, and how many of them in the last hours.
const (
	crowdSize = 112
	lately    = 9
)

// seed decides everything about the crowd that looks like chance.
const seed = 12345

// crowdDraw is the crowd in the making.
type crowdDraw struct {
	*director
	rng     *rand.Rand
	bag     []matter
	callers []tickets.Caller
}

// crowd draws the crowd. The same matters, places and last moment give the
// same crowd.
func (d *director) crowd() []*story {
	c := &crowdDraw{director: d, rng: rand.New(rand.NewPCG(seed, 1))} //nolint:gosec // a play is repeated, not kept secret
	var out []*story
	for i, at := range c.arrivals() {
		out = append(out, c.one(i, at))
	}
	return out
}

// arrivals are the moments at which somebody comes, early ones first: most in
// the morning and after lunch, some in the evening, few at night.
func (c *crowdDraw) arrivals() []time.Time {
	byHour := []int{1, 1, 0, 0, 0, 1, 2, 5, 9, 14, 13, 9, 5, 6, 11, 11, 9, 6, 4, 5, 5, 4, 3, 2}
	var weighted []int
	for hour, n := range byHour {
		weighted = append(weighted, slices.Repeat([]int{hour}, n)...)
	}
	first := c.begins.Add(2 * hour)
	span := c.Now.Sub(first) - 2*hour
	var out []time.Time
	for len(out) < crowdSize-lately {
		y, m, day := first.Add(time.Duration(c.rng.Int64N(int64(span)))).In(tickets.Shanghai).Date()
		at := time.Date(y, m, day, weighted[c.rng.IntN(len(weighted))], c.rng.IntN(60), c.rng.IntN(60), 0, tickets.Shanghai)
		free := at.Weekday() == time.Saturday || at.Weekday() == time.Sunday
		if at.After(first) && at.Before(c.Now.Add(-2*hour)) && (!free || c.rng.IntN(3) == 0) {
			out = append(out, at)
		}
	}
	for n := range lately {
		out = append(out, c.Now.Add(-time.Duration(n*n*2+4)*minute).Add(-time.Duration(c.rng.IntN(50))*time.Second))
	}
	slices.SortFunc(out, time.Time.Compare)
	return out
}

// one is one of the crowd: who he is, what he says, and how it goes.
func (c *crowdDraw) one(i int, at time.Time) *story {
	m := c.nextMatter(at)
	s := (&story{key: m.Key + "-" + strconv.Itoa(i), habit: c.habit()}).startsAt(at)
	s.in = c.intake(m)
	by := "citizen"
	switch m.Channel {
	case tickets.Hotline:
		by = c.oneOf("lin.yue", "chen.jie", "wu.peng")
	case tickets.Window:
		by = c.oneOf("zhou.min", "he.li")
		clerk := c.people[by]
		s.in.Hall, s.in.WindowNo = clerk.Hall, clerk.WindowNo
	default: // the citizen writes it himself
	}
	s.then(by, 0, nil)
	if m.Answer != "" {
		c.answered(s, m, by)
		return s
	}
	c.handled(s, m)
	return s
}

// nextMatter draws from a bag that holds every matter, so that none comes a
// second time before all have come once. Halls are closed at night: what comes
// then came by telephone.
func (c *crowdDraw) nextMatter(at time.Time) matter {
	if len(c.bag) == 0 {
		for _, m := range c.town.matters {
			c.bag = append(c.bag, slices.Repeat([]matter{m}, max(1, m.Weight))...)
		}
		c.rng.Shuffle(len(c.bag), func(i, j int) { c.bag[i], c.bag[j] = c.bag[j], c.bag[i] })
	}
	m := c.bag[0]
	c.bag = c.bag[1:]
	if open, err := c.hours.window.Open(at); m.Channel == tickets.Window && (err != nil || !open) {
		m.Channel = tickets.Hotline
	}
	return m
}

func (c *crowdDraw) intake(m matter) tickets.Intake {
	kind := kindOfPlace(m)
	all := c.town.at(kind)
	at := all[c.rng.IntN(len(all))]
	building := strconv.Itoa(1 + c.rng.IntN(18))
	words := strings.NewReplacer("{estate}", at.name, "{road}", at.name, "{school}", at.name, "{hall}", at.name, "{village}", at.name,
		"{building}", building, "{days}", []string{"四五", "六", "八", "十来"}[c.rng.IntN(4)])
	address := at.name
	switch kind {
	case "estate":
		address += building + "栋"
	case "road":
		address += strconv.Itoa(10+2*c.rng.IntN(90)) + "号附近"
	}
	return tickets.Intake{Caller: c.caller(), Kind: m.Kind, Channel: m.Channel, Category: m.Category, Area: at.area, Address: address,
		Matter: m.Matter, Urgency: m.Urgency, Content: words.Replace(m.Content), VisitCount: visits(m, c.rng)}
}

func kindOfPlace(m matter) string { return cmp.Or(m.Place, "estate") }

// visits: who comes to a window has mostly been there before.
func visits(m matter, rng *rand.Rand) int {
	if m.Channel != tickets.Window {
		return 0
	}
	return 1 + rng.IntN(4)
}

// caller is somebody new, and every sixth time somebody who came before.
func (c *crowdDraw) caller() tickets.Caller {
	if n := len(c.callers); n > 12 && c.rng.IntN(6) == 0 {
		return c.callers[c.rng.IntN(n)]
	}
	surnames := []rune("王李张刘陈杨赵黄周吴徐孙朱马胡郭何高林罗梁宋郑谢唐许冯邓曹彭曾肖田董潘袁蔡蒋余杜")
	given := strings.Fields("秀英 桂兰 建国 志强 玉珍 海燕 丽华 国庆 小红 永刚 晓燕 春梅 德明 淑芬 文斌 雪梅 家豪 思雨 子涵 浩然 佳怡 俊杰 婷婷 志明 月娥 大勇 光荣 美玲 长林 红霞")
	who := tickets.Caller{Name: string(surnames[c.rng.IntN(len(surnames))]) + given[c.rng.IntN(len(given))], Phone: phone(1001 + len(c.callers)),
		NeedsSupport: c.rng.IntN(12) == 0}
	c.callers = append(c.callers, who)
	return who
}

// phone is a number that looks like one and is nobody's.
func phone(n int) string { return fmt.Sprintf("1900000%04d", n) }

// answered is a matter that needs no department: whoever takes it in answers
// it, and what came online a dispatcher.
func (c *crowdDraw) answered(s *story, m matter, by string) {
	wait := c.upTo(2*minute, 6*minute)
	if by == "citizen" {
		by, wait = c.oneOf("zhao.lei", "xu.jing"), c.upTo(15*minute, 90*minute)
	}
	if m.Class != "" {
		s.then(by, wait, &tickets.Triage{Class: m.Class, Reason: "条件不符合现行政策，属于办不了，须当日说明依据。", Basis: m.Basis})
		wait = c.upTo(4*minute, 20*minute)
	}
	basis := m.Basis
	if basis == "" {
		basis = "表扬类来电，转达即可"
	}
	s.then(by, wait, &tickets.AnswerAtOnce{Text: m.Answer, PublicText: m.Answer, Basis: basis, Article: c.articles[m.Article]})
}

// handled is a matter that goes to a department by the directory.
func (c *crowdDraw) handled(s *story, m matter) {
	if m.Urgency != "" && m.Urgency != tickets.Routine {
		s.atAnyHour()
	}
	slow := time.Duration(1)
	if c.rng.IntN(16) == 0 {
		slow = 5 // it lies on somebody's desk
	}
	duty := c.duty(s.in)
	if c.rng.IntN(2) == 0 {
		duty.Assisting = nil // the lead can do it alone this time
	}
	dispatcher := c.oneOf("zhao.lei", "xu.jing")
	s.then(dispatcher, c.upTo(4*minute, 40*minute), &tickets.Triage{Class: tickets.Ordinary, Reason: "事实清楚，属职责范围内一般诉求。"})
	s.then(dispatcher, c.upTo(2*minute, 12*minute), &tickets.Dispatch{Lead: duty.Lead, Assisting: duty.Assisting, Basis: duty.Basis})
	by := c.caseworkerOf(duty.Lead)
	if s.rushes {
		s.then(by, c.upTo(6*minute, 50*minute), &tickets.SignFor{})
	} else {
		s.then(by, slow*c.upTo(10*minute, 4*hour), &tickets.SignFor{})
	}
	for _, code := range duty.Assisting {
		s.then(c.caseworkerOf(code), c.upTo(10*minute, 90*minute), &tickets.SignFor{Department: code})
	}
	c.contacted(s, m, by)
	for _, code := range duty.Assisting {
		s.then(c.caseworkerOf(code), c.upTo(hour, 5*hour), &tickets.Assist{Department: code, Text: "已按职责到场配合核查，相关情况和处置意见已交主办单位汇总，我单位无不同意见。"})
	}
	c.replied(s, m, by, slow)
	s.then(dispatcher, c.upTo(20*minute, 3*hour), &tickets.Complete{})
}

func (c *crowdDraw) contacted(s *story, m matter, by string) {
	way := tickets.ByPhone
	if c.rng.IntN(4) == 0 {
		way = tickets.ByVisit
	}
	s.then(by, c.upTo(20*minute, 4*hour), &tickets.RecordContact{ContactWay: way, Text: m.Contact})
	if m.Progress != "" {
		s.then(by, c.upTo(hour, 3*hour), &tickets.ReportProgress{Text: m.Progress, PublicText: m.Progress})
	}
}

// replied is the answer; every ninth is sent back once, since it does not say
// what was done.
func (c *crowdDraw) replied(s *story, m matter, by string, slow time.Duration) {
	full := &tickets.Reply{Facts: tickets.FactsTrue, Demand: tickets.Reasonable, Result: m.Result, Text: m.Reply, PublicText: m.Public, Basis: m.Basis, ProcessFix: m.Fix}
	wait := slow * c.upTo(3*hour, 20*hour)
	if s.rushes {
		wait = c.upTo(hour, 9*hour)
	}
	if c.rng.IntN(9) == 0 {
		s.then(by, wait, &tickets.Reply{Facts: tickets.FactsTrue, Demand: tickets.Reasonable, Result: m.Result, Text: "已处理。"})
		s.then("xu.jing", c.upTo(20*minute, 2*hour), &tickets.SendBack{Reason: "答复没有写明采取的措施和结果，也没有说明怎样答复诉求人，请补充后重新提交。"})
		wait = c.upTo(hour, 5*hour)
	}
	s.then(by, wait, full)
}

// duty is the directory row that fits best; the script's tests see to it that
// there always is one.
func (d *director) duty(in tickets.Intake) departments.Duty {
	found := d.Desk.Directory().Find(in.Matter, in.Category, in.Area)
	if len(found) == 0 {
		return departments.Duty{Lead: "services", Basis: "派单目录未列明，由数据和政务服务局首接"}
	}
	return found[0].Duty
}

// caseworkerOf returns the login of who works for a department: its own
// caseworker or one of a department above it.
func (d *director) caseworkerOf(code string) string {
	for _, above := range d.Desk.Directory().Above(code) {
		for _, m := range d.town.people {
			if m.Department == above && m.Is(staff.Caseworker) {
				return m.Login
			}
		}
	}
	return "jin.jing"
}

// habit draws how somebody answers.
func (c *crowdDraw) habit() simulator.Habit {
	at := c.rng.IntN(100)
	for _, h := range townsfolk() {
		if at -= h.Of; at < 0 {
			return h.Habit
		}
	}
	return simulator.ByHand()
}

func (c *crowdDraw) oneOf(all ...string) string { return all[c.rng.IntN(len(all))] }

// upTo draws a duration.
func (c *crowdDraw) upTo(least, most time.Duration) time.Duration {
	return least + time.Duration(c.rng.Int64N(int64(most-least))).Truncate(time.Second)
}
