package portal_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/webtest"
)

// view is a page that a citizen may come to, with the cookies that show it.
type view struct {
	name, path string
	cookies    []*http.Cookie
}

// views are the public pages in the states that differ to the eye.
func views(t *testing.T, c *called) []view {
	t.Helper()
	asked := c.Register()
	c.Act(c.Dispatcher, asked.Ticket.Number, &tickets.AskCitizen{Text: "请告诉我们房产证编号。"})
	hand := brought(c.Site, tickets.InHand)
	filer := c.Stranger()
	send(t, filer, "/file", matter(), upload{"图.svg", svg}).Is(http.StatusOK)
	_, survey := c.asked()
	if survey == "" {
		t.Fatal("no text with a link came")
	}
	ended, hurt := brought(c.Site, tickets.Completed), brought(c.Site, tickets.ToReview)
	c.Clock.Advance(time.Minute)
	at := func(r tickets.Receipt) []*http.Cookie { return looking(c.Site, r).CookiesAt("/look/result") }
	return []view{
		{"front page", "/", nil}, {"form", "/file", nil}, {"look up", "/look", nil}, {"privacy", "/privacy", nil}, {"nothing here", "/nothing", nil},
		{"receipt", "/file/done", filer.CookiesAt("/file/done")},
		{"asked", "/look/result", at(asked)}, {"late", "/look/result", at(hand)}, {"in review", "/look/result", at(hurt)}, {"done", "/look/result", at(ended)},
		{"supplement", "/look/supplements", at(asked)}, {"files", "/look/attachments", at(asked)}, {"remind", "/look/reminders", at(hand)}, {"withdraw", "/look/withdrawals", at(hand)},
		{"survey", survey, nil}, {"no survey", "/s/nothing", nil}, {"phones", "/phones", nil}, {"phone", "/phones/+8613800138000", nil},
	}
}

