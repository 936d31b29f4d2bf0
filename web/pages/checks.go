package pages

import (
	"context"
	"fmt"
	"strings"
	"time"

	"nengban/callbacks"
	"nengban/tickets"
	"nengban/web/hooks"
	"nengban/web/page"
)

// trouble is what a check finds, in words of the catalogue.
type trouble struct {
	key  string
	args []any
}

func (t *trouble) Error() string { return strings.TrimSpace(t.key + " " + fmt.Sprintln(t.args...)) }

// Explain says it in the reader's language.
func (t *trouble) Explain(b page.Base) string { return b.T(t.key, t.args...) }

// CalendarCheck says whether the official holidays are known as far as
// deadlines reckoned now may reach. From November on the next year's are due.
func CalendarCheck(l *tickets.Limits) Check {
	return Check{Name: "calendar", Minor: true,
		Do: func(context.Context) error {
			if year, worry := l.UnknownYear(); worry {
				return &trouble{"check.calendar_unknown", []any{"Year", year}}
			}
			return nil
		},
		Facts: func(context.Context) map[string]any {
			year, _ := l.UnknownYear()
			return map[string]any{"holidays_known_until": year - 1, "provisional_from": year}
		}}
}

// OutboxCheck says whether messages between the rooms fail.
func OutboxCheck(d *tickets.Desk, listeners []string) Check {
	count := func(ctx context.Context) (waiting, dead int, err error) {
		for _, name := range listeners {
			w, x, err := d.Outstanding(ctx, name)
			if err != nil {
				return 0, 0, err
			}
			waiting, dead = waiting+w, dead+x
		}
		return waiting, dead, nil
	}
	return Check{Name: "outbox", Minor: true,
		Do: func(ctx context.Context) error {
			_, dead, err := count(ctx)
			if err == nil && dead > 0 {
				return &trouble{"check.outbox_dead", []any{"Count", dead}}
			}
			return err
		},
		Facts: func(ctx context.Context) map[string]any {
			waiting, dead, err := count(ctx)
			if err != nil {
				return nil // the check itself has said so
			}
			return map[string]any{"waiting": waiting, "failed": dead}
		}}
}

// CallbackCheck says what keeps callbacks from working as they should.
func CallbackCheck(e *callbacks.Engine) Check {
	return Check{Name: "callbacks", Minor: true, Do: func(ctx context.Context) error {
		concerns, err := e.Health(ctx)
		if err != nil || len(concerns) == 0 {
			return err
		}
		return concerned(concerns)
	}}
}

type concerned []callbacks.Concern

func (c concerned) Error() string {
	var codes []string
	for _, x := range c {
		codes = append(codes, strings.TrimSpace(x.Code+" "+x.About))
	}
	return strings.Join(codes, ", ")
}

// Explain lists them in the reader's language.
func (c concerned) Explain(b page.Base) string {
	var lines []string
	for _, x := range c {
		lines = append(lines, b.T("concern."+x.Code, "Count", x.Count, "About", x.About))
	}
	return strings.Join(lines, "\n")
}

// WebhookCheck says whose receivers are ill, and whether anything was given up
// in the last week.
func WebhookCheck(s *hooks.Sender) Check {
	return Check{Name: "webhooks", Minor: true, Do: func(ctx context.Context) error {
		ill, dead, err := s.Concerns(ctx)
		switch {
		case err != nil:
			return err
		case len(ill) > 0:
			return &trouble{"check.webhooks_ill", []any{"Who", strings.Join(ill, ", "), "Count", dead}}
		case dead > 0:
			return &trouble{"check.webhooks_dead", []any{"Count", dead}}
		default:
			return nil
		}
	}}
}

// ClockCheck says what the last replay of all open tickets found; last returns
// how many stored deadlines were not what their timelines say, and when that
// was looked at.
func ClockCheck(last func() (differ int, at time.Time)) Check {
	return Check{Name: "clocks", Minor: true,
		Do: func(context.Context) error {
			if n, _ := last(); n > 0 {
				return &trouble{"check.clocks_differ", []any{"Count", n}}
			}
			return nil
		},
		Facts: func(context.Context) map[string]any {
			n, at := last()
			if at.IsZero() {
				return nil
			}
			return map[string]any{"differ": n, "checked_at": at.UTC().Format(time.RFC3339)}
		}}
}
