package evidence

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
)

// What can be found.
const (
	Changed     = "changed"      // the row is not what was linked
	Deleted     = "deleted"      // the row is gone
	Forged      = "forged"       // the row was not written by the program
	Unlinked    = "unlinked"     // the row lies among linked ones and has no link
	Missing     = "missing"      // the ticket's state holds an entry that the timeline does not
	LinkChanged = "link_changed" // the link does not follow from the one before it
	LinkMissing = "link_missing" // a link is gone from the middle of the chain
	CutOff      = "cut_off"      // a link was written down outside and is gone from the end
	Rewritten   = "rewritten"    // the link is not the one that was written down outside
)

// Finding is one thing that was done behind the program's back, as near to the
// ticket and entry as can still be told.
type Finding struct {
	What     string
	Kind     string // of the row: tickets, timeline, reads …
	RowID    int64
	Ticket   string // number; empty when nobody can tell
	Entry    int    // of the timeline, 1 the first; 0: not of the timeline
	Position int64  // in the chain; 0: it has none
}

var sentences = map[string]string{
	Changed:     "is not what was written",
	Deleted:     "was deleted",
	Forged:      "was not written by the program",
	Unlinked:    "was put in beside the program",
	Missing:     "is missing",
	LinkChanged: "has a link that does not follow from the one before it",
	LinkMissing: "has lost its link",
	CutOff:      "was cut off the end of the chain",
	Rewritten:   "has another link than was written down outside the database; what follows was forged",
}

// String names what was done to which ticket and entry.
func (f Finding) String() string {
	s := fmt.Sprintf("%s row %d", f.Kind, f.RowID)
	if f.Kind == "" {
		s = "a row nobody can name"
	}
	if f.Ticket != "" {
		s = "ticket " + f.Ticket + ": " + s
	}
	if f.Entry > 0 {
		s += fmt.Sprintf(" (entry %d)", f.Entry)
	}
	s += " " + sentences[f.What]
	if f.Position > 0 {
		s += fmt.Sprintf(", link %d", f.Position)
	}
	return s
}

// Report is how much was looked at.
type Report struct {
	Links    int64 // that were checked, with their rows
	Pending  int64 // rows so new that they have no link yet; their stamps were checked
	Anchors  int64 // that were compared
	Findings int64
	Head     string // of the newest link, to be noted by whoever verified
}

// Verify goes through the whole chain and calls found for everything that is
// not as the program left it. journals are what was written down outside the
// database; without one, a chain that was cut short is taken for whole. It
// only reads, and the desk may go on working meanwhile.
func (c *Chain) Verify(ctx context.Context, journals []io.Reader, found func(Finding)) (Report, error) {
	v := &verifier{Chain: c, found: found, deleted: map[ticketEntry]bool{}}
	for _, j := range journals {
		next, stop := iter.Pull2(anchors(j))
		defer stop()
		w := &witness{next: next}
		if err := w.step(); err != nil {
			return v.report, err
		}
		v.witnesses = append(v.witnesses, w)
	}
	if err := v.loadErasures(ctx); err != nil {
		return v.report, err
	}
	if err := v.walk(ctx); err != nil {
		return v.report, err
	}
	if err := v.rest(ctx); err != nil {
		return v.report, err
	}
	v.report.Head = hex.EncodeToString(v.last.Head)
	return v.report, nil
}

type verifier struct {
	*Chain
	found     func(Finding)
	report    Report
	last      link
	erasures  map[rowKey]link // the last lawful replacement of a row's content
	witnesses []*witness
	deleted   map[ticketEntry]bool // entries that were named as gone
}

type ticketEntry struct {
	ticket string
	entry  int
}

type rowKey struct {
	kind string
	id   int64
}

// witness is a journal, read along with the chain.
type witness struct {
	next     func() (anchor, error, bool)
	at       anchor
	more     bool
	disputed bool // it has contradicted the chain; it will go on doing so
}

