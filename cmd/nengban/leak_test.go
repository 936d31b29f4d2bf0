package main

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/blevesearch/bleve/v2"
	"github.com/uptrace/bun"

	"nengban/callbacks"
	"nengban/knowledge"
	"nengban/migrations"
	"nengban/migrations/dbtest"
	"nengban/tickets/sheet"
	"nengban/tickets/staff"
	"nengban/web/hooks"
	"nengban/web/page"
	"nengban/web/webtest"
)

// suspect is somebody who came in by one door. The characters of his name
// stand nowhere else, so that he is found in pieces too.
type suspect struct {
	door, name, phone, plate string
}

// suspects by the door that they came in by.
var suspects = func() map[string]suspect {
	out := map[string]suspect{}
	for i, door := range []string{"hotline", "window", "portal", "api", "import", "text", "comment", "link", "file", "anonymous"} {
		out[door] = suspect{door, "欧阳" + string([]rune("鳡鳢鳣鳤鳥鳦鳧鳨鳩鳪")[i]) + "鱻", fmt.Sprintf("1397111%04d", 2001+i), fmt.Sprintf("鄂A7M7%d7", i)}
	}
	return out
}()

// suspectID is everybody's, and so is the half of it that says when they were born.
const suspectID, born = "110101199003077774", "1101011990030"

// says is his text, in which he names himself in every way.
func (s suspect) says() string {
	return fmt.Sprintf("我叫%s，电话%s %s %s，身份证%s，车牌%s，邮箱%s@example.com。窗口三次拒收材料。", s.name, s.phone[:3], s.phone[3:7], s.phone[7:], suspectID, s.plate, "yu"+s.phone)
}

// marks are what must be nowhere in clear.
func (s suspect) marks() []string {
	return []string{s.name, s.name[len("欧阳"):], s.phone, s.phone[:3] + " " + s.phone[3:7] + " " + s.phone[7:], s.plate, "yu" + s.phone + "@"}
}

// clean looks for all of them in a text.
func clean(t *testing.T, where, text string) {
	t.Helper()
	for _, s := range suspects {
		for _, m := range s.marks() {
			if at := strings.Index(text, m); at >= 0 {
				t.Errorf("%s holds %s, who came by %s: …%q…", where, m, s.door, text[max(0, at-60):min(len(text), at+len(m)+20)])
				break
			}
		}
	}
	if at := strings.Index(text, born); at >= 0 {
		t.Errorf("%s holds an identity number or half of it: …%q…", where, text[max(0, at-60):min(len(text), at+40)])
	}
}

// TestNobodyLeaksFromTheWholeProgram lets people in by every door, has the
// desk work on what they brought, and then reads whatever the program shows,
// hands out, logs or keeps: pages and answers of the API as everybody, exports
// and printed papers, the log, every row of the database, and every file of
// the data folder, the index opened besides. Not read are the pretend
// telephones, which are the citizens' own, and what `nengban person export`
// prints, since that is for the person himself.
func TestNobodyLeaksFromTheWholeProgram(t *testing.T) {
	t.Parallel()
	for name, address := range map[string]func(testing.TB) string{"sqlite": func(testing.TB) string { return "" }, "postgres": dbtest.PostgresDSN} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			log := newOutput()
			c := loggingCity(t, address(t), readers, "debug", log)
			_, _, err := c.d.webhooks.Add(context.Background(), staff.TheSystem, hooks.Wanted{Name: "城市平台", URL: "https://platform.example.org/in", Events: []string{string(hooks.Registered), string(hooks.Surveyed)}})
			c.must(err)
			numbers := c.plantEverywhere()
			for _, j := range c.d.timetable(c.server) {
				if j.name == "webhooks" {
					continue // it would call another system; what it would say is in the database
				}
				if _, err := j.run(context.Background()); err != nil {
					t.Errorf("the job %s: %v", j.name, err)
				}
			}
			c.readEverything(numbers)
			clean(t, "the log", regexp.MustCompile(`path=/phones/\S+`).ReplaceAllString(log.String(), "")) // the pretend telephones'
			clean(t, "the database", c.rows())
			c.readIndexes()
			c.readFolder()
			c.readBackup()
			// He is there all the time, and would have been found.
			x, err := c.d.tickets.Unmask(context.Background(), staff.Member{ID: 5, Roles: []staff.Role{staff.Supervisor}}, numbers[0], "核对")
			if err != nil || x.Caller.Name != suspects["hotline"].name || !strings.Contains(x.Content, suspects["hotline"].plate) {
				t.Errorf("even in clear he does not show: %v, %v", x, err)
			}
		})
	}
}

