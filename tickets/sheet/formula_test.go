package sheet_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"nengban/tickets/sheet"
)

// What a citizen writes must not run in the spreadsheet of whoever exports it.
func TestACellThatWouldRunAsAFormulaIsWrittenAsText(t *testing.T) {
	t.Parallel()
	evil := []string{`=cmd|'/c calc'!A1`, `+1+cmd`, `-2+3`, `@SUM(A1)`, "\t=1", "\r=1", `普通文字`}
	rows := func(yield func([]string) bool) { yield(evil) }
	var csv bytes.Buffer
	if err := sheet.WriteCSV(&csv, []string{"a", "b", "c", "d", "e", "f", "g"}, rows); err != nil {
		t.Fatal(err)
	}
	_, line, _ := strings.Cut(csv.String(), "\n")
	for cell := range strings.SplitSeq(strings.TrimSpace(line), ",") {
		if bare := strings.TrimLeft(cell, `"`); strings.ContainsAny(bare[:1], "=+-@\t\r") {
			t.Errorf("a cell is written as %q", cell)
		}
	}
	var book bytes.Buffer
	if err := sheet.WriteXLSX(&book, "台账", []string{"a", "b", "c", "d", "e", "f", "g"}, rows); err != nil {
		t.Fatal(err)
	}
	x, err := excelize.OpenReader(&book)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = x.Close() }()
	for _, at := range []string{"A2", "B2", "C2", "D2"} {
		if f, err := x.GetCellFormula("台账", at); err != nil || f != "" {
			t.Errorf("cell %s holds the formula %q, %v", at, f, err)
		}
	}
}
