package migrations_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"nengban/migrations"
	"nengban/migrations/dbtest"
)

var update = flag.Bool("update", false, "accept the schema as it is now")

func TestUpDownUpLeavesTheSameSchema(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		ctx := context.Background()
		first := schema(t, db)
		if _, err := migrations.Down(ctx, db); err != nil {
			t.Fatal(err)
		}
		if left := schema(t, db); left != "" {
			t.Errorf("after the way down these remain:\n%s", left)
		}
		ran, err := migrations.Up(ctx, db)
		if err != nil {
			t.Fatal(err)
		}
		if len(ran) == 0 {
			t.Error("the way up again ran no step")
		}
		if diff := cmp.Diff(first, schema(t, db)); diff != "" {
			t.Errorf("schema after up, down, up (-first +now):\n%s", diff)
		}
	})
}

func TestSchemaIsTheOneWritten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		name := "sqlite"
		if migrations.IsPostgres(db) {
			name = "postgres"
		}
		golden := filepath.Join("testdata", "schema_"+name+".txt")
		got := schema(t, db)
		if *update {
			if err := os.WriteFile(golden, []byte(got), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), got); diff != "" {
			t.Errorf("schema differs from %s; a landed step must not change, a new one is accepted with -update (-want +got):\n%s", golden, diff)
		}
	})
}

func TestSecondUpDoesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		ran, err := migrations.Up(context.Background(), db)
		if err != nil || len(ran) != 0 {
			t.Errorf("Up on a current schema = %v, %v; want nothing", ran, err)
		}
		pending, err := migrations.Pending(context.Background(), db)
		if err != nil || len(pending) != 0 {
			t.Errorf("Pending on a current schema = %v, %v; want nothing", pending, err)
		}
	})
}

func TestOpenKeepsThePasswordOutOfTheError(t *testing.T) {
	t.Parallel()
	_, err := migrations.Open(context.Background(), "postgres://desk:s3cret@host:not-a-port/x")
	if err == nil || strings.Contains(err.Error(), "s3cret") {
		t.Errorf("error = %v; want one that does not show the password", err)
	}
}

// schema prints tables, columns and indexes as the database itself describes them.
func schema(t *testing.T, db *bun.DB) string {
	t.Helper()
	query := `SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'bun_%' AND name NOT LIKE 'sqlite_%' AND tbl_name NOT LIKE 'bun_%' ORDER BY tbl_name, type DESC, name`
	if migrations.IsPostgres(db) {
		query = `SELECT line FROM (
			SELECT table_name || '.' || column_name || ' ' || data_type || ' null:' || is_nullable AS line, table_name, 0 AS k, ordinal_position AS n
			FROM information_schema.columns WHERE table_schema = 'public'
			UNION ALL
			SELECT indexdef, tablename, 1, 0 FROM pg_indexes WHERE schemaname = 'public') x
			WHERE table_name NOT LIKE 'bun_%' ORDER BY table_name, k, n, line`
	}
	var lines []string
	if err := db.NewRaw(query).Scan(context.Background(), &lines); err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, l := range lines {
		fmt.Fprintln(&out, l)
	}
	return out.String()
}
