package triage

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bureaus are an invented town's departments and what is brought to them; a
// message is a matter, where it is and what the writer asks for.
var bureaus = map[string][]string{
	"housing":   {"小区电梯经常停运", "房产证办不下来", "物业乱收物业费", "楼顶漏水开发商不修", "交房逾期半年", "业委会换届被拖延"},
	"transport": {"公交车等了四十分钟", "出租车拒载", "路口红绿灯坏了", "公交站牌倒了没人扶", "网约车绕路多收钱", "大货车白天超载闯红灯"},
	"schools":   {"学校强制补课收费", "孩子入学学区划分不公", "老师体罚学生", "幼儿园伙食费不退", "中考加分材料不收", "学校周末集体上课"},
	"labour":    {"工地拖欠农民工工资", "公司不缴社保", "辞职后不发工资", "工伤认定一直不批", "退休金少算三年工龄", "劳动合同到期不给补偿"},
}

var (
	corners = []string{"城东", "和平路", "新河街", "城南三号院", "东湖边", "老火车站"}
	asks    = []string{"请有关部门查处", "请问该怎么办", "希望尽快解决", "反映多次没有结果", "盼回复"}
)

func townExamples() []Example {
	var out []Example
	for label, matters := range bureaus {
		for i, m := range matters {
			for j, where := range corners {
				ask := asks[(i+j)%len(asks)]
				out = append(out, Example{Title: where + m, Text: fmt.Sprintf("您好，%s%s，已经%d个月了，%s。", where, m, j+1, ask), Label: label, Group: fmt.Sprint(label, j)})
			}
		}
	}
	return sortedExamples(out)
}

// sortedExamples: a map gave them in any order.
func sortedExamples(es []Example) []Example {
	byTitle := map[string]Example{}
	for _, e := range es {
		byTitle[e.Title] = e
	}
	out := make([]Example, 0, len(es))
	for _, label := range []string{"housing", "labour", "schools", "transport"} {
		for _, m := range bureaus[label] {
			for _, where := range corners {
				out = append(out, byTitle[where+m])
			}
		}
	}
	return out
}

var townModel = sync.OnceValues(func() (*Model, error) { return Train(context.Background(), townExamples(), Options{}) })

func town(t testing.TB) *Model {
	t.Helper()
	m, err := townModel()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestProposesWhatPeopleDecidedForLikeMessages(t *testing.T) {
	t.Parallel()
	m := town(t)
	for _, c := range []struct{ name, title, text, want string }{
		{"whole message", "电梯又停运了", "我家住十八楼，小区的电梯这个月第三次停运，物业说没钱修，老人出不了门，请尽快解决。", "housing"},
		{"title alone", "出租车司机拒载还骂人", "", "transport"},
		{"text alone", "", "包工头跑了，工地上三十个农民工的工资到现在没有发，请帮我们讨要工资。", "labour"},
		{"traditional characters", "學校強制補課收費", "", "schools"},
		{"full width and blanks", "公　交　车 等了４０分钟", "", "transport"},
		{"words never met, but everyday ones", "小孩上小学摇号不透明", "", "schools"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := m.Classify(c.title, c.text); got[0].Label != c.want {
				t.Errorf("%s %s: proposed %v, want %s first", c.title, c.text, got, c.want)
			}
		})
	}
}

func TestSaysWhichWordsSpokeForIt(t *testing.T) {
	t.Parallel()
	words := town(t).Why("工地拖欠工資", "您好，包工头跑了，农民工的工资一直没有发。", "labour", 5)
	if len(words) == 0 || len(words) > 5 {
		t.Fatalf("%d words, want one to five", len(words))
	}
	var all []string
	before := 1.0
	for _, w := range words {
		all = append(all, w.Text)
		if w.Share <= 0 || w.Share > before {
			t.Errorf("%v: shares must fall and be above nothing", words)
		}
		before = w.Share
	}
	if joined := strings.Join(all, " "); !strings.Contains(joined, "工") {
		t.Errorf("words %q do not name the wages", joined)
	}
	if got := town(t).Why("工地拖欠工资", "", "no such label", 5); got != nil {
		t.Errorf("a label nobody knows is explained by %v", got)
	}
}

