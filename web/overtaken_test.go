package web_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"nengban/web"
	"nengban/web/pages"
	"nengban/web/webtest"
)

// Whoever types on overtakes his own question: the server stops looking, and
// what stands beside the form belongs to the newest words.
func TestAnOvertakenQuestionIsCancelledAndTheNewestWordsAreAnswered(t *testing.T) {
	t.Parallel()
	const first, more = "我家楼上漏水", "，物业一直不管"
	asked, cancelled := make(chan string, 9), make(chan string, 9)
	s := webtest.New(t, func(p *web.Parts) {
		p.Hooks.Match = func(ctx context.Context, text string, _ int) ([]pages.Match, error) {
			asked <- text
			if text == first { // the machine is slow today
				<-ctx.Done()
				cancelled <- text
				return nil, ctx.Err()
			}
			return []pages.Match{{ID: "K000001", Title: "关于：" + text, Href: "/knowledge/K000001"}}, nil
		}
	})
	heard := func(c chan string, want, what string) {
		t.Helper()
		select {
		case got := <-c:
			if got != want {
				t.Fatalf("%s is %q; want %q", what, got, want)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%s never came", what)
		}
	}
	tab := s.Browser(s.Operator)
	do(t, tab, "the first words are typed", chromedp.Navigate(s.URL+"/intake/hotline"), typingIn("f-phone"), alt("c"), typingIn("f-content"), chromedp.KeyEvent(first))
	heard(asked, first, "the first question")
	var shown string
	do(t, tab, "and more", chromedp.KeyEvent(more))
	heard(cancelled, first, "the question that was overtaken")
	heard(asked, first+more, "the second question")
	do(t, tab, "the newest are answered", chromedp.WaitVisible("#help a.title"), chromedp.Text("#help", &shown))
	if !strings.Contains(shown, first+more) {
		t.Errorf("beside the form stands %q; want what belongs to %q", shown, first+more)
	}
}

// typingIn waits until the field has the focus: what is typed before that goes
// nowhere.
func typingIn(id string) chromedp.Action {
	return chromedp.Poll(`document.activeElement && document.activeElement.id === "`+id+`"`, nil)
}
