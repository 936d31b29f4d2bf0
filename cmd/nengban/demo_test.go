package main

import (
	"bufio"
	"context"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jonboulle/clockwork"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/webtest"
)

var (
	playing  = regexp.MustCompile(`Playing a fortnight`)
	greeted  = regexp.MustCompile(`(?s)The demo desk is open.*Ctrl-C.*\n`)
	logIns   = regexp.MustCompile(`(?m)^  ([a-z]+\.[a-z]+) +([a-z0-9]{4}-[a-z0-9]{4}-[a-z0-9]{4}) `)
	matters  = regexp.MustCompile(`(?m)^  (\d{14}) +(\d{8}) +(1900000\d{4}) `)
	toAnswer = regexp.MustCompile(`(\d{14}) +\d{8} +(1900000\d{4}) +待回访`)
	pages    = regexp.MustCompile(`http://127\.0\.0\.1:\d+(/\S*)`)
)

// TestTheDemo is what somebody does who tries it: breaks the play off twice,
// lets it end, believes what is printed, answers a survey, stops it and opens
// it again.
func TestTheDemo(t *testing.T) {
	t.Parallel()
	data := filepath.Join(t.TempDir(), "demo")
	begin := func() *program { return start(t, nil, "demo", "--addr", "127.0.0.1:0", "--data", data) }

	first := begin()
	first.says(playing)
	first.told(syscall.SIGTERM)
	second := begin()
	second.says(playing)
	second.kill()

	third := begin()
	greeting := third.says(greeted)[0]
	site := webtest.Running(t, third.address())
	t.Run("everybody who is printed can log in", func(t *testing.T) { everybodyLogsIn(t, site, greeting) })
	t.Run("every address that is printed answers", func(*testing.T) {
		for _, p := range pages.FindAllStringSubmatch(greeting, -1) {
			site.Stranger().Get(p[1]).Is(http.StatusOK)
		}
	})
	t.Run("every matter that is printed can be looked up, and has its telephone", func(t *testing.T) { mattersOpen(t, site, greeting) })
	t.Run("a survey that is answered moves its ticket", func(t *testing.T) { surveyMoves(t, site, greeting) })
	third.told(syscall.SIGTERM)

	again := begin()
	repeated := again.says(greeted)[0]
	if strings.Contains(again.out.String(), "Playing") {
		t.Error("the demo is played again; want the one that lies there")
	}
	if diff := cmp.Diff(matters.FindAllString(greeting, -1), matters.FindAllString(repeated, -1)); diff != "" {
		t.Errorf("other matters are printed (-first +again):\n%s", diff)
	}
	if found := toAnswer.FindStringSubmatch(greeting); len(found) > 0 {
		webtest.Running(t, again.address()).Stranger().Get("/phones/"+tickets.Phone(found[2])).Is(http.StatusOK).Want("#thread .is-mine", "没解决")
	}
	again.told(syscall.SIGINT)
	fortnightHasEverything(t, data)
}

func everybodyLogsIn(t *testing.T, site *webtest.Site, greeting string) {
	people := logIns.FindAllStringSubmatch(greeting, -1)
	if len(people) < 10 {
		t.Errorf("%d logins are printed; want one for every role and a few more:\n%s", len(people), greeting)
	}
	for _, p := range people {
		c := site.Stranger()
		c.LogIn(p[1], p[2])
		c.Get("/desk").Is(http.StatusOK)
	}
}

func mattersOpen(t *testing.T, site *webtest.Site, greeting string) {
	all := matters.FindAllStringSubmatch(greeting, -1)
	if len(all) < 10 {
		t.Errorf("%d matters are printed; want a dozen:\n%s", len(all), greeting)
	}
	for _, m := range all {
		c := site.Stranger()
		c.Get("/look").Form("form[action='/look']").With("number", m[1]).With("code", m[2]).Press().Is(http.StatusOK).Want("main", m[1])
		c.Get("/phones/" + tickets.Phone(m[3])).Is(http.StatusOK)
	}
}

// surveyMoves answers on the telephone that the greeting names, and waits for
// the ticket's page to be told.
func surveyMoves(t *testing.T, site *webtest.Site, greeting string) {
	found := toAnswer.FindStringSubmatch(greeting)
	if found == nil {
		t.Fatalf("no matter waits for an answer:\n%s", greeting)
	}
	number, phone := found[1], found[2]
	password := logIns.FindStringSubmatch(greeting)[2]
	dispatcher := site.Stranger()
	dispatcher.LogIn("zhao.lei", password)
	dispatcher.Get("/tickets/"+number).Want(".ticket-line", "待回访")
	news := listening(t, site.URL+"/tickets/"+number+"/events", dispatcher.Cookies())
	site.Stranger().Get("/phones/"+tickets.Phone(phone)).Form(".p-write").With("words", "没解决，还是老样子").Press().Is(http.StatusOK)
	late := time.After(time.Minute)
	for strings.Contains(dispatcher.Get("/tickets/"+number).Text(".ticket-line"), "待回访") {
		select {
		case <-news:
		case <-late:
			t.Fatal("a minute after the answer the ticket still waits for it")
		}
	}
}

