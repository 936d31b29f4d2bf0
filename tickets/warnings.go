package tickets

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/sla"
	"nengban/tickets/staff"
)

// DigestEvery is how often one recipient hears of deadlines at most; what
// threatens life does not wait for it.
const DigestEvery = 30 * time.Minute

const warnBatch = 100

// Warn finds the warnings whose moment has come and writes each down once; it
// returns how many. A job of the timetable: it looks only at tickets whose
// next warning is due.
func (d *Desk) Warn(ctx context.Context) (int, error) {
	total := 0
	for ctx.Err() == nil {
		var rows []ticketRow
		err := d.db.NewSelect().Model(&rows).Where("next_warn_at <= ?", d.Now()).Order("next_warn_at").Limit(warnBatch).Scan(ctx)
		if err != nil {
			return total, fmt.Errorf("finding tickets to warn about: %w", err)
		}
		for _, r := range rows {
			n, err := d.warnAbout(ctx, r)
			if err != nil {
				return total, fmt.Errorf("warning about %s: %w", r.Number, err)
			}
			total += n
		}
		if len(rows) < warnBatch {
			return total, nil
		}
	}
	return total, ctx.Err()
}

// warnAbout writes one ticket's due warnings and when to look again.
func (d *Desk) warnAbout(ctx context.Context, r ticketRow) (int, error) {
	now := d.Now()
	entries, err := timeline(ctx, d.db, r.ID)
	if err != nil {
		return 0, err
	}
	ledger, err := d.limits.ledger(entries, now)
	if err != nil {
		return 0, err
	}
	due, next, err := d.dueWarnings(ctx, r.ID, ledger, now)
	if err != nil {
		return 0, err
	}
	err = d.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		if len(due) > 0 {
			if _, err := tx.NewInsert().Model(&due).On("CONFLICT DO NOTHING").Exec(ctx); err != nil {
				return err
			}
		}
		// An act that came in between has set its own next look.
		q := tx.NewUpdate().Model((*ticketRow)(nil)).Where("id = ? AND version = ?", r.ID, r.Version)
		if next.IsZero() {
			q = q.Set("next_warn_at = NULL")
		} else {
			q = q.Set("next_warn_at = ?", next)
		}
		_, err := q.Exec(ctx)
		return err
	})
	return len(due), err
}

// dueWarnings splits what is to be said about a ticket's clocks into what is
// due and was not said before, and the moment of what comes next.
func (d *Desk) dueWarnings(ctx context.Context, ticketID int64, l sla.Ledger, now time.Time) (due []warningRow, next time.Time, err error) {
	var said []warningRow
	if err := d.db.NewSelect().Model(&said).Where("ticket_id = ?", ticketID).Scan(ctx); err != nil {
		return nil, next, err
	}
	before := map[string]bool{}
	for _, w := range said {
		before[w.name()] = true
	}
	policy, _ := d.limits.Policy(l.Policy)
	for _, c := range l.Clocks {
		ws, err := policy.Warnings(d.limits.Calendars(), c, now)
		if err != nil {
			return nil, next, err
		}
		for _, w := range ws {
			row := warningOf(ticketID, w, l)
			switch {
			case before[row.name()]:
			case w.At.After(now):
				if next.IsZero() || w.At.Before(next) {
					next = w.At.UTC()
				}
			default:
				due = append(due, row)
			}
		}
	}
	return due, next, nil
}

func warningOf(ticketID int64, w sla.Warning, l sla.Ledger) warningRow {
	unit := w.Key.Unit
	if unit == "" && l.Holder.Kind == sla.HeldByUnit {
		unit = l.Holder.Unit // the citizen's clock warns whoever has the ticket in hand
	}
	return warningRow{TicketID: ticketID, Round: w.Key.Round, Clock: w.Key.Clock, Unit: w.Key.Unit, Nth: w.Key.Nth, Name: w.Name(),
		Level: w.Level, ToWhom: w.To, Department: unit, At: w.At.UTC(), DueAt: w.Due.UTC(), Urgent: l.Facts.Urgency == string(Critical)}
}

