package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"nengban/cmd/nengban/demo"
	"nengban/knowledge"
	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/sheet"
	"nengban/tickets/staff"
	screens "nengban/web/pages"
)

// openKnowledge opens the articles and their index.
func (d *desk) openKnowledge(ctx context.Context) (err error) {
	d.knowledge, err = knowledge.Open(ctx, knowledge.Parts{DB: d.db, Clock: d.clock, Log: d.log, Index: d.folder.in("index"), Files: d.folder.in("articles"), Vault: d.vault,
		Above:  func(code string) []string { return d.places.Directory().Above(code) },
		Names:  func() ([]string, map[string]string) { return namesIn(d.places.Directory()) },
		Redact: func(text string) string { return tickets.Hush(text, tickets.Caller{}) }})
	return err
}

// namesIn are the wordings of the directory that a search takes whole, and the
// area that each area lies in, by name.
func namesIn(dir *departments.Directory) (names []string, areas map[string]string) {
	for _, x := range dir.Departments() {
		names = append(names, x.Name)
	}
	for _, x := range dir.Duties() {
		names = append(names, x.Matter)
	}
	areas = map[string]string{}
	for _, x := range dir.Areas() {
		above, _ := dir.Area(x.Parent)
		areas[x.Name] = above.Name
	}
	slices.Sort(names)
	return slices.DeleteFunc(slices.Compact(names), func(n string) bool { return n == "" }), areas
}

// match is how the staff's screens ask for articles.
func (d *desk) match(ctx context.Context, text string, n int) ([]screens.Match, error) {
	found, err := d.knowledge.Match(ctx, text, n)
	out := make([]screens.Match, 0, len(found))
	for _, m := range found {
		out = append(out, screens.Match{ID: m.ID, Title: m.Title, Snippet: m.Snippet, Answer: m.Answer, Basis: m.Basis, Href: "/knowledge/" + m.ID})
	}
	return out, err
}

// knowledgeListener is told when an article was an answer, and what became of it.
const knowledgeListener = "knowledge"

func knowledgeListeners() []tickets.Listener {
	return []tickets.Listener{{Name: knowledgeListener, Wants: func(e tickets.Entry) bool {
		return e.Act == staff.AnswerAtOnce && e.Article != "" || e.Act == staff.RecordRating
	}}}
}

// knowledgeJobs are the lines of the timetable.
func (d *desk) knowledgeJobs() []job {
	return []job{
		{name: "knowledge", every: time.Minute, wake: d.knowledge.Wake(), run: d.knowledge.Tick},
		{name: "knowledge check", every: time.Hour, first: time.Minute, run: d.knowledge.Verify},
		{name: "knowledge opinions", every: time.Minute, wake: d.tickets.Wake(knowledgeListener), run: func(ctx context.Context) (int, error) {
			return d.tickets.Deliver(ctx, knowledgeListener, 100, d.opine)
		}},
		{name: "knowledge forgets", every: 24 * time.Hour, run: d.knowledge.Forget},
	}
}

// opine tells the articles what was made of them: an answer given with one is
// its use, and the citizen's rating of such an answer is about it too.
func (d *desk) opine(ctx context.Context, ms []tickets.Message) error {
	for _, m := range ms {
		t, err := d.tickets.ByID(ctx, m.TicketID)
		if err != nil {
			return err
		}
		if t.Answer == nil {
			continue
		}
		id, ok := knowledge.ParseCode(t.Answer.Article)
		if !ok {
			continue
		}
		o := knowledge.Opinion{Article: id, Say: knowledge.ThisWasIt, Question: t.Title + "\n" + t.Content, Source: "answer:" + t.Number, By: staff.TheSystem}
		if m.Act == staff.RecordRating {
			o.Say, o.Grade, o.Solved, o.Source = knowledge.Rating, t.Rating, string(t.Solved), "rating:"+t.Number
		}
		if err := d.knowledge.Opine(ctx, o); err != nil && !errors.Is(err, knowledge.ErrNotFound) {
			return err
		}
	}
	return nil
}

