package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

// job is one run of a scanner at one door.
type job struct {
	name   string
	door   *door
	report string // what it found
	limit  time.Duration
	args   []string
	cut    bool // it had not come to its end
	took   time.Duration
	err    error
}

// How long a scanner may go on at one door. What it had not come to is said at
// the end.
const (
	sqlmapTime = 360 * time.Second
	wapitiTime = 330 * time.Second
	pathsTime  = 60 * time.Second
	crawlTime  = 20 // seconds
	attackTime = 12 // seconds for each module
)

// sqlmaps are the runs of sqlmap: every parameter that the walk has found, in
// addresses, forms and JSON, by all techniques but those that wait: wapiti's
// blindsql does that.
func sqlmaps(doors []*door, folder string) []*job {
	var out []*job
	for _, d := range doors {
		at := filepath.Join(folder, "sqlmap-"+d.name)
		list := at + ".targets"
		if err := os.WriteFile(list, []byte(d.list()), 0o600); err != nil {
			log.Print(err)
		}
		out = append(out, &job{name: "sqlmap " + d.name, door: d, report: at, limit: sqlmapTime, args: []string{"sqlmap", "-l", list, "--batch", "--ignore-stdin", "--force-ssl", "--level=1", "--risk=1",
			"--technique=BEUQ", "--random-agent", "--ignore-code=401,404", "--timeout=10", "--retries=1", "--flush-session", "--disable-coloring", "--output-dir=" + at, "--results-file=" + at + ".csv", "--dbms=SQLite", "--keep-alive"}})
	}
	return out
}

// list is the door's targets as a proxy's log, which sqlmap reads.
func (d *door) list() string {
	const bar = "======================================================\n"
	var b strings.Builder
	for _, t := range d.targets {
		fmt.Fprintf(&b, "%s10:00:00 AM  https://%s\n%s%s %s HTTP/1.1\r\nHost: %s\r\nAccept: */*\r\n", bar, d.url.Host, bar, t.method, t.path, d.url.Host)
		if t.kind != "" {
			fmt.Fprintf(&b, "Content-Type: %s\r\nContent-Length: %d\r\n", t.kind, len(t.body))
		}
		fmt.Fprintf(&b, "\r\n%s\n%s\n", t.body, bar)
	}
	return b.String()
}

// modules are all of wapiti's but two that want lists from the network: nikto
// and wapp.
const modules = "sql,xss,permanentxss,blindsql,exec,file,crlf,redirect,ssrf,xxe,csp,csrf,cookieflags,http_headers,htaccess,methods,shellshock"

// guessing are those that look for old files and passwords: for strangers
// alone, since behind a login they would find the same. buster, which guesses
// at thousands of paths and heeds no limit, goes by itself.
const guessing = ",backup,brute_login_form"

func wapitis(doors []*door, t *trap, folder string) []*job {
	out := []*job{wapiti(doors[0], t, folder, "wapiti paths", "buster", pathsTime)}
	for _, d := range doors {
		m := modules
		if d.login == "" {
			m += guessing
		}
		out = append(out, wapiti(d, t, folder, "wapiti "+d.name, m, wapitiTime))
	}
	return out
}

func wapiti(d *door, t *trap, folder, name, modules string, limit time.Duration) *job {
	at := filepath.Join(folder, strings.ReplaceAll(name, " ", "-"))
	return &job{name: name, door: d, report: at + ".json", limit: limit, args: append([]string{"wapiti", "-u", d.url.String() + "/", "--scope", "domain", "-m", modules,
		"-f", "json", "-o", at + ".json", "--store-session", at, "--flush-session", "--no-bugreport", "--endpoint", t.url, "--max-scan-time", fmt.Sprint(crawlTime), "--max-attack-time", fmt.Sprint(attackTime),
		"-S", "normal", "-d", "6", "--max-links-per-page", "40", "--max-files-per-dir", "40", "-t", "10", "-v", "1"}, d.starts()...)}
}

func (d *door) starts() []string {
	var out []string
	for _, s := range starts {
		if d.login != "" || !strings.Contains(s, "?") {
			out = append(out, "-s", d.url.String()+s)
		}
	}
	return out
}

// work runs the jobs, two at a time.
func work(ctx context.Context, jobs []*job) {
	queue := make(chan *job)
	var wg sync.WaitGroup
	for range 2 {
		wg.Go(func() {
			for j := range queue {
				j.run(ctx)
				log.Printf("%-22s %6s %s", j.name, j.took.Round(time.Second), map[bool]string{true: "cut off"}[j.cut])
			}
		})
	}
	for _, j := range jobs {
		queue <- j
	}
	close(queue)
	wg.Wait()
}

func (j *job) run(ctx context.Context) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, j.limit)
	defer cancel()
	out, err := os.Create(strings.TrimSuffix(j.report, ".json") + ".log")
	if err != nil {
		j.err = err
		return
	}
	defer out.Close()
	cmd := exec.CommandContext(ctx, j.args[0], j.args[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGINT) } // so that it writes what it has found
	cmd.Stdin = strings.NewReader("r\nr\n")                                 // what wapiti asks then: report
	cmd.WaitDelay = 15 * time.Second
	cmd.Stdout, cmd.Stderr = out, out
	j.err = cmd.Run()
	if j.cut = ctx.Err() != nil; j.cut {
		j.err = nil
	}
	j.took = time.Since(began)
}
