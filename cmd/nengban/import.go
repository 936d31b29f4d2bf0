package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"

	"nengban/tickets"
	"nengban/tickets/sheet"
)

// importCmd takes over what other systems hold.
type importCmd struct {
	Tickets   importTicketsCmd   `cmd:"" help:"Take over tickets from a 12345 export: CSV, XLSX or JSON lines."`
	Knowledge importKnowledgeCmd `cmd:"" help:"Take over knowledge articles: CSV, XLSX or JSON lines."`
}

type importTicketsCmd struct {
	common
	Map  string `help:"File that says which column is what; docs/import.md explains it." required:"" type:"existingfile" placeholder:"FILE"`
	File string `arg:"" help:"The export." type:"existingfile"`
}

// Run takes the good rows over and reports the bad ones; it ends with an error
// when there was a bad one.
func (c *importTicketsCmd) Run(ctx context.Context, t *terminal) error {
	m, err := readMapping(c.Map, ticketColumns)
	if err != nil {
		return err
	}
	return withDesk(ctx, t, c.common, func(d *desk) error {
		return importRows(t, c.File, func(row sheet.Row) (bool, error) {
			in, h, err := m.ticket(row)
			if err != nil {
				return false, err
			}
			r, err := d.tickets.TakeOver(ctx, in, h)
			return r.Again, m.located(row, err)
		})
	})
}

// importRows runs one use-case per row, counts, and says line and column of
// every row that was not taken.
func importRows(t *terminal, path string, take func(sheet.Row) (again bool, err error)) error {
	f, err := os.Open(path) //nolint:gosec // the person at the terminal names it
	if err != nil {
		return fmt.Errorf("opening the file: %w", err)
	}
	defer func() { _ = f.Close() }()
	var taken, known, bad int
	for row, err := range sheet.Read(path, f) {
		again := false
		if err == nil {
			again, err = take(row)
		}
		var wrong *sheet.RowError
		switch {
		case errors.As(err, &wrong):
			bad++
			fmt.Fprintln(t.Err, wrong)
		case err != nil:
			fmt.Fprintf(t.Out, "%d taken in, %d known already, %d not taken\n", taken, known, bad)
			return fmt.Errorf("line %d: %w", row.Line, err)
		case again:
			known++
		default:
			taken++
		}
	}
	fmt.Fprintf(t.Out, "%d taken in, %d known already, %d not taken\n", taken, known, bad)
	if bad > 0 {
		return fmt.Errorf("%d rows were not taken; the reasons stand above", bad)
	}
	return nil
}

// mapping says which column of a file is which field of ours.
type mapping struct {
	source string
	fields map[string]column
}

// column is where a field comes from: a heading or several joined, words to
// translate, a time layout, and what stands where the cell is empty.
type column struct {
	headings []string
	join     string
	words    map[string]string
	layout   string
	fallback string
}

// ticketColumns are the fields of a ticket that a mapping may name.
var ticketColumns = append(fieldNames(tickets.Intake{}), "id", "received_at", "closed", "closed_at", "answer", "source_status")

func fieldNames(form any) []string {
	var out []string
	for _, f := range tickets.Fields(form) {
		out = append(out, f.Name)
	}
	return out
}

// readMapping reads a mapping file and refuses names that are not among known.
func readMapping(path string, known []string) (mapping, error) {
	m := mapping{fields: map[string]column{}}
	body, err := os.ReadFile(path) //nolint:gosec // the person at the terminal names it
	if err != nil {
		return m, fmt.Errorf("reading the mapping: %w", err)
	}
	all, err := yaml.Parser().Unmarshal(body)
	if err != nil {
		return m, fmt.Errorf("reading the mapping %s: %w", path, err)
	}
	for name, v := range all {
		if name == "source" {
			m.source = fmt.Sprint(v)
			continue
		}
		if !slices.Contains(known, name) {
			return m, fmt.Errorf("reading the mapping %s: there is no field %q; fields are %s", path, name, strings.Join(known, ", "))
		}
		c, err := readColumn(v)
		if err != nil {
			return m, fmt.Errorf("reading the mapping %s, field %s: %w", path, name, err)
		}
		m.fields[name] = c
	}
	if m.source == "" {
		return m, fmt.Errorf("reading the mapping %s: source is missing; it names the system the file comes from", path)
	}
	return m, nil
}

