package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/simplifiedchinese"

	"nengban/tickets/sheet"
)

// read returns what a reader sees: good rows as line and cells, bad ones as their complaint.
func read(name string, body []byte, headings ...string) []string {
	var out []string
	for row, err := range sheet.Read(name, bytes.NewReader(body)) {
		if err != nil {
			out = append(out, err.Error())
			continue
		}
		cells := []string{fmt.Sprint(row.Line)}
		for _, h := range headings {
			cells = append(cells, row.Cell(h))
		}
		out = append(out, strings.Join(cells, "|"))
	}
	return out
}

func TestTheSameTableInEveryFormat(t *testing.T) {
	t.Parallel()
	rows := [][]string{{"2026001", "路灯不亮，\n晚上看不见"}, {"2026002", "=1+1"}}
	seq := func(yield func([]string) bool) {
		for _, r := range rows {
			if !yield(r) {
				return
			}
		}
	}
	var book, text bytes.Buffer
	if err := sheet.WriteXLSX(&book, "台账", []string{"工单编号", "内容"}, seq); err != nil {
		t.Fatal(err)
	}
	if err := sheet.WriteCSV(&text, []string{"工单编号", "内容"}, seq); err != nil {
		t.Fatal(err)
	}
	gbk, err := simplifiedchinese.GB18030.NewEncoder().Bytes([]byte("工单编号,内容\r\n2026001,\"路灯不亮，\n晚上看不见\"\r\n2026002,=1+1\r\n"))
	if err != nil {
		t.Fatal(err)
	}
	lines := []byte(`{"工单编号":"2026001","内容":"路灯不亮，\n晚上看不见"}` + "\n\n" + `{"工单编号":2026002,"内容":["=1+1"]}`)
	for _, c := range []struct {
		name string
		body []byte
		want []string
	}{
		{"a.xlsx", book.Bytes(), []string{"2|2026001|路灯不亮，\n晚上看不见", "3|2026002|=1+1"}},
		{"a.csv", text.Bytes(), []string{"2|2026001|路灯不亮，\n晚上看不见", "4|2026002|'=1+1"}},
		{"gbk.csv", gbk, []string{"2|2026001|路灯不亮，\n晚上看不见", "4|2026002|=1+1"}},
		{"a.jsonl", lines, []string{"1|2026001|路灯不亮，\n晚上看不见", "3|2026002|=1+1"}},
	} {
		if diff := cmp.Diff(c.want, read(c.name, c.body, "工单编号", "内容")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestABadRowIsPointedAtAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	got := read("a.csv", []byte("编号,内容\n1,好\n2,好,多出一格\n3,好\n"), "编号", "内容")
	want := []string{"2|1|好", "line 3: it has 3 cells, the heading has 2", "4|3|好"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("CSV (-want +got):\n%s", diff)
	}
	got = read("a.jsonl", []byte("{\"编号\":1}\nnot json\n{\"编号\":3}\n\xff\xfe\n"), "编号")
	if len(got) != 4 || got[0] != "1|1" || !strings.HasPrefix(got[1], "line 2: the line is not a JSON object") || got[2] != "3|3" || got[3] != "line 4: the line is not UTF-8" {
		t.Errorf("JSON lines = %q", got)
	}
}

func TestAFileThatIsNoTableIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, want string }{
		{"a.pdf", "x", "the file is neither CSV, XLSX nor JSON lines"},
		{"a.csv", "", "the file is empty"},
		{"a.csv", "编号,编号\n1,2\n", "column 编号: this heading stands twice"},
		{"a.csv", " , \n1,2\n", "the first row has no headings"},
		{"a.xlsx", "not a workbook", "opening the workbook"},
	} {
		got := read(c.name, []byte(c.body))
		if len(got) != 1 || !strings.Contains(got[0], c.want) {
			t.Errorf("%s %q: %q; want one complaint that says %q", c.name, c.body, got, c.want)
		}
	}
	for _, err := range sheet.Read("a.doc", bytes.NewReader(nil)) {
		if !errors.Is(err, sheet.ErrFormat) {
			t.Errorf("another format = %v; want ErrFormat", err)
		}
	}
}

func TestAZipBombIsRefused(t *testing.T) {
	t.Parallel()
	var bomb bytes.Buffer
	z := zip.NewWriter(&bomb)
	for i := range 5 {
		w, err := z.Create(fmt.Sprintf("xl/worksheets/sheet%d.xml", i+1))
		if err != nil {
			t.Fatal(err)
		}
		zeros := make([]byte, 1<<20)
		for range 256 {
			if _, err := w.Write(zeros); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	got := read("bomb.xlsx", bomb.Bytes())
	if len(got) != 1 || !strings.Contains(got[0], "opening the workbook") {
		t.Errorf("a workbook of %d bytes that unpacks to 1.25 GiB = %q; want it refused", bomb.Len(), got)
	}
}

func FuzzRead(f *testing.F) {
	f.Add("a.csv", []byte("编号,内容\n1,\"x\n"))
	f.Add("a.jsonl", []byte(`{"a":[1,{"b":null}]}`))
	f.Add("a.xlsx", []byte("PK\x03\x04"))
	f.Fuzz(func(t *testing.T, name string, body []byte) {
		for row, err := range sheet.Read(name, bytes.NewReader(body)) {
			if err == nil && row.Line < 1 {
				t.Errorf("a row without a line: %+v", row)
			}
		}
	})
}
