package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"nengban/tickets"
	"nengban/tickets/staff"
	tt "nengban/tickets/ticketstest"
	"nengban/web/webtest"
)

// TestOneTicketThroughAllStationsInARealBrowser is a call as people live it:
// typed while listening, triaged, dispatched by the directory, signed for,
// answered, reviewed, rated, archived.
func TestOneTicketThroughAllStationsInARealBrowser(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	var number, code string

	operator := s.Browser(s.Operator)
	do(t, operator, "the call is typed with the keyboard alone",
		chromedp.Navigate(s.URL+"/intake/hotline"), typingIn("f-phone"),
		chromedp.KeyEvent("13800138000"), onward(), typingIn("f-name"), // Enter goes on to the name
		chromedp.KeyEvent("王秀兰"), alt("m"), chromedp.KeyEvent("不动产登记"),
		alt("c"), chromedp.KeyEvent("继承房屋的登记材料交了三次，窗口不给书面清单。"),
		chromedp.KeyEvent("\r", chromedp.KeyModifiers(input.ModifierCtrl)),
		chromedp.WaitVisible(".receipt-card"), chromedp.Text(".receipt-card .number", &number), chromedp.Text(".receipt-card .code", &code))
	if _, _, err := s.Desk.Look(context.Background(), number, code); err != nil {
		t.Fatalf("number %q and code %q open nothing: %v", number, code, err)
	}
	ticket := s.URL + "/tickets/" + number
	do(t, operator, "the operator triages at once", act("triages"), pick("triages", "class", "ordinary"), write("triages", "reason", "窗口未一次性告知"), send("triages"), status("待派单"))

	dispatcher := s.Browser(s.Dispatcher)
	do(t, dispatcher, "the directory's row is clicked and sent", chromedp.Navigate(ticket), act("dispatches"), press("#act-dispatches .helper"),
		chromedp.WaitVisible("#act-dispatches .many input:checked"), send("dispatches"), status("待签收"))

	planning := s.Browser(s.PlanningCaseworker)
	do(t, planning, "the lead signs", chromedp.Navigate(ticket), act("signatures"), send("signatures"), status("办理中"))
	housing := s.Browser(s.Caseworker)
	do(t, housing, "the helper signs and says his part", chromedp.Navigate(ticket), act("signatures"), send("signatures"), act("assists"), write("assists", "text", "档案已调出"), send("assists"), status("办理中"))
	do(t, planning, "the lead answers", chromedp.Navigate(ticket), act("replies"), pick("replies", "facts", "true"), pick("replies", "demand", "reasonable"),
		pick("replies", "result", "solved"), write("replies", "no_contact", "已在窗口当面说明"), write("replies", "text", "已出具一次性告知书并受理"), send("replies"), status("待审核"))
	do(t, dispatcher, "the desk reviews", chromedp.Navigate(ticket), act("completions"), send("completions"), status("待回访"))

	caller := s.Browser(s.CallbackCaller)
	do(t, caller, "the citizen is called back", chromedp.Navigate(ticket), act("ratings"), pick("ratings", "rating", "2"), write("ratings", "text", "办好了，谢谢"),
		chromedp.SetValue("#act-ratings [name=solved]", "yes"), send("ratings"), status("已办结"))
	do(t, dispatcher, "it is archived", chromedp.Navigate(ticket), act("archivings"), send("archivings"), status("已归档"))

	x, err := s.Desk.Ticket(context.Background(), s.Dispatcher, number)
	if err != nil || x.Rating != 2 || x.Solved != tickets.SolvedYes || x.Answer == nil || !x.Answer.Accepted {
		t.Errorf("the ticket ends as %+v, %v", x, err)
	}
}

func TestAColleaguesChangeIsToldAndTheTypedTextStays(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	tab := s.Browser(s.Caseworker)
	var kept string
	do(t, tab, "somebody types", chromedp.Navigate(s.URL+"/tickets/"+x.Number), act("progress-reports"), write("progress-reports", "text", "正在核实"))
	s.Act(s.Dispatcher, x.Number, &tickets.Remind{Text: "群众又来电"})
	do(t, tab, "and hears of the reminder", chromedp.WaitVisible(".live:not([hidden])"), chromedp.Value("#act-progress-reports [name=text]", &kept))
	if kept != "正在核实" {
		t.Errorf("the text is %q after the news", kept)
	}
	do(t, tab, "sends, sees both, sends again", send("progress-reports"), chromedp.WaitVisible("#c-typed"),
		follow("form[action$='/progress-reports'] .btn-primary"), chromedp.WaitVisible("[role=status].alert-success"))
}

