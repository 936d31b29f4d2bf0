package webtest

import (
	"context"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"nengban/tickets/staff"
)

// browserTime bounds what one test does in the browser: a cold start on a busy
// machine takes its time.
const browserTime = 6 * time.Minute

var (
	mu     sync.Mutex
	users  int
	shared context.Context
	quit   context.CancelFunc
)

// Browser opens a tab in a headless Chromium that the tests of a package
// share, logged in as the member. Where there is no Chromium the test steps
// aside and says so.
func (s *Site) Browser(m staff.Member) context.Context {
	s.t.Helper()
	if chromium() == "" {
		s.t.Skip("left out: there is no Chromium on this machine; `make prepare` installs one")
	}
	ctx, done := context.WithTimeout(tab(s.t), browserTime)
	s.t.Cleanup(done)
	must(s.t, chromedp.Run(ctx, network.SetCookie("lang", "zh-CN").WithURL(s.URL)))
	if m.ID != 0 {
		for _, c := range s.As(m).Cookies() {
			must(s.t, chromedp.Run(ctx, network.SetCookie(c.Name, c.Value).WithURL(s.URL)))
		}
	}
	return ctx
}

// tab opens a tab with its own cookies; the browser goes when the last tab is closed.
func tab(t testing.TB) context.Context {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	if users == 0 {
		shared, quit = start(t)
	}
	users++
	id, own, err := window(shared)
	if err != nil {
		t.Fatalf("opening a window: %v", err)
	}
	ctx, done := chromedp.NewContext(shared, chromedp.WithTargetID(id))
	t.Cleanup(func() {
		done()
		mu.Lock()
		defer mu.Unlock()
		if err := target.DisposeBrowserContext(own).Do(onBrowser(shared)); err != nil {
			t.Log("closing a window:", err)
		}
		if users--; users == 0 {
			quit()
		}
	})
	return ctx
}

// window opens one with cookies of its own. chromedp can make such a context
// itself but opens a tab in it, and Chromium wants a window first.
func window(ctx context.Context) (target.ID, cdp.BrowserContextID, error) {
	ctx = onBrowser(ctx)
	own, err := target.CreateBrowserContext().Do(ctx)
	if err != nil {
		return "", "", err
	}
	id, err := target.CreateTarget("about:blank").WithBrowserContextID(own).WithNewWindow(true).WithWidth(1280).WithHeight(900).Do(ctx)
	return id, own, err
}

// onBrowser sends commands to the browser itself and not to one of its tabs.
func onBrowser(ctx context.Context) context.Context {
	return cdp.WithExecutor(ctx, chromedp.FromContext(ctx).Browser)
}

// start runs the browser. The network flags keep it from calling home: here
// nobody would answer, and tests must not depend on it.
func start(t testing.TB) (context.Context, context.CancelFunc) {
	t.Helper()
	flags := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium()), chromedp.NoSandbox, chromedp.DisableGPU, chromedp.NoFirstRun,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("lang", "zh-CN"), chromedp.WindowSize(1280, 900), chromedp.WSURLReadTimeout(90*time.Second))
	alloc, endAlloc := chromedp.NewExecAllocator(context.Background(), flags...)
	ctx, endBrowser := chromedp.NewContext(alloc)
	if err := chromedp.Run(ctx); err != nil {
		endBrowser()
		endAlloc()
		t.Fatalf("starting Chromium: %v", err)
	}
	return ctx, func() { endBrowser(); endAlloc() }
}

// chromium returns the path of the browser, "" when there is none.
func chromium() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return strings.TrimSpace(path)
		}
	}
	return ""
}
