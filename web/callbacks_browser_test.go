package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/webtest"
)

// digit presses one of the digits, at the top of the keyboard or at its side.
func digit(code string) chromedp.Action {
	key := code[len(code)-1:]
	return chromedp.Tasks{
		input.DispatchKeyEvent(input.KeyRawDown).WithKey(key).WithCode(code),
		input.DispatchKeyEvent(input.KeyUp).WithKey(key).WithCode(code),
	}
}

// Two calls with one hand on the telephone: no key but digits, N, Enter and
// what is typed into the one box.
func TestTheCallerNeedsNoMouse(t *testing.T) {
	t.Parallel()
	s := webtest.NewCalling(t)
	first, second := onTheList(s, wang), onTheList(s, li)
	tab := s.Browser(s.CallbackCaller)
	var dial, about string
	do(t, tab, "N takes the first call", chromedp.Navigate(s.URL+"/callbacks"), chromedp.WaitVisible(".start-call"), answers(chromedp.KeyEvent("n")),
		chromedp.WaitVisible(".dial-number"), chromedp.AttributeValue(".dial-number", "href", &dial, nil))
	if dial != "tel:"+wang {
		t.Errorf("the number dials %q", dial)
	}
	do(t, tab, "1: answered; 2: not solved; 5: very dissatisfied", digit("Digit1"), chromedp.WaitVisible("#out-answered form"), digit("Numpad2"), digit("Digit5"),
		chromedp.KeyEvent("没有人来过"), answers(chromedp.KeyEvent("\r", chromedp.KeyModifiers(input.ModifierCtrl))), chromedp.WaitVisible(".dial-number"), chromedp.Text("#k-about", &about))
	if !strings.Contains(about, second.Number) {
		t.Errorf("after the first call stands %q; want %s", about, second.Number)
	}
	if x, err := s.Desk.Ticket(t.Context(), s.Supervisor, first.Number); err != nil || x.Rating != 5 || x.Solved != tickets.SolvedNo || x.Comment != "没有人来过" {
		t.Errorf("the first ticket holds rating %d, solved %q, %q, %v", x.Rating, x.Solved, x.Comment, err)
	}
	var code string
	do(t, tab, "4 is asked about first: it ends the survey", digit("Digit4"), chromedp.WaitVisible("#out-wrong_number form"),
		chromedp.Evaluate("document.activeElement.value", &code), answers(chromedp.KeyEvent("\r")), chromedp.WaitVisible("[role=status]"))
	if code != "wrong_number" {
		t.Errorf("the key Enter would press %q", code)
	}
	if x, err := s.Desk.Ticket(t.Context(), s.Supervisor, second.Number); err != nil || x.Status != tickets.Completed || x.RatedBy != string(tickets.NoNumber) {
		t.Errorf("the second ticket is %s, %q, %v", x.Status, x.RatedBy, err)
	}
}

// Nothing on the pages of callbacks and deadlines stops somebody who cannot
// see, and none is wider than a telephone.
func TestCallbackAndDeadlinePagesHaveNoBarrier(t *testing.T) {
	t.Parallel()
	s, screens := callbackScreens(t)
	s.As(s.Supervisor).Post("/deadlines/draft", url.Values{"version": {"1"}}).Is(http.StatusOK)
	by := map[*staff.Member][]string{
		&s.Supervisor: {"/deadlines/draft?rule=7", "/deadlines/limits", "/supervision"},
		&s.Admin:      {"/deadlines", "/deadlines/calendars/department?month=2026-10", "/system/clocks?check=all"},
		&s.Leader:     {"/deadlines/news", "/desk"}, &s.CallbackCaller: nil, &s.Auditor: nil,
	}
	for path, m := range screens {
		for who := range by {
			if who.ID == m.ID {
				by[who] = append(by[who], path)
			}
		}
	}
	s.Clock.Advance(8 * time.Minute)
	work(t, s.Site)
	for m, paths := range by {
		tab := s.Browser(*m)
		for _, path := range paths {
			var wide bool
			do(t, tab, path, chromedp.EmulateViewport(400, 800), chromedp.Navigate(s.URL+path), chromedp.WaitReady("#main"),
				chromedp.Evaluate("document.documentElement.scrollWidth > innerWidth", &wide))
			if wide {
				t.Errorf("%s is wider than a telephone", path)
			}
			for _, v := range webtest.Axe(t, tab) {
				t.Errorf("%s: %s", path, v)
			}
		}
	}
}
