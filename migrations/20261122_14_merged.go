package migrations

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// merged finds the tickets that were merged into one, whose citizens are told
// of its result.
var merged = step{
	id: "20261122_14", name: "merged",
	up: func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `CREATE INDEX tickets_merged ON tickets (merged_into) WHERE merged_into <> ''`); err != nil {
			return fmt.Errorf("adding an index of merged tickets: %w", err)
		}
		return nil
	},
	down: func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `DROP INDEX tickets_merged`); err != nil {
			return fmt.Errorf("dropping the index of merged tickets: %w", err)
		}
		return nil
	},
}
