package callbacks

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"time"
)

// Carrier is whoever carries our texts and calls: Twilio, a city's gateway,
// the simulator. It sends, and it can be asked what became of what was sent.
type Carrier interface {
	// Ways says what it can carry as it is set up: texts, calls or both. A way
	// that is missing is skipped, never tried and failed.
	Ways() []Way
	// SendText hands a text over. An error is a *Trouble, or something that
	// leaves open whether the text went out.
	SendText(ctx context.Context, t Text) (Handed, error)
	// PlaceCall begins a survey call. Errors as for SendText.
	PlaceCall(ctx context.Context, c Call) (Handed, error)
	// Find asks whether an attempt went out that was claimed and not recorded,
	// before it is repeated. "No" counts only FindAfter the claim: before that
	// the request may still be on its way.
	Find(ctx context.Context, s Sought) (Handed, bool, error)
	// State asks what became of something handed over, where no report came.
	State(ctx context.Context, way Way, carrierID string) (Report, error)
	// Sent lists what was handed over from one moment up to another, for the
	// daily reconciliation. What is ours and not listed is asked for by State
	// before it is called lost: carriers list by the moment of sending.
	Sent(ctx context.Context, from, to time.Time) ([]Report, error)
}

// FindAfter is how long after its claim an attempt is asked for with Find: the
// request has timed out by then and the carrier's own list has caught up.
const FindAfter = 2 * time.Minute

// Collector is a carrier that can be asked for texts that came in, for a desk
// that has no public address and so is never told.
type Collector interface {
	// Collect hands every text received since then to the inbox, the same ones
	// again next time, and says how many there were.
	Collect(ctx context.Context, inbox Inbox, since time.Time) (int, error)
}

// Way is how a citizen is asked (回访方式).
type Way string

// The ways, in the order they are tried.
const (
	BySMS    Way = "sms"
	ByVoice  Way = "voice"
	ByWeb    Way = "web"
	ByPerson Way = "person"
)

// Text is one text message. Domestic carriers approve templates by name and
// take parameters; others take the words.
type Text struct {
	Ref      string // ours, unique per attempt, see GoodRef; comes back in reports where the carrier can
	To       string // E.164
	Words    string
	Template string
	Params   map[string]string
	Lang     string
	NotAfter time.Time // a text that could not leave by then must not leave at all
}

// Call is one survey call with keys.
type Call struct {
	Ref      string
	To       string
	Lang     string
	Script   string // name of the voice script in surveys
	Params   map[string]string
	NotAfter time.Time
}

// GoodRef says whether a reference can travel in addresses and headers: letters,
// digits, - and _, at most 64 of them. Carriers refuse others as OurFault.
func GoodRef(ref string) bool { return goodRef.MatchString(ref) }

var goodRef = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// Sought is an attempt whose fate is not known.
type Sought struct {
	Way   Way
	Ref   string
	To    string
	Words string    // of a text, exactly as it was to be sent: how a carrier without references knows it
	Since time.Time // when the attempt was claimed
	// Known says that a carrier's id is recorded with another attempt, so that
	// two messages of the same words are not taken for one. May be nil.
	Known func(carrierID string) bool
}

// Handed is the carrier's receipt.
type Handed struct {
	CarrierID string
	Status    Delivery
}

// Delivery is how far a text or call has come, as far as is known.
type Delivery string

// The steps. Rank orders them; a report never moves an attempt back.
const (
	Queued      Delivery = "queued"
	Sending     Delivery = "sending"
	SentOut     Delivery = "sent"
	Ringing     Delivery = "ringing"
	InCall      Delivery = "in_call"
	Delivered   Delivery = "delivered"
	HungUp      Delivery = "hung_up" // the call ended; whether a key was pressed is another matter
	Busy        Delivery = "busy"
	NoAnswer    Delivery = "no_answer"
	Machine     Delivery = "machine" // voicemail answered
	Undelivered Delivery = "undelivered"
	Failed      Delivery = "failed"
	Cancelled   Delivery = "cancelled"
)

