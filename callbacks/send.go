package callbacks

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"nengban/callbacks/surveys"
	"nengban/tickets"
	"nengban/tickets/worktime"
)

// The names of the steps between which a test kills the engine.
const (
	stepClaimed  = "claimed"
	stepBegun    = "begun"
	stepChecked  = "checked"
	stepSpoken   = "spoken to the carrier"
	stepRecorded = "recorded"
	stepAsked    = "asked the carrier"
	stepEarly    = "early reports to come"
	stepSurveys  = "surveys claimed"
	stepActed    = "acted on the ticket"
	stepSaved    = "text saved"
	stepNoted    = "report noted"
)

// An attempt belongs to whoever claimed it for FindAfter, and a carrier may take
// callFor to answer, which is less: whoever takes over a claim can be sure that
// the first holder has given up.
const (
	holdFor = FindAfter
	callFor = 45 * time.Second
)

// Send hands over everything that is due, as fast as the carriers allow. What
// was claimed by an instance that died is first asked about.
func (e *Engine) Send(ctx context.Context) (int, error) {
	total := 0
	var wrong []error
	for _, line := range e.carriers() {
		n, err := e.sendBy(ctx, line)
		total += n
		if err != nil {
			wrong = append(wrong, fmt.Errorf("sending by %s: %w", line.Name, err))
		}
	}
	n, err := e.expire(ctx)
	total += n
	return total, unlessStopped(ctx, errors.Join(append(wrong, err)...))
}

func (e *Engine) sendBy(ctx context.Context, line Line) (int, error) {
	total := 0
	for ctx.Err() == nil {
		b, most, err := e.admit(ctx, line.Name)
		if err != nil || most == 0 {
			return total, err
		}
		rows, err := e.claimDoubtful(ctx, line, most)
		do := e.find
		if err == nil && len(rows) == 0 {
			rows, err = e.claimAttempts(ctx, line, most)
			do = e.attempt
		}
		if err != nil {
			return total, err
		}
		if len(rows) == 0 {
			return total, e.unprobe(ctx, b)
		}
		if err := e.step(stepClaimed); err != nil {
			return total, err
		}
		n, err := e.eachOf(ctx, b, line, rows, do)
		total += n
		if err = errors.Join(err, e.unprobe(ctx, b)); err != nil {
			return total, err
		}
	}
	return total, ctx.Err()
}

// waysOf returns the ways that this line is used for.
func (e *Engine) waysOf(line Line) []Way {
	var out []Way
	for way, l := range e.lines {
		if l.Name == line.Name {
			out = append(out, way)
		}
	}
	return out
}

// claimDoubtful takes attempts whose fate is not known: claimed by somebody
// who did not come back, or left open by the carrier itself.
func (e *Engine) claimDoubtful(ctx context.Context, line Line, n int) ([]attemptRow, error) {
	now := e.now()
	due := e.skipLocked(e.db.NewSelect().Model((*attemptRow)(nil)).Column("id").
		Where("state IN ('claimed', 'unclear') AND claimed_until <= ? AND due_at <= ? AND way IN (?)", now, now, bun.List(e.waysOf(line))).
		Order("claimed_until", "id").Limit(int64(n)))
	return e.claim(ctx, due, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("state = ?", Doubtful) })
}

func (e *Engine) claimAttempts(ctx context.Context, line Line, n int) ([]attemptRow, error) {
	now := e.now()
	due := e.skipLocked(e.db.NewSelect().Model((*attemptRow)(nil)).Column("id").
		Where("state = 'waiting' AND way IN (?) AND due_at <= ?", bun.List(e.waysOf(line)), now).
		Order("priority", "due_at", "id").Limit(int64(n)))
	return e.claim(ctx, due, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?, claimed_at = ?", Claimed, now)
	})
}

func (e *Engine) claim(ctx context.Context, due *bun.SelectQuery, set func(*bun.UpdateQuery) *bun.UpdateQuery) ([]attemptRow, error) {
	var rows []attemptRow
	q := set(e.db.NewUpdate().Model(&rows).Set("claimed_until = ?", e.now().Add(holdFor)))
	if err := q.Where("a.id IN (?)", due).Returning("*").Scan(ctx); err != nil {
		return nil, fmt.Errorf("claiming attempts: %w", err)
	}
	return rows, nil
}

// eachOf works on a batch with several senders. When the breaker opens in the
// middle, or the program is told to stop, what was not begun is given back.
func (e *Engine) eachOf(ctx context.Context, b *breaker, line Line, rows []attemptRow, do func(context.Context, *breaker, Line, *attemptRow) error) (int, error) {
	work := make(chan *attemptRow)
	var mu sync.Mutex
	var wrong []error
	var group sync.WaitGroup
	done := 0
	for range min(e.policy.Senders, len(rows)) {
		group.Go(func() {
			for a := range work {
				err := e.oneOf(ctx, b, line, a, do)
				mu.Lock()
				if err != nil {
					wrong = append(wrong, fmt.Errorf("attempt %d: %w", a.ID, err))
				} else {
					done++
				}
				mu.Unlock()
			}
		})
	}
	for i := range rows {
		work <- &rows[i]
	}
	close(work)
	group.Wait()
	return done, errors.Join(wrong...)
}

