package knowledge

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"iter"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets/sheet"
	"nengban/tickets/staff"
)

// Incoming is one article of a file.
type Incoming struct {
	Line       int
	ExternalNo string // its name there; "": its title names it
	Content
	// Column names the column of a field, for pointing at; nil: the field's name.
	Column func(field string) string
}

// ImportOptions say how a file is taken over.
type ImportOptions struct {
	Source    string // the system or file it comes from: with ExternalNo it names an article
	Draft     bool   // leave the articles drafts, for people to review; else the source vouches for them
	MakePaths bool   // take in categories that are not there yet
	Most      int    // rows taken at most, 0: any number; the 信阳 rule says 1,000
}

// Report is what became of a file.
type Report struct {
	Taken    int // new articles
	Replaced int // articles that were there and read otherwise now
	Known    int // articles that were there already, word for word
	Trouble  []Trouble
}

// Trouble is what is wrong with one row.
type Trouble struct {
	Line   int
	Column string // as the file calls it, "" when it is the whole row
	FieldError
}

func (t Trouble) Error() string {
	return (&sheet.RowError{Line: t.Line, Column: t.Column, Reason: strings.TrimSpace(t.Code + " " + strings.Trim(fmt.Sprint(t.Args...), "[]"))}).Error()
}

// importBatch is how many rows are written in one transaction.
const importBatch = 200

// Import takes over a file row by row. Good rows go in and bad ones are named;
// the same file twice adds nothing twice. An article whose row reads otherwise
// than last time gets a new version. It needs the right to publish, or with
// Draft the right to edit; other errors than a row's end it.
func (l *Library) Import(ctx context.Context, by staff.Member, rows iter.Seq2[Incoming, error], o ImportOptions) (Report, error) {
	need := staff.PublishKnowledge
	if o.Draft {
		need = staff.EditKnowledge
	}
	if by.Reach(need) == staff.None {
		return Report{}, ErrNotAllowed
	}
	im := importer{l: l, by: by, o: o}
	err := im.run(ctx, rows)
	slices.SortStableFunc(im.report.Trouble, func(a, b Trouble) int { return a.Line - b.Line })
	return im.report, err
}

func (im *importer) run(ctx context.Context, rows iter.Seq2[Incoming, error]) error {
	n := 0
	for row, err := range rows {
		var bad *sheet.RowError
		switch n++; {
		case errors.As(err, &bad):
			im.complain(bad.Line, bad.Column, FieldError{Code: "row_unreadable", Args: []any{bad.Reason}})
			continue
		case err != nil:
			return errors.Join(im.flush(ctx), err)
		case im.o.Most > 0 && n > im.o.Most:
			im.complain(row.Line, "", FieldError{Code: "too_many_rows", Args: []any{im.o.Most}})
			return im.flush(ctx)
		}
		if err := im.take(ctx, row); err != nil {
			return err
		}
	}
	return im.flush(ctx)
}

type importer struct {
	l       *Library
	by      staff.Member
	o       ImportOptions
	waiting []Incoming
	report  Report
}

func (im *importer) complain(line int, column string, e FieldError) {
	im.report.Trouble = append(im.report.Trouble, Trouble{line, column, e})
}

// take checks a row by itself and puts it into the batch.
func (im *importer) take(ctx context.Context, row Incoming) error {
	if row.Column == nil {
		row.Column = func(field string) string { return field }
	}
	row.Content = row.Tidied()
	if row.Title == "" {
		row.Title = titleFrom(row.Body)
	}
	es := row.check()
	if im.o.Draft && !im.l.may(im.by, staff.EditKnowledge, row.Department) {
		es.add("department", "path_of_others")
	}
	if len(es) > 0 {
		im.complain(row.Line, row.Column(es[0].Field), es[0])
		return nil
	}
	im.waiting = append(im.waiting, row)
	if len(im.waiting) == importBatch {
		return im.flush(ctx)
	}
	return nil
}

