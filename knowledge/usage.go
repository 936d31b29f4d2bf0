package knowledge

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/staff"
)

// views are the readings that were counted and not written down yet. Those of
// a process that is killed are lost: nobody was promised anything by them.
type views struct {
	mu sync.Mutex
	n  map[int64]int64
}

// Seen counts a reading of an article.
func (l *Library) Seen(id int64) {
	l.seen.mu.Lock()
	defer l.seen.mu.Unlock()
	if l.seen.n == nil {
		l.seen.n = map[int64]int64{}
	}
	l.seen.n[id]++
}

func (l *Library) countViews(ctx context.Context) error {
	l.seen.mu.Lock()
	n := l.seen.n
	l.seen.n = nil
	l.seen.mu.Unlock()
	for id, times := range n {
		if _, err := l.db.NewUpdate().Model((*articleRow)(nil)).Set("views = views + ?", times).Where("id = ?", id).Exec(ctx); err != nil {
			return fmt.Errorf("counting readings: %w", err)
		}
	}
	return nil
}

type searchRow struct {
	bun.BaseModel `bun:"table:knowledge_searches,alias:k"`

	Key     string `bun:"search_key,pk"`
	Words   string
	Times   int64
	Nothing int64 `bun:"missed"`
	Public  int64 `bun:"by_public"`
	LastAt  time.Time
	Done    bool
}

// longestSearch is how many characters of a search are noted; longer ones are
// whole texts and tell no editor what is missing.
const longestSearch = 40

// Searched notes what somebody looked for and whether it found anything, with
// what points to a person taken out. Searches that are typed letter by letter
// are not noted, nor what is nothing but signs.
func (l *Library) Searched(ctx context.Context, text string, found int, citizen bool) error {
	text = l.redact(text)
	key := titleKey(text)
	if n := len([]rune(text)); n < 2 || n > longestSearch || !isText(text) || len(pairsOf(text)) == 0 {
		return nil
	}
	r := searchRow{Key: key, Words: text, Times: 1, LastAt: l.now()}
	if found == 0 {
		r.Nothing = 1
	}
	if citizen {
		r.Public = 1
	}
	_, err := l.db.NewInsert().Model(&r).On("CONFLICT (search_key) DO UPDATE").
		Set("times = k.times + 1, missed = k.missed + EXCLUDED.missed, by_public = k.by_public + EXCLUDED.by_public, last_at = EXCLUDED.last_at").
		Exec(ctx)
	if err != nil {
		return fmt.Errorf("noting a search: %w", err)
	}
	return nil
}

// Missed is a search that found nothing.
type Missed struct {
	Key, Words     string
	Times, Nothing int64
	Public         int64
	LastAt         time.Time
}

// The lists below are for whoever keeps the knowledge base: what to write,
// what to mend, what to throw away. unit narrows three of them to the
// articles of one department.

// listed is how long a list is at most.
const listed = 200

// missedFor and the others are how far back the lists look.
const (
	missedFor = 90 * 24 * time.Hour
	unusedFor = 180 * 24 * time.Hour
	ratedFor  = 180 * 24 * time.Hour
)

// FoundNothing lists the searches of the last 90 days that found nothing and
// that nobody has seen to, the most frequent first.
func (l *Library) FoundNothing(ctx context.Context) ([]Missed, error) {
	var rows []searchRow
	err := l.db.NewSelect().Model(&rows).Where("missed > 0 AND done = ? AND last_at > ?", false, l.now().Add(-missedFor)).Order("missed DESC", "last_at DESC").Limit(listed).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing searches: %w", err)
	}
	out := make([]Missed, 0, len(rows))
	for _, r := range rows {
		out = append(out, Missed{r.Key, r.Words, r.Times, r.Nothing, r.Public, r.LastAt.UTC()})
	}
	return out, nil
}

// SeenTo takes a search off the list.
func (l *Library) SeenTo(ctx context.Context, by staff.Member, key string) error {
	if by.Reach(staff.EditKnowledge) == staff.None {
		return ErrNotAllowed
	}
	if _, err := l.db.NewUpdate().Model((*searchRow)(nil)).Set("done = ?", true).Where("search_key = ?", key).Exec(ctx); err != nil {
		return fmt.Errorf("seeing to a search: %w", err)
	}
	return nil
}

// Forget deletes searches that nobody repeated for 90 days and opinions older
// than two years; the timetable calls it once a day.
func (l *Library) Forget(ctx context.Context) (int, error) {
	n := int64(0)
	for _, q := range []*bun.DeleteQuery{
		l.db.NewDelete().Model((*searchRow)(nil)).Where("last_at <= ?", l.now().Add(-missedFor)),
		l.db.NewDelete().Model((*opinionRow)(nil)).Where("at <= ?", l.now().Add(-2*opinionsLast)),
	} {
		res, err := q.Exec(ctx)
		if err != nil {
			return int(n), fmt.Errorf("forgetting old searches: %w", err)
		}
		gone, err := res.RowsAffected()
		if err != nil {
			return int(n), err
		}
		n += gone
	}
	return int(n), nil
}

// Unused lists articles that serve since half a year and that no answer was
// taken from in that time, the longest unused first.
func (l *Library) Unused(ctx context.Context, unit string) ([]*Article, error) {
	since := l.now().Add(-unusedFor)
	return fetch(ctx, l.db, byLive, func(q *bun.SelectQuery) *bun.SelectQuery {
		q = q.Where("v.published_at < ? AND (a.used_at IS NULL OR a.used_at < ?)", since, since)
		return ofUnit(q, unit).OrderExpr("a.views, v.published_at, a.id").Limit(listed)
	})
}

