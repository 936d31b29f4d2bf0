package web

import (
	"nengban/tickets/staff"
	"nengban/web/page"
)

// webhookRoutes are the addresses of the subscriptions of other systems, on a
// desk that sends them anything. Where data leaves the desk is for those to
// decide who also decide who works here.
func (s *Server) webhookRoutes() []page.Route {
	p, who := s.pages, page.Holders(staff.ManageStaff)
	if p.Hooks.Webhooks == nil {
		return nil
	}
	return []page.Route{
		{Method: "GET", Path: "/webhooks", Who: who, Handle: p.Webhooks},
		{Method: "POST", Path: "/webhooks", Who: who, Handle: p.AddWebhook},
		{Method: "GET", Path: "/webhooks/{code}", Who: who, Handle: p.Webhook},
		{Method: "POST", Path: "/webhooks/{code}/trials", Who: who, Handle: p.TryWebhook, PerMinute: 20},
		{Method: "POST", Path: "/webhooks/{code}/pauses", Who: who, Handle: p.PauseWebhook},
		{Method: "POST", Path: "/webhooks/{code}/resumptions", Who: who, Handle: p.ResumeWebhook},
		{Method: "POST", Path: "/webhooks/{code}/secrets", Who: who, Handle: p.RotateWebhook},
		{Method: "POST", Path: "/webhooks/{code}/retries", Who: who, Handle: p.RetryWebhook},
		{Method: "POST", Path: "/webhooks/{code}/removals", Who: who, Handle: p.RemoveWebhook},
	}
}
