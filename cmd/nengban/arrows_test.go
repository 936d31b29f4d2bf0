package main

import (
	"go/build"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// arrows is who may import whom, from the root of the tree: news flows down
// the list, never up and never sideways. A package that is not here has no
// place yet.
var arrows = map[string][]string{
	"migrations":        {},
	"migrations/dbtest": {"migrations"},

	"tickets/worktime":    {},
	"tickets/sla":         {"tickets/worktime"},
	"tickets/departments": {},
	"tickets/staff":       {},
	"tickets/vault":       {},
	"tickets/sheet":       {},
	"tickets/evidence":    {},
	"tickets/files":       {"tickets/vault"},
	"tickets":             {"tickets/departments", "tickets/evidence", "tickets/files", "tickets/staff", "tickets/worktime", "tickets/sla", "tickets/vault"},
	"tickets/triage":      {"tickets/departments", "knowledge/search"},
	"tickets/duplicates":  {"tickets", "tickets/staff", "tickets/triage"},
	"tickets/ticketstest": {"tickets", "tickets/departments", "tickets/staff", "tickets/vault", "tickets/worktime", "tickets/sla"},

	"knowledge/search": {},
	"knowledge":        {"knowledge/search", "tickets/staff", "tickets/sheet", "tickets/files", "tickets/vault"},

	"callbacks/surveys":   {},
	"callbacks":           {"callbacks/surveys", "tickets", "tickets/departments", "tickets/staff", "tickets/worktime", "tickets/vault"},
	"callbacks/twilio":    {"callbacks", "callbacks/surveys"},
	"callbacks/gateway":   {"callbacks", "callbacks/surveys"},
	"callbacks/simulator": {"callbacks", "callbacks/surveys"},

	"web/i18n":    {},
	"web/assets":  {},
	"web/session": {"tickets/staff"},
	"web/hooks":   {"tickets", "tickets/staff", "tickets/vault"},
	"web/page":    {"web/i18n", "web/assets", "web/session", "tickets", "tickets/*"},
	"web/pages":   {"web/page", "web/hooks", "web/i18n", "web/assets", "web/session", "tickets", "tickets/*", "knowledge", "knowledge/search", "callbacks", "callbacks/surveys"},
	"web/portal":  {"web/page", "web/i18n", "web/assets", "web/session", "tickets", "tickets/*", "knowledge", "knowledge/search", "callbacks", "callbacks/surveys"},
	"web/api":     {"web/page", "web/i18n", "web/session", "tickets", "tickets/*", "knowledge", "knowledge/search", "callbacks", "callbacks/surveys"},
	"web": {"web/page", "web/hooks", "web/pages", "web/portal", "web/api", "web/i18n", "web/assets", "web/session",
		"tickets", "tickets/*", "knowledge", "knowledge/search", "callbacks", "callbacks/surveys"},
	"web/webtest": {"*"},

	"cmd/nengban":      {"*"},
	"cmd/nengban/demo": {"*"},
}

func TestImportsPointDown(t *testing.T) {
	t.Parallel()
	root := "../.."
	err := filepath.WalkDir(root, func(p string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		if name := e.Name(); p != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
			return filepath.SkipDir
		}
		pkg, err := build.ImportDir(p, 0)
		if err != nil {
			return nil //nolint:nilerr // a folder without Go files
		}
		rel, _ := filepath.Rel(root, p)
		checkArrows(t, filepath.ToSlash(rel), pkg.Imports)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func checkArrows(t *testing.T, from string, imports []string) {
	t.Helper()
	allowed, ok := arrows[from]
	if !ok {
		t.Errorf("package %s has no place in the list of arrows", from)
		return
	}
	for _, imp := range imports {
		// The root package links every product of Twilio: minutes of building for one text.
		if imp == "github.com/twilio/twilio-go" {
			t.Errorf("%s imports %s; client and rest/api/v2010 are enough", from, imp)
		}
		to, ours := strings.CutPrefix(imp, "nengban/")
		if ours && !slices.ContainsFunc(allowed, func(pattern string) bool {
			ok, _ := path.Match(pattern, to)
			return ok || pattern == "*"
		}) {
			t.Errorf("%s imports %s; it may import %v", from, to, allowed)
		}
	}
}

func TestNoTestHelperIsShipped(t *testing.T) {
	t.Parallel()
	pkg, err := build.ImportDir(".", 0)
	if err != nil {
		t.Fatal(err)
	}
	for _, imp := range pkg.Imports {
		if strings.HasSuffix(imp, "test") && strings.HasPrefix(imp, "nengban/") {
			t.Errorf("the program imports %s", imp)
		}
	}
}
