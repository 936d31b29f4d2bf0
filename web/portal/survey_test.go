package portal_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"nengban/callbacks"
	"nengban/callbacks/simulator"
	"nengban/migrations/dbtest"
	"nengban/tickets"
	"nengban/web"
	"nengban/web/portal"
	"nengban/web/webtest"
)

// called is a site whose citizens are called back over the pretend network.
type called struct {
	*webtest.Site
	t      *testing.T
	net    *simulator.Network
	engine *callbacks.Engine
}

func newCalled(t *testing.T, db *bun.DB) *called {
	t.Helper()
	c := &called{t: t}
	var desk *tickets.Desk
	c.Site = webtest.On(t, db, func(p *web.Parts) {
		desk = tickets.NewDesk(tickets.Parts{DB: p.DB, Clock: p.Clock, Vault: p.Vault, Places: p.Places, Limits: p.Desk.Limits(), Listeners: callbacks.Listeners()})
		policy := callbacks.Defaults()
		policy.Rate, policy.LinkBase, policy.AskReason = 0, "https://12345.example.gov.cn/s/", false
		c.net = simulator.New(p.Clock, simulator.Options{Seed: 1})
		var err error
		c.engine, err = callbacks.New(callbacks.Parts{DB: p.DB, Clock: p.Clock, Desk: desk, Vault: p.Vault, Policy: policy, Carriers: []callbacks.Line{{Name: "simulator", Carrier: c.net}}})
		must(t, err)
		c.net.Connect(c.engine)
		p.Desk, p.Surveys, p.Phones = desk, c.engine, phones{c}
	})
	c.Desk = desk
	return c
}

// pass lets time pass: texts leave, arrive and are read, calls ring.
func (c *called) pass(d time.Duration) {
	c.t.Helper()
	end := c.Clock.Now().Add(d)
	for now := c.Clock.Now(); ; now = c.Clock.Now() {
		for name, handle := range map[string]func(context.Context, []tickets.Message) error{callbacks.PlanListener: c.engine.Handle, callbacks.NoticeListener: c.engine.Notify} {
			_, err := c.Desk.Deliver(c.t.Context(), name, 100, handle)
			must(c.t, err)
		}
		_, err := c.engine.Work(c.t.Context())
		must(c.t, err)
		if !now.Before(end) {
			return
		}
		must(c.t, c.net.Drive(c.t.Context(), c.Clock, now.Add(min(15*time.Minute, end.Sub(now)))))
	}
}

// phones shows the pretend network as the page wants it.
type phones struct{ c *called }

func (p phones) Phones() []portal.Phone {
	var out []portal.Phone
	for _, x := range p.c.net.Phones() {
		out = append(out, portal.Phone{Number: x.Number, Habit: x.Habit, Lines: x.Items, Last: x.Last, Ringing: x.Ringing, Talking: x.Talking, Says: x.Says, Waits: x.Waits})
	}
	return out
}

func (p phones) Thread(number string) []portal.Line {
	var out []portal.Line
	for _, x := range p.c.net.Thread(number) {
		l := portal.Line{At: x.At, Call: x.Way == callbacks.ByVoice, Mine: x.Out, Words: x.Words, Status: string(x.Status)}
		for _, turn := range x.Turns {
			l.Turns = append(l.Turns, portal.Turn{Say: turn.Say, Keys: turn.Keys})
		}
		out = append(out, l)
	}
	return out
}

func (p phones) Reply(_ context.Context, number, words string) error {
	p.c.net.Reply(number, words)
	return nil
}

func (p phones) PickUp(ctx context.Context, number string) error {
	_, err := p.c.net.PickUp(ctx, number)
	return err
}

func (p phones) Press(ctx context.Context, number, keys string) error {
	_, err := p.c.net.Press(ctx, number, keys)
	return err
}

func (p phones) HangUp(_ context.Context, number string) error { return p.c.net.HangUp(number) }

// asked returns a receipt about which the citizen was asked by text, and the
// survey's address in it.
func (c *called) asked() (r tickets.Receipt, survey string) {
	c.t.Helper()
	r = brought(c.Site, tickets.ToCallBack)
	c.pass(50 * time.Hour) // the first text asks for a digit, the reminder carries the link
	page := c.Stranger().Get("/phones/+8613800138000").Is(http.StatusOK)
	return r, page.Attr(".p-bubble a[href^='/s/']", "href")
}

