package duplicates

import (
	"context"
	"slices"
	"time"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/tickets/triage"
)

// Like is an open ticket that is likely about the same thing.
type Like struct {
	Number string
	Title  string
	At     time.Time
	Words  []string // what both say and few others, the rarest first
	Hot    *Hot     // the hot matter it belongs to, if any
	Joined int      // how many of those that were found are merged into it
}

// offered is how many neighbours are looked at for one that is shown: some are
// closed, and some the member may not read.
const offered = 6

// Like returns at most n open tickets that the member may read and that are
// likely about the same matter as a text, nearby when the area is known, the
// likest first. For a ticket that was merged stands the one that it was merged
// into.
func (b *Book) Like(ctx context.Context, by staff.Member, text, area string, n int) ([]Like, error) {
	var near []triage.Neighbour
	var numbers []string
	for _, x := range b.now.Load().Like(triage.Question{Text: text, Area: area}, offered*n) {
		if x.Likeness >= triage.SameMatter {
			near = append(near, x)
			numbers = append(numbers, x.Document.ID)
		}
	}
	if len(near) == 0 {
		return nil, nil
	}
	may, err := b.standing(ctx, by, numbers)
	if err != nil {
		return nil, err
	}
	hot, err := b.Open(ctx)
	if err != nil {
		return nil, err
	}
	var out []Like
	for _, x := range near {
		t := may[x.Document.ID]
		if t == nil {
			continue
		}
		i := slices.IndexFunc(out, func(l Like) bool { return l.Number == t.Number })
		if i < 0 && len(out) < n {
			i = len(out)
			out = append(out, Like{Number: t.Number, Title: t.Title, At: t.ReceivedAt, Words: x.Shared, Hot: holding(hot, t.Number)})
		}
		if i >= 0 && t.Number != x.Document.ID {
			out[i].Joined++
		}
	}
	return out, nil
}

// answered are the statuses in which a ticket has its answer and only the
// citizen's word is missing: there is nothing left to join.
var answered = []tickets.Status{tickets.ToCallBack, tickets.ToJudge}

// standing returns for each of the numbers the ticket that stands for it, when
// somebody still works on that and the member may read it: itself, or the one
// that it was merged into.
func (b *Book) standing(ctx context.Context, by staff.Member, numbers []string) (map[string]*tickets.Ticket, error) {
	out, merged := map[string]*tickets.Ticket{}, map[string][]string{}
	for step := 0; len(numbers) > 0 && step <= mostMerges; step++ {
		page, err := b.Desk.List(ctx, by, tickets.Filter{Numbers: numbers, Newest: true}, "")
		if err != nil {
			return nil, err
		}
		numbers = nil
		next := map[string][]string{}
		for _, t := range page.Tickets {
			stands := append(merged[t.Number], t.Number)
			switch {
			case t.MergedInto != "":
				next[t.MergedInto] = append(next[t.MergedInto], stands...)
				numbers = append(numbers, t.MergedInto)
			case t.Open() && !slices.Contains(answered, t.Status):
				for _, number := range stands {
					out[number] = t
				}
			}
		}
		merged = next
	}
	return out, nil
}

// mostMerges is how often a main ticket was merged into yet another one, at
// most, for that one to be offered.
const mostMerges = 3