// learn takes the demo town's articles in and says by which code an answer
// names each title.
func (d *desk) learn(ctx context.Context, editor staff.Member, all []demo.Article) (map[string]string, error) {
	rows := func(yield func(knowledge.Incoming, error) bool) {
		for i, a := range all {
			in, err := incoming(i+1, a)
			if !yield(in, err) {
				return
			}
		}
	}
	report, err := d.knowledge.Import(ctx, editor, rows, knowledge.ImportOptions{Source: "demo", MakePaths: true})
	if err != nil {
		return nil, err
	}
	if len(report.Trouble) > 0 {
		return nil, fmt.Errorf("taking in the town's articles: %w", report.Trouble[0])
	}
	if _, err := d.knowledge.Tick(ctx); err != nil {
		return nil, err
	}
	codes := map[string]string{}
	for after := int64(0); ; {
		some, more, err := d.knowledge.List(ctx, editor, knowledge.Filter{After: after})
		if err != nil {
			return nil, err
		}
		for _, a := range some {
			codes[a.Title], after = a.Code(), a.ID
		}
		if !more {
			return codes, nil
		}
	}
}

func incoming(line int, a demo.Article) (knowledge.Incoming, error) {
	in := knowledge.Incoming{Line: line, ExternalNo: fmt.Sprint(line), Content: knowledge.Content{Title: a.Title, Path: a.Path, Body: a.Body, Issuer: a.Issuer,
		Keywords: knowledge.Words(a.Keywords), Department: a.Department, Area: a.Area}}
	if !in.SetNature(a.Nature) {
		return in, fmt.Errorf("reading the article %q: %s is no 材料性质", a.Title, a.Nature)
	}
	for _, x := range []struct {
		into **time.Time
		day  string
	}{{&in.ValidFrom, a.ValidFrom}, {&in.ValidUntil, a.ValidUntil}, {&in.ReviewAt, a.ReviewAt}} {
		if at, ok := knowledge.ParseDay(x.day); ok && !at.IsZero() {
			*x.into = &at
		}
	}
	return in, nil
}

type importKnowledgeCmd struct {
	common
	Map   string `help:"File that says which column is what; without one the file has the 信阳 layout." type:"existingfile" placeholder:"FILE"`
	File  string `arg:"" help:"The articles: CSV, XLSX or JSON lines." type:"existingfile"`
	Draft bool   `help:"Take them in as drafts, for people to review; else whoever sent them has."`
	Paths bool   `help:"Take in categories that are not there yet." default:"true" negatable:""`
}

