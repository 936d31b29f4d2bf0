package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/jonboulle/clockwork"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
)

func TestHelpIsEnoughToWorkFrom(t *testing.T) {
	t.Parallel()
	first := nengban(t, nil, "help").well(t).out
	for _, word := range []string{"nengban demo", "nengban serve", "staff add", "import tickets", "migrate", "config", "12345"} {
		if !strings.Contains(first, word) {
			t.Errorf("help does not speak of %s:\n%s", word, first)
		}
	}
	if got := nengban(t, nil).well(t).out; got != first {
		t.Errorf("without a word it says something else than help:\n%s", got)
	}
	if got := nengban(t, nil, "--help").well(t).out; got != first {
		t.Errorf("--help says something else than help:\n%s", got)
	}
	for _, command := range regexp.MustCompile(`(?m)^  ([a-z]+(?: [a-z]+)?)\b`).FindAllStringSubmatch(first, -1) {
		words := strings.Fields(command[1])
		help := nengban(t, nil, append(words, "--help")...).well(t).out
		if got := nengban(t, nil, append([]string{"help"}, words...)...).well(t).out; got != help {
			t.Errorf("help %s is not %s --help", command[1], command[1])
		}
		if !strings.HasPrefix(help, "Usage: nengban "+command[1]) || !strings.Contains(help, "--help") {
			t.Errorf("%s --help says:\n%s", command[1], help)
		}
		for _, line := range strings.Split(help, "\n") {
			if flag := regexp.MustCompile(`^ +(?:-\w, )?--\S+$`).FindString(line); flag != "" {
				t.Errorf("%s: nothing is said about %s", command[1], strings.TrimSpace(flag))
			}
		}
	}
}

func TestWrongCommandLinesAreSaidPlainly(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		args string
		want string
	}{
		{"frobnicate", "unexpected argument frobnicate"},
		{"serve --port 1", "unknown flag --port"},
		{"serve now", "unexpected argument now"},
		{"staff", "add"},
		{"staff add", "--name"},
		{"staff add root --name 管理员", "--roles"},
		{"import tickets", "--map"},
		{"import tickets --map /nowhere.yaml /nowhere.csv", "/nowhere.yaml"},
		{"import horses", "unexpected argument horses"},
		{"calendar import /nowhere.json", "/nowhere.json"},
		{"migrate --down=perhaps", "--down"},
	} {
		t.Run(x.args, func(t *testing.T) {
			t.Parallel()
			got := nengban(t, nil, strings.Fields(x.args)...)
			got.refused(t, 2, "nengban: ", x.want, "Try: nengban --help")
			if lines := strings.Count(got.err, "\n"); lines > 4 {
				t.Errorf("it takes %d lines to say so:\n%s", lines, got.err)
			}
		})
	}
}

func TestConfigShowsEverythingButSecrets(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "token")
	written(t, file, "token-of-twilio\n")
	settingsFile := filepath.Join(t.TempDir(), "nengban.yaml")
	written(t, settingsFile, "name: 云溪热线\nlog_level: warn\n")
	key := strings.Repeat("5e", 32)
	got := nengban(t, []string{"DATABASE_URL=postgres://desk:pass-word@db/desk", "NENGBAN_MASTER_KEY=" + key, "NENGBAN_GATEWAY_SECRET=between-us", "TWILIO_AUTH_TOKEN_FILE=" + file,
		"NENGBAN_LOG_LEVEL=debug"}, "config", "--config", settingsFile, "--data", "/srv/nengban").well(t).out
	for _, secret := range []string{"pass-word", key, "between-us", "token-of-twilio"} {
		if strings.Contains(got, secret) {
			t.Errorf("the secret %s is printed", secret)
		}
	}
	for _, s := range settings {
		if !regexp.MustCompile(`(?m)^` + s.key + ` .*` + s.variable + `$`).MatchString(got) {
			t.Errorf("%s (%s) is not printed:\n%s", s.key, s.variable, got)
		}
	}
	for key, want := range map[string]string{"database_url": "(set, hidden) +environment", "twilio_auth_token": "(set, hidden) +file", "name": "云溪热线 +settings file", "log_level": "debug +environment",
		"data": "/srv/nengban +command line", "addr": "127.0.0.1:8345 +default"} {
		if !regexp.MustCompile(`(?m)^` + key + ` +` + strings.NewReplacer("(", `\(`, ")", `\)`).Replace(want)).MatchString(got) {
			t.Errorf("%s is not said to be %s:\n%s", key, want, got)
		}
	}
	nengban(t, []string{"NENGBAN_CARRIER=pigeon"}, "config").refused(t, 1, "carrier")
}

