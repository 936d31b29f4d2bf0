package knowledge

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/staff"
)

// Ref names an article and the version of its row that was seen when it was
// opened; 0 says that nobody looked.
type Ref struct {
	ID      int64
	Version int64
}

// Create takes in a new draft. It refuses with ErrNotAllowed and FieldErrors.
func (l *Library) Create(ctx context.Context, by staff.Member, c Content) (*Article, error) {
	c = c.Tidied()
	if !l.may(by, staff.EditKnowledge, c.Department) {
		return nil, ErrNotAllowed
	}
	if err := c.check().orNil(); err != nil {
		return nil, err
	}
	var out *Article
	err := l.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		if err := l.fits(ctx, tx, by, 0, c); err != nil {
			return err
		}
		var err error
		out, err = insert(ctx, tx, by, &articleRow{}, c, Draft, Write, l.now())
		return err
	})
	return out, err
}

// Save writes a new text. A draft is overwritten; anything that others have
// seen stays as it was, and the text becomes the next version. It refuses with
// ErrNotFound, ErrNotAllowed, FieldErrors and a *Conflict.
func (l *Library) Save(ctx context.Context, by staff.Member, ref Ref, c Content) (*Article, error) {
	c = c.Tidied()
	if err := c.check().orNil(); err != nil {
		return nil, err
	}
	var out *Article
	err := l.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		a, v, err := l.opened(ctx, tx, by, ref)
		if err != nil {
			return err
		}
		if !l.may(by, staff.EditKnowledge, c.Department) {
			return ErrNotAllowed
		}
		if err := l.fits(ctx, tx, by, a.ID, c); err != nil {
			return err
		}
		out, err = rewrite(ctx, tx, by, a, v, c, Write, "", l.now())
		return err
	})
	return out, err
}

// Restore makes an earlier version's text the newest draft again.
func (l *Library) Restore(ctx context.Context, by staff.Member, ref Ref, n int) (*Article, error) {
	var out *Article
	err := l.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		a, v, err := l.opened(ctx, tx, by, ref)
		if err != nil {
			return err
		}
		_, old, err := load(ctx, tx, ref.ID, n)
		if err != nil {
			return err
		}
		c := old.content()
		if !l.may(by, staff.EditKnowledge, c.Department) {
			return ErrNotAllowed
		}
		if err := l.fits(ctx, tx, by, a.ID, c); err != nil {
			return err
		}
		out, err = rewrite(ctx, tx, by, a, v, c, RestoreStep, fmt.Sprintf("v%d", n), l.now())
		return err
	})
	return out, err
}

// opened loads what is to be changed and refuses a member who may not, and a
// form that was opened before somebody else wrote.
func (l *Library) opened(ctx context.Context, tx bun.Tx, by staff.Member, ref Ref) (*articleRow, *versionRow, error) {
	a, v, err := load(ctx, tx, ref.ID, 0)
	if err != nil {
		return nil, nil, err
	}
	if !l.may(by, staff.EditKnowledge, v.Department) {
		return nil, nil, ErrNotAllowed
	}
	if ref.Version != 0 && ref.Version != a.Version {
		return nil, nil, &Conflict{articleOf(a, v)}
	}
	return a, v, nil
}

// fits checks a content against what else there is: a title is one article's,
// and a path must be there and be one where the member may write.
func (l *Library) fits(ctx context.Context, tx bun.Tx, by staff.Member, id int64, c Content) error {
	var es FieldErrors
	taken, err := tx.NewSelect().Model((*articleRow)(nil)).Where("title_key = ? AND id <> ?", titleKey(c.Title), id).Exists(ctx)
	if err != nil {
		return fmt.Errorf("looking for the title: %w", err)
	}
	if taken {
		es.add("title", "title_taken")
	}
	paths, err := l.paths(ctx, tx)
	if err != nil {
		return err
	}
	if code := paths.refuse(l, by, c.Path); code != "" {
		es.add("path", code)
	}
	return es.orNil()
}

// insert writes an article that is not there yet.
func insert(ctx context.Context, tx bun.Tx, by staff.Member, a *articleRow, c Content, s State, step Step, now time.Time) (*Article, error) {
	a.TitleKey, a.Head, a.Version, a.TouchedAt = titleKey(c.Title), 1, 1, now
	if _, err := tx.NewInsert().Model(a).Returning("id").Exec(ctx); err != nil {
		return nil, fmt.Errorf("writing an article: %w", err)
	}
	v := versionOf(a.ID, 1, c)
	v.State, v.WrittenBy, v.WrittenName, v.WrittenAt = s, by.ID, by.Name, now
	if _, err := tx.NewInsert().Model(&v).Exec(ctx); err != nil {
		return nil, fmt.Errorf("writing an article: %w", err)
	}
	return articleOf(a, &v), note(ctx, tx, a, step, by, "", now)
}

// rewrite gives an article a new text.
func rewrite(ctx context.Context, tx bun.Tx, by staff.Member, a *articleRow, v *versionRow, c Content, step Step, why string, now time.Time) (*Article, error) {
	next := versionOf(a.ID, v.N, c)
	next.Files, next.State, next.WrittenBy, next.WrittenName, next.WrittenAt = v.Files, Draft, by.ID, by.Name, now
	if v.State == Draft {
		if _, err := tx.NewUpdate().Model(&next).WherePK().Exec(ctx); err != nil {
			return nil, fmt.Errorf("writing a version: %w", err)
		}
	} else {
		next.N++
		if _, err := tx.NewInsert().Model(&next).Exec(ctx); err != nil {
			return nil, fmt.Errorf("writing a version: %w", err)
		}
		// What waited for a review or for the index is overtaken.
		if v.State == InReview || v.State == Approved && a.Wanted != v.N {
			if err := setState(ctx, tx, a.ID, v.N, Replaced); err != nil {
				return nil, err
			}
		}
	}
	a.Head, a.TitleKey = next.N, titleKey(c.Title)
	if err := touch(ctx, tx, a, now); err != nil {
		return nil, err
	}
	return articleOf(a, &next), note(ctx, tx, a, step, by, why, now)
}

// touch writes an article's row anew. The writer's lock is held, so nobody
// else has written since it was read.
func touch(ctx context.Context, tx bun.Tx, a *articleRow, now time.Time) error {
	a.Version++
	a.TouchedAt = now
	_, err := tx.NewUpdate().Model(a).Column("source", "external_no", "digest", "title_key", "head", "wanted", "live", "changed", "version", "touched_at").WherePK().Exec(ctx)
	if err != nil {
		return fmt.Errorf("writing an article: %w", err)
	}
	return nil
}

func setState(ctx context.Context, tx bun.Tx, id int64, n int, s State) error {
	_, err := tx.NewUpdate().Model((*versionRow)(nil)).Set("state = ?", s).Where("article_id = ? AND n = ?", id, n).Exec(ctx)
	if err != nil {
		return fmt.Errorf("writing a version: %w", err)
	}
	return nil
}

// note adds a line to the article's history.
func note(ctx context.Context, tx bun.Tx, a *articleRow, s Step, by staff.Member, why string, now time.Time) error {
	r := stepRow{ArticleID: a.ID, N: a.Head, Step: s, ByID: by.ID, ByName: by.Name, At: now, Note: why}
	if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
		return fmt.Errorf("writing an article's history: %w", err)
	}
	return nil
}
