// Package sheet reads and writes the tables that offices send each other: CSV
// (UTF-8, with or without a mark, or GB18030 as Excel in China saves it), XLSX
// and JSON lines.
//
// The rules it keeps: a row knows the line it came from, so that what is wrong
// with it can be pointed at; a file is read row by row, never more than its
// bounds; and a cell that a spreadsheet would run as a formula is written so
// that it does not.
package sheet

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"
)

// Bounds of what is read. A city's export of a year is smaller; a file that
// unpacks to more is an attack or a mistake.
const (
	MaxRows     = 500_000
	MaxColumns  = 500
	MaxCell     = 100_000  // characters
	MaxUnpacked = 1 << 30  // bytes of an XLSX
	MaxLine     = 16 << 20 // bytes of a CSV or JSON line
)

// ErrFormat says that a file is none of the three formats.
var ErrFormat = errors.New("the file is neither CSV, XLSX nor JSON lines")

// RowError is something wrong with a row of a file.
type RowError struct {
	Line   int    // as an editor or a spreadsheet counts, from 1
	Column string // the heading, or "" when it is the whole row
	Reason string
}

func (e *RowError) Error() string {
	if e.Column == "" {
		return fmt.Sprintf("line %d: %s", e.Line, e.Reason)
	}
	return fmt.Sprintf("line %d, column %s: %s", e.Line, e.Column, e.Reason)
}

// Row is one row: its line, and its cells by their headings.
type Row struct {
	Line  int
	cells map[string]string
}

// Cell returns the cell below a heading, without surrounding space; "" when
// there is no such heading.
func (r Row) Cell(heading string) string { return r.cells[heading] }

// Has says whether the row has a cell below the heading.
func (r Row) Has(heading string) bool {
	_, ok := r.cells[heading]
	return ok
}

// Empty says whether nothing stands in the row.
func (r Row) Empty() bool {
	for _, c := range r.cells {
		if c != "" {
			return false
		}
	}
	return true
}

// File is what a table is read from.
type File interface {
	io.Reader
	io.ReaderAt
	io.Seeker
}

// Read returns the rows of a file below its first row, which holds the
// headings; a JSON line names its cells itself. name tells the format by its
// ending. A row that cannot be read comes as a *RowError and reading goes on;
// any other error is the last.
func Read(name string, f File) iter.Seq2[Row, error] {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv", ".txt", ".tsv":
		return bounded(readCSV(f))
	case ".xlsx":
		return bounded(readXLSX(f))
	case ".jsonl", ".ndjson", ".json":
		return bounded(readJSON(f))
	default:
		return failing(fmt.Errorf("reading %s: %w", filepath.Base(name), ErrFormat))
	}
}

// bounded stops after MaxRows and turns oversized cells into row errors.
func bounded(rows iter.Seq2[Row, error]) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		n := 0
		for row, err := range rows {
			if n++; n > MaxRows {
				yield(Row{}, fmt.Errorf("the file has more than %d rows; split it", MaxRows))
				return
			}
			if err == nil {
				err = tooLarge(row)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

func tooLarge(row Row) error {
	for heading, cell := range row.cells {
		if len(cell) > 4*MaxCell {
			return &RowError{row.Line, heading, fmt.Sprintf("the cell is longer than %d characters", MaxCell)}
		}
	}
	return nil
}

func failing(err error) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) { yield(Row{}, err) }
}

// headed makes a row of cells under headings; cells beyond the last heading
// are refused, since nobody could say what they mean.
func headed(line int, headings, cells []string) (Row, error) {
	for len(cells) > len(headings) && strings.TrimSpace(cells[len(cells)-1]) == "" {
		cells = cells[:len(cells)-1]
	}
	if len(cells) > len(headings) {
		return Row{Line: line}, &RowError{line, "", fmt.Sprintf("it has %d cells, the heading has %d", len(cells), len(headings))}
	}
	r := Row{Line: line, cells: make(map[string]string, len(headings))}
	for i, h := range headings {
		if h == "" {
			continue
		}
		r.cells[h] = ""
		if i < len(cells) {
			r.cells[h] = strings.TrimSpace(cells[i])
		}
	}
	return r, nil
}

// checkHeadings trims the headings and refuses a row that cannot be one.
func checkHeadings(cells []string) ([]string, error) {
	out := make([]string, len(cells))
	for i, c := range cells {
		c = strings.TrimSpace(strings.TrimPrefix(c, "\ufeff"))
		if c != "" && slices.Contains(out[:i], c) {
			return nil, &RowError{1, c, "this heading stands twice"}
		}
		out[i] = c
	}
	if len(out) > MaxColumns {
		return nil, fmt.Errorf("the file has more than %d columns", MaxColumns)
	}
	if !slices.ContainsFunc(out, func(h string) bool { return h != "" }) {
		return nil, &RowError{1, "", "the first row has no headings"}
	}
	return out, nil
}
