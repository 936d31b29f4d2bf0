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
}

// offered is how many neighbours are looked at for one that is shown: some are
// closed, and some the member may not read.
const offered = 6

// Like returns at most n open tickets that the member may read and that are
// likely about the same matter as a text, nearby when the area is known, the
// likest first.
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
	may, err := b.open(ctx, by, numbers)
	if err != nil {
		return nil, err
	}
	hot, err := b.Open(ctx)
	if err != nil {
		return nil, err
	}
	var out []Like
	for _, x := range near {
		if t := may[x.Document.ID]; t != nil && len(out) < n {
			out = append(out, Like{Number: t.Number, Title: t.Title, At: t.ReceivedAt, Words: x.Shared, Hot: holding(hot, t.Number)})
		}
	}
	return out, nil
}

// answered are the statuses in which a ticket has its answer and only the
// citizen's word is missing: there is nothing left to join.
var answered = []tickets.Status{tickets.ToCallBack, tickets.ToJudge}

// open returns those of the numbers that somebody still works on and that the
// member may read.
func (b *Book) open(ctx context.Context, by staff.Member, numbers []string) (map[string]*tickets.Ticket, error) {
	page, err := b.Desk.List(ctx, by, tickets.Filter{Numbers: numbers, Newest: true}, "")
	if err != nil {
		return nil, err
	}
	out := map[string]*tickets.Ticket{}
	for _, t := range page.Tickets {
		if t.Open() && !slices.Contains(answered, t.Status) {
			out[t.Number] = t
		}
	}
	return out, nil
}
