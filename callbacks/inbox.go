package callbacks

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/uptrace/bun"

	"nengban/tickets"
)

// InboundState is what has become of a text that somebody sent us.
type InboundState string

// The states.
const (
	Unread  InboundState = "new"
	WasRead InboundState = "read"
	Orphan  InboundState = "orphan"  // from a phone that nothing was asked of
	ForEyes InboundState = "unclear" // a person has to read it
	Settled InboundState = "settled" // a person did
)

// inboundRow is one text that came in. Its words are sealed: people write
// names and addresses into them.
type inboundRow struct {
	bun.BaseModel `bun:"table:inbound_texts,alias:i"`

	ID         int64 `bun:"id,pk,autoincrement"`
	CarrierID  string
	PhoneIndex string
	Phone      []byte
	Words      []byte
	At         time.Time
	ReceivedAt time.Time
	State      InboundState
	SurveyID   int64
	Kind       string
	Rule       string
	SettledBy  string
	SettledAt  time.Time `bun:",nullzero"`
	Note       string
}

// longestText is how many characters of a text are kept; nobody types more, and
// what is longer is a machine.
const longestText = 2000

// Text takes a text that came in. It is saved before anything is made of it,
// once for each of the carrier's ids; then it is read.
func (e *Engine) Text(ctx context.Context, in Incoming) error {
	fresh, err := e.save(ctx, in)
	if err != nil || !fresh {
		return err
	}
	if err := e.step(stepSaved); err != nil {
		return err
	}
	// From here on nothing is lost: what fails now is done by the timetable.
	if _, err := e.Read(ctx); err != nil {
		e.log.ErrorContext(ctx, "reading a text that came in", "error", err)
	}
	if _, err := e.Record(ctx); err != nil {
		e.log.ErrorContext(ctx, "writing an answer on its ticket", "error", err)
	}
	e.wake()
	return nil
}

// Collect fetches texts from carriers that can be asked for them: a desk
// without a public address is never told, and any desk may have been out of
// reach when a text came. It looks back that far behind the newest text that
// is known, and returns how many were new.
func (e *Engine) Collect(ctx context.Context, back time.Duration) (int, error) {
	since, err := e.lastText(ctx, back)
	if err != nil {
		return 0, err
	}
	breakers, err := e.Breakers(ctx)
	if err != nil {
		return 0, err
	}
	box := &collected{Engine: e}
	var wrong []error
	for i, line := range e.carriers() {
		if c, ok := line.Carrier.(Collector); ok && breakers[i].State == BreakerClosed {
			if _, err := c.Collect(ctx, box, since); err != nil {
				wrong = append(wrong, fmt.Errorf("collecting texts from %s: %w", line.Name, err))
			}
		}
	}
	return box.fresh, unlessStopped(ctx, errors.Join(wrong...))
}

// collected counts the texts that were not known yet, and has them read once
// they are all there.
type collected struct {
	*Engine
	fresh int
}

func (c *collected) Text(ctx context.Context, in Incoming) error {
	fresh, err := c.save(ctx, in)
	if fresh {
		c.fresh++
		c.wake()
	}
	return err
}

// lastText is the moment from which on texts may be unknown; before the first
// one came that is a few days ago.
func (e *Engine) lastText(ctx context.Context, back time.Duration) (time.Time, error) {
	const firstLook = 3 * 24 * time.Hour
	var r inboundRow
	err := e.db.NewSelect().Model(&r).Column("at").Order("id DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return e.now().Add(-firstLook), nil
	}
	if err != nil {
		return time.Time{}, fmt.Errorf("looking for the newest text: %w", err)
	}
	return r.At.UTC().Add(-back), nil
}

// save writes a text down and says whether it is new.
func (e *Engine) save(ctx context.Context, in Incoming) (bool, error) {
	r, err := e.sealed(in)
	if err != nil {
		return false, err
	}
	res, err := e.db.NewInsert().Model(&r).On("CONFLICT (carrier_id) DO NOTHING").Returning("NULL").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("saving a text that came in: %w", err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return false, fmt.Errorf("saving a text that came in: %w", err)
	}
	return n > 0, nil
}

