package callbacks

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"nengban/callbacks/surveys"
	"nengban/tickets"
	"nengban/tickets/worktime"
)

// Policy is every setting of the callbacks. Defaults returns one that works;
// no rule or law fixes the figures unless a field says so.
type Policy struct {
	// Routine and Urgent are the pace for ordinary and for urgent matters.
	Routine, Urgent Pace

	// Hours are when people are texted and called, by the wall clock in Shanghai.
	Hours []worktime.Hours
	// TextsOnHolidays lets texts leave on public holidays too. Calls keep to
	// working days always.
	TextsOnHolidays bool

	TextTries   int           // how often a text that failed to arrive is sent again, all in all
	TextRetry   time.Duration // and how long after
	TextSpan    time.Duration // how long after its first allowed moment a text may still leave
	CallTries   int           // survey calls with keys, each on another half-day
	CallSpan    time.Duration
	PeopleTries int           // calls by people; 0: there is nobody to call
	PeopleLease time.Duration // how long a call on the list belongs to who took it
	BusyWait    time.Duration // after a busy line

	// AnswerWindow is how long somebody who can only answer by link is waited for.
	AnswerWindow time.Duration
	// Grace is how long an answer stands before it is written on the ticket, so
	// that "刚才按错了" can still replace it.
	Grace time.Duration
	// CorrectionSpan is how long after that a correction is still taken up, by a person.
	CorrectionSpan time.Duration
	// AskSolved asks "is it solved" in a text of its own when an answer by text
	// gave only the grade; FollowWait is how long that is waited for.
	AskSolved  bool
	FollowWait time.Duration
	// AskReason asks why in a text of its own, when somebody is not content and
	// did not say; nothing waits for it.
	AskReason bool
	// Thank sends a word of thanks for an answer by text, and Confirm a word that
	// a refusal of texts, or its end, was heard.
	Thank, Confirm bool

	// MonthlyCap is how many surveys one phone gets in a calendar month.
	MonthlyCap int
	// RepliesPerHour is how many texts one phone gets in answer to its own.
	RepliesPerHour int
	// Share is the part of ordinary matters that is asked about, 0 to 1; cases of
	// 办不成事 are asked about all (眉山 2021: monthly callback of every one).
	Share float64
	// SweepDays is until which day of a month the last month's cases of 办不成事
	// that were not reached are asked about once more (眉山 2021: monthly).
	SweepDays int

	// Rate is how many texts and calls one instance hands over in a second; 0 is
	// no limit. Several instances share a carrier's limit by dividing it.
	Rate float64
	// Senders is how many are handed over at the same time.
	Senders int
	// MaxTries is how often the same text or call is tried while the carrier
	// asks for patience; after that it waits for a person.
	MaxTries int
	// BreakAfter is how many failures in a row open the breaker; BreakFor is how
	// long it stays open at first, doubling up to BreakMost.
	BreakAfter          int
	BreakFor, BreakMost time.Duration

	// JudgeDays is how many working days a reviewer has for a bad rating.
	JudgeDays int
	// AppealDays is how many working days a department has to appeal, and
	// RulingDays how many the ruling may take.
	AppealDays, RulingDays int

	// LinkBase is put before a survey's code to make its link, such as
	// https://12345.example.gov.cn/s/; empty: texts carry no link.
	LinkBase string
	// DeskName is the sender's name that every text carries.
	DeskName string
	// Notices says which notices citizens get; see [Notice].
	Notices map[Notice]bool
}

// Pace is how long is waited between the ways of asking.
type Pace struct {
	Delay  time.Duration // from the end of the handling to the first question
	Remind time.Duration // from the text, once it went out, to the reminder
	Call   time.Duration // from the reminder, once it went out, to the first call
}

