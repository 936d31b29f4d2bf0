package tickets

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/tickets/departments"
	"nengban/tickets/sla"
	"nengban/tickets/staff"
	"nengban/tickets/vault"
)

// Shanghai is the zone that people at the desk read the clock in.
var Shanghai = mustZone("Asia/Shanghai")

// Desk is where everything that happens to a ticket goes through: it owns the
// database, the hour, the numbering and every transaction that writes a ticket.
type Desk struct {
	db        *bun.DB
	clock     clockwork.Clock
	vault     *vault.Vault
	places    *departments.Store
	limits    *Limits
	listeners []Listener
	unmasking time.Duration
	erasers   []Eraser

	mu    sync.Mutex
	wakes map[string]chan struct{}
}

// Parts are what a desk is put together from.
type Parts struct {
	DB        *bun.DB
	Clock     clockwork.Clock
	Vault     *vault.Vault
	Places    *departments.Store
	Limits    *Limits
	Listeners []Listener // who is told of acts, through the outbox

	Unmasking time.Duration // how long a caller is shown in clear; 0: UnmaskingLasts
}

// NewDesk puts a desk together.
func NewDesk(p Parts) *Desk {
	if p.Unmasking == 0 {
		p.Unmasking = UnmaskingLasts
	}
	return &Desk{db: p.DB, clock: p.Clock, vault: p.Vault, places: p.Places, limits: p.Limits, listeners: p.Listeners, unmasking: p.Unmasking,
		wakes: map[string]chan struct{}{}}
}

// Directory returns the newest snapshot of departments and duties.
func (d *Desk) Directory() *departments.Directory { return d.places.Directory() }

// Now returns the desk's hour, in UTC, to the microsecond that both databases keep.
func (d *Desk) Now() time.Time { return d.clock.Now().UTC().Truncate(time.Microsecond) }

// Ref names a ticket and the version that was seen when it was opened. A
// version of 0 says that nobody looked: a job, an answer by text.
type Ref struct {
	Number  string
	Version int64
}

// Act does one thing to a ticket: it checks what was typed, the right, the
// state table and the move's own rules, and then writes in one transaction the
// change, one line of the timeline, the clocks that follow from it, and what
// others must be told. It returns the ticket as it stands afterwards.
//
// It refuses with FieldErrors, ErrNotFound, ErrNotAllowed, a *Refusal, or a
// *Conflict when the ticket was changed since it was opened; then nothing is
// written.
func (d *Desk) Act(ctx context.Context, by staff.Member, ref Ref, m Move) (*Ticket, error) {
	rule, ok := RuleFor(m.Act())
	if !ok {
		return nil, ErrUnknownAct
	}
	if err := Check(m).orNil(); err != nil {
		return nil, err
	}
	// Without a seen version there is nothing to lose by looking again.
	for tries := 0; ; tries++ {
		t, err := d.try(ctx, by, ref, rule, m)
		var stale *Conflict
		if errors.As(err, &stale) && ref.Version == 0 && tries < 5 {
			continue
		}
		if err == nil {
			d.wake()
		}
		return t, err
	}
}

func (d *Desk) try(ctx context.Context, by staff.Member, ref Ref, rule Rule, m Move) (*Ticket, error) {
	now := d.Now()
	var t *Ticket
	err := d.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) (err error) {
		if m.Act() == staff.Merge {
			if err := d.hold(ctx, tx, m, ref.Number); err != nil {
				return err
			}
		}
		t, err = d.actIn(ctx, tx, by, ref, rule, m, now)
		return err
	})
	if err != nil {
		return nil, d.explain(ctx, ref, err)
	}
	return t, nil
}

// decide checks everything that can be refused and returns the entry to write.
func (d *Desk) decide(ctx context.Context, tx bun.Tx, t *Ticket, by staff.Member, ref Ref, rule Rule, m Move, now time.Time) (Entry, error) {
	if !by.May(staff.ReadTicket, t.Subject()) && !by.Is(staff.Citizen) {
		return Entry{}, ErrNotFound
	}
	if !by.May(rule.Act, t.Subject()) {
		return Entry{}, ErrNotAllowed
	}
	if ref.Version != 0 && ref.Version != t.Version {
		return Entry{}, &Conflict{Seen: ref.Version, Now: t}
	}
	sc := d.scene(t, by, now, rule.Act)
	if err := possible(sc, rule, m); err != nil {
		return Entry{}, err
	}
	if mg, ok := m.(*Merge); ok {
		other, err := d.load(ctx, tx, mg.Into)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return Entry{}, err
		}
		sc.other = other
	}
	details, to, err := m.decide(sc)
	if err != nil {
		return Entry{}, err
	}
	if !rule.leads(t.Status, to) {
		return Entry{}, fmt.Errorf("the state table does not lead from %s by %s to %s", t.Status, rule.Act, to)
	}
	return Entry{TicketID: t.ID, Seq: t.Entries + 1, Act: rule.Act, At: now, ByID: by.ID, ByName: by.Name, Role: actingRole(by, rule.Act),
		ByDepartment: by.Department, From: t.Status, To: to, Round: roundOf(t, rule.Act), Details: details}, nil
}

