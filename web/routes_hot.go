package web

import (
	"nengban/tickets/staff"
	"nengban/web/page"
)

// hotRoutes are the addresses of hot matters, on a desk that compares tickets.
func (s *Server) hotRoutes() []page.Route {
	p, with := s.pages, page.Holders
	if p.Hooks.Duplicates == nil {
		return nil
	}
	return []page.Route{
		{Method: "GET", Path: "/hot", Who: with(staff.ReadHot), Handle: p.Hot},
		{Method: "GET", Path: "/hot/{id}", Who: with(staff.ManageHot), Handle: p.HotMatter},
		{Method: "POST", Path: "/hot/{id}/joins", Who: with(staff.ManageHot), Handle: p.JoinHot},
		{Method: "POST", Path: "/hot/{id}/splits", Who: with(staff.ManageHot), Handle: p.SplitHot},
		{Method: "POST", Path: "/hot/{id}/answers", Who: with(staff.ManageHot), Handle: p.SayHot},
		{Method: "POST", Path: "/hot/{id}/closings", Who: with(staff.ManageHot), Handle: p.CloseHot},
	}
}
