package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"text/tabwriter"
	"time"

	"nengban/tickets/triage"
)

// evalHotCmd measures how well like tickets are found and gathered into hot
// matters, among all messages of a year.
type evalHotCmd struct {
	Messages string `help:"All messages: a JSON object a line with id, user, title, time and text." placeholder:"FILE" required:"" type:"existingfile"`
	Gold     string `help:"Which belong to a matter: a JSON object a line with issue, name, id and role; pos belongs, ignore counts neither way, any other message does not belong." placeholder:"FILE" required:"" type:"existingfile"`
	JSON     bool   `name:"json" help:"Print one JSON object instead of a table and the worst mistakes."`
	Worst    uint   `help:"How many of the worst mistakes to show." default:"10"`
}

type hotMessage struct {
	ID    string `json:"id"`
	User  string `json:"user"`
	Title string `json:"title"`
	Text  string `json:"text"`
	Time  string `json:"time"`
}

type hotGold struct {
	Issue string `json:"issue"`
	Name  string `json:"name"`
	ID    string `json:"id"`
	Role  string `json:"role"`
}

// hotScore is how well like messages were found from a title, and how well
// groups agree with the matters.
type hotScore struct {
	PAt5    float64 `json:"p_at_5"`
	MAP     float64 `json:"map"`
	BCubedF float64 `json:"bcubed_f"`
}

// hotMatter is one matter that people found.
type hotMatter struct {
	name     string
	members  []int
	belongs  map[int]bool
	ignored  map[int]bool
	score    hotScore
	p, r     float64 // B-cubed precision and recall, means over members
	worst    []hotMiss
	inGroups map[int]int // members per group
}

// hotMiss is a message found before one that belongs.
type hotMiss struct {
	asked, wrong int
	place        int
	likeness     float64
	shared       []string
}

// Run compares, groups, measures and prints.
func (c *evalHotCmd) Run(t *terminal) error {
	messages, err := jsonLines[hotMessage](c.Messages)
	if err != nil {
		return err
	}
	gold, err := jsonLines[hotGold](c.Gold)
	if err != nil {
		return err
	}
	docs := make([]triage.Document, len(messages))
	for i, m := range messages {
		at, _ := time.Parse("2006-01-02T15:04:05", m.Time) // unknown times come first
		docs[i] = triage.Document{ID: m.ID, Title: m.Title, Text: m.Text, At: at, Who: m.User}
	}
	matters := mattersOf(docs, gold)
	like := triage.NewLikeness(docs)
	groupOf := make([]int, len(docs))
	groups := like.Groups()
	for g, x := range groups {
		for _, i := range x.Documents {
			groupOf[i] = g
		}
	}
	for _, m := range matters {
		m.rank(like, docs)
		m.group(groups, groupOf)
	}
	score := total(matters)
	if c.JSON {
		return printJSON(t.Out, score)
	}
	return printHot(t.Out, docs, matters, score, c.Worst)
}

func mattersOf(docs []triage.Document, gold []hotGold) []*hotMatter {
	at := map[string]int{}
	for i, d := range docs {
		at[d.ID] = i
	}
	byIssue := map[string]*hotMatter{}
	for _, g := range gold {
		m := byIssue[g.Issue]
		if m == nil {
			m = &hotMatter{name: g.Name, belongs: map[int]bool{}, ignored: map[int]bool{}, inGroups: map[int]int{}}
			byIssue[g.Issue] = m
		}
		i, ok := at[g.ID]
		switch {
		case !ok:
		case g.Role == "pos":
			m.members = append(m.members, i)
			m.belongs[i] = true
		case g.Role == "ignore":
			m.ignored[i] = true
		}
	}
	var out []*hotMatter
	for _, issue := range slices.Sorted(maps.Keys(byIssue)) {
		if len(byIssue[issue].members) > 1 {
			out = append(out, byIssue[issue])
		}
	}
	return out
}

