package webtest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	cdp "github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// axePackage is Deque's checker of accessibility; only tests use it.
const axePackage = "axe-core@4.14.1"

// noRegistry is how npm complains when its registry is out of reach.
var noRegistry = regexp.MustCompile(`ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|network|E40[1347]|E50\d`)

var axe = sync.OnceValues(func() (source, trouble string) {
	folder, trouble := npm("axe", axePackage)
	if trouble != "" {
		return "", trouble
	}
	body, err := os.ReadFile(filepath.Join(folder, "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return "", err.Error()
	}
	return string(body), ""
})

// npm installs packages once into a folder of the cache and returns it.
func npm(folder string, packages ...string) (dir, trouble string) {
	out, err := exec.Command(filepath.Join(repository(), ".ci", "npm"), append([]string{folder}, packages...)...).CombinedOutput()
	if err != nil {
		return "", string(out) + err.Error()
	}
	lines := strings.Fields(string(out))
	return lines[len(lines)-1], ""
}

// Npm returns the folder of packages that only tests use. Where npm's registry
// cannot be had the test steps aside and says so.
func Npm(t testing.TB, folder string, packages ...string) string {
	t.Helper()
	dir, trouble := npm(folder, packages...)
	had(t, packages[0], trouble)
	return dir
}

func had(t testing.TB, what, trouble string) {
	t.Helper()
	if trouble != "" && (noRegistry.MatchString(trouble) || strings.Contains(trouble, "npm: not found")) {
		t.Skipf("left out: %s cannot be had here: %s", what, trouble)
	}
	if trouble != "" {
		t.Fatalf("getting %s: %s", what, trouble)
	}
}

// Axe checks the page that a tab shows against WCAG 2.2 A and AA, and returns
// what is seriously wrong, one line each. Where npm's registry cannot be had
// the test steps aside and says so.
func Axe(t testing.TB, tab context.Context) []string { //nolint:revive // a test comes first in its helpers
	t.Helper()
	source, trouble := axe()
	had(t, axePackage, trouble)
	var found []string
	err := chromedp.Run(tab, chromedp.Evaluate(source, nil), chromedp.Evaluate(`
		axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}).then(r => r.violations
			.filter(v => v.impact === 'serious' || v.impact === 'critical')
			.flatMap(v => v.nodes.map(n => v.id + ': ' + n.target.join(' ') + ' — ' + n.failureSummary.replace(/\s+/g, ' '))))`,
		&found, func(p *cdp.EvaluateParams) *cdp.EvaluateParams { return p.WithAwaitPromise(true) }))
	if err != nil {
		t.Fatalf("running axe-core: %v", err)
	}
	return found
}

// repository is the folder that go.mod lies in.
func repository() string {
	dir, err := os.Getwd()
	for err == nil && dir != "/" {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return "."
}
