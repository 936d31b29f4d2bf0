package triage

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// plant is what neighbours of a mixing plant write, each in his own words.
var plant = []string{
	"丽景新城旁的搅拌站半夜还在响，吵得人睡不着",
	"投诉丽景新城小区附近搅拌站粉尘大",
	"搅拌站建在丽景新城边上，孩子天天咳嗽",
	"丽景新城业主：请把混凝土搅拌站搬走",
	"丽景新城附近的搅拌厂噪音粉尘严重",
	"丽景新城搅拌站没有手续为什么能开工",
	"住在丽景新城的人都受不了搅拌站的灰尘",
}

// ordinary are other matters, one of each.
var ordinary = []string{
	"和平路的路灯坏了三盏", "请问老年卡在哪里办理", "工地拖欠工资三个月", "城东菜市场占道经营", "幼儿园入园名额不够",
	"公交12路等了四十分钟", "阳光花园电梯停运", "河边有人夜里焚烧垃圾", "医保报销材料被退回", "楼上漏水物业不管",
	"阳光花园楼下烧烤油烟扰民", "新河街施工噪音到凌晨", "身份证办理要跑三趟", "人行道被车占了", "自来水发黄",
}

// year has one ordinary document a week, then the plant's in the week from burst on.
func year(burst time.Time) []Document {
	var out []Document
	for i := range 45 {
		title := ordinary[i%len(ordinary)]
		out = append(out, Document{ID: fmt.Sprint("o", i), Title: title, Text: fmt.Sprintf("您好，%s，请处理。", title),
			At: burst.AddDate(0, 0, -7*(45-i)), Who: fmt.Sprint("w", i), Area: fmt.Sprintf("3701%02d", i%3)})
	}
	for i, title := range plant {
		out = append(out, Document{ID: fmt.Sprint("p", i), Title: title, Text: "希望有关部门尽快处理。",
			At: burst.Add(time.Duration(i) * 12 * time.Hour), Who: fmt.Sprint("n", i%6), Area: "370101"})
	}
	return out
}

func idsOf(ns []Neighbour) string {
	var ids []string
	for _, n := range ns {
		ids = append(ids, n.Document.ID)
	}
	return strings.Join(ids, " ")
}

func TestFindsTheTicketsAboutTheSameThing(t *testing.T) {
	t.Parallel()
	l := NewLikeness(year(monday))
	found := l.Like(Question{Title: "丽景新城搅拌站太吵了"}, 6)
	for _, n := range found {
		if !strings.HasPrefix(n.Document.ID, "p") {
			t.Errorf("asked about the mixing plant, got %s %s", n.Document.ID, n.Document.Title)
		}
		if n.Likeness < SameMatter {
			t.Errorf("%s: likeness %.2f is below %.2f", n.Document.Title, n.Likeness, SameMatter)
		}
	}
	if len(found) != 6 {
		t.Fatalf("%d found, want 6 of the 7", len(found))
	}
	if !slices.Contains(found[0].Shared, "丽景新城搅拌站") && !slices.Contains(found[0].Shared, "丽景新城") {
		t.Errorf("evidence %q does not name the place", found[0].Shared)
	}
}

func TestWhatIsLikeNothingIsSaidToBeLikeNothing(t *testing.T) {
	t.Parallel()
	l := NewLikeness(year(monday))
	for _, n := range l.Like(Question{Title: "申请办理出国护照需要什么条件"}, 3) {
		if n.Likeness >= SameMatter && !strings.Contains(n.Document.Title, "办理") {
			t.Errorf("%s: likeness %.2f with a passport", n.Document.Title, n.Likeness)
		}
	}
	if got := l.Like(Question{Title: "，。！"}, 3); len(got) != 0 {
		t.Errorf("punctuation is like %v", got)
	}
}

func TestATicketElsewhereIsNotOffered(t *testing.T) {
	t.Parallel()
	docs := []Document{
		{ID: "here", Title: "路灯坏了", Area: "370101001"},
		{ID: "there", Title: "路灯坏了", Area: "370102"},
		{ID: "somewhere", Title: "路灯坏了"},
		{ID: "whole city", Title: "路灯坏了", Area: "3701"},
		{ID: "other", Title: "自来水发黄", Area: "370101"},
	}
	got := NewLikeness(docs).Like(Question{Title: "路灯坏了", Area: "370101"}, 9)
	if diff := cmp.Diff("here somewhere whole city", idsOf(got)); diff != "" {
		t.Errorf("offered (-want +got):\n%s", diff)
	}
	if got := NewLikeness(docs).Like(Question{Title: "路灯坏了", Except: "here"}, 9); slices.Contains(strings.Fields(idsOf(got)), "here") {
		t.Errorf("the ticket itself was offered: %s", idsOf(got))
	}
}

func TestPlaceCodesTellPlacesApart(t *testing.T) {
	t.Parallel()
	docs := []Document{{ID: "a2", Title: "A2区停水"}, {ID: "a3", Title: "A3区停水"}, {ID: "b", Title: "B市停电"}}
	if got := NewLikeness(docs).Like(Question{Title: "A3区停水了"}, 1); idsOf(got) != "a3" {
		t.Errorf("likest to A3区 is %s", idsOf(got))
	}
}