// Narrow and wide, in both languages: nothing sticks out at the side, nothing
// is too small to hit, nothing keeps somebody out, no script or style is
// refused.
func TestEveryPublicPageIsGoodOnAPhoneAndOnAScreen(t *testing.T) {
	t.Parallel()
	c := newCalled(t, dbtest.SQLite(t))
	all := views(t, c)
	tab := c.Browser(staff.Member{})
	var mu sync.Mutex
	var heard []string
	chromedp.ListenTarget(tab, func(e any) {
		mu.Lock()
		defer mu.Unlock()
		switch e := e.(type) {
		case *runtime.EventExceptionThrown:
			heard = append(heard, e.ExceptionDetails.Error())
		case *cdplog.EventEntryAdded:
			if e.Entry.Source == "security" || e.Entry.Source == "javascript" {
				heard = append(heard, e.Entry.Text)
			}
		}
	})
	for _, v := range all {
		for _, width := range []int64{360, 1280} {
			lang := map[int64]string{360: "zh-CN", 1280: "en"}[width]
			open(t, tab, c.Site, v, width, lang)
			if stuck := overflow(t, tab); len(stuck) > 0 {
				t.Errorf("%s at %d: sticks out: %v", v.name, width, stuck)
			}
			if small := tooSmall(t, tab); len(small) > 0 {
				t.Errorf("%s at %d: too small to hit: %v", v.name, width, small)
			}
			for _, barrier := range webtest.Axe(t, tab) {
				t.Errorf("%s at %d: %s", v.name, width, barrier)
			}
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(heard) > 0 {
		t.Errorf("the browser complains: %v", heard)
	}
}

func open(t *testing.T, tab context.Context, s *webtest.Site, v view, width int64, lang string) { //nolint:revive // a test comes first in its helpers
	t.Helper()
	steps := chromedp.Tasks{cdplog.Enable(), network.ClearBrowserCookies(), network.SetCookie("lang", lang).WithURL(s.URL)}
	for _, k := range v.cookies {
		steps = append(steps, network.SetCookie(k.Name, k.Value).WithURL(s.URL))
	}
	steps = append(steps, chromedp.EmulateViewport(width, 800), chromedp.Navigate(s.URL+v.path), chromedp.WaitReady("#main"))
	if err := chromedp.Run(tab, steps); err != nil {
		t.Fatalf("%s: %v", v.name, err)
	}
}

// overflow lists what is wider than the window.
func overflow(t *testing.T, tab context.Context) (out []string) { //nolint:revive // a test comes first in its helpers
	t.Helper()
	err := chromedp.Run(tab, chromedp.Evaluate(`document.documentElement.scrollWidth <= innerWidth ? [] : [...document.querySelectorAll('body *')]
		.filter(el => el.getBoundingClientRect().right > innerWidth + 1).map(el => el.tagName + '.' + el.className).slice(0, 5)`, &out))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// tooSmall lists buttons, choices and fields that a thumb would miss: lower
// than 40 pixels. Links within a sentence are as high as the sentence.
func tooSmall(t *testing.T, tab context.Context) (out []string) { //nolint:revive // a test comes first in its helpers
	t.Helper()
	err := chromedp.Run(tab, chromedp.Evaluate(`[...document.querySelectorAll('button, .p-btn, .p-choice, .p-input, nav a, summary')]
		.filter(el => el.offsetParent && el.getBoundingClientRect().height < 40).map(el => el.tagName + ' ' + el.className + ' ' + el.textContent.trim().slice(0, 20) + ' ' + el.getBoundingClientRect().height)`, &out))
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// A cheap phone with scripts switched off, from the front page to the answer.
func TestWithoutScriptAMatterIsFiledAndLookedUpOnAPhone(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	tab := s.Browser(staff.Member{})
	var number, code, said string
	err := chromedp.Run(tab, emulation.SetScriptExecutionDisabled(true), chromedp.EmulateViewport(360, 740),
		chromedp.Navigate(s.URL+"/"), chromedp.Click(".p-btn-go"),
		chromedp.WaitVisible("#f-content"), chromedp.SendKeys("#f-content", "材料交了三次，窗口不给书面清单。"), chromedp.Click(".p-btn-send"),
		chromedp.WaitVisible("#f-phone-e"), chromedp.SendKeys("#f-phone", "13800138000"), chromedp.Click(".p-btn-send"),
		chromedp.WaitVisible(".p-slip"), chromedp.Text(".p-number", &number), chromedp.Text(".p-code", &code),
		network.ClearBrowserCookies(), network.SetCookie("lang", "zh-CN").WithURL(s.URL),
		chromedp.Navigate(s.URL+"/look"), chromedp.SendKeys("#f-number", "20260921000001"), chromedp.SendKeys("#f-code", "0000"), chromedp.Click(".p-btn-send"),
		chromedp.WaitVisible("[role=alert]"))
	if err != nil {
		t.Fatal(err)
	}
	err = chromedp.Run(tab, chromedp.SendKeys("#f-code", strings.ReplaceAll(code, " ", "")), chromedp.Click(".p-btn-send"),
		chromedp.WaitVisible(".p-stand"), chromedp.Text(".p-said", &said))
	if err != nil {
		t.Fatal(err)
	}
	if number != "20260921000001" || said != "材料交了三次，窗口不给书面清单。" {
		t.Errorf("number %s was looked up and says %q", number, said)
	}
}

// With script a second tap sends nothing, and a phone rings by itself.
func TestWithScriptAPhoneRingsByItselfAndWhatIsTypedStays(t *testing.T) {
	t.Parallel()
	c := newCalled(t, dbtest.SQLite(t))
	c.asked()
	tab := c.Browser(staff.Member{})
	var kept string
	err := chromedp.Run(tab, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(c.URL+"/phones/"+url.PathEscape("+8613800138000")),
		chromedp.WaitVisible("#f-words"), chromedp.SendKeys("#f-words", "还没写完"),
		chromedp.ActionFunc(func(context.Context) error { c.net.Reply("+8613800138000", "在吗"); return nil }),
		chromedp.WaitVisible(".is-mine"), chromedp.Value("#f-words", &kept))
	if err != nil {
		t.Fatal(err)
	}
	if kept != "还没写完" {
		t.Errorf("after the news the box holds %q", kept)
	}
}