func TestASurveyIsAnsweredByTheLinkInTheText(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, db *bun.DB) {
		c := newCalled(t, db)
		r, survey := c.asked()
		if survey == "" {
			t.Fatal("no text with a link came")
		}
		b := c.Stranger()
		b.Get(survey).Is(http.StatusOK).Want("h1", "办得怎么样").Want(".p-lead", "编号尾号")
		b.Get(survey).Is(http.StatusOK) // looking answers nothing
		if x := filed(t, c.Site, r.Ticket.Number); x.Status != tickets.ToCallBack {
			t.Fatalf("looking at the survey made the ticket %s", x.Status)
		}
		p := b.Get(survey).Form("form[action^='/s/']").With("solved", "no").With("rating", "5").With("reasons", "slow", "attitude").With("comment", "来了两次都没修好").Press()
		p.Is(http.StatusOK).Want("h1", "谢谢").Want(".p-answered", "没解决").Want(".p-answered", "非常不满意").Want("main", "重新办理").Want("a[href$='change']", "改一下")
		if p.Path != survey {
			t.Errorf("after answering one is at %s", p.Path)
		}
		// A thumb that slipped is put right while there is time.
		p = p.Click("a[href$='change']").Is(http.StatusOK)
		if got := p.Form("form[action^='/s/']").Get("rating"); got != "5" {
			t.Errorf("the form holds %q; want what was answered", got)
		}
		p.Form("form[action^='/s/']").With("rating", "4").With("solved", "no").Press().Is(http.StatusOK).Want(".p-answered", "不满意")
		c.pass(time.Hour)
		x := filed(t, c.Site, r.Ticket.Number)
		if x.Rating != 4 && x.Round != 2 {
			t.Errorf("the ticket has the rating %d in round %d", x.Rating, x.Round)
		}
		b.Get(survey).Is(http.StatusOK).Want("h1", "谢谢").Want(".p-hint", "不能再改").WantNo("form[action^='/s/']")
		b.Post(survey, url.Values{"rating": {"1"}, "solved": {"yes"}}).Is(http.StatusOK).Want(".p-answered", "没解决")
	})
}

func TestASurveySaysWhatIsWrongAndWhyItCannotBeAnswered(t *testing.T) {
	t.Parallel()
	c := newCalled(t, dbtest.SQLite(t))
	_, survey := c.asked()
	b := c.Stranger()
	b.Post(survey, url.Values{"comment": {"只写了话" + evil}}).Is(http.StatusUnprocessableEntity).Want("[role=alert]", "请至少回答一项").Want("#f-comment", "只写了话")
	b.Post(survey, url.Values{"rating": {"6"}}).Is(http.StatusUnprocessableEntity).Want("[role=alert]", "五个选项")
	b.Post(survey, url.Values{"rating": {"1"}, "solved": {"maybe"}}).Is(http.StatusUnprocessableEntity).Want("[role=alert]", "解决了")
	b.Post(survey, url.Values{"rating": {"1"}, "reasons": {"<x>"}}).Is(http.StatusUnprocessableEntity).Want("[role=alert]", "列出的原因")
	b.Post(survey, url.Values{"rating": {"1"}, "comment": {"a\x00b"}}).Is(http.StatusUnprocessableEntity).Want("[role=alert]", "无法识别")
	b.Post(survey, url.Values{"rating": {"1"}, "comment": {strings.Repeat("长", 2001)}}).Is(http.StatusUnprocessableEntity).Want("[role=alert]", "太长")
	for _, code := range []string{"0000000000000", "x", "..%2f..", "%00", strings.Repeat("z", 300)} {
		b.Get("/s/"+code).Is(http.StatusNotFound).Want("h1", "没有找到").Want("main", "12345")
		b.Post("/s/"+code, url.Values{"rating": {"1"}}).Is(http.StatusNotFound)
	}
	b.English().Get("/s/nothing").Is(http.StatusNotFound).Want("h1", "cannot find")
}

// late are surveys whose time is over.
type late struct{}

func (late) Form(_ context.Context, code string) (callbacks.Form, error) {
	return callbacks.Form{Code: code, Tag: "0001", Matter: "不动产登记"}, nil
}

func (late) Answer(context.Context, string, callbacks.Reply) (callbacks.Form, error) {
	return callbacks.Form{}, callbacks.ErrTooLate
}

func (late) CodeFor(context.Context, int64, int) (string, error) { return "", nil }

func TestASurveyWhoseTimeIsOverSaysSo(t *testing.T) {
	t.Parallel()
	s := webtest.New(t, func(p *web.Parts) { p.Surveys = late{} })
	s.Stranger().Get("/s/abc").Is(http.StatusGone).Want("h1", "已经截止").Want("main", "12345")
	s.Stranger().Post("/s/abc", url.Values{"rating": {"1"}}).Is(http.StatusGone).Want("h1", "已经截止")
	s.Stranger().English().Get("/s/abc").Is(http.StatusGone).Want("h1", "closed")
}

