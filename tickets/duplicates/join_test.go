package duplicates_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/duplicates"
	"nengban/tickets/staff"
)

// burst lets n people complain of one smell and returns the tickets' numbers
// and the hot matter.
func (d *desk) burst(t *testing.T, n int) ([]string, duplicates.Hot) {
	t.Helper()
	var numbers []string
	for i := range n {
		numbers = append(numbers, d.calls(fmt.Sprintf("1370001%04d", i), smells[0]))
		d.Clock.Advance(time.Minute)
	}
	d.notice(t, d.book)
	hot := d.hot(t)
	if len(hot) != 1 || len(hot[0].Numbers) < n {
		t.Fatalf("hot: %+v; want one matter of %d tickets", hot, n)
	}
	return numbers, hot[0]
}

func (d *desk) parts(t *testing.T, by staff.Member, id int64) (duplicates.Hot, []duplicates.Part) {
	t.Helper()
	h, parts, err := d.book.Matter(context.Background(), by, id)
	if err != nil {
		t.Fatal(err)
	}
	return h, parts
}

// refs are the tickets as they were seen that fit.
func refs(parts []duplicates.Part, fits func(duplicates.Part) bool) []tickets.Ref {
	var out []tickets.Ref
	for _, p := range parts {
		if fits(p) {
			out = append(out, tickets.Ref{Number: p.Number, Version: p.Version})
		}
	}
	return out
}

func mergeable(p duplicates.Part) bool { return p.Why == nil }
func joined(p duplicates.Part) bool    { return p.Joined }

func TestFiftyFiveTicketsOfAHotMatterAreJoinedInOneActAndSplitAgain(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		ctx := context.Background()
		d := newDesk(t, db)
		numbers, hot := d.burst(t, 55)
		h, parts := d.parts(t, d.Supervisor, hot.ID)
		main := duplicates.Proposed(h, parts)
		if main != numbers[0] || len(parts) != 55 {
			t.Fatalf("%s is proposed of %d; want the oldest of 55, %s", main, len(parts), numbers[0])
		}
		got, err := d.book.Join(ctx, d.Supervisor, hot.ID, tickets.Merge{Into: main, Reason: "同一家企业排放"}, refs(parts, mergeable))
		if err != nil || len(got.Done) != 54 || len(got.Left) != 0 || got.Main != main {
			t.Fatalf("joined %d under %s, left %+v, %v; want 54 under %s", len(got.Done), got.Main, got.Left, err, main)
		}
		one, err := d.Desk.Open(ctx, d.Dispatcher, numbers[30])
		if err != nil {
			t.Fatal(err)
		}
		last := one.Timeline[len(one.Timeline)-1]
		if last.Act != staff.Merge || last.Into != main || last.Reason != "同一家企业排放" || last.ByName != d.Supervisor.Name || one.Ticket.Status != tickets.MergedAway {
			t.Errorf("the timeline of one ends with %+v", last)
		}

		h, parts = d.parts(t, d.Dispatcher, hot.ID)
		if h.Into != main || len(refs(parts, joined)) != 54 {
			t.Fatalf("the matter is joined into %q with %d tickets", h.Into, len(refs(parts, joined)))
		}
		first := []tickets.Ref{{Number: numbers[1]}}
		if got, err := d.book.Split(ctx, d.Dispatcher, hot.ID, tickets.Unmerge{Reason: "是另一家企业"}, first); err != nil || len(got.Done) != 1 || got.Main != main {
			t.Fatalf("splitting one: %+v, %v", got, err)
		}
		got, err = d.book.Split(ctx, d.Dispatcher, hot.ID, tickets.Unmerge{Reason: "并错了"}, refs(parts, joined))
		if err != nil || len(got.Done) != 53 || len(got.Left) != 1 || got.Left[0].Number != numbers[1] || got.Main != "" {
			t.Fatalf("split %d, left %+v, under %q, %v; want 53, and the one that was split before named", len(got.Done), got.Left, got.Main, err)
		}
		if h, parts = d.parts(t, d.Dispatcher, hot.ID); h.Into != "" || len(refs(parts, joined)) != 0 {
			t.Errorf("after splitting all the matter is joined into %q", h.Into)
		}
	})
}

