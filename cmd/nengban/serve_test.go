package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
	"github.com/uptrace/bun"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/web/webtest"
)

func TestServeStopsWhenToldAndGoesOnWhereItWas(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			t.Parallel()
			data := t.TempDir()
			desk := start(t, nil, "serve", "--addr", "127.0.0.1:0", "--data", data)
			z := webtest.Running(t, desk.address()).Stranger()
			isWell(t, z)
			filed := z.Get("/file").Form("form[action='/file']").With("kind", "complaint").With("content", "井盖坏了").With("phone", li).With("name", "李建国").Press().Is(http.StatusOK)
			number, code := filed.Text(".p-number"), filed.Text(".p-code")
			desk.told(signal)

			desk = start(t, nil, "serve", "--addr", "127.0.0.1:0", "--data", data)
			webtest.Running(t, desk.address()).Stranger().Get("/look").Form("form[action='/look']").With("number", number).With("code", code).Press().Is(http.StatusOK).Want(".p-said", "井盖坏了")
			desk.told(signal)
		})
	}
}

// isWell asks how the desk is until it is well: a fresh one lays its index out
// first.
func isWell(t *testing.T, z *webtest.Client) {
	t.Helper()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for late := time.After(time.Minute); ; {
		got := z.Get("/healthz")
		if got.Status == http.StatusOK {
			return
		}
		select {
		case <-again.C:
		case <-late:
			t.Fatalf("the desk is not well: %s", got.Body)
		}
	}
}

// TestKillingTheDeskLosesNothingItAcknowledged: operators' programs register at
// the API and citizens on the public form, all at once; the process is killed
// in the midst of it, twice. Every number that somebody was given opens, with
// its code, what he had said.
func TestKillingTheDeskLosesNothingItAcknowledged(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "postgres": dbtest.PostgresDSN} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data, env := t.TempDir(), []string{"DATABASE_URL=" + database(t), "NENGBAN_LOG_LEVEL=error"}
			nengbanReading(t, cityPasswordWord+"\n", env, "staff", "add", "root", "--name", "管理员", "--roles", "operator", "--data", data, "--password").well(t)
			var given []receipt
			for round := range 2 {
				desk := start(t, env, "serve", "--addr", "127.0.0.1:0", "--data", data)
				given = append(given, intakesUntilKilled(t, desk, round)...)
			}
			opensAll(t, env, data, given)
		})
	}
}

// cityPasswordWord has no blank in it: --password reads one word.
const cityPasswordWord = "clear-water-2026"

// receipt is what somebody was given for what he said.
type receipt struct{ number, code, said string }

