package search_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nengban/knowledge/search"
)

func TestAnEditorsSynonymsWorkFromTheNextSearch(t *testing.T) {
	t.Parallel()
	x := filled(t,
		search.Document{ID: "tap", Title: "自来水龙头漏水报修", Body: "拨打供水服务热线。"},
		search.Document{ID: "bus", Title: "公交月票", Body: "每月一号起充值。"})
	if got := typed(t, x, "水喉"); slices.Contains(got, "bus") {
		t.Errorf("水喉 found %v", got)
	}
	words := search.DefaultWords()
	own, err := search.ParseSynonyms("水喉 水龙头 # 方言\n月卡 => 月票\n")
	must(t, err)
	words.Synonyms = append(words.Synonyms, own...)
	x.SetWords(words)
	for text, want := range map[string]string{"水喉坏了": "tap", "月卡": "bus", "水喉": "tap"} {
		r, err := x.Search(t.Context(), search.Query{Text: text})
		must(t, err)
		if len(r.Hits) == 0 || r.Hits[0].ID != want || len(r.Hits[0].Why) == 0 {
			t.Errorf("%s found %+v, want %s and why", text, r.Hits, want)
		}
	}
	x.SetWords(search.Words{})
	if got := typed(t, x, "月卡"); slices.Contains(got, "bus") && len(got) == 1 {
		// 月 alone still leads there; the wording must no longer count as a whole.
		r, _ := x.Search(t.Context(), search.Query{Text: "月卡"})
		if r.Hits[0].All {
			t.Errorf("a synonym taken back still counts as the word itself")
		}
	}
}

func TestSynonymsAnEditorMistypesAreRefusedWithTheirLine(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"水喉 水龙头\n孤单\n":    "line 2",
		"甲 乙 => 丙":        "line 1",
		"\n\n甲 =>":        "line 3",
		"# 只有注释\n => 乙 丙": "line 2",
	} {
		if _, err := search.ParseSynonyms(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %s", text, err, want)
		}
	}
	got, err := search.ParseSynonyms("水喉，水龙头、龙头  # 方言\r\n\r\n月卡=>月票\u3000车票")
	must(t, err)
	want := []search.Synonym{{Words: []string{"水喉", "水龙头", "龙头"}}, {Words: []string{"月卡", "月票", "车票"}, OneWay: true}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAKnownNameCountsWhole(t *testing.T) {
	t.Parallel()
	docs := []search.Document{
		{ID: "near", Title: "关于城管的工作通报", Body: "城管执法队今日巡查，管理的执法局面良好，城管城管。"},
		{ID: "name", Title: "窗口地址", Body: "城市管理执法局设在滨河路八号，周末不办公，另有停车场和无障碍通道可用。"},
	}
	x := filled(t, docs...)
	words := search.DefaultWords()
	words.Names = []string{"城市管理执法局"}
	x.SetWords(words)
	if got := found(t, x, search.Query{Text: "城市管理执法局在哪里", Mode: search.Similar}); len(got) == 0 || got[0] != "name" {
		t.Errorf("found %v", got)
	}
}

func TestAnAreaElsewhereIsNoAnswer(t *testing.T) {
	t.Parallel()
	var docs []search.Document
	for id, area := range map[string]string{"east": "城东区", "west": "城西区", "far": "邻山县"} {
		docs = append(docs, search.Document{ID: id, Title: "老旧小区加装电梯", Body: area + "老旧小区加装电梯由街道受理，业主三分之二同意即可申请。"})
	}
	docs = append(docs, search.Document{ID: "bus", Title: "公交线路", Body: "城东区公交线路调整公告。"})
	x := filled(t, docs...)
	words := search.DefaultWords()
	words.Areas = map[string]string{"本市": "", "城东区": "本市", "城西区": "本市", "邻山县": ""}
	x.SetWords(words)
	got := found(t, x, search.Query{Title: "城西区老旧小区加装电梯", Mode: search.Similar})
	if len(got) < 3 || got[0] != "west" || slices.Index(got, "far") < slices.Index(got, "east") {
		t.Errorf("want the own area, then a neighbour, then another city: %v", got)
	}
}

// What people said of a document moves it past its equals, never past a clearly
// better one, and not at all when the query leaves it out.
func TestWhatPeopleSaidMovesEquals(t *testing.T) {
	t.Parallel()
	x := filled(t,
		search.Document{ID: "a", Title: "生育津贴申领", Body: "单位窗口办理，三十日内发放。"},
		search.Document{ID: "b", Title: "生育津贴申领", Body: "单位窗口办理，三十日内发放。"},
		search.Document{ID: "c", Title: "育婴师培训补贴", Body: "持证后可以申领。"})
	ask := search.Query{Text: "生育津贴申领"}
	if got := found(t, x, ask); !slices.Equal(got[:2], []string{"a", "b"}) {
		t.Fatalf("by the texts alone found %v", got)
	}
	for _, c := range []struct {
		what string
		said map[string]search.Feedback
		want string
	}{
		{"one person: this was it", map[string]search.Feedback{"b": {Wins: 1}}, "b"},
		{"one person: not this", map[string]search.Feedback{"a": {Losses: 1}}, "b"},
		{"many for what is beside the point", map[string]search.Feedback{"c": {Wins: 1e9}}, "a"},
		{"as many for as against", map[string]search.Feedback{"b": {Wins: 5, Losses: 5}}, "a"},
		{"nonsense counts for nothing", map[string]search.Feedback{"b": {Wins: math.NaN(), Losses: math.Inf(1)}, "a": {Wins: -3}}, "a"},
	} {
		ask.Feedback = c.said
		if got := found(t, x, ask); got[0] != c.want {
			t.Errorf("%s: found %v, want %s first", c.what, got, c.want)
		}
	}
}

func TestExactWantsTheTextItself(t *testing.T) {
	t.Parallel()
	x := filled(t,
		search.Document{ID: "here", Title: "通知", Body: "依据渝府发〔2025〕12号办理 Wi-Fi 覆盖。"},
		search.Document{ID: "parts", Title: "通知", Body: "依据府发〔2024〕12号，渝中区2025年办理。"})
	for _, text := range []string{"渝府发〔2025〕12号", "渝府發", "ｗｉ-ｆｉ", "wi-fi 渝府发"} {
		if got := found(t, x, search.Query{Text: text, Mode: search.Exact}); !slices.Equal(got, []string{"here"}) {
			t.Errorf("%s found %v", text, got)
		}
	}
	if got := found(t, x, search.Query{Text: "府发渝", Mode: search.Exact}); got != nil {
		t.Errorf("letters in another order found %v", got)
	}
}
