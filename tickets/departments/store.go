package departments

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/uptrace/bun"
)

// Store keeps the directory and hands out the newest snapshot. Reading costs
// nothing: a snapshot lives in memory until something is saved.
type Store struct {
	db  *bun.DB
	now atomic.Pointer[Directory]
}

// Open loads the directory from db.
func Open(ctx context.Context, db *bun.DB) (*Store, error) {
	s := &Store{db: db}
	return s, s.Reload(ctx)
}

// Directory returns the newest snapshot.
func (s *Store) Directory() *Directory { return s.now.Load() }

// Reload reads the directory anew, after another instance changed it.
func (s *Store) Reload(ctx context.Context) error {
	var ds []departmentRow
	var as []areaRow
	var cs []categoryRow
	var rows []dutyRow
	for _, q := range []*bun.SelectQuery{s.db.NewSelect().Model(&ds), s.db.NewSelect().Model(&as), s.db.NewSelect().Model(&cs), s.db.NewSelect().Model(&rows).Order("id")} {
		if err := q.Scan(ctx); err != nil {
			return fmt.Errorf("loading the directory: %w", err)
		}
	}
	duties := make([]Duty, 0, len(rows))
	for _, r := range rows {
		duties = append(duties, r.duty())
	}
	s.now.Store(New(bare(ds, func(r departmentRow) Department { return r.Department }),
		bare(as, func(r areaRow) Area { return r.Area }), bare(cs, func(r categoryRow) Category { return r.Category }), duties))
	return nil
}

// Contents is what Save writes; an empty list leaves its table alone.
type Contents struct {
	Departments []Department
	Areas       []Area
	Categories  []Category
	Duties      []Duty // with an id: changed; without: new
}

// Save writes all of it in one transaction, rows with a known code or id
// replaced, and takes the new snapshot into use. It refuses a row that names
// a department nobody knows.
func (s *Store) Save(ctx context.Context, c Contents) error {
	if err := s.check(c); err != nil {
		return err
	}
	err := s.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error { return save(ctx, tx, c) })
	if err != nil {
		return fmt.Errorf("saving the directory: %w", err)
	}
	return s.Reload(ctx)
}

func (s *Store) check(c Contents) error {
	known := map[string]bool{}
	for code := range s.Directory().departments {
		known[code] = true
	}
	for _, d := range c.Departments {
		if d.Code == "" || d.Name == "" {
			return errors.New("saving the directory: a department needs a code and a name")
		}
		known[d.Code] = true
	}
	for _, d := range c.Departments {
		if d.Parent != "" && !known[d.Parent] {
			return fmt.Errorf("saving the directory: department %s lies below %s, which nobody knows", d.Code, d.Parent)
		}
	}
	for _, x := range c.Duties {
		for _, code := range append([]string{x.Lead}, x.Assisting...) {
			if !known[code] {
				return fmt.Errorf("saving the directory: the row for %q names department %q, which nobody knows", x.Matter+x.Category, code)
			}
		}
	}
	return nil
}

func save(ctx context.Context, tx bun.Tx, c Contents) error {
	ds := bare(c.Departments, func(d Department) departmentRow { return departmentRow{Department: d} })
	as := bare(c.Areas, func(a Area) areaRow { return areaRow{Area: a} })
	cs := bare(c.Categories, func(x Category) categoryRow { return categoryRow{Category: x} })
	if len(ds) > 0 {
		if err := upsert(ctx, tx, &ds, "code", "parent", "name", "name_en", "kind", "leader", "contact", "duty_phone", "calendar", "active"); err != nil {
			return err
		}
	}
	if len(as) > 0 {
		if err := upsert(ctx, tx, &as, "code", "parent", "name"); err != nil {
			return err
		}
	}
	if len(cs) > 0 {
		if err := upsert(ctx, tx, &cs, "code", "parent", "name", "name_en"); err != nil {
			return err
		}
	}
	for _, x := range c.Duties {
		r := dutyRow{ID: x.ID, Matter: x.Matter, Category: x.Category, Area: x.Area, Lead: x.Lead,
			Assisting: strings.Join(x.Assisting, ","), Basis: x.Basis, Leader: x.Leader, Active: x.Active}
		var err error
		if x.ID == 0 {
			_, err = tx.NewInsert().Model(&r).Exec(ctx)
		} else {
			_, err = tx.NewUpdate().Model(&r).WherePK().Exec(ctx)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func upsert(ctx context.Context, tx bun.Tx, rows any, key string, columns ...string) error {
	q := tx.NewInsert().Model(rows).On("CONFLICT (?) DO UPDATE", bun.Ident(key))
	for _, c := range columns {
		q = q.Set("? = EXCLUDED.?", bun.Ident(c), bun.Ident(c))
	}
	_, err := q.Exec(ctx)
	return err
}

type departmentRow struct {
	bun.BaseModel `bun:"table:departments"`
	Department
}

type areaRow struct {
	bun.BaseModel `bun:"table:areas"`
	Area
}

type categoryRow struct {
	bun.BaseModel `bun:"table:categories"`
	Category
}

type dutyRow struct {
	bun.BaseModel `bun:"table:directory"`

	ID        int64 `bun:"id,pk,autoincrement"`
	Matter    string
	Category  string
	Area      string
	Lead      string
	Assisting string
	Basis     string
	Leader    string
	Active    bool
}

func (r dutyRow) duty() Duty {
	var assisting []string
	if r.Assisting != "" {
		assisting = strings.Split(r.Assisting, ",")
	}
	return Duty{ID: r.ID, Matter: r.Matter, Category: r.Category, Area: r.Area, Lead: r.Lead, Assisting: assisting,
		Basis: r.Basis, Leader: r.Leader, Active: r.Active}
}

func bare[A, B any](in []A, f func(A) B) []B {
	out := make([]B, 0, len(in))
	for _, x := range in {
		out = append(out, f(x))
	}
	return out
}