func (e *Engine) sealed(in Incoming) (inboundRow, error) {
	now := e.now()
	if in.At.IsZero() || in.At.After(now) {
		in.At = now
	}
	text := strings.ToValidUTF8(strings.ReplaceAll(in.Words, "\x00", ""), "�")
	if utf8.RuneCountInString(text) > longestText {
		text = string([]rune(text)[:longestText])
	}
	phone := tickets.Phone(in.From)
	words, err := e.vault.Seal([]byte(text), "inbound_texts.words:"+in.CarrierID)
	if err != nil {
		return inboundRow{}, err
	}
	from, err := e.vault.Seal([]byte(phone), "inbound_texts.phone:"+in.CarrierID)
	return inboundRow{CarrierID: in.CarrierID, PhoneIndex: e.vault.Index("phone", phone), Phone: from, Words: words, At: in.At.UTC(), ReceivedAt: now, State: Unread}, err
}

// wordsOf are the words of a text, "" once its sender is erased.
func (e *Engine) wordsOf(r *inboundRow) (string, error) {
	if len(r.Words) == 0 {
		return "", nil
	}
	plain, err := e.vault.Open(r.Words, "inbound_texts.words:"+r.CarrierID)
	return string(plain), err
}

// maskedWordsOf are the words as colleagues read them: without names and
// numbers, the sender's own above all.
func (e *Engine) maskedWordsOf(ctx context.Context, r *inboundRow) (string, error) {
	words, err := e.wordsOf(r)
	if err != nil || words == "" {
		return "", err
	}
	c, err := e.sender(ctx, r)
	return tickets.Hush(words, c), err
}

// sender is who wrote a text, by the newest ticket of his phone; nobody when
// he has none.
func (e *Engine) sender(ctx context.Context, r *inboundRow) (tickets.Caller, error) {
	if r.PhoneIndex == "" {
		return tickets.Caller{}, nil
	}
	var ids []int64
	err := e.db.NewRaw("SELECT id FROM tickets WHERE phone_index = ? OR alt_phone_index = ? ORDER BY id DESC LIMIT 1", r.PhoneIndex, r.PhoneIndex).Scan(ctx, &ids)
	if err != nil || len(ids) == 0 {
		return tickets.Caller{}, err
	}
	t, err := e.desk.ByID(ctx, ids[0])
	if err != nil {
		return tickets.Caller{}, err
	}
	return e.desk.CallerForContact(t)
}

func (e *Engine) phoneOf(r *inboundRow) (string, error) {
	if len(r.Phone) == 0 {
		return "", nil
	}
	plain, err := e.vault.Open(r.Phone, "inbound_texts.phone:"+r.CarrierID)
	return string(plain), err
}

// Read makes something of every text that nobody has read yet, in the order
// they came.
func (e *Engine) Read(ctx context.Context) (int, error) {
	done := 0
	last := int64(0)
	var wrong []error
	for ctx.Err() == nil {
		var rows []inboundRow
		if err := e.db.NewSelect().Model(&rows).Where("state = ? AND id > ?", Unread, last).Order("id").Limit(batch).Scan(ctx); err != nil {
			return done, unlessStopped(ctx, fmt.Errorf("reading what came in: %w", err))
		}
		for i := range rows {
			last = rows[i].ID
			ok, err := e.readOne(ctx, &rows[i])
			for tries := 0; errors.Is(err, ErrChanged) && tries < 3; tries++ {
				ok, err = e.readOne(ctx, &rows[i])
			}
			if err != nil && !errors.Is(err, ErrChanged) { // its turn comes with the next run
				wrong = append(wrong, fmt.Errorf("text %d: %w", rows[i].ID, err))
			}
			if ok {
				done++
			}
		}
		if len(rows) < batch {
			break
		}
	}
	return done, unlessStopped(ctx, errors.Join(wrong...))
}

// readOne reads a text and writes down what follows from it, in one
// transaction with the mark that it was read; whoever loses the race for the
// mark does nothing.
func (e *Engine) readOne(ctx context.Context, r *inboundRow) (bool, error) {
	if err := e.step(stepBegun); err != nil {
		return false, err
	}
	text, err := e.wordsOf(r)
	if err != nil {
		return false, err
	}
	won := false
	err = e.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		res, err := tx.NewUpdate().Model((*inboundRow)(nil)).Set("state = ?", WasRead).Where("id = ? AND state = ?", r.ID, Unread).Exec(ctx)
		if err != nil {
			return fmt.Errorf("marking a text as read: %w", err)
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		won = true
		if err := e.understand(ctx, tx, r, text); err != nil {
			return err
		}
		_, err = tx.NewUpdate().Model(r).Column("state", "survey_id", "kind", "rule", "note").WherePK().Exec(ctx)
		if err != nil {
			return fmt.Errorf("writing down what a text was: %w", err)
		}
		return nil
	})
	return won && err == nil, err
}
