package tickets

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/staff"
)

// UnmaskingLasts is how long a caller is shown in clear where the desk is set
// to nothing else: a telephone call and the note about it.
const UnmaskingLasts = 10 * time.Minute

// Unmasking lets one member see the caller of one ticket in clear for some
// minutes, in the session that he asked in and in no other.
type Unmasking struct {
	TicketID  int64
	StaffID   int64
	Session   string // as session.Sessions.ID names it; opens nothing
	Reason    string
	GrantedAt time.Time
	EndsAt    time.Time
}

// clocksApart is how far the hours of two instances may lie from each other.
const clocksApart = time.Minute

// Holds says whether the member sees the ticket's caller from the session at a
// moment, as far as the unmasking goes: rights and secrecy are asked anew at
// every view. An hour before it was granted is a clock that was set back, and
// must not make it longer.
func (u Unmasking) Holds(by staff.Member, t *Ticket, session string, at time.Time) bool {
	whose := u.StaffID == by.ID && u.TicketID == t.ID && u.Session == session && session != ""
	return whose && at.After(u.GrantedAt.Add(-clocksApart)) && at.Before(u.EndsAt)
}

// Clear is what unmasking shows.
type Clear struct {
	Caller  Caller
	Title   string
	Address string
	Content string
	Until   time.Time // zero: this once
}

// Visible is what else keeps a caller from a member just now, beside rights
// and secrecy: false while others ask him how it went.
type Visible func(ctx context.Context, by staff.Member, t *Ticket) (bool, error)

// Unmask returns the caller and the text in clear, this once, to a member who
// has the right and says why, and writes down that he did. Departments get
// nothing of a confidential ticket: contact runs through the desk (GB/T 33358:
// secrecy when the citizen asks for it).
func (d *Desk) Unmask(ctx context.Context, by staff.Member, number, reason string) (Clear, error) {
	t, reason, err := d.mayUnmask(ctx, by, number, reason)
	if err != nil {
		return Clear{}, err
	}
	if err := d.noteRead(ctx, by, t, "unmask", reason); err != nil {
		return Clear{}, err
	}
	return d.clear(t)
}

// UnmaskFor lets a member see what Unmask shows for as long as the desk is set
// to, on the ticket's own page and in this session. Asking again begins anew.
// It refuses as Unmask does.
func (d *Desk) UnmaskFor(ctx context.Context, by staff.Member, session, number, reason string) (Unmasking, error) {
	t, reason, err := d.mayUnmask(ctx, by, number, reason)
	if err != nil {
		return Unmasking{}, err
	}
	if session == "" {
		return Unmasking{}, ErrNotAllowed
	}
	now := d.Now()
	u := Unmasking{t.ID, by.ID, session, reason, now, now.Add(d.unmasking)}
	if err := d.noteRead(ctx, by, t, "unmask", reason); err != nil { // first: nobody sees what is not written down
		return Unmasking{}, err
	}
	return u, d.saveUnmasking(ctx, u)
}

// MaskAgain ends what UnmaskFor began, at once. Where nothing lasts it does nothing.
func (d *Desk) MaskAgain(ctx context.Context, by staff.Member, session, number string) error {
	t, err := d.Ticket(ctx, by, number)
	if err != nil {
		return err
	}
	u, err := d.unmaskingOf(ctx, by, t, session)
	if err != nil || u == nil {
		return err
	}
	_, err = d.db.NewDelete().Model((*unmaskingRow)(nil)).Where("ticket_id = ? AND staff_id = ? AND session = ?", t.ID, by.ID, session).Exec(ctx)
	if err != nil {
		return fmt.Errorf("ending an unmasking: %w", err)
	}
	return d.noteRead(ctx, by, t, "mask", "")
}

func (d *Desk) mayUnmask(ctx context.Context, by staff.Member, number, reason string) (*Ticket, string, error) {
	t, err := d.Ticket(ctx, by, number)
	if err != nil {
		return nil, "", err
	}
	if !d.clearTo(by, t) {
		return nil, "", ErrNotAllowed
	}
	if reason = strings.TrimSpace(reason); reason == "" || !isText(reason) {
		return nil, "", FieldErrors{{Field: "reason", Code: "missing"}}
	}
	return t, reason, nil
}

