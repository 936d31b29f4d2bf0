package page

import "nengban/tickets/staff"

// entry is a line of the menu; it is there for those who may follow it, where
// the program answers its address at all.
type entry struct {
	href, key, icon string
	who             Who
}

// menu is the staff's menu in the order that a ticket meets its pages.
var menu = []entry{
	{"/desk", "nav.desk", "home", AnyStaff},
	{"/intake/hotline", "nav.hotline", "phone", Holders(staff.Register)},
	{"/intake/window", "nav.window", "building-community", Holders(staff.Register)},
	{"/tickets", "nav.tickets", "list", Holders(staff.ReadTicket)},
	{"/dispatch", "nav.dispatch", "send", Holders(staff.Dispatch)},
	{"/callbacks", "nav.callbacks", "phone", Holders(staff.ReadCallbacks)},
	{"/appeals", "nav.appeals", "scale", Holders(staff.AppealRating)},
	{"/hot", "nav.hot", "urgent", Holders(staff.ReadHot)},
	{"/proposals", "nav.learned", "chart-bar", Holders(staff.ReadProposals)},
	{"/supervision", "nav.supervision", "gavel", Holders(staff.ReadSupervision)},
	{"/knowledge", "nav.knowledge", "book", Holders(staff.UseKnowledge)},
	{"/directory", "nav.directory", "sitemap", Holders(staff.ReadDirectory)},
	{"/deadlines", "nav.deadlines", "calendar", Holders(staff.ReadDeadlines)},
	{"/staff", "nav.staff", "users", Holders(staff.ManageStaff)},
	{"/webhooks", "nav.webhooks", "world", Holders(staff.ManageStaff)},
	{"/security", "nav.security", "lock", Holders(staff.ReadSecurity)},
	{"/system", "nav.system", "stethoscope", Holders(staff.ReadSystem)},
}

// MenuEntry is a line of the menu as a page shows it.
type MenuEntry struct {
	Href, Key, Icon string
	Here            bool
}

// Menu returns the lines that the reader may follow.
func (b Base) Menu() []MenuEntry {
	var out []MenuEntry
	for _, e := range menu {
		if e.who.Admit(b.Me, b.Known) == nil && b.has(e.href) {
			out = append(out, MenuEntry{e.href, e.key, e.icon, b.Here(e.href)})
		}
	}
	return out
}

// Here says whether a menu entry leads to this page or one below it.
func (b Base) Here(prefix string) bool {
	return b.Path == prefix || len(b.Path) > len(prefix) && b.Path[:len(prefix)+1] == prefix+"/"
}