func (e *Engine) oneOf(ctx context.Context, b *breaker, line Line, a *attemptRow, do func(context.Context, *breaker, Line, *attemptRow) error) error {
	if err := e.step(stepBegun); err != nil {
		return err
	}
	if ctx.Err() != nil || b.isOpen() || e.tooLateFor(a) {
		return e.giveBack(ctx, a)
	}
	return do(ctx, b, line, a)
}

// tooLateFor: who cannot finish before his claim ends does not begin, since by
// then somebody else may hold the attempt.
func (e *Engine) tooLateFor(a *attemptRow) bool { return e.now().After(a.ClaimedUntil.Add(-callFor)) }

// maySpeak waits for the carrier's pace, and says whether there is still time
// and reason to speak to it after that.
func (e *Engine) maySpeak(ctx context.Context, b *breaker, line Line, a *attemptRow) bool {
	err := e.paces[line.Name].wait(ctx)
	return err == nil && !b.isOpen() && !e.tooLateFor(a)
}

// giveBack returns an attempt that was claimed and not begun.
func (e *Engine) giveBack(ctx context.Context, a *attemptRow) error {
	back := Waiting
	if a.State == Doubtful {
		back = Doubtful
	}
	return e.settle(ctx, a, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?", back)
	})
}

// attempt hands one text or call over: it checks the hours and that the answer
// is not in yet, speaks to the carrier, and writes down what came of it.
func (e *Engine) attempt(ctx context.Context, b *breaker, line Line, a *attemptRow) error {
	fit, err := e.check(ctx, a)
	if errors.Is(err, errUnwritable) {
		return e.bury(ctx, a, err)
	}
	if err != nil || !fit.ok {
		return err
	}
	if err := e.step(stepChecked); err != nil {
		return err
	}
	if !e.maySpeak(ctx, b, line, a) || !e.now().Before(fit.notAfter) {
		return e.giveBack(ctx, a)
	}
	handed, trouble := e.speak(ctx, line, a, fit)
	if err := e.step(stepSpoken); err != nil {
		return err
	}
	if trouble != nil {
		return e.troubled(ctx, b, a, trouble)
	}
	if err := e.handedOver(ctx, line, a, handed, "handed"); err != nil {
		return err
	}
	return errors.Join(e.step(stepRecorded), e.worked(ctx, b))
}

// fitness is whether an attempt may leave now, and with what.
type fitness struct {
	ok       bool
	phone    string
	words    string
	params   map[string]string
	notAfter time.Time // the end of the hours, or of the attempt's own time
}

// check looks once more, at the moment of sending: whatever was queued in its
// hours must not leave after them, and nobody is asked who has answered.
func (e *Engine) check(ctx context.Context, a *attemptRow) (fitness, error) {
	now := e.now()
	if !now.Before(a.NotAfter) {
		return fitness{}, e.expireOne(ctx, a)
	}
	until := a.NotAfter
	if a.Priority != replyFirst {
		verdict, at, err := e.hours.Load().windows(a.Way).Judge(now, a.NotBefore, a.NotAfter)
		switch {
		case err != nil:
			return fitness{}, err
		case verdict == worktime.Expired:
			return fitness{}, e.expireOne(ctx, a)
		case verdict == worktime.Wait:
			return fitness{}, e.settle(ctx, a, func(q *bun.UpdateQuery) *bun.UpdateQuery {
				return q.Set("state = ?, due_at = ?", Waiting, at.UTC())
			})
		}
		closes, err := e.hours.Load().closes(a.Way, now)
		if err != nil {
			return fitness{}, err
		}
		if closes.Before(until) {
			until = closes
		}
	}
	wanted, err := e.wanted(ctx, a)
	if err != nil {
		return fitness{}, err
	}
	if !wanted {
		return fitness{}, e.settle(ctx, a, func(q *bun.UpdateQuery) *bun.UpdateQuery {
			return q.Set("state = ?, code = 'answered', over_at = ?", Withdrawn, now)
		})
	}
	fit, err := e.write(ctx, a)
	fit.notAfter = until
	return fit, err
}

// wanted: the survey still asks, and the phone takes texts.
func (e *Engine) wanted(ctx context.Context, a *attemptRow) (bool, error) {
	if a.Way == BySMS && a.Purpose != ToConfirmStop {
		if no, err := e.refused(ctx, e.db, a.PhoneIndex); err != nil || no {
			return false, err
		}
	}
	switch a.Purpose {
	case ToAsk, ToRemind, ToCall:
		s, err := e.survey(ctx, e.db, a.SurveyID)
		return err == nil && s.State == Asking && s.Campaign == a.Campaign, err
	default:
		return true, nil
	}
}