func (d *Desk) clearTo(by staff.Member, t *Ticket) bool {
	return by.May(staff.UnmaskCaller, t.Subject()) && !d.hiddenFrom(by, t)
}

// lasting returns what is in clear because an unmasking of the member lasts in
// the session, with its reason, or nil.
func (d *Desk) lasting(ctx context.Context, by staff.Member, t *Ticket, session string, visible Visible) (*Clear, string, error) {
	if session == "" || !d.clearTo(by, t) {
		return nil, "", nil
	}
	u, err := d.unmaskingOf(ctx, by, t, session)
	if err != nil || u == nil {
		return nil, "", err
	}
	if visible != nil {
		if ok, err := visible(ctx, by, t); err != nil || !ok {
			return nil, "", err
		}
	}
	c, err := d.clear(t)
	if err != nil {
		return nil, "", err
	}
	c.Until = u.EndsAt
	return &c, u.Reason, nil
}

func (d *Desk) clear(t *Ticket) (Clear, error) {
	c, err := unseal(d.vault, t.callerSealed, t.Number)
	out := Clear{Caller: c, Title: t.Title, Address: t.Address, Content: t.Content}
	if err != nil || !t.Masked {
		return out, err
	}
	text, err := d.vault.Open(t.contentSealed, "tickets.content:"+t.Number)
	if err != nil {
		return Clear{}, err
	}
	parts := strings.SplitN(string(text), "\n", 3)
	if len(parts) == 3 {
		out.Title, out.Address, out.Content = parts[0], parts[1], parts[2]
	}
	return out, nil
}

type unmaskingRow struct {
	bun.BaseModel `bun:"table:unmaskings"`

	ID          int64 `bun:"id,pk,autoincrement"`
	TicketID    int64
	StaffID     int64
	Session     string
	Reason      string
	FromAddress string
	GrantedAt   time.Time
	EndsAt      time.Time
}

// saveUnmasking stores one for every instance to see, and takes away what was
// over a day ago: the read log tells the story.
func (d *Desk) saveUnmasking(ctx context.Context, u Unmasking) error {
	from, _ := ctx.Value(fromKey{}).(string)
	r := unmaskingRow{TicketID: u.TicketID, StaffID: u.StaffID, Session: u.Session, Reason: u.Reason, FromAddress: from, GrantedAt: u.GrantedAt, EndsAt: u.EndsAt}
	_, err := d.db.NewInsert().Model(&r).On("CONFLICT (ticket_id, staff_id, session) DO UPDATE").
		Set("reason = EXCLUDED.reason, from_address = EXCLUDED.from_address, granted_at = EXCLUDED.granted_at, ends_at = EXCLUDED.ends_at").Exec(ctx)
	if err != nil {
		return fmt.Errorf("storing an unmasking: %w", err)
	}
	if _, err := d.db.NewDelete().Model((*unmaskingRow)(nil)).Where("ends_at < ?", u.GrantedAt.Add(-24*time.Hour)).Exec(ctx); err != nil {
		return fmt.Errorf("deleting old unmaskings: %w", err)
	}
	return nil
}

// unmaskingOf returns the one that holds now, or nil.
func (d *Desk) unmaskingOf(ctx context.Context, by staff.Member, t *Ticket, session string) (*Unmasking, error) {
	var r unmaskingRow
	err := d.db.NewSelect().Model(&r).Where("ticket_id = ? AND staff_id = ? AND session = ?", t.ID, by.ID, session).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for an unmasking: %w", err)
	}
	u := Unmasking{r.TicketID, r.StaffID, r.Session, r.Reason, r.GrantedAt.UTC(), r.EndsAt.UTC()}
	if !u.Holds(by, t, session, d.Now()) {
		return nil, nil
	}
	return &u, nil
}