func TestTheCallersTicketsAppearWhileTheNumberIsTyped(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	tab := s.Browser(s.Operator)
	var shown, text string
	do(t, tab, "the number is typed", chromedp.Navigate(s.URL+"/intake/hotline"), typingIn("f-phone"), chromedp.KeyEvent("13800138000"),
		chromedp.WaitVisible("#caller .is-open"), chromedp.Text("#caller", &shown))
	if !strings.Contains(shown, x.Number) {
		t.Errorf("beside the form stands %q; want %s", shown, x.Number)
	}
	do(t, tab, "the browser dies and comes back", alt("c"), typingIn("f-content"), chromedp.KeyEvent("说到一半"), kept("/intake/hotline", "说到一半"),
		chromedp.Navigate("about:blank"), chromedp.Navigate(s.URL+"/intake/hotline"), chromedp.WaitVisible(".alert-info"), chromedp.Value("#f-content", &text))
	if text != "说到一半" {
		t.Errorf("the form holds %q after the crash", text)
	}
}

func TestShortcutsAreListedOnThePage(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	var list string
	do(t, s.Browser(s.Operator), "help is asked for", chromedp.Navigate(s.URL+"/intake/hotline"), typingIn("f-phone"),
		chromedp.KeyEvent("/", chromedp.KeyModifiers(input.ModifierAlt)), chromedp.WaitVisible("#keys[open]"), chromedp.Text("#keys", &list))
	for _, want := range []string{"联系电话", "诉求内容", "登记并直接答复", "Ctrl"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list of shortcuts lacks %q: %s", want, list)
		}
	}
}

// On a page that stays open the caller goes when his time is over, and what is
// typed stays; a page that lay in the browser does not bring him back.
func TestACallerGoesFromTheScreenWhenHisTimeIsOver(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	tab := s.Browser(s.Caseworker)
	const says, caller = ".in-clear [role=timer]", "#s-caller ~ .facts"
	var left, seen, over, kept, back string
	do(t, tab, "somebody asks", chromedp.Navigate(s.URL+"/tickets/"+x.Number), press("#unmask summary"), chromedp.SendKeys("#unmask [name=reason]", "电话联系"),
		follow("#unmask .btn-primary"), chromedp.WaitVisible(says), chromedp.Text(says, &left), chromedp.Text(caller, &seen))
	if left != "还可查看10分钟" || !strings.Contains(seen, "13800138000") {
		t.Errorf("the page says %q and shows %q", left, seen)
	}
	do(t, tab, "types, and four minutes pass", act("notes"), write("notes", "text", "已联系"),
		chromedp.Evaluate(`{ const now = Date.now; globalThis.later = 4 * 60000; Date.now = () => now() + later }`, nil),
		chromedp.Poll(`document.querySelector("`+says+`").textContent === "还可查看6分钟"`, nil))
	do(t, tab, "and the rest", chromedp.Evaluate(`later = 11 * 60000`, nil), chromedp.Poll(`!document.querySelector("`+says+`")`, nil),
		chromedp.Text("[data-clear-over]", &over), chromedp.Text("main", &seen), chromedp.Value("#act-notes [name=text]", &kept))
	if strings.Contains(seen, "13800138000") || strings.Contains(seen, "王秀兰") || !strings.Contains(over, "不再显示") || kept != "已联系" {
		t.Errorf("when it is over the page says %q, the note holds %q, and everything is: %s", over, kept, seen)
	}
	do(t, tab, "looks again, has enough, and goes back", chromedp.Navigate(s.URL+"/tickets/"+x.Number), follow(".in-clear button"), chromedp.WaitVisible("#unmask"),
		answers(chromedp.Evaluate("history.back()", nil)), chromedp.Text("main", &back))
	if strings.Contains(back, "13800138000") || strings.Contains(back, "王秀兰") {
		t.Errorf("going back shows: %s", back)
	}
}

