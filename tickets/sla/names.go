package sla

// ClockName names what must happen before a deadline.
type ClockName string

// The clocks. The citizen's clock counts until the answer; a unit's clocks count
// what the unit must do; the desk's count what the desk must do.
const (
	ClockAnswer   ClockName = "answer"   // the citizen is answered (答复)
	ClockDispatch ClockName = "dispatch" // the desk dispatches (派单)
	ClockSignFor  ClockName = "sign_for" // the unit signs (签收)
	ClockHandle   ClockName = "handle"   // the unit replies (办理)
	ClockProgress ClockName = "progress" // the unit reports how far it is
	ClockReturn   ClockName = "return"   // the window in which the unit may return the ticket (退单); no duty, never late
	ClockReview   ClockName = "review"   // the desk reviews a reply (审核)
	ClockRule     ClockName = "rule"     // the desk rules on a return, an extension or a suspension
	ClockJudge    ClockName = "judge"    // the desk judges a bad rating and acts on it
)

// Clocks are all of them, in the order a ticket meets them.
var Clocks = []ClockName{
	ClockAnswer, ClockDispatch, ClockSignFor, ClockReturn, ClockHandle,
	ClockProgress, ClockRule, ClockReview, ClockJudge,
}

// Side is whose clock it is.
type Side string

// The sides.
const (
	CitizenSide Side = "citizen"
	UnitSide    Side = "unit"
	DeskSide    Side = "desk"
)

// Side returns whose clock it is.
func (n ClockName) Side() Side {
	switch n {
	case ClockAnswer:
		return CitizenSide
	case ClockSignFor, ClockHandle, ClockProgress, ClockReturn:
		return UnitSide
	default:
		return DeskSide
	}
}

// Start is the moment a unit's clock counts from.
type Start string

// The starts. The citizen's clock always counts from receipt, the desk's from
// what they wait for.
const (
	FromReceipt  Start = "receipt"  // of the round
	FromDispatch Start = "dispatch" // to the unit
	FromSigning  Start = "signing"  // by the unit
)
