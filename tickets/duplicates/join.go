package duplicates

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/uptrace/bun"

	"nengban/tickets"
	"nengban/tickets/staff"
)

// Part is a ticket of a hot matter as one member may see it.
type Part struct {
	*tickets.Ticket
	Why    error // why it cannot be merged; nil when it can
	MayBe  bool  // it can be the main ticket
	Joined bool  // it is merged into another of the matter
}

// Matter returns an open hot matter with those of its tickets that the member
// may read, the oldest first. It returns ErrNoMatter when there is none.
func (b *Book) Matter(ctx context.Context, by staff.Member, id int64) (Hot, []Part, error) {
	h, err := b.matter(ctx, id)
	if err != nil {
		return Hot{}, nil, err
	}
	parts, err := b.parts(ctx, by, h)
	for _, p := range parts {
		if p.Number == h.Main {
			h.Title = p.Title // as this member may read it
		}
	}
	return h, parts, err
}

func (b *Book) matter(ctx context.Context, id int64) (Hot, error) {
	found, err := b.matters(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("id = ?", id).Where("closed_at IS NULL") })
	if err != nil {
		return Hot{}, err
	}
	if len(found) == 0 {
		return Hot{}, ErrNoMatter
	}
	return found[0], nil
}

func (b *Book) parts(ctx context.Context, by staff.Member, h Hot) ([]Part, error) {
	all, err := b.listed(ctx, by, h.Numbers)
	if err != nil {
		return nil, err
	}
	slices.Reverse(all)
	out := make([]Part, len(all))
	for i, t := range all {
		out[i] = Part{Ticket: t, Why: b.Desk.Possible(by, t, staff.Merge), MayBe: mayBeMain(t), Joined: slices.Contains(h.Numbers, t.MergedInto)}
	}
	return out, nil
}

// listed are those of the tickets that the member may read, newest first.
func (b *Book) listed(ctx context.Context, by staff.Member, numbers []string) ([]*tickets.Ticket, error) {
	var out []*tickets.Ticket
	for cursor := ""; ; {
		page, err := b.Desk.List(ctx, by, tickets.Filter{Numbers: numbers, Newest: true}, cursor)
		if err != nil {
			return nil, err
		}
		out = append(out, page.Tickets...)
		if cursor = page.Next; cursor == "" {
			return out, nil
		}
	}
}

// mayBeMain: the main ticket is still worked on, and its standing is told to
// all the others' citizens, which nobody who asked for secrecy wants.
func mayBeMain(t *tickets.Ticket) bool {
	return t.Open() && !slices.Contains(answered, t.Status) && !t.Confidential
}

// Proposed is the main ticket that is proposed for some: the one that they
// were joined under before, else the oldest that can be it and says what the
// matter is about, else the oldest that can be it, else none.
func Proposed(h Hot, parts []Part) string {
	oldest, telling := "", ""
	for _, p := range parts {
		switch {
		case !p.MayBe:
			continue
		case p.Number == h.Into:
			return p.Number
		case telling == "" && says(p.Ticket, h.Words):
			telling = p.Number
		}
		if oldest == "" {
			oldest = p.Number
		}
	}
	return cmp.Or(telling, oldest)
}

func says(t *tickets.Ticket, words []string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return strings.Contains(t.Title, w) || strings.Contains(t.Content, w) })
}

// Joined is what became of joining or splitting many tickets.
type Joined struct {
	Main string
	Done []string       // the numbers of those that were
	Left []tickets.Left // those that stayed as they were, with the reason
}

// Join merges tickets of a hot matter into its main ticket in one act: each by
// the desk's own Merge, all in one transaction. Tickets that cannot be merged,
// or were changed since they were seen, are left as they were and named. It
// returns ErrNoMatter, tickets.ErrNotAllowed, or tickets.FieldErrors: of main,
// when it is not among the matter's tickets or cannot be it, of tickets, when
// none is named or one is another matter's, and of reason.
func (b *Book) Join(ctx context.Context, by staff.Member, id int64, m tickets.Merge, refs []tickets.Ref) (Joined, error) {
	h, parts, err := b.managed(ctx, by, id)
	if err != nil {
		return Joined{}, err
	}
	refs = slices.DeleteFunc(slices.Clone(refs), func(r tickets.Ref) bool { return r.Number == m.Into })
	if err := errs(tickets.Check(&m), wrongMain(parts, m.Into), wrongTickets(parts, refs)); err != nil {
		return Joined{}, err
	}
	return b.together(ctx, by, h, refs, &m, func(done []*tickets.Ticket) string {
		if len(done) == 0 {
			return h.Into
		}
		return m.Into
	})
}