// Nothing on a page may break the policy that forbids inline script and style;
// the browser tells what it left out.
func TestNoPageBreaksItsPolicyOrItsScripts(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.InHand)
	tab := s.Browser(s.Dispatcher)
	var complaints []string
	listenTo(tab, func(words string) { complaints = append(complaints, words) })
	for _, path := range []string{"/desk", "/dispatch", "/intake/hotline", "/tickets", "/tickets/" + x.Number, "/directory", "/account", "/tickets/" + x.Number + "/work-order"} {
		do(t, tab, path, chromedp.Navigate(s.URL+path), chromedp.WaitReady("#main"))
	}
	for _, c := range complaints {
		t.Errorf("the browser complains: %s", c)
	}
}

func TestNoMainPageHasASeriousBarrier(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	x := s.Ticket(tickets.ToTriage, func(in *tickets.Intake) { in.About = tt.Planning; in.Confidential = true })
	s.Act(s.Dispatcher, x.Number, tt.Triage(tickets.Refused))
	done := s.Ticket(tickets.Completed)
	s.Clock.Advance(30 * time.Hour)
	for m, paths := range map[*staff.Member][]string{
		{}:            {"/login"},
		&s.Operator:   {"/desk", "/intake/hotline", "/account", "/nothing"},
		&s.Clerk:      {"/intake/window"},
		&s.Dispatcher: {"/dispatch", "/tickets?status=all&kind=complaint", "/tickets/" + x.Number + "?act=dispatches", "/tickets/" + done.Number, "/directory?tab=duties"},
		&s.Supervisor: {"/supervision", "/tickets/" + x.Number, "/tickets/" + x.Number + "/readers", "/tickets/" + x.Number + "/orders/1"},
		&s.Admin:      {"/staff", "/system"},
	} {
		tab := s.Browser(*m)
		for _, path := range paths {
			do(t, tab, path, chromedp.EmulateViewport(1440, 900), chromedp.Navigate(s.URL+path), chromedp.WaitReady("#main"))
			for _, v := range webtest.Axe(t, tab) {
				t.Errorf("%s: %s", path, v)
			}
		}
	}
	if got := s.Stranger().Get("/login").Status; got != http.StatusOK {
		t.Errorf("the site answers %d after all this", got)
	}
}

// do runs steps in a tab and says which of them did not come off.
func do(t *testing.T, tab context.Context, what string, steps ...chromedp.Action) { //nolint:revive // a test comes first in its helpers
	t.Helper()
	ctx, cancel := context.WithTimeout(tab, time.Minute)
	defer cancel()
	if err := chromedp.Run(ctx, steps...); err != nil {
		var page string
		_ = chromedp.Run(tab, chromedp.Text("main", &page))
		t.Fatalf("%s: %v; the page says:\n%s", what, err, page)
	}
}

// act opens an act's form, unless it lies open.
func act(path string) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		if err := chromedp.WaitVisible("#act-" + path + " > summary").Do(ctx); err != nil {
			return err
		}
		var open bool
		if err := chromedp.Evaluate(`document.querySelector("#act-`+path+`").open`, &open).Do(ctx); err != nil || open {
			return err
		}
		return press("#act-" + path + " > summary").Do(ctx)
	})
}

func pick(path, field, value string) chromedp.Action {
	return press("#act-" + path + " input[name=" + field + "][value='" + value + "'] + span")
}

func write(path, field, words string) chromedp.Action {
	return chromedp.SendKeys("#act-"+path+" [name="+field+"]", words)
}

// send presses the act's button and waits for the page that answers.
func send(path string) chromedp.Action { return follow("#act-" + path + " form .btn-primary") }

// press clicks what can be seen. The mouse would miss it while a page that
// just loaded scrolls to where its reader is wanted.
func press(selector string) chromedp.Action {
	return chromedp.Tasks{chromedp.WaitVisible(selector), chromedp.Evaluate("document.querySelector(`"+selector+"`).click()", nil)}
}

// follow clicks and waits until another page stands there: the old one may
// look the same.
func follow(selector string) chromedp.Action {
	return answers(press(selector))
}

