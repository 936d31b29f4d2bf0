package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"nengban/tickets"
	"nengban/tickets/staff"
)

// TestStoryOfADissatisfiedCitizenInARealBrowser: everybody has a window of his
// own; the citizen's shows his telephone and the public page in turn. On which
// database makes no difference here: stories_test.go tells it on both.
func TestStoryOfADissatisfiedCitizenInARealBrowser(t *testing.T) {
	t.Parallel()
	c := newCity(t, "", []string{"lin.yue", "xu.jing", "zhu.qiang"})
	operator, dispatcher, works, citizen := c.window("lin.yue"), c.window("xu.jing"), c.window("zhu.qiang"), c.window("")

	var number, code string
	operator.opens("/intake/hotline")
	operator.does("types what is said",
		chromedp.SendKeys("#f-phone", li), chromedp.SendKeys("[name=name]", "罗春梅"), chromedp.SendKeys("#f-content", "下水道反味，掏了一次没用。"),
		click("#intake .btn-primary"), chromedp.WaitVisible(".receipt-card"),
		chromedp.Text(".receipt-card .number", &number), chromedp.Text(".receipt-card .code", &code))
	ticket := "/tickets/" + number

	dispatcher.opens(ticket)
	dispatcher.acts("triages", pick("class", "ordinary"), write("reason", "排水设施"))
	dispatcher.acts("dispatches", choose("lead", "municipal_works"), write("basis", "《城镇排水与污水处理条例》第五条"))
	works.opens(ticket)
	works.acts("signatures")
	works.acts("replies", pick("facts", "true"), pick("demand", "reasonable"), pick("result", "solved"),
		write("no_contact", "已当面说明"), write("text", "已清掏六座"), write("public_text", "已清掏"))
	dispatcher.opens(ticket)
	dispatcher.acts("completions")

	c.until(14, 14, 30)
	citizen.opens("/phones/" + tickets.Phone(li))
	citizen.does("finds the survey on his telephone and answers it", chromedp.WaitVisible(`//div[contains(@class, "p-bubble")][contains(., "1非常满意")]`, chromedp.BySearch),
		chromedp.SendKeys("#f-words", "没解决，臭味照旧"), click(".p-write button"), chromedp.WaitVisible(".is-mine"))
	c.passes(20 * time.Minute)
	if x := c.stands(number, tickets.InHand); x.Round != 2 {
		t.Errorf("it is in round %d; want the second", x.Round)
	}
	var stands, told string
	works.opens(ticket)
	works.does("reads why it came back", chromedp.Text("#main", &stands))
	citizen.opens("/look")
	citizen.does("looks it up", chromedp.SendKeys("[name=number]", number), chromedp.SendKeys("[name=code]", code), click("form[action='/look'] button"),
		chromedp.WaitVisible(".p-stand"), chromedp.Text(".p-stand", &told))
	if !strings.Contains(stands, "第2轮") || !strings.Contains(stands, "臭味照旧") || !strings.Contains(told, "市政设施管理处") {
		t.Errorf("the caseworker reads %q and the citizen %q", stands, told)
	}
}

// window is a tab with cookies of its own, for somebody of the staff or, without
// a login, for a citizen.
type window struct {
	c   *city
	who string
	tab context.Context
}

func (c *city) window(login string) *window {
	c.t.Helper()
	return &window{c: c, who: login, tab: c.site.Browser(staff.Member{})}
}

// opens an address; who is asked to log in does.
func (w *window) opens(path string) {
	w.c.t.Helper()
	var at string
	w.does("opens "+path, chromedp.Navigate(w.c.site.URL+path), chromedp.WaitReady("main"), chromedp.Location(&at))
	if strings.Contains(at, "/login") {
		w.does("logs in", chromedp.SendKeys("#login", w.who), chromedp.SendKeys("#password", cityPassword), click("form[action='/login'] button"), chromedp.WaitReady("#main"))
	}
}

// does takes steps and says which of them did not come off.
func (w *window) does(what string, steps ...chromedp.Action) {
	w.c.t.Helper()
	ctx, done := context.WithTimeout(w.tab, time.Minute)
	defer done()
	if err := chromedp.Run(ctx, steps...); err != nil {
		var page string
		_ = chromedp.Run(w.tab, chromedp.Text("body", &page))
		w.c.t.Fatalf("%s %s: %v; the page says:\n%s", w.who, what, err, page)
	}
}

// acts opens the form of an act on the ticket that is shown, fills it in and
// sends it; ten minutes pass.
func (w *window) acts(path string, fill ...field) {
	w.c.t.Helper()
	form := "#act-" + path
	steps := []chromedp.Action{chromedp.WaitVisible(form), chromedp.Evaluate("document.querySelector('"+form+"').open = true", nil)}
	for _, f := range fill {
		steps = append(steps, f(form))
	}
	w.does(path, append(steps, click(form+" form .btn-primary"), chromedp.WaitVisible("[role=status].alert-success"))...)
	w.c.passes(10 * time.Minute)
}

// field fills in one field of a form.
type field func(form string) chromedp.Action

func pick(name, value string) field {
	return func(form string) chromedp.Action {
		return chromedp.Click(form + " input[name=" + name + "][value='" + value + "'] + span")
	}
}

func write(name, words string) field {
	return func(form string) chromedp.Action { return chromedp.SendKeys(form+" [name="+name+"]", words) }
}

func choose(name, value string) field {
	return func(form string) chromedp.Action {
		return chromedp.SetValue(form+" [name="+name+"]", value)
	}
}

// click presses a button and waits for the page that answers.
func click(selector string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := chromedp.RunResponse(ctx, chromedp.WaitVisible(selector), chromedp.Evaluate("document.querySelector(`"+selector+"`).click()", nil))
		return err
	})
}
