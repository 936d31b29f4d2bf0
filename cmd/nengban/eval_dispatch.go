package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"nengban/tickets/triage"
)

// evalDispatchCmd trains a classifier on files where they lie and measures it on
// messages it has not seen, with their text and by their titles alone.
type evalDispatchCmd struct {
	Train []string `help:"Messages to learn from: a JSON object a line with title, text and label; text may be missing." placeholder:"FILE" required:"" type:"existingfile" sep:","`
	Also  []string `help:"More messages to learn from, never measured on: with --folds, in every fold." placeholder:"FILE" type:"existingfile" sep:","`
	Test  string   `help:"Messages to measure on." placeholder:"FILE" type:"existingfile" xor:"on"`
	Folds int      `help:"Instead of --test: deal the training messages into so many hands and measure each by a model of the others." placeholder:"N" xor:"on"`
	Label string   `help:"Fields that hold the label; the first that a row has counts, and rows without any are left out." default:"label,domain" placeholder:"FIELD,FIELD"`
	JSON  bool     `name:"json" help:"Print one JSON object instead of tables and the worst mistakes."`
	Worst uint     `help:"How many of the worst mistakes to show." default:"10"`
}

// labelled is a message with the label people gave it.
type labelled struct {
	id string
	triage.Example
}

// judgement is a message and what was proposed for it.
type judgement struct {
	labelled
	triage.Judged
	why []triage.Word
}

// Run trains, measures and prints.
func (c *evalDispatchCmd) Run(ctx context.Context, t *terminal) error {
	train, err := c.read(c.Train)
	if err != nil {
		return err
	}
	also, err := c.read(c.Also)
	if err != nil {
		return err
	}
	s := dispatchScores{progress: t.Err}
	if c.JSON {
		s.progress = io.Discard
	}
	switch {
	case c.Folds > len(train):
		return fmt.Errorf("measuring dispatch: %d folds of %d messages leave some without any", c.Folds, len(train))
	case c.Folds >= 2:
		err = s.crossCheck(ctx, train, also, c.Folds)
	case c.Test != "":
		var test []labelled
		if test, err = c.read([]string{c.Test}); err == nil {
			err = s.check(ctx, append(also, train...), test)
		}
	default:
		return errors.New("measuring dispatch: give --test FILE, or --folds with at least 2")
	}
	if err != nil {
		return fmt.Errorf("measuring dispatch: %w", err)
	}
	if c.JSON {
		return printJSON(t.Out, struct {
			Full  triage.Quality `json:"full"`
			Title triage.Quality `json:"title"`
		}{s.quality(s.full), s.quality(s.title)})
	}
	return s.print(t.Out, c.Worst)
}

// read reads messages. Those without a label are no examples of anything, and a
// file of nothing else is not the one that was meant.
func (c *evalDispatchCmd) read(files []string) ([]labelled, error) {
	var out []labelled
	for _, file := range files {
		before := len(out)
		rows, err := jsonLines[map[string]any](file)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			text := func(key string) string { s, _ := r[key].(string); return s }
			for field := range strings.SplitSeq(c.Label, ",") {
				if label := text(strings.TrimSpace(field)); label != "" {
					e := triage.Example{Title: text("title"), Text: text("text"), Label: label, Group: text("group")}
					out = append(out, labelled{fmt.Sprint(r["id"]), e})
					break
				}
			}
		}
		if len(out) == before {
			return nil, fmt.Errorf("reading %s: no message in it has a label in %s (--label names the fields)", file, c.Label)
		}
	}
	return out, nil
}

// dispatchScores gathers what was proposed. labels are those of the model, then
// those that only the measured messages have, which can never be right.
type dispatchScores struct {
	labels      []string
	full, title []judgement
	models      int
	learned     int       // messages, by all models together
	progress    io.Writer // told what is being learned, as that takes its time
}

func (s *dispatchScores) check(ctx context.Context, train, test []labelled) error {
	fmt.Fprintf(s.progress, "learning from %d messages (6,000 take about a minute), to be measured on %d\n", len(train), len(test))
	m, err := triage.Train(ctx, examplesOf(train), triage.Options{})
	if err != nil {
		return err
	}
	s.models++
	s.learned += len(train)
	s.know(m.Labels())
	for _, d := range test {
		s.know([]string{d.Label})
		s.full = append(s.full, s.ask(m, d, d.Text))
		s.title = append(s.title, s.ask(m, d, ""))
	}
	return nil
}

// crossCheck measures each hand by a model that learned from the others.
func (s *dispatchScores) crossCheck(ctx context.Context, all, also []labelled, folds int) error {
	hand := triage.Deal(examplesOf(all), folds, 0)
	for k := range folds {
		train, test := slices.Clone(also), []labelled{}
		for i, d := range all {
			if hand[i] == k {
				test = append(test, d)
			} else {
				train = append(train, d)
			}
		}
		fmt.Fprintf(s.progress, "fold %d of %d: ", k+1, folds)
		if err := s.check(ctx, train, test); err != nil {
			return err
		}
	}
	return nil
}

func (s *dispatchScores) know(labels []string) {
	for _, l := range labels {
		if !slices.Contains(s.labels, l) {
			s.labels = append(s.labels, l)
		}
	}
}

