package web

import (
	"nengban/tickets/staff"
	"nengban/web/page"
	"nengban/web/pages"
)

// deadlineRoutes are the addresses of calendars, limits and warnings: one
// table, hence its length.
func (s *Server) deadlineRoutes() []page.Route {
	p, with := s.pages, page.Holders
	return []page.Route{
		{Method: "GET", Path: "/deadlines", Who: with(staff.ReadDeadlines), Handle: p.Calendars},
		{Method: "POST", Path: "/deadlines/holidays", Who: with(staff.EditDeadlines), Handle: p.LoadHolidays, MaxBody: pages.MaxUpload},
		{Method: "GET", Path: "/deadlines/calendars/{name}", Who: with(staff.ReadDeadlines), Handle: p.Calendar},
		{Method: "POST", Path: "/deadlines/calendars/{name}", Who: with(staff.EditDeadlines), Handle: p.SaveCalendar},
		{Method: "GET", Path: "/deadlines/limits", Who: with(staff.ReadDeadlines), Handle: p.Limits},
		{Method: "GET", Path: "/deadlines/draft", Who: with(staff.EditDeadlines), Handle: p.LimitsDraft},
		{Method: "POST", Path: "/deadlines/draft", Who: with(staff.EditDeadlines), Handle: p.StartDraft},
		{Method: "POST", Path: "/deadlines/draft/drop", Who: with(staff.EditDeadlines), Handle: p.DropLimits},
		{Method: "POST", Path: "/deadlines/draft/head", Who: with(staff.EditDeadlines), Handle: p.SaveHead},
		{Method: "POST", Path: "/deadlines/draft/rules/{n}", Who: with(staff.EditDeadlines), Handle: p.SaveRule},
		{Method: "POST", Path: "/deadlines/draft/publish", Who: with(staff.EditDeadlines), Handle: p.PublishLimits},
		{Method: "GET", Path: "/deadlines/news", Who: with(staff.ReadDeadlines), Handle: p.DeadlineNews},
		{Method: "POST", Path: "/deadlines/news/{id}", Who: with(staff.ReadDeadlines), Handle: p.ReadNews},
		{Method: "GET", Path: "/system/clocks", Who: with(staff.ReadSystem), Handle: p.Clocks},
		{Method: "POST", Path: "/system/clocks", Who: with(staff.ManageStaff), Handle: p.MendClocks},
	}
}
