package pages

import (
	"context"
	"errors"
	"strings"
	"time"

	"nengban/knowledge"
	"nengban/knowledge/search"
	"nengban/web/page"
)

// KnowledgeCheck says whether the index of the articles answers, when it was
// last compared with the database, and what was found and mended.
func KnowledgeCheck(l *knowledge.Library) Check {
	return Check{Name: "knowledge", Minor: true, // the database answers meanwhile
		Do: func(ctx context.Context) error {
			err := l.Health(ctx)
			var unusable *search.UnusableError
			if errors.As(err, &unusable) {
				return &trouble{"check.knowledge." + string(unusable.Reason), nil}
			}
			return err
		},
		Facts: func(context.Context) map[string]any { return conditionFacts(l.Condition()) },
		Note:  func(b page.Base) string { return conditionNote(b, l.Condition()) }}
}

func conditionFacts(c knowledge.Condition) map[string]any {
	facts := map[string]any{}
	for name, at := range map[string]time.Time{"compared_at": c.CheckedAt, "trouble_at": c.FoundAt, "rebuilt_at": c.MendedAt} {
		if !at.IsZero() {
			facts[name] = at.UTC().Format(time.RFC3339)
		}
	}
	if !c.CheckedAt.IsZero() {
		facts["articles"] = c.Documents
	}
	if c.Reason != "" {
		facts["trouble"] = string(c.Reason)
	}
	if len(facts) == 0 {
		return nil
	}
	return facts
}

func conditionNote(b page.Base, c knowledge.Condition) string {
	var notes []string
	if !c.CheckedAt.IsZero() {
		notes = append(notes, b.T("check.knowledge_whole", "At", b.Timed(c.CheckedAt), "N", c.Documents))
	}
	if !c.MendedAt.IsZero() {
		notes = append(notes, b.T("check.knowledge_mended", "Found", b.Timed(c.FoundAt), "Was", b.T("check.was."+string(c.Reason)), "At", b.Timed(c.MendedAt)))
	}
	return strings.Join(notes, "\n")
}