// kept waits until what was typed into a form lies with the server. That a
// draft was saved is no sign: it may be one that was saved before.
func kept(path, words string) chromedp.Action {
	return chromedp.Evaluate(`(async () => { while (!(await (await fetch("`+path+`")).text()).includes("`+words+`")) await new Promise(requestAnimationFrame) })()`, nil,
		func(p *runtime.EvaluateParams) *runtime.EvaluateParams { return p.WithAwaitPromise(true) })
}

// status waits until the ticket stands there.
func status(words string) chromedp.Action {
	return chromedp.WaitVisible(`//div[contains(@class, "ticket-line")]//span[contains(@class, "st") and text()="`+words+`"]`, chromedp.BySearch)
}

// alt presses a shortcut as a keyboard does: the page takes the key, so that
// no letter is typed.
func alt(letter string) chromedp.Action {
	code := "Key" + strings.ToUpper(letter)
	return chromedp.Tasks{
		input.DispatchKeyEvent(input.KeyRawDown).WithKey(letter).WithCode(code).WithModifiers(input.ModifierAlt),
		input.DispatchKeyEvent(input.KeyUp).WithKey(letter).WithCode(code).WithModifiers(input.ModifierAlt),
	}
}

// onward presses Enter as a page sees it that takes the key itself: KeyEvent
// would still send the character after it, which sends the form.
func onward() chromedp.Action {
	return chromedp.Tasks{
		input.DispatchKeyEvent(input.KeyRawDown).WithKey("Enter").WithCode("Enter"),
		input.DispatchKeyEvent(input.KeyUp).WithKey("Enter").WithCode("Enter"),
	}
}

// listenTo hears what the browser writes to its console and log.
func listenTo(tab context.Context, hear func(string)) {
	chromedp.ListenTarget(tab, func(e any) {
		switch e := e.(type) {
		case *runtime.EventExceptionThrown:
			hear(e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			if e.Type == runtime.APITypeError {
				for _, a := range e.Args {
					hear(string(a.Value))
				}
			}
		case *cdplog.EventEntryAdded:
			if e.Entry.Level == cdplog.LevelError {
				hear(e.Entry.Text + " " + e.Entry.URL)
			}
		}
	})
}

func TestADispatcherNeedsNoMouse(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	a, b := s.Ticket(tickets.ToTriage), s.Ticket(tickets.ToTriage)
	tab := s.Browser(s.Dispatcher)
	var at, focused string
	do(t, tab, "J, J, Enter open the second ticket", chromedp.Navigate(s.URL+"/dispatch"), chromedp.WaitVisible("#q-to_triage"),
		chromedp.KeyEvent("j"), chromedp.KeyEvent("j"), answers(chromedp.KeyEvent("\r")), chromedp.Location(&at))
	if !strings.HasSuffix(at, "/tickets/"+b.Number) {
		t.Errorf("one is at %s; want the second ticket, %s", at, b.Number)
	}
	do(t, tab, "Alt+2 opens the second act and is ready for typing", altDigit("2"), chromedp.WaitVisible("#act-triages[open]"),
		chromedp.Evaluate(`document.activeElement.name`, &focused))
	if focused != "class" {
		t.Errorf("the focus is on %q; want the first field of the triage", focused)
	}
	do(t, tab, "Alt+J goes on to the next", chromedp.KeyEvent("一", chromedp.KeyModifiers(0)), answers(alt("j")), chromedp.Location(&at))
	if !strings.HasSuffix(at, "/tickets/"+a.Number) {
		t.Errorf("one is at %s; want the other ticket, %s", at, a.Number)
	}
}

// answers does something that another page answers, and waits for it.
func answers(a chromedp.Action) chromedp.Action {
	return chromedp.ActionFunc(func(ctx context.Context) error {
		_, err := chromedp.RunResponse(ctx, a)
		return err
	})
}

func altDigit(digit string) chromedp.Action {
	return chromedp.Tasks{
		input.DispatchKeyEvent(input.KeyRawDown).WithKey(digit).WithCode("Digit" + digit).WithModifiers(input.ModifierAlt),
		input.DispatchKeyEvent(input.KeyUp).WithKey(digit).WithCode("Digit" + digit).WithModifiers(input.ModifierAlt),
	}
}