// Split takes tickets of a hot matter out of its main ticket again, each by
// the desk's own Unmerge, all in one transaction; it tells and refuses as Join
// does.
func (b *Book) Split(ctx context.Context, by staff.Member, id int64, m tickets.Unmerge, refs []tickets.Ref) (Joined, error) {
	h, parts, err := b.managed(ctx, by, id)
	if err != nil {
		return Joined{}, err
	}
	if err := errs(tickets.Check(&m), wrongTickets(parts, refs)); err != nil {
		return Joined{}, err
	}
	return b.together(ctx, by, h, refs, &m, func(done []*tickets.Ticket) string {
		if stillJoined(parts, done) {
			return h.Into
		}
		return ""
	})
}

func stillJoined(parts []Part, done []*tickets.Ticket) bool {
	return slices.ContainsFunc(parts, func(p Part) bool {
		return p.Joined && !slices.ContainsFunc(done, func(t *tickets.Ticket) bool { return t.Number == p.Number })
	})
}

// managed is an open hot matter and its tickets for a member who may manage it.
func (b *Book) managed(ctx context.Context, by staff.Member, id int64) (Hot, []Part, error) {
	if by.Reach(staff.ManageHot) != staff.All {
		return Hot{}, nil, tickets.ErrNotAllowed
	}
	h, err := b.matter(ctx, id)
	if err != nil {
		return Hot{}, nil, err
	}
	parts, err := b.parts(ctx, by, h)
	return h, parts, err
}

func wrongMain(parts []Part, main string) tickets.FieldErrors {
	i := slices.IndexFunc(parts, func(p Part) bool { return p.Number == main })
	switch {
	case main == "":
		return nil // the check of the move says so
	case i < 0:
		return tickets.FieldErrors{{Field: "into", Code: "unknown_ticket", Args: []any{main}}}
	case parts[i].Confidential:
		return tickets.FieldErrors{{Field: "into", Code: "is_confidential", Args: []any{main}}}
	case !parts[i].MayBe:
		return tickets.FieldErrors{{Field: "into", Code: "is_closed", Args: []any{main}}}
	}
	return nil
}

func wrongTickets(parts []Part, refs []tickets.Ref) tickets.FieldErrors {
	if len(refs) == 0 {
		return tickets.FieldErrors{{Field: "tickets", Code: "missing"}}
	}
	for _, r := range refs {
		if !slices.ContainsFunc(parts, func(p Part) bool { return p.Number == r.Number }) {
			return tickets.FieldErrors{{Field: "tickets", Code: "unknown_ticket", Args: []any{r.Number}}}
		}
	}
	return nil
}

func errs(all ...tickets.FieldErrors) error {
	if es := slices.Concat(all...); len(es) > 0 {
		return es
	}
	return nil
}

// together does one thing to the tickets and writes down, in the same
// transaction, under which main ticket the matter's are now.
func (b *Book) together(ctx context.Context, by staff.Member, h Hot, refs []tickets.Ref, m tickets.Move, into func(done []*tickets.Ticket) string) (Joined, error) {
	out := Joined{}
	done, left, err := b.Desk.Together(ctx, by, once(refs), m, func(ctx context.Context, tx bun.IDB, done []*tickets.Ticket) error {
		out.Main = into(done)
		_, err := tx.NewUpdate().Model((*hotRow)(nil)).Set("joined_into = ?", out.Main).Where("id = ?", h.ID).Exec(ctx)
		if err != nil {
			return fmt.Errorf("writing down where a hot matter is joined: %w", err)
		}
		return nil
	})
	if err != nil {
		return Joined{}, err
	}
	for _, t := range done {
		out.Done = append(out.Done, t.Number)
	}
	out.Left = left
	return out, nil
}

// once names every ticket once: the first time.
func once(refs []tickets.Ref) []tickets.Ref {
	var out []tickets.Ref
	for _, r := range refs {
		if !slices.ContainsFunc(out, func(o tickets.Ref) bool { return o.Number == r.Number }) {
			out = append(out, r)
		}
	}
	return out
}
