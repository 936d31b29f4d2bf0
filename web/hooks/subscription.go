package hooks

import (
	"context"
	"crypto/rand"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets"
	"nengban/tickets/staff"
)

// ErrNotFound is returned for a subscription or a delivery that is not there.
var ErrNotFound = errors.New("no such subscription or delivery")

// oldFor is how long a secret that was changed still signs, so that receivers
// can change theirs in peace.
const oldFor = 24 * time.Hour

// Subscription is one address that is told of events.
type Subscription struct {
	Code     string // its name in our addresses
	Name     string
	URL      string
	Events   []EventType
	MadeBy   string
	MadeAt   time.Time
	PausedAt time.Time // zero: it is on
	OldUntil time.Time // until when the secret before this one signs too; zero: there is none
	// Failures in a row. Once they are several, Probe is when the receiver is
	// next asked whether it is well.
	Failures int
	Probe    time.Time
}

// Host is where it leads, without what may stand behind it.
func (s Subscription) Host() string {
	u, err := url.Parse(s.URL)
	if err != nil {
		return ""
	}
	return u.Host
}

// Paused says that a person has stopped it; events wait in the ledger.
func (s Subscription) Paused() bool { return !s.PausedAt.IsZero() }

// Ill says that the receiver has failed so often that it is only asked now and
// then whether it is well again.
func (s Subscription) Ill() bool { return !s.Paused() && s.Failures >= breakAfter }

// Wanted is a subscription as an administrator fills it in.
type Wanted struct {
	Name   string   `json:"name" field:"text,need,max=64"`
	URL    string   `json:"url" field:"text,need,max=500"`
	Events []string `json:"events" field:"events,need"`
}

// Add subscribes an address and returns its secret, which is shown this once.
// It refuses with tickets.FieldErrors.
func (s *Sender) Add(ctx context.Context, by staff.Member, w Wanted) (Subscription, string, error) {
	if es := s.check(w); len(es) > 0 {
		return Subscription{}, "", es
	}
	key, written := newSecret()
	now := s.now()
	r := subscriptionRow{Code: strings.ToLower(rand.Text()), Name: w.Name, URL: w.URL, Events: strings.Join(w.Events, ","), MadeBy: by.Name, MadeAt: now, OpenUntil: now}
	var err error
	if r.Secret, err = s.vault.Seal(key, secretPlace(r.Code)); err != nil {
		return Subscription{}, "", err
	}
	if _, err := s.db.NewInsert().Model(&r).Exec(ctx); err != nil {
		return Subscription{}, "", fmt.Errorf("keeping a subscription: %w", err)
	}
	return r.subscription(), written, nil
}

func (s *Sender) check(w Wanted) tickets.FieldErrors {
	es := tickets.Check(&w)
	for _, e := range w.Events {
		if !slices.Contains(EventTypes, EventType(e)) {
			return append(es, tickets.FieldError{Field: "events", Code: "not_an_option"})
		}
	}
	if es.Of("url") == nil {
		if e := s.guard.checkAddress(w.URL); e != nil {
			es = append(es, *e)
		}
	}
	return es
}

// Subscriptions returns all of them, the oldest first.
func (s *Sender) Subscriptions(ctx context.Context) ([]Subscription, error) {
	var rows []subscriptionRow
	if err := s.db.NewSelect().Model(&rows).Order("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("listing subscriptions: %w", err)
	}
	out := make([]Subscription, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.subscription())
	}
	return out, nil
}

// Subscription returns one, or ErrNotFound.
func (s *Sender) Subscription(ctx context.Context, code string) (Subscription, error) {
	r, err := s.row(ctx, code)
	return r.subscription(), err
}

// Pause stops a subscription. What happens meanwhile waits for Resume, for a
// month at most.
func (s *Sender) Pause(ctx context.Context, code string) error {
	return s.change(ctx, code, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("paused_at = COALESCE(paused_at, ?)", s.now()) })
}

