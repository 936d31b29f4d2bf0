package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"time"
)

// harmless is what a scanner reports and why it is none.
type harmless struct {
	category, about *regexp.Regexp
	because         string
}

var allowed = []harmless{
	{regexp.MustCompile(`^Cross Site Request Forgery$`), regexp.MustCompile(`Lack of anti CSRF token`),
		"no token is needed: what another site's page posts is refused by Sec-Fetch-Site and Origin, and cookies are SameSite (TestAnotherSitesPageCannotPostHere)"},
	{regexp.MustCompile(`^HTTP Secure Headers$`), regexp.MustCompile(`X-XSS-Protection is not set`),
		"a header that browsers have dropped, since it opened holes of its own; the content security policy does its work"},
	{regexp.MustCompile(`^SQL injection$`), regexp.MustCompile(` false positive or unexploitable$`),
		"sqlmap took it back itself: its own proof failed. No two answers to one act on a ticket are alike, for the first changes what the second may do"},
}

// finding is one thing that a scanner reports.
type finding struct{ by, category, where, what string }

// judge writes the summary and returns an error when something was found.
func judge(doors []*door, jobs []*job, t *trap, folder string, took time.Duration) error {
	f, err := os.Create(filepath.Join(folder, "summary.txt"))
	if err != nil {
		return err
	}
	defer f.Close()
	out := io.MultiWriter(f, os.Stdout)
	fmt.Fprintf(out, "\n%s, %s; %s in all\n\n", version("sqlmap", "--version"), version("wapiti", "--version"), took.Round(time.Second))
	fmt.Fprintf(out, "%-14s %9s %7s %7s %7s %7s %7s\n", "who", "requests", "2xx", "3xx", "4xx", "5xx", "targets")
	for _, d := range doors {
		fmt.Fprintf(out, "%-14s %9d %7d %7d %7d %7d %7d\n", d.name, d.requests.Load(), d.counts[2].Load(), d.counts[3].Load(), d.counts[4].Load(), d.counts[5].Load(), len(d.targets))
	}
	var found []finding
	var broke []error
	for _, d := range doors {
		d.broken.Range(func(what, times any) bool {
			found = append(found, finding{"the door of " + d.name, "failed answers", fmt.Sprint(what), fmt.Sprint(times.(*atomic.Int64).Load(), " times")})
			return true
		})
	}
	for _, x := range t.lured {
		found = append(found, finding{"the trap", "lured", x, "the desk came to an address that wapiti had sent in"})
	}
	for _, j := range jobs {
		if j.err != nil {
			broke = append(broke, fmt.Errorf("%s: %w", j.name, j.err))
		}
		if j.cut {
			fmt.Fprintf(out, "%s was cut off after %s\n", j.name, j.limit)
		}
		if j.args[0] == "sqlmap" {
			fmt.Fprintf(out, "%s looked at %d parameters\n", j.name, j.tried())
		}
		got, err := j.findings()
		found, broke = append(found, got...), append(broke, err)
	}
	left := sift(out, found)
	if len(left) > 0 {
		broke = append(broke, fmt.Errorf("%d things were found; see %s", len(left), folder))
	}
	return errors.Join(broke...)
}

// sift prints what was found, what is harmless once for its reason, and
// returns the rest.
func sift(out io.Writer, found []finding) []finding {
	fine := map[string]int{}
	var left []finding
	for _, x := range found {
		i := slices.IndexFunc(allowed, func(a harmless) bool {
			return a.category.MatchString(x.category) && a.about.MatchString(x.where+" "+x.what)
		})
		if i < 0 {
			left = append(left, x)
			continue
		}
		fine[x.category+": "+allowed[i].because]++
	}
	fmt.Fprintf(out, "\n%d reports, %d of them harmless\n", len(found), len(found)-len(left))
	for because, n := range fine {
		fmt.Fprintf(out, "  %5d × %s\n", n, because)
	}
	for _, x := range left {
		fmt.Fprintf(out, "FOUND by %s: %s\n  %s\n  %s\n", x.by, x.category, x.where, strings.ReplaceAll(x.what, "\n", " "))
	}
	return left
}

func (j *job) findings() ([]finding, error) {
	if j.args[0] == "wapiti" {
		return j.wapiti()
	}
	return j.sqlmap()
}

func (j *job) wapiti() ([]finding, error) {
	body, err := os.ReadFile(j.report)
	if j.cut && errors.Is(err, fs.ErrNotExist) {
		return nil, nil // that it was cut off is said
	}
	if err != nil {
		return nil, fmt.Errorf("%s wrote no report: %w", j.name, err)
	}
	type item struct{ Method, Path, Info, Parameter string }
	var report struct{ Vulnerabilities, Anomalies map[string][]item }
	if err := json.Unmarshal(body, &report); err != nil {
		return nil, fmt.Errorf("reading the report of %s: %w", j.name, err)
	}
	var out []finding
	for _, kind := range []map[string][]item{report.Vulnerabilities, report.Anomalies} {
		for category, items := range kind {
			for _, i := range items {
				out = append(out, finding{j.name, category, i.Method + " " + i.Path + " " + i.Parameter, i.Info})
			}
		}
	}
	return out, nil
}

// sqlmap's table of results has a line for each parameter that it got into;
// beside it lies a log for each host that is empty when there is none.
func (j *job) sqlmap() ([]finding, error) {
	var out []finding
	f, err := os.Open(j.report + ".csv")
	if err == nil {
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			return nil, fmt.Errorf("reading the results of %s: %w", j.name, err)
		}
		for i, row := range rows {
			if i > 0 && len(row) > 3 && row[3] != "" {
				out = append(out, finding{j.name, "SQL injection", strings.Join(row[:3], " "), strings.Join(row[3:], " ")})
			}
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	logs, _ := filepath.Glob(filepath.Join(j.report, "*", "log"))
	for _, name := range logs {
		if body, err := os.ReadFile(name); err == nil && len(strings.TrimSpace(string(body))) > 0 {
			out = append(out, finding{j.name, "SQL injection", name, string(body)})
		}
	}
	return out, nil
}

// tried is how many parameters sqlmap has come to.
func (j *job) tried() int {
	body, err := os.ReadFile(j.report + ".log")
	if err != nil {
		return 0
	}
	return strings.Count(string(body), "testing for SQL injection on")
}

var number = regexp.MustCompile(`\d+\.\d+[\w.#+-]*`)

func version(program string, args ...string) string {
	body, _ := exec.Command(program, args...).CombinedOutput()
	return program + " " + number.FindString(string(body))
}
