package knowledge

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"nengban/tickets/staff"
)

// Path is a category (类目) that articles may lie in: a leaf of the tree, from
// the top down, joined by /. Besides the editors, only its department writes
// there; without one, every department.
type Path struct {
	Path       string
	Department string
	Articles   int // how many lie in it
}

type pathRow struct {
	bun.BaseModel `bun:"table:article_paths"`

	Path       string `bun:"path,pk"`
	Department string
}

// Paths returns the categories in order, with how many articles each holds.
func (l *Library) Paths(ctx context.Context) ([]Path, error) {
	return l.countPaths(ctx, byHead, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
}

// PublicPaths returns the categories that hold something a citizen may read,
// with how much.
func (l *Library) PublicPaths(ctx context.Context) ([]Path, error) {
	now := l.now()
	all, err := l.countPaths(ctx, byLive, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("v.access = ? AND (v.valid_from IS NULL OR v.valid_from <= ?) AND (v.valid_until IS NULL OR v.valid_until > ?)", Public, now, now)
	})
	return slices.DeleteFunc(all, func(p Path) bool { return p.Articles == 0 }), err
}

func (l *Library) countPaths(ctx context.Context, column bun.Ident, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]Path, error) {
	var rows []pathRow
	if err := l.db.NewSelect().Model(&rows).Order("path").Scan(ctx); err != nil {
		return nil, fmt.Errorf("listing categories: %w", err)
	}
	var counts []struct {
		Path string
		N    int
	}
	q := l.db.NewSelect().TableExpr("articles AS a").Join("JOIN article_versions AS v ON v.article_id = a.id AND v.n = a.?", column).
		ColumnExpr("v.path AS path, count(*) AS n").GroupExpr("v.path")
	if err := narrow(q).Scan(ctx, &counts); err != nil {
		return nil, fmt.Errorf("counting categories: %w", err)
	}
	n := map[string]int{}
	for _, c := range counts {
		n[c.Path] = c.N
	}
	out := make([]Path, 0, len(rows))
	for _, r := range rows {
		out = append(out, Path{r.Path, r.Department, n[r.Path]})
	}
	return out, nil
}

// AddPath takes in a category, or gives a known one to another department. It
// refuses with ErrNotAllowed, and with FieldErrors what is not a path, lies
// below a category that holds articles, or above another.
func (l *Library) AddPath(ctx context.Context, by staff.Member, p Path) error {
	if by.Reach(staff.PublishKnowledge) == staff.None {
		return ErrNotAllowed
	}
	p.Path = tidyPath(p.Path)
	if p.Path == "" || len([]rune(p.Path)) > 200 || !isText(p.Path) || strings.ContainsAny(p.Path, "\n\t") {
		return FieldErrors{{Field: "path", Code: "missing"}}
	}
	return l.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		all, err := l.paths(ctx, tx)
		if err != nil {
			return err
		}
		if code := all.misplaced(p.Path); code != "" {
			return FieldErrors{{Field: "path", Code: code}}
		}
		return savePath(ctx, tx, p)
	})
}

// RemovePath takes a category out. It refuses one that holds articles.
func (l *Library) RemovePath(ctx context.Context, by staff.Member, path string) error {
	if by.Reach(staff.PublishKnowledge) == staff.None {
		return ErrNotAllowed
	}
	return l.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		held, err := tx.NewSelect().TableExpr("articles AS a").Join("JOIN article_versions AS v ON v.article_id = a.id AND (v.n = a.head OR v.n = a.live)").
			Where("v.path = ?", path).Exists(ctx)
		if err != nil {
			return fmt.Errorf("looking into a category: %w", err)
		}
		if held {
			return FieldErrors{{Field: "path", Code: "path_in_use"}}
		}
		if _, err := tx.NewDelete().Model((*pathRow)(nil)).Where("path = ?", path).Exec(ctx); err != nil {
			return fmt.Errorf("removing a category: %w", err)
		}
		return nil
	})
}

func savePath(ctx context.Context, tx bun.Tx, p Path) error {
	r := pathRow{Path: p.Path, Department: p.Department}
	if _, err := tx.NewInsert().Model(&r).On("CONFLICT (path) DO UPDATE").Set("department = EXCLUDED.department").Exec(ctx); err != nil {
		return fmt.Errorf("saving a category: %w", err)
	}
	return nil
}

// tree is the categories as a check needs them: path → department.
type tree map[string]string

func (l *Library) paths(ctx context.Context, db bun.IDB) (tree, error) {
	var rows []pathRow
	if err := db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading categories: %w", err)
	}
	out := tree{}
	for _, r := range rows {
		out[r.Path] = r.Department
	}
	return out, nil
}

// refuse returns why the member may not put an article into a category, or "":
// it must be there, a leaf, and one where he may write (信阳, 2021).
func (t tree) refuse(l *Library, by staff.Member, path string) string {
	unit, ok := t[path]
	switch {
	case ok && unit != "" && !l.may(by, staff.EditKnowledge, unit):
		return "path_of_others"
	case ok:
		return ""
	case t.above(path):
		return "path_no_leaf"
	default:
		return "path_unknown"
	}
}

// above says whether a known category lies below the path.
func (t tree) above(path string) bool {
	for p := range t {
		if strings.HasPrefix(p, path+"/") {
			return true
		}
	}
	return false
}

// misplaced returns why a path cannot become a category: articles lie in
// leaves only.
func (t tree) misplaced(path string) string {
	if _, known := t[path]; known {
		return ""
	}
	if t.above(path) {
		return "path_no_leaf"
	}
	for p := range t {
		if strings.HasPrefix(path, p+"/") {
			return "path_below_leaf"
		}
	}
	return ""
}
