package callbacks

import (
	"slices"
	"time"

	"nengban/tickets"
)

// move is what is to be done next about a survey.
type move string

const (
	toWait   move = "wait"   // look again at the moment given
	toText   move = "text"   // the survey text, or once more when it failed to arrive
	toRemind move = "remind" // the reminder
	toCall   move = "call"   // a survey call with keys
	toPeople move = "people" // onto the worklist
	toClose  move = "close"  // without an answer
)

// next is a move, when it is made, and for a closing its code.
type next struct {
	move move
	at   time.Time
	code tickets.UnratedCode
}

// scene is all that the rule below looks at.
type scene struct {
	s        *surveyRow
	tries    []attemptRow // of this campaign
	now      time.Time
	textable bool // a mobile number, texts not refused, a carrier for them
	callable bool
	capped   bool // the phone has had its surveys this month
}

// reportWait is how long a carrier's report is waited for before a text that
// was handed over counts as gone out.
const reportWait = 4 * time.Hour

// decide is the order of the ways: text, reminder, calls with keys, a person.
// It looks only at what the ledger says, so that it can be asked again at any
// time and whatever happened in between.
func (p Policy) decide(sc scene, h *hours) (next, error) {
	switch {
	case sc.s.Unreachable:
		return p.byLinkOnly(sc, tickets.NoNumber), nil
	case !sc.s.Drawn:
		return p.byLinkOnly(sc, tickets.NotAsked), nil
	case sc.capped && sc.s.FirstAskedAt.IsZero() && sc.s.grave() && p.PeopleTries > 0:
		return next{move: toPeople, at: sc.now}, nil
	case sc.capped && sc.s.FirstAskedAt.IsZero():
		return p.byLinkOnly(sc, tickets.NotAsked), nil
	}
	if sc.s.Campaign > 1 && !sc.s.FirstAskedAt.IsZero() && p.PeopleTries > 0 {
		return next{move: toPeople, at: sc.now}, nil // texts and keys did not reach him the first time
	}
	if n, ok := p.byText(sc); ok {
		return n, nil
	}
	if n, ok, err := p.byCall(sc, h); ok || err != nil {
		return n, err
	}
	if p.PeopleTries > 0 {
		return next{move: toPeople, at: sc.now}, nil
	}
	return p.lastWait(sc), nil
}

// byLinkOnly waits for somebody who can answer by code only, and then closes.
func (p Policy) byLinkOnly(sc scene, code tickets.UnratedCode) next {
	if until := sc.s.EndedAt.Add(p.AnswerWindow); sc.now.Before(until) {
		return next{move: toWait, at: until}
	}
	return next{move: toClose, at: sc.now, code: code}
}

// lastWait gives the citizen his time to answer where nobody can be called.
func (p Policy) lastWait(sc scene) next {
	from := sc.s.EndedAt
	if n := len(sc.tries); n > 0 {
		from = lastMoment(sc.tries[n-1])
	}
	if until := from.Add(p.AnswerWindow); sc.now.Before(until) {
		return next{move: toWait, at: until}
	}
	return next{move: toClose, at: sc.now, code: tickets.Unreachable}
}

// byText returns false when texts are through: there are none, they failed for
// good, or text and reminder have had their time.
func (p Policy) byText(sc scene) (next, bool) {
	texts := of(sc.tries, BySMS)
	if len(of(sc.tries, ByVoice)) > 0 {
		return next{}, false // the ways are gone through once, and not back
	}
	if len(texts) == 0 {
		return next{move: toText, at: sc.now}, sc.textable
	}
	last, pace := texts[len(texts)-1], p.pace(sc.s.Urgent)
	switch last.State {
	case Waiting, Claimed, Doubtful:
		return next{move: toWait, at: last.NotAfter}, true
	case HandedOn, Over:
		if failed(last) {
			return p.textAgain(sc, texts)
		}
	default: // expired, cancelled, dead: the next way
		return next{}, false
	}
	out, known := wentOut(last)
	if !known && sc.now.Before(last.HandedAt.Add(reportWait)) {
		return next{move: toWait, at: last.HandedAt.Add(reportWait)}, true
	}
	wait, then := pace.Remind, toRemind
	if last.Purpose == ToRemind {
		wait, then = pace.Call, toCall
	}
	switch until := out.Add(wait); {
	case sc.now.Before(until):
		return next{move: toWait, at: until}, true
	case then == toRemind && sc.textable:
		return next{move: toRemind, at: sc.now}, true
	default:
		return next{}, false
	}
}

// textAgain repeats a text that failed to arrive for a reason that passes.
func (p Policy) textAgain(sc scene, texts []attemptRow) (next, bool) {
	last := texts[len(texts)-1]
	again := last.Trouble == TryAgain || last.Trouble == TooLate || last.Trouble == ""
	same := 0
	for _, a := range texts {
		if a.Purpose == last.Purpose {
			same++
		}
	}
	if !again || !sc.textable || same >= p.TextTries {
		return next{}, false
	}
	if at := lastMoment(last).Add(p.TextRetry); sc.now.Before(at) {
		return next{move: toWait, at: at}, true
	}
	if last.Purpose == ToRemind {
		return next{move: toRemind, at: sc.now}, true
	}
	return next{move: toText, at: sc.now}, true
}

// byCall returns false when calls are through. A call is tried on another
// half-day than the one before (GB/T 33358 knows no number; 2 is our default).
func (p Policy) byCall(sc scene, h *hours) (next, bool, error) {
	calls := of(sc.tries, ByVoice)
	if len(calls) == 0 {
		return next{move: toCall, at: sc.now}, sc.callable && p.CallTries > 0, nil
	}
	last := calls[len(calls)-1]
	switch last.State {
	case Waiting, Claimed, Doubtful:
		return next{move: toWait, at: last.NotAfter}, true, nil
	case HandedOn, Over:
	default:
		return next{}, false, nil
	}
	if until := last.HandedAt.Add(reportWait); last.State == HandedOn && sc.now.Before(until) {
		return next{move: toWait, at: until}, true, nil
	}
	hopeless := slices.Contains([]Kind{NeverMind, OptedOut, Filtered, Refused}, last.Trouble)
	if hopeless || !sc.callable || len(calls) >= p.CallTries {
		return next{}, false, nil
	}
	at, err := h.otherHalf(ByVoice, lastMoment(last))
	return next{move: toCall, at: at}, true, err
}

func of(tries []attemptRow, w Way) []attemptRow {
	var out []attemptRow
	for _, a := range tries {
		if a.Way == w && (a.Purpose == ToAsk || a.Purpose == ToRemind || a.Purpose == ToCall) {
			out = append(out, a)
		}
	}
	return out
}

func failed(a attemptRow) bool {
	return a.Delivery == Undelivered || a.Delivery == Failed || a.Delivery == Cancelled
}

// wentOut returns when a text left, and whether the carrier said so.
func wentOut(a attemptRow) (time.Time, bool) {
	if !a.OutAt.IsZero() {
		return a.OutAt, true
	}
	return a.HandedAt, a.State == Over
}

// lastMoment is the latest that is known of an attempt.
func lastMoment(a attemptRow) time.Time {
	at := a.CreatedAt
	for _, t := range []time.Time{a.HandedAt, a.OutAt, a.OverAt} {
		if t.After(at) {
			at = t
		}
	}
	return at
}