// readers are one person for each role and each department that is told.
var readers = []string{"lin.yue", "zhou.min", "zhao.lei", "wang.jian", "jiang.hong", "qian.wei", "sun.fang", "li.nan", "feng.tao", "zheng.hai", "gu.an"}

// plantEverywhere lets one in by each door and has the desk work on it. It
// returns the tickets' numbers.
func (c *city) plantEverywhere() []string {
	c.t.Helper()
	ctx := context.Background()
	hotline, code := c.comesByHotline()
	all := []string{hotline, c.comesToTheWindow(), c.comesByPortal("portal", "confidential"), c.comesByAPI(), c.comesByImport(), c.comesByPortal("anonymous", "anonymous")}
	c.must(c.d.engine.Text(ctx, callbacks.Incoming{CarrierID: "SM1", From: "+86" + suspects["text"].phone, Words: suspects["text"].says()}))
	c.isAsked(hotline, code)
	c.becomesAnArticle(hotline)
	c.isWorkedOn(all[2])
	c.typesAndLeaves()
	return all
}

func (c *city) comesByHotline() (number, code string) {
	s := suspects["hotline"]
	return c.who("lin.yue").takes(call{phone: s.phone, name: s.name, kind: "complaint", content: s.says(), more: []string{"id_number", suspectID, "alt_phone", suspects["comment"].phone}})
}

func (c *city) comesToTheWindow() string {
	s := suspects["window"]
	number, _ := c.who("zhou.min").takes(call{window: true, phone: s.phone, name: s.name, kind: "complaint", content: s.says(), more: []string{"matter", "不动产登记"}})
	c.who("zhao.lei").triages(number, "refused", "符合条件而不予受理", "about", "property_registration")
	return number
}

// comesByPortal files in confidence, with two files that are named after him.
func (c *city) comesByPortal(door, identity string) string {
	c.t.Helper()
	s := suspects[door]
	browser := c.site.Stranger()
	token := browser.Get("/file").Is(http.StatusOK).Attr("form[action='/file'] [name=token]", "value")
	p := browser.Upload("/file", url.Values{"token": {token}, "kind": {"complaint"}, "content": {s.says()}, "name": {s.name}, "phone": {s.phone}, "identity": {identity}},
		"file", s.name+"的材料 "+suspects["file"].phone+".txt", []byte(s.says())).Is(http.StatusOK)
	number := p.Text(".p-number")
	if number == "" {
		c.t.Fatalf("nothing was filed:\n%s", p.Text("main"))
	}
	c.who("zhao.lei").reads(number)
	c.who("zhao.lei").browser.Upload("/tickets/"+number+"/attachments", nil, "file", s.name+s.plate+".txt", []byte(suspects["file"].says())).Is(http.StatusOK)
	return number
}

func (c *city) comesByAPI() string {
	c.t.Helper()
	s := suspects["api"]
	c.who("lin.yue").opens("/desk")
	body := fmt.Sprintf(`{"channel":"hotline","kind":"complaint","name":%q,"phone":%q,"content":%q}`, s.name, s.phone, s.says())
	p := c.who("lin.yue").browser.Do("POST", "/api/v1/tickets", "application/json", strings.NewReader(body), "Accept", "application/json").Is(http.StatusCreated)
	clean(c.t, "the API's answer", p.Body)
	return regexp.MustCompile(`"number":"(\d+)"`).FindStringSubmatch(p.Body)[1]
}

func (c *city) comesByImport() string {
	c.t.Helper()
	s := suspects["import"]
	mapping := filepath.Join(c.t.TempDir(), "map.yaml")
	written(c.t, mapping, "source: old\nid: 编号\nreceived_at: {column: 时间, layout: \"2006-01-02 15:04\"}\nkind: {default: complaint}\ncontent: 内容\nphone: 电话\nname: 姓名\n")
	m, err := readMapping(mapping, ticketColumns)
	c.must(err)
	for row, err := range sheet.Read("old.csv", strings.NewReader("编号,时间,内容,电话,姓名\nGD1,2026-09-10 09:00,\""+s.says()+"\","+s.phone+","+s.name+"\n")) {
		c.must(err)
		in, h, err := m.ticket(row)
		c.must(err)
		r, err := c.d.tickets.TakeOver(context.Background(), in, h)
		c.must(err)
		return r.Ticket.Number
	}
	return ""
}