// listening opens a ticket's stream of news and returns where each of them is said.
func listening(t *testing.T, address string, cookies []*http.Cookie) <-chan struct{} {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cookies {
		r.AddCookie(c)
	}
	res, err := http.DefaultClient.Do(r) //nolint:bodyclose // closed by who reads it, below
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		t.Fatalf("%s answers %s", address, res.Status)
	}
	news := make(chan struct{}, 10)
	go func() {
		defer res.Body.Close()
		for lines := bufio.NewScanner(res.Body); lines.Scan(); {
			if lines.Text() == "event: changed" {
				news <- struct{}{}
			}
		}
	}()
	return news
}

// fortnightHasEverything: a ticket at every station when the play ends and by
// every way in, answers to surveys of every kind and by every way.
func fortnightHasEverything(t *testing.T, data string) {
	t.Helper()
	conf, err := readConfig(common{Data: data}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := openDesk(context.Background(), conf, &terminal{Err: os.Stderr, Clock: clockwork.NewRealClock()})
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	sum, err := readPlayed(d.folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, status := range tickets.Statuses {
		if sum.Statuses[status] == 0 {
			t.Errorf("at the end of the play no ticket is %s", status)
		}
	}
	seen := map[string]int{}
	for cursor := ""; ; {
		page, err := d.tickets.List(context.Background(), staff.TheSystem, tickets.Filter{Newest: true}, cursor)
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range page.Tickets {
			seen["came by "+string(x.Channel)]++
			seen["is a matter of "+string(x.Kind)]++
			seen["is classed "+string(x.Class)]++
			if x.RatedBy != "" {
				seen["was rated by "+x.RatedBy]++
				seen["was rated "+string('0'+rune(x.Rating))]++
			}
		}
		if cursor = page.Next; cursor == "" {
			break
		}
	}
	want := []string{"came by hotline", "came by window", "came by online", "is classed cannot_do", "is classed hard_to_do", "is classed refused", "is classed ordinary",
		"is a matter of inquiry", "is a matter of assistance", "is a matter of complaint", "is a matter of irregularity", "is a matter of suggestion", "is a matter of praise",
		"was rated by sms", "was rated by voice", "was rated by person", "was rated 1", "was rated 2", "was rated 3", "was rated 4", "was rated 5"}
	for _, w := range want {
		if seen[w] == 0 {
			t.Errorf("no ticket %s; there are %v", w, seen)
		}
	}
}

func TestADemoThatIsBrokenOffLeavesNothingInTheTemporaryFolder(t *testing.T) {
	t.Parallel()
	temp := t.TempDir()
	p := start(t, []string{"TMPDIR=" + temp}, "demo", "--addr", "127.0.0.1:0")
	p.says(playing)
	p.told(syscall.SIGTERM)
	if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
		t.Errorf("the temporary folder still holds %v, %v", left, err)
	}
}

func TestTheDemoTouchesNothingThatIsNotItsOwn(t *testing.T) {
	t.Parallel()
	real := t.TempDir()
	nengban(t, nil, "staff", "add", "root", "--name", "管理员", "--roles", "administrator", "--data", real).well(t)
	nengban(t, nil, "demo", "--addr", "127.0.0.1:0", "--data", real).refused(t, 1, real, "no demo", "choose an empty one")
	nengban(t, nil, "migrate", "--status", "--data", real).well(t)

	photos := t.TempDir()
	if err := os.WriteFile(filepath.Join(photos, "summer.jpg"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	nengban(t, nil, "demo", "--addr", "127.0.0.1:0", "--data", photos).refused(t, 1, "no demo")
	if _, err := os.Stat(filepath.Join(photos, "summer.jpg")); err != nil {
		t.Error(err)
	}
	elsewhere := filepath.Join(t.TempDir(), "elsewhere")
	nengban(t, nil, "demo", "--addr", "0.0.0.0:8345", "--data", elsewhere).refused(t, 1, "--addr", "this machine alone", "--anywhere")
	nengban(t, nil, "demo", "--addr", "8345", "--data", elsewhere).refused(t, 1, "--addr", "host:port")
	if _, err := os.Stat(elsewhere); err == nil {
		t.Error("a demo that was refused made its folder")
	}
}
