package tickets

import (
	"context"
	"crypto/subtle"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/evidence"
	"nengban/tickets/sla"
	"nengban/tickets/staff"
)

// File is a ticket with all that belongs to it, as one reader may see it.
type File struct {
	Ticket      *Ticket
	Caller      Caller // masked, or hidden
	Clear       *Clear // nil: no unmasking lasts
	Timeline    []Entry
	Ledger      sla.Ledger // every clock with its working, and whose time it was
	Attachments []Attachment
	Allowed     []Rule
}

// Open returns a ticket's file to a member who may read it, and writes down
// that he read it. Others get ErrNotFound: a stranger cannot tell a number
// that exists from one that does not.
func (d *Desk) Open(ctx context.Context, by staff.Member, number string) (File, error) {
	return d.OpenIn(ctx, by, "", number, nil)
}

// OpenIn is Open in a session: while an unmasking lasts there the file holds
// the caller in clear, and that he was seen so is what is written down, with
// the reason that was given. visible may be nil.
func (d *Desk) OpenIn(ctx context.Context, by staff.Member, session, number string, visible Visible) (File, error) {
	t, err := d.Ticket(ctx, by, number)
	if err != nil {
		return File{}, err
	}
	f := File{Ticket: t, Allowed: d.Allowed(by, t)}
	if f.Caller, err = d.CallerAs(by, t); err != nil {
		return File{}, err
	}
	if f.Timeline, err = timeline(ctx, d.db, t.ID); err != nil {
		return File{}, err
	}
	if f.Ledger, err = d.limits.ledger(f.Timeline, d.Now()); err != nil {
		return File{}, err
	}
	if f.Attachments, err = d.attachmentsOf(ctx, t.ID); err != nil {
		return File{}, err
	}
	if err := d.shieldStory(by, t, &f); err != nil {
		return File{}, err
	}
	what := "open"
	var reason string
	if f.Clear, reason, err = d.lasting(ctx, by, t, session, visible); err != nil {
		return File{}, err
	}
	if f.Clear != nil {
		what = "clear"
	}
	return f, d.noteRead(ctx, by, t, what, reason)
}

// Ticket returns a ticket to a member who may read it, or ErrNotFound.
func (d *Desk) Ticket(ctx context.Context, by staff.Member, number string) (*Ticket, error) {
	t, err := d.load(ctx, d.db, number)
	if err != nil {
		return nil, err
	}
	if !by.May(staff.ReadTicket, t.Subject()) {
		return nil, ErrNotFound
	}
	return t, d.shield(by, t)
}

// ByID returns a ticket by its row id, for listeners.
func (d *Desk) ByID(ctx context.Context, id int64) (*Ticket, error) {
	return d.one(ctx, d.db.NewSelect().Where("id = ?", id))
}

// Timeline returns all entries of a ticket, in order.
func (d *Desk) Timeline(ctx context.Context, ticketID int64) ([]Entry, error) {
	return timeline(ctx, d.db, ticketID)
}

// Look is the citizen's way in: a ticket by number and query code. A wrong
// code and an unknown number are the same ErrNotFound.
func (d *Desk) Look(ctx context.Context, number, code string) (*Ticket, []Entry, error) {
	t, err := d.load(ctx, d.db, strings.TrimSpace(number))
	if errors.Is(err, ErrNotFound) {
		return nil, nil, ErrNotFound
	}
	if err != nil {
		return nil, nil, err
	}
	want, err := d.vault.Open(t.codeSealed, "tickets.query_code:"+t.Number)
	if err != nil {
		return nil, nil, err
	}
	if subtle.ConstantTimeCompare(want, []byte(digitsOnly(code))) != 1 {
		return nil, nil, ErrNotFound
	}
	entries, err := timeline(ctx, d.db, t.ID)
	return t, entries, err
}

// CallerAs returns the caller as the member sees him before asking for more:
// masked, and to a department on a confidential ticket not at all.
func (d *Desk) CallerAs(by staff.Member, t *Ticket) (Caller, error) {
	c, err := unseal(d.vault, t.callerSealed, t.Number)
	if err != nil {
		return Caller{}, err
	}
	if d.hiddenFrom(by, t) {
		return c.Hidden(), nil
	}
	return c.Masked(), nil
}

// CallerForContact returns the caller in clear to the callback engine, which
// sends to his phone and shows it to nobody.
func (d *Desk) CallerForContact(t *Ticket) (Caller, error) {
	return unseal(d.vault, t.callerSealed, t.Number)
}

// hiddenFrom: on a confidential ticket everybody who belongs to a department
// is kept from the caller, whatever else he is.
func (d *Desk) hiddenFrom(by staff.Member, t *Ticket) bool {
	return t.Confidential && by.Department != ""
}

type readRow struct {
	bun.BaseModel `bun:"table:reads"`

	ID          int64 `bun:"id,pk,autoincrement"`
	At          time.Time
	StaffID     int64
	StaffName   string
	TicketID    int64
	What        string
	Reason      string
	FromAddress string
	Stamp       string
}

// Read is one line of who has seen a ticket.
type Read struct {
	At     time.Time
	Name   string
	What   string // open; unmask: asked to see the caller in clear; clear: saw him so; mask: had enough
	Reason string
	From   string
}

// Readers returns who has seen a ticket, the newest first: what a supervisor
// hands to a citizen who asks.
func (d *Desk) Readers(ctx context.Context, t *Ticket) ([]Read, error) {
	var rows []readRow
	if err := d.db.NewSelect().Model(&rows).Where("ticket_id = ?", t.ID).Order("at DESC").Limit(500).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the read log: %w", err)
	}
	out := make([]Read, 0, len(rows))
	for _, r := range rows {
		out = append(out, Read{r.At.UTC(), r.StaffName, r.What, r.Reason, r.FromAddress})
	}
	return out, nil
}

type fromKey struct{}

// WithAddress carries the address a request came from to the read log.
func WithAddress(ctx context.Context, address string) context.Context {
	return context.WithValue(ctx, fromKey{}, address)
}

func (d *Desk) noteRead(ctx context.Context, by staff.Member, t *Ticket, what, reason string) error {
	from, _ := ctx.Value(fromKey{}).(string)
	r := readRow{At: d.Now(), StaffID: by.ID, StaffName: by.Name, TicketID: t.ID, What: what, Reason: reason, FromAddress: from}
	r.Stamp = evidence.Reading{At: r.At, StaffID: r.StaffID, StaffName: r.StaffName, TicketID: r.TicketID, What: r.What, Reason: r.Reason, From: r.FromAddress}.Stamp(d.vault)
	if _, err := d.db.NewInsert().Model(&r).Exec(ctx); err != nil {
		return fmt.Errorf("writing the read log: %w", err)
	}
	return nil
}

func digitsOnly(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '0' && r <= '9':
			return r
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		default:
			return -1
		}
	}, s)
}
