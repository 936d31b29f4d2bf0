package duplicates

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/tickets/triage"
)

// ErrNoMatter is returned when there is no open hot matter of a number.
var ErrNoMatter = errors.New("no such open hot matter")

// Hot is a matter that many bring at once (热点): its main ticket, the others,
// and what the next caller can be told.
type Hot struct {
	ID         int64
	Main       string // number of the ticket in the middle of it
	Into       string // number of the main ticket that its tickets were joined under; "" while they were not
	Title      string
	Words      []string // what its tickets say and few others
	Numbers    []string // all its tickets, as they came
	Callers    int      // different ones in the last week that was counted
	Answer     string   // ready to be given; "" until somebody wrote one
	AnsweredBy string
	OpenedAt   time.Time
	ClosedAt   time.Time // zero while it is open
}

// Notice refreshes the book and opens hot matters or adds to them, unless
// nothing was said since the last time. It returns how many it opened. Sorting
// 20,000 tickets into matters takes seconds, so the timetable calls it seldom.
func (b *Book) Notice(ctx context.Context) (int, error) {
	b.noticing.Lock()
	defer b.noticing.Unlock()
	if _, err := b.Refresh(ctx); err != nil {
		return 0, err
	}
	now := b.now.Load()
	if now == b.noticed {
		return 0, nil
	}
	opened, err := b.keepHot(ctx, now.Bursts(b.Clock.Now(), b.Heat), now.docs)
	if err == nil {
		b.noticed = now
	}
	return opened, err
}

// Open returns the open hot matters, the one with the most callers first.
func (b *Book) Open(ctx context.Context) ([]Hot, error) {
	return b.matters(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("closed_at IS NULL") })
}

// Holding returns the open hot matter that a ticket belongs to, or nil.
func (b *Book) Holding(ctx context.Context, number string) (*Hot, error) {
	hot, err := b.Open(ctx)
	return holding(hot, number), err
}

// Say writes down what every next caller can be told. It returns ErrNoMatter,
// tickets.ErrNotAllowed, or tickets.FieldErrors when the answer is too long.
func (b *Book) Say(ctx context.Context, by staff.Member, id int64, answer string) error {
	if answer = strings.TrimSpace(answer); len([]rune(answer)) > longestAnswer {
		return tickets.FieldErrors{{Field: "answer", Code: "too_long", Args: []any{longestAnswer}}}
	}
	return b.change(ctx, by, id, func(q *bun.UpdateQuery) *bun.UpdateQuery {
		return q.Set("answer = ?, answered_by = ?", answer, by.Name)
	})
}

// longestAnswer is in characters, as that of an answer at once.
const longestAnswer = 2000

// Close ends a hot matter; tickets that join it later open another only when
// they are many again. It returns ErrNoMatter or tickets.ErrNotAllowed.
func (b *Book) Close(ctx context.Context, by staff.Member, id int64) error {
	return b.change(ctx, by, id, func(q *bun.UpdateQuery) *bun.UpdateQuery { return q.Set("closed_at = ?", b.Clock.Now().UTC()) })
}