// intakesUntilKilled lets eight of them register until forty matters are
// acknowledged, kills the desk and returns what was.
func intakesUntilKilled(t *testing.T, desk *program, round int) []receipt {
	t.Helper()
	address := desk.address()
	var mu sync.Mutex
	var given []receipt
	var all sync.WaitGroup
	for who := range 8 {
		register := filing
		if who%2 == 0 {
			register = registering
		}
		all.Go(func() {
			next := register(address)
			for n := 0; ; n++ {
				r, err := next(fmt.Sprintf("第%d轮第%d人第%d件：路灯不亮", round, who, n))
				if err != nil {
					return // the desk is dead
				}
				mu.Lock()
				if given = append(given, r); len(given) == 40 {
					go desk.kill()
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	select {
	case <-desk.ended:
	case <-time.After(20 * time.Second):
		t.Fatalf("nobody can register any more, but the desk lives; %d were:\n%s", len(given), desk.err)
	}
	return given
}

// registering logs in and returns what registers at the API.
func registering(address string) func(said string) (receipt, error) {
	browser, err := newBrowser(address)
	return func(said string) (receipt, error) {
		if err != nil {
			return receipt{}, err
		}
		body, _ := json.Marshal(map[string]any{"channel": "hotline", "kind": "complaint", "content": said, "phone": li, "name": "李建国"})
		res, err := browser.Post(address+"/api/v1/tickets", "application/json", bytes.NewReader(body))
		if err != nil {
			return receipt{}, err
		}
		defer res.Body.Close()
		var r struct {
			Code   string
			Ticket struct{ Number string }
		}
		if err := json.NewDecoder(res.Body).Decode(&r); err != nil || res.StatusCode != http.StatusCreated {
			return receipt{}, fmt.Errorf("%s: %w", res.Status, err)
		}
		return receipt{r.Ticket.Number, r.Code, said}, nil
	}
}

func newBrowser(address string) (*http.Client, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	browser := &http.Client{Jar: jar}
	res, err := browser.PostForm(address+"/login", url.Values{"login": {"root"}, "password": {cityPasswordWord}})
	if err != nil {
		return nil, err
	}
	return browser, res.Body.Close()
}

// shown are number and code on the page that ends the public form.
var shown = regexp.MustCompile(`(?s)class="p-number"[^>]*>(\d+)<.*class="p-code"[^>]*>([\d ]+)<`)

// filing returns what files on the public form, which counts when the page
// with number and code has come.
func filing(address string) func(said string) (receipt, error) {
	jar, _ := cookiejar.New(nil)
	browser := &http.Client{Jar: jar}
	return func(said string) (receipt, error) {
		res, err := browser.PostForm(address+"/file", url.Values{"kind": {"complaint"}, "content": {said}, "phone": {sun}, "name": {"孙丽华"}, "identity": {"open"}})
		if err != nil {
			return receipt{}, err
		}
		defer res.Body.Close()
		page, err := io.ReadAll(res.Body)
		if err != nil {
			return receipt{}, err
		}
		found := shown.FindSubmatch(page)
		if found == nil {
			return receipt{}, fmt.Errorf("%s: no number in %s", res.Status, page)
		}
		return receipt{string(found[1]), strings.ReplaceAll(string(found[2]), " ", ""), said}, nil
	}
}

// opensAll opens the desk once more and looks every matter up.
func opensAll(t *testing.T, env []string, data string, given []receipt) {
	t.Helper()
	conf, err := readConfig(common{Data: data}, "", env)
	if err != nil {
		t.Fatal(err)
	}
	d, err := openDesk(context.Background(), conf, &terminal{Err: os.Stderr, Clock: clockwork.NewRealClock()})
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	numbers, filed := map[string]string{}, 0
	for _, r := range given {
		x, _, err := d.tickets.Look(context.Background(), r.number, r.code)
		switch {
		case err != nil:
			t.Errorf("%s was given for %q, and now: %v", r.number, r.said, err)
		case x.Content != r.said:
			t.Errorf("%s holds %q; it was given for %q", r.number, x.Content, r.said)
		case numbers[r.number] != "":
			t.Errorf("%s was given for %q and for %q", r.number, numbers[r.number], r.said)
		}
		numbers[r.number] = r.said
		if x != nil && x.Channel == tickets.Online {
			filed++
		}
	}
	if len(given) < 80 || filed == 0 || filed == len(given) {
		t.Errorf("%d were given, %d on the public form; want 80 by both ways", len(given), filed)
	}
	for diff, err := range d.tickets.CheckClocks(context.Background(), false) {
		t.Errorf("deadlines are not what the timelines say: %+v, %v", diff, err)
	}
}

// TestBadSettingsAreRefusedBeforeAnybodyCanComeIn: the message names the
// setting and says what is wrong with it.
func TestBadSettingsAreRefusedBeforeAnybodyCanComeIn(t *testing.T) {
	t.Parallel()
	file := func(name, body string) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { busy.Close() })
	for name, x := range map[string]struct {
		env  []string
		args []string
		want []string
	}{
		"an address without a port":            {nil, []string{"--addr", "here"}, []string{"setting addr", "NENGBAN_ADDR", "command line", "not host:port"}},
		"a port that there is not":             {[]string{"NENGBAN_ADDR=127.0.0.1:70000"}, nil, []string{"setting addr", "environment", `"70000" is not a port`}},
		"a name for an address":                {[]string{"NENGBAN_ADDR=desk.example:80"}, nil, []string{"setting addr", "not an IP address of this machine"}},
		"an address that is taken":             {nil, []string{"--addr", busy.Addr().String()}, []string{"listening on " + busy.Addr().String(), "in use"}},
		"a database of another make":           {[]string{"DATABASE_URL=mysql://desk"}, nil, []string{"setting database_url", "DATABASE_URL", "postgres://"}},
		"a database that is not there":         {[]string{"DATABASE_URL=postgres://nobody:secret-word@127.0.0.1:1/desk?connect_timeout=2"}, nil, []string{"database", "127.0.0.1"}},
		"a public address without a scheme":    {[]string{"NENGBAN_PUBLIC_URL=12345.example.gov.cn"}, nil, []string{"setting public_url", "is not an address such as https://"}},
		"a public address with a slash":        {[]string{"NENGBAN_PUBLIC_URL=https://12345.example.gov.cn/"}, nil, []string{"setting public_url", "should not end with /"}},
		"proxies that are no networks":         {[]string{"NENGBAN_TRUSTED_PROXIES=10.0.0.0/8,loadbalancer"}, nil, []string{"setting trusted_proxies", "loadbalancer", "10.0.0.0/8"}},
		"a master key that is too short":       {[]string{"NENGBAN_MASTER_KEY=abcdef"}, nil, []string{"setting master_key", "64 hex digits", "openssl rand -hex 32"}},
		"a master key in a file that is gone":  {[]string{"NENGBAN_MASTER_KEY_FILE=/nowhere/key"}, nil, []string{"setting master_key", "/nowhere/key", "no such file"}},
		"a log level that there is not":        {[]string{"NENGBAN_LOG_LEVEL=loud"}, nil, []string{"setting log_level", `"loud"`, "debug, info, warn, error"}},
		"a log format that there is not":       {[]string{"NENGBAN_LOG_FORMAT=xml"}, nil, []string{"setting log_format", "text, json"}},
		"a carrier that there is not":          {[]string{"NENGBAN_CARRIER=pigeon"}, nil, []string{"setting carrier", `"pigeon"`, "twilio"}},
		"a delay that is no duration":          {[]string{"NENGBAN_CALLBACK_DELAY=tomorrow"}, nil, []string{"setting callback_delay", "24h"}},
		"hours that are none":                  {[]string{"NENGBAN_CALLBACK_WINDOWS=whenever"}, nil, []string{"setting callback_windows", "whenever"}},
		"a share of more than all":             {[]string{"NENGBAN_CALLBACK_SHARE=2"}, nil, []string{"setting callback_share", "0 to 1"}},
		"notices that there are not":           {[]string{"NENGBAN_NOTICES=birthday"}, nil, []string{"setting notices", `"birthday"`, "accepted"}},
		"Twilio without its account":           {[]string{"NENGBAN_CARRIER=twilio"}, nil, []string{"twilio_account_sid is missing", "twilio_auth_token is missing", "twilio_from is missing"}},
		"a gateway without address and secret": {[]string{"NENGBAN_CARRIER=gateway"}, nil, []string{"gateway_url is missing", "gateway_secret is missing"}},
		"a gateway's address that is none":     {[]string{"NENGBAN_GATEWAY_URL=sms"}, nil, []string{"setting gateway_url"}},
		"two at once":                          {[]string{"NENGBAN_LOG_LEVEL=loud", "NENGBAN_CARRIER=pigeon"}, nil, []string{"log_level", "carrier"}},
		"a settings file that is not there":    {nil, []string{"--config", "/nowhere/nengban.yaml"}, []string{"/nowhere/nengban.yaml"}},
		"a settings file that is none":         {nil, []string{"--config", file("nengban.yaml", "addr: [")}, []string{"nengban.yaml"}},
		"a setting that there is not":          {nil, []string{"--config", file("nengban.yaml", "port: 127.0.0.1:1")}, []string{`no setting "port"`, "nengban config"}},
		"a bad setting in a file":              {nil, []string{"--config", file("nengban.yaml", "carrier: pigeon")}, []string{"setting carrier", "settings file"}},
		"a folder that is a file":              {nil, []string{"--data", file("data", "")}, []string{"data folder"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			data := filepath.Join(t.TempDir(), "desk")
			args := append([]string{"serve", "--data", data, "--addr", "127.0.0.1:0"}, x.args...)
			if strings.HasPrefix(strings.Join(x.env, ""), "NENGBAN_ADDR") {
				args = append([]string{"serve", "--data", data}, x.args...)
			}
			got := nengban(t, x.env, args...)
			got.refused(t, 1, x.want...)
			if strings.Contains(got.out, "is open at") {
				t.Errorf("it opened first: %s", got.out)
			}
			if strings.Contains(got.out+got.err, "secret-word") {
				t.Errorf("a password is printed: %s", got.err)
			}
			for _, line := range strings.Split(got.err, "\n") {
				if strings.Contains(line, "goroutine") || strings.Contains(line, ".go:") {
					t.Errorf("it shows its insides: %s", line)
				}
			}
		})
	}
}

func TestTheWrongMasterKeyIsSaid(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	one, other := "NENGBAN_MASTER_KEY="+strings.Repeat("ab", 32), "NENGBAN_MASTER_KEY="+strings.Repeat("cd", 32)
	nengban(t, []string{one}, "migrate", "--data", data).well(t)
	nengban(t, []string{one}, "staff", "add", "root", "--name", "管理员", "--roles", "administrator", "--data", data).well(t)
	nengban(t, []string{other}, "serve", "--addr", "127.0.0.1:0", "--data", data).refused(t, 1, "key")
	nengban(t, nil, "serve", "--addr", "127.0.0.1:0", "--data", data).refused(t, 1, "NENGBAN_MASTER_KEY")
}

func TestTwoProgramsDoNotShareAFolder(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	desk := start(t, nil, "serve", "--addr", "127.0.0.1:0", "--data", data)
	address := desk.address()
	for _, args := range [][]string{{"serve", "--addr", "127.0.0.1:0"}, {"demo", "--addr", "127.0.0.1:0"}, {"migrate"}, {"staff", "add", "root", "--name", "管理员", "--roles", "administrator"}} {
		nengban(t, nil, append(args, "--data", data)...).refused(t, 1, data, "in use by another nengban", "--data")
	}
	isWell(t, webtest.Running(t, address).Stranger())
	desk.kill()
	nengban(t, nil, "migrate", "--data", data).well(t) // the dead hold nothing
}

// TestAnIdleDeskLeavesItsDatabaseAlone counts what the database is asked for
// between two ticks of the timetable.
func TestAnIdleDeskLeavesItsDatabaseAlone(t *testing.T) {
	t.Parallel()
	clock := clockwork.NewFakeClockAt(monday)
	conf, err := readConfig(common{Data: t.TempDir()}, "127.0.0.1:0", []string{"NENGBAN_LOG_LEVEL=error"})
	if err != nil {
		t.Fatal(err)
	}
	d, err := openDesk(t.Context(), conf, &terminal{Out: io.Discard, Err: os.Stderr, Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	defer d.close()
	asked := &counter{more: make(chan string, 1000)}
	d.db.AddQueryHook(asked) //nolint:staticcheck // everybody holds this very database; WithQueryHook makes another
	server, err := d.server(false)
	if err != nil {
		t.Fatal(err)
	}
	jobs, err := d.startJobs(t.Context(), server)
	if err != nil {
		t.Fatal(err)
	}
	defer jobs.stop()
	lines := d.timetable(server)
	often := time.Hour
	for _, line := range lines {
		often = min(often, line.every)
	}
	waits := func() {
		ctx, done := context.WithTimeout(t.Context(), time.Minute)
		defer done()
		if err := clock.BlockUntilContext(ctx, len(lines)); err != nil {
			t.Fatalf("the timetable of %d lines does not wait for the clock: %v", len(lines), err)
		}
	}
	waits()
	before := asked.n.Load()
	for range 20 {
		clock.Advance(often/20 - time.Millisecond)
		waits()
	}
	if n := asked.n.Load() - before; n != 0 {
		t.Errorf("the database was asked %d times in %s between two ticks: %s", n, often, asked.last())
	}
	clock.Advance(time.Hour) // every line comes round
	select {
	case <-asked.more:
	case <-time.After(time.Minute):
		t.Error("no line of the timetable asks the database anything: what was counted?")
	}
}

// counter counts statements.
type counter struct {
	n    atomic.Int64
	more chan string
}

func (c *counter) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	c.n.Add(1)
	select {
	case c.more <- e.Query:
	default:
	}
	return ctx
}

func (*counter) AfterQuery(context.Context, *bun.QueryEvent) {}

func (c *counter) last() string {
	select {
	case q := <-c.more:
		return q
	default:
		return ""
	}
}
