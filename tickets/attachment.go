package tickets

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
	"nengban/tickets/vault"
)

// MaxAttachment is the largest file taken, in bytes.
const MaxAttachment = 20 << 20

// kinds of files that people bring as evidence, by what is in them, not by name.
var accepted = []string{"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "text/plain",
	"audio/mpeg", "audio/amr", "audio/wav", "audio/mp4", "audio/x-m4a", "video/mp4", "video/quicktime",
	"application/msword", "application/vnd.ms-excel",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}

// Attachment is a file that belongs to a ticket.
type Attachment struct {
	ID        int64
	TicketID  int64
	Name      string
	MediaType string
	Size      int64
	SHA256    string
	AddedBy   string
	AddedAt   time.Time
}

// Files is the folder that attachments lie in, by their SHA-256. No path from
// outside reaches the file system: os.Root refuses to leave the folder.
// Sealed, what lies there opens only with the vault.
type Files struct {
	root  *os.Root
	vault *vault.Vault
}

// SealWith makes the folder keep files sealed from now on. Those that lie
// there in clear are still read.
func (fs *Files) SealWith(v *vault.Vault) { fs.vault = v }

// OpenFiles opens the folder, making it when it is missing.
func OpenFiles(dir string) (*Files, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the attachments folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the attachments folder: %w", err)
	}
	return &Files{root: root}, nil
}

// Upload is a file as it arrives.
type Upload struct {
	Name string
	Body io.Reader
}

// AddAttachment stores a file and puts it on the ticket with a line in the
// timeline. It refuses with FieldErrors what is empty, too large or of a kind
// that is not evidence.
func (d *Desk) AddAttachment(ctx context.Context, by staff.Member, ref Ref, files *Files, up Upload) (*Ticket, error) {
	t, err := d.load(ctx, d.db, ref.Number)
	if err != nil {
		return nil, err
	}
	if !by.May(staff.Attach, t.Subject()) {
		return nil, ErrNotAllowed
	}
	a, err := files.keep(up)
	if err != nil {
		return nil, err
	}
	a.TicketID, a.AddedBy, a.AddedAt = t.ID, by.Name, d.Now()
	r := attachmentRow{TicketID: a.TicketID, Name: a.Name, MediaType: a.MediaType, Size: a.Size, SHA256: a.SHA256, AddedBy: a.AddedBy, AddedAt: a.AddedAt}
	if _, err := d.db.NewInsert().Model(&r).Returning("id").Exec(ctx); err != nil {
		return nil, fmt.Errorf("writing an attachment: %w", err)
	}
	return d.Act(ctx, by, Ref{Number: ref.Number}, &Attach{Attachments: []int64{r.ID}, Text: a.Name})
}

// Attachment returns one attachment of a ticket that the member may read, and
// its content.
func (d *Desk) Attachment(ctx context.Context, by staff.Member, number string, id int64, files *Files) (Attachment, io.ReadCloser, error) {
	t, err := d.Ticket(ctx, by, number)
	if err != nil {
		return Attachment{}, nil, err
	}
	var r attachmentRow
	err = d.db.NewSelect().Model(&r).Where("id = ? AND ticket_id = ?", id, t.ID).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return Attachment{}, nil, ErrNotFound
	}
	if err != nil {
		return Attachment{}, nil, fmt.Errorf("reading an attachment: %w", err)
	}
	body, err := files.read(r.SHA256)
	if err != nil {
		return Attachment{}, nil, err
	}
	a := r.attachment()
	if d.hiddenFrom(by, t) {
		a.Name = fmt.Sprintf("attachment-%d", a.ID)
	}
	return a, io.NopCloser(bytes.NewReader(body)), nil
}