// flush writes the batch.
func (im *importer) flush(ctx context.Context) error {
	if len(im.waiting) == 0 {
		return nil
	}
	before := im.report
	err := im.l.write(ctx, func(ctx context.Context, tx bun.Tx) error {
		im.report = before
		known, err := im.known(ctx, tx)
		if err != nil {
			return err
		}
		for _, row := range im.waiting {
			if err := im.row(ctx, tx, known, row); err != nil {
				return fmt.Errorf("taking in line %d: %w", row.Line, err)
			}
		}
		return nil
	})
	im.waiting = im.waiting[:0]
	if err != nil {
		im.report = before
	}
	return err
}

// there is what the database holds of a batch.
type there struct {
	byNo    map[string]*articleRow
	byTitle map[string]*articleRow
	paths   tree
}

func (im *importer) known(ctx context.Context, tx bun.Tx) (there, error) {
	out := there{byNo: map[string]*articleRow{}, byTitle: map[string]*articleRow{}}
	var nos, titles []string
	for _, row := range im.waiting {
		nos, titles = append(nos, row.ExternalNo), append(titles, titleKey(row.Title), titleKey(row.numbered()))
	}
	var as []articleRow
	err := tx.NewSelect().Model(&as).Where("title_key IN (?) OR (source = ? AND external_no <> '' AND external_no IN (?))", bun.List(titles), im.o.Source, bun.List(nos)).Scan(ctx)
	if err != nil {
		return out, fmt.Errorf("looking for known articles: %w", err)
	}
	for i := range as {
		out.add(&as[i], im.o.Source)
	}
	out.paths, err = im.l.paths(ctx, tx)
	return out, err
}

func (k there) add(a *articleRow, source string) {
	k.byTitle[a.TitleKey] = a
	if a.Source == source && a.ExternalNo != "" {
		k.byNo[a.ExternalNo] = a
	}
}

// row writes one row, or says what is wrong with it.
func (im *importer) row(ctx context.Context, tx bun.Tx, k there, row Incoming) error {
	digest := row.digest()
	a := k.byNo[row.ExternalNo]
	if other := k.byTitle[titleKey(row.Title)]; other != nil && other != a {
		switch {
		case row.ExternalNo == "" && a == nil:
			a = other
		case row.ExternalNo != "" && k.byTitle[titleKey(row.numbered())] == a:
			row.Title = row.numbered()
		default:
			im.complain(row.Line, row.Column("title"), FieldError{Field: "title", Code: "title_taken"})
			return nil
		}
	}
	if a != nil && a.Digest == digest {
		im.report.Known++
		return nil
	}
	if ok, err := im.path(ctx, tx, k.paths, row); err != nil || !ok {
		return err
	}
	if a == nil {
		return im.add(ctx, tx, k, row, digest)
	}
	return im.change(ctx, tx, k, a, row, digest)
}

// numbered is the title of a row whose own is another article's: replies
// begin alike.
func (row Incoming) numbered() string {
	tail := "（" + row.ExternalNo + "）"
	head := []rune(row.Title)
	return string(head[:min(len(head), longestTitle-len([]rune(tail)))]) + tail
}

func (im *importer) path(ctx context.Context, tx bun.Tx, paths tree, row Incoming) (ok bool, err error) {
	code := paths.refuse(im.l, im.by, row.Path)
	if code == "path_unknown" && im.o.MakePaths {
		if code = paths.misplaced(row.Path); code == "" {
			paths[row.Path] = ""
			return true, savePath(ctx, tx, Path{Path: row.Path})
		}
	}
	if code != "" {
		im.complain(row.Line, row.Column("path"), FieldError{"path", code, []any{row.Path}})
		return false, nil
	}
	return true, nil
}

func (im *importer) add(ctx context.Context, tx bun.Tx, k there, row Incoming, digest string) (err error) {
	fresh := &articleRow{Source: im.o.Source, ExternalNo: row.ExternalNo, Digest: digest}
	state := Draft
	switch {
	case im.o.Draft:
	case row.ValidUntil != nil && !im.l.now().Before(*row.ValidUntil):
		state = Expired
	default:
		state, fresh.Wanted = Approved, 1
		if fresh.Changed, err = nextChange(ctx, tx); err != nil {
			return err
		}
	}
	if _, err := insert(ctx, tx, im.by, fresh, row.Content, state, Import, im.l.now()); err != nil {
		return err
	}
	im.report.Taken++
	k.add(fresh, im.o.Source)
	return nil
}

