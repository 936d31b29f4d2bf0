package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	tt "nengban/tickets/ticketstest"
	"nengban/web/webtest"
)

func TestTheDirectoryIsReadByAllAndKeptByFew(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	s.As(s.Caseworker).Get("/directory").Is(http.StatusOK).Want("table", "住建局城东管理所").WantNo("#edit")
	c := s.As(s.Dispatcher)
	form := c.Get("/directory?tab=departments&edit=" + tt.Housing).Form("form[action='/directory/departments']")
	if form.Get("name") != "住房和城乡建设局" {
		t.Fatalf("the form holds %v; want the row that is edited", form.Values)
	}
	form.With("duty_phone", "028-38160000").Press().Is(http.StatusOK).Want("table", "028-38160000").Want("[role=status]", "已保存")
	c.Get("/directory?tab=departments&edit="+tt.Housing).Form("form[action='/directory/departments']").With("parent", tt.HousingOffice).Press().
		Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "上级不能是自己")
}

func TestADutyNamesWhatItIsAboutAndWhoLeads(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Dispatcher)
	empty := c.Get("/directory?tab=duties").Form("form[action='/directory/duties']").With("lead", tt.Market).With("basis", "三定方案").Press().Is(http.StatusUnprocessableEntity)
	empty.Want(".invalid-feedback", "至少填一项")
	done := empty.Form("form[action='/directory/duties']").With("matter", "营业执照").Press().Is(http.StatusOK)
	done.Want("table", "营业执照").Want("table", "市场监督管理局")
	if d := s.Places.Directory().Find("注销营业执照", "", ""); len(d) != 1 || d[0].Lead != tt.Market {
		t.Errorf("the directory finds %v for the matter", d)
	}
	c.Post("/directory/duties", url.Values{"matter": {"x"}, "lead": {"nobody"}, "basis": {"y"}}).Is(http.StatusUnprocessableEntity).Want(".invalid-feedback", "没有这个单位")
	c.Post("/directory/nothing", url.Values{}).Is(http.StatusNotFound)
}

func TestATableIsTakenInRowByRow(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Admin)
	table := "编码,名称,上级编码,类型,停用\n" +
		"water,水务局,,局,\n" + // line 2
		"water_east,水务局城东所,water,所,否\n" +
		",没有编码的,,局,\n" + // line 4: bad
		"lost,悬空的,nobody,局,\n" + // line 5: bad
		"old,已撤销的局,,局,是\n"
	p := c.Upload("/directory/departments/upload", nil, "file", "单位.csv", []byte(table)).Is(http.StatusOK)
	p.Want("[role=status]", "导入3行").Want("[role=status]", "2处问题")
	p.Want("table", "4 编码 请填写").Want("table", "5 上级 没有这个单位")
	dir := s.Places.Directory()
	if d, ok := dir.Department("water_east"); !ok || d.Parent != "water" || !d.Active || d.Calendar != "department" {
		t.Errorf("the office came in as %+v", d)
	}
	if d, ok := dir.Department("old"); !ok || d.Active {
		t.Errorf("the closed bureau came in as %+v", d)
	}
	c.Upload("/directory/departments/upload", nil, "file", "单位.csv", []byte(table)).Is(http.StatusOK)
	if got := strings.Count(c.Get("/directory").Text("table"), "水务局城东所"); got != 1 {
		t.Errorf("the same table sent twice leaves %d offices; want 1", got)
	}
	duties := "matter,lead,assisting,basis\n停水抢修,water,housing;planning,供水条例第八条\n"
	c.Upload("/directory/duties/upload", nil, "file", "duties.csv", []byte(duties)).Is(http.StatusOK).Want("[role=status]", "导入1行").Want("table", "供水条例第八条")
	areas := "编码,名称\n511421,仁寿县\n51142A,错的\n"
	c.Upload("/directory/areas/upload", nil, "file", "areas.csv", []byte(areas)).Is(http.StatusOK).Want("[role=status]", "导入1行").Want("table", "3 编码 请填写数字")
}

func TestAFileThatIsNoTableIsRefused(t *testing.T) {
	t.Parallel()
	s := webtest.New(t)
	c := s.As(s.Admin)
	for name, body := range map[string][]byte{"图.png": png(), "bad.xlsx": []byte("PK\x03\x04 not really"), "empty.csv": {}, "broken.csv": []byte("编码,名称\n\"water,水务局")} {
		p := c.Upload("/directory/departments/upload", nil, "file", name, body).Is(http.StatusUnprocessableEntity)
		p.Want("[role=status]", "导入0行")
	}
	c.Post("/directory/departments/upload", url.Values{}).Is(http.StatusUnprocessableEntity)
}
