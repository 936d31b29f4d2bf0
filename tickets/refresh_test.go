package tickets_test

import (
	"context"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	tt "nengban/tickets/ticketstest"
	"nengban/tickets/worktime"
)

// Two instances on one database: what one publishes the other takes up when
// its timetable comes round, and not a moment is lost on asking in vain.
func TestAnotherInstanceTakesUpWhatWasPublished(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		ctx := context.Background()
		other, err := tickets.OpenLimits(ctx, db, tw.Clock)
		if err != nil {
			t.Fatal(err)
		}
		if n, err := other.Refresh(ctx); n != 0 || err != nil {
			t.Errorf("with nothing published the refresh took up %d, %v", n, err)
		}
		list, err := worktime.ReadHolidays(strings.NewReader(list2027), 2027)
		if err != nil {
			t.Fatal(err)
		}
		setTo(t, tw, at(12, 1, 9, 0))
		if err := tw.Desk.Limits().LoadYears(ctx, "管理员", "测试", list...); err != nil {
			t.Fatal(err)
		}
		policy := tw.Desk.Limits().Policies()[0]
		policy.InForceFrom = at(12, 2, 0, 0)
		if _, err := tw.Desk.Limits().PublishPolicy(ctx, "督办员", "试行", policy); err != nil {
			t.Fatal(err)
		}
		if year, _ := other.UnknownYear(); year != 2027 {
			t.Fatalf("before the refresh %d is the unknown year", year)
		}
		if n, err := other.Refresh(ctx); n != 2 || err != nil {
			t.Errorf("the refresh took up %d, %v; want a year and a policy", n, err)
		}
		if year, _ := other.UnknownYear(); year != 2028 || len(other.Policies()) != 2 {
			t.Errorf("after the refresh %d is the unknown year, and there are %d policies", year, len(other.Policies()))
		}
	})
}
