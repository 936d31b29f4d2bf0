package staff

import (
	"slices"
	"strings"
)

// Right is something that can be done or seen. Acts on tickets have rights of
// the same name.
type Right string

// The rights beside those of the ticket's acts.
const (
	ReadTicket       Right = "read_ticket"
	UnmaskCaller     Right = "unmask_caller"
	UseKnowledge     Right = "use_knowledge"
	EditKnowledge    Right = "edit_knowledge"
	ReviewKnowledge  Right = "review_knowledge"
	PublishKnowledge Right = "publish_knowledge"
	WorkCallbacks    Right = "work_callbacks"
	ReadCallbacks    Right = "read_callbacks"
	MendCallbacks    Right = "mend_callbacks" // wake what could not be sent, speak to a carrier again
	AppealRating     Right = "appeal_rating"
	ReadSupervision  Right = "read_supervision"
	ReadDirectory    Right = "read_directory"
	ReadHot          Right = "read_hot"
	ReadProposals    Right = "read_proposals"
	ManageHot        Right = "manage_hot" // say what every next caller is told, close a hot matter
	EditDirectory    Right = "edit_directory"
	ReadDeadlines    Right = "read_deadlines"
	EditDeadlines    Right = "edit_deadlines"
	ManageStaff      Right = "manage_staff"
	ReadSystem       Right = "read_system"
	ReadSecurity     Right = "read_security" // the security log: who logged in, whose rights were changed
)

// The rights that are acts on a ticket.
const (
	Register             Right = "register"
	AskCitizen           Right = "ask_citizen"
	Supplement           Right = "supplement"
	Triage               Right = "triage"
	AnswerAtOnce         Right = "answer_at_once"
	Decline              Right = "decline"
	HandOver             Right = "hand_over"
	Withdraw             Right = "withdraw"
	Dispatch             Right = "dispatch"
	Redirect             Right = "redirect"
	AddAssisting         Right = "add_assisting"
	ReleaseAssisting     Right = "release_assisting"
	OpenConsultation     Right = "open_consultation"
	GiveOpinion          Right = "give_opinion"
	ConcludeConsultation Right = "conclude_consultation"
	SignFor              Right = "sign_for"
	Return               Right = "return"
	RuleOnReturn         Right = "rule_on_return"
	AskExtension         Right = "ask_extension"
	RuleOnExtension      Right = "rule_on_extension"
	AskSuspension        Right = "ask_suspension"
	RuleOnSuspension     Right = "rule_on_suspension"
	Resume               Right = "resume"
	RecordContact        Right = "record_contact"
	ReportProgress       Right = "report_progress"
	Assist               Right = "assist"
	Reply                Right = "reply"
	Complete             Right = "complete"
	SendBack             Right = "send_back"
	RecordRating         Right = "record_rating"
	CloseUnrated         Right = "close_unrated"
	JudgeRating          Right = "judge_rating"
	Rework               Right = "rework"
	Reopen               Right = "reopen"
	Archive              Right = "archive"
	Merge                Right = "merge"
	Unmerge              Right = "unmerge"
	Remind               Right = "remind"
	Supervise            Right = "supervise"
	AnswerOrder          Right = "answer_order"
	CloseOrder           Right = "close_order"
	CloseAccountability  Right = "close_accountability"
	ChangePolicy         Right = "change_policy"
	AddNote              Right = "add_note"
	Attach               Right = "attach"
)

// Scope is how far a right reaches.
type Scope int

// The scopes, from nothing to everything.
const (
	None          Scope = iota
	Own                 // tickets the member registered
	OwnHall             // tickets of the member's hall
	OwnDepartment       // tickets of the member's department and those below it
	All
)

// String returns the scope's word: none, own, own_hall, own_department, all.
func (s Scope) String() string {
	return [...]string{"none", "own", "own_hall", "own_department", "all"}[s]
}