// write finds the phone and puts the words together, the same ones each time.
func (e *Engine) write(ctx context.Context, a *attemptRow) (fitness, error) {
	t, err := e.desk.ByID(ctx, a.TicketID)
	if err != nil {
		return fitness{}, err
	}
	c, err := e.desk.CallerForContact(t)
	if err != nil {
		return fitness{}, err
	}
	fit := fitness{ok: true, phone: tickets.Phone(c.Phone)}
	args, err := e.args(ctx, a, t)
	if err != nil {
		return fit, err
	}
	if a.Way == ByVoice {
		fit.params = args
		return fit, nil
	}
	template, err := templateOf(a)
	if err == nil {
		fit.words, fit.params, err = render(template, args)
	}
	if err != nil {
		return fit, fmt.Errorf("%w: %w", errUnwritable, err)
	}
	return fit, nil
}

// errUnwritable is a text that no trying again will make fit to be sent.
var errUnwritable = errors.New("the text cannot be written")

// bury leaves an attempt that cannot be written to a person, and lets its
// survey go on by another way; trying it for ever would only hide it.
func (e *Engine) bury(ctx context.Context, a *attemptRow, why error) error {
	e.log.ErrorContext(ctx, "a text cannot be written", "attempt", a.ID, "template", a.Template, "error", why)
	return e.settleNoting(ctx, a, eventRow{What: string(Dead), Code: unwritable}, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?, trouble = ?, code = ?", Dead, Refused, unwritable)
	})
}

// unwritable is the code of such an attempt.
const unwritable = "unwritable"

// args are the values of every parameter that a text of this attempt can have.
func (e *Engine) args(ctx context.Context, a *attemptRow, t *tickets.Ticket) (map[string]string, error) {
	out := map[string]string{}
	if err := json.Unmarshal([]byte(a.Params), &out); err != nil {
		return nil, fmt.Errorf("reading what a text says: %w", err)
	}
	out[surveys.ParamSender], out[surveys.ParamMatter], out[surveys.ParamTail] = e.policy.DeskName, e.matterOf(t, a.Lang), t.Tail()
	if a.SurveyID == 0 {
		return out, nil
	}
	s, err := e.survey(ctx, e.db, a.SurveyID)
	if err != nil {
		return nil, err
	}
	out[surveys.ParamTail] = s.Tag
	if link := e.link(s); link != "" {
		out[surveys.ParamLink] = link
	}
	return out, nil
}

func (e *Engine) speak(ctx context.Context, line Line, a *attemptRow, fit fitness) (Handed, error) {
	ctx, cancel := e.within(ctx, callFor)
	defer cancel()
	if a.Way == ByVoice {
		return line.PlaceCall(ctx, Call{Ref: a.Ref, To: fit.phone, Lang: a.Lang, Script: a.Template, Params: fit.params, NotAfter: fit.notAfter})
	}
	return line.SendText(ctx, Text{Ref: a.Ref, To: fit.phone, Words: fit.words, Template: a.Template, Params: fit.params, Lang: string(langOf(a.Lang)), NotAfter: fit.notAfter})
}

// within ends a conversation with a carrier by the engine's own clock.
// (clockwork's contexts block in Err while they live, which carriers ask.)
func (e *Engine) within(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancelCause(ctx)
	timer := e.clock.AfterFunc(d, func() { cancel(context.DeadlineExceeded) })
	return ctx, func() {
		timer.Stop()
		cancel(nil)
	}
}

// find asks the carrier what became of an attempt before anything else is done
// with it.
func (e *Engine) find(ctx context.Context, b *breaker, line Line, a *attemptRow) error {
	fit, err := e.write(ctx, a)
	if errors.Is(err, errUnwritable) {
		return e.bury(ctx, a, err)
	}
	if err != nil {
		return err
	}
	if !e.maySpeak(ctx, b, line, a) {
		return e.giveBack(ctx, a)
	}
	asking, cancel := e.within(ctx, callFor)
	defer cancel()
	handed, found, err := line.Find(asking, Sought{Way: a.Way, Ref: a.Ref, To: fit.phone, Words: fit.words, Since: a.ClaimedAt, Known: e.known(ctx, a)})
	if err := e.step(stepAsked); err != nil {
		return err
	}
	switch {
	case err != nil:
		return e.stillDoubtful(ctx, b, a, err)
	case found:
		if err := e.handedOver(ctx, line, a, handed, "found"); err != nil {
			return err
		}
	default:
		err := e.settleNoting(ctx, a, eventRow{What: "not_found"}, func(q *bun.UpdateQuery) *bun.UpdateQuery {
			return q.Set("state = ?, due_at = ?", Waiting, e.now())
		})
		if err != nil {
			return err
		}
	}
	return errors.Join(e.step(stepRecorded), e.worked(ctx, b))
}

