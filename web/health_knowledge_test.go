package web_test

import (
	"context"
	"net/http"
	"os"
	"testing"

	"nengban/knowledge"
	"nengban/web"
	"nengban/web/pages"
	"nengban/web/webtest"
)

// An index whose folder is gone is reported while the database serves, and what
// was found and mended is told afterwards.
func TestABrokenIndexIsReportedInHealthAndItsMendingIsTold(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	var l *knowledge.Library
	index := t.TempDir()
	s := webtest.New(t, func(p *web.Parts) {
		webtest.WithKnowledgeAt(t, index)(p)
		l = p.Knowledge
		p.Checks = []pages.Check{pages.KnowledgeCheck(l)}
	})
	admin := s.As(s.Admin)
	if _, err := l.Verify(ctx); err != nil {
		t.Fatal(err)
	}
	s.Stranger().Get("/healthz").Is(http.StatusOK).WantBody(`"articles":3`)
	admin.Get("/system").Want("table", "知识检索").Want("table", "3篇一致")
	if err := os.RemoveAll(index); err != nil {
		t.Fatal(err)
	}
	if err := l.Check(ctx); err == nil {
		t.Fatal("an index without its folder is what the database holds")
	}
	s.Stranger().Get("/healthz").Is(http.StatusOK).WantBody(`"ok":false`)
	admin.Get("/system").Want("table", "知识索引不见了，正在重建")
	admin.English().Get("/system").Want("table", "the database answers meanwhile")
	s.Stranger().Get("/answers?q=公积金提取").Is(http.StatusOK).Want("main", "住房公积金提取办理指南")
	if _, err := l.Verify(ctx); err != nil {
		t.Fatal(err)
	}
	s.Stranger().Get("/healthz").WantBody(`"rebuilt_at"`).WantBody(`"trouble":"missing"`)
	admin.Get("/system").Want("table", "发现索引丢失").Want("table", "已重建")
	admin.English().Get("/system").Want("table", "found missing")
}
