package callbacks

import (
	"errors"
	"fmt"
	"time"
)

// What can be refused.
var (
	ErrNotFound    = errors.New("no such survey, attempt or text")
	ErrNotAllowed  = errors.New("this member may not do this")
	ErrAskedBefore = errors.New("this citizen was asked about this round before")
	ErrNotAskable  = errors.New("there is nothing to ask about this ticket now")
	ErrAnswered    = errors.New("this survey has its answer")
	ErrTooLate     = errors.New("the time for this is over")
	ErrNotHeld     = errors.New("this call belongs to somebody else by now")
	ErrOwnWork     = errors.New("whoever handled a matter does not ask about it")
	ErrAppealed    = errors.New("this rating was appealed against before")
	ErrNotOpen     = errors.New("this was decided before")
	ErrChanged     = errors.New("somebody else is writing this survey at this moment; try again")
)

// AfterHoursError says that citizens are not called now, and when they may be.
type AfterHoursError struct{ Next time.Time }

func (e *AfterHoursError) Error() string {
	return fmt.Sprintf("citizens are not called now; the next hours begin at %s", e.Next.Format(time.RFC3339))
}