func TestWhatCannotBeMergedAnyMoreIsNamedAndTheRestIsJoined(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		ctx := context.Background()
		d := newDesk(t, db)
		numbers, hot := d.burst(t, 8)
		d.Act(d.Dispatcher, numbers[3], &tickets.AnswerAtOnce{Text: "已答复", PublicText: "已答复"})
		_, parts := d.parts(t, d.Supervisor, hot.ID)
		i := slices.IndexFunc(parts, func(p duplicates.Part) bool { return p.Number == numbers[3] })
		var refusal *tickets.Refusal
		if !errors.As(parts[i].Why, &refusal) || parts[i].MayBe {
			t.Fatalf("an answered ticket can be merged: %v, can be the main one: %t", parts[i].Why, parts[i].MayBe)
		}
		// While the supervisor reads the list, one is withdrawn and one is triaged.
		d.Act(d.Dispatcher, numbers[5], &tickets.Withdraw{Reason: "已散味"})
		d.Act(d.Dispatcher, numbers[6], &tickets.Triage{Class: tickets.Ordinary, Reason: "依据来电内容判断"})
		got, err := d.book.Join(ctx, d.Supervisor, hot.ID, tickets.Merge{Into: numbers[1], Reason: "同一家企业排放"}, refs(parts, mergeable))
		if err != nil || len(got.Done) != 4 || len(got.Left) != 2 {
			t.Fatalf("joined %v, left %+v, %v; want four joined and two left", got.Done, got.Left, err)
		}
		var conflict *tickets.Conflict
		if got.Left[0].Number != numbers[5] || !errors.As(got.Left[0].Why, &conflict) || got.Left[1].Number != numbers[6] || !errors.As(got.Left[1].Why, &conflict) {
			t.Errorf("left: %+v", got.Left)
		}
	})
}

func TestJoiningIsForWhoManagesHotMattersAndForTheirTickets(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		ctx := context.Background()
		d := newDesk(t, db)
		secret := d.calls("13700009999", smells[0], func(in *tickets.Intake) { in.Confidential = true })
		numbers, hot := d.burst(t, 6)
		stranger := d.calls("13900009999", usual[0])
		some := []tickets.Ref{{Number: numbers[2]}, {Number: numbers[2]}, {Number: numbers[1]}}
		merge := func(into string) tickets.Merge { return tickets.Merge{Into: into, Reason: "同一家企业排放"} }
		if _, err := d.book.Join(ctx, d.Operator, hot.ID, merge(numbers[1]), some); !errors.Is(err, tickets.ErrNotAllowed) {
			t.Errorf("an operator joined them: %v", err)
		}
		if _, err := d.book.Split(ctx, d.Auditor, hot.ID, tickets.Unmerge{Reason: "试"}, some); !errors.Is(err, tickets.ErrNotAllowed) {
			t.Errorf("an auditor split them: %v", err)
		}
		if _, err := d.book.Join(ctx, d.Supervisor, hot.ID+1, merge(numbers[1]), some); !errors.Is(err, duplicates.ErrNoMatter) {
			t.Errorf("tickets of no matter were joined: %v", err)
		}
		_, parts := d.parts(t, d.Supervisor, hot.ID)
		if proposed := duplicates.Proposed(hot, parts); proposed != numbers[0] {
			t.Errorf("%s is proposed; want the oldest whose citizen asked for no secrecy, %s", proposed, numbers[0])
		}
		for name, try := range map[string]struct {
			m     tickets.Merge
			refs  []tickets.Ref
			field string
		}{
			"no reason":               {tickets.Merge{Into: numbers[1]}, some, "reason"},
			"no main ticket":          {tickets.Merge{Reason: "同一家企业排放"}, some, "into"},
			"no ticket":               {merge(numbers[1]), nil, "tickets"},
			"only the main one":       {merge(numbers[1]), []tickets.Ref{{Number: numbers[1]}}, "tickets"},
			"another matter's ticket": {merge(numbers[1]), []tickets.Ref{{Number: stranger}}, "tickets"},
			"another matter's main":   {merge(stranger), some, "into"},
			"a confidential main":     {merge(secret), some, "into"},
		} {
			var fields tickets.FieldErrors
			if _, err := d.book.Join(ctx, d.Supervisor, hot.ID, try.m, try.refs); !errors.As(err, &fields) || fields.Of(try.field) == nil {
				t.Errorf("%s: %v; want trouble with %s", name, err, try.field)
			}
		}
		if h, parts := d.parts(t, d.Supervisor, hot.ID); h.Into != "" || len(refs(parts, joined)) != 0 {
			t.Errorf("something was joined all the same: %+v", h)
		}
		if got, err := d.book.Join(ctx, d.Supervisor, hot.ID, merge(numbers[1]), some); err != nil || len(got.Done) != 1 {
			t.Errorf("a ticket named twice: %+v, %v; want it joined once", got, err)
		}
	})
}

