package knowledge

import (
	"context"
	"fmt"
	"time"

	"nengban/tickets/staff"
)

// File is an article with all that belongs to it, as staff see it.
type File struct {
	*Article
	Versions []Version // the newest first
	History  []Event   // the newest first
	Attached []Attachment
	Allowed  []Step
	MayEdit  bool
}

// Version is a version in one line.
type Version struct {
	N           int
	State       State
	Title       string
	WrittenName string
	WrittenAt   time.Time
	PublishedAt time.Time
}

// Event is something that was done: who, when, and why.
type Event struct {
	N      int
	Step   Step
	ByName string
	At     time.Time
	Note   string
}

// Article returns an article to staff, with its newest version or version n.
// An internal one is for whoever may use the knowledge base too.
func (l *Library) Article(ctx context.Context, by staff.Member, id int64, n int) (*Article, error) {
	if by.Reach(staff.UseKnowledge) == staff.None {
		return nil, ErrNotAllowed
	}
	a, v, err := load(ctx, l.db, id, n)
	if err != nil {
		return nil, err
	}
	return articleOf(a, v), nil
}

// Open returns an article's file: version n of it, or the newest for 0.
func (l *Library) Open(ctx context.Context, by staff.Member, id int64, n int) (File, error) {
	a, err := l.Article(ctx, by, id, n)
	if err != nil {
		return File{}, err
	}
	f := File{Article: a, MayEdit: l.may(by, staff.EditKnowledge, a.Department)}
	if a.N == a.Head {
		f.Allowed = l.Allowed(by, a)
	}
	var vs []versionRow
	if err := l.db.NewSelect().Model(&vs).ExcludeColumn("body", "answer").Where("article_id = ?", id).Order("n DESC").Scan(ctx); err != nil {
		return File{}, fmt.Errorf("reading an article's versions: %w", err)
	}
	for _, v := range vs {
		f.Versions = append(f.Versions, Version{v.N, v.State, v.Title, v.WrittenName, v.WrittenAt.UTC(), v.PublishedAt.UTC()})
	}
	var done []stepRow
	if err := l.db.NewSelect().Model(&done).Where("article_id = ?", id).Order("id DESC").Limit(200).Scan(ctx); err != nil {
		return File{}, fmt.Errorf("reading an article's history: %w", err)
	}
	for _, d := range done {
		f.History = append(f.History, Event{d.N, d.Step, d.ByName, d.At.UTC(), d.Note})
	}
	f.Attached, err = l.attached(ctx, a)
	return f, err
}

// Live returns the version that serves, to citizens: an internal article, one
// out of force and one that does not exist are the same ErrNotFound.
func (l *Library) Live(ctx context.Context, id int64) (*Article, []Attachment, error) {
	found, err := l.liveOf(ctx, []int64{id}, true)
	if err != nil {
		return nil, nil, err
	}
	a := found[id]
	if a == nil {
		return nil, nil, ErrNotFound
	}
	files, err := l.attached(ctx, a)
	return a, files, err
}
