package pages

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// live tells open ticket pages that their ticket was changed. It remembers
// which tickets are open at which version, looks them up after an act of this
// process, and when the timetable asks, for the acts of others. A desk where
// nobody has a ticket open asks the database nothing.
type live struct {
	desk *tickets.Desk

	mu       sync.Mutex
	watchers map[string]map[chan<- change]int64 // number → who watches, and the version he has seen
}

// change is what a watching page is told.
type change struct {
	Version int64       `json:"version"`
	By      string      `json:"by"`
	Act     tickets.Act `json:"act"`
	Words   string      `json:"words"`
}

// most bounds the pages that one process tells: each holds a connection.
const most = 5000

// calm is how long acts are gathered before open tickets are looked up, so
// that a busy minute costs one look a second and not one per act.
const calm = time.Second

func newLive(d *tickets.Desk) *live {
	return &live{desk: d, watchers: map[string]map[chan<- change]int64{}}
}

// Watch looks at the open tickets whenever this process has acted, until ctx ends.
func (p *Pages) Watch(ctx context.Context) {
	wake := p.Desk.Wake("pages")
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
		}
		if _, err := p.Live(ctx); err != nil && ctx.Err() == nil {
			p.Log.Warn("looking at the open tickets", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(calm): // people's patience, not a rule of the trade: no clock to inject
		}
	}
}

// Live looks at the open tickets once and tells the pages of those that were
// changed; it returns how many had.
func (p *Pages) Live(ctx context.Context) (int, error) {
	changed := 0
	for numbers := range slices.Chunk(p.live.open(), tickets.PageSize) {
		got, err := p.Desk.List(ctx, staff.TheSystem, tickets.Filter{Numbers: numbers}, "")
		if err != nil {
			return changed, err
		}
		for _, t := range got.Tickets {
			if !p.live.behind(t) {
				continue
			}
			last, err := p.lastChange(ctx, t)
			if err != nil {
				return changed, err
			}
			p.live.tell(t.Number, last)
			changed++
		}
	}
	return changed, nil
}

func (p *Pages) lastChange(ctx context.Context, t *tickets.Ticket) (change, error) {
	entries, err := p.Desk.Timeline(ctx, t.ID)
	if err != nil || len(entries) == 0 {
		return change{Version: t.Version}, err
	}
	e := entries[len(entries)-1]
	return change{Version: t.Version, By: e.ByName, Act: e.Act}, nil
}

func (l *live) open() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]string, 0, len(l.watchers))
	for n := range l.watchers {
		out = append(out, n)
	}
	return out
}

func (l *live) behind(t *tickets.Ticket) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, seen := range l.watchers[t.Number] {
		if seen < t.Version {
			return true
		}
	}
	return false
}

// tell gives the news to who has not seen it. A watcher who is slow to take
// it hears of the next change, which is all that he needs to know.
func (l *live) tell(number string, c change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for to, seen := range l.watchers[number] {
		if seen >= c.Version {
			continue
		}
		select {
		case to <- c:
			l.watchers[number][to] = c.Version
		default:
		}
	}
}

// join begins to watch a ticket; leave ends it. ok is false when there are too
// many watchers already: the page then does without.
func (l *live) join(number string, seen int64) (news <-chan change, leave func(), ok bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, all := range l.watchers {
		n += len(all)
	}
	if n >= most {
		return nil, nil, false
	}
	c := make(chan change, 1)
	if l.watchers[number] == nil {
		l.watchers[number] = map[chan<- change]int64{}
	}
	l.watchers[number][c] = seen
	return c, func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		if delete(l.watchers[number], c); len(l.watchers[number]) == 0 {
			delete(l.watchers, number)
		}
	}, true
}

// beat keeps proxies from taking a quiet stream for a dead one.
const beat = 25 * time.Second

// Events is the stream of a ticket's changes (server-sent events). It never
// touches the page: it says that something changed, and the reader decides
// when to look.
func (p *Pages) Events(w http.ResponseWriter, r *http.Request) error {
	number, err := page.TicketNumber(r)
	if err != nil {
		return err
	}
	t, err := p.Desk.Ticket(r.Context(), me(r), number)
	if err != nil {
		return err
	}
	news, leave, ok := p.live.join(t.Number, t.Version)
	if !ok {
		return page.ErrTooOften
	}
	defer leave()
	stream := http.NewResponseController(w)
	_ = stream.SetReadDeadline(time.Time{})  // where the connection knows no deadlines,
	_ = stream.SetWriteDeadline(time.Time{}) // the stream ends with them and the page asks again
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	b := p.Base(r)
	if err := send(w, stream, fmt.Sprintf("retry: 5000\nevent: open\ndata: %d\n\n", t.Version)); err != nil {
		return nil // the reader is gone; nobody is left to tell
	}
	ticker := time.NewTicker(beat)
	defer ticker.Stop()
	for {
		text := ": still here\n\n"
		select {
		case <-r.Context().Done():
			return nil
		case <-p.Closing.Done():
			return nil
		case c := <-news:
			c.Words = b.T("live.changed", "By", c.By, "Act", b.Word("act", c.Act))
			data, err := json.Marshal(c)
			if err != nil {
				return nil // the answer has begun; there is no way to say it
			}
			text = fmt.Sprintf("event: changed\ndata: %s\n\n", data)
		case <-ticker.C:
		}
		if send(w, stream, text) != nil {
			return nil
		}
	}
}

func send(w http.ResponseWriter, stream *http.ResponseController, text string) error {
	if _, err := w.Write([]byte(text)); err != nil { //nolint:gosec // an event stream, read by our script as text
		return err
	}
	return stream.Flush()
}
