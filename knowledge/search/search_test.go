package search_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strings"
	"testing"

	"nengban/knowledge/search"
)

// filled is an index of these documents with the words the program brings along.
func filled(t testing.TB, docs ...search.Document) *search.Index {
	t.Helper()
	x := fresh(t, t.TempDir())
	if err := x.Rebuild(t.Context(), all(docs), "filled"); err != nil {
		t.Fatal(err)
	}
	return x
}

// fresh opens a folder that holds no index yet.
func fresh(t testing.TB, dir string) *search.Index {
	t.Helper()
	x, err := search.Open(dir, search.DefaultWords())
	var unusable *search.UnusableError
	if !errors.As(err, &unusable) || unusable.Reason != search.Missing {
		t.Fatalf("an empty folder opened: %v", err)
	}
	t.Cleanup(func() {
		if err := x.Close(); err != nil {
			t.Error(err)
		}
	})
	return x
}

func all(docs []search.Document) iter.Seq2[search.Document, error] {
	return func(yield func(search.Document, error) bool) {
		for _, d := range docs {
			if !yield(d, nil) {
				return
			}
		}
	}
}

// found are the ids a query finds, best first.
func found(t testing.TB, x *search.Index, q search.Query) []string {
	t.Helper()
	r, err := x.Search(context.Background(), q)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, h := range r.Hits {
		ids = append(ids, h.ID)
	}
	return ids
}

func typed(t testing.TB, x *search.Index, text string) []string {
	t.Helper()
	return found(t, x, search.Query{Text: text})
}

// shown is a title or snippet as read, what is marked in brackets.
func shown(pieces []search.Piece) string {
	var b strings.Builder
	for _, p := range pieces {
		if p.Mark {
			b.WriteString("[" + p.Text + "]")
		} else {
			b.WriteString(p.Text)
		}
	}
	return b.String()
}

// town is a handful of articles most tests search.
var town = []search.Document{
	{ID: "fund", Title: "住房公积金提取办理指南", Body: "职工购买、建造、翻建、大修自住住房的，可以提取账户内的存储余额。携带身份证和购房合同到窗口办理。",
		Facets: map[string][]string{"category": {"住房/公积金/提取"}, "area": {"城东区"}}},
	{ID: "lamp", Title: "道路照明设施报修", Body: "人民路路灯不亮、灯杆倾斜的，由市政设施管理处在两个工作日内修复。",
		Facets: map[string][]string{"category": {"城建/市政"}, "area": {"城西区"}}},
	{ID: "noise", Title: "夜间施工噪声怎么投诉", Body: "晚上十点以后工地打桩扰民的，请拨打热线，生态环境部门会同城管部门查处。",
		Facets: map[string][]string{"category": {"环保/噪声"}}},
	{ID: "wifi", Title: "图书馆WiFi使用说明", Body: "市图书馆提供免费无线网络，Library账号即读者证号。重庆路分馆同样开放。",
		Facets: map[string][]string{"category": {"文体"}}},
	{ID: "house", Title: "公租房申请条件", Body: "本市户籍低收入家庭可以申请公共租赁住房，公积金缴存情况作为参考。",
		Facets: map[string][]string{"category": {"住房/保障房"}, "area": {"城东区"}}},
	{ID: "card", Title: "社会保障卡补领", Body: "卡片遗失后先电话挂失，再到银行网点补领新卡。"},
}

func TestFindsWhatPeopleTypeHoweverTheyWriteIt(t *testing.T) {
	t.Parallel()
	x := filled(t, town...)
	for _, c := range []struct{ how, text, want string }{
		{"a word no dictionary would cut out", "路灯", "lamp"},
		{"a whole complaint", "人民路的路灯不亮了好几天", "lamp"},
		{"traditional characters", "住房公積金提取", "fund"},
		{"full width letters", "ＷｉＦｉ", "wifi"},
		{"another case", "WIFI 图书馆", "wifi"},
		{"pinyin in full", "gongjijin tiqu", "fund"},
		{"initials", "gjj", "fund"},
		{"initials and characters", "gjj提取", "fund"},
		{"pinyin half typed", "gongjij", "fund"},
		{"a syllable short", "tushug", "wifi"},
		{"a slip in a Latin word", "Librery", "wifi"},
		{"another wording: 噪音 is 噪声 in the guide", "噪音", "noise"},
		{"another wording of three characters", "公租房 申请", "house"},
		{"spaces inside words, as scans have them", "路 灯 报 修", "lamp"},
		{"one character", "噪", "noise"},
		{"a card by its other name", "社保卡丢了怎么办", "card"},
	} {
		t.Run(c.how, func(t *testing.T) {
			t.Parallel()
			if got := typed(t, x, c.text); len(got) == 0 || got[0] != c.want {
				t.Errorf("%s found %v, want %s first", c.text, got, c.want)
			}
		})
	}
}

