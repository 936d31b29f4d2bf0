package tickets_test

import (
	"context"
	"errors"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
)

func nothingMore(context.Context, bun.IDB, []*tickets.Ticket) error { return nil }

func TestManyAreMergedAsOneByOneAndWhatRefusesStaysAsItWas(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		ctx := context.Background()
		tw := tt.New(t, db, tickets.Listener{Name: "news", Wants: func(e tickets.Entry) bool { return e.Act == staff.Merge }})
		main, alone := tw.Ticket(tickets.ToDispatch), tw.Ticket(tickets.ToDispatch)
		a, b, sent, changed := tw.Ticket(tickets.ToTriage), tw.Ticket(tickets.ToSupplement), tw.Ticket(tickets.InHand), tw.Ticket(tickets.ToTriage)
		seen := changed.Version
		tw.Act(tw.Dispatcher, changed.Number, tt.Triage(tickets.Ordinary))
		merge := &tickets.Merge{Into: main.Number, Reason: "同一片区停水"}
		one := tw.Act(tw.Dispatcher, alone.Number, merge)

		done, left, err := tw.Desk.Together(ctx, tw.Dispatcher, []tickets.Ref{{Number: b.Number, Version: b.Version}, {Number: a.Number, Version: a.Version},
			{Number: sent.Number, Version: sent.Version}, {Number: changed.Number, Version: seen}, {Number: "20260921999999"}}, merge, nothingMore)
		if err != nil || len(done) != 2 || len(left) != 3 {
			t.Fatalf("done %d, left %+v, %v; want 2 and 3", len(done), left, err)
		}
		for _, x := range done {
			entries, err := tw.Desk.Timeline(ctx, x.ID)
			if err != nil {
				t.Fatal(err)
			}
			last := entries[len(entries)-1]
			if x.Status != tickets.MergedAway || x.MergedInto != main.Number || last.Act != staff.Merge || last.Into != main.Number || last.Reason != merge.Reason || last.Role != staff.Dispatcher {
				t.Errorf("%s is %s into %s by %+v; want it merged as %s was", x.Number, x.Status, x.MergedInto, last, one.Number)
			}
		}
		why := map[string]error{}
		for _, l := range left {
			why[l.Number] = l.Why
		}
		var refusal *tickets.Refusal
		var conflict *tickets.Conflict
		if !errors.As(why[sent.Number], &refusal) || !errors.As(why[changed.Number], &conflict) || !errors.Is(why["20260921999999"], tickets.ErrNotFound) {
			t.Errorf("left: %v", why)
		}
		if waiting, _, err := tw.Desk.Outstanding(ctx, "news"); err != nil || waiting != 3 {
			t.Errorf("%d messages of three mergers, %v", waiting, err)
		}
		for differs, err := range tw.Desk.CheckClocks(ctx, false) {
			t.Errorf("stored deadlines are not what the timeline says: %+v, %v", differs, err)
		}
	})
}

func TestManyActsAreWrittenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		ctx := context.Background()
		tw := tt.New(t, db)
		a, b := tw.Ticket(tickets.ToTriage), tw.Ticket(tickets.ToTriage)
		refs := []tickets.Ref{{Number: a.Number}, {Number: b.Number}}
		broken := errors.New("no room left")
		_, _, err := tw.Desk.Together(ctx, tw.Dispatcher, refs, &tickets.Merge{Into: tw.Register().Ticket.Number, Reason: "同一事项"},
			func(context.Context, bun.IDB, []*tickets.Ticket) error { return broken })
		if !errors.Is(err, broken) {
			t.Errorf("what comes last failed, and the answer is %v", err)
		}
		var fields tickets.FieldErrors
		if _, _, err := tw.Desk.Together(ctx, tw.Dispatcher, refs, &tickets.Merge{Into: tw.Ticket(tickets.Completed).Number, Reason: "同一事项"}, nothingMore); !errors.As(err, &fields) {
			t.Errorf("into a closed ticket: %v", err)
		}
		for _, x := range []*tickets.Ticket{a, b} {
			if now, err := tw.Desk.Ticket(ctx, tw.Dispatcher, x.Number); err != nil || now.Version != x.Version {
				t.Errorf("%s was written all the same: %+v, %v", x.Number, now, err)
			}
		}
	})
}

func TestTwoTicketsMergedIntoEachOtherAtOnceAreNotBothLost(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		ctx := context.Background()
		tw := tt.New(t, db)
		for range 10 {
			a, b := tw.Register().Ticket.Number, tw.Register().Ticket.Number
			var both sync.WaitGroup
			for _, way := range [][2]string{{a, b}, {b, a}} {
				both.Go(func() {
					_, err := tw.Desk.Act(ctx, tw.Dispatcher, tickets.Ref{Number: way[0]}, &tickets.Merge{Into: way[1], Reason: "同一事项"})
					var fields tickets.FieldErrors
					if err != nil && !errors.As(err, &fields) {
						t.Errorf("merging %s into %s: %v", way[0], way[1], err)
					}
				})
			}
			both.Wait()
			open := 0
			for _, number := range []string{a, b} {
				x, err := tw.Desk.Ticket(ctx, tw.Dispatcher, number)
				if err != nil {
					t.Fatal(err)
				}
				if x.Open() {
					open++
				}
			}
			if open != 1 {
				t.Fatalf("%d of two tickets merged into each other are open; want one", open)
			}
		}
	})
}