// Defaults returns the settings of a new desk: asked a day after the end, a
// reminder a day later, calls the day after that, then a person.
func Defaults() Policy {
	return Policy{
		Routine: Pace{Delay: 24 * time.Hour, Remind: 24 * time.Hour, Call: 24 * time.Hour},
		Urgent:  Pace{Delay: 2 * time.Hour, Remind: 4 * time.Hour, Call: 2 * time.Hour},
		Hours: []worktime.Hours{
			{From: worktime.At(9, 0), To: worktime.At(12, 0)},
			{From: worktime.At(14, 0), To: worktime.At(20, 0)},
		},
		TextTries: 3, TextRetry: 2 * time.Hour, TextSpan: 72 * time.Hour,
		CallTries: 2, CallSpan: 72 * time.Hour,
		PeopleTries: 3, PeopleLease: 15 * time.Minute, BusyWait: 30 * time.Minute,
		AnswerWindow: 7 * 24 * time.Hour,
		Grace:        3 * time.Minute, CorrectionSpan: 3 * 24 * time.Hour,
		FollowWait: 4 * time.Hour, AskReason: true, Thank: true, Confirm: true,
		MonthlyCap: 4, RepliesPerHour: 5, Share: 1, SweepDays: 5,
		Rate: 20, Senders: 16, MaxTries: 8,
		BreakAfter: 5, BreakFor: time.Minute, BreakMost: 30 * time.Minute,
		JudgeDays: 1, AppealDays: 5, RulingDays: 5,
		DeskName: "12345政务服务便民热线",
		Notices:  map[Notice]bool{Accepted: true, Dispatched: true, Extended: true, Completed: true},
	}
}

// Validate says everything that is wrong with the settings, or nil.
func (p Policy) Validate() error {
	var wrong []error
	check := func(ok bool, what string) {
		if !ok {
			wrong = append(wrong, errors.New(what))
		}
	}
	positive := map[string]time.Duration{"text retry": p.TextRetry, "text span": p.TextSpan, "call span": p.CallSpan, "people's lease": p.PeopleLease,
		"wait after a busy line": p.BusyWait, "answer window": p.AnswerWindow, "breaker's pause": p.BreakFor, "follow-up wait": p.FollowWait}
	for what, d := range positive {
		check(d > 0, "the "+what+" must be longer than nothing")
	}
	for what, pace := range map[string]Pace{"routine": p.Routine, "urgent": p.Urgent} {
		check(pace.Delay >= 0 && pace.Remind > 0 && pace.Call > 0, "the "+what+" pace: delay must not be negative, and remind and call must be longer than nothing")
	}
	check(p.Grace >= 0 && p.CorrectionSpan >= 0, "grace and the time for corrections must not be negative")
	check(p.TextTries >= 1 && p.CallTries >= 0 && p.PeopleTries >= 0, "texts need one try at least, and tries must not be negative")
	check(p.MonthlyCap >= 1, "the monthly cap must let one survey through")
	check(p.RepliesPerHour >= 1, "one reply an hour at least, or nobody is asked again")
	check(p.Share >= 0 && p.Share <= 1, "the share must lie between 0 and 1")
	check(p.SweepDays >= 1 && p.SweepDays <= 28, "the sweep ends on a day between the 1st and the 28th")
	check(p.Rate >= 0 && p.Senders >= 1 && p.MaxTries >= 1 && p.BreakAfter >= 1, "rate must not be negative, and senders, tries and failures must be one at least")
	check(p.BreakMost >= p.BreakFor, "the breaker's longest pause is shorter than its first")
	check(p.JudgeDays >= 1 && p.AppealDays >= 1 && p.RulingDays >= 1, "judging, appeals and rulings need a working day at least")
	check(p.AnswerWindow <= tickets.LateAnswer, "the answer window is longer than an answer counts")
	check(strings.TrimSpace(p.DeskName) != "", "a text must carry the sender's name")
	_, err := newHours(p, worktime.Embedded())
	return errors.Join(append(wrong, err, p.tryTexts())...)
}

// tryTexts writes every text once with the desk's name and link, as long as
// they can get, and returns what is wrong with the first that cannot be written.
func (p Policy) tryTexts() error {
	args := map[string]string{surveys.ParamSender: p.DeskName, surveys.ParamMatter: "不动产登记", surveys.ParamTail: "88888888",
		surveys.ParamLink: p.LinkBase + strings.Repeat("z", 13), paramDue: "12月31日", paramReason: "情况复杂"}
	for _, t := range Templates() {
		if _, _, err := render(t, args); err != nil {
			return err
		}
	}
	return nil
}

// ParseHours reads "09:00-12:00,14:00-20:00".
func ParseHours(s string) ([]worktime.Hours, error) {
	var out []worktime.Hours
	for part := range strings.SplitSeq(s, ",") {
		h, err := worktime.ParseHours(strings.TrimSpace(part))
		if err != nil {
			return nil, fmt.Errorf("reading the hours of callbacks: %w", err)
		}
		out = append(out, h)
	}
	return out, nil
}

func (p Policy) pace(urgent bool) Pace {
	if urgent {
		return p.Urgent
	}
	return p.Routine
}
