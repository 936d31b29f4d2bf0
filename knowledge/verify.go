package knowledge

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"nengban/knowledge/search"
)

// sampled is how many articles are compared word for word at each look.
const sampled = 200

// checkup is what the last looks at the index found.
type checkup struct {
	mu  sync.Mutex
	now Condition
}

// Condition says how the index is, and how it was.
type Condition struct {
	CheckedAt time.Time // when it was last found whole; zero: not yet
	Documents int       // that it held then
	Trouble   string    // the last trouble that was found; "" when there was none
	Reason    search.Reason
	FoundAt   time.Time // when
	MendedAt  time.Time // when it was laid out anew after that; zero: not yet
}

// Health says why the index does not answer, if so; the database does then.
func (l *Library) Health(context.Context) error {
	if err := l.broken.Load(); err != nil {
		return *err
	}
	_, err := l.index.State()
	return err
}

// Condition returns what the last looks at the index found.
func (l *Library) Condition() Condition {
	l.checkup.mu.Lock()
	defer l.checkup.mu.Unlock()
	return l.checkup.now
}

// Verify looks at the whole index: every file against its checksum, how many
// articles it holds and up to which change, and a sample of them word for word
// against the database. One that is damaged, deleted or differs is laid out
// anew, while the database answers; it returns how many articles that were.
// The timetable calls it every hour.
func (l *Library) Verify(ctx context.Context) (int, error) {
	l.ticking.Lock()
	defer l.ticking.Unlock()
	err := l.whole(ctx)
	var unusable *search.UnusableError
	if !errors.As(err, &unusable) {
		return 0, err
	}
	l.trouble(unusable)
	return l.rebuild(ctx)
}

func (l *Library) whole(ctx context.Context) error {
	if err := l.index.Verify(ctx); err != nil {
		return err
	}
	if _, err := l.follow(ctx); err != nil {
		return err
	}
	if err := l.compare(ctx); err != nil {
		return err
	}
	st, err := l.index.State()
	if err == nil {
		l.note(func(c *Condition) { c.CheckedAt, c.Documents = l.now(), st.Documents })
	}
	return err
}

// compare reads some articles at random and asks whether the index holds them
// as they are.
func (l *Library) compare(ctx context.Context) error {
	var as []articleRow
	if err := l.db.NewSelect().Model(&as).Where("wanted > 0").OrderExpr("random()").Limit(sampled).Scan(ctx); err != nil {
		return fmt.Errorf("choosing articles to compare: %w", err)
	}
	docs, err := l.documents(ctx, as)
	if err != nil {
		return err
	}
	differ, err := l.index.Differing(ctx, docs)
	if err != nil || len(differ) == 0 {
		return err
	}
	// Whatever was written since it was read is followed next, and is no trouble.
	differ, err = l.unchanged(ctx, as, differ)
	if err != nil || len(differ) == 0 {
		return err
	}
	return &search.UnusableError{Dir: "of the articles", Reason: search.Stale, Err: fmt.Errorf("of %d articles compared it does not hold %s as the database does", len(docs), strings.Join(differ, ", "))}
}

// unchanged are those of the articles that stand as they were read.
func (l *Library) unchanged(ctx context.Context, read []articleRow, ids []string) ([]string, error) {
	was := map[string]int64{}
	for _, a := range read {
		was[fmt.Sprint(a.ID)] = a.Changed
	}
	var now []articleRow
	if err := l.db.NewSelect().Model(&now).Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading articles again: %w", err)
	}
	var out []string
	for _, a := range now {
		if id := fmt.Sprint(a.ID); a.Changed == was[id] {
			out = append(out, id)
		}
	}
	return out, nil
}

func (l *Library) note(change func(*Condition)) {
	l.checkup.mu.Lock()
	defer l.checkup.mu.Unlock()
	change(&l.checkup.now)
}
