package tickets

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/tickets/sla"
	"nengban/tickets/worktime"
)

// Limits keeps every version of the policies and calendars that deadlines
// were ever promised under, and hands out the ones in force.
type Limits struct {
	db    *bun.DB
	clock clockwork.Clock
	now   atomic.Pointer[limits]
}

// limits is a snapshot of all versions.
type limits struct {
	policies sla.Policies
	editions []edition // oldest first
	versions int       // rows it was read from
}

// edition is all calendars as they stood from one publication to the next.
type edition struct {
	from      time.Time
	calendars sla.Calendars
	table     worktime.Table
	specs     []worktime.Spec
}

// OpenLimits loads the policies and calendars of db. A fresh database gets
// the default ones, version 1.
func OpenLimits(ctx context.Context, db *bun.DB, clock clockwork.Clock) (*Limits, error) {
	l := &Limits{db: db, clock: clock}
	if err := l.seed(ctx); err != nil {
		return nil, fmt.Errorf("writing the first limits: %w", err)
	}
	return l, l.Reload(ctx)
}

// Reload reads all versions anew, after another instance published one.
func (l *Limits) Reload(ctx context.Context) error {
	versions, err := l.countVersions(ctx) // first: what comes in meanwhile is read again
	if err != nil {
		return fmt.Errorf("counting the limits: %w", err)
	}
	policies, err := l.loadPolicies(ctx)
	if err != nil {
		return fmt.Errorf("loading the policies: %w", err)
	}
	editions, err := l.loadEditions(ctx)
	if err != nil {
		return fmt.Errorf("loading the calendars: %w", err)
	}
	l.now.Store(&limits{policies, editions, versions})
	return nil
}

// Policy returns a version of the policy.
func (l *Limits) Policy(version int) (sla.Policy, bool) {
	return l.now.Load().policies.Version(version)
}

func (l *Limits) has(version int) bool {
	_, ok := l.Policy(version)
	return ok
}

// Policies returns all versions.
func (l *Limits) Policies() sla.Policies { return l.now.Load().policies }

// Calendars returns the calendars in force.
func (l *Limits) Calendars() sla.Calendars { return l.latest().calendars }

// Holidays returns the table of years in force.
func (l *Limits) Holidays() worktime.Table { return l.latest().table }

// Specs returns the newest specification of every calendar.
func (l *Limits) Specs() []worktime.Spec { return l.latest().specs }

// UnknownYear returns the first year that deadlines reckoned now may run into
// and for which no holidays are known, and whether anybody should worry: from
// November on the next year's notice is due.
func (l *Limits) UnknownYear() (year int, worry bool) {
	now := l.clock.Now().In(Shanghai)
	year = l.Holidays().Unknown()
	return year, year <= now.Year() || year == now.Year()+1 && now.Month() >= time.November
}

func (l *Limits) latest() edition {
	all := l.now.Load().editions
	return all[len(all)-1]
}

// policyAt returns the version that a ticket received then is promised under.
func (l *Limits) policyAt(t time.Time) int {
	all := l.now.Load()
	if p, ok := all.policies.InForce(t); ok {
		return p.Version
	}
	return all.policies[0].Version // older than any policy: the first one
}

// PublishPolicy puts a new version in force from its date. It refuses one
// that is not valid with the calendars in force (*sla.PolicyError).
func (l *Limits) PublishPolicy(ctx context.Context, by, note string, p sla.Policy) (sla.Policy, error) {
	err := l.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var last int
		if err := tx.NewSelect().Model((*policyRow)(nil)).ColumnExpr("max(version)").Scan(ctx, &last); err != nil {
			return err
		}
		p.Version = last + 1
		if err := p.Validate(l.Calendars()); err != nil {
			return err
		}
		return insertPolicy(ctx, tx, p, by, note, l.hour())
	})
	if err != nil {
		return p, fmt.Errorf("publishing limits: %w", err)
	}
	return p, l.Reload(ctx)
}

// PublishCalendar puts a new version of a calendar in force at once. It
// refuses one that is not valid (*worktime.SpecError).
func (l *Limits) PublishCalendar(ctx context.Context, by, note string, spec worktime.Spec) (worktime.Spec, error) {
	err := l.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		var last int
		if err := tx.NewSelect().Model((*calendarRow)(nil)).ColumnExpr("coalesce(max(version), 0)").Where("name = ?", spec.Name).Scan(ctx, &last); err != nil {
			return err
		}
		spec.Version = last + 1
		if _, err := worktime.New(spec, l.Holidays()); err != nil {
			return err
		}
		return insertCalendar(ctx, tx, spec, by, note, l.hour())
	})
	if err != nil {
		return spec, fmt.Errorf("publishing the calendar %s: %w", spec.Name, err)
	}
	return spec, l.Reload(ctx)
}

