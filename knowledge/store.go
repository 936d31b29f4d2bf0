package knowledge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"
)

type articleRow struct {
	bun.BaseModel `bun:"table:articles,alias:a"`

	ID         int64 `bun:"id,pk,autoincrement"`
	Source     string
	ExternalNo string
	Digest     string
	TitleKey   string
	Head       int
	Wanted     int
	Live       int
	Changed    int64
	Version    int64
	Views      int64
	Uses       int64
	UsedAt     time.Time `bun:",nullzero"`
	TouchedAt  time.Time
}

type versionRow struct {
	bun.BaseModel `bun:"table:article_versions,alias:v"`

	ArticleID   int64 `bun:"article_id,pk"`
	N           int   `bun:"n,pk"`
	State       State
	Title       string
	Kind        Kind
	Nature      string
	Path        string
	Body        string
	Answer      string
	Basis       string
	Department  string
	Issuer      string
	Matters     string
	Keywords    string
	Area        string
	Access      Access
	ValidFrom   time.Time `bun:",nullzero"`
	ValidUntil  time.Time `bun:",nullzero"`
	ReviewAt    time.Time `bun:",nullzero"`
	Files       string
	WrittenBy   int64
	WrittenName string
	WrittenAt   time.Time
	PublishedAt time.Time `bun:",nullzero"`
}

type stepRow struct {
	bun.BaseModel `bun:"table:article_steps"`

	ID        int64 `bun:"id,pk,autoincrement"`
	ArticleID int64
	N         int
	Step      Step
	ByID      int64
	ByName    string
	At        time.Time
	Note      string
}

// versionOf lays a content out as a version. Moments are kept to the
// microsecond that both databases know.
func versionOf(id int64, n int, c Content) versionRow {
	return versionRow{ArticleID: id, N: n, Title: c.Title, Kind: c.Kind, Nature: c.Nature, Path: c.Path, Body: c.Body, Answer: c.Answer, Basis: c.Basis,
		Department: c.Department, Issuer: c.Issuer, Matters: joined(c.Matters), Keywords: joined(c.Keywords), Area: c.Area, Access: c.Access,
		ValidFrom: moment(c.ValidFrom), ValidUntil: moment(c.ValidUntil), ReviewAt: moment(c.ReviewAt)}
}

func (v *versionRow) content() Content {
	return Content{Title: v.Title, Kind: v.Kind, Nature: v.Nature, Path: v.Path, Body: v.Body, Answer: v.Answer, Basis: v.Basis, Department: v.Department,
		Issuer: v.Issuer, Matters: list(v.Matters), Keywords: list(v.Keywords), Area: v.Area, Access: v.Access,
		ValidFrom: pointer(v.ValidFrom), ValidUntil: pointer(v.ValidUntil), ReviewAt: pointer(v.ReviewAt)}
}

func moment(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC().Truncate(time.Microsecond)
}

func pointer(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}

func articleOf(a *articleRow, v *versionRow) *Article {
	return &Article{ID: a.ID, Version: a.Version, N: v.N, State: v.State, Head: a.Head, Live: a.Live, Wanted: a.Wanted, Content: v.content(), Files: ids(v.Files),
		WrittenBy: v.WrittenBy, WrittenName: v.WrittenName, WrittenAt: v.WrittenAt.UTC(), PublishedAt: v.PublishedAt.UTC(), TouchedAt: a.TouchedAt.UTC(),
		Views: a.Views, Uses: a.Uses, UsedAt: a.UsedAt.UTC()}
}

func ids(s string) []int64 {
	var out []int64
	for _, w := range list(s) {
		if id, err := strconv.ParseInt(w, 10, 64); err == nil {
			out = append(out, id)
		}
	}
	return out
}

func joinedIDs(all []int64) string {
	out := make([]string, 0, len(all))
	for _, id := range all {
		out = append(out, strconv.FormatInt(id, 10))
	}
	return joined(out)
}

// load reads an article with one of its versions: n, or the newest for 0. It
// returns ErrNotFound.
func load(ctx context.Context, db bun.IDB, id int64, n int) (*articleRow, *versionRow, error) {
	a, v := new(articleRow), new(versionRow)
	err := db.NewSelect().Model(a).Where("id = ?", id).Scan(ctx)
	if err == nil {
		if n == 0 {
			n = a.Head
		}
		err = db.NewSelect().Model(v).Where("article_id = ? AND n = ?", id, n).Scan(ctx)
	}
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil, ErrNotFound
	}
	if err != nil {
		return nil, nil, fmt.Errorf("reading an article: %w", err)
	}
	return a, v, nil
}

// fetch reads the articles that choose picks, each with the version that the
// column names: head or live.
func fetch(ctx context.Context, db bun.IDB, column bun.Ident, choose func(*bun.SelectQuery) *bun.SelectQuery) ([]*Article, error) {
	var as []articleRow
	q := db.NewSelect().Model(&as).Join("JOIN article_versions AS v ON v.article_id = a.id AND v.n = a.?", column)
	if err := choose(q).Scan(ctx); err != nil {
		return nil, fmt.Errorf("listing articles: %w", err)
	}
	if len(as) == 0 {
		return nil, nil
	}
	found := make([]int64, 0, len(as))
	for i := range as {
		found = append(found, as[i].ID)
	}
	var vs []versionRow
	err := db.NewSelect().Model(&vs).Join("JOIN articles AS a ON a.id = v.article_id AND v.n = a.?", column).Where("a.id IN (?)", bun.List(found)).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("listing articles: %w", err)
	}
	byID := make(map[int64]*versionRow, len(vs))
	for i := range vs {
		byID[vs[i].ArticleID] = &vs[i]
	}
	out := make([]*Article, 0, len(as))
	for i := range as {
		if v := byID[as[i].ID]; v != nil {
			out = append(out, articleOf(&as[i], v))
		}
	}
	return out, nil
}

// The two versions of an article that are looked at.
const (
	byHead bun.Ident = "head"
	byLive bun.Ident = "live"
)