// Allowed returns the lines of the state table that the member can act by on
// the ticket now: the buttons of its page.
func (d *Desk) Allowed(by staff.Member, t *Ticket) []Rule {
	var out []Rule
	for _, r := range Table {
		if by.May(r.Act, t.Subject()) && possible(d.scene(t, by, d.Now(), r.Act), r, r.New()) == nil {
			out = append(out, r)
		}
	}
	return out
}

func (d *Desk) scene(t *Ticket, by staff.Member, now time.Time, act Act) *scene {
	return &scene{t: t, by: by, now: now, dir: d.Directory(), act: act, policyExists: d.limits.has, late: func(clock sla.ClockName, unit string) bool { return t.late(clock, unit, now) }}
}

// possible asks the table first and the move second.
func possible(sc *scene, r Rule, m Move) error {
	for _, from := range r.From {
		if from == sc.t.Status {
			return m.available(sc)
		}
	}
	return sc.refuse(WrongStatus)
}

// write folds the entry into the ticket and stores everything that follows
// from it. The ticket's row goes first: its version check is what keeps two
// people apart.
func (d *Desk) write(ctx context.Context, tx bun.Tx, t *Ticket, entries []Entry, e Entry) error {
	before := partsOf(t)
	t.apply(e)
	was, err := d.limits.ledger(entries, e.At)
	if err != nil {
		return fmt.Errorf("reckoning the deadlines of %s: %w", t.Number, err)
	}
	is, err := d.limits.ledger(append(entries, e), e.At)
	if err != nil {
		return fmt.Errorf("reckoning the deadlines of %s: %w", t.Number, err)
	}
	t.take(is)
	if err := update(ctx, tx, t); err != nil {
		return err
	}
	if err := d.insertEntry(ctx, tx, &e); err != nil {
		return err
	}
	if err := saveParts(ctx, tx, before, partsOf(t)); err != nil {
		return err
	}
	if err := saveClocks(ctx, tx, t.ID, was, is); err != nil {
		return err
	}
	return d.tell(ctx, tx, e)
}

// explain turns a lost race into the conflict that the person can act on.
func (d *Desk) explain(ctx context.Context, ref Ref, err error) error {
	if !errors.Is(err, errStale) {
		return err
	}
	now, loadErr := d.load(ctx, d.db, ref.Number)
	if loadErr != nil {
		return loadErr
	}
	return &Conflict{Seen: ref.Version, Now: now}
}

// Subject is what rights over the ticket are asked about.
func (t *Ticket) Subject() staff.Subject {
	return staff.Subject{RegisteredBy: t.RegisteredBy, Hall: t.Hall, Departments: t.subject}
}

// involve works out the departments that the ticket concerns and all above
// them. Whoever answered in an earlier round goes on reading it.
func (t *Ticket) involve(dir *departments.Directory) {
	t.subject = nil
	add := func(code string) {
		if code != "" {
			t.subject = append(t.subject, dir.Above(code)...)
		}
	}
	for _, a := range t.Assignments {
		if a.Live() {
			add(a.Department)
		}
	}
	if c := t.Consultation; c != nil {
		for _, code := range c.Departments {
			add(code)
		}
	}
	for _, o := range t.Orders {
		if o.ClosedAt == nil {
			add(o.Department)
		}
	}
}

// actingRole is the role by which the member has the right; the first that
// reaches, so that the timeline says in what capacity somebody acted.
func actingRole(by staff.Member, act Act) staff.Role {
	for _, r := range by.Roles {
		if staff.Table[act][r] != staff.None {
			return r
		}
	}
	return ""
}

// roundOf: the act that opens a round belongs to the new one.
func roundOf(t *Ticket, act Act) int {
	if act == staff.Rework || act == staff.Reopen {
		return t.Round + 1
	}
	return t.Round
}

func mustZone(name string) *time.Location {
	loc, err := time.LoadLocation(name)
	if err != nil {
		return time.FixedZone("CST", 8*60*60)
	}
	return loc
}
