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
		{Method: "POST", Path: "/hot/{id}/answers", Who: with(staff.ManageHot), Handle: p.SayHot},
		{Method: "POST", Path: "/hot/{id}/closings", Who: with(staff.ManageHot), Handle: p.CloseHot},
	}
}