// keep checks a file by its content and stores it under its digest, so that
// the same photo sent twice is stored once.
func (fs *Files) keep(up Upload) (Attachment, error) {
	body, err := io.ReadAll(io.LimitReader(up.Body, MaxAttachment+1))
	if err != nil {
		return Attachment{}, fmt.Errorf("reading an upload: %w", err)
	}
	wrong := func(code string, args ...any) (Attachment, error) {
		return Attachment{}, FieldErrors{{Field: "file", Code: code, Args: args}}
	}
	if len(body) == 0 {
		return wrong("empty_file")
	}
	if len(body) > MaxAttachment {
		return wrong("file_too_large", MaxAttachment>>20)
	}
	kind, _, _ := strings.Cut(mimetype.Detect(body).String(), ";")
	if !slices.Contains(accepted, kind) {
		return wrong("file_kind", kind)
	}
	if body, err = withoutPlace(kind, body); err != nil {
		return wrong("file_kind", kind)
	}
	sum := sha256.Sum256(body)
	a := Attachment{Name: fileName(up.Name), MediaType: kind, Size: int64(len(body)), SHA256: hex.EncodeToString(sum[:])}
	return a, fs.write(a.SHA256, body)
}

// write makes the file appear whole or not at all.
func (fs *Files) write(sum string, body []byte) error {
	at := place(sum)
	if fs.vault != nil {
		sealed, err := fs.vault.Seal(body, "attachments:"+sum)
		if err != nil {
			return err
		}
		body = append([]byte(sealedMark), sealed...)
	}
	if _, err := fs.root.Stat(at); err == nil {
		return nil
	}
	if err := fs.root.MkdirAll(path.Dir(at), 0o700); err != nil {
		return fmt.Errorf("making room for an attachment: %w", err)
	}
	f, err := fs.root.OpenFile(at+".part", os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("writing an attachment: %w", err)
	}
	_, err = io.Copy(f, bytes.NewReader(body))
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing an attachment: %w", err)
	}
	return fs.root.Rename(at+".part", at)
}

// sealedMark begins a file that the vault has sealed.
const sealedMark = "nengban sealed 1\n"

// read returns a file in clear.
func (fs *Files) read(sum string) ([]byte, error) {
	body, err := fs.root.ReadFile(place(sum))
	if err != nil {
		return nil, fmt.Errorf("opening an attachment: %w", err)
	}
	sealed, ok := bytes.CutPrefix(body, []byte(sealedMark))
	if !ok {
		return body, nil
	}
	if fs.vault == nil {
		return nil, vault.ErrSealed
	}
	return fs.vault.Open(sealed, "attachments:"+sum)
}

// ResealFile returns a stored file sealed with the vault's newest key, whether
// it lay there sealed or in clear; name is its digest.
func ResealFile(v *vault.Vault, name string, stored []byte) ([]byte, error) {
	plain := stored
	if sealed, ok := bytes.CutPrefix(stored, []byte(sealedMark)); ok {
		var err error
		if plain, err = v.Open(sealed, "attachments:"+name); err != nil {
			return nil, err
		}
	}
	sealed, err := v.Seal(plain, "attachments:"+name)
	return append([]byte(sealedMark), sealed...), err
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
	if s == "" || s == "." || s == ".." || s == "/" {
		return "file"
	}
	return s
}

type attachmentRow struct {
	bun.BaseModel `bun:"table:attachments"`

	ID        int64 `bun:"id,pk,autoincrement"`
	TicketID  int64
	Name      string
	MediaType string
	Size      int64
	SHA256    string `bun:"sha256"`
	AddedBy   string
	AddedAt   time.Time
}

func (r attachmentRow) attachment() Attachment {
	return Attachment{r.ID, r.TicketID, r.Name, r.MediaType, r.Size, r.SHA256, r.AddedBy, r.AddedAt.UTC()}
}

func (d *Desk) attachmentsOf(ctx context.Context, ticketID int64) ([]Attachment, error) {
	var rows []attachmentRow
	if err := d.db.NewSelect().Model(&rows).Where("ticket_id = ?", ticketID).Order("id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("listing attachments: %w", err)
	}
	out := make([]Attachment, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.attachment())
	}
	return out, nil
}