func (im *importer) change(ctx context.Context, tx bun.Tx, k there, a *articleRow, row Incoming, digest string) error {
	a, v, err := load(ctx, tx, a.ID, 0)
	if err != nil {
		return err
	}
	a.Digest = digest
	if row.ExternalNo != "" {
		a.Source, a.ExternalNo = im.o.Source, row.ExternalNo
	}
	delete(k.byTitle, a.TitleKey)
	x, err := rewrite(ctx, tx, im.by, a, v, row.Content, Import, "", im.l.now())
	if err != nil {
		return err
	}
	im.report.Replaced++
	k.add(a, im.o.Source)
	_, v, err = load(ctx, tx, x.ID, x.N)
	if err != nil || im.o.Draft {
		return err
	}
	if err := setState(ctx, tx, x.ID, x.N, Approved); err != nil {
		return err
	}
	return im.serve(ctx, tx, a, v)
}

// serve asks the index for a version of an article that was there, unless its
// time is over.
func (im *importer) serve(ctx context.Context, tx bun.Tx, a *articleRow, v *versionRow) (err error) {
	if !v.ValidUntil.IsZero() && !im.l.now().Before(v.ValidUntil) {
		if err := setState(ctx, tx, a.ID, v.N, Expired); err != nil || a.Live == 0 && a.Wanted == 0 {
			return err
		}
		if err := im.l.end(ctx, tx, a); err != nil {
			return err
		}
		return touch(ctx, tx, a, im.l.now())
	}
	a.Wanted = v.N
	if a.Changed, err = nextChange(ctx, tx); err != nil {
		return err
	}
	return touch(ctx, tx, a, im.l.now())
}

// digest tells whether a row reads as it did last time.
func (row Incoming) digest() string {
	h := sha256.New()
	for _, f := range row.fields() {
		fmt.Fprintf(h, "%s=%q\n", f.name, f.value)
	}
	fmt.Fprintf(h, "nature=%q\n", row.Nature)
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// greeting is what letters begin with, which says nothing of the matter.
var greeting = regexp.MustCompile(`[您你]好|网友|收悉|[回答]复如下|留言|来信|感谢|尊敬`)

// titleFrom is the title of a text that has none: its first sentence that is
// more than a greeting.
func titleFrom(body string) string {
	const short, long = 10, 40
	best := ""
	for _, s := range strings.FieldsFunc(body, func(r rune) bool { return strings.ContainsRune("。！？；\n，,：:", r) }) {
		s = strings.TrimSpace(s)
		n := len([]rune(s))
		if n >= short && !greeting.MatchString(s) {
			best = s
			break
		}
		if n > len([]rune(best)) {
			best = s
		}
	}
	if r := []rune(best); len(r) > long {
		best = string(r[:long-1]) + "…"
	}
	return strings.Join(strings.Fields(best), " ")
}

// Importer is who takes files over at the terminal: whoever may start the
// program there may do anything.
var Importer = staff.Member{Name: "导入", Roles: []staff.Role{staff.KnowledgeEditor}, Active: true}

// Exported yields the articles that serve as rows of the 信阳 layout, by id.
func (l *Library) Exported(ctx context.Context) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		last := int64(0)
		for {
			all, err := fetch(ctx, l.db, byLive, func(q *bun.SelectQuery) *bun.SelectQuery {
				return q.Where("a.id > ?", last).Order("a.id").Limit(batch)
			})
			if err != nil {
				yield(nil, err)
				return
			}
			if len(all) == 0 {
				return
			}
			last = all[len(all)-1].ID
			for _, a := range all {
				if !yield(cells(a), nil) {
					return
				}
			}
		}
	}
}

var startOfSheetTime = time.Date(1899, 12, 30, 0, 0, 0, 0, china)
