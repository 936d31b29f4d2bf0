package callbacks

import (
	"container/heap"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets"
	"nengban/tickets/staff"
)

// Population is what a sample is drawn from: tickets whose handling ended in a
// span of time, that fit the rest, and whose citizens were not asked in that
// round or could not be. Empty fields choose everything.
type Population struct {
	From  time.Time     `json:"from"`
	To    time.Time     `json:"to"`
	Class tickets.Class `json:"class,omitempty"`
	Kind  tickets.Kind  `json:"kind,omitempty"`
	Lead  string        `json:"lead,omitempty"`
	Area  string        `json:"area,omitempty"` // and all areas in it
}

// Sample (抽查回访) is a draw that anybody can repeat: rank the numbers of the
// population by SHA-256 of seed, a full stop and number; the first Size are it.
type Sample struct {
	ID         int64
	Seed       string
	Population Population
	Of         int    // how many there were to draw from
	Digest     string // SHA-256 of their numbers, one a line, in order
	Size       int
	Chosen     []string // numbers, in the order of their rank
	DrawnAt    time.Time
	DrawnBy    string
}

type sampleRow struct {
	bun.BaseModel `bun:"table:samples"`

	ID         int64 `bun:"id,pk,autoincrement"`
	Kind       string
	Period     string
	Seed       string
	Population string
	Digest     string
	OfCount    int
	Size       int
	Share      float64
	Chosen     string
	DrawnAt    time.Time
	DrawnBy    string
	PlannedAt  time.Time `bun:",nullzero"`
}

// The kinds of draw: one that somebody ordered, and the standing one by which
// a part of the ordinary matters is asked about.
const (
	drawOnce  = "drawn"
	drawMonth = "month"
)

// Draw takes a random sample and plans a survey for each ticket in it. The
// seed is made here; a caller who wants a draw repeated uses [Engine.Redraw].
func (e *Engine) Draw(ctx context.Context, by staff.Member, p Population, size int) (*Sample, error) {
	if !by.May(staff.WorkCallbacks, staff.Subject{}) {
		return nil, ErrNotAllowed
	}
	if size < 1 || !p.To.After(p.From) {
		return nil, tickets.FieldErrors{{Field: "size", Code: "missing"}}
	}
	seed, err := newSeed()
	if err != nil {
		return nil, err
	}
	s, err := e.draw(ctx, p, size, seed)
	if err != nil {
		return nil, err
	}
	s.DrawnAt, s.DrawnBy = e.now(), by.Name
	what, err := json.Marshal(p)
	if err != nil {
		return nil, fmt.Errorf("writing down a population: %w", err)
	}
	row := sampleRow{Kind: drawOnce, Seed: seed, Population: string(what), Digest: s.Digest, OfCount: s.Of, Size: size, Chosen: strings.Join(s.Chosen, "\n"),
		DrawnAt: s.DrawnAt, DrawnBy: s.DrawnBy}
	if _, err := e.db.NewInsert().Model(&row).Returning("id").Exec(ctx); err != nil {
		return nil, fmt.Errorf("writing down a sample: %w", err)
	}
	s.ID = row.ID
	return s, e.planSamples(ctx)
}

// Redraw repeats a recorded draw over the population as it is now. The same
// digest means the same population, and then the same tickets are chosen.
func (e *Engine) Redraw(ctx context.Context, id int64) (recorded, again *Sample, err error) {
	if recorded, err = e.Sample(ctx, id); err != nil {
		return nil, nil, err
	}
	again, err = e.draw(ctx, recorded.Population, recorded.Size, recorded.Seed)
	return recorded, again, err
}

// Sample returns a recorded draw.
func (e *Engine) Sample(ctx context.Context, id int64) (*Sample, error) {
	var r sampleRow
	err := e.db.NewSelect().Model(&r).Where("id = ? AND kind = ?", id, drawOnce).Scan(ctx)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("reading a sample: %w", err)
	}
	return r.sample()
}

