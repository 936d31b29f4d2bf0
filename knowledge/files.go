package knowledge

import (
	"bytes"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/gabriel-vasile/mimetype"
	"github.com/uptrace/bun"

	"nengban/tickets/staff"
)

// MaxFile is the largest attachment taken, in bytes.
const MaxFile = 20 << 20

// acceptedFiles are forms, guides and pictures, by what is in them.
var acceptedFiles = []string{"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "text/plain", "application/msword", "application/vnd.ms-excel",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

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
	r, err := l.files.keep(name, body)
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
	f, err := l.files.root.Open(place(r.SHA256))
	if err != nil {
		return Attachment{}, nil, fmt.Errorf("opening an attachment: %w", err)
	}
	return r.attachment(), f, nil
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

// files is the folder that attachments lie in, by their SHA-256; os.Root keeps
// every path inside.
type files struct{ root *os.Root }

func openFiles(dir string) (*files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the articles' files: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the folder of the articles' files: %w", err)
	}
	return &files{root}, nil
}

func (fs *files) close() error { return fs.root.Close() }

func (fs *files) keep(name string, from io.Reader) (fileRow, error) {
	body, err := io.ReadAll(io.LimitReader(from, MaxFile+1))
	if err != nil {
		return fileRow{}, fmt.Errorf("reading an upload: %w", err)
	}
	kind, _, _ := strings.Cut(mimetype.Detect(body).String(), ";")
	switch {
	case len(body) == 0:
		return fileRow{}, FieldErrors{{Field: "file", Code: "empty_file"}}
	case len(body) > MaxFile:
		return fileRow{}, FieldErrors{{Field: "file", Code: "file_too_large", Args: []any{MaxFile >> 20}}}
	case !slices.Contains(acceptedFiles, kind):
		return fileRow{}, FieldErrors{{Field: "file", Code: "file_kind", Args: []any{kind}}}
	}
	sum := sha256.Sum256(body)
	r := fileRow{Name: fileName(name), MediaType: kind, Size: int64(len(body)), SHA256: hex.EncodeToString(sum[:])}
	return r, fs.write(r.SHA256, body)
}

// write makes the file appear whole or not at all.
func (fs *files) write(sum string, body []byte) error {
	at := place(sum)
	if _, err := fs.root.Stat(at); err == nil {
		return nil
	}
	err := fs.root.MkdirAll(path.Dir(at), 0o700)
	if err == nil {
		var f *os.File
		if f, err = fs.root.OpenFile(at+".part", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600); err == nil {
			_, err = io.Copy(f, bytes.NewReader(body))
			err = errors.Join(err, f.Sync(), f.Close())
		}
	}
	if err == nil {
		err = fs.root.Rename(at+".part", at)
	}
	if err != nil {
		return fmt.Errorf("writing an attachment: %w", err)
	}
	return nil
}

func place(sum string) string { return sum[:2] + "/" + sum }

// fileName keeps the last part of a name, without control characters, at most
// 100 characters.
func fileName(s string) string {
	s = path.Base(strings.ReplaceAll(s, `\`, "/"))
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > 100 {
		s = string(r[len(r)-100:])
	}
	if s == "" || s == "." || s == "/" {
		return "file"
	}
	return s
}
