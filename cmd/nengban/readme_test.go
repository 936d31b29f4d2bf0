package main

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTheReadmeIsTrue checks what can be checked of it: every package, link,
// command, setting and login that it names exists.
func TestTheReadmeIsTrue(t *testing.T) {
	t.Parallel()
	readme := fileText(t, "../../README.md")
	for _, row := range regexp.MustCompile("(?m)^\\| ((?:`[a-z0-9/]+`(?:, )?)+) \\|").FindAllStringSubmatch(readme, -1) {
		for path := range strings.SplitSeq(strings.ReplaceAll(row[1], "`", ""), ", ") {
			if files, err := filepath.Glob(filepath.Join("../..", path, "*.go")); err != nil || len(files) == 0 {
				t.Errorf("the README names the package %s, which is not there", path)
			}
		}
	}
	for _, link := range regexp.MustCompile(`\]\(([^)#:]+)[)#]`).FindAllStringSubmatch(readme, -1) {
		if _, err := os.Stat(filepath.Join("../..", link[1])); err != nil {
			t.Errorf("the README links to %s, which is not there", link[1])
		}
	}
	for _, command := range regexp.MustCompile("(?m)nengban ((?:[a-z]+ ?)+)").FindAllStringSubmatch(readme, -1) {
		words := strings.Fields(command[1])
		if got := nengban(t, nil, words[0], "--help"); got.code != 0 {
			t.Errorf("the README names `nengban %s`, which does not exist: %s", words[0], got.err)
		}
	}
	for _, name := range regexp.MustCompile(`\b(?:NENGBAN_[A-Z_]+|DATABASE_URL)\b`).FindAllString(readme, -1) {
		if !slices.ContainsFunc(settings, func(s setting) bool { return s.variable == name }) {
			t.Errorf("the README names the setting %s, which does not exist", name)
		}
	}
	people := fileText(t, "demo/town/people.csv")
	for _, login := range regexp.MustCompile("`([a-z]+\\.[a-z]+)`").FindAllStringSubmatch(readme, -1) {
		if !strings.Contains(people, login[1]+",") {
			t.Errorf("the README has %s log in, who does not live in the town", login[1])
		}
	}
}

// TestTheReadmesDeadlineIsWhatTheProgramSays runs the example.
func TestTheReadmesDeadlineIsWhatTheProgramSays(t *testing.T) {
	t.Parallel()
	said := nengban(t, nil, "due", "--at", "2026-09-24 16:50", "--limit", "10 working days", "--lang", "en").well(t).out
	shown := regexp.MustCompile(`(?m)^    `).ReplaceAllString(fileText(t, "../../README.md"), "")
	if !strings.Contains(shown, said) {
		t.Errorf("the README does not hold what the program says:\n%s", said)
	}
}

func fileText(t *testing.T, path string) string {
	t.Helper()
	body, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}
