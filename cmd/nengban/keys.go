package main

import (
	"bytes"
	"context"
	"fmt"
	"path/filepath"

	"github.com/uptrace/bun"

	"nengban/tickets/evidence"
	"nengban/tickets/vault"
)

// keysCmd looks after the keys that personal data is sealed with.
type keysCmd struct {
	Rotate keysRotateCmd `cmd:"" help:"Seal all personal data with a new key and forget the old ones. Stop every instance first; back up before."`
}

type keysRotateCmd struct {
	common
	Keep bool `help:"Keep the old keys, so that older backups of the database still open with this key file."`
}

// Run adds a key, seals everything anew, and only then forgets the old keys:
// whenever it is stopped, all that is sealed still opens, and running it again
// finishes the work.
func (c *keysRotateCmd) Run(ctx context.Context, t *terminal) error {
	return withDesk(ctx, t, c.common, func(d *desk) error {
		fresh, err := d.vault.Rotate()
		if err != nil {
			return err
		}
		if err := d.folder.writeVault(fresh, d.conf.str("master_key")); err != nil {
			return err
		}
		n, err := d.resealAll(ctx, fresh)
		if err != nil {
			return err
		}
		if !c.Keep {
			if fresh, err = fresh.Forget(); err != nil {
				return err
			}
			if err := d.folder.writeVault(fresh, d.conf.str("master_key")); err != nil {
				return err
			}
		}
		fmt.Fprintf(t.Out, "%d values are sealed with a new key\n", n)
		return evidence.NewLog(d.db, d.clock, fresh).Note(ctx, evidence.Event{ByName: "nengban keys rotate", Act: "keys_rotated", Subject: fmt.Sprint(n)})
	})
}

// writeVault keeps the keys, sealed by the master key.
func (f *folder) writeVault(v *vault.Vault, masterHex string) error {
	master, err := f.master(filepath.Dir(f.keyFile()), masterHex)
	if err != nil {
		return err
	}
	var body bytes.Buffer
	if err := v.Write(&body, master); err != nil {
		return err
	}
	return writeWhole(f.keyFile(), body.Bytes())
}

// sealedColumn is a place in the database where something lies sealed. The
// place that a value is bound to follows from its row: name is SQL for it,
// the same in both dialects.
type sealedColumn struct{ table, key, column, place string }

// openColumns are the columns of bytes in which nothing personal lies: sessions hold
// ids, the chain digests.
var openColumns = []string{"sessions.data", "chain.digest", "chain.head"}

// sealedColumns are all of them; a test compares them with the schema.
var sealedColumns = []sealedColumn{
	{"tickets", "id", "caller", "'tickets.caller:' || number"},
	{"tickets", "id", "query_code", "'tickets.query_code:' || number"},
	{"tickets", "id", "content_sealed", "'tickets.content:' || number"},
	{"drafts", "staff_id || ' ' || form", "body", "'drafts:' || staff_id || ':' || form"},
	{"second_factors", "staff_id", "secret", "'second_factors.secret:' || staff_id"},
	{"surveys", "id", "comment", "'surveys.comment:' || ticket_id || '.' || round"},
	{"survey_answers", "id", "comment", "(SELECT 'surveys.comment:' || s.ticket_id || '.' || s.round FROM surveys AS s WHERE s.id = survey_id)"},
	{"inbound_texts", "id", "phone", "'inbound_texts.phone:' || carrier_id"},
	{"inbound_texts", "id", "words", "'inbound_texts.words:' || carrier_id"},
	{"webhooks", "id", "secret", "'webhooks.secret:' || code"},
	{"webhooks", "id", "old_secret", "'webhooks.old_secret:' || code"},
}

func (d *desk) resealAll(ctx context.Context, v *vault.Vault) (int, error) {
	done := 0
	for _, c := range sealedColumns {
		n, err := d.reseal(ctx, v, c)
		done += n
		if err != nil {
			return done, fmt.Errorf("sealing %s.%s anew: %w", c.table, c.column, err)
		}
	}
	for _, reseal := range []func(*vault.Vault) (int, error){d.files.Reseal, d.knowledge.ResealFiles} {
		n, err := reseal(v)
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// reseal goes through one column in batches by its key.
func (d *desk) reseal(ctx context.Context, v *vault.Vault, c sealedColumn) (int, error) {
	done, after := 0, ""
	for {
		var rows []struct {
			K      string
			Place  string
			Sealed []byte
		}
		query := fmt.Sprintf("SELECT k, place, sealed FROM (SELECT CAST(%s AS VARCHAR(100)) AS k, %s AS place, %s AS sealed FROM %s) AS x WHERE sealed IS NOT NULL AND k > ? ORDER BY k LIMIT 500",
			c.key, c.place, c.column, c.table)
		if err := d.db.NewRaw(query, after).Scan(ctx, &rows); err != nil {
			return done, err
		}
		if len(rows) == 0 {
			return done, nil
		}
		err := d.db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			for _, r := range rows {
				after = r.K
				if len(r.Sealed) == 0 {
					continue
				}
				sealed, err := v.Reseal(r.Sealed, r.Place)
				if err != nil {
					return fmt.Errorf("%s: %w", r.Place, err)
				}
				update := fmt.Sprintf("UPDATE %s SET %s = ? WHERE CAST(%s AS VARCHAR(100)) = ?", c.table, c.column, c.key)
				if c.key == "id" || c.key == "staff_id" {
					update = fmt.Sprintf("UPDATE %s SET %s = ? WHERE %s = CAST(? AS BIGINT)", c.table, c.column, c.key)
				}
				if _, err := tx.ExecContext(ctx, update, sealed, r.K); err != nil {
					return err
				}
				done++
			}
			return nil
		})
		if err != nil {
			return done, err
		}
	}
}
