package tickets

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/uptrace/bun"
)

// Rows that repeat what the state says, so that lists and other rooms can ask
// the database. They are written with every act that changes them and could
// be rebuilt from the timelines at any time.

type partRow struct {
	bun.BaseModel `bun:"table:assignments"`

	TicketID     int64          `bun:"ticket_id,pk"`
	Round        int            `bun:"round,pk"`
	Department   string         `bun:"department,pk"`
	Role         AssignmentRole // lead, assisting; and two that only concern: consulted, ordered
	Status       AssignmentStatus
	Open         bool // it is held, and the ticket is not over: most of a department's rows are neither
	DispatchedAt time.Time
	SignedAt     *time.Time
	RepliedAt    *time.Time
}

// A department that is consulted, or under an order, sees the ticket without holding a part.
const (
	consulted AssignmentRole = "consulted"
	ordered   AssignmentRole = "ordered"
)

type orderRow struct {
	bun.BaseModel `bun:"table:supervision_orders"`

	TicketID   int64 `bun:"ticket_id,pk"`
	N          int   `bun:"n,pk"`
	Colour     Colour
	Department string
	Reason     string
	OpenedAt   time.Time
	OpenedBy   string
	AnsweredAt *time.Time
	ClosedAt   *time.Time
}

type accountingRow struct {
	bun.BaseModel `bun:"table:accountability_records"`

	TicketID   int64 `bun:"ticket_id,pk"`
	N          int   `bun:"n,pk"`
	Department string
	Reason     string
	OpenedAt   time.Time
	ClosedAt   *time.Time
	Decision   string
}

// parts is the whole of these rows for one ticket.
type parts struct {
	held       []partRow
	orders     []orderRow
	accounting []accountingRow
}

func partsOf(t *Ticket) parts {
	var p parts
	p.held = heldParts(t)
	for _, o := range t.Orders {
		p.orders = append(p.orders, orderRow{TicketID: t.ID, N: o.N, Colour: o.Colour, Department: o.Department, Reason: o.Reason,
			OpenedAt: o.OpenedAt, OpenedBy: o.OpenedBy, AnsweredAt: o.AnsweredAt, ClosedAt: o.ClosedAt})
	}
	for _, a := range t.Accountability {
		p.accounting = append(p.accounting, accountingRow{TicketID: t.ID, N: a.N, Department: a.Department, Reason: a.Reason,
			OpenedAt: a.OpenedAt, ClosedAt: a.ClosedAt, Decision: a.Decision})
	}
	return p
}

// heldParts: a department has one row per round; holding a part goes before
// being consulted, and that before being under an order.
func heldParts(t *Ticket) []partRow {
	var out []partRow
	add := func(r partRow) {
		r.TicketID = t.ID
		r.Open = t.Open() && r.Round == t.Round && Assignment{Status: r.Status}.Live()
		i := slices.IndexFunc(out, func(x partRow) bool { return x.Round == r.Round && x.Department == r.Department })
		switch {
		case i < 0:
			out = append(out, r)
		case !(Assignment{Status: out[i].Status}).Live():
			out[i] = r
		}
	}
	for _, a := range t.Assignments {
		add(partRow{Round: a.Round, Department: a.Department, Role: a.Role, Status: a.Status, DispatchedAt: a.DispatchedAt, SignedAt: a.SignedAt, RepliedAt: a.RepliedAt})
	}
	if c := t.Consultation; c != nil {
		for _, code := range c.Departments {
			add(partRow{Round: t.Round, Department: code, Role: consulted, Status: whileOpen(c.ConcludedAt), DispatchedAt: c.OpenedAt})
		}
	}
	for _, o := range t.Orders {
		if o.Department != "" {
			add(partRow{Round: t.Round, Department: o.Department, Role: ordered, Status: whileOpen(o.ClosedAt), DispatchedAt: o.OpenedAt})
		}
	}
	return out
}

func whileOpen(closed *time.Time) AssignmentStatus {
	if closed != nil {
		return Released
	}
	return Awaiting
}

// saveParts writes the rows that differ from before.
func saveParts(ctx context.Context, tx bun.IDB, before, after parts) error {
	if held := changed(before.held, after.held, func(r partRow) string { return fmt.Sprint(r.Round, r.Department) }); len(held) > 0 {
		if err := upsertRows(ctx, tx, &held, "ticket_id, round, department", "role", "status", "open", "dispatched_at", "signed_at", "replied_at"); err != nil {
			return err
		}
	}
	if orders := changed(before.orders, after.orders, func(r orderRow) string { return fmt.Sprint(r.N) }); len(orders) > 0 {
		if err := upsertRows(ctx, tx, &orders, "ticket_id, n", "answered_at", "closed_at"); err != nil {
			return err
		}
	}
	if accounting := changed(before.accounting, after.accounting, func(r accountingRow) string { return fmt.Sprint(r.N) }); len(accounting) > 0 {
		return upsertRows(ctx, tx, &accounting, "ticket_id, n", "closed_at", "decision")
	}
	return nil
}

// changed returns the rows that are new or differ from the row of the same key.
func changed[T any](before, after []T, key func(T) string) []T {
	old := map[string]string{}
	for _, r := range before {
		old[key(r)] = asText(r)
	}
	var out []T
	for _, r := range after {
		if old[key(r)] != asText(r) {
			out = append(out, r)
		}
	}
	return out
}

// asText compares times by their value and not by their address.
func asText(row any) string {
	b, err := json.Marshal(row)
	if err != nil {
		return ""
	}
	return string(b)
}

func upsertRows(ctx context.Context, tx bun.IDB, rows any, key string, columns ...string) error {
	q := tx.NewInsert().Model(rows).On("CONFLICT (?) DO UPDATE", bun.Safe(key))
	for _, c := range columns {
		q = q.Set("? = EXCLUDED.?", bun.Ident(c), bun.Ident(c))
	}
	if _, err := q.Exec(ctx); err != nil {
		return fmt.Errorf("writing what follows from an act: %w", err)
	}
	return nil
}
