package callbacks

import (
	"testing"
	"time"

	"nengban/tickets"
	"nengban/tickets/worktime"
)

func shanghai(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", "2026-"+s, tickets.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

// The order of the ways, as the ledger stands at one moment.
func TestWhatIsDoneNext(t *testing.T) {
	t.Parallel()
	p := Defaults()
	h, err := newHours(p, worktime.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	at := func(s string) time.Time { return shanghai(t, s) }
	text := func(state AttemptState, d Delivery, out string) attemptRow {
		return attemptRow{Way: BySMS, Purpose: ToAsk, State: state, Delivery: d, CreatedAt: at("09-22 09:30"), HandedAt: at("09-22 09:30"), OutAt: at(out), OverAt: at(out), NotAfter: at("09-25 09:30")}
	}
	reminder := func(out string) attemptRow {
		a := text(Over, Delivered, out)
		a.Purpose = ToRemind
		return a
	}
	call := func(state AttemptState, d Delivery, out string) attemptRow {
		return attemptRow{Way: ByVoice, Purpose: ToCall, State: state, Delivery: d, CreatedAt: at(out), HandedAt: at(out), OutAt: at(out), OverAt: at(out), NotAfter: at("09-30 20:00")}
	}
	trouble := func(a attemptRow, k Kind) attemptRow { a.Trouble = k; return a }
	plain := scene{textable: true, callable: true}
	landline := scene{callable: true}
	for _, row := range []struct {
		what  string
		scene scene
		tries []attemptRow
		now   string
		move  move
		at    string // checked when the move has a moment of its own
	}{
		{"办结满一天，先发短信", plain, nil, "09-22 09:30", toText, ""},
		{"座机不发短信，直接打电话", landline, nil, "09-22 09:30", toCall, ""},
		{"短信还在排队，等它", plain, []attemptRow{text(Waiting, "", "09-22 09:30")}, "09-22 10:00", toWait, "09-25 09:30"},
		{"短信已送达，等一天再提醒，从真正发出算起", plain, []attemptRow{text(Over, Delivered, "09-22 11:40")}, "09-23 09:30", toWait, "09-23 11:40"},
		{"一天没回，提醒一次", plain, []attemptRow{text(Over, Delivered, "09-22 11:40")}, "09-23 11:40", toRemind, ""},
		{"提醒后又一天，打电话", plain, []attemptRow{text(Over, Delivered, "09-22 11:40"), reminder("09-23 11:40")}, "09-24 11:40", toCall, ""},
		{"短信没送到，两小时后再发", plain, []attemptRow{text(Over, Undelivered, "09-22 09:31")}, "09-22 10:00", toWait, "09-22 11:31"},
		{"再发的时候到了", plain, []attemptRow{text(Over, Undelivered, "09-22 09:31")}, "09-22 11:31", toText, ""},
		{"三次都没送到，改打电话", plain, []attemptRow{text(Over, Failed, "09-22 09:31"), text(Over, Failed, "09-22 11:31"), text(Over, Failed, "09-22 14:31")}, "09-22 17:00", toCall, ""},
		{"空号，不再发短信", plain, []attemptRow{trouble(text(Over, Failed, "09-22 09:31"), NeverMind)}, "09-22 09:32", toCall, ""},
		{"收不了短信的号码，马上改打电话", plain, []attemptRow{trouble(text(Over, Undelivered, "09-22 09:31"), Landline)}, "09-22 09:32", toCall, ""},
		{"短信过期没发出去", plain, []attemptRow{text(Expired, "", "09-22 09:31")}, "09-25 09:31", toCall, ""},
		{"退订后不再发，改打电话", scene{callable: true}, []attemptRow{text(Withdrawn, "", "09-22 09:31")}, "09-22 09:32", toCall, ""},
		{"上午没人接，下午再打", landline, []attemptRow{call(Over, NoAnswer, "09-22 10:00")}, "09-22 10:05", toCall, "09-22 14:00"},
		{"下午没人接，第二天上午再打", landline, []attemptRow{call(Over, Busy, "09-22 15:00")}, "09-22 15:05", toCall, "09-23 09:00"},
		{"节前下午没人接，节后再打", landline, []attemptRow{call(Over, NoAnswer, "09-30 15:00")}, "09-30 15:05", toCall, "10-08 09:00"},
		{"打了两次都没按键，转人工", landline, []attemptRow{call(Over, HungUp, "09-22 10:00"), call(Over, Machine, "09-22 14:00")}, "09-22 14:05", toPeople, ""},
		{"电话永远打不通，转人工", landline, []attemptRow{trouble(call(Over, Failed, "09-22 10:00"), NeverMind)}, "09-22 10:05", toPeople, ""},
		{"既收不了短信也打不了电话，转人工", scene{}, nil, "09-22 09:30", toPeople, ""},
		{"本月已问够，普通件只留链接", scene{textable: true, callable: true, capped: true}, nil, "09-22 09:30", toWait, "09-28 09:30"},
		{"打过电话以后不再回头发短信", plain, []attemptRow{call(Over, NoAnswer, "09-22 10:00"), call(Over, NoAnswer, "09-22 14:00")}, "09-22 20:00", toPeople, ""},
	} {
		row.scene.s = &surveyRow{EndedAt: at("09-21 09:30"), Drawn: true, Campaign: 1}
		row.scene.tries, row.scene.now = row.tries, at(row.now)
		n, err := p.decide(row.scene, h)
		if err != nil || n.move != row.move {
			t.Errorf("%s: %s, %v; want %s", row.what, n.move, err, row.move)
		}
		if row.at != "" && !n.at.Equal(at(row.at)) {
			t.Errorf("%s: at %s; want %s", row.what, n.at.In(tickets.Shanghai).Format("01-02 15:04"), row.at)
		}
	}
}

func TestWhomNobodyCanReachIsWaitedForAndThenClosedWithTheReason(t *testing.T) {
	t.Parallel()
	p := Defaults()
	p.PeopleTries = 0
	h, err := newHours(p, worktime.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	ended := shanghai(t, "09-21 09:30")
	for _, row := range []struct {
		what string
		s    surveyRow
		code tickets.UnratedCode
	}{
		{"匿名或没留电话", surveyRow{Unreachable: true, Drawn: true}, tickets.NoNumber},
		{"没抽中", surveyRow{}, tickets.NotAsked},
		{"没有任何办法联系", surveyRow{Drawn: true}, tickets.Unreachable},
	} {
		row.s.EndedAt, row.s.Campaign = ended, 1
		early, err := p.decide(scene{s: &row.s, now: ended.Add(time.Hour)}, h)
		if err != nil || early.move != toWait || !early.at.Equal(ended.Add(p.AnswerWindow)) {
			t.Errorf("%s: at first %s at %s, %v", row.what, early.move, early.at, err)
		}
		late, err := p.decide(scene{s: &row.s, now: ended.Add(p.AnswerWindow)}, h)
		if err != nil || late.move != toClose || late.code != row.code {
			t.Errorf("%s: in the end %s %s, %v; want closed as %s", row.what, late.move, late.code, err, row.code)
		}
	}
}

// The days of 2026 around Mid-Autumn and the National Day, by the State
// Council's notice: off 25 to 27 September and 1 to 7 October, worked Sunday 20
// September and Saturday 10 October.
func TestWhenPeopleMayBeTroubled(t *testing.T) {
	t.Parallel()
	h, err := newHours(Defaults(), worktime.Embedded())
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		what string
		way  Way
		from string
		want string
	}{
		{"工作时间内，马上", BySMS, "09-22 09:30", "09-22 09:30"},
		{"午休不打扰", BySMS, "09-22 12:30", "09-22 14:00"},
		{"晚上不打扰", BySMS, "09-22 20:00", "09-23 09:00"},
		{"周六可以发短信", BySMS, "09-19 10:00", "09-19 10:00"},
		{"周六不打电话，周日调休上班可以打", ByVoice, "09-19 10:00", "09-20 09:00"},
		{"中秋不发短信", BySMS, "09-25 10:00", "09-28 09:00"},
		{"国庆不打电话", ByVoice, "09-30 20:30", "10-08 09:00"},
		{"国庆后的调休周六可以打", ByVoice, "10-09 20:30", "10-10 09:00"},
	} {
		at, err := h.next(row.way, shanghai(t, row.from))
		if err != nil || !at.Equal(shanghai(t, row.want)) {
			t.Errorf("%s: from %s it is %s, %v; want %s", row.what, row.from, at.In(tickets.Shanghai).Format("01-02 15:04"), err, row.want)
		}
	}
}

// Which survey a text is about: never a guess.
func TestWhichSurveyATextIsAbout(t *testing.T) {
	t.Parallel()
	s := func(tag string, state State, change ...func(*surveyRow)) surveyRow {
		r := surveyRow{Tag: tag, Number: "2026092100" + tag, State: state}
		for _, c := range change {
			c(&r)
		}
		return r
	}
	asked := func(q string) func(*surveyRow) { return func(r *surveyRow) { r.FollowUp = q } }
	for _, row := range []struct {
		what, text string
		h          heard
		want       string // the tag; "" nobody knows
		rating     int
	}{
		{"只有一件，直接是它", "5", heard{open: []surveyRow{s("4821", Asking)}}, "4821", 5},
		{"两件，没写尾号", "5", heard{open: []surveyRow{s("4821", Asking), s("0035", Asking)}}, "", 0},
		{"两件，写了尾号", "4821 5", heard{open: []surveyRow{s("4821", Asking), s("0035", Asking)}}, "4821", 5},
		{"两件，写的尾号都不是", "7777 5", heard{open: []surveyRow{s("4821", Asking), s("0035", Asking)}}, "", 0},
		{"一件待评，尾号写的是另一件已关的", "0035 5", heard{open: []surveyRow{s("4821", Asking)}, late: []surveyRow{s("0035", Closed)}}, "0035", 5},
		{"没有待评的，只有一件关了还没答", "未解决", heard{late: []surveyRow{s("0035", Closed)}}, "0035", 0},
		{"一件待评，一件刚答过，说按错了", "刚才按错了，是1", heard{open: []surveyRow{s("4821", Asking)}, answered: []surveyRow{s("0035", HasAnswer)}}, "0035", 1},
		{"一件待评，一件刚答过，没说更正", "1", heard{open: []surveyRow{s("4821", Asking)}, answered: []surveyRow{s("0035", HasAnswer)}}, "4821", 1},
		{"追问是否解决，回了“是”", "是", heard{open: []surveyRow{s("4821", Asking)}, answered: []surveyRow{s("0035", HasAnswer, asked("solved"))}}, "0035", 0},
		{"追问原因，又回了另一件的评价", "4821 2", heard{open: []surveyRow{s("4821", Asking)}, answered: []surveyRow{s("0035", HasAnswer, asked("reason"))}}, "4821", 2},
		{"短码代替重复的尾号，写原尾号也认得", "0035 4", heard{open: []surveyRow{s("311", Asking, func(r *surveyRow) { r.Number = "20260922000035" })}}, "311", 4},
	} {
		r, got := interpret(row.h, row.text)
		tag := ""
		if got != nil {
			tag = got.Tag
		}
		if tag != row.want || row.want != "" && int(r.Rating) != row.rating {
			t.Errorf("%s: %q is about %q with rating %d (%s); want %q, %d", row.what, row.text, tag, r.Rating, r.Why, row.want, row.rating)
		}
	}
}

func TestBothRatesAreKeptAndSilenceIsInNeither(t *testing.T) {
	t.Parallel()
	r := RatesOf([]Result{
		{State: HasAnswer, Rating: 1, Solved: tickets.SolvedYes, N: 60},
		{State: HasAnswer, Rating: 3, Solved: tickets.SolvedYes, N: 10},
		{State: HasAnswer, Rating: 5, Solved: tickets.SolvedNo, N: 8},
		{State: HasAnswer, Rating: 5, Solved: tickets.SolvedYes, Counts: "no", N: 2},
		{State: HasAnswer, Solved: tickets.SolvedNo, N: 5},
		{State: Closed, Reason: string(tickets.Unreachable), N: 20},
		{State: Closed, Reason: string(tickets.NotAsked), N: 30},
		{State: Closed, Reason: cancelled, N: 3},
		{State: WithPerson, N: 4},
	}, Weights{1: 1, 2: 1, 3: 0.8})
	for _, row := range []struct {
		what string
		got  Ratio
		good float64
		of   int
	}{
		{"满意率", r.Satisfaction, 68, 80},
		{"剔除后的满意率", r.AdjustedSatisfaction, 68, 78},
		{"解决率", r.Resolution, 72, 85},
		{"剔除后的解决率", r.AdjustedResolution, 70, 83},
		{"回访成功率", r.Reached, 85, 105},
	} {
		if row.got.Good != row.good || row.got.Of != row.of {
			t.Errorf("%s = %v of %d; want %v of %d", row.what, row.got.Good, row.got.Of, row.good, row.of)
		}
	}
	if r.Excluded != 2 || r.Unreachable != 20 || r.NotAsked != 30 || r.Open != 4 {
		t.Errorf("the rest: %+v", r)
	}
	if v, ok := RatesOf(nil, FullWeights).Satisfaction.Value(); ok {
		t.Errorf("nobody asked is a rate of %v", v)
	}
}

func TestSettingsThatCannotWorkAreRefused(t *testing.T) {
	t.Parallel()
	if err := Defaults().Validate(); err != nil {
		t.Fatalf("the defaults: %v", err)
	}
	for what, change := range map[string]func(*Policy){
		"没有时段": func(p *Policy) { p.Hours = nil },
		"时段重叠": func(p *Policy) {
			p.Hours = append(p.Hours, worktime.Hours{From: worktime.At(11, 0), To: worktime.At(15, 0)})
		},
		"比例大于一":    func(p *Policy) { p.Share = 1.1 },
		"每月一件都不许":  func(p *Policy) { p.MonthlyCap = 0 },
		"没有署名":     func(p *Policy) { p.DeskName = " " },
		"署名太长":     func(p *Policy) { p.DeskName = "某某省某某市某某区政务服务便民热线办公室" },
		"提醒不用等":    func(p *Policy) { p.Routine.Remind = 0 },
		"断路器越停越短":  func(p *Policy) { p.BreakMost = time.Second },
		"等答案比算数还久": func(p *Policy) { p.AnswerWindow = 2 * tickets.LateAnswer },
	} {
		p := Defaults()
		change(&p)
		if err := p.Validate(); err == nil {
			t.Errorf("%s: accepted", what)
		}
	}
}