// isAsked answers the hotline's matter and has its survey answered at length,
// by text and on the page that the text links to.
func (c *city) isAsked(number, code string) {
	c.t.Helper()
	s := suspects["hotline"]
	c.who("zhao.lei").triages(number, "ordinary", "登记", "category", "0407")
	c.who("lin.yue").answersAtOnce(number, "材料齐全应当场受理，请直接到三号窗口。", "《不动产登记暂行条例》第十七条")
	c.passes(3 * time.Hour)
	c.must(c.d.engine.Text(context.Background(), callbacks.Incoming{CarrierID: "SM2", From: "+86" + s.phone, Words: "5 已解决，" + suspects["comment"].says()}))
	var link string
	for _, text := range c.citizen(s.phone, number, code).hasTexts() {
		if m := regexp.MustCompile(`/s/\S+`).FindString(text); m != "" {
			link = m
		}
	}
	page := c.site.Stranger().Get(link)
	if page.Status == http.StatusOK && len(page.All("form")) > 0 {
		c.site.Stranger().Post(link, url.Values{"rating": {"5"}, "solved": {"yes"}, "comment": {suspects["link"].says()}})
	} else {
		c.t.Errorf("the link %q of the survey opens %d", link, page.Status)
	}
	c.passes(time.Hour)
}

// becomesAnArticle makes the answer an article that serves, and has people
// look for it with what he said.
func (c *city) becomesAnArticle(number string) {
	c.t.Helper()
	ctx := context.Background()
	editor, other := c.member("li.nan"), staff.Member{ID: 900, Name: "贺编辑", Roles: []staff.Role{staff.KnowledgeEditor}, Active: true}
	c.must(c.d.knowledge.AddPath(ctx, editor, knowledge.Path{Path: "市容环卫/排水与积水"}))
	c.who("li.nan").opens("/knowledge")
	c.who("zhao.lei").opens("/knowledge")
	c.who("zhao.lei").browser.Post("/tickets/"+number+"/article", nil).Is(http.StatusOK)
	a, err := c.d.knowledge.Article(ctx, editor, 1, 0)
	c.must(err)
	content := a.Content
	content.Kind, content.Access = knowledge.FAQ, knowledge.Public
	if content.Title == "" {
		content.Title = "拒收材料"
	}
	_, err = c.d.knowledge.Save(ctx, editor, knowledge.Ref{ID: a.ID}, content)
	c.must(err)
	for i, step := range []knowledge.Step{knowledge.Submit, knowledge.Approve, knowledge.Publish} {
		by := other
		if i == 0 {
			by = editor
		}
		_, err = c.d.knowledge.Do(ctx, by, knowledge.Ref{ID: a.ID}, step, "")
		c.must(err)
	}
	_, err = c.d.knowledge.Tick(ctx)
	c.must(err)
	c.site.Stranger().Get("/answers?q=" + url.QueryEscape(suspects["text"].says()))
	c.who("li.nan").browser.Get("/knowledge?q=" + url.QueryEscape(suspects["text"].says()))
	c.who("li.nan").browser.Post("/knowledge/K000001/opinions", url.Values{"say": {string(knowledge.ThisWasIt)}, "q": {suspects["text"].says()}})
}

// isWorkedOn sends the confidential matter to a department.
func (c *city) isWorkedOn(number string) {
	c.t.Helper()
	c.who("zhao.lei").triages(number, "ordinary", "房产")
	c.who("zhao.lei").dispatches(number, "housing", "《不动产登记暂行条例》")
	c.who("wang.jian").signs(number)
	c.who("qian.wei").does(number, "orders", "colour", "yellow", "reason", "请尽快办理")
}