func (w *witness) step() error {
	var err error
	w.at, err, w.more = w.next()
	return err
}

// name reports a finding.
func (v *verifier) name(f Finding) {
	v.report.Findings++
	if f.What == Deleted || f.What == CutOff {
		v.deleted[ticketEntry{f.Ticket, f.Entry}] = true
	}
	v.found(f)
}

func (v *verifier) loadErasures(ctx context.Context) error {
	var links []link
	if err := v.db.NewSelect().Model(&links).Where("why = ?", Erased).Order("position").Scan(ctx); err != nil {
		return fmt.Errorf("reading the chain: %w", err)
	}
	v.erasures = make(map[rowKey]link, len(links))
	for _, l := range links {
		if l.Stamp == l.stampBy(v.by) {
			v.erasures[rowKey{l.Kind, l.RowID}] = l
		}
	}
	return nil
}

// walk checks link by link, and the row of each.
func (v *verifier) walk(ctx context.Context) error {
	for {
		links, err := v.after(ctx, v.last.Position, 4*batch)
		if err != nil {
			return err
		}
		if len(links) == 0 {
			return v.rememberedBeyond(ctx)
		}
		for _, l := range links {
			if err := v.follow(l); err != nil {
				return err
			}
		}
		if err := v.rows(ctx, links); err != nil {
			return err
		}
	}
}

// follow checks one link against the one before it and against the witnesses.
func (v *verifier) follow(l link) error {
	for _, w := range v.witnesses {
		if err := v.ask(w, l); err != nil {
			return err
		}
	}
	switch {
	case l.Position != v.last.Position+1:
		if len(v.witnesses) == 0 { // else a witness has named them
			v.name(Finding{What: LinkMissing, Position: v.last.Position + 1})
		}
	case !bytes.Equal(l.Head, l.headAfter(v.last.Head)), l.Why != "" && l.Stamp != l.stampBy(v.by):
		v.name(Finding{LinkChanged, l.Kind, l.RowID, l.Ticket, l.Seq, l.Position})
	}
	v.last = l
	v.report.Links++
	return nil
}

// ask compares a link with what a witness says of its position.
func (v *verifier) ask(w *witness, l link) error {
	for w.more && w.at.Position < l.Position {
		if w.at.Position > v.last.Position {
			v.name(w.at.finding(LinkMissing))
		}
		if err := w.step(); err != nil {
			return err
		}
	}
	if !w.more || w.at.Position != l.Position {
		return nil
	}
	v.report.Anchors++
	if same := w.at.Head == hex.EncodeToString(l.Head); !same && !w.disputed {
		w.disputed = true
		v.name(w.at.finding(Rewritten))
	}
	return w.step()
}

// rememberedBeyond reports what the witnesses saw after the chain's end. The
// desk may have added links meanwhile; then the walk goes on.
func (v *verifier) rememberedBeyond(ctx context.Context) error {
	more, err := v.after(ctx, v.last.Position, 1)
	if err != nil {
		return err
	}
	if len(more) > 0 {
		return v.walk(ctx)
	}
	for _, w := range v.witnesses {
		for w.more {
			if w.at.Position > v.last.Position {
				v.name(w.at.finding(CutOff))
			}
			if err := w.step(); err != nil {
				return err
			}
		}
	}
	return nil
}

func (a anchor) finding(what string) Finding {
	f := Finding{what, a.Kind, a.RowID, a.Ticket, a.Seq, a.Position}
	if f.Ticket == "-" {
		f.Ticket = ""
	}
	return f
}

// rows compares the rows of links with what was linked.
func (v *verifier) rows(ctx context.Context, links []link) error {
	of := map[string][]link{}
	for _, l := range links {
		of[l.Kind] = append(of[l.Kind], l)
	}
	for _, kind := range kinds {
		if err := v.rowsOf(ctx, kind, of[kind]); err != nil {
			return err
		}
	}
	return nil
}