func (b *Book) change(ctx context.Context, by staff.Member, id int64, set func(*bun.UpdateQuery) *bun.UpdateQuery) error {
	if by.Reach(staff.ManageHot) != staff.All {
		return tickets.ErrNotAllowed
	}
	res, err := set(b.DB.NewUpdate().Model((*hotRow)(nil))).Where("id = ?", id).Where("closed_at IS NULL").Exec(ctx)
	if err != nil {
		return fmt.Errorf("changing a hot matter: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return errors.Join(err, ErrNoMatter)
	}
	return nil
}

type hotRow struct {
	bun.BaseModel `bun:"table:hot_matters"`

	ID         int64 `bun:"id,pk,autoincrement"`
	Main       string
	Title      string
	Words      string
	Numbers    string
	Callers    int
	Answer     string
	AnsweredBy string
	OpenedAt   time.Time
	ClosedAt   time.Time `bun:",nullzero"`
	JoinedInto string
}

func (b *Book) matters(ctx context.Context, which func(*bun.SelectQuery) *bun.SelectQuery) ([]Hot, error) {
	var rows []hotRow
	if err := which(b.DB.NewSelect().Model(&rows)).OrderExpr("callers DESC, id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading hot matters: %w", err)
	}
	out := make([]Hot, len(rows))
	for i, r := range rows {
		out[i] = Hot{ID: r.ID, Main: r.Main, Into: r.JoinedInto, Title: r.Title, Callers: r.Callers, Answer: r.Answer, AnsweredBy: r.AnsweredBy, OpenedAt: r.OpenedAt, ClosedAt: r.ClosedAt}
		if err := errors.Join(json.Unmarshal([]byte(r.Words), &out[i].Words), json.Unmarshal([]byte(r.Numbers), &out[i].Numbers)); err != nil {
			return nil, fmt.Errorf("reading hot matter %d: %w", r.ID, err)
		}
	}
	return out, nil
}

// keepHot opens a matter for every burst that belongs to none yet, and adds to
// those that are open. One that somebody closed stays closed while its tickets
// are still in the window.
func (b *Book) keepHot(ctx context.Context, bursts []triage.Burst, docs []triage.Document) (opened int, err error) {
	if len(bursts) == 0 {
		return 0, nil
	}
	known, err := b.matters(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("closed_at IS NULL OR closed_at > ?", b.Clock.Now().Add(-memory).UTC())
	})
	if err != nil {
		return 0, err
	}
	for _, x := range bursts {
		numbers := numbersOf(x, docs)
		i := slices.IndexFunc(known, func(h Hot) bool { return shares(h, numbers) })
		switch {
		case i < 0:
			opened++
			err = b.openHot(ctx, x, docs[x.Main], numbers)
		case known[i].ClosedAt.IsZero():
			err = b.addTo(ctx, known[i], x, numbers)
		}
		if err != nil {
			return opened, err
		}
	}
	return opened, nil
}

func (b *Book) openHot(ctx context.Context, x triage.Burst, main triage.Document, numbers []string) error {
	r := &hotRow{Main: main.ID, Title: main.Title, Words: text(x.Words), Numbers: text(numbers), Callers: x.Writers, OpenedAt: b.Clock.Now().UTC()}
	// Another instance may have seen it first.
	if _, err := b.DB.NewInsert().Model(r).On("CONFLICT (main) DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("opening a hot matter: %w", err)
	}
	b.Log.Info("hot matter", "main", r.Main, "callers", r.Callers)
	return nil
}

func (b *Book) addTo(ctx context.Context, h Hot, x triage.Burst, numbers []string) error {
	for _, n := range h.Numbers {
		if !slices.Contains(numbers, n) {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	_, err := b.DB.NewUpdate().Model((*hotRow)(nil)).Set("numbers = ?, callers = ?", text(numbers), x.Writers).Where("id = ?", h.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("adding to a hot matter: %w", err)
	}
	return nil
}

func numbersOf(x triage.Burst, docs []triage.Document) []string {
	out := make([]string, len(x.Documents))
	for i, d := range x.Documents {
		out[i] = docs[d].ID
	}
	return out
}

func shares(h Hot, numbers []string) bool {
	return slices.ContainsFunc(numbers, func(n string) bool { return slices.Contains(h.Numbers, n) })
}

// holding returns the matter that a ticket belongs to, or nil.
func holding(hot []Hot, number string) *Hot {
	for i := range hot {
		if slices.Contains(hot[i].Numbers, number) {
			return &hot[i]
		}
	}
	return nil
}

func text(list []string) string {
	if list == nil {
		list = []string{}
	}
	body, err := json.Marshal(list)
	if err != nil {
		panic(err) // strings always can be written
	}
	return string(body)
}