// known tells a carrier without references that an id belongs to another attempt.
func (e *Engine) known(ctx context.Context, a *attemptRow) func(string) bool {
	return func(id string) bool {
		n, err := e.db.NewSelect().Model((*attemptRow)(nil)).Where("carrier_id = ? AND id <> ?", id, a.ID).Count(ctx)
		return err == nil && n > 0
	}
}

// handedOver writes down the carrier's receipt. A report may have been quicker
// than we were; it is never moved back.
func (e *Engine) handedOver(ctx context.Context, line Line, a *attemptRow, h Handed, what string) error {
	now := e.now()
	status := h.Status
	if status == "" {
		status = Queued
	}
	err := e.db.RunInTx(context.WithoutCancel(ctx), nil, func(ctx context.Context, tx bun.Tx) error {
		_, err := tx.NewUpdate().Model((*attemptRow)(nil)).
			Set("state = CASE WHEN state IN ('claimed', 'unclear', 'waiting') THEN ? ELSE state END", HandedOn).
			Set("carrier = ?, carrier_id = ?", line.Name, h.CarrierID).
			Set("handed_at = COALESCE(handed_at, ?)", now).
			Set("poll_at = ?, claimed_until = ?", now.Add(pollAfter(a.Way, 0)), now).
			Set("delivery = CASE WHEN rank < ? THEN ? ELSE delivery END", status.Rank(), status).
			Set("rank = CASE WHEN rank < ? THEN ? ELSE rank END", status.Rank(), status.Rank()).
			Where("id = ?", a.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("writing down a receipt: %w", err)
		}
		if err := note(ctx, tx, eventRow{AttemptID: a.ID, What: what, Status: string(status), CarrierID: h.CarrierID, At: now, NotedAt: now}); err != nil {
			return err
		}
		return e.lookAgain(ctx, tx, a.SurveyID)
	})
	if err != nil {
		return err
	}
	if err := e.step(stepEarly); err != nil {
		return err
	}
	return e.catchUp(ctx, a.ID, h)
}

// settle writes what became of an attempt that this instance holds, and lets
// go of it. An instance that lost its claim meanwhile changes nothing.
func (e *Engine) settle(ctx context.Context, a *attemptRow, set func(*bun.UpdateQuery) *bun.UpdateQuery) error {
	_, err := e.letGo(context.WithoutCancel(ctx), e.db, a, set)
	return err
}

func (e *Engine) letGo(ctx context.Context, db bun.IDB, a *attemptRow, set func(*bun.UpdateQuery) *bun.UpdateQuery) (bool, error) {
	q := db.NewUpdate().Model((*attemptRow)(nil)).Set("claimed_until = ?", e.now())
	res, err := set(q).Where("id = ? AND state IN ('claimed', 'unclear') AND claimed_until = ?", a.ID, a.ClaimedUntil.UTC()).Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("letting go of an attempt: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("letting go of an attempt: %w", err)
	}
	return n == 1, nil
}

// settleNoting is settle with a line in the ledger, after which the survey is
// looked at again.
func (e *Engine) settleNoting(ctx context.Context, a *attemptRow, ev eventRow, set func(*bun.UpdateQuery) *bun.UpdateQuery) error {
	now := e.now()
	ev.AttemptID, ev.At, ev.NotedAt = a.ID, now, now
	return e.db.RunInTx(context.WithoutCancel(ctx), nil, func(ctx context.Context, tx bun.Tx) error {
		if ok, err := e.letGo(ctx, tx, a, set); err != nil || !ok {
			return err
		}
		if err := note(ctx, tx, ev); err != nil {
			return err
		}
		return e.lookAgain(ctx, tx, a.SurveyID)
	})
}

func (e *Engine) expireOne(ctx context.Context, a *attemptRow) error {
	return e.settleNoting(ctx, a, eventRow{What: string(Expired)}, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("state = ?, over_at = ?", Expired, e.now())
	})
}

// expire ends what waited behind an open breaker until its time was over, so
// that its survey goes on by another way.
func (e *Engine) expire(ctx context.Context) (int, error) {
	now := e.now()
	due := e.skipLocked(e.db.NewSelect().Model((*attemptRow)(nil)).Column("id").Where("state = 'waiting' AND not_after <= ?", now).Limit(batch))
	rows, err := e.claim(ctx, due, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("state = ?, claimed_at = ?", Claimed, now) })
	if err != nil {
		return 0, err
	}
	for i := range rows {
		if err := e.expireOne(ctx, &rows[i]); err != nil {
			return i, err
		}
	}
	return len(rows), nil
}