func (v *verifier) rowsOf(ctx context.Context, kind string, links []link) error {
	if len(links) == 0 {
		return nil
	}
	ids := make([]int64, 0, len(links))
	for _, l := range links {
		ids = append(ids, l.RowID)
	}
	loaded, err := load(ctx, v.db, kind, "x.id IN (?)", bun.List(ids))
	if err != nil {
		return err
	}
	is := make(map[int64]record, len(loaded))
	for _, r := range loaded {
		is[r.id] = r
	}
	for _, l := range links {
		r, there := is[l.RowID]
		switch {
		case !there:
			v.name(Finding{Deleted, kind, l.RowID, l.Ticket, l.Seq, l.Position})
		case !bytes.Equal(v.rightful(l), r.digest()):
			v.name(Finding{Changed, kind, l.RowID, l.Ticket, l.Seq, l.Position})
		case !r.genuine(kind, v.by, l.Why == Adopted):
			v.name(Finding{Forged, kind, l.RowID, l.Ticket, l.Seq, l.Position})
		}
	}
	return nil
}

// rightful is the digest that the row of a link should have today.
func (v *verifier) rightful(l link) []byte {
	if e, ok := v.erasures[rowKey{l.Kind, l.RowID}]; ok && e.Position > l.Position {
		return e.Digest
	}
	return l.Digest
}

// rest looks at rows that have no link: the newest ones have none yet, others
// were put in beside the program.
func (v *verifier) rest(ctx context.Context) error {
	for _, kind := range kinds {
		var top int64
		if err := v.db.NewRaw("SELECT coalesce(max(row_id), 0) FROM chain WHERE kind = ?", kind).Scan(ctx, &top); err != nil {
			return fmt.Errorf("reading the chain: %w", err)
		}
		rows, err := load(ctx, v.db, kind, "NOT EXISTS (SELECT 1 FROM chain AS c WHERE c.kind = ? AND c.row_id = x.id) ORDER BY x.id", kind)
		if err != nil {
			return err
		}
		for _, r := range rows {
			switch {
			case !r.genuine(kind, v.by, v.last.Position == 0):
				v.name(Finding{Forged, kind, r.id, r.ticket, r.seq, 0})
			case r.id <= top-behind:
				v.name(Finding{Unlinked, kind, r.id, r.ticket, r.seq, 0})
			default:
				v.report.Pending++
			}
		}
	}
	return v.short(ctx)
}

// short names entries that the ticket's state was folded from and that are not
// there: lines that were deleted before they had a link.
func (v *verifier) short(ctx context.Context) error {
	entries := "json_extract(t.state, '$.entries')"
	if v.db.Dialect().Name() == dialect.PG {
		entries = "(t.state::json->>'entries')::int"
	}
	var rows []struct {
		ID      int64
		Number  string
		Entries int
	}
	err := v.db.NewRaw("SELECT t.id, t.number, max("+entries+") AS entries FROM tickets AS t LEFT JOIN timeline AS x ON x.ticket_id = t.id "+
		"GROUP BY t.id, t.number HAVING count(x.id) <> max("+entries+") OR count(x.id) <> coalesce(max(x.seq), 0)").Scan(ctx, &rows)
	if err != nil {
		return fmt.Errorf("counting the entries: %w", err)
	}
	for _, r := range rows {
		var there []int
		if err := v.db.NewRaw("SELECT seq FROM timeline WHERE ticket_id = ?", r.ID).Scan(ctx, &there); err != nil {
			return fmt.Errorf("reading the entries of %s: %w", r.Number, err)
		}
		for seq := 1; seq <= r.Entries; seq++ {
			if !slices.Contains(there, seq) && !v.deleted[ticketEntry{r.Number, seq}] {
				v.name(Finding{What: Missing, Kind: Timeline, Ticket: r.Number, Entry: seq})
			}
		}
	}
	return nil
}
