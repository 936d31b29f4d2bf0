package tickets_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/migrations"
	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/evidence"
	tt "nengban/tickets/ticketstest"
)

// After erasing nothing of the person is left in any table, what the desk
// counts is as before, and the chain knows the change for a lawful one.
func TestAPersonIsTakenOutOfArchivedTickets(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		tw := tt.New(t, db)
		dir := t.TempDir()
		files, err := tickets.OpenFiles(dir, tw.Vault)
		must(t, err)
		ask := func(in *tickets.Intake) {
			in.Content = "我叫王秀兰，电话13800138000，窗口三次拒收材料。"
		}
		old := tw.Ticket(tickets.Archived, ask)
		open := tw.Ticket(tickets.InHand, ask)
		for range 20 {
			tw.Act(tw.Operator, open.Number, &tickets.AddNote{Text: "王秀兰来电催问" + strings.Repeat("，尽快办理", 40)})
		}
		tw.Act(tw.Supervisor, open.Number, &tickets.Supervise{Colour: tickets.Red, Reason: "王秀兰第三次来电"})
		_, err = tw.Desk.AddAttachment(t.Context(), tw.Operator, tickets.Ref{Number: open.Number}, files, tickets.Upload{Name: "王秀兰.txt", Body: strings.NewReader("evidence in words")})
		must(t, err)
		chain := evidence.NewChain(db, tw.Clock, tw.Vault)
		_, err = chain.Link(t.Context())
		must(t, err)
		code := tw.Register().Code

		held, err := tw.Desk.ExportPerson(t.Context(), "138 0013 8000")
		must(t, err)
		if len(held) != 3 || held[0].Caller.Name != "王秀兰" || !strings.Contains(held[0].Content, "13800138000") {
			t.Errorf("%d tickets are handed out, the first as %v", len(held), held[0].Caller)
		}
		erased, kept, err := tw.Desk.ErasePerson(t.Context(), "13800138000", files)
		if err != nil || len(erased) != 1 || erased[0] != old.Number || len(kept) != 2 {
			t.Fatalf("erased %v, kept %v, %v", erased, kept, err)
		}
		clear, err := tw.Desk.Unmask(t.Context(), tw.Supervisor, old.Number, "核对")
		must(t, err)
		if seen, _ := json.Marshal(clear); strings.Contains(string(seen), "王秀兰") || strings.Contains(string(seen), "13800138000") || strings.Contains(string(seen), "文忠街") {
			t.Errorf("unmasking the erased ticket shows %s", seen)
		}
		now, err := tw.Desk.Ticket(t.Context(), tw.Supervisor, old.Number)
		must(t, err)
		if now.Status != old.Status || now.Rating != old.Rating || now.Lead != old.Lead || !now.ReceivedAt.Equal(old.ReceivedAt) || !strings.Contains(now.Content, "拒收材料") {
			t.Errorf("what the desk counts has changed: %+v", now.State)
		}
		if _, _, err := tw.Desk.Look(t.Context(), old.Number, code); !errors.Is(err, tickets.ErrNotFound) {
			t.Errorf("the citizen's page of the erased ticket: %v", err)
		}
		_, err = chain.Verify(t.Context(), nil, func(f evidence.Finding) { t.Errorf("the chain says: %s", f) })
		must(t, err)

		// Years later the rule takes the rest, with what people noted and brought.
		_, err = db.ExecContext(t.Context(), `UPDATE tickets SET archived_at = ? WHERE number = ?`, tw.Clock.Now().UTC(), open.Number)
		must(t, err)
		tw.Clock.Advance(6 * 365 * 24 * time.Hour)
		if n, err := tw.Desk.EraseOld(t.Context(), tw.Clock.Now().AddDate(-5, 0, 0), files); err != nil || n != 1 {
			t.Errorf("the job took %d, %v; want one", n, err)
		}
		entries, err := tw.Desk.Timeline(t.Context(), open.ID)
		must(t, err)
		if told, _ := json.Marshal(entries); strings.Contains(string(told), "王秀兰") {
			t.Errorf("the timeline still says %s", told)
		}
		var rows []string
		must(t, db.NewRaw(`SELECT state FROM tickets UNION ALL SELECT reason FROM supervision_orders UNION ALL SELECT reason FROM accountability_records`).Scan(t.Context(), &rows))
		if left := strings.Join(rows, "\n"); strings.Contains(left, "王秀兰") || !strings.Contains(left, "第三次来电") {
			t.Errorf("what the timeline adds up to still says %s", left)
		}
		if left, _ := filepath.Glob(dir + "/*/*"); len(left) != 0 {
			t.Errorf("files are left: %q", left)
		}
		if _, err := os.Stat(dir); err != nil {
			t.Error(err)
		}
		if _, _, err := tw.Desk.Attachment(t.Context(), tw.Supervisor, open.Number, 1, files); !errors.Is(err, tickets.ErrNotFound) {
			t.Errorf("an erased file: %v; want that there is none", err)
		}
		_, err = chain.Verify(t.Context(), nil, func(f evidence.Finding) { t.Errorf("the chain says: %s", f) })
		must(t, err)
		if n, err := tw.Desk.EraseOld(t.Context(), tw.Clock.Now().AddDate(-5, 0, 0), files); err != nil || n != 0 {
			t.Errorf("run again the job took %d, %v", n, err)
		}
		if !migrations.IsPostgres(db) && bytes.Contains(onDisk(t, db), []byte("王秀兰")) {
			t.Error("his name is left in the free space of the database file")
		}
	})
}

// onDisk are the bytes of a SQLite database, its log taken in.
func onDisk(t *testing.T, db *bun.DB) []byte {
	t.Helper()
	_, err := db.ExecContext(t.Context(), `PRAGMA wal_checkpoint(TRUNCATE)`)
	must(t, err)
	var path string
	must(t, db.NewRaw(`SELECT file FROM pragma_database_list WHERE name = 'main'`).Scan(t.Context(), &path))
	body, err := os.ReadFile(path)
	must(t, err)
	return body
}