func TestTheSameExamplesGiveTheSameModel(t *testing.T) {
	t.Parallel()
	other, err := Train(context.Background(), townExamples(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	a, err := town(t).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	b, err := other.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(a, b) {
		t.Error("two trainings on the same examples wrote different bytes")
	}
}

func TestAModelReadBackProposesTheSame(t *testing.T) {
	t.Parallel()
	m := town(t)
	data, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	back, err := Load(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, title := range []string{"电梯停运", "退休金算错", "", "🚌公交"} {
		if diff := cmp.Diff(m.Classify(title, "请查处"), back.Classify(title, "请查处")); diff != "" {
			t.Errorf("%q (-written +read):\n%s", title, diff)
		}
	}
	if diff := cmp.Diff(m.Card(), back.Card()); diff != "" {
		t.Errorf("card (-written +read):\n%s", diff)
	}
}

func TestTheCardTellsHowGoodTheModelIs(t *testing.T) {
	t.Parallel()
	card := town(t).Card()
	if card.Examples != 144 || card.Labels["labour"] != 36 {
		t.Errorf("card counts %d examples, %v", card.Examples, card.Labels)
	}
	if q := card.Whole; q.Count != 144 || q.Accuracy < 0.9 {
		t.Errorf("on messages held back: %+v; these are easy", q)
	}
}

func TestTooLittleToLearnFrom(t *testing.T) {
	t.Parallel()
	all := townExamples()
	for name, es := range map[string][]Example{
		"nothing":       nil,
		"too few":       all[:LeastExamples-1],
		"one label":     all[:36],
		"empty message": {{Label: "a"}, {Label: "b"}},
	} {
		if _, err := Train(context.Background(), es, Options{}); !errors.Is(err, ErrTooFew) {
			t.Errorf("%s: got %v, want ErrTooFew", name, err)
		}
	}
}

func TestTrainingCanBeCalledOff(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Train(ctx, townExamples(), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want that it was called off", err)
	}
}

func TestMessagesWithNothingInThemStillTrain(t *testing.T) {
	t.Parallel()
	es := townExamples()
	for i := range es {
		switch i % 3 {
		case 0:
			es[i].Title, es[i].Text = "", ""
		case 1:
			es[i].Text = ""
		}
	}
	if _, err := Train(context.Background(), es, Options{Folds: 2}); err != nil {
		t.Error(err)
	}
}

var oddTexts = map[string]string{
	"nothing":          "",
	"one character":    "水",
	"only punctuation": "，。！？……——《》",
	"emoji":            "🐶🐶👨‍👩‍👧‍👦💧🔥",
	"broken UTF-8":     "小区\xff\xfe停\x80水\xe4\xb8",
	"query syntax":     `title:"a" OR 1=1; DROP TABLE tickets; -- *?~^`,
	"blanks":           strings.Repeat(" \t\u3000\n", 1000),
	"one million":      strings.Repeat("小区停水三天没有人管。", 1<<20/33),
	"one rune, often":  strings.Repeat("狗", 1<<20/3),
	"zero bytes":       "停\x00水\x00",
	"rare characters":  "𠮷𡈽𪚥㐂",
}

func TestOddTextsGetAnOrdinaryAnswer(t *testing.T) {
	t.Parallel()
	m := town(t)
	for name, text := range oddTexts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			soundAnswer(t, m, text, "")
			soundAnswer(t, m, "", text)
			soundAnswer(t, m, text, text)
		})
	}
}

func FuzzClassify(f *testing.F) {
	for _, text := range oddTexts {
		if len(text) < 1<<10 {
			f.Add(text, text)
		}
	}
	f.Add("A3区停水", "a12县B市@0")
	m := town(f)
	f.Fuzz(func(t *testing.T, title, text string) { soundAnswer(t, m, title, text) })
}

// soundAnswer checks that every label is there once and that chances add up.
func soundAnswer(t *testing.T, m *Model, title, text string) {
	t.Helper()
	sum, before := 0.0, 1.0
	choices := m.Classify(title, text)
	for _, c := range choices {
		if !(c.Confidence >= 0 && c.Confidence <= before) {
			t.Fatalf("%v: chances must fall from at most one to at least nothing", choices)
		}
		before = c.Confidence
		sum += c.Confidence
	}
	if len(choices) != len(m.Labels()) || math.Abs(sum-1) > 1e-6 {
		t.Fatalf("%v: %d chances that add up to %f", choices, len(choices), sum)
	}
	for _, w := range m.Why(title, text, choices[0].Label, 3) {
		if !strings.Contains(title, w.Text) && !strings.Contains(text, w.Text) {
			t.Fatalf("evidence %q stands neither in title nor in text", w.Text)
		}
	}
}

func FuzzLoad(f *testing.F) {
	data, err := town(f).MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data[:200])
	f.Add([]byte(magic))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := Load(data); err != nil && !errors.Is(err, ErrNotAModel) {
			t.Errorf("got %v, want ErrNotAModel", err)
		}
	})
}

func TestADamagedModelIsRefused(t *testing.T) {
	t.Parallel()
	data, err := town(t).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	for name, broken := range map[string][]byte{
		"cut short":     data[:len(data)/2],
		"another magic": append([]byte("nengban triage model 9\n"), data[len(magic):]...),
		"flipped bits":  append(append([]byte{}, data[:60]...), bytes.Repeat([]byte{0xff}, 100)...),
	} {
		if _, err := Load(broken); !errors.Is(err, ErrNotAModel) {
			t.Errorf("%s: got %v, want ErrNotAModel", name, err)
		}
	}
}

func BenchmarkClassify(b *testing.B) {
	m := town(b)
	title, text := "小区电梯经常停运", strings.Repeat("您好，电梯经常停运，已经三个月了，物业一直不修，老人出不了门。", 5)
	for b.Loop() {
		m.Classify(title, text)
	}
}
