package surveys_test

import (
	"bufio"
	"os"
	"strconv"
	"strings"
	"testing"

	"nengban/callbacks/surveys"
)

// reply is one row of a table of replies: what was typed and what it means.
type reply struct {
	theme, text string
	kind        surveys.Kind
	rating      surveys.Level
	solved      surveys.Solved
}

// tables holds the replies by hand: the first was written before the reader, the
// others against it without looking.
var tables = []string{"testdata/replies.tsv", "testdata/heldback.tsv", "testdata/heldback2.tsv", "testdata/heldback3.tsv", "testdata/heldback4.tsv", "testdata/heldback5.tsv", "testdata/heldback6.tsv", "testdata/heldback7.tsv"}

// TestReadsRepliesAsACarefulPersonWould asserts every row of the tables.
func TestReadsRepliesAsACarefulPersonWould(t *testing.T) {
	t.Parallel()
	for _, want := range allReplies(t) {
		if got := surveys.Read(want.text); !want.matches(got) {
			t.Errorf("%s: %q\n got %s\nwant %s\n why %s", want.theme, want.text, short(got.Kind, got.Rating, got.Solved),
				short(want.kind, want.rating, want.solved), got.Explain(surveys.Chinese))
		}
	}
}

func (r reply) matches(got surveys.Reading) bool {
	return got.Kind == r.kind && got.Rating == r.rating && got.Solved == r.solved
}

func short(kind surveys.Kind, rating surveys.Level, solved surveys.Solved) string {
	return string(kind) + " " + strconv.Itoa(int(rating)) + " " + string(solved)
}

func allReplies(t testing.TB) []reply {
	t.Helper()
	var rows []reply
	for _, name := range tables {
		rows = append(rows, readTable(t, name)...)
	}
	return rows
}

// readTable reads a tab-separated table; a row with a backslash is a Go string.
func readTable(t testing.TB, name string) []reply {
	t.Helper()
	file, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	var rows []reply
	theme := ""
	lines := bufio.NewScanner(file)
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if title, ok := strings.CutPrefix(line, "## "); ok {
			theme = title
			continue
		}
		if line == "" || strings.HasPrefix(line, "# ") {
			continue
		}
		row, ok := parseRow(theme, line)
		if !ok {
			t.Fatalf("%s:%d: cannot read %q", name, n, line)
		}
		rows = append(rows, row)
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return rows
}

func parseRow(theme, line string) (reply, bool) {
	cols := strings.Split(line, "\t")
	if len(cols) != 4 {
		return reply{}, false
	}
	r := reply{theme: theme, text: cols[0], kind: surveys.Kind(cols[1])}
	if strings.Contains(r.text, `\`) {
		unquoted, err := strconv.Unquote(`"` + r.text + `"`)
		if err != nil {
			return reply{}, false
		}
		r.text = unquoted
	}
	if cols[2] != "-" {
		rating, err := strconv.Atoi(cols[2])
		if err != nil {
			return reply{}, false
		}
		r.rating = surveys.Level(rating)
	}
	if cols[3] != "-" {
		r.solved = surveys.Solved(cols[3])
	}
	return r, true
}