func TestABurstOfLikeTicketsIsOneMatter(t *testing.T) {
	t.Parallel()
	docs := year(monday)
	bursts := NewLikeness(docs).Bursts(monday.AddDate(0, 0, 6), Heat{})
	if len(bursts) != 1 {
		t.Fatalf("%d hot matters, want the mixing plant alone: %+v", len(bursts), bursts)
	}
	b := bursts[0]
	if len(b.Documents) != 7 || b.Writers != 6 || b.Usual != 0 {
		t.Errorf("%d documents by %d writers, %.2f usual; want 7 by 6, as one neighbour wrote twice, and none before", len(b.Documents), b.Writers, b.Usual)
	}
	if !strings.HasPrefix(docs[b.Main].ID, "p") {
		t.Errorf("the main matter is %s", docs[b.Main].Title)
	}
	if words := strings.Join(b.Words, " "); !strings.Contains(words, "丽景新城") {
		t.Errorf("the matter is named by %q", words)
	}
}

func TestWhatComesEveryWeekIsNotHot(t *testing.T) {
	t.Parallel()
	var docs []Document
	for week := range 20 {
		for i := range 6 {
			docs = append(docs, Document{ID: fmt.Sprint(week, "-", i), Title: "老火车站出租车拒载", Who: fmt.Sprint(week, i),
				At: monday.AddDate(0, 0, 7*week).Add(time.Duration(i) * time.Hour)})
		}
		docs = append(docs, Document{ID: fmt.Sprint(week), Title: ordinary[week%len(ordinary)], At: monday.AddDate(0, 0, 7*week)})
	}
	if got := NewLikeness(docs).Bursts(monday.AddDate(0, 0, 7*19+1), Heat{}); len(got) != 0 {
		t.Errorf("six a week for months is called hot: %+v", got)
	}
}

func TestOneWriterIsNoCrowd(t *testing.T) {
	t.Parallel()
	docs := year(monday)
	for i := range docs {
		docs[i].Who = "one and the same"
	}
	if got := NewLikeness(docs).Bursts(monday.AddDate(0, 0, 6), Heat{}); len(got) != 0 {
		t.Errorf("one neighbour writing seven times is called hot: %+v", got)
	}
}

func TestTheFutureDoesNotCount(t *testing.T) {
	t.Parallel()
	if got := NewLikeness(year(monday)).Bursts(monday.Add(time.Hour), Heat{}); len(got) != 0 {
		t.Errorf("after the first of seven tickets the matter is called hot: %+v", got)
	}
}

func TestEveryDocumentIsInOneGroup(t *testing.T) {
	t.Parallel()
	docs := year(monday)
	docs = append(docs, Document{ID: "empty"}, Document{ID: "empty too"}, Document{ID: "odd", Title: oddTexts["broken UTF-8"], Text: oddTexts["one million"]})
	l := NewLikeness(docs)
	seen := map[int]int{}
	groups := l.Groups()
	for _, g := range groups {
		for _, i := range g.Documents {
			seen[i]++
		}
	}
	for i := range docs {
		if seen[i] != 1 {
			t.Errorf("document %s lies in %d groups", docs[i].ID, seen[i])
		}
	}
	if diff := cmp.Diff(groupIDs(groups), groupIDs(l.Groups())); diff != "" {
		t.Errorf("grouped differently the second time:\n%s", diff)
	}
	if got := NewLikeness(nil).Groups(); len(got) != 0 {
		t.Errorf("nothing was sorted into %v", got)
	}
}

func groupIDs(gs []Group) [][]int {
	var out [][]int
	for _, g := range gs {
		out = append(out, g.Documents)
	}
	return out
}

func FuzzLike(f *testing.F) {
	l := NewLikeness(year(monday))
	for _, text := range oddTexts {
		if len(text) < 1<<10 {
			f.Add(text, text)
		}
	}
	f.Fuzz(func(t *testing.T, title, text string) {
		for _, n := range l.Like(Question{Title: title, Text: text}, 5) {
			if !(n.Likeness >= 0 && n.Likeness < 1.001) {
				t.Errorf("likeness %f", n.Likeness)
			}
			for _, s := range n.Shared {
				if !strings.Contains(title, s) && !strings.Contains(text, s) {
					t.Errorf("%q is shared but stands in neither title nor text", s)
				}
			}
		}
	})
}

func BenchmarkLike(b *testing.B) {
	var docs []Document
	for i := range 100 {
		docs = append(docs, year(monday.AddDate(0, 0, i))...)
	}
	l := NewLikeness(docs)
	for b.Loop() {
		l.Like(Question{Title: "丽景新城搅拌站太吵了", Text: "夜里一直响，灰尘也大，请处理。"}, 5)
	}
}

// The same words from many people are one matter, however few other tickets a
// young desk has seen.
func TestABurstThatFillsAYoungDeskIsOneMatter(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 9, 21, 1, 0, 0, 0, time.UTC)
	var docs []Document
	for i, text := range []string{"公积金提取申请被退回三次。", "楼上餐馆油烟直排。", "小区电梯坏了一周。", "身份证到期，派出所说系统故障。"} {
		docs = append(docs, Document{ID: fmt.Sprint("other", i), Text: text, At: start})
	}
	for i := range 60 {
		docs = append(docs, Document{ID: fmt.Sprint(i), Text: "化工园那边飘来刺鼻的臭味，窗户都不敢开。", At: start.Add(time.Duration(i) * time.Minute), Who: fmt.Sprint("caller", i)})
	}
	found := NewLikeness(docs).Bursts(start.Add(2*time.Hour), Heat{})
	if len(found) != 1 || found[0].Writers != 60 {
		t.Errorf("60 callers about one smell among 4 others are %d hot matters: %+v", len(found), found)
	}
}
