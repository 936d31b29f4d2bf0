package web

import (
	"nengban/web/page"
	"nengban/web/portal"
)

// publicRoutes are the addresses that citizens come to without login: one
// table, hence its length. What is handed in decides whether surveys and the
// pretend phones are there.
func (s *Server) publicRoutes() []page.Route {
	p := s.portal
	rs := []page.Route{
		{Method: "GET", Path: "/", Who: page.Anyone, Handle: p.Home},
		{Method: "GET", Path: "/privacy", Who: page.Anyone, Handle: p.Privacy},
		{Method: "GET", Path: "/robots.txt", Who: page.Anyone, Handle: p.Robots},
		{Method: "GET", Path: "/file", Who: page.Anyone, Handle: p.FileForm},
		{Method: "POST", Path: "/file", Who: page.Anyone, Handle: p.File, PerMinute: 20, Raw: true, MaxBody: portal.MaxForm},
		{Method: "GET", Path: "/file/done", Who: page.Anyone, Handle: p.Done},
		{Method: "GET", Path: "/file/slip", Who: page.Anyone, Handle: p.Slip},
		{Method: "GET", Path: "/look", Who: page.Anyone, Handle: p.LookForm},
		{Method: "POST", Path: "/look", Who: page.Anyone, Handle: p.Look, PerMinute: 30},
		{Method: "GET", Path: "/look/result", Who: page.Anyone, Handle: p.Result},
		{Method: "POST", Path: "/look/leave", Who: page.Anyone, Handle: p.Leave},
		{Method: "GET", Path: "/look/{act}", Who: page.Anyone, Handle: p.ActForm},
		{Method: "POST", Path: "/look/{act}", Who: page.Anyone, Handle: p.Act, PerMinute: 20, Raw: true, MaxBody: portal.MaxForm},
	}
	if p.Surveys != nil {
		rs = append(rs,
			page.Route{Method: "GET", Path: "/s/{code}", Who: page.Anyone, Handle: p.Survey, PerMinute: 60},
			page.Route{Method: "POST", Path: "/s/{code}", Who: page.Anyone, Handle: p.SurveyAnswer, PerMinute: 30})
	}
	if p.Phones != nil {
		rs = append(rs,
			page.Route{Method: "GET", Path: "/phones", Who: page.Anyone, Handle: p.PhoneList},
			page.Route{Method: "GET", Path: "/phones/{number}", Who: page.Anyone, Handle: p.PhoneShow},
			page.Route{Method: "POST", Path: "/phones/{number}", Who: page.Anyone, Handle: p.PhoneDo},
			page.Route{Method: "GET", Path: "/phones/{number}/events", Who: page.Anyone, Handle: p.PhoneEvents})
	}
	return rs
}
