package callbacks

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
)

// refusalRow says that a phone wants no texts (回T退订). It is found by the
// blind index alone: the list holds no numbers.
type refusalRow struct {
	bun.BaseModel `bun:"table:text_refusals"`

	PhoneIndex string `bun:"phone_index,pk"`
	At         time.Time
	Source     string // text, carrier
}

// refuse puts a phone on the list and withdraws the texts that still wait for
// it; surveys that would have sent one go on by another way.
func (e *Engine) refuse(ctx context.Context, db bun.IDB, phoneIndex, source string) error {
	if phoneIndex == "" {
		return nil
	}
	r := refusalRow{PhoneIndex: phoneIndex, At: e.now(), Source: source}
	if _, err := db.NewInsert().Model(&r).On("CONFLICT (phone_index) DO NOTHING").Exec(ctx); err != nil {
		return fmt.Errorf("writing down a refusal: %w", err)
	}
	if err := e.withdraw(ctx, db, "refused", "phone_index = ? AND way = ?", phoneIndex, BySMS); err != nil {
		return err
	}
	_, err := db.NewUpdate().Model((*surveyRow)(nil)).Set("next_at = ?", e.now()).Set("version = version + 1").
		Where("phone_index = ? AND state = ?", phoneIndex, Asking).Exec(ctx)
	if err != nil {
		return fmt.Errorf("making the surveys of a phone due: %w", err)
	}
	return nil
}

// allow takes a phone off the list.
func (e *Engine) allow(ctx context.Context, db bun.IDB, phoneIndex string) error {
	if _, err := db.NewDelete().Model((*refusalRow)(nil)).Where("phone_index = ?", phoneIndex).Exec(ctx); err != nil {
		return fmt.Errorf("taking back a refusal: %w", err)
	}
	return nil
}

func (e *Engine) refused(ctx context.Context, db bun.IDB, phoneIndex string) (bool, error) {
	n, err := db.NewSelect().Model((*refusalRow)(nil)).Where("phone_index = ?", phoneIndex).Count(ctx)
	if err != nil {
		return false, fmt.Errorf("reading refusals: %w", err)
	}
	return n > 0, nil
}

func (e *Engine) refusedAmong(ctx context.Context, phones []string) (map[string]bool, error) {
	var found []string
	err := e.db.NewSelect().Model((*refusalRow)(nil)).Column("phone_index").Where("phone_index IN (?)", bun.List(phones)).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("reading refusals: %w", err)
	}
	out := map[string]bool{}
	for _, p := range found {
		out[p] = true
	}
	return out, nil
}