func readColumn(v any) (column, error) {
	switch x := v.(type) {
	case string:
		return column{headings: []string{x}}, nil
	case map[string]any:
		c := column{join: "\n", words: map[string]string{}}
		for key, value := range x {
			switch key {
			case "column":
				c.headings = []string{fmt.Sprint(value)}
			case "columns":
				list, _ := value.([]any)
				for _, h := range list {
					c.headings = append(c.headings, fmt.Sprint(h))
				}
			case "join":
				c.join = fmt.Sprint(value)
			case "default":
				c.fallback = fmt.Sprint(value)
			case "layout":
				c.layout = fmt.Sprint(value)
			case "words":
				table, _ := value.(map[string]any)
				for from, to := range table {
					c.words[from] = fmt.Sprint(to)
				}
			default:
				return c, fmt.Errorf("there is no %q here; use column, columns, join, words, layout, default", key)
			}
		}
		return c, nil
	default:
		return column{}, fmt.Errorf("%v is neither a heading nor a description of one", v)
	}
}

// value reads a field from a row: its cells joined, translated, or the default.
func (m mapping) value(row sheet.Row, field string) string {
	c := m.fields[field]
	var parts []string
	for _, h := range c.headings {
		if cell := row.Cell(h); cell != "" {
			parts = append(parts, cell)
		}
	}
	v := strings.Join(parts, c.join)
	if to, ok := c.words[v]; ok {
		return to
	}
	if v == "" {
		return c.fallback
	}
	return v
}

// ticket makes an intake of a row.
func (m mapping) ticket(row sheet.Row) (tickets.Intake, tickets.History, error) {
	in := tickets.Intake{SourceSystem: m.source, ExternalNo: m.value(row, "id"), SourceStatus: m.value(row, "source_status")}
	for _, f := range tickets.Fields(in) {
		v := m.value(row, f.Name)
		if v == "" {
			continue
		}
		if layout := m.fields[f.Name].layout; layout != "" {
			at, err := m.time(row, f.Name)
			if err != nil {
				return in, tickets.History{}, err
			}
			v = at.Format(time.RFC3339)
		}
		if code := f.Set(&in, []string{v}, tickets.Shanghai); code != "" {
			return in, tickets.History{}, m.wrong(row, f.Name, code+": "+v)
		}
	}
	var err error
	if in.ReceivedAt, err = m.time(row, "received_at"); err != nil {
		return in, tickets.History{}, err
	}
	h := tickets.History{Closed: m.value(row, "closed") == "yes", Answer: m.value(row, "answer")}
	h.ClosedAt, err = m.time(row, "closed_at")
	return in, h, err
}

// excelEpoch is day 0 of a spreadsheet's dates, which XLSX stores as numbers.
var excelEpoch = time.Date(1899, 12, 30, 0, 0, 0, 0, tickets.Shanghai)

// time reads a moment in Shanghai in the layout given or one of the usual ones.
func (m mapping) time(row sheet.Row, field string) (time.Time, error) {
	v := m.value(row, field)
	if v == "" {
		return time.Time{}, nil
	}
	layouts := []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006/1/2 15:04:05", "2006-01-02 15:04", "2006/1/2 15:04", "2006-01-02", "2006/1/2", "2006年1月2日"}
	if l := m.fields[field].layout; l != "" {
		layouts = []string{l}
	}
	for _, l := range layouts {
		if at, err := time.ParseInLocation(l, v, tickets.Shanghai); err == nil {
			return at, nil
		}
	}
	var days float64
	if _, err := fmt.Sscanf(v, "%g", &days); err == nil && days > 20000 && days < 80000 {
		return excelEpoch.Add(time.Duration(days * 24 * float64(time.Hour))).Round(time.Second), nil
	}
	return time.Time{}, m.wrong(row, field, fmt.Sprintf("%q is not a time", v))
}

func (m mapping) wrong(row sheet.Row, field, reason string) error {
	heading := field
	if c := m.fields[field]; len(c.headings) > 0 {
		heading = strings.Join(c.headings, "+")
	}
	return &sheet.RowError{Line: row.Line, Column: heading, Reason: reason}
}

// located turns what is wrong with a field into what is wrong with its column.
func (m mapping) located(row sheet.Row, err error) error {
	var fields tickets.FieldErrors
	if !errors.As(err, &fields) {
		return err
	}
	wrong := fields[0]
	if wrong.Field == "external_no" {
		wrong.Field = "id" // as the mapping calls it
	}
	reason := strings.TrimSpace(strings.ReplaceAll(wrong.Code, "_", " ") + " " + strings.Trim(fmt.Sprint(wrong.Args...), "[]"))
	if wrong.Code == "not_an_option" {
		reason = fmt.Sprintf("%q is not one of %s", m.value(row, wrong.Field), strings.Join(optionsOf(wrong.Field), ", "))
	}
	return m.wrong(row, wrong.Field, reason)
}

// optionsOf are the words that a field of a ticket may hold.
func optionsOf(field string) []string {
	for _, f := range tickets.Fields(tickets.Intake{}) {
		if f.Name == field {
			return f.Options
		}
	}
	return nil
}
