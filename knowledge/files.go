package knowledge

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/files"
	"nengban/tickets/staff"
	"nengban/tickets/vault"
)

// MaxFile is the largest attachment taken, in bytes.
const MaxFile = 20 << 20

// accepted are forms, guides and pictures, by what is in them.
var accepted = files.Rules{Place: "articles", Most: MaxFile, Kinds: []string{"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "text/plain", "application/msword", "application/vnd.ms-excel",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}}

// Attachment is a file that belongs to an article: a form to fill in, the
// document itself.
type Attachment struct {
	ID        int64
	Name      string
	MediaType string
	Size      int64
	AddedBy   string
	AddedAt   time.Time
	sha256    string
}

type fileRow struct {
	bun.BaseModel `bun:"table:article_files"`

	ID        int64 `bun:"id,pk,autoincrement"`
	ArticleID int64
	Name      string
	MediaType string
	Size      int64
	SHA256    string `bun:"sha256"`
	AddedBy   string
	AddedAt   time.Time
}

// Attach stores a file with the article's newest version; a version that
// others have seen becomes a new draft first. It refuses with FieldErrors what
// is empty, too large or of a kind that nobody could open.
func (l *Library) Attach(ctx context.Context, by staff.Member, ref Ref, name string, body io.Reader) (*Article, error) {
	r, err := l.keep(name, body)
	if err != nil {
		return nil, err
	}
	r.ArticleID, r.AddedBy, r.AddedAt = ref.ID, by.Name, l.now()
	return l.withFiles(ctx, by, ref, func(ctx context.Context, tx bun.Tx, had []int64) ([]int64, error) {
		if _, err := tx.NewInsert().Model(&r).Returning("id").Exec(ctx); err != nil {
			return nil, fmt.Errorf("writing an attachment: %w", err)
		}
		return append(had, r.ID), nil
	})
}

// Detach leaves an attachment out of the newest version. Earlier versions keep it.
func (l *Library) Detach(ctx context.Context, by staff.Member, ref Ref, file int64) (*Article, error) {
	return l.withFiles(ctx, by, ref, func(_ context.Context, _ bun.Tx, had []int64) ([]int64, error) {
		if !slices.Contains(had, file) {
			return nil, ErrNotFound
		}
		return slices.DeleteFunc(had, func(id int64) bool { return id == file }), nil
	})
}

func (l *Library) withFiles(ctx context.Context, by staff.Member, ref Ref, change func(context.Context, bun.Tx, []int64) ([]int64, error)) (*Article, error) {
	var out *Article
	err := l.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		a, v, err := l.opened(ctx, tx, by, ref)
		if err != nil {
			return err
		}
		files, err := change(ctx, tx, ids(v.Files))
		if err != nil {
			return err
		}
		v.Files = joinedIDs(files)
		out, err = rewrite(ctx, tx, by, a, v, v.content(), Write, "", l.now())
		return err
	})
	return out, err
}

// Attachment returns a file of an article and its content: to staff, and to
// citizens when the version that serves has it and is theirs to read.
func (l *Library) Attachment(ctx context.Context, article, file int64, citizen bool) (Attachment, io.ReadCloser, error) {
	if citizen {
		live, err := l.liveOf(ctx, []int64{article}, true)
		if err != nil {
			return Attachment{}, nil, err
		}
		if a := live[article]; a == nil || !slices.Contains(a.Files, file) {
			return Attachment{}, nil, ErrNotFound
		}
	}
	var r fileRow
	err := l.db.NewSelect().Model(&r).Where("id = ? AND article_id = ?", file, article).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Attachment{}, nil, ErrNotFound
	}
	if err != nil {
		return Attachment{}, nil, fmt.Errorf("reading an attachment: %w", err)
	}
	content, err := l.files.Read(r.SHA256)
	if err != nil {
		return Attachment{}, nil, fmt.Errorf("attachment %d: %w", file, err)
	}
	return r.attachment(), io.NopCloser(bytes.NewReader(content)), nil
}

func (r fileRow) attachment() Attachment {
	return Attachment{r.ID, r.Name, r.MediaType, r.Size, r.AddedBy, r.AddedAt.UTC(), r.SHA256}
}

func (l *Library) attached(ctx context.Context, a *Article) ([]Attachment, error) {
	if len(a.Files) == 0 {
		return nil, nil
	}
	var rows []fileRow
	if err := l.db.NewSelect().Model(&rows).Where("article_id = ? AND id IN (?)", a.ID, bun.List(a.Files)).Order("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("listing attachments: %w", err)
	}
	out := make([]Attachment, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.attachment())
	}
	return out, nil
}

// keep stores a file and returns its row.
func (l *Library) keep(name string, from io.Reader) (fileRow, error) {
	f, err := l.files.Keep(name, from)
	var refused *files.Refused
	if errors.As(err, &refused) {
		return fileRow{}, FieldErrors{{Field: "file", Code: refused.Code, Args: refused.Args}}
	}
	return fileRow{Name: f.Name, MediaType: f.MediaType, Size: f.Size, SHA256: f.SHA256}, err
}

// ResealFiles seals the articles' files anew with a vault that opens what is
// sealed, and returns how many there are.
func (l *Library) ResealFiles(v *vault.Vault) (int, error) { return l.files.Reseal(v) }
