package triage

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

const shared = "../../../shared/data"

type sharedMessage struct {
	ID, Title, Text, Label, Group, Domain string
}

// readMessages reads a file of real messages, or skips the test where the
// folder beside the repository is missing.
func readMessages(t testing.TB, name string) []sharedMessage {
	t.Helper()
	f, err := os.Open(filepath.Join(shared, name))
	if err != nil {
		t.Skipf("needs real messages: %v", err)
	}
	defer f.Close()
	var out []sharedMessage
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var m sharedMessage
		if err := json.Unmarshal(lines.Bytes(), &m); err != nil {
			t.Fatal(err)
		}
		out = append(out, m)
	}
	return out
}

// dispatchExamples are the messages to learn from.
func dispatchExamples(t testing.TB) []Example {
	t.Helper()
	var out []Example
	for _, name := range []string{"dispatch_train.jsonl", "dispatch_train_titleonly_extra.jsonl"} {
		for _, m := range readMessages(t, name) {
			out = append(out, Example{Title: m.Title, Text: m.Text, Label: m.Label, Group: m.Group})
		}
	}
	return out
}

// judge measures a model on messages it has not seen, whole and by their titles.
func judge(m *Model, messages []sharedMessage) (whole, title Quality) {
	at := map[string]int{}
	for i, label := range m.Labels() {
		at[label] = i
	}
	var wholes, titles []Judged
	for _, d := range messages {
		wholes = append(wholes, Judged{m.Judge(d.Title, d.Text), at[d.Label]})
		titles = append(titles, Judged{m.Judge(d.Title, ""), at[d.Label]})
	}
	return Measure(wholes, len(at)), Measure(titles, len(at))
}

// The floors below only rise. Two folds instead of five cost half the time and
// hardly any quality.
func TestQualityOnRealMessages(t *testing.T) {
	t.Parallel()
	m, err := Train(context.Background(), dispatchExamples(t), Options{Folds: 2})
	if err != nil {
		t.Fatal(err)
	}
	whole, title := judge(m, readMessages(t, "dispatch_dev.jsonl"))
	t.Logf("whole messages: %+v", whole)
	t.Logf("titles alone:   %+v", title)
	atLeast(t, "whole: macro F1", whole.MacroF1, 0.935)
	atLeast(t, "whole: right among the first two", whole.Top2, 0.99)
	atLeast(t, "whole: precision of the surest 70 %", whole.PrecisionA70, 0.985)
	atLeast(t, "whole: calibration", 1-whole.ECE, 0.97)
	atLeast(t, "title: macro F1", title.MacroF1, 0.91)
	data, err := m.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 12<<20 {
		t.Errorf("the model is %d bytes; it must load in under a second", len(data))
	}
}

func TestQualityOfAnotherCitysLabels(t *testing.T) {
	t.Parallel()
	messages := readMessages(t, "hz_domain_train.jsonl")
	var es []Example
	for _, m := range messages {
		es = append(es, Example{Title: m.Title, Text: m.Text, Label: m.Domain})
	}
	const hands = 5
	hand := Deal(es, hands, 0)
	right := 0
	for k := range hands {
		m, err := Train(context.Background(), others(es, hand, k), Options{Folds: 3})
		if err != nil {
			t.Fatal(err)
		}
		for i, e := range es {
			if hand[i] == k && m.Classify(e.Title, e.Text)[0].Label == e.Label {
				right++
			}
		}
	}
	accuracy := float64(right) / float64(len(es))
	t.Logf("accuracy over five folds: %.4f", accuracy)
	atLeast(t, "accuracy", accuracy, 0.62)
}

func others(es []Example, hand []int, k int) []Example {
	var out []Example
	for i, e := range es {
		if hand[i] != k {
			out = append(out, e)
		}
	}
	return out
}

func atLeast(t *testing.T, what string, got, floor float64) {
	t.Helper()
	if got < floor {
		t.Errorf("%s is %.4f, at least %.4f was reached before", what, got, floor)
	}
}

func BenchmarkTrain(b *testing.B) {
	es := dispatchExamples(b)
	for b.Loop() {
		if _, err := Train(context.Background(), es, Options{}); err != nil {
			b.Fatal(err)
		}
	}
}

// trainedOnReal is one model for all benchmarks.
func trainedOnReal(b *testing.B) *Model {
	b.Helper()
	benchOnce.Do(func() {
		var err error
		if benchModel, err = Train(context.Background(), dispatchExamples(b), Options{Folds: 2}); err != nil {
			b.Fatal(err)
		}
	})
	if benchModel == nil {
		b.Skip("needs real messages")
	}
	return benchModel
}

var (
	benchOnce  sync.Once
	benchModel *Model
)

func BenchmarkLoad(b *testing.B) {
	data, err := trainedOnReal(b).MarshalBinary()
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if _, err := Load(data); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkTriage is one whole proposal for a real message: urgency, kind,
// class, category and departments, with the words behind them.
func BenchmarkTriage(b *testing.B) {
	models := &Models{Of: map[string]*Model{ForDepartment: trainedOnReal(b)}}
	a := NewAdvisor(townDirectory(), models)
	messages := readMessages(b, "dispatch_dev.jsonl")
	i := 0
	for b.Loop() {
		m := messages[i%len(messages)]
		a.Propose(Asked{Title: m.Title, Text: m.Text, Area: "370101"}, nil)
		i++
	}
}

func hotDocuments(b *testing.B) []Document {
	b.Helper()
	var docs []Document
	for _, m := range readMessages(b, "hot_messages.jsonl") {
		docs = append(docs, Document{ID: m.ID, Title: m.Title, Text: m.Text})
	}
	return docs
}

// BenchmarkLikeReal asks a year of 4,326 messages for those like a title.
func BenchmarkLikeReal(b *testing.B) {
	docs := hotDocuments(b)
	l := NewLikeness(docs)
	i := 0
	for b.Loop() {
		l.Like(Question{Title: docs[i%len(docs)].Title}, 5)
		i++
	}
}

// BenchmarkGroupReal reads a year of messages and sorts them into matters.
func BenchmarkGroupReal(b *testing.B) {
	docs := hotDocuments(b)
	for b.Loop() {
		NewLikeness(docs).Groups()
	}
}
