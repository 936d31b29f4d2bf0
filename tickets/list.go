package tickets

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/staff"
)

// Filter chooses tickets for a list. Empty fields choose everything.
type Filter struct {
	Statuses    []Status
	Class       Class
	Kind        Kind
	Urgency     Urgency
	Channel     Channel
	Category    string
	Area        string // and all areas in it
	Department  string // and all below it, while they hold a part
	Unsigned    bool   // with Department: only parts not signed for
	Lead        string // leads it now, or led it last
	Registered  int64  // by this member
	Colour      Colour // open supervision of this colour
	Supervised  bool   // any open supervision
	Accountable bool   // an accountability record is open
	Overdue     bool   // the nearest deadline is over
	DueBefore   time.Time
	From, To    time.Time // received
	Numbers     []string  // only these
	Newest      bool      // order by receipt, newest first, instead of by the nearest deadline
}

// Page is one page of a list.
type Page struct {
	Tickets []*Ticket
	Next    string // the cursor of the next page, "" on the last
}

// PageSize is how many tickets a page holds at most.
const PageSize = 50

// List returns the tickets that the member may read and the filter chooses,
// from a cursor that an earlier page gave, or from the beginning. It never
// counts what it does not show.
func (d *Desk) List(ctx context.Context, by staff.Member, f Filter, cursor string) (Page, error) {
	q := d.db.NewSelect().Model((*ticketRow)(nil))
	if q = d.within(q, by, f.onlyOpen()); q == nil {
		return Page{}, ErrNotAllowed
	}
	q = d.filter(q, f)
	if err := order(q, f, cursor); err != nil {
		return Page{}, err
	}
	var rows []ticketRow
	if err := q.Limit(PageSize+1).Scan(ctx, &rows); err != nil {
		return Page{}, fmt.Errorf("listing tickets: %w", err)
	}
	var p Page
	if len(rows) > PageSize {
		rows = rows[:PageSize]
		p.Next = cursorOf(rows[PageSize-1], f)
	}
	for _, r := range rows {
		t, err := d.fromRow(r)
		if err != nil {
			return Page{}, err
		}
		if err := d.shield(by, t); err != nil {
			return Page{}, err
		}
		p.Tickets = append(p.Tickets, t)
	}
	return p, nil
}

// CountLimit is where Count stops.
const CountLimit = 1000

// Count returns how many tickets a list would hold, up to CountLimit, after
// which nobody reads the number anyway and counting on would cost more than the list.
func (d *Desk) Count(ctx context.Context, by staff.Member, f Filter) (int, error) {
	q := d.db.NewSelect().Model((*ticketRow)(nil)).ColumnExpr("1 AS one")
	if q = d.within(q, by, f.onlyOpen()); q == nil {
		return 0, ErrNotAllowed
	}
	var n int
	err := d.db.NewSelect().ColumnExpr("count(*)").TableExpr("(?) AS counted", d.filter(q, f).Limit(CountLimit)).Scan(ctx, &n)
	if err != nil {
		return 0, fmt.Errorf("counting tickets: %w", err)
	}
	return n, nil
}

// Earlier returns the caller's other tickets, by either of his phones, the
// newest first: what an operator sees as soon as the number is typed.
func (d *Desk) Earlier(ctx context.Context, by staff.Member, phone string) ([]*Ticket, error) {
	index := d.vault.Index("phone", Phone(phone))
	if index == "" {
		return nil, nil
	}
	q := d.db.NewSelect().Model((*ticketRow)(nil)).WhereGroup(" AND ", func(q *bun.SelectQuery) *bun.SelectQuery {
		// The second halves let SQLite use the partial indexes.
		return q.Where("phone_index = ? AND phone_index <> ''", index).WhereOr("alt_phone_index = ? AND alt_phone_index <> ''", index)
	})
	if q = d.within(q, by, false); q == nil {
		return nil, ErrNotAllowed
	}
	var rows []ticketRow
	if err := q.OrderExpr("received_at DESC, id DESC").Limit(20).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("finding a caller's tickets: %w", err)
	}
	out := make([]*Ticket, 0, len(rows))
	for _, r := range rows {
		t, err := d.fromRow(r)
		if err != nil {
			return nil, err
		}
		if err := d.shield(by, t); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, nil
}

// onlyOpen says whether the filter asks for tickets that are not over.
func (f Filter) onlyOpen() bool {
	return len(f.Statuses) > 0 && !slices.ContainsFunc(f.Statuses, func(s Status) bool { return over[s] })
}