func (s *dispatchScores) ask(m *triage.Model, d labelled, text string) judgement {
	j := judgement{labelled: d}
	j.Label = slices.Index(s.labels, d.Label)
	for i, p := range m.Judge(d.Title, text) {
		at := slices.Index(s.labels, m.Labels()[i])
		for len(j.Probabilities) <= at {
			j.Probabilities = append(j.Probabilities, 0)
		}
		j.Probabilities[at] = p
	}
	if proposed := s.labels[j.Proposed()]; proposed != d.Label {
		j.why = m.Why(d.Title, text, proposed, 5)
	}
	return j
}

func (s *dispatchScores) quality(all []judgement) triage.Quality {
	return triage.Measure(s.judged(all), len(s.labels))
}

// judged are the answers, each with a chance for every label there is.
func (s *dispatchScores) judged(all []judgement) []triage.Judged {
	out := make([]triage.Judged, len(all))
	for i, j := range all {
		p := make([]float64, len(s.labels))
		copy(p, j.Probabilities)
		out[i] = triage.Judged{Probabilities: p, Label: j.Label}
	}
	return out
}

// print prints what a person reads: the figures, how far chances can be
// believed, what is taken for what, and the worst mistakes.
func (s *dispatchScores) print(out io.Writer, worst uint) error {
	fmt.Fprintf(out, "%s\n\n", s.lesson())
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "\taccuracy\tmacro F1\tright among first two\tcalibration error\tprecision of the surest 70 %")
	for _, row := range []struct {
		name string
		all  []judgement
	}{{"title and text", s.full}, {"title alone", s.title}} {
		q := s.quality(row.all)
		fmt.Fprintf(w, "%s\t%.4f\t%.4f\t%.4f\t%.4f\t%.4f\n", row.name, q.Accuracy, q.MacroF1, q.Top2, q.ECE, q.PrecisionA70)
	}
	fmt.Fprintf(w, "\nchance told, title and text\tmessages\tmean chance\tcame true\n")
	for i, b := range triage.Calibration(s.judged(s.full)) {
		if b.Count > 0 {
			fmt.Fprintf(w, "%.2f to %.2f\t%d\t%.3f\t%.3f\n", float64(i)/triage.Bins, float64(i+1)/triage.Bins, b.Count, b.Confidence, b.Accuracy)
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	s.printConfusion(out)
	printMistakes(out, s.labels, s.full, worst)
	return nil
}

// lesson says what was learned from and measured on.
func (s *dispatchScores) lesson() string {
	if s.models > 1 {
		return fmt.Sprintf("%d models, each learned from about %d messages and measured on the others, %d in all",
			s.models, s.learned/s.models, len(s.full))
	}
	return fmt.Sprintf("learned from %d messages, measured on %d others", s.learned, len(s.full))
}

// printConfusion prints a table of Markdown, as alignment by counting
// characters fails where one is as wide as two. The last column is the share of
// a label's messages that were found, the last row the share of its proposals
// that were right.
func (s *dispatchScores) printConfusion(out io.Writer) {
	fmt.Fprintf(out, "\nWhat people said (rows) and what was proposed (columns), title and text\n\n| |%s|found|\n|---%s|\n",
		strings.Join(s.labels, "|"), strings.Repeat("|---:", len(s.labels)+1))
	confusion := triage.Confusion(s.judged(s.full), len(s.labels))
	proposed := make([]int, len(s.labels))
	for i, row := range confusion {
		cells, given := make([]string, len(row)), 0
		for k, n := range row {
			if n > 0 {
				cells[k] = fmt.Sprint(n)
			}
			given += n
			proposed[k] += n
		}
		fmt.Fprintf(out, "|%s|%s|%s|\n", s.labels[i], strings.Join(cells, "|"), percent(row[i], given))
	}
	fmt.Fprint(out, "|right when proposed|")
	for k, n := range proposed {
		fmt.Fprintf(out, "%s|", percent(confusion[k][k], n))
	}
	fmt.Fprintln(out, "|")
}

// percent is a share in hundredths, and empty where there is nothing to share.
func percent(part, whole int) string {
	if whole == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f %%", 100*float64(part)/float64(whole))
}

// printMistakes shows the mistakes that were made with the greatest certainty.
func printMistakes(out io.Writer, labels []string, all []judgement, most uint) {
	certainty := func(j judgement) float64 { return j.Probabilities[j.Proposed()] }
	var wrong []judgement
	for _, j := range all {
		if j.Proposed() != j.Label {
			wrong = append(wrong, j)
		}
	}
	slices.SortStableFunc(wrong, func(a, b judgement) int { return cmp.Compare(certainty(b), certainty(a)) })
	n := int(min(most, uint(len(wrong))))
	fmt.Fprintf(out, "\nThe %d worst of %d mistakes, title and text: those made with the greatest certainty\n", n, len(wrong))
	for _, j := range wrong[:n] {
		var words []string
		for _, w := range j.why {
			words = append(words, fmt.Sprintf("%s %.0f%%", w.Text, 100*w.Share))
		}
		fmt.Fprintf(out, "\n%s  %s\n  people: %s  proposed: %s (%s)  because of %s\n", j.id, beginning(j.Title, 40),
			labels[j.Label], labels[j.Proposed()], chance(certainty(j)), strings.Join(words, ", "))
	}
}

// chance is a probability in hundredths; nothing is certain.
func chance(p float64) string {
	if p >= 0.995 {
		return "over 99%"
	}
	return fmt.Sprintf("%.0f%%", 100*p)
}

func examplesOf(ds []labelled) []triage.Example {
	out := make([]triage.Example, len(ds))
	for i, d := range ds {
		out[i] = d.Example
	}
	return out
}
