package evidence

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strconv"
	"time"

	"github.com/uptrace/bun"
)

// The kinds of rows that are linked, named like their tables.
const (
	Tickets     = "tickets" // what was registered; not the status, which is the timeline's
	Timeline    = "timeline"
	Reads       = "reads"
	Attachments = "attachments"
	Security    = "security_events"
)

// kinds in the order in which new rows are linked.
var kinds = []string{Tickets, Timeline, Reads, Attachments, Security}

// Stamper makes the keyed digests; the vault is one.
type Stamper interface {
	// Index returns the keyed digest of a value of a kind.
	Index(kind, value string) string
}

// Line is a line of the timeline as its stamp covers it.
type Line struct {
	TicketID                                       int64
	Seq                                            int
	Act                                            string
	At                                             time.Time
	ByID                                           int64
	ByName, Role, Department, FromStatus, ToStatus string
	Round                                          int
	Details                                        string
}

// Stamp returns the stamp of the line.
func (l Line) Stamp(by Stamper) string { return by.Index(Timeline, string(l.facts())) }

func (l Line) facts() facts {
	return facts(nil).int(l.TicketID).int(int64(l.Seq)).text(l.Act).time(l.At).int(l.ByID).text(l.ByName).text(l.Role).text(l.Department).
		text(l.FromStatus).text(l.ToStatus).int(int64(l.Round)).text(l.Details)
}

// Reading is a line of the read log as its stamp covers it.
type Reading struct {
	At                 time.Time
	StaffID            int64
	StaffName          string
	TicketID           int64
	What, Reason, From string
}

// Stamp returns the stamp of the reading.
func (r Reading) Stamp(by Stamper) string { return by.Index(Reads, string(r.facts())) }

func (r Reading) facts() facts {
	return facts(nil).time(r.At).int(r.StaffID).text(r.StaffName).int(r.TicketID).text(r.What).text(r.Reason).text(r.From)
}

// facts is a row written down in one way only: every field with its length
// before it, so that no two rows are written alike.
type facts []byte

func (f facts) text(s string) facts {
	f = strconv.AppendInt(f, int64(len(s)), 10)
	f = append(f, ':')
	return append(f, s...)
}

func (f facts) int(n int64) facts      { return f.text(strconv.FormatInt(n, 10)) }
func (f facts) bool(b bool) facts      { return f.text(strconv.FormatBool(b)) }
func (f facts) time(t time.Time) facts { return f.int(t.UnixMicro()) }

// record is a row on its way into the chain, or beside its link.
type record struct {
	id      int64
	ticket  string // number
	seq     int
	facts   facts
	stamp   string
	stamped bool // rows of this kind carry a stamp
}

func (r record) digest() []byte {
	sum := sha256.Sum256(append(facts(nil).int(r.id).text(r.stamp), r.facts...))
	return sum[:]
}

// genuine says whether the row's stamp was made by the program. Only what was
// there before there were stamps has none.
func (r record) genuine(kind string, by Stamper, adopted bool) bool {
	return !r.stamped || adopted && r.stamp == "" || r.stamp == by.Index(kind, string(r.facts))
}

// load reads rows of a kind that fit the condition, in the order of their ids.
func load(ctx context.Context, db bun.IDB, kind, where string, args ...any) ([]record, error) {
	var out []record
	var err error
	switch kind {
	case Tickets:
		out, err = scan[ticketRow](ctx, db, ticketColumns+" FROM tickets AS x WHERE "+where, args)
	case Timeline:
		out, err = scan[lineRow](ctx, db, lineColumns+" FROM timeline AS x LEFT JOIN tickets AS t ON t.id = x.ticket_id WHERE "+where, args)
	case Reads:
		out, err = scan[readingRow](ctx, db, readingColumns+" FROM reads AS x LEFT JOIN tickets AS t ON t.id = x.ticket_id WHERE "+where, args)
	case Attachments:
		out, err = scan[attachmentRow](ctx, db, attachmentColumns+" FROM attachments AS x LEFT JOIN tickets AS t ON t.id = x.ticket_id WHERE "+where, args)
	case Security:
		out, err = scan[eventRow](ctx, db, eventColumns+" FROM security_events AS x WHERE "+where, args)
	default:
		return nil, fmt.Errorf("there is no kind of evidence %q", kind)
	}
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", kind, err)
	}
	return out, nil
}

