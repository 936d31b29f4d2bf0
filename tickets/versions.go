package tickets

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"nengban/tickets/sla"
	"nengban/tickets/worktime"
)

// Published is who put a version in force, when, and why. All three are empty
// for the versions that a desk began with.
type Published struct {
	At   time.Time
	By   string
	Note string
}

// PolicyVersion is a policy with its publication.
type PolicyVersion struct {
	sla.Policy
	Published Published
}

// CalendarVersion is a calendar's specification with its publication.
type CalendarVersion struct {
	worktime.Spec
	Published Published
}

// YearVersion is a year's list of holidays that was loaded. Note is where it
// came from.
type YearVersion struct {
	worktime.Year
	Version   int
	Published Published
}

// PolicyVersions returns all versions of the limits, the newest first.
func (l *Limits) PolicyVersions(ctx context.Context) ([]PolicyVersion, error) {
	var rows []policyRow
	if err := l.db.NewSelect().Model(&rows).Order("version DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the limits' versions: %w", err)
	}
	out := make([]PolicyVersion, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Spec), &out[i].Policy); err != nil {
			return nil, fmt.Errorf("reading the limits, version %d: %w", r.Version, err)
		}
		out[i].Published = Published{r.PublishedAt.UTC(), r.PublishedBy, r.Note}
	}
	return out, nil
}

// CalendarVersions returns all versions of a calendar, the newest first; none
// for a name that no calendar has.
func (l *Limits) CalendarVersions(ctx context.Context, name string) ([]CalendarVersion, error) {
	var rows []calendarRow
	if err := l.db.NewSelect().Model(&rows).Where("name = ?", name).Order("version DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading a calendar's versions: %w", err)
	}
	out := make([]CalendarVersion, len(rows))
	for i, r := range rows {
		spec, err := worktime.ParseSpec([]byte(r.Spec))
		if err != nil {
			return nil, fmt.Errorf("reading the calendar %s, version %d: %w", name, r.Version, err)
		}
		out[i] = CalendarVersion{spec, Published{r.PublishedAt.UTC(), r.PublishedBy, r.Note}}
	}
	return out, nil
}

// LoadedYears returns the lists of holidays that were loaded on this desk, the
// newest first; what the program brings along is not among them.
func (l *Limits) LoadedYears(ctx context.Context) ([]YearVersion, error) {
	var rows []yearRow
	if err := l.db.NewSelect().Model(&rows).Order("loaded_at DESC", "year DESC").Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the loaded holidays: %w", err)
	}
	out := make([]YearVersion, len(rows))
	for i, r := range rows {
		if err := json.Unmarshal([]byte(r.Days), &out[i].Year); err != nil {
			return nil, fmt.Errorf("reading the holidays of %d: %w", r.Year, err)
		}
		out[i].Version, out[i].Published = r.Version, Published{r.LoadedAt.UTC(), r.LoadedBy, r.Source}
	}
	return out, nil
}
