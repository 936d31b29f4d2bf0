package knowledge

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"nengban/tickets/staff"
)

// lapse takes articles out of force whose time is over. They are not found
// from that moment anyway; this makes their state say so and their page gone.
func (l *Library) lapse(ctx context.Context) (int, error) {
	now, n := l.now(), 0
	for {
		over, err := fetch(ctx, l.db, byLive, func(q *bun.SelectQuery) *bun.SelectQuery {
			return q.Where("v.state = ? AND v.valid_until <= ?", Published, now).Order("a.id").Limit(batch)
		})
		if err != nil || len(over) == 0 {
			return n, err
		}
		err = l.quietly(ctx, func(ctx context.Context, tx bun.Tx) error {
			for _, x := range over {
				if err := l.lapseOne(ctx, tx, x); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return n, err
		}
		n += len(over)
	}
}

func (l *Library) lapseOne(ctx context.Context, tx bun.Tx, x *Article) error {
	a, _, err := load(ctx, tx, x.ID, 0)
	if err != nil || a.Live != x.N {
		return err
	}
	if next := a.Wanted; next != a.Live { // the next version is on its way: it goes on alone
		if err := setState(ctx, tx, a.ID, a.Live, Expired); err != nil {
			return err
		}
		a.Live = 0
	} else if err := l.end(ctx, tx, a); err != nil {
		return err
	}
	if err := touch(ctx, tx, a, l.now()); err != nil {
		return err
	}
	r := stepRow{ArticleID: a.ID, N: x.N, Step: Lapse, ByName: staff.TheSystem.Name, At: l.now(), Note: ""}
	if _, err := tx.NewInsert().Model(&r).Exec(ctx); err != nil {
		return fmt.Errorf("writing an article's history: %w", err)
	}
	return nil
}
