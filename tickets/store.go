package tickets

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"nengban/tickets/evidence"
	"nengban/tickets/staff"
)

var (
	errStale = errors.New("the ticket was changed meanwhile")
	errTwice = errors.New("this source and number are registered already")
)

// never is the next due time of a ticket on which nothing runs; lists sorted
// by it need a value, and a cursor needs one that compares.
var never = time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC)

// ticketRow is a ticket as it lies in the table. Columns beside state are
// copies for lists; the state column is the fold of the timeline.
type ticketRow struct {
	bun.BaseModel `bun:"table:tickets"`

	ID            int64 `bun:"id,pk,autoincrement"`
	Number        string
	Version       int64
	Channel       Channel
	SourceSystem  string
	ExternalNo    string
	ReceivedAt    time.Time
	RegisteredBy  int64
	Hall          string
	QueryCode     []byte
	Caller        []byte
	PhoneIndex    string
	AltPhoneIndex string
	Confidential  bool
	Anonymous     bool
	Title         string
	Content       string
	ContentSealed []byte
	Address       string
	Area          string
	Intake        string
	Kind          Kind
	Class         Class
	Urgency       Urgency
	Category      string
	Matter        string
	Status        Status
	StatusSince   time.Time
	Round         int
	Lead          string
	Outcome       Outcome
	Rating        int
	Solved        Solved
	Colour        Colour
	MergedInto    string
	DueAt         time.Time `bun:",nullzero"`
	NextDueAt     time.Time
	PolicyVersion int
	Awaited       string
	NextWarnAt    time.Time `bun:",nullzero"`
	CompletedAt   *time.Time
	ArchivedAt    *time.Time
	State         string
}

// stateColumns are what an act may change.
var stateColumns = []string{"version", "kind", "class", "urgency", "category", "matter", "status", "status_since", "round", "lead", "outcome",
	"rating", "solved", "colour", "merged_into", "due_at", "next_due_at", "policy_version", "awaited", "next_warn_at", "completed_at", "archived_at", "state"}

func toRow(t *Ticket) (ticketRow, error) {
	state, err := json.Marshal(t.State)
	if err != nil {
		return ticketRow{}, fmt.Errorf("writing down the state: %w", err)
	}
	intake, err := json.Marshal(t.Intake)
	if err != nil {
		return ticketRow{}, fmt.Errorf("writing down the intake: %w", err)
	}
	awaited, err := json.Marshal(t.Awaited)
	if err != nil {
		return ticketRow{}, fmt.Errorf("writing down the deadlines: %w", err)
	}
	next := t.NextDueAt
	if next.IsZero() {
		next = never
	}
	return ticketRow{ID: t.ID, Number: t.Number, Version: t.Version, Channel: t.Channel, SourceSystem: t.SourceSystem, ExternalNo: t.ExternalNo,
		ReceivedAt: t.ReceivedAt, RegisteredBy: t.RegisteredBy, Hall: t.Hall, QueryCode: t.codeSealed, Caller: t.callerSealed,
		Confidential: t.Confidential, Anonymous: t.Anonymous, Title: t.Title, Content: t.Content, ContentSealed: t.contentSealed,
		Address: t.Address, Area: t.Area, Intake: string(intake), Kind: t.Kind, Class: t.Class, Urgency: t.Urgency, Category: t.Category,
		Matter: t.Matter, Status: t.Status, StatusSince: t.StatusSince, Round: t.Round, Lead: t.Lead, Outcome: t.Outcome, Rating: t.Rating,
		Solved: t.Solved, Colour: t.Colour(), MergedInto: t.MergedInto, DueAt: t.DueAt, NextDueAt: next, PolicyVersion: t.PolicyVersion, Awaited: string(awaited), NextWarnAt: t.nextWarnAt,
		CompletedAt: t.CompletedAt, ArchivedAt: t.ArchivedAt, State: string(state)}, nil
}

func (d *Desk) fromRow(r ticketRow) (*Ticket, error) {
	t := &Ticket{ID: r.ID, Number: r.Number, Version: r.Version, Channel: r.Channel, SourceSystem: r.SourceSystem, ExternalNo: r.ExternalNo,
		ReceivedAt: r.ReceivedAt, RegisteredBy: r.RegisteredBy, Hall: r.Hall, Confidential: r.Confidential, Anonymous: r.Anonymous,
		Title: r.Title, Content: r.Content, Masked: len(r.ContentSealed) > 0, Address: r.Address, Area: r.Area, DueAt: r.DueAt,
		NextDueAt: r.NextDueAt, PolicyVersion: r.PolicyVersion, callerSealed: r.Caller, codeSealed: r.QueryCode, contentSealed: r.ContentSealed}
	if t.NextDueAt.Equal(never) {
		t.NextDueAt = time.Time{}
	}
	if err := json.Unmarshal([]byte(r.Intake), &t.Intake); err != nil {
		return nil, fmt.Errorf("reading the intake of %s: %w", r.Number, err)
	}
	if err := json.Unmarshal([]byte(r.State), &t.State); err != nil {
		return nil, fmt.Errorf("reading the state of %s: %w", r.Number, err)
	}
	if err := json.Unmarshal([]byte(r.Awaited), &t.Awaited); err != nil {
		return nil, fmt.Errorf("reading the deadlines of %s: %w", r.Number, err)
	}
	t.involve(d.Directory())
	return t, nil
}