func TestAllWordsComeFirstThenAnyWord(t *testing.T) {
	t.Parallel()
	x := filled(t,
		search.Document{ID: "both", Title: "便民告知", Body: strings.Repeat("窗口安排以现场公告为准。", 30) + "幼儿园报名与疫苗接种同时核验。"},
		search.Document{ID: "nursery", Title: "幼儿园报名", Body: "幼儿园报名时间为每年六月，幼儿园报名网上进行。"},
		search.Document{ID: "vaccine", Title: "疫苗接种", Body: "疫苗接种请预约，疫苗接种点每天开放。"},
		search.Document{ID: "bus", Title: "公交月票", Body: "月票每月一号起充值。"})
	r, err := x.Search(t.Context(), search.Query{Text: "幼儿园 疫苗"})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Hits) != 3 || r.Hits[0].ID != "both" || !r.Hits[0].All || r.Hits[1].All || r.Hits[2].All {
		t.Errorf("want both words first, one word after, nothing else: %+v", r.Hits)
	}
}

func TestAWordInTheTitleWeighsMore(t *testing.T) {
	t.Parallel()
	x := filled(t,
		search.Document{ID: "aside", Title: "户口迁移", Body: "迁入人员同时办理居住证，居住证工本费免收。"},
		search.Document{ID: "about", Title: "居住证办理", Body: "离开常住户口所在地半年以上的，可以申领。"})
	if got := typed(t, x, "居住证"); !slices.Equal(got, []string{"about", "aside"}) {
		t.Errorf("found %v", got)
	}
}

func TestFiltersFacetsAndTimeInForce(t *testing.T) {
	t.Parallel()
	x := filled(t, town...)
	got := found(t, x, search.Query{Text: "公积金", Filters: map[string][]string{"category": {"住房/公积金"}}})
	if !slices.Equal(got, []string{"fund"}) {
		t.Errorf("within 住房/公积金 found %v", got)
	}
	got = found(t, x, search.Query{Text: "公积金", Filters: map[string][]string{"category": {"住房"}, "area": {"城西区"}}})
	if got != nil {
		t.Errorf("nothing about housing is of 城西区, found %v", got)
	}
	r, err := x.Search(t.Context(), search.Query{Text: "公积金", Facets: []string{"category"}})
	if err != nil {
		t.Fatal(err)
	}
	want := []search.Count{{Value: "住房", N: 2}, {Value: "住房/保障房", N: 1}, {Value: "住房/公积金", N: 1}, {Value: "住房/公积金/提取", N: 1}}
	if !slices.Equal(r.Facets["category"], want) {
		t.Errorf("counted %v", r.Facets)
	}
}

func TestHitsShowWhatMatchedAndWhy(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("本条说明适用范围和办理依据。", 40)
	x := filled(t, search.Document{ID: "lamp", Title: "道路照明設施報修",
		Body: long + "人民路路燈不亮的，两个工作日内修复。" + long})
	for _, c := range []struct{ text, title, part string }{
		{"路灯不亮", "道路照明設施報修", "人民路[路燈不亮]的"},
		{"报修 路灯", "道路[照明]設施[報修]", "人民路[路燈]不亮"},
		{"dlzm", "[道路照明]設施報修", ""},
	} {
		r, err := x.Search(t.Context(), search.Query{Text: c.text})
		if err != nil || len(r.Hits) != 1 {
			t.Fatalf("%s: %v, %d hits", c.text, err, len(r.Hits))
		}
		hit := r.Hits[0]
		if got := shown(hit.Title); got != c.title {
			t.Errorf("%s: title %s, want %s", c.text, got, c.title)
		}
		snippet := shown(hit.Snippet)
		if !strings.Contains(snippet, c.part) || len([]rune(snippet)) > 150 {
			t.Errorf("%s: snippet %q, want a short one with %s", c.text, snippet, c.part)
		}
		if len(hit.Why) == 0 {
			t.Errorf("%s: found without a reason", c.text)
		}
	}
}
