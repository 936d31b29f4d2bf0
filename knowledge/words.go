package knowledge

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/uptrace/bun"

	"nengban/knowledge/search"
	"nengban/tickets/staff"
)

// Synonyms is the list that editors maintain: one group a line, as
// search.ParseSynonyms reads it. Every list that was saved is kept.
type Synonyms struct {
	Version int64 // 0: nobody has saved one
	Words   string
	SavedBy string
	SavedAt time.Time
}

type synonymsRow struct {
	bun.BaseModel `bun:"table:synonym_lists"`

	Version int64 `bun:"version,pk,autoincrement"`
	Words   string
	SavedBy string
	SavedAt time.Time
}

// wording remembers which list of synonyms the index searches with.
type wording struct{ version atomic.Int64 }

// Synonyms returns the newest list.
func (l *Library) Synonyms(ctx context.Context) (Synonyms, error) {
	var r synonymsRow
	err := l.db.NewSelect().Model(&r).Order("version DESC").Limit(1).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Synonyms{}, nil
	}
	if err != nil {
		return Synonyms{}, fmt.Errorf("reading the synonyms: %w", err)
	}
	return Synonyms{r.Version, r.Words, r.SavedBy, r.SavedAt.UTC()}, nil
}

// longestSynonyms bounds the list, in bytes.
const longestSynonyms = 200 << 10

// SaveSynonyms saves a new list; searches use it at once. It refuses with
// ErrNotAllowed, with FieldErrors where a line cannot be read, and with a
// *Conflict-like FieldError when somebody saved another since seen was opened.
func (l *Library) SaveSynonyms(ctx context.Context, by staff.Member, seen int64, text string) error {
	if by.Reach(staff.PublishKnowledge) == staff.None {
		return ErrNotAllowed
	}
	if !isText(text) || len(text) > longestSynonyms {
		return FieldErrors{{Field: "synonyms", Code: "not_text"}}
	}
	text = strings.ReplaceAll(text, "\r\n", "\n")
	if _, err := search.ParseSynonyms(text); err != nil {
		return FieldErrors{{Field: "synonyms", Code: "synonym_line", Args: []any{err.Error()}}}
	}
	err := l.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		last, err := tx.NewSelect().Model((*synonymsRow)(nil)).Where("version > ?", seen).Exists(ctx)
		if err != nil {
			return fmt.Errorf("reading the synonyms: %w", err)
		}
		if last {
			return FieldErrors{{Field: "synonyms", Code: "changed_meanwhile"}}
		}
		r := synonymsRow{Words: text, SavedBy: by.Name, SavedAt: l.now()}
		if _, err := tx.NewInsert().Model(&r).Returning("version").Exec(ctx); err != nil {
			return fmt.Errorf("saving the synonyms: %w", err)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return l.refreshWords(ctx)
}

// vocabulary is what searches know of the language: what the program brings
// along, the editors' synonyms, and the names of departments, matters and areas.
func (l *Library) vocabulary(ctx context.Context) (search.Words, error) {
	w := search.DefaultWords()
	s, err := l.Synonyms(ctx)
	if err != nil {
		return w, err
	}
	groups, err := search.ParseSynonyms(s.Words)
	if err != nil { // it was read before it was saved: a later program reads more strictly
		l.log.Warn("the editors' synonyms cannot be read", "error", err)
	}
	w.Synonyms = append(slices.Clone(w.Synonyms), groups...)
	names, areas := l.names()
	w.Names = append(slices.Clone(w.Names), names...)
	w.Areas = maps.Clone(areas)
	l.wording.version.Store(s.Version)
	return w, nil
}

// refreshWords takes up a list that was saved, here or by another instance.
func (l *Library) refreshWords(ctx context.Context) error {
	s, err := l.Synonyms(ctx)
	if err != nil || s.Version == l.wording.version.Load() {
		return err
	}
	return l.Relearn(ctx)
}

// Relearn takes up names that changed: departments, areas, matters.
func (l *Library) Relearn(ctx context.Context) error {
	w, err := l.vocabulary(ctx)
	if err == nil {
		l.index.SetWords(w)
	}
	return err
}