// Table is the whole of who may do what: right → role → scope. It guards the
// use-cases, draws the buttons and is printed in docs/rights.md.
var Table = map[Right]map[Role]Scope{
	ReadTicket: {Operator: All, WindowClerk: All, Dispatcher: All, Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment,
		CallbackCaller: All, Supervisor: All, Auditor: All, System: All},
	UnmaskCaller: {Operator: Own, WindowClerk: OwnHall, Dispatcher: All, Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment,
		CallbackCaller: All, Supervisor: All},
	UseKnowledge:     everyone(All),
	EditKnowledge:    {KnowledgeEditor: All, Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment, Dispatcher: All},
	ReviewKnowledge:  {KnowledgeEditor: All, DepartmentLeader: OwnDepartment, Supervisor: All},
	PublishKnowledge: {KnowledgeEditor: All},
	WorkCallbacks:    {CallbackCaller: All, Supervisor: All},
	ReadCallbacks:    {CallbackCaller: All, Supervisor: All, Auditor: All, Administrator: All},
	MendCallbacks:    {CallbackCaller: All, Supervisor: All, Administrator: All},
	AppealRating:     {Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment},
	ReadSupervision:  {Supervisor: All, Auditor: All, Dispatcher: All, DepartmentLeader: OwnDepartment},
	ReadDirectory:    everyone(All),
	ReadHot:          {Operator: All, WindowClerk: All, Dispatcher: All, Supervisor: All, Auditor: All},
	ReadProposals:    {Supervisor: All, Auditor: All, Dispatcher: All, DepartmentLeader: All, Administrator: All},
	ManageHot:        {Dispatcher: All, Supervisor: All},
	EditDirectory:    {Administrator: All, Dispatcher: All},
	ReadDeadlines:    everyone(All),
	EditDeadlines:    {Administrator: All, Supervisor: All},
	ManageStaff:      {Administrator: All, SecurityAdministrator: All},
	ReadSystem:       {Administrator: All, Auditor: All},
	ReadSecurity:     {Auditor: All, SecurityAdministrator: All, Administrator: All},

	Register:             {Operator: All, WindowClerk: All, Dispatcher: All, Citizen: All, System: All},
	AskCitizen:           {Operator: All, WindowClerk: All, Dispatcher: All, Supervisor: All},
	Supplement:           {Operator: All, WindowClerk: All, Dispatcher: All, Citizen: Own, System: All},
	Triage:               {Operator: Own, WindowClerk: Own, Dispatcher: All, Supervisor: All},
	AnswerAtOnce:         {Operator: Own, WindowClerk: Own, Dispatcher: All},
	Decline:              {WindowClerk: Own, Dispatcher: All, Supervisor: All},
	HandOver:             {Operator: Own, WindowClerk: Own, Dispatcher: All},
	Withdraw:             {Operator: All, WindowClerk: All, Dispatcher: All, Citizen: Own},
	Dispatch:             {Dispatcher: All},
	Redirect:             {Dispatcher: All, Supervisor: All},
	AddAssisting:         {Dispatcher: All, Supervisor: All},
	ReleaseAssisting:     {Dispatcher: All, Supervisor: All},
	OpenConsultation:     {Dispatcher: All, Supervisor: All},
	GiveOpinion:          {Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment, Dispatcher: All, Supervisor: All},
	ConcludeConsultation: {Dispatcher: All, Supervisor: All},
	SignFor:              {Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment},
	Return:               {Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment},
	RuleOnReturn:         {Dispatcher: All, Supervisor: All},
	AskExtension:         {Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment},
	RuleOnExtension:      {Dispatcher: All, Supervisor: All},
	AskSuspension:        {Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment},
	RuleOnSuspension:     {Supervisor: All, Dispatcher: All},
	Resume:               {Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment, Dispatcher: All, Supervisor: All, System: All},
	RecordContact:        {Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment, Operator: All, Dispatcher: All, WindowClerk: All},
	ReportProgress:       {Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment},
	Assist:               {Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment},
	Reply:                {Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment},
	Complete:             {Dispatcher: All, Supervisor: All},
	SendBack:             {Dispatcher: All, Supervisor: All},
	RecordRating:         {CallbackCaller: All, Citizen: Own, System: All},
	CloseUnrated:         {CallbackCaller: All, System: All},
	JudgeRating:          {Supervisor: All},
	Rework:               {Dispatcher: All, Supervisor: All, CallbackCaller: All, System: All},
	Reopen:               {Dispatcher: All, Supervisor: All, System: All},
	Archive:              {Dispatcher: All, Supervisor: All, System: All},
	Merge:                {Dispatcher: All, Supervisor: All, Operator: Own, WindowClerk: Own},
	Unmerge:              {Dispatcher: All, Supervisor: All},
	Remind:               {Operator: All, WindowClerk: All, Dispatcher: All, Supervisor: All, CallbackCaller: All, Citizen: Own},
	Supervise:            {Supervisor: All, System: All},
	AnswerOrder:          {Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment},
	CloseOrder:           {Supervisor: All},
	CloseAccountability:  {Supervisor: All},
	ChangePolicy:         {Supervisor: All},
	AddNote: {Operator: All, WindowClerk: All, Dispatcher: All, Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment,
		CallbackCaller: All, Supervisor: All, System: All},
	Attach: {Operator: Own, WindowClerk: OwnHall, Dispatcher: All, Caseworker: OwnDepartment, DepartmentLeader: OwnDepartment,
		Supervisor: All, Citizen: Own, System: All},
}

// Subject is what a right is asked about, reduced to what scopes look at.
type Subject struct {
	RegisteredBy int64    // 0 when a citizen filed it
	Hall         string   // where it was filed, for windows
	Departments  []string // codes of the departments that hold it and of all above those
}

// Reach returns the widest scope that any of the member's roles gives the right.
func (m Member) Reach(r Right) Scope {
	widest := None
	if !m.allows(r) {
		return None
	}
	for _, role := range m.Roles {
		widest = max(widest, Table[r][role])
	}
	return widest
}

// May says whether the member has the right over the subject.
func (m Member) May(r Right, s Subject) bool {
	for _, role := range m.Roles {
		if m.allows(r) && m.within(Table[r][role], s) {
			return true
		}
	}
	return false
}

// allows says whether the member's limit leaves him the right.
func (m Member) allows(r Right) bool { return m.Limit == nil || slices.Contains(m.Limit, r) }

func (m Member) within(scope Scope, s Subject) bool {
	switch scope {
	case All:
		return true
	case OwnDepartment:
		return m.Department != "" && slices.Contains(s.Departments, m.Department)
	case OwnHall:
		return m.Hall != "" && m.Hall == s.Hall || m.owns(s)
	case Own:
		return m.owns(s)
	default:
		return false
	}
}

// owns: a citizen reaches this point only with the ticket's number and code,
// so what he acts on is his own.
func (m Member) owns(s Subject) bool {
	return m.Is(Citizen) || m.ID != 0 && m.ID == s.RegisteredBy
}

// everyone gives every role that a person can have the same scope.
func everyone(s Scope) map[Role]Scope {
	out := map[Role]Scope{}
	for _, r := range Roles {
		out[r] = s
	}
	return out
}

// ParseRoles reads comma-separated role words; an unknown one is returned as
// the second value.
func ParseRoles(words string) (roles []Role, unknown string) {
	for w := range strings.SplitSeq(words, ",") {
		w = strings.TrimSpace(w)
		if w == "" {
			continue
		}
		if !slices.Contains(Roles, Role(w)) {
			return nil, w
		}
		roles = append(roles, Role(w))
	}
	return roles, ""
}
