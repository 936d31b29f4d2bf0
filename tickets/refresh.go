package tickets

import (
	"context"
	"fmt"
)

// Refresh takes up policies, calendars and holidays that another instance has
// published since, and returns how many there were. A job of the timetable:
// versions are only ever added, so that counting them says whether any came.
func (l *Limits) Refresh(ctx context.Context) (int, error) {
	n, err := l.countVersions(ctx)
	if err != nil {
		return 0, fmt.Errorf("looking for new limits: %w", err)
	}
	fresh := n - l.now.Load().versions
	if fresh == 0 {
		return 0, nil
	}
	return fresh, l.Reload(ctx)
}

func (l *Limits) countVersions(ctx context.Context) (n int, err error) {
	err = l.db.NewRaw("SELECT (SELECT count(*) FROM policies) + (SELECT count(*) FROM calendars) + (SELECT count(*) FROM holiday_years)").Scan(ctx, &n)
	return n, err
}