func TestMigrateUpDownAndUpAgain(t *testing.T) {
	t.Parallel()
	for name, database := range map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "postgres": dbtest.PostgresDSN} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env, data := []string{"DATABASE_URL=" + database(t)}, t.TempDir()
			does := func(flags ...string) string {
				return nengban(t, env, append([]string{"migrate", "--data", data}, flags...)...).well(t).out
			}
			does()
			taken := strings.Count(does("--down"), "taken back: ")
			if taken == 0 {
				t.Fatal("nothing was taken back")
			}
			for range 2 { // asking changes nothing
				if got := does("--status"); strings.Count(got, "to do: ") != taken {
					t.Errorf("%d steps were taken back, and now it says %q", taken, got)
				}
			}
			if got := does(); strings.Count(got, "done: ") != taken {
				t.Errorf("%d steps were to be done; it says %q", taken, got)
			}
			if got := does(); !strings.Contains(got, "up to date") {
				t.Errorf("the second time it says %q", got)
			}
		})
	}
}

func TestStaffAddTakesInWhoCanLogIn(t *testing.T) {
	t.Parallel()
	data := t.TempDir()
	out := nengban(t, nil, "staff", "add", "root", "--name", "管理员", "--roles", "administrator,auditor", "--data", data).well(t).out
	password := regexp.MustCompile(`shown only now: (\S+)`).FindStringSubmatch(out)
	if password == nil || !strings.Contains(out, "can log in as root") {
		t.Fatalf("it says %q", out)
	}
	chosen := nengbanReading(t, "a-long-password-of-mine\n", nil, "staff", "add", "wu.peng", "--name", "吴鹏", "--roles", "operator", "--password", "--data", data).well(t).out
	if strings.Contains(chosen, "a-long-password-of-mine") {
		t.Error("a password that was chosen is printed")
	}
	adding := func(args ...string) ran {
		return nengban(t, nil, append([]string{"staff", "add", "--data", data}, args...)...)
	}
	adding("root", "--name", "另一个", "--roles", "operator").refused(t, 1, "login")
	adding("han", "--name", "韩", "--roles", "king").refused(t, 1, `no role "king"`, "staff add --help")
	adding("han", "--name", "韩", "--roles", "caseworker", "--department", "moon").refused(t, 1, `no department "moon"`)
	adding("han", "--name", "韩", "--roles", "operator", "--lang", "fr").refused(t, 2, "--lang")
	nengbanReading(t, "", nil, "staff", "add", "han", "--name", "韩", "--roles", "operator", "--password", "--data", data).refused(t, 1, "standard input")
	nengbanReading(t, "short\n", nil, "staff", "add", "han", "--name", "韩", "--roles", "operator", "--password", "--data", data).refused(t, 1, "password")

	openedAgain(t, data, func(d *desk) {
		for login, secret := range map[string]string{"root": password[1], "wu.peng": "a-long-password-of-mine"} {
			if m, err := d.staff.Authenticate(context.Background(), login, secret); err != nil || m.Login != login {
				t.Errorf("%s cannot log in: %v", login, err)
			}
		}
		if _, err := d.staff.Authenticate(context.Background(), "han", "short"); err == nil {
			t.Error("somebody who was refused can log in")
		}
	})
}

