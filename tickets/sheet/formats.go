package sheet

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/transform"
)

func readCSV(f File) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		text, err := asUTF8(f)
		if err != nil {
			yield(Row{}, err)
			return
		}
		c := csv.NewReader(text)
		c.FieldsPerRecord, c.LazyQuotes, c.ReuseRecord = -1, true, true
		first, err := c.Read()
		if err != nil {
			yield(Row{}, fmt.Errorf("reading the headings: %w", endIsEmpty(err)))
			return
		}
		headings, err := checkHeadings(first)
		if err != nil {
			yield(Row{}, err)
			return
		}
		for {
			cells, err := c.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			line, _ := c.FieldPos(0)
			var wrong *csv.ParseError
			if errors.As(err, &wrong) {
				if !yield(Row{Line: wrong.Line}, &RowError{wrong.Line, "", wrong.Err.Error()}) {
					return
				}
				continue
			}
			if err != nil {
				yield(Row{}, fmt.Errorf("reading the file: %w", err))
				return
			}
			row, err := headed(line, headings, cells)
			if err == nil {
				err = validText(row)
			}
			if err == nil && row.Empty() {
				continue
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// asUTF8 looks at the beginning of the file: what is not UTF-8 is taken for
// GB18030, which every Chinese spreadsheet writes and which contains GBK and GB 2312.
func asUTF8(f File) (io.Reader, error) {
	head := make([]byte, 64<<10)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, fmt.Errorf("reading the file: %w", err)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, fmt.Errorf("reading the file: %w", err)
	}
	head = head[:n]
	for cut := 0; cut < utf8.UTFMax && len(head) > 0 && !utf8.Valid(head); cut++ {
		head = head[:len(head)-1] // the last character may be cut in half
	}
	if utf8.Valid(head) && len(head) >= n-utf8.UTFMax {
		return bufio.NewReader(f), nil
	}
	return transform.NewReader(f, simplifiedchinese.GB18030.NewDecoder()), nil
}

func validText(r Row) error {
	for heading, cell := range r.cells {
		if !utf8.ValidString(cell) || strings.ContainsRune(cell, utf8.RuneError) || strings.ContainsRune(cell, 0) {
			return &RowError{r.Line, heading, "the text is damaged: it is neither UTF-8 nor GB18030 here"}
		}
	}
	return nil
}

func readXLSX(f File) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		book, err := excelize.OpenReader(f, excelize.Options{UnzipSizeLimit: MaxUnpacked, UnzipXMLSizeLimit: 64 << 20, RawCellValue: true})
		if err != nil {
			yield(Row{}, fmt.Errorf("opening the workbook: %w", err))
			return
		}
		defer func() { _ = book.Close() }()
		rows, err := book.Rows(book.GetSheetName(0))
		if err != nil {
			yield(Row{}, fmt.Errorf("opening the first sheet: %w", err))
			return
		}
		defer func() { _ = rows.Close() }()
		eachXLSXRow(rows, yield)
	}
}

func eachXLSXRow(rows *excelize.Rows, yield func(Row, error) bool) {
	var headings []string
	for line := 1; rows.Next(); line++ {
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			yield(Row{}, fmt.Errorf("reading row %d: %w", line, err))
			return
		}
		if headings == nil {
			if headings, err = checkHeadings(cells); err != nil {
				yield(Row{}, err)
				return
			}
			continue
		}
		row, err := headed(line, headings, cells)
		if err == nil && row.Empty() {
			continue
		}
		if !yield(row, err) {
			return
		}
	}
	if err := rows.Error(); err != nil {
		yield(Row{}, fmt.Errorf("reading the sheet: %w", err))
	} else if headings == nil {
		yield(Row{}, &RowError{1, "", "the sheet is empty"})
	}
}

func readJSON(f File) iter.Seq2[Row, error] {
	return func(yield func(Row, error) bool) {
		lines := bufio.NewScanner(f)
		lines.Buffer(make([]byte, 64<<10), MaxLine)
		n := 0
		for lines.Scan() {
			n++
			text := bytes.TrimSpace(lines.Bytes())
			if len(text) == 0 {
				continue
			}
			row, err := jsonRow(n, text)
			if !yield(row, err) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(Row{}, fmt.Errorf("reading line %d: %w", n+1, err))
		}
	}
}

func jsonRow(line int, text []byte) (Row, error) {
	row := Row{Line: line, cells: map[string]string{}}
	if !utf8.Valid(text) {
		return row, &RowError{line, "", "the line is not UTF-8"}
	}
	var object map[string]any
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&object); err != nil {
		return row, &RowError{line, "", "the line is not a JSON object: " + err.Error()}
	}
	for k, v := range object {
		row.cells[k] = strings.TrimSpace(plain(v))
	}
	return row, validText(row)
}

// plain writes a JSON value as a cell: lists joined by semicolons.
func plain(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case json.Number:
		return x.String()
	case bool:
		return strconv.FormatBool(x)
	case []any:
		parts := make([]string, 0, len(x))
		for _, e := range x {
			parts = append(parts, plain(e))
		}
		return strings.Join(parts, ";")
	default:
		b, err := json.Marshal(x)
		if err != nil {
			return ""
		}
		return string(b)
	}
}

func endIsEmpty(err error) error {
	if errors.Is(err, io.EOF) {
		return errors.New("the file is empty")
	}
	return err
}
