package simulator

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// Expectation is a text that a phone awaits, in a test.
type Expectation struct {
	n        *Network
	contains []string
	says     []string
	after    []time.Duration
}

// Expect has a phone await a text that contains all of these. A phone that
// expects anything does not follow its habit any more, and what comes otherwise
// is named by Unmet. Texts may come in any order.
func (n *Network) Expect(number string, contains ...string) *Expectation {
	n.mu.Lock()
	defer n.mu.Unlock()
	e := &Expectation{n: n, contains: contains}
	p := n.phone(number)
	p.Habit = Habit{Name: expecting}
	p.texts = append(p.texts, e)
	return e
}

// Reply answers the text that was expected, at once.
func (e *Expectation) Reply(words string) *Expectation { return e.ReplyAfter(0, words) }

// ReplyAfter answers the text that was expected, this long after it came.
func (e *Expectation) ReplyAfter(d time.Duration, words string) *Expectation {
	e.n.mu.Lock()
	defer e.n.mu.Unlock()
	e.says, e.after = append(e.says, words), append(e.after, d)
	return e
}

// CallExpectation is a call that a phone awaits, in a test.
type CallExpectation struct {
	n     *Network
	turns []expectedTurn
}

type expectedTurn struct {
	contains []string
	keys     string
}

// ExpectCall has a phone await a call and pick it up. Then each Hear is a turn.
func (n *Network) ExpectCall(number string) *CallExpectation {
	n.mu.Lock()
	defer n.mu.Unlock()
	e := &CallExpectation{n: n}
	p := n.phone(number)
	p.Habit = Habit{Name: expecting}
	p.calls = append(p.calls, e)
	return e
}

// Hear expects the next thing that is said to contain all of these.
func (e *CallExpectation) Hear(contains ...string) *CallExpectation {
	e.n.mu.Lock()
	defer e.n.mu.Unlock()
	e.turns = append(e.turns, expectedTurn{contains: contains})
	return e
}

// Press answers what was just heard with keys; PutsDown hangs up.
func (e *CallExpectation) Press(keys string) *CallExpectation {
	e.n.mu.Lock()
	defer e.n.mu.Unlock()
	if len(e.turns) == 0 {
		e.turns = append(e.turns, expectedTurn{})
	}
	e.turns[len(e.turns)-1].keys = keys
	return e
}

// Unmet says in words what was expected and did not come, and what came and was
// not expected; empty when all is well.
func (n *Network) Unmet() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	all := append([]string(nil), n.strange...)
	for _, number := range slices.Sorted(maps.Keys(n.phones)) {
		p := n.phones[number]
		for _, e := range p.texts {
			all = append(all, fmt.Sprintf("no text to %s with %q came", number, e.contains))
		}
		for range p.calls {
			all = append(all, "no call to "+number+" came")
		}
	}
	for _, e := range n.ledger {
		if e.Talk != nil && e.Talk.script != nil && len(e.Talk.Turns) < len(e.Talk.script.turns) {
			all = append(all, fmt.Sprintf("the call to %s ended after %d of %d turns", e.To, len(e.Talk.Turns), len(e.Talk.script.turns)))
		}
	}
	return all
}

// expecting is the habit of a phone that a test plays.
const expecting = "expecting"

func (p *phone) expects() bool { return p.Habit.Name == expecting }

// expected answers a text by the first expectation that it meets; mu is held.
func (n *Network) expected(p *phone, sent *entry, at time.Time) {
	for i, e := range p.texts {
		if missing(sent.Words, e.contains) != "" {
			continue
		}
		p.texts = append(p.texts[:i:i], p.texts[i+1:]...)
		for j, words := range e.says {
			n.byOwner(p, event{At: at.Add(e.after[j]), Kind: says, Words: words})
		}
		return
	}
	n.strange = append(n.strange, fmt.Sprintf("a text to %s that was not expected: %s", p.Number, sent.Words))
}

// heard compares what was said in a turn with what was expected.
func (e *CallExpectation) heard(turn int, words string) string {
	if turn >= len(e.turns) {
		return fmt.Sprintf("turn %d was not expected: %s", turn+1, words)
	}
	if want := missing(words, e.turns[turn].contains); want != "" {
		return fmt.Sprintf("turn %d lacks %q: %s", turn+1, want, words)
	}
	return ""
}

func (e *CallExpectation) keys(turn int) string {
	if turn >= len(e.turns) {
		return ""
	}
	return e.turns[turn].keys
}

// missing is the first that words do not contain.
func missing(words string, contains []string) string {
	for _, c := range contains {
		if !strings.Contains(words, c) {
			return c
		}
	}
	return ""
}
