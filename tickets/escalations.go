package tickets

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/sla"
	"nengban/tickets/staff"
)

// Escalation is a deadline that has passed and is not met yet, at the gravest
// level that was told of it (三色督办).
type Escalation struct {
	Number string
	Title  string
	Round  int
	Clock  sla.ClockName
	Unit   string // "" for the citizen's clock and the desk's own
	Nth    int
	Level  sla.Level // blue, yellow, red
	Due    time.Time
	At     time.Time // when that level was reached
}

// mostEscalations bounds the page that shows them.
const mostEscalations = 2000

// Escalations returns the deadlines that have passed and are not met, the
// gravest level of each, the oldest first. Members of a department see its
// own. It returns ErrNotAllowed without the right to read supervision.
func (d *Desk) Escalations(ctx context.Context, by staff.Member) ([]Escalation, error) {
	if by.Reach(staff.ReadSupervision) == staff.None {
		return nil, ErrNotAllowed
	}
	q := d.db.NewSelect().TableExpr("tickets AS t").
		Join("JOIN clocks AS c ON c.ticket_id = t.id AND c.ended_at IS NULL").
		Join("JOIN warnings AS w ON w.ticket_id = t.id AND w.round = c.round AND w.clock = c.clock AND w.unit = c.unit AND w.nth = c.nth").
		ColumnExpr("t.number, t.title, w.round, w.clock, w.unit, w.nth, w.level, c.due_at AS due, w.at").
		Where("t.next_due_at < ? AND w.level <> ? AND c.due_at < ?", d.Now(), sla.Notice, d.Now())
	if by.Department != "" {
		q = q.Where("w.department IN (?)", bun.List(d.Directory().Below(by.Department)))
	}
	var rows []Escalation
	if err := q.OrderExpr("c.due_at, t.number, w.at").Limit(mostEscalations).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("reading escalations: %w", err)
	}
	return gravestOfEach(rows), nil
}

// gravestOfEach keeps one line for each clock.
func gravestOfEach(rows []Escalation) []Escalation {
	type key struct {
		number, unit string
		clock        sla.ClockName
		round, nth   int
	}
	at := map[key]int{}
	var out []Escalation
	for _, r := range rows {
		k := key{r.Number, r.Unit, r.Clock, r.Round, r.Nth}
		i, seen := at[k]
		switch {
		case !seen:
			at[k] = len(out)
			out = append(out, r)
		case gravity[r.Level] > gravity[out[i].Level]:
			out[i] = r
		}
	}
	return out
}