// LoadYears takes in the State Council's lists of one or more years. Lists
// that are not sound are refused whole, and the calendars in force stay.
func (l *Limits) LoadYears(ctx context.Context, by, source string, years ...worktime.Year) error {
	if _, err := l.Holidays().With(years...); err != nil {
		return fmt.Errorf("loading holidays: %w", err)
	}
	err := l.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		for _, y := range years {
			if err := insertYear(ctx, tx, y, by, source, l.hour()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("loading holidays: %w", err)
	}
	return l.Reload(ctx)
}

func (l *Limits) hour() time.Time { return l.clock.Now().UTC().Truncate(time.Microsecond) }

// at returns the edition that was in force at a moment; before the first
// publication that is the first.
func (l *limits) at(t time.Time) edition {
	found := l.editions[0]
	for _, e := range l.editions {
		if !e.from.After(t) {
			found = e
		}
	}
	return found
}

func (l *Limits) loadPolicies(ctx context.Context) (sla.Policies, error) {
	var rows []policyRow
	if err := l.db.NewSelect().Model(&rows).Order("version").Scan(ctx); err != nil {
		return nil, err
	}
	var out sla.Policies
	for _, r := range rows {
		var p sla.Policy
		if err := json.Unmarshal([]byte(r.Spec), &p); err != nil {
			return nil, fmt.Errorf("version %d: %w", r.Version, err)
		}
		out = append(out, p)
	}
	return out, nil
}

// loadEditions replays the publications of calendars and holiday lists in the
// order they were made, and builds the calendars that each left in force.
func (l *Limits) loadEditions(ctx context.Context) ([]edition, error) {
	var specs []calendarRow
	if err := l.db.NewSelect().Model(&specs).Order("published_at", "name", "version").Scan(ctx); err != nil {
		return nil, err
	}
	var years []yearRow
	if err := l.db.NewSelect().Model(&years).Order("loaded_at", "year", "version").Scan(ctx); err != nil {
		return nil, err
	}
	var moments []time.Time
	for _, r := range specs {
		moments = append(moments, r.PublishedAt.UTC())
	}
	for _, r := range years {
		moments = append(moments, r.LoadedAt.UTC())
	}
	slices.SortFunc(moments, time.Time.Compare)
	moments = slices.CompactFunc(moments, time.Time.Equal)
	var out []edition
	for _, at := range moments {
		e, err := editionAt(at, specs, years)
		if err != nil {
			return nil, fmt.Errorf("as of %s: %w", at.Format(time.RFC3339), err)
		}
		out = append(out, e)
	}
	if len(out) == 0 {
		return nil, errors.New("there is no calendar")
	}
	return out, nil
}

func editionAt(at time.Time, specRows []calendarRow, yearRows []yearRow) (edition, error) {
	e := edition{from: at, table: worktime.Embedded()}
	newest := map[string]worktime.Spec{}
	for _, r := range specRows {
		if r.PublishedAt.After(at) {
			continue
		}
		spec, err := worktime.ParseSpec([]byte(r.Spec))
		if err != nil {
			return e, err
		}
		if spec.Version >= newest[spec.Name].Version {
			newest[spec.Name] = spec
		}
	}
	for _, r := range yearRows {
		if r.LoadedAt.After(at) {
			continue
		}
		var y worktime.Year
		if err := json.Unmarshal([]byte(r.Days), &y); err != nil {
			return e, err
		}
		table, err := e.table.With(y)
		if err != nil {
			return e, err
		}
		e.table = table
	}
	for _, s := range newest {
		e.specs = append(e.specs, s)
	}
	slices.SortFunc(e.specs, func(a, b worktime.Spec) int { return cmp.Compare(a.Name, b.Name) })
	var err error
	e.calendars, err = sla.NewCalendars(e.table, e.specs...)
	return e, err
}

// seed writes the defaults into a fresh database; a second instance starting
// at the same time finds them there.
func (l *Limits) seed(ctx context.Context) error {
	return l.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		n, err := tx.NewSelect().Model((*policyRow)(nil)).Count(ctx)
		if err != nil || n > 0 {
			return err
		}
		if err := insertPolicy(ctx, tx, sla.DefaultPolicy(), "", "", l.hour()); err != nil {
			return err
		}
		for _, spec := range worktime.Defaults() {
			if err := insertCalendar(ctx, tx, spec, "", "", l.hour()); err != nil {
				return err
			}
		}
		return nil
	})
}

type policyRow struct {
	bun.BaseModel `bun:"table:policies"`

	Version     int `bun:",pk"`
	InForceFrom time.Time
	Spec        string
	PublishedAt time.Time
	PublishedBy string
	Note        string
}

type calendarRow struct {
	bun.BaseModel `bun:"table:calendars"`

	Name        string `bun:",pk"`
	Version     int    `bun:",pk"`
	Spec        string
	PublishedAt time.Time
	PublishedBy string
	Note        string
}

type yearRow struct {
	bun.BaseModel `bun:"table:holiday_years"`

	Year     int `bun:",pk"`
	Version  int `bun:",pk"`
	Days     string
	Source   string
	LoadedAt time.Time
	LoadedBy string
}

func insertPolicy(ctx context.Context, tx bun.IDB, p sla.Policy, by, note string, at time.Time) error {
	spec, err := json.Marshal(p)
	if err != nil {
		return err
	}
	r := policyRow{Version: p.Version, InForceFrom: p.InForceFrom.UTC(), Spec: string(spec), PublishedAt: at, PublishedBy: by, Note: note}
	_, err = tx.NewInsert().Model(&r).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}

func insertCalendar(ctx context.Context, tx bun.IDB, s worktime.Spec, by, note string, at time.Time) error {
	spec, err := json.Marshal(s)
	if err != nil {
		return err
	}
	r := calendarRow{Name: s.Name, Version: s.Version, Spec: string(spec), PublishedAt: at, PublishedBy: by, Note: note}
	_, err = tx.NewInsert().Model(&r).On("CONFLICT DO NOTHING").Exec(ctx)
	return err
}

func insertYear(ctx context.Context, tx bun.IDB, y worktime.Year, by, source string, at time.Time) error {
	var last int
	if err := tx.NewSelect().Model((*yearRow)(nil)).ColumnExpr("coalesce(max(version), 0)").Where("year = ?", y.Year).Scan(ctx, &last); err != nil {
		return err
	}
	days, err := json.Marshal(y)
	if err != nil {
		return err
	}
	r := yearRow{Year: y.Year, Version: last + 1, Days: string(days), Source: source, LoadedAt: at, LoadedBy: by}
	_, err = tx.NewInsert().Model(&r).Exec(ctx)
	return err
}
