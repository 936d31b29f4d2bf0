package callbacks_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/callbacks"
	"nengban/migrations/dbtest"
	"nengban/tickets"
)

// tables are all rows of the callbacks as text.
func (w *world) tables() string {
	w.t.Helper()
	var b strings.Builder
	for _, name := range []string{"surveys", "survey_answers", "attempts", "attempt_events", "inbound_texts", "text_refusals", "appeals"} {
		var rows []map[string]any
		must(w.t, w.tw.DB.NewSelect().Table(name).Scan(ctx, &rows))
		for _, r := range rows {
			for column, v := range r {
				if raw, ok := v.([]byte); ok {
					v = fmt.Sprintf("%q %x", raw, raw)
				}
				fmt.Fprintf(&b, "%s.%s=%v\n", name, column, v)
			}
		}
	}
	return b.String()
}

// archived plays a matter to its end: Wang is asked by text, answers badly and
// at length, the department appeals, a reviewer rules, and it is put away.
func (w *world) archived() *tickets.Ticket {
	w.t.Helper()
	t := w.ended(wang)
	w.until("09-22 14:00")
	w.says(wang, "5，已解决，但是我王秀兰跑了四趟，请打13800138000")
	w.until("09-23 10:00")
	_, err := w.e.Appeal(ctx, w.tw.Caseworker, t.Number, "王秀兰来电已说明，态度并无不当", nil)
	must(w.t, err)
	w.tw.Act(w.tw.Supervisor, t.Number, &tickets.JudgeRating{Decision: tickets.Yes, Reason: "核实属实"})
	w.pass(time.Hour)
	return w.ticket(t.Number)
}

// What a citizen said and his numbers go with him; the grade stays.
func TestAPersonIsTakenOutOfTheCallbacksToo(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		w.tw.Desk.AlsoErase(callbacks.Forget)
		files, err := tickets.OpenFiles(t.TempDir(), w.tw.Vault)
		must(t, err)
		x := w.archived()
		w.says(wang, "T")
		index := w.tw.Vault.Index("phone", wang)

		held, err := w.e.Held(ctx, "138 0013 8000")
		must(t, err)
		told, err := json.Marshal(held)
		must(t, err)
		for _, part := range []string{"跑了四趟", x.Number, `"rating":5`, "refuses_texts_since", `"purpose":"survey"`} {
			if !strings.Contains(string(told), part) {
				t.Errorf("what is handed out to him lacks %s: %s", part, told)
			}
		}
		before := w.history(x.Number)
		if s := w.tables(); !strings.Contains(s, index) {
			t.Fatal("his number is nowhere: this test looks for nothing")
		}
		erased, kept, err := w.tw.Desk.ErasePerson(ctx, wang, files)
		if err != nil || len(erased) != 1 || len(kept) != 0 {
			t.Fatalf("erased %v, kept %v, %v", erased, kept, err)
		}
		s := w.tables()
		for _, mark := range []string{index, "王秀兰", "13800138000", "comment=\""} {
			if strings.Contains(s, mark) {
				t.Errorf("the tables still hold %s: …%s…", mark, s[max(0, strings.Index(s, mark)-80):][:160])
			}
		}
		after := w.history(x.Number)
		if len(after.Surveys) != 1 || after.Surveys[0].Rating != 5 || after.Surveys[0].Solved != tickets.SolvedYes || len(after.Attempts) != len(before.Attempts) {
			t.Errorf("of the survey is left %+v with %d attempts", after.Surveys, len(after.Attempts))
		}
		for _, text := range after.Texts {
			if text.Words != "" || text.Phone != "" {
				t.Errorf("a text still reads %q from %s", text.Words, text.Phone)
			}
		}
		if held, err := w.e.Held(ctx, wang); err != nil || len(held.Surveys)+len(held.Received)+len(held.Sent) > 0 || held.RefusesSince != nil {
			t.Errorf("still held: %+v, %v", held, err)
		}
		if now := w.ticket(x.Number); now.Comment != "" || now.Rating != 5 {
			t.Errorf("the ticket says %q with grade %d", now.Comment, now.Rating)
		}
		w.pass(48 * time.Hour) // what the timetable does meets nothing it cannot read
	})
}

// Where a matter of his is still worked on, what belongs to it stays.
func TestWhatBelongsToAnOpenTicketStaysWhenHeIsErased(t *testing.T) {
	t.Parallel()
	w := newWorld(t, dbtest.SQLite(t))
	w.tw.Desk.AlsoErase(callbacks.Forget)
	files, err := tickets.OpenFiles(t.TempDir(), w.tw.Vault)
	must(t, err)
	w.archived()
	open := w.ended(wang)
	w.says(wang, "T")
	erased, kept, err := w.tw.Desk.ErasePerson(ctx, wang, files)
	if err != nil || len(erased) != 1 || len(kept) != 1 || kept[0] != open.Number {
		t.Fatalf("erased %v, kept %v, %v", erased, kept, err)
	}
	held, err := w.e.Held(ctx, wang)
	must(t, err)
	if held.RefusesSince == nil || len(held.Surveys) != 1 || held.Surveys[0].Ticket != open.Number {
		t.Errorf("held is %+v; want the refusal and the open ticket's survey", held)
	}
}

// Whoever only ever sent a text is forgotten when he asks, and by age.
func TestTextsOfPeopleWithoutATicketAreForgotten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		w := newWorld(t, db)
		w.tw.Desk.AlsoErase(callbacks.Forget)
		files, err := tickets.OpenFiles(t.TempDir(), w.tw.Vault)
		must(t, err)
		w.ended(wang)
		w.says(wang, "请问办到哪一步了")
		w.says(li, "我是李建国，打错了")
		if n, err := w.e.ForgetTexts(ctx, w.tw.Clock.Now().Add(-time.Hour)); err != nil || n != 0 {
			t.Errorf("fresh texts: %d forgotten, %v", n, err)
		}
		later := w.tw.Clock.Now().Add(time.Hour)
		if n, err := w.e.ForgetTexts(ctx, later); err != nil || n != 1 {
			t.Errorf("old texts: %d phones forgotten, %v; want Li's, who has no ticket", n, err)
		}
		if held, err := w.e.Held(ctx, li); err != nil || len(held.Received) != 0 {
			t.Errorf("of Li is held %+v, %v", held, err)
		}
		if held, err := w.e.Held(ctx, wang); err != nil || len(held.Received) != 1 {
			t.Errorf("of Wang is held %+v, %v; want his text", held, err)
		}
		w.says(li, "还是我，李建国")
		if _, _, err := w.tw.Desk.ErasePerson(ctx, li, files); err != nil {
			t.Error(err)
		}
		if held, err := w.e.Held(ctx, li); err != nil || len(held.Received) != 0 {
			t.Errorf("after he asked, of Li is held %+v, %v", held, err)
		}
		if orphans, err := w.e.Orphans(ctx, w.tw.Supervisor); err != nil || strings.Contains(fmt.Sprint(orphans), "李建国") {
			t.Errorf("somebody is still to read %v, %v", orphans, err)
		}
	})
}
