package tickets_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/sla"
	tt "nengban/tickets/ticketstest"
	"nengban/tickets/worktime"
)

// A deadline that has passed climbs from blue to red and is gone when it is
// met; the warning of it says so.
func TestAPassedDeadlineStandsOnceAtItsGravestLevelUntilItIsMet(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		ctx := context.Background()
		setTo(t, tw, at(9, 21, 9, 30))
		x := tw.Ticket(tickets.InHand) // both answer and handling are due on 29 September
		levels := func() map[sla.ClockName]sla.Level {
			if _, err := tw.Desk.Warn(ctx); err != nil {
				t.Fatal(err)
			}
			if _, err := tw.Desk.Digest(ctx); err != nil {
				t.Fatal(err)
			}
			all, err := tw.Desk.Escalations(ctx, tw.Supervisor)
			if err != nil {
				t.Fatal(err)
			}
			out := map[sla.ClockName]sla.Level{}
			for _, e := range all {
				if _, twice := out[e.Clock]; twice || e.Number != x.Number {
					t.Errorf("%s %s stands there twice, or is another ticket's", e.Number, e.Clock)
				}
				out[e.Clock] = e.Level
			}
			return out
		}
		for _, step := range []struct {
			at   time.Time
			want sla.Level
		}{{at(9, 29, 9, 30), ""}, {at(9, 30, 9, 30), sla.Blue}, {at(10, 8, 9, 30), sla.Yellow}, {at(10, 12, 9, 30), sla.Red}} {
			setTo(t, tw, step.at)
			if got := levels(); got[sla.ClockHandle] != step.want || got[sla.ClockAnswer] != step.want {
				t.Errorf("at %s the levels are %v; want %q for both", step.at.Format("01-02"), got, step.want)
			}
		}
		if own, err := tw.Desk.Escalations(ctx, tw.Leader); err != nil || len(own) != 2 {
			t.Errorf("the department's leader sees %d, %v; want its two", len(own), err)
		}
		if _, err := tw.Desk.Escalations(ctx, tw.Operator); !errors.Is(err, tickets.ErrNotAllowed) {
			t.Errorf("an operator gets %v", err)
		}
		tw.Act(tw.Caseworker, x.Number, tt.Reply(tw.Clock.Now()))
		if got := levels(); got[sla.ClockHandle] != "" {
			t.Errorf("after the reply the handling still stands at %s", got[sla.ClockHandle])
		}
		news, err := tw.Desk.News(ctx, tw.Supervisor, 10)
		if err != nil || len(news) == 0 {
			t.Fatalf("the supervisor hears %v, %v", news, err)
		}
		ended := map[sla.ClockName]bool{}
		for _, l := range news[0].Lines {
			ended[l.Clock] = l.Ended
		}
		if !ended[sla.ClockHandle] || ended[sla.ClockAnswer] {
			t.Errorf("the news says that these are over: %v; want the handling alone", ended)
		}
	})
}

func TestVersionsSayWhoPublishedThemAndWhy(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		ctx := context.Background()
		limits := tw.Desk.Limits()
		spec := limits.Specs()[0]
		spec.Days = append(spec.Days, worktime.Override{Date: worktime.DateOf(2026, 9, 29), Kind: worktime.Off, Name: "台风"})
		if _, err := limits.PublishCalendar(ctx, "钱督办", "台风停办", spec); err != nil {
			t.Fatal(err)
		}
		calendars, err := limits.CalendarVersions(ctx, spec.Name)
		if err != nil || len(calendars) != 2 || calendars[0].Published.By != "钱督办" || calendars[0].Published.Note != "台风停办" || len(calendars[0].Days) != 1 {
			t.Errorf("the calendar's versions are %+v, %v", calendars, err)
		}
		policy := limits.Policies()[0]
		policy.InForceFrom = tw.Clock.Now()
		if _, err := limits.PublishPolicy(ctx, "钱督办", "提速", policy); err != nil {
			t.Fatal(err)
		}
		policies, err := limits.PolicyVersions(ctx)
		if err != nil || len(policies) != 2 || policies[0].Version != 2 || policies[0].Published.Note != "提速" || policies[1].Published.By != "" {
			t.Errorf("the limits' versions are %+v, %v", policies, err)
		}
	})
}