// typesAndLeaves leaves half-typed things behind, and makes refusals.
func (c *city) typesAndLeaves() {
	c.t.Helper()
	s := suspects["text"]
	form := url.Values{"name": {s.name}, "phone": {s.phone}, "content": {s.says()}, "kind": {"nothing"}}
	c.who("lin.yue").opens("/desk")
	b := c.who("lin.yue").browser
	b.Post("/drafts/hotline", form)
	b.Post("/intake/caller", form)
	b.Fragment("/intake/help", form)
	b.Post("/intake/hotline", form).Is(http.StatusUnprocessableEntity)
	b.Get("/tickets/find?number=" + s.phone)
	b.Get("/tickets?q=" + url.QueryEscape(s.name))
	c.site.Stranger().Post("/look", url.Values{"number": {s.phone}, "code": {s.name}})
	c.site.Stranger().Post("/login", url.Values{"login": {s.name}, "password": {s.phone}})
}

// member is a colleague as the database has him.
func (c *city) member(login string) staff.Member {
	c.t.Helper()
	all, err := c.d.staff.All(context.Background())
	c.must(err)
	i := slices.IndexFunc(all, func(m staff.Member) bool { return m.Login == login })
	return all[i]
}

// readEverything opens every address that answers GET, as everybody and as
// nobody.
func (c *city) readEverything(numbers []string) {
	c.t.Helper()
	for i, login := range append([]string{""}, readers...) {
		b := c.site.Stranger()
		if login != "" {
			c.who(login).opens("/desk")
			b = c.who(login).browser
		}
		for _, more := range []string{"/knowledge/export?as=xlsx", "/knowledge/keeping?tab=nothing", "/knowledge?state=draft"} {
			clean(c.t, more+" as "+login, unpacked(b.Get(more)))
		}
		for _, rt := range c.server.Routes() {
			if rt.Method != http.MethodGet || !reads(rt, login) {
				continue
			}
			of := numbers
			if !strings.Contains(rt.Path, "{number}") || !slices.Contains([]string{"zhao.lei", "wang.jian", "qian.wei"}, login) {
				of = numbers[i%len(numbers):][:1] // the others read one ticket each
			}
			if rt.Path == "/tickets" || rt.Path == "/api/v1/tickets" { // the lists show by themselves what is open
				clean(c.t, rt.Path+" of what is archived, as "+login, b.Get(rt.Path+"?status=archived&sort=newest").Body)
			}
			for _, number := range of {
				path := strings.NewReplacer("{number}", number, "{id}", "1", "{n}", "1", "{form}", "hotline", "{tab}", "areas", "{year}", "2026", "{code}", "x", "{name}", "desk", "{act}", "rating").Replace(rt.Path)
				p := b.Get(path)
				if p.Status == http.StatusTooManyRequests {
					c.t.Errorf("%s as %s was not read: too often", path, login)
				}
				if p.Status >= http.StatusInternalServerError {
					c.t.Errorf("%s as %s answers %d", path, login, p.Status)
				}
				clean(c.t, path+" as "+login, unpacked(p))
			}
		}
	}
}

// reads: streams do not end, the pretend telephones are the citizens' own, a
// file is his evidence, and whoever typed a draft gets it back.
func reads(rt page.Route, login string) bool {
	return !strings.HasSuffix(rt.Path, "/events") && !strings.HasPrefix(rt.Path, "/phones") && !strings.Contains(rt.Path, "/attachments/") &&
		(login != "lin.yue" || !strings.HasPrefix(rt.Path, "/intake/"))
}

// unpacked is all of an answer, a workbook's sheets included.
func unpacked(p *webtest.Page) string {
	text := p.Body + fmt.Sprint(p.Header)
	if strings.HasPrefix(p.Body, "PK\x03\x04") {
		for row, err := range sheet.Read("x.xlsx", strings.NewReader(p.Body)) {
			text += fmt.Sprint(row, err)
		}
	}
	return text
}

// rows are all rows of all tables as text; bytes show as they are.
func (c *city) rows() string {
	c.t.Helper()
	ctx := context.Background()
	list := `SELECT name FROM sqlite_master WHERE type = 'table'`
	if migrations.IsPostgres(c.d.db) {
		list = `SELECT table_name FROM information_schema.tables WHERE table_schema = current_schema()`
	}
	var names []string
	c.must(c.d.db.NewRaw(list).Scan(ctx, &names))
	for _, want := range []string{"tickets", "inbound_texts", "article_opinions", "webhook_deliveries"} {
		if n, err := c.d.db.NewSelect().Table(want).Count(ctx); err != nil || n == 0 {
			c.t.Errorf("%s has %d rows, %v: this test looks for nothing there", want, n, err)
		}
	}
	var b strings.Builder
	for _, name := range names {
		var all []map[string]any
		c.must(c.d.db.NewRaw("SELECT * FROM ?", bun.Ident(name)).Scan(ctx, &all))
		for _, row := range all {
			for column, v := range row {
				if raw, ok := v.([]byte); ok {
					v = string(raw)
				}
				fmt.Fprintf(&b, "%s.%s=%v\n", name, column, v)
			}
		}
	}
	return b.String()
}

