package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/uptrace/bun"

	"nengban/tickets"
	"nengban/tickets/departments"
	"nengban/tickets/triage"
)

// trainCmd learns from what the desk's people decided. While the desk is open
// a job does the same; this is for a desk that is closed.
type trainCmd struct {
	common
	Rollback bool `help:"Use the models before the present ones again, and learn nothing." xor:"what"`
	List     bool `help:"List the models there are, and learn nothing." xor:"what"`
	JSON     bool `name:"json" help:"Print one JSON object."`
}

// trained is what was learned, for programs.
type trained struct {
	Version   int           `json:"version"`
	TrainedAt time.Time     `json:"trained_at"`
	Through   time.Time     `json:"through"`
	Decisions int           `json:"decisions"`
	Learned   []string      `json:"learned"`
	Steps     []triage.Step `json:"steps"`
}

// Run trains, goes back, or lists.
func (c *trainCmd) Run(ctx context.Context, t *terminal) error {
	return withDesk(ctx, t, c.common, func(d *desk) error {
		l, err := openLearning(d.folder.in("models"))
		if l == nil {
			return err
		}
		if err != nil {
			fmt.Fprintln(t.Err, "nengban:", err)
		}
		switch {
		case c.List:
			return l.list(t.Out)
		case c.Rollback:
			if _, err := l.rollBack(); err != nil {
				return err
			}
		default:
			if _, err := l.learn(ctx, d.db, d.places.Directory(), t.Clock.Now(), 0); err != nil {
				return err
			}
		}
		m, n := l.now()
		return c.print(t.Out, n, m)
	})
}

func (c *trainCmd) print(out io.Writer, n int, m *triage.Models) error {
	if c.JSON {
		return printJSON(out, trained{n, m.TrainedAt, m.Through, m.Decisions, m.Learned(), m.Progress.Steps})
	}
	fmt.Fprintf(out, "in use: %s\n\n", describe(n, m))
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "department, proposed before it was decided\ttickets\tfirst right\tamong three\tdared to say\tof these right")
	for _, s := range m.Progress.Steps {
		known := fmt.Sprintf("knowing %d decisions", s.Learned)
		if s.Learned == 0 {
			known = "by the directory alone"
		}
		fmt.Fprintf(w, "%s\t%d\t%.1f %%\t%.1f %%\t%.1f %%\t%.1f %%\n", known, s.Tested, 100*s.First, 100*s.Three, 100*s.Known, 100*s.FirstOfKnown)
	}
	return w.Flush()
}

// list prints every version and which is in use.
func (l *learning) list(out io.Writer) error {
	versions, err := l.versions()
	if err != nil {
		return err
	}
	if len(versions) == 0 {
		fmt.Fprintln(out, "nothing was learned yet; so far only the directory speaks")
	}
	for _, n := range versions {
		m, err := l.read(n)
		if err != nil {
			fmt.Fprintf(out, "  %04d  %v\n", n, err)
			continue
		}
		mark := " "
		if n == l.number {
			mark = "*"
		}
		fmt.Fprintln(out, mark, describe(n, m))
	}
	return nil
}

// learn trains on the accepted dispatches and takes the result into use, when
// at least so many are newer than what is in use. It returns how many
// decisions it learned from: 0 when there was nothing to do.
func (l *learning) learn(ctx context.Context, db bun.IDB, directory *departments.Directory, at time.Time, news int) (int, error) {
	all, err := decisions(ctx, db)
	if err != nil {
		return 0, err
	}
	if before, _ := l.now(); before != nil && len(since(all, before.Through)) < news {
		return 0, nil
	}
	m, err := triage.Learn(ctx, all, directory, at, triage.Options{})
	if errors.Is(err, triage.ErrTooFew) && news > 0 {
		return 0, nil // the job waits for more
	}
	if err != nil {
		return 0, err
	}
	return m.Decisions, l.keep(m)
}

// Unseen is how good proposals were on the tickets that were accepted since the
// models in use were trained: what the page shows beside them.
func (l *learning) Unseen(ctx context.Context, db bun.IDB, directory *departments.Directory) (triage.Step, error) {
	all, err := decisions(ctx, db)
	if err != nil {
		return triage.Step{}, err
	}
	if m, _ := l.now(); m != nil {
		all = since(all, m.Through)
	}
	return l.Advisor(directory).Test(all[max(0, len(all)-mostTested):]), nil
}

// since are the decisions on tickets received after a moment: those that models
// through that moment have not seen.
func since(all []triage.Decided, moment time.Time) []triage.Decided {
	return slices.DeleteFunc(slices.Clone(all), func(d triage.Decided) bool { return !d.At.After(moment) })
}

const (
	// mostDecisions is how far back the desk remembers: departments and duties
	// change, and what was right three years ago may be wrong today.
	mostDecisions = 20_000
	// newsToLearn is how many decisions must be new before the job learns again.
	newsToLearn = 100
	// mostTested bounds what a page waits for.
	mostTested = 500
)

// accepted are the statuses in which the lead department has taken the ticket:
// it signed for it and has not returned it.
var accepted = []tickets.Status{tickets.InHand, tickets.ToRuleExtension, tickets.ToRuleSuspension, tickets.Suspended, tickets.ToReview,
	tickets.ToCallBack, tickets.ToJudge, tickets.ToRework, tickets.Completed, tickets.Archived}

// decisions reads what people decided on tickets whose dispatch was accepted,
// the oldest first. Confidential tickets teach nothing.
func decisions(ctx context.Context, db bun.IDB) ([]triage.Decided, error) {
	var rows []struct {
		Title, Content, Area, Matter, Category, Kind, Class, Lead string
		Channel                                                   tickets.Channel
		PhoneIndex                                                string
		ReceivedAt                                                time.Time
	}
	err := db.NewSelect().Table("tickets").
		Column("title", "content", "area", "matter", "category", "kind", "class", "lead", "channel", "phone_index", "received_at").
		Where("lead <> ''").Where("confidential = ?", false).Where("status IN (?)", bun.List(accepted)).
		OrderExpr("id DESC").Limit(mostDecisions).Scan(ctx, &rows)
	if err != nil {
		return nil, fmt.Errorf("reading what was decided: %w", err)
	}
	out := make([]triage.Decided, len(rows))
	for i, r := range rows {
		out[len(rows)-1-i] = triage.Decided{Title: r.Title, Text: r.Content, Area: r.Area, Matter: r.Matter, Category: r.Category, Kind: r.Kind,
			Class: r.Class, Department: r.Lead, Window: r.Channel == tickets.Window, Group: r.PhoneIndex, At: r.ReceivedAt}
	}
	return out, nil
}
