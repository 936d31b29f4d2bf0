package pages

import (
	"errors"
	"net/http"
	"slices"

	"nengban/tickets"
	"nengban/web/page"
)

// newsPage is what a member was told of deadlines.
type newsPage struct {
	deadlineBase
	News []tickets.DeadlineNews
}

// mostNews is how many digests the page shows.
const mostNews = 50

// DeadlineNews shows the reader's warnings, unread ones first.
func (p *Pages) DeadlineNews(w http.ResponseWriter, r *http.Request) error {
	v := newsPage{deadlineBase: p.deadlineBase(r, "news")}
	var err error
	if v.News, err = p.Desk.News(r.Context(), v.Me, mostNews); err != nil {
		return err
	}
	return p.show(w, "news", v)
}

// ReadNews marks one of them as read, and goes back to where it was read.
func (p *Pages) ReadNews(w http.ResponseWriter, r *http.Request) error {
	id, err := idOf(r)
	if err != nil {
		return err
	}
	err = p.Desk.ReadNews(r.Context(), me(r), id)
	if errors.Is(err, tickets.ErrNotAllowed) { // somebody whom nothing is ever told
		return page.ErrNotFound
	}
	if err != nil {
		return err
	}
	http.Redirect(w, r, page.OwnPath(r.PostForm.Get("back"), "/deadlines/news"), http.StatusSeeOther) //nolint:gosec // OwnPath keeps it here
	return nil
}

// unread are the digests that the reader has not seen and that still speak of
// something to be done, for his home page.
func unread(news []tickets.DeadlineNews) []tickets.DeadlineNews {
	var out []tickets.DeadlineNews
	for _, n := range news {
		if n.ReadAt.IsZero() && slices.ContainsFunc(n.Lines, func(l tickets.DeadlineLine) bool { return !l.Ended }) {
			out = append(out, n)
		}
	}
	return out
}