// within keeps a query to what the member may read; nil when that is nothing.
func (d *Desk) within(q *bun.SelectQuery, by staff.Member, open bool) *bun.SelectQuery {
	switch by.Reach(staff.ReadTicket) {
	case staff.All:
		return q
	case staff.OwnDepartment:
		return q.Where("id IN (?)", d.held(by.Department, false, open))
	case staff.OwnHall:
		return q.Where("hall = ? OR registered_by = ?", by.Hall, by.ID)
	case staff.Own:
		return q.Where("registered_by = ?", by.ID)
	default:
		return nil
	}
}

// held selects the ids of the tickets in which a department, or one below it, has a part.
func (d *Desk) held(department string, unsigned, open bool) *bun.SelectQuery {
	q := d.db.NewSelect().Model((*partRow)(nil)).Column("ticket_id").Where("department IN (?)", bun.List(d.Directory().Below(department)))
	if open {
		q = q.Where("open")
	}
	if unsigned {
		return q.Where("status = ?", Awaiting).Where("role IN (?)", bun.List([]AssignmentRole{Lead, Assisting}))
	}
	return q.Where("status NOT IN (?)", bun.List([]AssignmentStatus{Returned, Released}))
}

func (d *Desk) filter(q *bun.SelectQuery, f Filter) *bun.SelectQuery {
	if len(f.Statuses) > 0 {
		q = q.Where("status IN (?)", bun.List(f.Statuses))
	}
	for column, want := range map[string]string{"class": string(f.Class), "kind": string(f.Kind), "urgency": string(f.Urgency), "channel": string(f.Channel),
		"category": f.Category, "lead": f.Lead, "colour": string(f.Colour)} {
		if want != "" {
			q = q.Where("? = ?", bun.Ident(column), want)
		}
	}
	if f.Area != "" {
		q = q.Where("area >= ? AND area < ?", f.Area, f.Area+":") // ':' follows '9'
	}
	if f.Department != "" {
		q = q.Where("id IN (?)", d.held(f.Department, f.Unsigned, f.onlyOpen()))
	}
	if f.Registered != 0 {
		q = q.Where("registered_by = ?", f.Registered)
	}
	if f.Supervised {
		q = q.Where("colour <> ''")
	}
	if f.Accountable {
		q = q.Where("id IN (?)", d.db.NewSelect().Model((*accountingRow)(nil)).Column("ticket_id").Where("closed_at IS NULL"))
	}
	if f.Overdue {
		q = q.Where("next_due_at < ?", d.Now())
	}
	if !f.DueBefore.IsZero() {
		q = q.Where("next_due_at < ?", f.DueBefore)
	}
	if !f.From.IsZero() {
		q = q.Where("received_at >= ?", f.From)
	}
	if !f.To.IsZero() {
		q = q.Where("received_at < ?", f.To)
	}
	if f.Numbers != nil {
		q = q.Where("number IN (?)", bun.List(append(slices.Clone(f.Numbers), "")))
	}
	return q
}

// order sorts and begins after the cursor, which holds the sort key and id of
// the last row shown.
func order(q *bun.SelectQuery, f Filter, cursor string) error {
	column, direction, sign := "next_due_at", "ASC", ">"
	if f.Newest {
		column, direction, sign = "received_at", "DESC", "<"
	}
	q.OrderExpr("? "+direction+", id "+direction, bun.Ident(column))
	if cursor == "" {
		return nil
	}
	at, id, err := readCursor(cursor)
	if err != nil {
		return err
	}
	q.Where("(?, id) "+sign+" (?, ?)", bun.Ident(column), at, id)
	return nil
}

func cursorOf(r ticketRow, f Filter) string {
	at := r.NextDueAt
	if f.Newest {
		at = r.ReceivedAt
	}
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(at.UnixMicro(), 36) + "." + strconv.FormatInt(r.ID, 36)))
}

func readCursor(s string) (time.Time, int64, error) {
	wrong := FieldErrors{{Field: "cursor", Code: "not_a_cursor"}}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return time.Time{}, 0, wrong
	}
	left, right, _ := strings.Cut(string(b), ".")
	at, err1 := strconv.ParseInt(left, 36, 64)
	id, err2 := strconv.ParseInt(right, 36, 64)
	if err1 != nil || err2 != nil {
		return time.Time{}, 0, wrong
	}
	return time.UnixMicro(at).UTC(), id, nil
}