// load reads one ticket by its number, or returns ErrNotFound.
func (d *Desk) load(ctx context.Context, db bun.IDB, number string) (*Ticket, error) {
	return d.one(ctx, db.NewSelect().Where("number = ?", number))
}

// byExternal repeats the index's own condition: SQLite uses a partial index
// only where the query says the same words.
func (d *Desk) byExternal(ctx context.Context, system, number string) (*Ticket, error) {
	return d.one(ctx, d.db.NewSelect().Where("source_system = ? AND external_no = ? AND external_no <> ''", system, number))
}

func (d *Desk) one(ctx context.Context, q *bun.SelectQuery) (*Ticket, error) {
	var r ticketRow
	err := q.Model(&r).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("reading a ticket: %w", err)
	}
	return d.fromRow(r)
}

func insert(ctx context.Context, tx bun.IDB, t *Ticket, sealed sealedCaller) error {
	r, err := toRow(t)
	if err != nil {
		return err
	}
	r.PhoneIndex, r.AltPhoneIndex = sealed.phone, sealed.altPhone
	if _, err := tx.NewInsert().Model(&r).Returning("id").Exec(ctx); err != nil {
		if violatesUnique(err) {
			return errTwice
		}
		return fmt.Errorf("writing a ticket: %w", err)
	}
	t.ID = r.ID
	return nil
}

// update writes what an act changed, if nobody else wrote since it was read.
func update(ctx context.Context, tx bun.IDB, t *Ticket) error {
	seen := t.Version
	t.Version++
	r, err := toRow(t)
	if err != nil {
		return err
	}
	res, err := tx.NewUpdate().Model(&r).Column(stateColumns...).Where("id = ? AND version = ?", t.ID, seen).Exec(ctx)
	if err != nil {
		return fmt.Errorf("writing a ticket: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errStale
	}
	return nil
}

type entryRow struct {
	bun.BaseModel `bun:"table:timeline"`

	ID         int64 `bun:"id,pk,autoincrement"`
	TicketID   int64
	Seq        int
	Act        Act
	At         time.Time
	ByID       int64
	ByName     string
	Role       staff.Role
	Department string
	FromStatus Status
	ToStatus   Status
	Round      int
	Details    string
	Stamp      string
}

// insertEntry writes a line with the stamp that only the program can make.
func (d *Desk) insertEntry(ctx context.Context, tx bun.IDB, e *Entry) error {
	details, err := json.Marshal(e.Details)
	if err != nil {
		return fmt.Errorf("writing down an act: %w", err)
	}
	r := entryRow{TicketID: e.TicketID, Seq: e.Seq, Act: e.Act, At: e.At, ByID: e.ByID, ByName: e.ByName, Role: e.Role,
		Department: e.ByDepartment, FromStatus: e.From, ToStatus: e.To, Round: e.Round, Details: string(details)}
	r.Stamp = r.line().Stamp(d.vault)
	if _, err := tx.NewInsert().Model(&r).Returning("id").Exec(ctx); err != nil {
		return fmt.Errorf("writing the timeline: %w", err)
	}
	e.ID = r.ID
	return nil
}

// line is the row as its stamp covers it.
func (r entryRow) line() evidence.Line {
	return evidence.Line{TicketID: r.TicketID, Seq: r.Seq, Act: string(r.Act), At: r.At, ByID: r.ByID, ByName: r.ByName, Role: string(r.Role),
		Department: r.Department, FromStatus: string(r.FromStatus), ToStatus: string(r.ToStatus), Round: r.Round, Details: r.Details}
}

// timeline reads a ticket's entries in order.
func timeline(ctx context.Context, db bun.IDB, ticketID int64) ([]Entry, error) {
	all, err := timelines(ctx, db, []int64{ticketID})
	return all[ticketID], err
}

// timelines reads the entries of many tickets in one query.
func timelines(ctx context.Context, db bun.IDB, ids []int64) (map[int64][]Entry, error) {
	var rows []entryRow
	if err := db.NewSelect().Model(&rows).Where("ticket_id IN (?)", bun.List(ids)).Order("ticket_id", "seq").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the timeline: %w", err)
	}
	out := make(map[int64][]Entry, len(ids))
	for _, r := range rows {
		e := Entry{ID: r.ID, TicketID: r.TicketID, Seq: r.Seq, Act: r.Act, At: r.At.UTC(), ByID: r.ByID, ByName: r.ByName, Role: r.Role,
			ByDepartment: r.Department, From: r.FromStatus, To: r.ToStatus, Round: r.Round}
		if err := json.Unmarshal([]byte(r.Details), &e.Details); err != nil {
			return nil, fmt.Errorf("reading entry %d of the timeline: %w", r.Seq, err)
		}
		out[r.TicketID] = append(out[r.TicketID], e)
	}
	return out, nil
}

// violatesUnique asks the drivers by their codes, never by their words.
func violatesUnique(err error) bool {
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pg.Code == "23505"
	}
	var lite *sqlite.Error
	return errors.As(err, &lite) && lite.Code() == sqlite3.SQLITE_CONSTRAINT_UNIQUE
}