// Digest gathers the warnings that wait into one message for each recipient,
// and returns how many messages there are. Whoever heard something within
// DigestEvery is left alone until then, unless it is critical.
func (d *Desk) Digest(ctx context.Context) (int, error) {
	var waiting []struct {
		ToWhom     sla.To
		Department string
		Urgent     bool
	}
	urgent := "max(CASE WHEN urgent THEN 1 ELSE 0 END) = 1 AS urgent"
	err := d.db.NewSelect().Model((*warningRow)(nil)).ColumnExpr("to_whom, department").ColumnExpr(urgent).
		Where("digest_id = 0").Group("to_whom", "department").Scan(ctx, &waiting)
	if err != nil {
		return 0, fmt.Errorf("finding whom to tell: %w", err)
	}
	n := 0
	for _, w := range waiting {
		made, err := d.digestFor(ctx, w.ToWhom, w.Department, w.Urgent)
		if err != nil {
			return n, fmt.Errorf("telling %s %s: %w", w.ToWhom, w.Department, err)
		}
		n += made
	}
	return n, nil
}

func (d *Desk) digestFor(ctx context.Context, to sla.To, department string, urgent bool) (int, error) {
	now := d.Now()
	made := 0
	err := d.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		made = 0
		if !urgent {
			recent, err := tx.NewSelect().Model((*digestRow)(nil)).Where("to_whom = ? AND department = ? AND at > ?", to, department, now.Add(-DigestEvery)).Exists(ctx)
			if err != nil || recent {
				return err
			}
		}
		if err := markMoot(ctx, tx, to, department); err != nil {
			return err
		}
		var ws []warningRow
		if err := tx.NewSelect().Model(&ws).Where("digest_id = 0 AND to_whom = ? AND department = ?", to, department).Scan(ctx); err != nil || len(ws) == 0 {
			return err
		}
		row := digestRow{ToWhom: to, Department: department, At: now, Count: len(ws), Level: gravest(ws)}
		if _, err := tx.NewInsert().Model(&row).Returning("id").Exec(ctx); err != nil {
			return err
		}
		made = 1
		_, err := tx.NewUpdate().Model((*warningRow)(nil)).Set("digest_id = ?", row.ID).Where("digest_id = 0 AND to_whom = ? AND department = ?", to, department).Exec(ctx)
		return err
	})
	return made, err
}

// markMoot takes out what was done before anybody was told: nobody is warned
// of a deadline that he has kept.
func markMoot(ctx context.Context, tx bun.IDB, to sla.To, department string) error {
	_, err := tx.NewRaw(`UPDATE warnings SET moot = ?, digest_id = -1 WHERE digest_id = 0 AND to_whom = ? AND department = ? AND EXISTS (
		SELECT 1 FROM clocks c WHERE c.ticket_id = warnings.ticket_id AND c.round = warnings.round AND c.clock = warnings.clock
			AND c.unit = warnings.unit AND c.nth = warnings.nth AND c.ended_at IS NOT NULL)`, true, to, department).Exec(ctx)
	return err
}

// DeadlineNews is one digest as its reader sees it.
type DeadlineNews struct {
	ID         int64
	At         time.Time
	To         sla.To
	Department string
	Level      sla.Level
	ReadAt     time.Time
	ReadBy     string
	Lines      []DeadlineLine
}

// DeadlineLine is one warning in it.
type DeadlineLine struct {
	Number string
	Title  string
	Clock  sla.ClockName
	Unit   string
	Name   string // share_50, before_…, overdue_yellow
	Level  sla.Level
	Due    time.Time
	Ended  bool // it was met since, or is awaited no more
}

// News returns the digests that the member should see, unread ones first, then
// the newest, at most n.
func (d *Desk) News(ctx context.Context, by staff.Member, n int) ([]DeadlineNews, error) {
	q := d.db.NewSelect().Model((*digestRow)(nil))
	if q = d.addressed(q, by); q == nil {
		return nil, nil
	}
	var rows []digestRow
	if err := q.OrderExpr("CASE WHEN read_at IS NULL THEN 0 ELSE 1 END, at DESC").Limit(int64(n)).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("reading the news of deadlines: %w", err)
	}
	lines, err := d.newsLines(ctx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]DeadlineNews, 0, len(rows))
	for _, r := range rows {
		out = append(out, DeadlineNews{ID: r.ID, At: r.At.UTC(), To: r.ToWhom, Department: r.Department, Level: r.Level, ReadAt: r.ReadAt, ReadBy: r.ReadBy, Lines: lines[r.ID]})
	}
	return out, nil
}

