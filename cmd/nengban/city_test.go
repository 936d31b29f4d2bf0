package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"

	"nengban/cmd/nengban/demo"
	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web"
	"nengban/web/webtest"
)

// city is the whole program on one database: the desk put together as serve
// and demo put it together, the demo's town, a running server and pretend
// telephones. Its hour stands still until a story lets time pass.
type city struct {
	t      *testing.T
	d      *desk
	server *web.Server
	clock  *clockwork.FakeClock
	site   *webtest.Site
	people map[string]*person
	hourly map[string]time.Time // when a line of the timetable was last done
}

// monday is when every story begins: an ordinary week before the National Day.
var monday = time.Date(2026, 9, 14, 9, 30, 0, 0, tickets.Shanghai)

// cityPassword is everybody's.
const cityPassword = "clear water 2026"

// inTheCity tells a story on each database, with the people that it needs.
func inTheCity(t *testing.T, people []string, tell func(c *city)) {
	t.Helper()
	t.Parallel()
	for name, address := range map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "postgres": dbtest.PostgresDSN} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tell(newCity(t, address(t), people))
		})
	}
}

func newCity(t *testing.T, database string, people []string) *city {
	t.Helper()
	return loggingCity(t, database, people, "error", os.Stderr)
}

// loggingCity writes its log from a level on.
func loggingCity(t *testing.T, database string, people []string, level string, log io.Writer) *city {
	t.Helper()
	c := &city{t: t, clock: clockwork.NewFakeClockAt(monday), people: map[string]*person{}, hourly: map[string]time.Time{}}
	conf, err := readConfig(common{Data: t.TempDir()}, "127.0.0.1:0", []string{"DATABASE_URL=" + database, "NENGBAN_LOG_LEVEL=" + level, "NENGBAN_NAME=" + demo.DeskName})
	c.must(err)
	c.d, err = openDesk(context.Background(), conf, &terminal{Out: io.Discard, Err: log, Clock: c.clock}, callingBack(demo.PlayPolicy("http://127.0.0.1/s/")))
	c.must(err)
	t.Cleanup(func() { c.must(c.d.close()) })
	_, err = demo.Found(context.Background(), c.d.places, c.d.staff, func() string { return cityPassword }, people...)
	c.must(err)
	c.server, err = c.d.server(true)
	c.must(err)
	listening := httptest.NewServer(c.server.Handler())
	t.Cleanup(listening.Close)
	c.site = webtest.Running(t, listening.URL)
	return c
}

// passes lets time pass; on the way the telephones and the timetable do what
// they do by themselves.
func (c *city) passes(d time.Duration) {
	c.t.Helper()
	for end := c.clock.Now().Add(d); ; {
		c.works()
		now := c.clock.Now()
		if !now.Before(end) {
			return
		}
		c.must(c.d.phones.Drive(context.Background(), c.clock, now.Add(min(30*time.Minute, end.Sub(now)))))
	}
}

// works does what the timetable has to do by now, until there is nothing left
// of it. What comes round once an hour is done once an hour.
func (c *city) works() {
	c.t.Helper()
	again := true
	for turns := 0; again; turns++ {
		if again = false; turns == 50 {
			c.t.Fatal("the timetable does not come to an end")
		}
		for _, j := range c.d.callBackJobs() {
			if j.every >= time.Hour && c.clock.Since(c.hourly[j.name]) < j.every {
				continue
			}
			c.hourly[j.name] = c.clock.Now()
			n, err := j.run(context.Background())
			c.must(err)
			again = again || n > 0
		}
	}
}

// until passes the time up to an hour of a day in September.
func (c *city) until(day int, hour, minute int) {
	c.t.Helper()
	at := time.Date(2026, 9, day, hour, minute, 0, 0, tickets.Shanghai)
	if !at.After(c.clock.Now()) {
		c.t.Fatalf("the %dth at %d:%02d is past: it is %s", day, hour, minute, c.clock.Now().In(tickets.Shanghai))
	}
	c.passes(at.Sub(c.clock.Now()))
}

// ticket is a matter as the database has it, for what no page shows.
func (c *city) ticket(number string) *tickets.Ticket {
	c.t.Helper()
	x, err := c.d.tickets.Ticket(context.Background(), staff.TheSystem, number)
	c.must(err)
	return x
}

// stands checks where a ticket stands, and that its timeline alone says so.
func (c *city) stands(number string, want tickets.Status) *tickets.Ticket {
	c.t.Helper()
	x := c.ticket(number)
	entries, err := c.d.tickets.Timeline(context.Background(), x.ID)
	c.must(err)
	if x.Status != want {
		c.t.Fatalf("%s is %s; want %s\n%s", number, x.Status, want, lines(entries))
	}
	if folded := tickets.Fold(entries); folded.Status != want || folded.Round != x.Round {
		c.t.Errorf("the timeline of %s adds up to %s in round %d", number, folded.Status, folded.Round)
	}
	return x
}

func lines(entries []tickets.Entry) string {
	var b strings.Builder
	for _, e := range entries {
		fmt.Fprintf(&b, "  %s %s by %s: %s\n", e.At.In(tickets.Shanghai).Format("01-02 15:04"), e.Act, e.ByName, e.To)
	}
	return b.String()
}

func (c *city) must(err error) {
	c.t.Helper()
	if err != nil {
		c.t.Fatal(err)
	}
}

// person is somebody with a browser.
type person struct {
	c       *city
	login   string
	browser *webtest.Client
}

