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
	root := repository()
	out, err := exec.Command(filepath.Join(root, ".ci", "npm"), "axe", axePackage).CombinedOutput()
	if err != nil {
		return "", string(out) + err.Error()
	}
	lines := strings.Fields(string(out))
	body, err := os.ReadFile(filepath.Join(lines[len(lines)-1], "node_modules", "axe-core", "axe.min.js"))
	if err != nil {
		return "", err.Error()
	}
	return string(body), ""
})

// Axe checks the page that a tab shows against WCAG 2.2 A and AA, and returns
// what is seriously wrong, one line each. Where npm's registry cannot be had
// the test steps aside and says so.
func Axe(t testing.TB, tab context.Context) []string { //nolint:revive // a test comes first in its helpers
	t.Helper()
	source, trouble := axe()
	if trouble != "" && (noRegistry.MatchString(trouble) || strings.Contains(trouble, "npm: not found")) {
		t.Skipf("left out: axe-core cannot be had here: %s", trouble)
	}
	if trouble != "" {
		t.Fatalf("getting axe-core: %s", trouble)
	}
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
