package knowledge

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"time"

	"github.com/uptrace/bun"

	"nengban/knowledge/search"
)

// batch is how many articles go into the index at once, and are read at once.
const batch = 500

// Tick does what is due: it takes articles out of force, brings the index up
// to date, and publishes what the index now holds. An index that is missing,
// broken or not what the database holds is laid out anew; the database answers
// meanwhile. It returns how many articles it touched. The timetable calls it
// every minute and on Wake; it is safe to run twice and to stop half way.
func (l *Library) Tick(ctx context.Context) (int, error) {
	l.ticking.Lock()
	defer l.ticking.Unlock()
	if err := l.refreshWords(ctx); err != nil {
		return 0, err
	}
	lapsed, err := l.lapse(ctx)
	if err != nil {
		return 0, err
	}
	n, err := l.follow(ctx)
	var unusable *search.UnusableError
	if errors.As(err, &unusable) {
		l.trouble(unusable)
		n, err = l.rebuild(ctx)
	}
	if err == nil {
		err = errors.Join(l.countViews(ctx), l.opinions.load(ctx, l))
	}
	return lapsed + n, err
}

// Rebuild lays the index out anew beside the one that serves.
func (l *Library) Rebuild(ctx context.Context) (int, error) {
	l.ticking.Lock()
	defer l.ticking.Unlock()
	if err := l.refreshWords(ctx); err != nil {
		return 0, err
	}
	return l.rebuild(ctx)
}

// Check compares the index with the database. It returns a
// *search.UnusableError when they differ.
func (l *Library) Check(ctx context.Context) error {
	s, err := l.state(ctx, l.db)
	if err != nil {
		return err
	}
	n, err := l.db.NewSelect().Model((*articleRow)(nil)).Where("wanted > 0").Count(ctx)
	if err != nil {
		return fmt.Errorf("counting articles: %w", err)
	}
	return l.index.Check(int(n), strconv.FormatInt(s.Changes, 10))
}

// Index says what the index holds.
func (l *Library) Index() (search.State, error) { return l.index.State() }

// trouble remembers why the index does not answer and sends for Tick.
func (l *Library) trouble(because *search.UnusableError) {
	err := error(because)
	if l.broken.Swap(&err) == nil {
		l.note(func(c *Condition) {
			c.Trouble, c.Reason, c.FoundAt, c.MendedAt = because.Error(), because.Reason, l.now(), time.Time{}
		})
		l.log.Warn("the knowledge index does not answer; the database does", "error", err)
	}
	l.wake()
}

// follow brings the index up to the database's last change.
func (l *Library) follow(ctx context.Context) (int, error) {
	n := 0
	for {
		st, err := l.index.State()
		if err != nil {
			return n, err
		}
		mark, err := strconv.ParseInt(st.Mark, 10, 64)
		if err != nil && st.Mark != "" {
			return n, &search.UnusableError{Reason: search.Stale, Err: err}
		}
		var as []articleRow
		if err := l.db.NewSelect().Model(&as).Where("changed > ?", mark).Order("changed").Limit(batch).Scan(ctx); err != nil {
			return n, fmt.Errorf("reading what changed: %w", err)
		}
		if len(as) == 0 {
			again, err := l.settled(ctx, mark)
			if again {
				continue
			}
			return n, err
		}
		if err := l.put(ctx, as); err != nil {
			return n, err
		}
		n += len(as)
	}
}

// settled is settle, unless somebody wrote between reading what changed and
// looking: then there is more to follow, and nothing to lay out anew.
func (l *Library) settled(ctx context.Context, mark int64) (again bool, err error) {
	if err = l.settle(ctx); err == nil {
		return false, nil
	}
	more, lookErr := l.db.NewSelect().Model((*articleRow)(nil)).Where("changed > ?", mark).Exists(ctx)
	if lookErr != nil {
		return false, fmt.Errorf("reading what changed: %w", lookErr)
	}
	return more, err
}

// settle looks whether the index holds what it should, and publishes what it
// was not told of: a process may end between the index and the database.
func (l *Library) settle(ctx context.Context) error {
	if err := l.Check(ctx); err != nil {
		return err
	}
	if l.broken.Swap(nil) != nil {
		l.note(func(c *Condition) { c.MendedAt = l.now() })
	}
	return l.promoteAll(ctx)
}

// put writes a batch of changed articles into the index and publishes them.
func (l *Library) put(ctx context.Context, as []articleRow) error {
	c := search.Change{Mark: strconv.FormatInt(as[len(as)-1].Changed, 10)}
	docs, err := l.documents(ctx, as)
	if err != nil {
		return err
	}
	for i := range as {
		if as[i].Wanted == 0 {
			c.Delete = append(c.Delete, strconv.FormatInt(as[i].ID, 10))
		}
	}
	c.Put = docs
	if err := l.index.Update(ctx, c); err != nil {
		return err
	}
	return l.promote(ctx, as)
}