// Run takes the good rows over, indexes them, and reports the bad ones.
func (c *importKnowledgeCmd) Run(ctx context.Context, t *terminal) error {
	source, m := "xinyang", mapping{}
	if c.Map != "" {
		var err error
		if m, err = readMapping(c.Map, articleColumns); err != nil {
			return err
		}
		source = m.source
	}
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("opening the file: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	rows := sheet.Read(filepath.Base(c.File), f)
	return withDesk(ctx, t, c.common, func(d *desk) error {
		in := knowledge.Xinyang(rows)
		if c.Map != "" {
			in = m.articles(rows)
		}
		report, err := d.knowledge.Import(ctx, knowledge.Importer, in, knowledge.ImportOptions{Source: source, Draft: c.Draft, MakePaths: c.Paths})
		for _, x := range report.Trouble {
			fmt.Fprintln(t.Err, x)
		}
		fmt.Fprintf(t.Out, "%d taken in, %d changed, %d known already, %d not taken\n", report.Taken, report.Replaced, report.Known, len(report.Trouble))
		if err != nil {
			return err
		}
		if _, err := d.knowledge.Tick(ctx); err != nil {
			return err
		}
		if n := len(report.Trouble); n > 0 {
			return fmt.Errorf("%d rows were not taken; the reasons stand above", n)
		}
		return nil
	})
}

// articleColumns are the fields of an article that a mapping may name.
var articleColumns = append(fieldNames(knowledge.Content{}), "id", "nature")

// articles reads rows as the mapping says.
func (m mapping) articles(rows func(func(sheet.Row, error) bool)) func(func(knowledge.Incoming, error) bool) {
	return func(yield func(knowledge.Incoming, error) bool) {
		for row, err := range rows {
			in := knowledge.Incoming{Line: row.Line}
			if err == nil {
				in, err = m.article(row)
			}
			if !yield(in, err) {
				return
			}
		}
	}
}

func (m mapping) article(row sheet.Row) (knowledge.Incoming, error) {
	in := knowledge.Incoming{Line: row.Line, ExternalNo: m.value(row, "id"), Column: m.heading}
	c := &in.Content
	c.Kind, c.Access = knowledge.FAQ, knowledge.Public
	if v := m.value(row, "nature"); v != "" && !c.SetNature(v) {
		return in, m.wrong(row, "nature", fmt.Sprintf("%q is no 材料性质", v))
	}
	for _, f := range tickets.Fields(c) {
		v := m.value(row, f.Name)
		switch f.Widget {
		case "time":
			at, err := m.time(row, f.Name)
			if err != nil {
				return in, err
			}
			if v = ""; !at.IsZero() {
				v = at.Format(time.RFC3339)
			}
		case "tags":
			f.Set(c, knowledge.Words(v), tickets.Shanghai)
			continue
		}
		if v != "" {
			f.Set(c, []string{v}, tickets.Shanghai)
		}
	}
	return in, nil
}

// heading is what the file calls a field.
func (m mapping) heading(field string) string {
	if c := m.fields[field]; len(c.headings) > 0 {
		return strings.Join(c.headings, "+")
	}
	return field
}

// reindexCmd lays the index of the articles out anew.
type reindexCmd struct {
	common
	Check bool `help:"Only compare the index with the database."`
}

// Run does so, or compares; it ends with an error when they differ.
func (c *reindexCmd) Run(ctx context.Context, t *terminal) error {
	return withDesk(ctx, t, c.common, func(d *desk) error {
		if c.Check {
			if err := d.knowledge.Check(ctx); err != nil {
				return err
			}
			s, err := d.knowledge.Index()
			if err == nil {
				fmt.Fprintf(t.Out, "the index holds what the database does: %d articles, %d KB\n", s.Documents, s.Bytes>>10)
			}
			return err
		}
		start := t.Clock.Now()
		n, err := d.knowledge.Rebuild(ctx)
		if err == nil {
			fmt.Fprintf(t.Out, "%d articles indexed in %s\n", n, t.Clock.Since(start).Round(time.Millisecond))
		}
		return err
	})
}

// exportCmd writes what other systems can take over.
type exportCmd struct {
	Knowledge exportKnowledgeCmd `cmd:"" help:"Write the articles that serve, in the 信阳 layout."`
}

type exportKnowledgeCmd struct {
	common
	File string `arg:"" help:"File to write; its ending says whether CSV or XLSX." type:"path"`
}

// Run writes the file.
func (c *exportKnowledgeCmd) Run(ctx context.Context, t *terminal) error {
	return withDesk(ctx, t, c.common, func(d *desk) (err error) {
		f, err := os.OpenFile(c.File, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return fmt.Errorf("opening the file: %w", err)
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		n, failed := 0, error(nil)
		rows := func(yield func([]string) bool) {
			for cells, err := range d.knowledge.Exported(ctx) {
				if n++; err != nil {
					failed = err
					return
				}
				if !yield(cells) {
					return
				}
			}
		}
		switch strings.ToLower(filepath.Ext(c.File)) {
		case ".csv":
			err = sheet.WriteCSV(f, knowledge.Headings(), rows)
		case ".xlsx":
			err = sheet.WriteXLSX(f, "知识库", knowledge.Headings(), rows)
		default:
			err = fmt.Errorf("writing %s: the name should end in .csv or .xlsx", filepath.Base(c.File))
		}
		if err = errors.Join(err, failed); err == nil {
			fmt.Fprintf(t.Out, "%d articles written to %s\n", n, c.File)
		}
		return err
	})
}
