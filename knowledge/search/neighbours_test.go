package search

import (
	"fmt"
	"strings"
	"testing"
)

// An answer that never says 电梯, like two that do, is likelier about lifts than one
// that is like two others about water.
func TestWhatAReplyLacksItsNeighboursHave(t *testing.T) {
	t.Parallel()
	const lift = "按楼层分摊，底层业主不出钱，签字满三分之二即可报建。"
	const water = "由用户每季度缴纳，逾期加收违约金，可在窗口或网上付款。"
	documents := []Document{
		{ID: "lift1", Body: "电梯费用" + lift},
		{ID: "lift2", Body: "电梯费用" + strings.ReplaceAll(lift, "报建", "动工")},
		{ID: "kin", Body: "费用" + strings.ReplaceAll(lift, "不出钱", "免缴")},
		{ID: "water1", Body: "费用" + water},
		{ID: "water2", Body: "费用" + strings.ReplaceAll(water, "用户", "住户")},
		{ID: "alien", Body: "费用" + strings.ReplaceAll(water, "每季度", "逐月")},
	}
	for i := range 40 { // so that words are rare
		documents = append(documents, Document{ID: fmt.Sprintf("other%d", i), Body: fmt.Sprintf("第%d号通知：雨季道路积水，请绕行。", i)})
	}
	x := written(t, documents, len(documents))
	r, err := x.Search(t.Context(), Query{Text: "电梯费用", Mode: Similar})
	if err != nil {
		t.Fatal(err)
	}
	score := map[string]float64{}
	for _, hit := range r.Hits {
		score[hit.ID] = hit.Score
	}
	if lead := score["kin"] - score["alien"]; lead < 0.5 {
		t.Errorf("the neighbour leads by %.2f only: %v", lead, score)
	}
}

// Pages pasted whole, or nothing but one character, fit the tables.
func TestNeighboursOfAnySize(t *testing.T) {
	t.Parallel()
	var documents []Document
	for i := range neighbouring + 10 {
		documents = append(documents, Document{ID: fmt.Sprint(i), Body: strings.Repeat(fmt.Sprintf("路灯%c不亮。", rune(0x4E00+i)), 3000)},
			Document{ID: fmt.Sprint("short", i), Body: "灯"})
	}
	x := written(t, documents, 100)
	r, err := x.Search(t.Context(), Query{Text: strings.Repeat("路灯不亮甲乙丙丁", 40), Mode: Similar})
	if err != nil || len(r.Hits) == 0 {
		t.Errorf("found %d, %v", len(r.Hits), err)
	}
}