// Samples returns the recorded draws, the newest first.
func (e *Engine) Samples(ctx context.Context) ([]*Sample, error) {
	var rows []sampleRow
	if err := e.db.NewSelect().Model(&rows).Where("kind = ?", drawOnce).Order("id DESC").Limit(listed).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading samples: %w", err)
	}
	out := make([]*Sample, 0, len(rows))
	for _, r := range rows {
		s, err := r.sample()
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

func (r sampleRow) sample() (*Sample, error) {
	s := &Sample{ID: r.ID, Seed: r.Seed, Of: r.OfCount, Digest: r.Digest, Size: r.Size, DrawnAt: r.DrawnAt.UTC(), DrawnBy: r.DrawnBy}
	if r.Chosen != "" {
		s.Chosen = strings.Split(r.Chosen, "\n")
	}
	if err := json.Unmarshal([]byte(r.Population), &s.Population); err != nil {
		return nil, fmt.Errorf("reading a population: %w", err)
	}
	return s, nil
}

// draw goes through the population once, in the order of numbers, and keeps
// only as many as are wanted: memory grows with the sample, not with what it
// is drawn from.
func (e *Engine) draw(ctx context.Context, p Population, size int, seed string) (*Sample, error) {
	s := &Sample{Seed: seed, Population: p, Size: size}
	digest := sha256.New()
	best := &ranks{}
	last := ""
	for {
		numbers, err := e.population(ctx, p, last)
		if err != nil {
			return nil, err
		}
		for _, n := range numbers {
			_, _ = fmt.Fprintln(digest, n)
			best.offer(ranked{rank: rankOf(seed, n), number: n}, size)
			s.Of++
			last = n
		}
		if len(numbers) < populationBatch {
			break
		}
	}
	s.Digest = hex.EncodeToString(digest.Sum(nil))
	slices.SortFunc(*best, func(a, b ranked) int { return strings.Compare(a.rank, b.rank) })
	for _, r := range *best {
		s.Chosen = append(s.Chosen, r.number)
	}
	return s, nil
}

const populationBatch = 1000

// population reads one stretch of numbers. Those who were asked already are
// left out, since nobody is asked twice about a round.
func (e *Engine) population(ctx context.Context, p Population, after string) ([]string, error) {
	q := e.db.NewSelect().TableExpr("tickets AS t").ColumnExpr("t.number").
		Join("LEFT JOIN surveys AS s ON s.ticket_id = t.id AND s.round = t.round").
		Where("t.completed_at >= ? AND t.completed_at < ? AND t.number > ?", p.From.UTC(), p.To.UTC(), after).
		Where("t.status = ? AND t.outcome IN (?) AND t.rating = 0 AND t.solved = ''", tickets.Completed, bun.List([]tickets.Outcome{tickets.Answered, tickets.Handled})).
		Where("s.id IS NULL OR s.first_asked_at IS NULL AND s.state = ?", Closed)
	for column, want := range map[string]string{"class": string(p.Class), "kind": string(p.Kind), "lead": p.Lead} {
		if want != "" {
			q = q.Where("t.? = ?", bun.Ident(column), want)
		}
	}
	if p.Area != "" {
		q = q.Where("t.area >= ? AND t.area < ?", p.Area, p.Area+":") // ':' follows '9'
	}
	var out []string
	if err := q.OrderExpr("t.number").Limit(populationBatch).Scan(ctx, &out); err != nil {
		return nil, fmt.Errorf("reading a population: %w", err)
	}
	return out, nil
}

// planSamples plans the surveys of draws that have none yet: the one just
// made, or one whose program died before it came to that.
func (e *Engine) planSamples(ctx context.Context) error {
	var rows []sampleRow
	if err := e.db.NewSelect().Model(&rows).Where("kind = ? AND planned_at IS NULL", drawOnce).Order("id").Scan(ctx); err != nil {
		return fmt.Errorf("reading unplanned samples: %w", err)
	}
	for _, r := range rows {
		for part := range slices.Chunk(strings.Split(r.Chosen, "\n"), batch) {
			if err := e.planChosen(ctx, part); err != nil {
				return err
			}
		}
		if _, err := e.db.NewUpdate().Model((*sampleRow)(nil)).Set("planned_at = ?", e.now()).Where("id = ?", r.ID).Exec(ctx); err != nil {
			return fmt.Errorf("marking a sample as planned: %w", err)
		}
		e.wake()
	}
	return nil
}

func (e *Engine) planChosen(ctx context.Context, numbers []string) error {
	var facts []fact
	if err := e.db.NewSelect().Model(&facts).Column(factColumns...).Where("number IN (?)", bun.List(numbers)).Scan(ctx); err != nil {
		return fmt.Errorf("reading a sample's tickets: %w", err)
	}
	return e.askAgainAbout(ctx, facts, Sampled, "", func(fact) time.Time { return e.now() })
}

// ranked is a number under its rank; ranks keeps the lowest with the worst on top.
type ranked struct{ rank, number string }

type ranks []ranked

func (r *ranks) Len() int           { return len(*r) }
func (r *ranks) Less(i, j int) bool { return (*r)[i].rank > (*r)[j].rank }
func (r *ranks) Swap(i, j int)      { (*r)[i], (*r)[j] = (*r)[j], (*r)[i] }
func (r *ranks) Push(x any)         { *r = append(*r, x.(ranked)) }
func (r *ranks) Pop() any {
	last := (*r)[len(*r)-1]
	*r = (*r)[:len(*r)-1]
	return last
}

func (r *ranks) offer(x ranked, most int) {
	if r.Len() < most {
		heap.Push(r, x)
		return
	}
	if x.rank < (*r)[0].rank {
		(*r)[0] = x
		heap.Fix(r, 0)
	}
}

func rankOf(seed, number string) string {
	sum := sha256.Sum256([]byte(seed + "." + number))
	return string(sum[:])
}

func newSeed() (string, error) {
	b := make([]byte, 16)
	if _, err := rand.Read(b); err != nil {
		return "", fmt.Errorf("making a seed: %w", err)
	}
	return hex.EncodeToString(b), nil
}

// drawn says whether an ordinary matter is asked about, where only a share is.
// The month's seed is recorded before the first use, so that the choice can be
// repeated for each ticket: the first eight bytes of its rank, as a fraction of
// all there are, lie below the share.
func (e *Engine) drawn(ctx context.Context, f fact) (bool, error) {
	grave := f.Class == tickets.CannotDo || f.Class == tickets.HardToDo || f.Class == tickets.Refused
	if e.policy.Share >= 1 || grave || f.Urgency == tickets.Urgent || f.Urgency == tickets.Critical {
		return true, nil
	}
	seed, share, err := e.monthlySeed(ctx, f.StatusSince)
	if err != nil {
		return false, err
	}
	at := float64(binary.BigEndian.Uint64([]byte(rankOf(seed, f.Number)[:8]))) / (1 << 64)
	return at < share, nil
}

func (e *Engine) monthlySeed(ctx context.Context, at time.Time) (seed string, share float64, err error) {
	period := at.In(tickets.Shanghai).Format("2006-01")
	e.seedMu.Lock()
	defer e.seedMu.Unlock()
	if r, ok := e.seeds[period]; ok {
		return r.Seed, r.Share, nil
	}
	fresh, err := newSeed()
	if err != nil {
		return "", 0, err
	}
	r := sampleRow{Kind: drawMonth, Period: period, Seed: fresh, Population: "{}", Share: e.policy.Share, DrawnAt: e.now()}
	if _, err := e.db.NewInsert().Model(&r).On("CONFLICT DO NOTHING").Returning("NULL").Exec(ctx); err != nil {
		return "", 0, fmt.Errorf("writing down the month's seed: %w", err)
	}
	if err := e.db.NewSelect().Model(&r).Where("kind = ? AND period = ?", drawMonth, period).Scan(ctx); err != nil {
		return "", 0, fmt.Errorf("reading the month's seed: %w", err)
	}
	e.seeds[period] = r
	return r.Seed, r.Share, nil
}