// who is a member of the staff, logged in at his own browser.
func (c *city) who(login string) *person {
	if c.people[login] == nil {
		c.people[login] = &person{c: c, login: login}
	}
	return c.people[login]
}

// opens an address; who was logged out meanwhile, as over night, logs in again.
func (p *person) opens(path string) *webtest.Page {
	p.c.t.Helper()
	if p.browser != nil {
		if got := p.browser.Get(path); got.Path != "/login" {
			return got.Is(http.StatusOK)
		}
	}
	p.browser = p.c.site.Stranger()
	p.browser.LogIn(p.login, cityPassword)
	return p.browser.Get(path).Is(http.StatusOK)
}

// reads opens a ticket.
func (p *person) reads(number string) *webtest.Page {
	p.c.t.Helper()
	return p.opens("/tickets/" + number)
}

// tries opens a ticket, fills in the form of an act and presses its button. A
// field named twice gets two values.
func (p *person) tries(number, act string, fields ...string) *webtest.Page {
	p.c.t.Helper()
	form := p.reads(number).Form("#act-" + act + " form")
	values := map[string][]string{}
	for i := 0; i+1 < len(fields); i += 2 {
		values[fields[i]] = append(values[fields[i]], fields[i+1])
	}
	for name, all := range values {
		form.With(name, all...)
	}
	return form.Press()
}

// does is tries when it succeeds; everybody takes ten minutes for it.
func (p *person) does(number, act string, fields ...string) *webtest.Page {
	p.c.t.Helper()
	page := p.tries(number, act, fields...).Is(http.StatusOK)
	p.c.passes(10 * time.Minute)
	return page
}

// What people do, in their own words.

// takes registers a call or a visit and returns the ticket's number, and its
// code as the citizen hears it.
func (p *person) takes(said call) (number, code string) {
	p.c.t.Helper()
	where := "/intake/hotline"
	if said.window {
		where = "/intake/window"
	}
	form := p.opens(where).Form("#intake").With("phone", said.phone).With("name", said.name).With("kind", said.kind).With("content", said.content)
	for i := 0; i+1 < len(said.more); i += 2 {
		form.With(said.more[i], said.more[i+1])
	}
	page := form.Press("then", "").Is(http.StatusOK)
	number, code = page.Text(".receipt-card .number"), page.Text(".receipt-card .code")
	if number == "" || code == "" {
		p.c.t.Fatalf("no receipt is shown:\n%s", page.Text("main"))
	}
	p.c.passes(10 * time.Minute)
	return number, code
}

// call is what somebody says on the telephone or at the window.
type call struct {
	phone, name, kind, content string
	window                     bool
	more                       []string // fields and values in turn
}

func (p *person) answersAtOnce(number, text, basis string) *webtest.Page {
	return p.does(number, "answers", "text", text, "public_text", text, "basis", basis)
}

func (p *person) triages(number, class, reason string, more ...string) *webtest.Page {
	return p.does(number, "triages", append([]string{"class", class, "reason", reason}, more...)...)
}

// dispatches sends it to the lead, by the row of the directory that the page
// suggests when none is given.
func (p *person) dispatches(number, lead, basis string, assisting ...string) *webtest.Page {
	fields := []string{"lead", lead, "basis", basis}
	for _, a := range assisting {
		fields = append(fields, "assisting", a)
	}
	return p.does(number, "dispatches", fields...)
}

func (p *person) signs(number string) *webtest.Page { return p.does(number, "signatures") }

func (p *person) telephones(number, text string) *webtest.Page {
	at := p.c.clock.Now().Add(-5 * time.Minute).In(tickets.Shanghai).Format("2006-01-02T15:04")
	return p.does(number, "contacts", "contact_at", at, "contact_way", "phone", "text", text)
}

func (p *person) replies(number, result, text, public string, more ...string) *webtest.Page {
	return p.does(number, "replies", append([]string{"facts", "true", "demand", "reasonable", "result", result, "text", text, "public_text", public}, more...)...)
}

func (p *person) accepts(number string) *webtest.Page { return p.does(number, "completions") }

// citizen is somebody with a telephone and, perhaps, number and code.
type citizen struct {
	c            *city
	phone        string
	number, code string
	browser      *webtest.Client
}

func (c *city) citizen(phone, number, code string) *citizen {
	return &citizen{c: c, phone: phone, number: number, code: code, browser: c.site.Stranger()}
}

// looks it up on the public page by number and code.
func (z *citizen) looks() *webtest.Page {
	z.c.t.Helper()
	return z.browser.Get("/look").Is(http.StatusOK).Form("form[action='/look']").With("number", z.number).With("code", z.code).Press().Is(http.StatusOK)
}

// hasTexts are the texts on his telephone, the newest last.
func (z *citizen) hasTexts() []string {
	z.c.t.Helper()
	return z.browser.Get("/phones/" + tickets.Phone(z.phone)).Is(http.StatusOK).All("#thread .p-bubble:not(.is-mine) p")
}

// wantText checks that a text with these words has come.
func (z *citizen) wantText(words string) {
	z.c.t.Helper()
	if all := z.hasTexts(); !slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, words) }) {
		z.c.t.Errorf("no text on %s holds %q; there are %q", z.phone, words, all)
	}
}

// texts sends an answer on the page of his telephone, and lets its grace pass.
func (z *citizen) texts(words string) {
	z.c.t.Helper()
	z.browser.Get("/phones/"+tickets.Phone(z.phone)).Form(".p-write").With("words", words).Press().Is(http.StatusOK).Want("#thread .is-mine", words)
	z.c.passes(20 * time.Minute)
}