// newsLines reads the warnings of some digests at once.
func (d *Desk) newsLines(ctx context.Context, digests []digestRow) (map[int64][]DeadlineLine, error) {
	ids := make([]int64, 0, len(digests))
	for _, r := range digests {
		ids = append(ids, r.ID)
	}
	var rows []struct {
		DigestID int64
		DeadlineLine
	}
	err := d.db.NewRaw(`SELECT w.digest_id, t.number, t.title, w.clock, w.unit, w.name, w.level, w.due_at AS due, c.ended_at IS NOT NULL AS ended FROM warnings w
		JOIN tickets t ON t.id = w.ticket_id
		LEFT JOIN clocks c ON c.ticket_id = w.ticket_id AND c.round = w.round AND c.clock = w.clock AND c.unit = w.unit AND c.nth = w.nth
		WHERE w.digest_id IN (?) ORDER BY w.due_at, t.number`, bun.List(ids)).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("reading the news of deadlines: %w", err)
	}
	out := map[int64][]DeadlineLine{}
	for _, r := range rows {
		out[r.DigestID] = append(out[r.DigestID], r.DeadlineLine)
	}
	return out, nil
}

// ReadNews marks a digest as read by the member, if it is for him.
func (d *Desk) ReadNews(ctx context.Context, by staff.Member, id int64) error {
	now := d.Now()
	ids := d.addressed(d.db.NewSelect().Model((*digestRow)(nil)).Column("id"), by)
	if ids == nil {
		return ErrNotAllowed
	}
	_, err := d.db.NewUpdate().Model((*digestRow)(nil)).Set("read_at = ?, read_by = ?", now, by.Name).
		Where("id = ? AND read_at IS NULL", id).Where("id IN (?)", ids).Exec(ctx)
	if err != nil {
		return fmt.Errorf("marking the news as read: %w", err)
	}
	return nil
}

// recipients says which roles a recipient means; those of a unit are in its
// department or one above it.
var recipients = map[staff.Role][]sla.To{
	staff.Dispatcher:       {sla.ToDesk},
	staff.Caseworker:       {sla.ToCaseworker, sla.ToDepartment},
	staff.DepartmentLeader: {sla.ToLeader, sla.ToDepartment},
	staff.Supervisor:       {sla.ToSupervisor},
}

func (d *Desk) addressed(q *bun.SelectQuery, by staff.Member) *bun.SelectQuery {
	var to []sla.To
	for _, r := range by.Roles {
		to = append(to, recipients[r]...)
	}
	if len(to) == 0 {
		return nil
	}
	q = q.Where("to_whom IN (?)", bun.List(to))
	if by.Department != "" {
		q = q.Where("department IN (?)", bun.List(d.Directory().Below(by.Department)))
	}
	return q
}

var gravity = map[sla.Level]int{sla.Notice: 1, sla.Blue: 2, sla.Yellow: 3, sla.Red: 4}

func gravest(ws []warningRow) sla.Level {
	level := sla.Notice
	for _, w := range ws {
		if gravity[w.Level] > gravity[level] {
			level = w.Level
		}
	}
	return level
}

type warningRow struct {
	bun.BaseModel `bun:"table:warnings"`

	TicketID   int64         `bun:"ticket_id,pk"`
	Round      int           `bun:"round,pk"`
	Clock      sla.ClockName `bun:"clock,pk"`
	Unit       string        `bun:"unit,pk"`
	Nth        int           `bun:"nth,pk"`
	Name       string        `bun:"name,pk"`
	Level      sla.Level
	ToWhom     sla.To
	Department string
	At         time.Time
	DueAt      time.Time
	Urgent     bool
	DigestID   int64
	Moot       bool
}

func (w warningRow) name() string {
	return fmt.Sprint(w.Round, w.Clock, w.Unit, w.Nth, " ", w.Name)
}

type digestRow struct {
	bun.BaseModel `bun:"table:digests"`

	ID         int64 `bun:"id,pk,autoincrement"`
	ToWhom     sla.To
	Department string
	At         time.Time
	Level      sla.Level
	Count      int
	ReadAt     time.Time `bun:",nullzero"`
	ReadBy     string
}