func TestLaterCallersAreOfferedTheMainTicket(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		d := newDesk(t, db)
		numbers, hot := d.burst(t, 25)
		_, parts := d.parts(t, d.Supervisor, hot.ID)
		if _, err := d.book.Join(context.Background(), d.Supervisor, hot.ID, tickets.Merge{Into: numbers[7], Reason: "同一家企业排放"}, refs(parts, mergeable)); err != nil {
			t.Fatal(err)
		}
		found := d.like(t, d.Operator, "化工园刺鼻臭味又来了", "")
		if len(found) == 0 || found[0].Number != numbers[7] || found[0].Joined == 0 || found[0].Hot == nil || found[0].Hot.Into != numbers[7] {
			t.Fatalf("offered: %+v; want the main ticket %s", found, numbers[7])
		}
		if len(found) > 1 {
			t.Errorf("beside the main ticket it offers %+v", found[1:])
		}
		d.Act(d.Dispatcher, numbers[7], &tickets.AnswerAtOnce{Text: "已停产整改", PublicText: "已停产整改"})
		if found := d.like(t, d.Operator, "化工园刺鼻臭味又来了", ""); len(found) > 0 {
			t.Errorf("a main ticket that is answered is still offered: %+v", found)
		}
	})
}

func TestATicketThatSaysNothingOfTheMatterIsNotProposedAsItsMain(t *testing.T) {
	t.Parallel()
	part := func(number, says string, mayBe bool) duplicates.Part {
		return duplicates.Part{Ticket: &tickets.Ticket{Number: number, Title: says}, MayBe: mayBe}
	}
	dust, answeredOne, first, second := part("1", "路面没铺好，全是灰，窗户不敢开", true), part("2", "油漆味", false), part("3", "涂料厂油漆味", true), part("4", "涂料厂", true)
	h := duplicates.Hot{Words: []string{"涂料厂", "油漆味"}}
	for _, test := range []struct {
		parts []duplicates.Part
		into  string
		want  string
	}{
		{[]duplicates.Part{dust, answeredOne, first, second}, "", "3"},
		{[]duplicates.Part{dust, answeredOne, first, second}, "4", "4"},
		{[]duplicates.Part{dust, answeredOne}, "", "1"},
		{[]duplicates.Part{answeredOne}, "", ""},
	} {
		h.Into = test.into
		if got := duplicates.Proposed(h, test.parts); got != test.want {
			t.Errorf("of %d tickets, joined under %q before, %q is proposed; want %q", len(test.parts), test.into, got, test.want)
		}
	}
}
