package simulator

import (
	"errors"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"

	"nengban/callbacks"
)

// Options say what kind of network it is.
type Options struct {
	// Seed decides everything that looks like chance.
	Seed uint64
	// Town gives phones that nobody has set their habits; empty is ByHand for all.
	Town []Share
	// Limit is how many texts and calls it takes per second; 0 is any number.
	Limit int
	// KeepsStop makes the network itself refuse texts to whoever sent STOP, as
	// Twilio does and domestic carriers do not.
	KeepsStop bool
	// Faults are what goes wrong from the start.
	Faults Faults
}

// Network is the pretend network. It is a callbacks.Carrier, safe for concurrent
// use, and deterministic for one seed. An inbox may send from within a call of
// Step's, and may not step.
type Network struct {
	clock clockwork.Clock
	set   Options

	// pump is held while something happens, so that one thing happens at a time
	// and nothing is half done when the state is saved.
	pump sync.Mutex

	mu      sync.Mutex
	inbox   callbacks.Inbox
	phones  map[string]*phone
	ledger  []*entry
	byID    map[string]*entry
	queue   queue
	tries   map[string]int // how often a reference was handed over, accepted or not
	faults  Faults
	next    []Outcome
	second  time.Time // the second that Limit counts in
	taken   int
	strange []string // what came and no expectation was for
}

var _ callbacks.Carrier = (*Network)(nil)

// phone is one phone of the town.
type phone struct {
	Number  string      `json:"number"`
	Habit   Habit       `json:"habit"`
	Items   []item      `json:"items,omitempty"`
	N       int         `json:"n"` // texts its owner sent
	Stopped bool        `json:"stopped,omitempty"`
	Used    map[int]int `json:"used,omitempty"` // how often each rule answered

	texts []*Expectation
	calls []*CallExpectation
}

// item is a line of a phone's thread: a text of its owner's, or what it got.
type item struct {
	At        time.Time `json:"at"`
	CarrierID string    `json:"carrier_id,omitempty"` // of what it got
	Words     string    `json:"words,omitempty"`      // of what its owner sent
}

// entry is a line of the ledger, with what is going on.
type entry struct {
	Sent
	N    int   `json:"n"` // events so far
	Talk *talk `json:"talk,omitempty"`
}

// talk is what is going on in a call.
type talk struct {
	ByHand   bool   `json:"by_hand,omitempty"`
	Turns    []Turn `json:"turns,omitempty"`
	Question string `json:"question,omitempty"`
	Try      int    `json:"try,omitempty"`
	N        int    `json:"n"` // the turn whose keys are awaited

	script *CallExpectation
}

// New makes a network without phones; they are made when first called or set.
func New(clock clockwork.Clock, set Options) *Network {
	n := &Network{clock: clock, set: set, faults: set.Faults}
	n.clear()
	return n
}

func (n *Network) clear() {
	n.phones, n.byID, n.tries = map[string]*phone{}, map[string]*entry{}, map[string]int{}
	n.ledger, n.queue, n.next, n.strange = nil, nil, nil, nil
}

// Connect says who is handed reports, texts and calls. Before that, Step refuses.
func (n *Network) Connect(inbox callbacks.Inbox) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.inbox = inbox
}

// What can be refused by hand.
var (
	ErrNoInbox    = errors.New("the pretend network has no inbox: Connect comes first")
	ErrNotRinging = errors.New("this phone is not ringing")
	ErrNotTalking = errors.New("this phone is not in a call")
)

// SetHabit gives a phone a habit, from now on.
func (n *Network) SetHabit(number string, h Habit) error {
	if err := h.check(); err != nil {
		return err
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	p := n.phone(number)
	p.Habit, p.Used = h, map[int]int{}
	return nil
}

// SetFaults says what goes wrong from now on.
func (n *Network) SetFaults(f Faults) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.faults = f
}

// phone is the phone of a number, made when it is new; mu is held.
func (n *Network) phone(number string) *phone {
	p, ok := n.phones[number]
	if !ok {
		p = &phone{Number: number, Habit: n.habitOf(number), Used: map[int]int{}}
		n.phones[number] = p
	}
	return p
}

// habitOf draws a habit from the town by the number alone, so that it does not
// matter who is called first.
func (n *Network) habitOf(number string) Habit {
	all := 0
	for _, s := range n.set.Town {
		all += s.Of
	}
	at := int(n.draw("habit", number) * float64(all))
	for _, s := range n.set.Town {
		if at < s.Of {
			return s.Habit
		}
		at -= s.Of
	}
	return ByHand()
}
