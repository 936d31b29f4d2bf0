package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jonboulle/clockwork"
)

// runEval runs `nengban eval` and returns what it printed.
func runEval(t *testing.T, args ...string) (out, errs string, code int) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	term := &terminal{In: strings.NewReader(""), Out: &stdout, Err: &stderr, Clock: clockwork.NewFakeClock()}
	code = run(context.Background(), append([]string{"eval"}, args...), term)
	return stdout.String(), stderr.String(), code
}

// linesFile writes rows as a file of one JSON object a line.
func linesFile(t *testing.T, name string, rows ...map[string]any) string {
	t.Helper()
	var b bytes.Buffer
	for _, r := range rows {
		if err := printJSON(&b, r); err != nil {
			t.Fatal(err)
		}
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// messagesOf are messages of two kinds; every third lacks its text.
func messagesOf(from, to int, field string) []map[string]any {
	matters := map[string][]string{
		"交通": {"公交车等了很久", "出租车拒载", "路口红绿灯坏了", "公交站牌倒了"},
		"劳动": {"工地拖欠工资", "公司不缴社保", "辞职不发工资", "退休金少算工龄"},
	}
	var out []map[string]any
	for i := from; i < to; i++ {
		for _, label := range []string{"交通", "劳动"} {
			title := fmt.Sprintf("%s%s", []string{"城东", "城西", "河边", "新区"}[i%4], matters[label][i/4%4])
			row := map[string]any{"id": fmt.Sprint(label, i), "title": title, field: label}
			if i%3 > 0 {
				row["text"] = title + "，反映多次没有结果，请处理。"
			}
			out = append(out, row)
		}
	}
	return out
}

type qualities struct {
	Accuracy *float64 `json:"accuracy"`
	MacroF1  *float64 `json:"macro_f1"`
	Top2     *float64 `json:"top2"`
	ECE      *float64 `json:"ece"`
	At70     *float64 `json:"precision_at_70"`
}

func TestEvalDispatchPrintsOneObject(t *testing.T) {
	t.Parallel()
	a, b := linesFile(t, "a.jsonl", messagesOf(0, 24, "label")...), linesFile(t, "b.jsonl", messagesOf(24, 32, "label")...)
	test := linesFile(t, "test.jsonl", messagesOf(32, 48, "label")...)
	out, errs, code := runEval(t, "dispatch", "--train", a+","+b, "--test", test, "--json")
	if code != 0 || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var got struct{ Full, Title qualities }
	in := json.NewDecoder(strings.NewReader(out))
	in.DisallowUnknownFields()
	if err := in.Decode(&got); err != nil || in.More() {
		t.Fatalf("%v in %s", err, out)
	}
	for name, q := range map[string]qualities{"full": got.Full, "title": got.Title} {
		if q.Accuracy == nil || q.MacroF1 == nil || q.Top2 == nil || q.ECE == nil || q.At70 == nil {
			t.Fatalf("%s lacks a figure: %s", name, out)
		}
		if *q.Accuracy < 0.9 || *q.Top2 != 1 {
			t.Errorf("%s: accuracy %f, first two %f; these are easy and there are two labels", name, *q.Accuracy, *q.Top2)
		}
	}
}

func TestEvalDispatchInFoldsOnAnotherField(t *testing.T) {
	t.Parallel()
	rows := append(messagesOf(0, 20, "domain"), map[string]any{"id": "x", "title": "没有分类的一条", "domain": nil})
	out, errs, code := runEval(t, "dispatch", "--train", linesFile(t, "a.jsonl", rows...), "--folds", "5", "--label", "domain")
	if code != 0 || !strings.Contains(errs, "fold 5 of 5: learning from 32 messages") {
		t.Fatalf("exit %d: %s", code, errs)
	}
	for _, want := range []string{"each learned from about 32 messages", "40 in all", "title alone", "|交通|20||100 %|", "|right when proposed|100 %|", "came true"} {
		if !strings.Contains(out, want) {
			t.Errorf("the table lacks %q:\n%s", want, out)
		}
	}
}

func TestEvalDispatchTellsItsMistakesAndWhy(t *testing.T) {
	t.Parallel()
	test := append(messagesOf(24, 28, "label"), map[string]any{"id": "odd one", "title": "出租车公司拖欠司机工资", "text": "我是司机，公司三个月不发工资。", "label": "农业"})
	out, errs, code := runEval(t, "dispatch", "--train", linesFile(t, "a.jsonl", messagesOf(0, 24, "label")...), "--test", linesFile(t, "b.jsonl", test...))
	if code != 0 || !strings.Contains(errs, "learning from 48 messages") {
		t.Fatalf("exit %d: %s", code, errs)
	}
	if !strings.Contains(out, "odd one") || !strings.Contains(out, "people: 农业") || !strings.Contains(out, "because of") {
		t.Errorf("a label nobody could know is not among the mistakes:\n%s", out)
	}
}

func TestEvalSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	few, many := linesFile(t, "few.jsonl", messagesOf(0, 2, "label")...), linesFile(t, "many.jsonl", messagesOf(0, 24, "label")...)
	unlabelled := linesFile(t, "unlabelled.jsonl", messagesOf(0, 2, "matter")...)
	odd := linesFile(t, "odd.jsonl", map[string]any{"id": "odd one", "title": "出租车公司拖欠司机工资", "label": "农业"})
	for _, c := range []struct {
		name string
		args []string
		want string
	}{
		{"nothing to measure on", []string{"dispatch", "--train", few}, "give --test"},
		{"too few", []string{"dispatch", "--train", few, "--test", few}, "too few examples"},
		{"no such file", []string{"dispatch", "--train", "nowhere.jsonl", "--test", few}, "nowhere.jsonl"},
		{"both ways", []string{"dispatch", "--train", few, "--test", few, "--folds", "3"}, "--test"},
		{"more folds than messages", []string{"dispatch", "--train", few, "--folds", "5"}, "5 folds of 4 messages"},
		{"a test without labels", []string{"dispatch", "--train", many, "--test", unlabelled}, "no message in it has a label in label,domain"},
		{"fewer mistakes than none", []string{"dispatch", "--train", many, "--test", odd, "--worst=-1"}, "--worst"},
		{"fewer found too early than none", []string{"hot", "--messages", odd, "--gold", odd, "--worst=-1"}, "--worst"},
		{"fewer misses than none", []string{"retrieval", "--corpus", odd, "--queries", odd, "--misses=-1"}, "--misses"},
	} {
		if _, errs, code := runEval(t, c.args...); code == 0 || !strings.Contains(errs, c.want) {
			t.Errorf("%s: exit %d, %q lacks %q", c.name, code, errs, c.want)
		}
	}
}

func TestEvalHotMeasuresMattersPeopleFound(t *testing.T) {
	t.Parallel()
	var messages, gold []map[string]any
	add := func(issue, role string, titles ...string) {
		for i, title := range titles {
			id := fmt.Sprint(issue, i)
			messages = append(messages, map[string]any{"id": id, "user": id, "title": title, "text": title + "，请处理。", "time": fmt.Sprintf("2026-03-%02dT08:00:00", 1+len(messages))})
			if role != "" {
				gold = append(gold, map[string]any{"issue": issue, "name": "matter " + issue, "id": id, "role": role})
			}
		}
	}
	add("plant", "pos", "丽景新城旁搅拌站扰民", "丽景新城附近搅拌站粉尘", "投诉丽景新城搅拌站", "丽景新城搅拌站半夜施工")
	add("park", "pos", "洪水公园何时开工", "洪水公园什么时候动工", "洪水公园为什么还不建")
	add("rest", "", "路灯坏了", "自来水发黄", "电梯停运", "公交车太少", "医保报销被退回", "工资没有发", "幼儿园学费高", "身份证怎么办")
	args := []string{"hot", "--messages", linesFile(t, "m.jsonl", messages...), "--gold", linesFile(t, "g.jsonl", gold...)}
	out, errs, code := runEval(t, append(args, "--json")...)
	if code != 0 || errs != "" {
		t.Fatalf("exit %d: %s", code, errs)
	}
	var got map[string]float64
	if err := json.Unmarshal([]byte(out), &got); err != nil || len(got) != 3 {
		t.Fatalf("%v in %s", err, out)
	}
	for _, name := range []string{"p_at_5", "map", "bcubed_f"} {
		if got[name] < 0.95 {
			t.Errorf("%s is %f; these are easy: %s", name, got[name], out)
		}
	}
	if out, _, _ := runEval(t, args...); !strings.Contains(out, "matter plant") || !strings.Contains(out, "of 15 messages") {
		t.Errorf("the table names no matter:\n%s", out)
	}
}

func TestHotMattersOnRealMessages(t *testing.T) {
	t.Parallel()
	shared := filepath.Join("..", "..", "..", "shared", "data")
	if _, err := os.Stat(shared); err != nil {
		t.Skipf("needs real messages: %v", err)
	}
	out, errs, code := runEval(t, "hot", "--messages", filepath.Join(shared, "hot_messages.jsonl"), "--gold", filepath.Join(shared, "hot_dev.jsonl"), "--json")
	if code != 0 {
		t.Fatal(errs)
	}
	var got hotScore
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	t.Log(out)
	// Floors only rise.
	if got.PAt5 < 0.985 || got.MAP < 0.98 || got.BCubedF < 0.96 {
		t.Errorf("was better before: %s", out)
	}
}
