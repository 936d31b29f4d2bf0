package tickets

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/files"
	"nengban/tickets/staff"
	"nengban/tickets/vault"
)

// MaxAttachment is the largest file taken, in bytes.
const MaxAttachment = 20 << 20

// accepted is what people bring, by what is in it.
var accepted = files.Rules{Place: "attachments", Most: MaxAttachment, Kinds: []string{"image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "text/plain",
	"audio/mpeg", "audio/amr", "audio/wav", "audio/mp4", "audio/x-m4a", "video/mp4", "video/quicktime",
	"application/msword", "application/vnd.ms-excel",
	"application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}}

// Files is the folder that the attachments of tickets lie in.
type Files = files.Folder

// OpenFiles opens the folder, making it when it is missing. The vault seals
// what is put there.
func OpenFiles(dir string, v *vault.Vault) (*Files, error) { return files.Open(dir, v, accepted) }

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

// Upload is a file as it arrives.
type Upload struct {
	Name string
	Body io.Reader
}

// AddAttachment stores a file and puts it on the ticket with a line in the
// timeline. It refuses with FieldErrors what is empty, too large or of a kind
// that is not evidence.
func (d *Desk) AddAttachment(ctx context.Context, by staff.Member, ref Ref, folder *Files, up Upload) (*Ticket, error) {
	t, err := d.load(ctx, d.db, ref.Number)
	if err != nil {
		return nil, err
	}
	if !by.May(staff.Attach, t.Subject()) {
		return nil, ErrNotAllowed
	}
	f, err := keep(folder, up)
	if err != nil {
		return nil, err
	}
	if f.Name, err = d.FileName(t, f.Name); err != nil {
		return nil, err
	}
	r := attachmentRow{TicketID: t.ID, Name: f.Name, MediaType: f.MediaType, Size: f.Size, SHA256: f.SHA256, AddedBy: by.Name, AddedAt: d.Now()}
	if _, err := d.db.NewInsert().Model(&r).Returning("id").Exec(ctx); err != nil {
		return nil, fmt.Errorf("writing an attachment: %w", err)
	}
	return d.Act(ctx, by, Ref{Number: ref.Number}, &Attach{Attachments: []int64{r.ID}, Text: f.Name})
}

// Attachment returns one attachment of a ticket that the member may read, and
// its content. A file that was erased with its caller is ErrNotFound.
func (d *Desk) Attachment(ctx context.Context, by staff.Member, number string, id int64, folder *Files) (Attachment, io.ReadCloser, error) {
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
	body, err := folder.Read(r.SHA256)
	if errors.Is(err, files.ErrGone) && r.SHA256 == "" {
		return Attachment{}, nil, ErrNotFound
	}
	if err != nil {
		return Attachment{}, nil, fmt.Errorf("attachment %d: %w", id, err)
	}
	a := r.attachment()
	if d.hiddenFrom(by, t) {
		a.Name = fmt.Sprintf("attachment-%d", a.ID)
	}
	return a, io.NopCloser(bytes.NewReader(body)), nil
}

// FileName is what a file of a name is called on a ticket: people name files
// after themselves, and departments read the names. An anonymous caller's name
// is not known, so that nothing stays of his files' but what they end in.
func (d *Desk) FileName(t *Ticket, name string) (string, error) {
	c, err := unseal(d.vault, t.callerSealed, t.Number)
	if err != nil {
		return "", err
	}
	name = files.Name(name)
	ext := path.Ext(name)
	if len(ext) > len(".jpeg") {
		ext = ""
	}
	if t.Anonymous {
		return "附件" + ext, nil
	}
	clean, _ := Redact(strings.TrimSuffix(name, ext), c)
	return clean + ext, nil
}

func keep(folder *Files, up Upload) (files.File, error) {
	kept, err := folder.Keep(up.Name, up.Body)
	var refused *files.Refused
	if errors.As(err, &refused) {
		return files.File{}, FieldErrors{{Field: "file", Code: refused.Code, Args: refused.Args}}
	}
	return kept, err
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
