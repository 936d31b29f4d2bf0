package tickets

import (
	"context"
	"fmt"
	"time"
)

// Text is what a ticket says, for whoever compares it with others. It holds
// nothing that points to the caller: title and content are kept clean, and
// Writer only tells callers apart.
type Text struct {
	ID      int64 `bun:"id"`
	Number  string
	Title   string
	Content string
	Area    string
	At      time.Time `bun:"received_at"`
	Writer  string    `bun:"phone_index"` // "" when no phone was given
}

// Texts returns the texts of the tickets with an id above after that were
// received since a moment, the newest first and at most so many.
func (d *Desk) Texts(ctx context.Context, after int64, since time.Time, most int) ([]Text, error) {
	var out []Text
	err := d.db.NewSelect().Model((*ticketRow)(nil)).Column("id", "number", "title", "content", "area", "received_at", "phone_index").
		Where("id > ?", after).Where("received_at >= ?", since.UTC()).OrderExpr("id DESC").Limit(int64(most)).Scan(ctx, &out)
	if err != nil {
		return nil, fmt.Errorf("reading what tickets say: %w", err)
	}
	return out, nil
}
