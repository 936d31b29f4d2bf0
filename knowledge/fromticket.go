package knowledge

import (
	"context"
	"fmt"
	"strings"

	"nengban/tickets/staff"
)

// Case is a finished ticket as an article can be made of it.
type Case struct {
	Number     string
	Title      string
	Question   string
	Answer     string
	Basis      string
	Department string
	Path       string // a category; one that is not there leaves the draft in the first one
}

// DraftFrom makes a draft of a finished ticket. What points to a person is
// taken out here, whatever the caller did before; a person reads it again
// before it is published. A ticket that was made into an article before is
// that article.
func (l *Library) DraftFrom(ctx context.Context, by staff.Member, x Case) (*Article, error) {
	c := Content{Title: beginning(l.redact(x.Title), longestTitle-1), Kind: FAQ, Path: x.Path, Access: Internal, Department: x.Department,
		Answer: beginning(l.redact(x.Answer), longestAnswer-1), Basis: beginning(l.redact(x.Basis), 499)}
	c.Body = beginning(strings.TrimSpace("问："+l.redact(x.Question)+"\n答："+c.Answer), longestBody-1)
	c = c.Tidied()
	if !l.may(by, staff.EditKnowledge, c.Department) {
		return nil, ErrNotAllowed
	}
	paths, err := l.Paths(ctx)
	if err != nil {
		return nil, err
	}
	all, err := l.paths(ctx, l.db)
	if err != nil {
		return nil, err
	}
	for _, p := range paths {
		if all.refuse(l, by, c.Path) == "" {
			break
		}
		c.Path = p.Path
	}
	row := Incoming{ExternalNo: x.Number, Content: c}
	report, err := l.Import(ctx, by, func(yield func(Incoming, error) bool) { yield(row, nil) }, ImportOptions{Source: fromTicket, Draft: true})
	if err != nil {
		return nil, err
	}
	if len(report.Trouble) > 0 {
		return nil, FieldErrors{report.Trouble[0].FieldError}
	}
	var a articleRow
	if err := l.db.NewSelect().Model(&a).Where("source = ? AND external_no = ?", fromTicket, x.Number).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the draft of a ticket: %w", err)
	}
	return l.Article(ctx, by, a.ID, 0)
}

// fromTicket is the source of articles that were tickets.
const fromTicket = "ticket"
