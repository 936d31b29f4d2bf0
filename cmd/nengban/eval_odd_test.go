package main

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"
)

// oddTexts are what a file of messages may hold besides messages. A broken
// character comes as JSON lets it: as the sign for one.
var oddTexts = map[string]string{
	"one character": "公", "punctuation": "？！……——《》", "emoji": "🏠💰👨‍👩‍👧🇨🇳", "broken": "公积金\uFFFD\uFFFD", "a NUL": "公\x00积金", "nothing": "", "blanks": " \t\n　",
	"SQL": "'; DROP TABLE tickets; --%_\\", "query syntax": `+title:"公积金" -(x OR *)~2^5 AND /.*/`, "a megabyte": strings.Repeat("公积金提取", 70_000),
}

// Odd messages among the ordinary ones cost no measurement: each command prints
// its one object, and no figure is out of its bounds.
func TestEvalTakesOddTextsAsOrdinaryMessages(t *testing.T) {
	t.Parallel()
	train, test := messagesOf(0, 40, "label"), messagesOf(40, 48, "label")
	var corpus, queries, messages, gold []map[string]any
	for i, row := range test {
		messages = append(messages, map[string]any{"id": row["id"], "user": row["id"], "title": row["title"], "text": row["text"], "time": "2019-02-28T11:25:05"})
		if i < 6 {
			gold = append(gold, map[string]any{"issue": "traffic", "name": "traffic", "id": row["id"], "role": "pos"})
		}
		corpus = append(corpus, map[string]any{"id": row["id"], "reply_stripped": row["title"]})
	}
	for _, name := range slices.Sorted(maps.Keys(oddTexts)) {
		text := oddTexts[name]
		for _, row := range []map[string]any{{"id": "both " + name, "title": text, "text": text}, {"id": "text " + name, "title": "", "text": text}} {
			train = append(train, map[string]any{"id": row["id"], "title": row["title"], "text": row["text"], "label": "交通"})
			test = append(test, map[string]any{"id": row["id"], "title": row["title"], "text": row["text"], "label": "劳动"})
			queries = append(queries, map[string]any{"id": row["id"], "title": row["title"], "text": row["text"], "relevant": []string{"交通40"}})
			messages = append(messages, map[string]any{"id": row["id"], "user": "u", "title": row["title"], "text": row["text"], "time": "2019-02-28T11:25:05"})
		}
		corpus = append(corpus, map[string]any{"id": "reply " + name, "reply_stripped": text})
	}
	for name, args := range map[string][]string{
		"dispatch":  {"dispatch", "--train", linesFile(t, "train.jsonl", train...), "--test", linesFile(t, "test.jsonl", test...)},
		"retrieval": {"retrieval", "--corpus", linesFile(t, "corpus.jsonl", corpus...), "--queries", linesFile(t, "queries.jsonl", queries...)},
		"hot":       {"hot", "--messages", linesFile(t, "messages.jsonl", messages...), "--gold", linesFile(t, "gold.jsonl", gold...)},
	} {
		out, errs, code := runEval(t, append(args, "--json")...)
		if code != 0 {
			t.Errorf("eval %s ends with %d: %s", name, code, errs)
			continue
		}
		var got any
		if err := json.Unmarshal([]byte(out), &got); err != nil {
			t.Errorf("eval %s prints %s: %v", name, out, err)
		}
		eachFigure(got, func(x float64) {
			if x < 0 || x > 1 {
				t.Errorf("eval %s measures %v: %s", name, x, out)
			}
		})
	}
}

func eachFigure(in any, look func(float64)) {
	switch in := in.(type) {
	case float64:
		look(in)
	case map[string]any:
		for _, v := range in {
			eachFigure(v, look)
		}
	}
}
