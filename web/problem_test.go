package web

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/i18n"
)

// outward are the folders whose exported errors can reach a page. A room that
// gets pages of its own is added here.
var outward = []string{"../tickets", "../tickets/staff", "../knowledge", "../callbacks", "page", "session"}

func TestEveryErrorThatCanReachAPageHasItsAnswer(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("problem.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range outward {
		for _, name := range exportedErrors(t, dir) {
			if full := filepath.Base(dir) + "." + name; !strings.Contains(string(table), "{"+full+", problem{") {
				t.Errorf("%s has no line in the problem table", full)
			}
		}
	}
}

func TestProblemsKeepTheirCauseToThemselves(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err    error
		status int
		key    string
	}{
		{fmt.Errorf("reading a ticket: %w", tickets.ErrNotFound), http.StatusNotFound, "no_ticket"},
		{tickets.FieldErrors{{Field: "text", Code: "missing"}}, http.StatusUnprocessableEntity, "fields"},
		{&tickets.Refusal{Code: "forced"}, http.StatusConflict, "refused"},
		{&tickets.Conflict{Now: &tickets.Ticket{}}, http.StatusConflict, "changed"},
		{&staff.WeakPassword{Rule: "short"}, http.StatusUnprocessableEntity, "weak_password"},
		{fmt.Errorf("pq: relation tickets does not exist"), http.StatusInternalServerError, "ours"},
	} {
		if got := problemOf(test.err); got.status != test.status || got.key != test.key {
			t.Errorf("%v becomes %d %s; want %d %s", test.err, got.status, got.key, test.status, test.key)
		}
	}
}

func TestEveryProblemHasItsSentence(t *testing.T) {
	t.Parallel()
	c, err := i18n.Load(tickets.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]bool{"fields": true, "refused": true, "changed": true, "weak_password": true, "ours": true}
	for _, p := range problems {
		keys[p.key] = true
	}
	for _, lang := range i18n.Languages {
		for key := range keys {
			if !c.Locale(lang, "").Has("problem." + key) {
				t.Errorf("%s has no sentence problem.%s", lang, key)
			}
		}
	}
}

// exportedErrors lists the package's variables named Err….
func exportedErrors(t *testing.T, dir string) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*.go"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no Go files in %s: %v", dir, err)
	}
	var out []string
	for _, name := range files {
		f, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if v, ok := n.(*ast.ValueSpec); ok {
				for _, id := range v.Names {
					if strings.HasPrefix(id.Name, "Err") && id.IsExported() {
						out = append(out, id.Name)
					}
				}
			}
			return true
		})
	}
	return out
}
