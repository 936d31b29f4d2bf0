package web

import (
	"nengban/tickets/staff"
	"nengban/web/page"
)

// callbackRoutes are the addresses of callbacks, on a desk that asks its
// citizens: one table, hence its length.
func (s *Server) callbackRoutes() []page.Route {
	p, with := s.pages, page.Holders
	if p.Hooks.Callbacks == nil {
		return nil
	}
	return []page.Route{
		{Method: "GET", Path: "/callbacks", Who: with(staff.ReadCallbacks), Handle: p.Worklist},
		{Method: "POST", Path: "/callbacks/next", Who: with(staff.WorkCallbacks), Handle: p.TakeCall},
		{Method: "GET", Path: "/callbacks/calls/{id}", Who: with(staff.WorkCallbacks), Handle: p.Call},
		{Method: "POST", Path: "/callbacks/calls/{id}", Who: with(staff.WorkCallbacks), Handle: p.FinishCall},
		{Method: "POST", Path: "/callbacks/calls/{id}/back", Who: with(staff.WorkCallbacks), Handle: p.GiveCallBack},
		{Method: "GET", Path: "/callbacks/judging", Who: with(staff.ReadCallbacks), Handle: p.Judging},
		{Method: "POST", Path: "/callbacks/judging/{number}", Who: with(staff.JudgeRating), Handle: p.JudgeRating},
		{Method: "POST", Path: "/callbacks/corrections/{id}", Who: with(staff.JudgeRating), Handle: p.DecideCorrection},
		{Method: "POST", Path: "/callbacks/appeals/{id}", Who: with(staff.JudgeRating), Handle: p.RuleOnAppeal},
		{Method: "GET", Path: "/callbacks/texts", Who: with(staff.ReadCallbacks), Handle: p.Texts},
		{Method: "POST", Path: "/callbacks/texts/{id}", Who: with(staff.WorkCallbacks), Handle: p.SettleText},
		{Method: "GET", Path: "/callbacks/letters", Who: with(staff.ReadCallbacks), Handle: p.Letters},
		{Method: "POST", Path: "/callbacks/letters/{id}", Who: with(staff.MendCallbacks), Handle: p.TryLetterAgain},
		{Method: "POST", Path: "/callbacks/carriers/{name}", Who: with(staff.MendCallbacks), Handle: p.ResumeCarrier},
		{Method: "GET", Path: "/callbacks/samples", Who: with(staff.ReadCallbacks), Handle: p.Samples},
		{Method: "POST", Path: "/callbacks/samples", Who: with(staff.WorkCallbacks), Handle: p.Draw},
		{Method: "GET", Path: "/callbacks/samples/{id}", Who: with(staff.ReadCallbacks), Handle: p.Sample},
		{Method: "GET", Path: "/callbacks/figures", Who: with(staff.ReadCallbacks), Handle: p.Figures},
		{Method: "GET", Path: "/appeals", Who: with(staff.AppealRating), Handle: p.Appeals},
		{Method: "POST", Path: "/tickets/{number}/appeals", Who: with(staff.AppealRating), Handle: p.Appeal},
		{Method: "POST", Path: "/tickets/{number}/surveys", Who: with(staff.WorkCallbacks), Handle: p.AskNow},
	}
}
