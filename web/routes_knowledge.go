package web

import (
	"nengban/knowledge"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// knowledgeRoutes are the articles' addresses: the staff's below /knowledge,
// the citizens' below /answers. There are none without a knowledge base.
func (s *Server) knowledgeRoutes() []page.Route {
	p, q := s.pages, s.portal
	if p.Knowledge == nil {
		return nil
	}
	use, edit, publish := page.Holders(staff.UseKnowledge), page.Holders(staff.EditKnowledge), page.Holders(staff.PublishKnowledge)
	const file = knowledge.MaxFile + page.MaxBody
	return []page.Route{
		{Method: "GET", Path: "/knowledge", Who: use, Handle: p.KnowledgeList},
		{Method: "GET", Path: "/knowledge/new", Who: edit, Handle: p.NewArticle},
		{Method: "POST", Path: "/knowledge", Who: edit, Handle: p.CreateArticle, MaxBody: 2 * page.MaxBody},
		{Method: "GET", Path: "/knowledge/export", Who: publish, Handle: p.ExportArticles},
		{Method: "GET", Path: "/knowledge/keeping", Who: use, Handle: p.Keeping},
		{Method: "POST", Path: "/knowledge/keeping/seen", Who: edit, Handle: p.SeenTo},
		{Method: "POST", Path: "/knowledge/keeping/words", Who: publish, Handle: p.SaveWords, MaxBody: 4 * page.MaxBody},
		{Method: "POST", Path: "/knowledge/keeping/opinions", Who: publish, Handle: p.SwitchOpinions},
		{Method: "POST", Path: "/knowledge/keeping/categories", Who: publish, Handle: p.SaveCategory},
		{Method: "POST", Path: "/knowledge/keeping/categories/remove", Who: publish, Handle: p.DropCategory},
		{Method: "POST", Path: "/knowledge/keeping/files", Who: publish, Handle: p.ImportArticles, MaxBody: file},
		{Method: "GET", Path: "/knowledge/{id}", Who: use, Handle: p.Article},
		{Method: "GET", Path: "/knowledge/{id}/edit", Who: edit, Handle: p.EditArticle},
		{Method: "POST", Path: "/knowledge/{id}", Who: edit, Handle: p.SaveArticle, MaxBody: 2 * page.MaxBody},
		{Method: "POST", Path: "/knowledge/{id}/steps", Who: use, Handle: p.TakeStep},
		{Method: "POST", Path: "/knowledge/{id}/restore", Who: edit, Handle: p.RestoreVersion},
		{Method: "POST", Path: "/knowledge/{id}/opinions", Who: use, Handle: p.Opine},
		{Method: "POST", Path: "/knowledge/{id}/files", Who: edit, Handle: p.AttachToArticle, MaxBody: file},
		{Method: "POST", Path: "/knowledge/{id}/files/{n}/remove", Who: edit, Handle: p.DetachFromArticle},
		{Method: "GET", Path: "/knowledge/{id}/files/{n}", Who: use, Handle: p.ArticleFile},
		{Method: "POST", Path: "/tickets/{number}/article", Who: edit, Handle: p.ArticleFromTicket},

		{Method: "GET", Path: "/answers", Who: page.Anyone, Handle: q.Answers, PerMinute: 120},
		{Method: "GET", Path: "/answers/{id}", Who: page.Anyone, Handle: q.Answer},
		{Method: "POST", Path: "/answers/{id}/helpful", Who: page.Anyone, Handle: q.Helped, PerMinute: 20},
		{Method: "GET", Path: "/answers/{id}/files/{n}", Who: page.Anyone, Handle: q.AnswerFile, PerMinute: 60},
	}
}
