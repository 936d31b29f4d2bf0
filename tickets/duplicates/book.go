package duplicates

import (
	"context"
	"log/slog"
	"maps"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/tickets"
	"nengban/tickets/triage"
)

const (
	// memory is how far back tickets are compared: a matter that was quiet for
	// longer is a new one.
	memory = 60 * 24 * time.Hour
	// mostTexts bounds the memory: at a hundred tickets an hour it still
	// reaches back a week.
	mostTexts = 20_000
	// overlap is how many ids are read again: on PostgreSQL a lower id can be
	// committed after a higher one.
	overlap = 500
)

// Parts are what a book is put together from.
type Parts struct {
	DB    *bun.DB
	Desk  *tickets.Desk
	Clock clockwork.Clock
	Log   *slog.Logger
	Heat  triage.Heat // what makes a matter hot; zero: 5 callers in a week, and three times as many as usual
}

// Book holds what recent tickets say, in memory, and compares with it. Several
// may run on one database, each with its own.
type Book struct {
	Parts

	noticing sync.Mutex
	noticed  *compared // where hot matters were last looked for

	reading sync.Mutex
	texts   map[int64]tickets.Text
	newest  int64
	now     atomic.Pointer[compared]
}

// compared are the texts of one moment, ready to be compared with.
type compared struct {
	docs []triage.Document
	*triage.Likeness
}

// New puts an empty book together; Refresh fills it.
func New(p Parts) *Book {
	b := &Book{Parts: p, texts: map[int64]tickets.Text{}}
	b.now.Store(&compared{nil, triage.NewLikeness(nil)})
	return b
}

// Refresh reads what came in since the last time and forgets what is too old.
// It returns how many tickets were new. The timetable calls it; two at once wait
// for each other.
func (b *Book) Refresh(ctx context.Context) (int, error) {
	b.reading.Lock()
	defer b.reading.Unlock()
	since := b.Clock.Now().Add(-memory)
	texts, err := b.Desk.Texts(ctx, b.newest-overlap, since, mostTexts)
	if err != nil {
		return 0, err
	}
	fresh := b.add(texts)
	if b.forget(since)+fresh == 0 {
		return 0, nil
	}
	docs := b.documents()
	b.now.Store(&compared{docs, triage.NewLikeness(docs)})
	return fresh, nil
}

func (b *Book) add(texts []tickets.Text) (fresh int) {
	for _, t := range texts {
		if _, known := b.texts[t.ID]; !known {
			fresh++
		}
		b.texts[t.ID] = t
		b.newest = max(b.newest, t.ID)
	}
	return fresh
}

func (b *Book) forget(since time.Time) (gone int) {
	for id, t := range b.texts {
		if t.At.Before(since) {
			delete(b.texts, id)
			gone++
		}
	}
	return gone
}

// documents are the newest texts in the order of their ids, so that the same
// tickets always give the same groups.
func (b *Book) documents() []triage.Document {
	out := make([]triage.Document, 0, len(b.texts))
	for _, id := range newestIDs(b.texts) {
		t := b.texts[id]
		out = append(out, triage.Document{ID: t.Number, Title: t.Title, Text: t.Content, Area: t.Area, At: t.At, Who: t.Writer})
	}
	return out
}

func newestIDs(texts map[int64]tickets.Text) []int64 {
	ids := slices.Sorted(maps.Keys(texts))
	return ids[max(0, len(ids)-mostTexts):]
}
