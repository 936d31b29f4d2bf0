package callbacks

import (
	"context"
	"errors"
	"time"

	"github.com/uptrace/bun"
)

// troubled sorts what the carrier refused by what is to be done about it:
//
//   - it is busy or ill: again later, longer each time, and after too many
//     times a person looks
//   - nobody knows whether it went out: ask before anything else
//   - our own fault: the queue stops, nothing is lost, a person is called
//   - the number, the citizen or the words are why: this way is over, the survey
//     goes on by the next
func (e *Engine) troubled(ctx context.Context, b *breaker, a *attemptRow, trouble error) error {
	kind, now := KindOf(trouble), e.now()
	var err error
	switch kind {
	case TryAgain:
		err = e.tryLater(ctx, b, a, trouble)
	case Unclear:
		err = e.settleNoting(ctx, a, eventRow{What: "trouble", Status: string(kind), Code: codeOf(trouble)}, func(q *bun.UpdateQuery) *bun.UpdateQuery {
			return q.Set("state = ?, due_at = ?, trouble = ?, code = ?", Doubtful, now.Add(FindAfter), kind, codeOf(trouble))
		})
	case OurFault:
		err = e.settleNoting(ctx, a, eventRow{What: "trouble", Status: string(kind), Code: codeOf(trouble)}, func(q *bun.UpdateQuery) *bun.UpdateQuery {
			return q.Set("state = ?, trouble = ?, code = ?", Waiting, kind, codeOf(trouble))
		})
	default:
		return errors.Join(e.hopeless(ctx, a, trouble), e.worked(ctx, b))
	}
	return errors.Join(err, e.failedAt(ctx, b, kind, codeOf(trouble), waitOf(trouble)))
}

// stillDoubtful: the carrier could not even say what became of an attempt.
func (e *Engine) stillDoubtful(ctx context.Context, b *breaker, a *attemptRow, trouble error) error {
	wait := max(FindAfter, waitOf(trouble), pause(a.Tries))
	err := e.settleNoting(ctx, a, eventRow{What: "trouble", Status: string(KindOf(trouble)), Code: codeOf(trouble)}, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?, tries = ?, due_at = ?", Doubtful, a.Tries+1, e.now().Add(wait))
	})
	return errors.Join(err, e.failedAt(ctx, b, KindOf(trouble), codeOf(trouble), waitOf(trouble)))
}

// tryLater counts a try only while the carrier is known to be well: an outage
// kills no attempt, however often it has to be the probe.
func (e *Engine) tryLater(ctx context.Context, b *breaker, a *attemptRow, trouble error) error {
	state, what, tries := Waiting, "trouble", a.Tries
	if !b.isProbing() {
		tries++
	}
	if tries >= e.policy.MaxTries {
		state, what = Dead, string(Dead)
	}
	wait := max(pause(a.Tries), waitOf(trouble))
	return e.settleNoting(ctx, a, eventRow{What: what, Status: string(TryAgain), Code: codeOf(trouble)}, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?, tries = ?, due_at = ?, trouble = ?, code = ?", state, tries, e.now().Add(wait), TryAgain, codeOf(trouble))
	})
}

func (e *Engine) hopeless(ctx context.Context, a *attemptRow, trouble error) error {
	now, kind := e.now(), KindOf(trouble)
	err := e.settleNoting(ctx, a, eventRow{What: "trouble", Status: string(kind), Code: codeOf(trouble)}, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?, delivery = ?, rank = ?, trouble = ?, code = ?, over_at = ?", Over, Failed, Failed.Rank(), kind, codeOf(trouble), now)
	})
	if err != nil || kind != OptedOut {
		return err
	}
	return e.refuse(context.WithoutCancel(ctx), e.db, a.PhoneIndex, "carrier")
}

// pause doubles from half a minute to half an hour.
func pause(tries int) time.Duration {
	return min(30*time.Second<<min(tries, 10), 30*time.Minute)
}

func codeOf(err error) string {
	var t *Trouble
	if errors.As(err, &t) {
		return t.Code
	}
	return ""
}

func waitOf(err error) time.Duration {
	var t *Trouble
	if errors.As(err, &t) {
		return t.Wait
	}
	return 0
}