type row interface{ record() record }

func scan[R row](ctx context.Context, db bun.IDB, query string, args []any) ([]record, error) {
	var rows []R
	if err := db.NewRaw("SELECT "+query, args...).Scan(ctx, &rows); err != nil {
		return nil, err
	}
	out := make([]record, len(rows))
	for i, r := range rows {
		out[i] = r.record()
	}
	return out, nil
}

// ticketRow holds what registering wrote and no act changes. The sealed parts
// are bound to their number by the vault, and a rotation of keys rewrites them.
type ticketRow struct {
	ID           int64
	Number       string
	Channel      string
	SourceSystem string
	ExternalNo   string
	ReceivedAt   time.Time
	RegisteredBy int64
	Hall         string
	Confidential bool
	Anonymous    bool
	Title        string
	Content      string
	Address      string
	Area         string
	Intake       string
	Erased       string
}

const ticketColumns = "x.id, x.number, x.channel, x.source_system, x.external_no, x.received_at, x.registered_by, x.hall, x.confidential, x.anonymous, " +
	"x.title, x.content, x.address, x.area, x.intake, x.erased"

func (r ticketRow) record() record {
	return record{id: r.ID, ticket: r.Number, facts: facts(nil).text(r.Number).text(r.Channel).text(r.SourceSystem).text(r.ExternalNo).time(r.ReceivedAt).
		int(r.RegisteredBy).text(r.Hall).bool(r.Confidential).bool(r.Anonymous).text(r.Title).text(r.Content).text(r.Address).text(r.Area).
		text(r.Intake).text(r.Erased)}
}

type lineRow struct {
	ID         int64
	Number     string
	TicketID   int64
	Seq        int
	Act        string
	At         time.Time
	ByID       int64
	ByName     string
	Role       string
	Department string
	FromStatus string
	ToStatus   string
	Round      int
	Details    string
	Stamp      string
}

const lineColumns = "x.id, coalesce(t.number, '') AS number, x.ticket_id, x.seq, x.act, x.at, x.by_id, x.by_name, x.role, x.department, x.from_status, " +
	"x.to_status, x.round, x.details, x.stamp"

func (r lineRow) record() record {
	l := Line{r.TicketID, r.Seq, r.Act, r.At, r.ByID, r.ByName, r.Role, r.Department, r.FromStatus, r.ToStatus, r.Round, r.Details}
	return record{id: r.ID, ticket: r.Number, seq: r.Seq, facts: l.facts(), stamp: r.Stamp, stamped: true}
}

type readingRow struct {
	ID          int64
	Number      string
	At          time.Time
	StaffID     int64
	StaffName   string
	TicketID    int64
	What        string
	Reason      string
	FromAddress string
	Stamp       string
}

const readingColumns = "x.id, coalesce(t.number, '') AS number, x.at, x.staff_id, x.staff_name, x.ticket_id, x.what, x.reason, x.from_address, x.stamp"

func (r readingRow) record() record {
	l := Reading{r.At, r.StaffID, r.StaffName, r.TicketID, r.What, r.Reason, r.FromAddress}
	return record{id: r.ID, ticket: r.Number, facts: l.facts(), stamp: r.Stamp, stamped: true}
}

type attachmentRow struct {
	ID        int64
	Number    string
	TicketID  int64
	Name      string
	MediaType string
	Size      int64
	SHA256    string `bun:"sha256"`
	AddedBy   string
	AddedAt   time.Time
}

const attachmentColumns = "x.id, coalesce(t.number, '') AS number, x.ticket_id, x.name, x.media_type, x.size, x.sha256, x.added_by, x.added_at"

func (r attachmentRow) record() record {
	return record{id: r.ID, ticket: r.Number, facts: facts(nil).int(r.TicketID).text(r.Name).text(r.MediaType).int(r.Size).text(r.SHA256).text(r.AddedBy).time(r.AddedAt)}
}

func (r eventRow) record() record {
	return record{id: r.ID, facts: r.event().facts(r.At), stamp: r.Stamp, stamped: true}
}
