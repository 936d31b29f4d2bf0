package sheet

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/xuri/excelize/v2"
)

// WriteCSV writes a table as CSV in UTF-8 with the mark that Excel looks for.
func WriteCSV(w io.Writer, headings []string, rows func(yield func([]string) bool)) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return fmt.Errorf("writing a table: %w", err)
	}
	c := csv.NewWriter(w)
	if err := c.Write(harmless(headings)); err != nil {
		return fmt.Errorf("writing a table: %w", err)
	}
	for cells := range rows {
		if err := c.Write(harmless(cells)); err != nil {
			return fmt.Errorf("writing a table: %w", err)
		}
	}
	c.Flush()
	return c.Error()
}

// WriteXLSX writes a table as a workbook of one sheet. Cells are text: no
// formula is ever written.
func WriteXLSX(w io.Writer, title string, headings []string, rows func(yield func([]string) bool)) error {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }()
	if err := book.SetSheetName(book.GetSheetName(0), title); err != nil {
		return fmt.Errorf("naming a sheet: %w", err)
	}
	stream, err := book.NewStreamWriter(title)
	if err != nil {
		return fmt.Errorf("writing a workbook: %w", err)
	}
	line := 1
	put := func(cells []string) error {
		at, err := excelize.CoordinatesToCellName(1, line)
		if err != nil {
			return err
		}
		line++
		values := make([]any, len(cells))
		for i, c := range cells {
			values[i] = c
		}
		return stream.SetRow(at, values)
	}
	if err := put(headings); err != nil {
		return fmt.Errorf("writing a workbook: %w", err)
	}
	for cells := range rows {
		if err := put(cells); err != nil {
			return fmt.Errorf("writing a workbook: %w", err)
		}
	}
	if err := stream.Flush(); err != nil {
		return fmt.Errorf("writing a workbook: %w", err)
	}
	if err := book.Write(w); err != nil {
		return fmt.Errorf("writing a workbook: %w", err)
	}
	return nil
}

// harmless puts an apostrophe before a cell that a spreadsheet would take for
// a formula (OWASP, CSV injection). A phone such as +86138… loses nothing by it.
func harmless(cells []string) []string {
	out := make([]string, len(cells))
	for i, c := range cells {
		if c != "" && strings.ContainsRune("=+-@\t\r", rune(c[0])) {
			c = "'" + c
		}
		out[i] = c
	}
	return out
}
