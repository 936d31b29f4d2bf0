package migrations

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"
)

// joined: the main ticket (a number) under which the tickets of a hot matter
// were joined; "" while they were not.
var joined = step{
	id: "20261122_13", name: "joined",
	up: func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `ALTER TABLE hot_matters ADD COLUMN joined_into VARCHAR NOT NULL DEFAULT ''`); err != nil {
			return fmt.Errorf("widening hot matters: %w", err)
		}
		return nil
	},
	down: func(ctx context.Context, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, `ALTER TABLE hot_matters DROP COLUMN joined_into`); err != nil {
			return fmt.Errorf("narrowing hot matters: %w", err)
		}
		return nil
	},
}
