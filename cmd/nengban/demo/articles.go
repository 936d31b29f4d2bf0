package demo

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"nengban/tickets"
)

// Article is one entry of the town's knowledge base, in the fields that a
// city's import template has (信阳 2021: 类目、标题、内容、发文单位、材料性质、关键字),
// and beside them the department that answers for it, the area it holds in, and
// its dates: 2026-09-24, empty where there is none.
type Article struct {
	Path       string `json:"类目"` // categories from the top down, joined by /
	Title      string `json:"标题"`
	Body       string `json:"内容"`
	Issuer     string `json:"发文单位"`
	Nature     string `json:"材料性质"`
	Keywords   string `json:"关键字"` // joined by commas
	Department string `json:"department"`
	Area       string `json:"area,omitempty"`
	ValidFrom  string `json:"valid_from,omitempty"`
	ValidUntil string `json:"valid_until,omitempty"`
	ReviewAt   string `json:"review_at,omitempty"`
}

// Articles returns the town's knowledge with its dates reckoned from the day
// of now. In the file they stand as days before or after it, so that the town
// always has some that are due for review and one that has run out.
func Articles(now time.Time) ([]Article, error) {
	var out []Article
	if err := readLines("articles.jsonl", &out); err != nil {
		return nil, err
	}
	for i := range out {
		for _, date := range []*string{&out[i].ValidFrom, &out[i].ValidUntil, &out[i].ReviewAt} {
			at, err := reckon(*date, now)
			if err != nil {
				return nil, fmt.Errorf("reading the article %q: %w", out[i].Title, err)
			}
			*date = at
		}
	}
	return out, nil
}

// reckon turns -30d into the date thirty days before now.
func reckon(days string, now time.Time) (string, error) {
	if days == "" {
		return "", nil
	}
	n, err := strconv.Atoi(strings.TrimSuffix(days, "d"))
	if err != nil {
		return "", fmt.Errorf("%q is not a number of days such as -30d", days)
	}
	return now.In(tickets.Shanghai).AddDate(0, 0, n).Format(time.DateOnly), nil
}