// Resume sends again, what has waited first. Its day of tries begins now.
func (s *Sender) Resume(ctx context.Context, code string) error {
	now := s.now()
	r, err := s.row(ctx, code)
	if err != nil {
		return err
	}
	err = s.change(ctx, code, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("paused_at = NULL, failures = 0, open_until = ?", now)
	})
	if err != nil {
		return err
	}
	_, err = s.db.NewUpdate().Model((*deliveryRow)(nil)).Set("due_at = ?, give_up_at = ?, tries = 0", now, now.Add(tryFor)).
		Where("webhook_id = ? AND state = ?", r.ID, Waiting).Exec(ctx)
	if err != nil {
		return fmt.Errorf("resuming a subscription: %w", err)
	}
	s.wake()
	return nil
}

// Rotate gives a subscription a new secret and returns it; the one before
// signs beside it for a day.
func (s *Sender) Rotate(ctx context.Context, code string) (Subscription, string, error) {
	r, err := s.row(ctx, code)
	if err != nil {
		return Subscription{}, "", err
	}
	old, err := s.vault.Open(r.Secret, secretPlace(code))
	if err != nil {
		return Subscription{}, "", err
	}
	if r.OldSecret, err = s.vault.Seal(old, oldSecretPlace(code)); err != nil {
		return Subscription{}, "", err
	}
	key, written := newSecret()
	if r.Secret, err = s.vault.Seal(key, secretPlace(code)); err != nil {
		return Subscription{}, "", err
	}
	r.OldUntil = s.now().Add(oldFor)
	err = s.change(ctx, code, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("secret = ?, old_secret = ?, old_until = ?", r.Secret, r.OldSecret, r.OldUntil)
	})
	return r.subscription(), written, err
}

// Remove ends a subscription and drops its ledger.
func (s *Sender) Remove(ctx context.Context, code string) error {
	r, err := s.row(ctx, code)
	if err != nil {
		return err
	}
	return s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for _, q := range []*bun.DeleteQuery{
			tx.NewDelete().Model((*deliveryRow)(nil)).Where("webhook_id = ?", r.ID),
			tx.NewDelete().Model((*subscriptionRow)(nil)).Where("id = ?", r.ID),
		} {
			if _, err := q.Exec(ctx); err != nil {
				return fmt.Errorf("removing a subscription: %w", err)
			}
		}
		return nil
	})
}

// subscriptionRow is a subscription as it is kept.
type subscriptionRow struct {
	bun.BaseModel `bun:"table:webhooks,alias:w"`

	ID        int64 `bun:"id,pk,autoincrement"`
	Code      string
	Name      string
	URL       string `bun:"url"`
	Events    string
	Secret    []byte
	OldSecret []byte
	OldUntil  time.Time `bun:",nullzero"`
	MadeBy    string
	MadeAt    time.Time
	PausedAt  time.Time `bun:",nullzero"`
	Failures  int
	OpenUntil time.Time
}

func secretPlace(code string) string    { return "webhooks.secret:" + code }
func oldSecretPlace(code string) string { return "webhooks.old_secret:" + code }

func (r subscriptionRow) subscription() Subscription {
	out := Subscription{Code: r.Code, Name: r.Name, URL: r.URL, MadeBy: r.MadeBy, MadeAt: r.MadeAt, PausedAt: r.PausedAt, OldUntil: r.OldUntil,
		Failures: r.Failures, Probe: r.OpenUntil}
	for word := range strings.SplitSeq(r.Events, ",") {
		out.Events = append(out.Events, EventType(word))
	}
	return out
}

// wants says whether the subscription is about such events.
func (r subscriptionRow) wants(e EventType) bool {
	return slices.Contains(strings.Split(r.Events, ","), string(e))
}

func (s *Sender) row(ctx context.Context, code string) (subscriptionRow, error) {
	var r subscriptionRow
	err := s.db.NewSelect().Model(&r).Where("code = ?", code).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return r, ErrNotFound
	}
	if err != nil {
		return r, fmt.Errorf("reading a subscription: %w", err)
	}
	return r, nil
}

func (s *Sender) change(ctx context.Context, code string, set func(*bun.UpdateQuery) *bun.UpdateQuery) error {
	res, err := set(s.db.NewUpdate().Model((*subscriptionRow)(nil))).Where("code = ?", code).Exec(ctx)
	n, err := affected(res, err, "changing a subscription")
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

func affected(res sql.Result, err error, doing string) (int, error) {
	if err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	return int(n), nil
}