// deepest is how far down a ranking is read; what stands below was not found.
const deepest = 1000

// rank asks by every member's title and looks where the others stand.
func (m *hotMatter) rank(like *triage.Likeness, docs []triage.Document) {
	others := len(m.members) - 1
	for _, asked := range m.members {
		hits, place, precision, first5 := 0, 0, 0.0, 0
		for _, n := range like.Like(triage.Question{Title: docs[asked].Title, Except: docs[asked].ID}, deepest) {
			if m.ignored[n.Index] || n.Index == asked {
				continue
			}
			place++
			if m.belongs[n.Index] {
				hits++
				precision += float64(hits) / float64(place)
				if place <= 5 {
					first5++
				}
			} else if hits < others {
				m.worst = append(m.worst, hotMiss{asked, n.Index, place, n.Likeness, n.Shared})
			}
			if hits == others {
				break
			}
		}
		m.score.PAt5 += float64(first5) / float64(min(5, others))
		m.score.MAP += precision / float64(others)
	}
}

// group compares the groups with the matter (B-cubed, Bagga and Baldwin 1998).
func (m *hotMatter) group(groups []triage.Group, groupOf []int) {
	for _, i := range m.members {
		m.inGroups[groupOf[i]]++
	}
	for _, i := range m.members {
		counted := 0
		for _, d := range groups[groupOf[i]].Documents {
			if !m.ignored[d] {
				counted++
			}
		}
		same := float64(m.inGroups[groupOf[i]])
		m.p += same / float64(counted)
		m.r += same / float64(len(m.members))
	}
}

// total is the mean over all members of all matters.
func total(matters []*hotMatter) hotScore {
	var s hotScore
	n, p, r := 0.0, 0.0, 0.0
	for _, m := range matters {
		n += float64(len(m.members))
		s.PAt5 += m.score.PAt5
		s.MAP += m.score.MAP
		p += m.p
		r += m.r
	}
	if n == 0 {
		return hotScore{}
	}
	return hotScore{s.PAt5 / n, s.MAP / n, harmonic(p/n, r/n)}
}

func harmonic(p, r float64) float64 {
	if p+r == 0 {
		return 0
	}
	return 2 * p * r / (p + r)
}

func printHot(out io.Writer, docs []triage.Document, matters []*hotMatter, score hotScore, worst uint) error {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "P@5\tMAP\tB³ F\tB³ precision\tB³ recall\tmessages\tgroups\tmatter")
	for _, m := range matters {
		n := float64(len(m.members))
		fmt.Fprintf(w, "%.3f\t%.3f\t%.3f\t%.3f\t%.3f\t%d\t%d\t%s\n", m.score.PAt5/n, m.score.MAP/n, harmonic(m.p/n, m.r/n), m.p/n, m.r/n,
			len(m.members), len(m.inGroups), m.name)
	}
	fmt.Fprintf(w, "%.4f\t%.4f\t%.4f\t\t\t\t\tof %d messages\n", score.PAt5, score.MAP, score.BCubedF, len(docs))
	if err := w.Flush(); err != nil {
		return err
	}
	var misses []hotMiss
	for _, m := range matters {
		misses = append(misses, m.worst...)
	}
	slices.SortStableFunc(misses, func(a, b hotMiss) int {
		return cmp.Or(cmp.Compare(a.place, b.place), cmp.Compare(b.likeness, a.likeness))
	})
	fmt.Fprintf(out, "\nWorst of %d messages found too early\n", len(misses))
	for _, x := range misses[:min(worst, uint(len(misses)))] {
		fmt.Fprintf(out, "\nasked  %s  %s\nat %-3d %s  %s  (likeness %.2f, both say %v)\n", docs[x.asked].ID, beginning(docs[x.asked].Title, 40),
			x.place, docs[x.wrong].ID, beginning(docs[x.wrong].Title, 40), x.likeness, x.shared)
	}
	return nil
}