// documents are the wanted versions of articles as the index holds them.
func (l *Library) documents(ctx context.Context, as []articleRow) ([]search.Document, error) {
	wanted := make(map[int64]int, len(as))
	var found []int64
	for i := range as {
		if as[i].Wanted > 0 {
			wanted[as[i].ID] = as[i].Wanted
			found = append(found, as[i].ID)
		}
	}
	if len(found) == 0 {
		return nil, nil
	}
	var vs []versionRow
	if err := l.db.NewSelect().Model(&vs).Where("article_id IN (?)", bun.List(found)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading articles for the index: %w", err)
	}
	out := make([]search.Document, 0, len(found))
	for i := range vs {
		if wanted[vs[i].ArticleID] == vs[i].N {
			out = append(out, vs[i].document())
		}
	}
	return out, nil
}

// document is a version as the index holds it. An answer written for citizens
// is searched with the body: people ask in its words.
func (v *versionRow) document() search.Document {
	body := v.Body
	if v.Answer != "" && v.Answer != v.Body {
		body = v.Answer + "\n" + v.Body
	}
	return search.Document{ID: strconv.FormatInt(v.ArticleID, 10), Title: v.Title, Keywords: list(v.Keywords), Body: body, From: v.ValidFrom, Until: v.ValidUntil,
		Facets: map[string][]string{"kind": {string(v.Kind)}, "path": {v.Path}, "access": {string(v.Access)}, "department": present(v.Department),
			"area": present(v.Area), "matter": list(v.Matters)}}
}

func present(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}

// rebuild lays out everything anew. What changes meanwhile has a higher number
// than the mark and is followed next time.
func (l *Library) rebuild(ctx context.Context) (int, error) {
	s, err := l.state(ctx, l.db)
	if err != nil {
		return 0, err
	}
	n := 0
	if err := l.index.Rebuild(ctx, l.all(ctx, &n), strconv.FormatInt(s.Changes, 10)); err != nil {
		return 0, fmt.Errorf("laying the knowledge index out anew: %w", err)
	}
	if l.broken.Swap(nil) != nil {
		l.note(func(c *Condition) { c.MendedAt = l.now() })
	}
	if n > 0 {
		l.log.Info("the knowledge index is laid out anew", "articles", n)
	}
	return n, l.promoteAll(ctx)
}

// all yields every wanted version, by id.
func (l *Library) all(ctx context.Context, n *int) iter.Seq2[search.Document, error] {
	return func(yield func(search.Document, error) bool) {
		last := int64(0)
		for {
			var as []articleRow
			err := l.db.NewSelect().Model(&as).Where("id > ? AND wanted > 0", last).Order("id").Limit(batch).Scan(ctx)
			if err != nil {
				yield(search.Document{}, fmt.Errorf("reading articles for the index: %w", err))
				return
			}
			if len(as) == 0 {
				return
			}
			last = as[len(as)-1].ID
			docs, err := l.documents(ctx, as)
			if err != nil {
				yield(search.Document{}, err)
				return
			}
			for i := range docs {
				*n++
				if !yield(docs[i], nil) {
					return
				}
			}
		}
	}
}

// promoteAll publishes every version that the index holds and that does not
// serve yet.
func (l *Library) promoteAll(ctx context.Context) error {
	for {
		var as []articleRow
		if err := l.db.NewSelect().Model(&as).Where("wanted > 0 AND wanted <> live").Order("id").Limit(batch).Scan(ctx); err != nil {
			return fmt.Errorf("looking for what the index holds: %w", err)
		}
		if len(as) == 0 {
			return nil
		}
		if err := l.promote(ctx, as); err != nil {
			return err
		}
	}
}

// promote lets the versions serve that the index now holds. One that was taken
// off or overtaken since it was read is left alone.
func (l *Library) promote(ctx context.Context, as []articleRow) error {
	now := l.now()
	return l.quietly(ctx, func(ctx context.Context, tx bun.Tx) error {
		for i := range as {
			if as[i].Wanted == 0 || as[i].Wanted == as[i].Live {
				continue
			}
			if err := promote(ctx, tx, as[i], now); err != nil {
				return err
			}
		}
		return nil
	})
}

func promote(ctx context.Context, tx bun.Tx, seen articleRow, now time.Time) error {
	res, err := tx.NewUpdate().Model((*articleRow)(nil)).Set("live = wanted").Where("id = ? AND wanted = ? AND live = ?", seen.ID, seen.Wanted, seen.Live).Exec(ctx)
	if err != nil {
		return fmt.Errorf("publishing an article: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	if seen.Live != 0 {
		if err := setState(ctx, tx, seen.ID, seen.Live, Replaced); err != nil {
			return err
		}
	}
	_, err = tx.NewUpdate().Model((*versionRow)(nil)).Set("state = ?, published_at = ?", Published, now).Where("article_id = ? AND n = ?", seen.ID, seen.Wanted).Exec(ctx)
	if err != nil {
		return fmt.Errorf("publishing an article: %w", err)
	}
	return nil
}
