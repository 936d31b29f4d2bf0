package demo

import (
	"cmp"
	"container/heap"
	"context"
	"errors"
	"fmt"
	"time"

	"nengban/callbacks"
	"nengban/tickets"
	"nengban/tickets/worktime"
)

// What people do by themselves when a citizen's answer brings a ticket back.

// judge has the supervisor decide about a bad rating of a solved matter. Every
// third does not count: the citizen was cross about a rule, not about the work.
func (d *director) judge(s *story) {
	m := &tickets.JudgeRating{Decision: tickets.Yes, Reason: "诉求人对办理人员解释不耐心的反映属实，计入评价，已约谈承办人。"}
	if s.order%3 == 0 {
		m = &tickets.JudgeRating{Decision: tickets.No, Reason: "事项已按规定解决，诉求人不满意的是政策标准本身，经听取通话录音，承办单位解释到位，不计入考核。"}
	}
	s.then("qian.wei", 2*hour, m)
}

// handleAgain has the lead go there once more, with its leader's eye on it.
func (d *director) handleAgain(s *story, t *tickets.Ticket) {
	by := d.caseworkerOf(t.Lead)
	s.then(by, 90*minute, &tickets.RecordContact{ContactWay: tickets.ByVisit, Text: "上门见面，逐项核对未解决的问题，当面致歉并商定整改办法。"}).
		then(by, 6*hour, &tickets.Reply{ContactWay: tickets.ByVisit, Facts: tickets.FactsTrue, Demand: tickets.Reasonable, Result: tickets.ReallySolved,
			Text:       "重办：由分管负责人带队现场督办，上次未处理到位的部分已全部整改，请诉求人现场确认并留存照片。",
			PublicText: "对上次没有办到位的地方我们重新作了处理，您已在现场确认，感谢监督。", ProcessFix: "办结前须由诉求人或社区见证确认。"}).
		then("zhao.lei", hour, &tickets.Complete{Text: "重办结果经诉求人现场确认。"})
}

// explainAgain: what the desk had answered itself is explained once more, by a
// dispatcher who rings up and takes his time.
func (d *director) explainAgain(s *story, t *tickets.Ticket) {
	text, basis := "已再次致电，逐条说明政策依据，并告知可以走的其他途径。", "首次答复所依据的政策"
	if t.Answer != nil {
		text += "首次答复：" + t.Answer.Text
		basis = cmp.Or(t.Answer.Basis, basis)
	}
	s.then("xu.jing", 2*hour, &tickets.AnswerAtOnce{Text: text, PublicText: text, Basis: basis})
}

// callers have a turn on the worklist at these hours of a working day.
var callers = []struct {
	login string
	hour  worktime.TimeOfDay
}{
	{"sun.fang", worktime.At(9, 40)},
	{"tang.xin", worktime.At(10, 50)},
	{"sun.fang", worktime.At(14, 30)},
	{"tang.xin", worktime.At(16, 10)},
}

// turn is one turn of a callback caller: he takes the next call and makes it.
type turn struct {
	login string
	n     int
}

// appointCallers puts the turns in line, but for the last working day's: the
// list must not be empty when the curtain falls.
func (d *director) appointCallers() {
	if d.Calls == nil {
		return
	}
	n := 0
	for day := workingDays; day >= 1; day-- {
		for _, c := range callers {
			at, err := d.hours.workday(d.Now, day, c.hour)
			if err == nil && at.After(d.begins) && at.Before(d.Now) {
				heap.Push(&d.queue, happening{at, -1, turn{c.login, n}})
			}
			n++
		}
	}
}

func (c turn) happen(ctx context.Context, d *director) error {
	by := d.people[c.login]
	call, err := d.Calls.NextCall(ctx, by)
	var closed *callbacks.AfterHoursError
	if errors.Is(err, callbacks.ErrNotFound) || errors.As(err, &closed) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("taking a call from the list: %w", err)
	}
	d.Clock.Advance(2 * time.Minute)
	if err := d.Calls.Finish(ctx, by, call.Survey.ID, c.result()); err != nil {
		return fmt.Errorf("finishing a call: %w", err)
	}
	return nil
}

// result is what comes of a call: most people pick up and are content.
func (c turn) result() callbacks.CallResult {
	switch c.n % 5 {
	case 1:
		return callbacks.CallResult{Code: callbacks.CallNoAnswer}
	case 3:
		return callbacks.CallResult{Code: callbacks.CallAnswered, Rating: 3, Solved: tickets.SolvedYes, Comment: "办是办了，就是等得久了点"}
	case 4:
		return callbacks.CallResult{Code: callbacks.CallRefuses}
	default:
		return callbacks.CallResult{Code: callbacks.CallAnswered, Rating: 2, Solved: tickets.SolvedYes, Comment: "态度好，事情也解决了"}
	}
}