// openedAgain opens a desk that the commands have left.
func openedAgain(t *testing.T, data string, look func(*desk)) {
	t.Helper()
	conf, err := readConfig(common{Data: data}, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	d, err := openDesk(context.Background(), conf, &terminal{Err: os.Stderr, Clock: clockwork.NewRealClock()})
	if err != nil {
		t.Fatal(err)
	}
	look(d)
	if err := d.close(); err != nil {
		t.Error(err)
	}
}

func TestImportTakesTheGoodRowsAndSaysWhatIsWrongWithTheBad(t *testing.T) {
	t.Parallel()
	mapping := filepath.Join(t.TempDir(), "map.yaml")
	written(t, mapping, `source: old-12345
id: 工单编号
received_at: 受理时间
kind: {column: 类型, words: {投诉: complaint, 咨询: inquiry}}
content: 内容
phone: 电话
name: 姓名
closed: {column: 状态, words: {已办结: "yes"}}
closed_at: 办结时间
answer: 答复
`)
	export := filepath.Join(t.TempDir(), "export.csv")
	written(t, export, `工单编号,受理时间,类型,内容,电话,姓名,状态,办结时间,答复
GD001,2025-03-03 09:12,投诉,楼上漏水,13900001111,李建国,已办结,2025-03-06 16:00,已修好
GD002,昨天,投诉,路灯不亮,13900001111,李建国,办理中,,
GD003,2025-03-04 10:00,骂人,路灯不亮,13900001111,李建国,办理中,,
GD004,2025-03-04 10:05,咨询,,13900001111,李建国,办理中,,
GD005,2025-03-04 10:07,咨询,社保卡怎么补,13700002222,孙丽华,办理中,,
,2025-03-04 10:09,咨询,没有编号,13700002222,孙丽华,办理中,,
GD007,2025-03-07 10:09,咨询,还没来就办结了,13700002222,孙丽华,已办结,2025-03-01 08:00,已答复
`)
	data := t.TempDir()
	got := nengban(t, nil, "import", "tickets", "--map", mapping, "--data", data, export)
	got.refused(t, 1, "line 3", "受理时间", `"昨天" is not a time`, "line 4, column 类型: \"骂人\" is not one of inquiry, assistance", "line 5, column 内容: missing", "line 7, column 工单编号: missing", "line 8, column 办结时间: before receipt", "5 rows were not taken")
	if want := "2 taken in, 0 known already, 5 not taken\n"; got.out != want {
		t.Errorf("it says %q; want %q", got.out, want)
	}
	if again := nengban(t, nil, "import", "tickets", "--map", mapping, "--data", data, export); again.out != "0 taken in, 2 known already, 5 not taken\n" {
		t.Errorf("the second time it says %q", again.out)
	}
	openedAgain(t, data, func(d *desk) {
		page, err := d.tickets.List(context.Background(), staff.TheSystem, tickets.Filter{Newest: true}, "")
		if err != nil || len(page.Tickets) != 2 {
			t.Fatalf("there are %d tickets, %v; want the two good ones", len(page.Tickets), err)
		}
		for _, x := range page.Tickets {
			switch x.ExternalNo {
			case "GD001":
				if x.Status != tickets.Archived || x.Channel != tickets.Imported || x.ReceivedAt.In(tickets.Shanghai).Format("2006-01-02 15:04") != "2025-03-03 09:12" || x.Rating != 0 {
					t.Errorf("what was closed there came as %+v", x)
				}
			case "GD005":
				if x.Status != tickets.ToTriage || x.Kind != tickets.Inquiry || x.Content != "社保卡怎么补" {
					t.Errorf("what was open there came as %+v", x)
				}
			}
		}
	})
	written(t, mapping, "source: x\nid: a\ncolour: b\n")
	nengban(t, nil, "import", "tickets", "--map", mapping, "--data", data, export).refused(t, 1, `no field "colour"`, "received_at")
	written(t, mapping, "id: 工单编号\n")
	nengban(t, nil, "import", "tickets", "--map", mapping, "--data", data, export).refused(t, 1, "source is missing")
}

// TestImportOfACitysMessages takes over real messages by the mapping that
// docs/import shows, with rows among them that are not right.
func TestImportOfACitysMessages(t *testing.T) {
	t.Parallel()
	const rows = 400
	good := firstLines(t, "../../../shared/data/hot_messages.jsonl", rows)
	bad := []string{
		`{"id": "x1", "title": "时间不对", "time": "2019-13-45T99:00:00", "text": "路灯不亮"}`,
		`{"id": "x2", "title": "断了`,
		`{"title": "没有编号", "time": "2019-02-28T11:25:05", "text": "路灯不亮"}`,
	}
	file := filepath.Join(t.TempDir(), "messages.jsonl")
	written(t, file, strings.Join(append(append(good[:rows/2:rows/2], bad...), good[rows/2:]...), "\n"))
	data := t.TempDir()
	take := func() ran {
		return nengban(t, nil, "import", "tickets", "--map", "../../docs/import/messages.yaml", "--data", data, file)
	}
	got := take()
	got.refused(t, 1, fmt.Sprintf("line %d", rows/2+1), "time", "is not a time", fmt.Sprintf("line %d", rows/2+2), fmt.Sprintf("line %d", rows/2+3), "id", "3 rows were not taken")
	if want := fmt.Sprintf("%d taken in, 0 known already, 3 not taken\n", rows); got.out != want {
		t.Errorf("it says %q; want %q:\n%s", got.out, want, got.err)
	}
	if again, want := take(), fmt.Sprintf("0 taken in, %d known already, 3 not taken\n", rows); again.out != want {
		t.Errorf("the second time it says %q; want %q", again.out, want)
	}
	openedAgain(t, data, func(d *desk) {
		n, err := d.tickets.Count(context.Background(), staff.TheSystem, tickets.Filter{Statuses: []tickets.Status{tickets.Archived}})
		if err != nil || n != rows {
			t.Errorf("%d tickets are archived, %v; want %d", n, err, rows)
		}
	})
}

// firstLines reads the beginning of a file of real data; a machine that lacks
// it leaves the test out.
func firstLines(t *testing.T, path string, n int) []string {
	t.Helper()
	f, err := os.Open(path)
	if os.IsNotExist(err) {
		t.Skipf("left out: there is no %s on this machine", filepath.Base(path))
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []string
	for lines := bufio.NewScanner(f); len(out) < n && lines.Scan(); {
		out = append(out, lines.Text())
	}
	if len(out) < n {
		t.Fatalf("%s has %d lines; want %d", path, len(out), n)
	}
	return out
}

func written(t *testing.T, path, body string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(body), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestAFolderIsFreeWhenItIsGivenBackThoughAStartingProgramHoldsItsFile(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	f, err := openFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	child, err := syscall.Dup(int(f.lock.Fd())) // as between fork and exec
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = syscall.Close(child) })
	if err := f.close(); err != nil {
		t.Fatal(err)
	}
	again, err := openFolder(dir)
	if err != nil {
		t.Fatalf("the folder was given back: %v", err)
	}
	if err := again.close(); err != nil {
		t.Fatal(err)
	}
}