// Rank says how final a step is: 0 unknown, 1 waiting, 2 under way, 3 out of
// our hands, 4 over. Reports come late, twice and out of order: see Follows.
func (d Delivery) Rank() int {
	switch d {
	case Queued:
		return 1
	case Sending, Ringing:
		return 2
	case SentOut, InCall:
		return 3
	case Delivered, HungUp, Busy, NoAnswer, Machine, Undelivered, Failed, Cancelled:
		return 4
	default:
		return 0
	}
}

// Follows says whether this step is news after an earlier one. What does not
// follow is late or repeated and changes nothing.
func (d Delivery) Follows(earlier Delivery) bool { return d.Rank() > earlier.Rank() }

// Over says that nothing more will come of it.
func (d Delivery) Over() bool { return d.Rank() == 4 }

// Report is news of something handed over.
type Report struct {
	CarrierID string
	Ref       string // where the carrier gives it back
	Way       Way
	To        string
	Status    Delivery
	Trouble   Kind // why it failed, if it did
	Code      string
	At        time.Time
}

// Incoming is a text that somebody sent us.
type Incoming struct {
	CarrierID string // the carrier's own id: the same one twice is one message
	From, To  string // E.164
	Words     string
	At        time.Time
}

// Keys are the keys that were pressed in a survey call. CarrierID, Question and
// Try together name one turn: the same turn twice is one answer.
type Keys struct {
	CarrierID string
	Ref       string
	Question  string // which question was being asked
	Try       int    // of the Prompt that asked it
	Digits    string // empty: none within the time
	At        time.Time
}

// Inbox is what carriers hand inbound news to. All of it may come twice.
type Inbox interface {
	Report(ctx context.Context, r Report) error
	Text(ctx context.Context, in Incoming) error
	// Answered says that the call was picked up and returns what to ask first;
	// Pressed takes the keys and returns what comes next, nil when the talk is over.
	Answered(ctx context.Context, carrierID, ref string, machine bool) (*Prompt, error)
	Pressed(ctx context.Context, k Keys) (*Prompt, error)
}

// Prompt is one turn of a survey call: words to say and, unless it is the
// last, the question whose keys are awaited.
type Prompt struct {
	Say      string
	Lang     string
	Question string // see GoodRef; "" says goodbye and hangs up
	Try      int    // how often this question has been asked; the carrier hands it back with the keys
	Digits   int    // how many keys are awaited
}

// Kind sorts what can go wrong by what is to be done about it.
type Kind string

// The kinds.
const (
	TryAgain  Kind = "try_again" // the carrier is busy or ill
	NeverMind Kind = "never"     // this number cannot be reached this way, ever
	Landline  Kind = "landline"  // no texts there: call instead
	OptedOut  Kind = "opted_out" // the citizen refused texts at the carrier
	Filtered  Kind = "filtered"  // held back for its words: try another way, and look at the template
	TooLate   Kind = "too_late"  // its NotAfter passed before it could leave
	Refused   Kind = "refused"   // for a reason that is not in our tables: a person should look
	OurFault  Kind = "our_fault" // credentials, money, configuration: stop the queue and call a person
	Unclear   Kind = "unclear"   // nobody knows whether it went out
)

// Trouble is a carrier's refusal, sorted.
type Trouble struct {
	Kind  Kind
	Code  string        // the carrier's own
	Wait  time.Duration // what it asked us to wait, if it did
	Cause error
}

func (t *Trouble) Error() string {
	return fmt.Sprintf("carrier trouble (%s, code %s): %v", t.Kind, t.Code, t.Cause)
}

func (t *Trouble) Unwrap() error { return t.Cause }

// KindOf returns the kind of trouble an error is; one that nobody sorted is Unclear.
func KindOf(err error) Kind {
	var t *Trouble
	if errors.As(err, &t) {
		return t.Kind
	}
	return Unclear
}