// readIndexes opens copies of the index and reads every term of every field
// and all that is stored, before and after its parts are merged.
func (c *city) readIndexes() {
	c.t.Helper()
	found := 0
	c.must(filepath.WalkDir(c.d.folder.path, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.Name() != "index_meta.json" {
			return err
		}
		found++
		at := filepath.Join(c.t.TempDir(), "index")
		c.must(os.CopyFS(at, os.DirFS(filepath.Dir(p))))
		for _, merged := range []bool{false, true} {
			terms, stored := termsOf(c.t, at, merged)
			if !strings.Contains(stored, "三号窗口") || !strings.Contains(terms, "窗口") {
				c.t.Errorf("the index holds %d bytes of terms, %d stored, and not the article: this test looks for nothing", len(terms), len(stored))
			}
			clean(c.t, "the terms of "+p, terms)
			clean(c.t, "what is stored in "+p, stored)
		}
		return nil
	}))
	if found == 0 {
		c.t.Error("there is no index on the disk")
	}
}

func termsOf(t *testing.T, at string, merged bool) (terms, stored string) {
	t.Helper()
	index, err := bleve.Open(at)
	if err != nil {
		t.Fatal(err)
	}
	defer index.Close()
	if merged {
		for i := range 30 { // each makes a part of its own, until the parts are merged
			if err := index.Index(fmt.Sprint("more ", i), map[string]any{"body": "窗口"}); err != nil {
				t.Fatal(err)
			}
		}
	}
	fields, err := index.Fields()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, f := range fields {
		dict, err := index.FieldDict(f)
		if err != nil {
			t.Fatal(err)
		}
		for e, err := dict.Next(); e != nil && err == nil; e, err = dict.Next() {
			fmt.Fprintf(&b, "%s: %s\n", f, e.Term)
		}
		dict.Close()
	}
	ask := bleve.NewSearchRequestOptions(bleve.NewMatchAllQuery(), 1000, 0, false)
	ask.Fields = []string{"*"}
	r, err := index.Search(ask)
	if err != nil {
		t.Fatal(err)
	}
	for _, hit := range r.Hits {
		stored += fmt.Sprintln(hit.ID, hit.Fields)
	}
	return b.String(), stored
}

// readFolder reads every file of the data folder byte by byte: database with
// its log, attachments, parts of the index that are merged away, the journal,
// what was learned.
func (c *city) readFolder() {
	c.t.Helper()
	var seen []string
	c.must(filepath.WalkDir(c.d.folder.path, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := os.ReadFile(p)
		c.must(err)
		name, _ := filepath.Rel(c.d.folder.path, p)
		seen = append(seen, name)
		clean(c.t, name, string(body))
		return nil
	}))
	for _, want := range []string{`^attachments/../`, `^index/`, `^keys/`, `^` + filepath.Base(c.d.folder.journal()) + `$`} {
		if !slices.ContainsFunc(seen, regexp.MustCompile(want).MatchString) {
			c.t.Errorf("no file %s was read; there are %q", want, seen)
		}
	}
}

// readBackup makes a backup and reads it as somebody would who found it.
func (c *city) readBackup() {
	c.t.Helper()
	id, err := age.GenerateX25519Identity()
	c.must(err)
	to := filepath.Join(c.t.TempDir(), "backup")
	_, err = c.d.folder.pack(context.Background(), to, id.Recipient(), !migrations.IsPostgres(c.d.db))
	c.must(err)
	body, err := os.ReadFile(to)
	c.must(err)
	clean(c.t, "the backup", string(body))
	if bytes.Contains(body, []byte("vault.keys")) || len(body) < 1000 {
		c.t.Error("the backup is not sealed")
	}
}
