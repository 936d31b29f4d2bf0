// Package staff knows the people of the desk: who they are, which roles they
// have, and what each role may do to what.
//
// The rule it keeps: every act and page has a decision in one table, rights.go,
// as role × right × scope. Whoever is not in the table may not. Passwords are
// kept as argon2id digests; cookies and sessions live elsewhere.
package staff

import (
	"log/slog"
	"slices"
	"time"
)

// Role is a job at the desk. A member may have several.
type Role string

// The roles, in the order a ticket meets them.
const (
	Operator         Role = "operator"          // 话务员, at the 12345 hotline
	WindowClerk      Role = "window_clerk"      // 窗口人员, at a 办不成事 window
	Dispatcher       Role = "dispatcher"        // 分派员
	Caseworker       Role = "caseworker"        // 承办人, in a department
	DepartmentLeader Role = "department_leader" // 部门负责人
	CallbackCaller   Role = "callback_caller"   // 回访员, never of the handling department
	KnowledgeEditor  Role = "knowledge_editor"  // 知识库编辑
	Supervisor       Role = "supervisor"        // 督办员
	Auditor          Role = "auditor"           // 审计员
	Administrator    Role = "administrator"     // 管理员: the system

	// SecurityAdministrator gives out accounts and roles where the three administrations are kept apart.
	SecurityAdministrator Role = "security_administrator" // 安全管理员

	// Citizen and System act too, but nobody can be given these roles.
	Citizen Role = "citizen" // 诉求人, through the public pages
	System  Role = "system"  // the desk's own timetable
)

// Roles are the roles that a member can be given, in the order pages list them.
var Roles = []Role{Operator, WindowClerk, Dispatcher, Caseworker, DepartmentLeader,
	CallbackCaller, KnowledgeEditor, Supervisor, Auditor, SecurityAdministrator, Administrator}

// Member is a person of the desk, or one of the two who act without being one:
// the citizen and the desk's own timetable.
type Member struct {
	ID          int64
	Login       string
	Name        string
	Roles       []Role
	Department  string // code of the department; empty for the desk's own people
	Hall        string // where a window clerk sits
	WindowNo    string
	Phone       string // of the desk, for colleagues
	Lang        string // zh-CN or en
	Active      bool
	CreatedAt   time.Time
	LastLoginAt time.Time
	Limit       []Right // nil: all that the roles give; else no more than these
}

// TheSystem is who acts when no person does: warnings, archiving, surveys.
var TheSystem = Member{Name: "系统", Roles: []Role{System}, Active: true}

// TheCitizen is who acts through the public pages and by answering a survey.
var TheCitizen = Member{Name: "诉求人", Roles: []Role{Citizen}, Active: true}

// Is says whether the member has the role.
func (m Member) Is(r Role) bool { return slices.Contains(m.Roles, r) }

// LogValue keeps a member to id and login in logs.
func (m Member) LogValue() slog.Value {
	return slog.GroupValue(slog.Int64("id", m.ID), slog.String("login", m.Login))
}
