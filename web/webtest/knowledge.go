package webtest

import (
	"context"
	"testing"

	"nengban/knowledge"
	"nengban/tickets"
	"nengban/web"
	"nengban/web/pages"
)

// WithKnowledge gives a site a knowledge base with three articles that serve:
// K000001, a public guide of the housing bureau, K000002, a public question and
// answer, and K000003, which is for the staff.
func WithKnowledge(t testing.TB) func(*web.Parts) {
	t.Helper()
	return WithKnowledgeAt(t, t.TempDir())
}

// WithKnowledgeAt is WithKnowledge with its index in a folder of the test's.
func WithKnowledgeAt(t testing.TB, index string) func(*web.Parts) {
	t.Helper()
	return func(p *web.Parts) {
		ctx := context.Background()
		l, err := knowledge.Open(ctx, knowledge.Parts{DB: p.DB, Clock: p.Clock, Log: p.Log, Index: index, Files: t.TempDir(), Vault: p.Vault, Above: p.Places.Directory().Above,
			Redact: func(text string) string { return tickets.Hush(text, tickets.Caller{}) }})
		must(t, err)
		t.Cleanup(func() { _ = l.Close() })
		rows := func(yield func(knowledge.Incoming, error) bool) {
			for i, c := range articles {
				if !yield(knowledge.Incoming{Line: i + 1, Content: c}, nil) {
					return
				}
			}
		}
		report, err := l.Import(ctx, knowledge.Importer, rows, knowledge.ImportOptions{Source: "town", MakePaths: true})
		must(t, err)
		if report.Taken != len(articles) {
			t.Fatalf("the town's articles: %+v", report)
		}
		_, err = l.Tick(ctx)
		must(t, err)
		p.Knowledge = l
		p.Hooks.Match = func(ctx context.Context, text string, n int) ([]pages.Match, error) {
			var out []pages.Match
			found, err := l.Match(ctx, text, n)
			for _, m := range found {
				out = append(out, pages.Match{ID: m.ID, Title: m.Title, Snippet: m.Snippet, Answer: m.Answer, Basis: m.Basis, Href: "/knowledge/" + m.ID})
			}
			return out, err
		}
	}
}

var articles = []knowledge.Content{
	{Title: "住房公积金提取办理指南", Kind: knowledge.ServiceGuide, Path: "住房/公积金", Department: "housing", Issuer: "住房公积金管理中心", Keywords: []string{"公积金", "提取", "租房"},
		Body: "职工租房的，凭无房证明和身份证，每年可以提取一次住房公积金。\n材料齐全的三个工作日到账。", Access: knowledge.Public},
	{Title: "公积金贷款最高能贷多少", Kind: knowledge.FAQ, Path: "住房/公积金", Issuer: "住房公积金管理中心", Body: "双缴存职工家庭最高八十万元，单缴存职工最高六十万元。", Access: knowledge.Public},
	{Title: "房改房补证处理口径", Kind: knowledge.Policy, Path: "住房/不动产登记", Department: "planning", Body: "由住建局与登记中心会商，一事一议。", Access: knowledge.Internal},
}