// PastReview lists articles that serve although their review is due, the
// longest overdue first.
func (l *Library) PastReview(ctx context.Context, unit string) ([]*Article, error) {
	return fetch(ctx, l.db, byLive, func(q *bun.SelectQuery) *bun.SelectQuery {
		return ofUnit(q.Where("v.review_at <= ?", l.now()), unit).OrderExpr("v.review_at, a.id").Limit(listed)
	})
}

// Doubted is an article that was followed by bad ratings.
type Doubted struct {
	*Article
	Bad, Good int
	Last      time.Time
}

// Rated lists articles that people found wrong or unhelpful in the last half
// year, those with the most such opinions first.
func (l *Library) Rated(ctx context.Context, unit string) ([]Doubted, error) {
	var sums []struct {
		ArticleID int64
		Bad, Good int
		Last      time.Time
	}
	err := l.db.NewSelect().Table("article_opinions").ColumnExpr("article_id, sum(CASE WHEN losses > 0 THEN 1 ELSE 0 END) AS bad, sum(CASE WHEN wins > 0 THEN 1 ELSE 0 END) AS good, max(at) AS last").
		Where("at > ?", l.now().Add(-ratedFor)).Group("article_id").Having("sum(CASE WHEN losses > 0 THEN 1 ELSE 0 END) > 0").OrderExpr("bad DESC, article_id").Limit(listed).Scan(ctx, &sums)
	if err != nil || len(sums) == 0 {
		if err != nil {
			err = fmt.Errorf("summing up opinions: %w", err)
		}
		return nil, err
	}
	found := make([]int64, 0, len(sums))
	for _, s := range sums {
		found = append(found, s.ArticleID)
	}
	all, err := fetch(ctx, l.db, byHead, func(q *bun.SelectQuery) *bun.SelectQuery {
		return ofUnit(q.Where("a.id IN (?)", bun.List(found)), unit)
	})
	if err != nil {
		return nil, err
	}
	byID := map[int64]*Article{}
	for _, a := range all {
		byID[a.ID] = a
	}
	var out []Doubted
	for _, s := range sums {
		if a := byID[s.ArticleID]; a != nil {
			out = append(out, Doubted{a, s.Bad, s.Good, s.Last.UTC()})
		}
	}
	return out, nil
}

func ofUnit(q *bun.SelectQuery, unit string) *bun.SelectQuery {
	if unit != "" {
		q = q.Where("v.department = ?", unit)
	}
	return q
}

// Filter chooses articles by their newest version.
type Filter struct {
	State      State
	Kind       Kind
	Path       string
	Department string
	Area       string
	Access     Access
	Title      string // a part of it
	After      int64  // the id of the last one shown; articles come newest id first
}

// shown is how many articles a page of a list has.
const shown = 50

// List returns articles by their newest version, the newest first, and whether
// there are more.
func (l *Library) List(ctx context.Context, by staff.Member, f Filter) (out []*Article, more bool, err error) {
	if by.Reach(staff.UseKnowledge) == staff.None {
		return nil, false, ErrNotAllowed
	}
	out, err = fetch(ctx, l.db, byHead, func(q *bun.SelectQuery) *bun.SelectQuery {
		q = Query{Kind: f.Kind, Path: f.Path, Department: f.Department, Area: f.Area}.narrow(q)
		if f.State != "" {
			q = q.Where("v.state = ?", f.State)
		}
		if f.Access != "" {
			q = q.Where("v.access = ?", f.Access)
		}
		if f.Title != "" {
			q = q.Where(`(v.title LIKE ? ESCAPE '\')`, "%"+likeEscaper.Replace(f.Title)+"%")
		}
		if f.After > 0 {
			q = q.Where("a.id < ?", f.After)
		}
		return q.Order("a.id DESC").Limit(shown + 1)
	})
	if len(out) > shown {
		return out[:shown], true, err
	}
	return out, false, err
}

// Count is how many articles stand in each state of their newest version.
func (l *Library) Count(ctx context.Context) (map[State]int, error) {
	var rows []struct {
		State State
		N     int
	}
	err := l.db.NewSelect().TableExpr("articles AS a").Join("JOIN article_versions AS v ON v.article_id = a.id AND v.n = a.head").
		ColumnExpr("v.state AS state, count(*) AS n").GroupExpr("v.state").Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("counting articles: %w", err)
	}
	out := map[State]int{}
	for _, r := range rows {
		out[r.State] = r.N
	}
	return out, nil
}

// InPath lists the articles in force of one category, and below it, that
// citizens may read: by title, a page at a time.
func (l *Library) InPath(ctx context.Context, path string, from int) (out []*Article, more bool, err error) {
	now := l.now()
	out, err = fetch(ctx, l.db, byLive, func(q *bun.SelectQuery) *bun.SelectQuery {
		q = Query{Path: path, Citizen: true}.narrow(q)
		q = q.Where("(v.valid_from IS NULL OR v.valid_from <= ?) AND (v.valid_until IS NULL OR v.valid_until > ?)", now, now)
		return q.OrderExpr("v.path, v.title, a.id").Offset(int64(from)).Limit(shown + 1)
	})
	if len(out) > shown {
		return out[:shown], true, err
	}
	return out, false, err
}
