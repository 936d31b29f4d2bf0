package main

import (
	"bytes"
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"
)

// runAnswer runs `nengban answer` with input and returns what it printed.
func runAnswer(t *testing.T, input string, args ...string) (out, errs string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	term := &terminal{In: strings.NewReader(input), Out: &stdout, Err: &stderr, Clock: clockwork.NewFakeClock()}
	code = run(context.Background(), append([]string{"answer"}, args...), term)
	return stdout.String(), stderr.String(), code
}

// said is the part of a line that the outside counts on.
type said struct {
	Kind    string  `json:"kind"`
	Rating  *int    `json:"rating"`
	Solved  *bool   `json:"solved"`
	Comment *string `json:"comment"`
	Error   string  `json:"error"`
}

func saidLines(t *testing.T, out string) []said {
	t.Helper()
	var rows []said
	for _, line := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
		var row said
		if err := json.Unmarshal([]byte(line), &row); err != nil {
			t.Fatalf("line %q: %v", line, err)
		}
		rows = append(rows, row)
	}
	return rows
}

func ptr[T any](v T) *T { return &v }

func TestAnswerReadsLinesOfJSON(t *testing.T) {
	t.Parallel()
	out, errs, code := runAnswer(t, `{"text":"4 态度差"}
{"text":"非常满意，问题解决了"}

{"text":"没解决"}
{"text":"谢谢"}
{"text":"TD"}
{"text":"恢复"}
{"text":"您好，我正在开会，稍后回复"}
{"text":""}`, "--stdin", "--json")
	if code != 0 || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	want := []said{
		{Kind: "answer", Rating: ptr(4), Comment: ptr("态度差")},
		{Kind: "answer", Rating: ptr(1), Solved: ptr(true), Comment: ptr("")},
		{Kind: "answer", Solved: ptr(false), Comment: ptr("")},
		{Kind: "ask", Comment: ptr("谢谢")},
		{Kind: "stop", Comment: ptr("")},
		{Kind: "start", Comment: ptr("")},
		{Kind: "auto", Comment: ptr("")},
		{Kind: "ask", Comment: ptr("")},
	}
	if diff := cmp.Diff(want, saidLines(t, out)); diff != "" {
		t.Error(diff)
	}
}

func TestAnswerPrintsEveryFieldOfEveryReading(t *testing.T) {
	t.Parallel()
	out, _, _ := runAnswer(t, `{"text":"谢谢"}`, "--stdin", "--json")
	for _, field := range []string{`"kind":"ask"`, `"rating":null`, `"solved":null`, `"comment":"谢谢"`, `"why":"polite"`} {
		if !strings.Contains(out, field) {
			t.Errorf("%s is missing from %s", field, out)
		}
	}
}

func TestAnswerGoesOnAfterABadLineAndSaysSoAtTheEnd(t *testing.T) {
	t.Parallel()
	out, errs, code := runAnswer(t, "{\"text\":\"1\"}\nnot json\n{\"txt\":\"1\"}\n{\"text\":5}\nnull\n{\"text\":\"5\"}\r\n", "--stdin", "--json")
	rows := saidLines(t, out)
	if len(rows) != 6 || rows[0].Error != "" || rows[5].Kind != "answer" || rows[5].Rating == nil || *rows[5].Rating != 5 {
		t.Fatalf("got %s", out)
	}
	for i, row := range rows[1:5] {
		if row.Error == "" {
			t.Errorf("bad line %d: no error in %+v", i+2, row)
		}
	}
	if code != 1 || !strings.Contains(errs, "4 could not be read") {
		t.Errorf("exit %d: %s, want 1 and the count", code, errs)
	}
}

func TestAnswerTakesWhatIsKnownOfThePhone(t *testing.T) {
	t.Parallel()
	out, _, code := runAnswer(t, `{"id":"a1","text":"4821 5","open":["4821","3356"]}
{"id":2,"text":"5","open":["4821","3356"]}
{"text":"没有","asked":"solved"}
{"text":"刚才按错了，是5","answered":true}
`, "--stdin", "--json")
	lines := strings.Split(strings.TrimSpace(out), "\n")
	if code != 0 || len(lines) != 4 {
		t.Fatalf("exit %d: %s", code, out)
	}
	for i, want := range []string{`"id":"a1","kind":"answer","rating":5,"solved":null,"comment":"","tail":"4821"`, `"id":2,"kind":"ask"`, `"solved":false`, `"correction":true`} {
		if !strings.Contains(lines[i], want) {
			t.Errorf("line %d is %s, want %s in it", i+1, lines[i], want)
		}
	}
}

func TestAnswerExplainsItselfToPeople(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		args []string
		want string
	}{
		{[]string{"4 态度差"}, "answer\t回复了选项数字（4）：4 不满意\n\t态度差\n"},
		{[]string{"--english", "谢谢"}, "ask\tpolite words alone are not satisfaction; ask again\n\t谢谢\n"},
		{[]string{"--open=4821", "4821", "不满意"}, "answer\t按所写词语判断满意程度（不满意）：4 不满意\n"},
	} {
		out, errs, code := runAnswer(t, "", row.args...)
		if code != 0 || out != row.want {
			t.Errorf("%v: exit %d %s, got %q, want %q", row.args, code, errs, out, row.want)
		}
	}
	if _, errs, code := runAnswer(t, ""); code != 1 || !strings.Contains(errs, "--stdin") {
		t.Errorf("nothing to read: exit %d, %s", code, errs)
	}
}

func TestAnswerReadsAMegabyteAndRefusesAnEndlessLine(t *testing.T) {
	t.Parallel()
	megabyte := strings.Repeat("满意", 1<<20/6)
	endless := strings.Repeat("x", longestAnswerLine+1)
	out, _, code := runAnswer(t, "{\"text\":\""+megabyte+"\"}\n"+endless+"\n{\"text\":\"满意\"}", "--stdin", "--json")
	rows := saidLines(t, out)
	if code != 1 || len(rows) != 3 || rows[0].Kind != "ask" || rows[1].Error == "" || rows[2].Kind != "answer" {
		t.Errorf("exit %d, %d lines", code, len(rows))
	}
}