func TestAnAnswerByAnotherWayIsThankedForOnThePage(t *testing.T) {
	t.Parallel()
	c := newCalled(t, dbtest.SQLite(t))
	_, survey := c.asked()
	phone := c.Stranger().Get("/phones/+8613800138000").Want("h2", "138 0013 8000")
	phone.Form(".p-write").With("words", "2 解决了，谢谢").Press().Is(http.StatusOK).Want(".p-bubble.is-mine", "2 解决了，谢谢")
	c.pass(time.Hour)
	c.Stranger().Get(survey).Is(http.StatusOK).Want("h1", "谢谢").Want(".p-answered", "满意")
	c.Stranger().Get("/phones").Is(http.StatusOK).Want(".p-phone-list", "138 0013 8000")
}

func TestTheProgressPageLeadsToTheSurvey(t *testing.T) {
	t.Parallel()
	c := newCalled(t, dbtest.SQLite(t))
	r := brought(c.Site, tickets.ToCallBack)
	c.pass(time.Minute)
	looking(c.Site, r).Get("/look/result").Is(http.StatusOK).Want(".p-note-ask", "事情办得怎么样").Click(".p-note-ask a[href^='/s/']").Is(http.StatusOK).Want("h1", "办得怎么样")
	other := c.Register()
	looking(c.Site, other).Get("/look/result").Is(http.StatusOK).WantNo("a[href^='/s/']")
}

func TestAPretendPhoneRingsAndIsAnsweredWithKeys(t *testing.T) {
	t.Parallel()
	c := newCalled(t, dbtest.SQLite(t))
	r, _ := c.asked()
	var p *webtest.Page
	c.pass(22 * time.Hour) // text and reminder stay unanswered
	for range 1000 {       // until it rings
		if c.net.Phones()[0].Ringing {
			break
		}
		c.pass(10 * time.Second)
	}
	p = c.Stranger().Get("/phones/+8613800138000")
	p.Want(".p-ring", "来电")
	p = p.Form(".p-ring").Press("do", "pick_up").Is(http.StatusOK).Want(".p-talk", "解决")
	for p.Has(".p-keys") {
		p = p.Form(".p-talk").Press("key", "1").Is(http.StatusOK)
	}
	p.Want(".p-talk", "感谢").Form(".p-talk").Press("do", "hang_up").WantNo(".p-talk")
	c.pass(time.Hour)
	if x := filed(t, c.Site, r.Ticket.Number); x.Rating != 1 || x.RatedBy != "voice" {
		t.Errorf("the ticket has the rating %d by %q", x.Rating, x.RatedBy)
	}
	b := c.Stranger()
	b.Post("/phones/+8613800138000", url.Values{"do": {"pick_up"}}).Is(http.StatusOK).Want("[role=status]", "已经结束")
	b.Post("/phones/+8613800138000", url.Values{"key": {"12"}}).Is(http.StatusBadRequest)
	b.Get("/phones/+8610000000000").Is(http.StatusNotFound)
	b.Post("/phones/+8610000000000", url.Values{"words": {"x"}}).Is(http.StatusNotFound)
}

func TestNewsOfAPhoneComeByAStream(t *testing.T) {
	t.Parallel()
	c := newCalled(t, dbtest.SQLite(t))
	c.asked()
	ctx, stop := context.WithTimeout(t.Context(), 20*time.Second)
	defer stop()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.URL+"/phones/+8613800138000/events", nil)
	must(t, err)
	res, err := http.DefaultClient.Do(req)
	must(t, err)
	defer func() { _ = res.Body.Close() }()
	marks := make(chan string, 8)
	go func() {
		defer close(marks)
		buf := make([]byte, 4096)
		for {
			n, err := res.Body.Read(buf)
			for _, line := range strings.Split(string(buf[:n]), "\n") {
				if mark, ok := strings.CutPrefix(line, "data: "); ok {
					marks <- mark
				}
			}
			if err != nil {
				return
			}
		}
	}()
	first := <-marks
	c.net.Reply("+8613800138000", "在吗")
	if second, ok := <-marks; !ok || second == first {
		t.Errorf("the stream says %q and then %q", first, second)
	}
}

func TestWithoutSurveysAndPhonesTheirPagesAreNotThere(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.Stranger().Get("/phones").Is(http.StatusNotFound)
	s.Stranger().Get("/s/abc").Is(http.StatusNotFound).Want("h1", "没有这个页面")
	s.Stranger().Get("/").WantNo("a[href='/phones']")
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
