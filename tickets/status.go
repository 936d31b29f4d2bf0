package tickets

import (
	"slices"

	"nengban/tickets/staff"
)

// Status is where a ticket stands, named for the act that is awaited.
type Status string

// The statuses in the order of a ticket's life.
const (
	ToSupplement     Status = "to_supplement"      // 待补充: the citizen owes something
	ToTriage         Status = "to_triage"          // 待研判
	ToDispatch       Status = "to_dispatch"        // 待派单
	InConsultation   Status = "in_consultation"    // 会商中
	ToSignFor        Status = "to_sign_for"        // 待签收
	ToRuleReturn     Status = "to_rule_return"     // 退单审核
	InHand           Status = "in_hand"            // 办理中
	ToRuleExtension  Status = "to_rule_extension"  // 延期审核
	ToRuleSuspension Status = "to_rule_suspension" // 挂起审核
	Suspended        Status = "suspended"          // 挂起
	ToReview         Status = "to_review"          // 待审核
	ToCallBack       Status = "to_call_back"       // 待回访
	ToJudge          Status = "to_judge"           // 差评认定
	ToRework         Status = "to_rework"          // 待重办
	Completed        Status = "completed"          // 已办结
	Archived         Status = "archived"           // 已归档
	MergedAway       Status = "merged"             // 已并案
)

// Statuses are all of them, in order.
var Statuses = []Status{ToSupplement, ToTriage, ToDispatch, InConsultation, ToSignFor, ToRuleReturn, InHand, ToRuleExtension,
	ToRuleSuspension, Suspended, ToReview, ToCallBack, ToJudge, ToRework, Completed, Archived, MergedAway}

// Act is something done to a ticket; the right to do it has the same name.
type Act = staff.Right

// Rule is one line of the state table: from where an act is allowed and where
// it may lead. Who may is the right of the same name; what it asks for is the Move.
type Rule struct {
	Act   Act
	From  []Status
	To    []Status // empty: the status stays
	Path  string   // the last part of its address, a noun: /tickets/{number}/{path}
	New   func() Move
	Stays []Status // those of From in which the act moves nothing
}

var (
	atDesk    = []Status{ToTriage, ToDispatch}
	withUnit  = []Status{ToSignFor, InHand}
	unitHolds = []Status{InHand, ToRuleExtension, ToRuleSuspension, Suspended}
	judged    = []Status{ToDispatch, InConsultation, ToSignFor, InHand}
	underWay  = []Status{ToDispatch, InConsultation, ToSignFor, ToRuleReturn, InHand, ToRuleExtension, ToRuleSuspension, Suspended, ToReview, ToRework}
)

// Table is the life of a ticket: every act that exists, once. The allowed
// acts, the buttons, the addresses, the API's answers and the drawing in
// docs/ticket-states.md all come from it. Registering is how a ticket begins
// and so has no row.
var Table = []Rule{
	{staff.AskCitizen, atDesk, []Status{ToSupplement}, "questions", func() Move { return new(AskCitizen) }, nil},
	{staff.Supplement, []Status{ToSupplement}, []Status{ToTriage}, "supplements", func() Move { return new(Supplement) }, nil},
	{staff.Triage, append([]Status{ToTriage}, judged...), []Status{ToDispatch}, "triages", func() Move { return new(Triage) }, judged},
	{staff.AnswerAtOnce, atDesk, []Status{ToCallBack}, "answers", func() Move { return new(AnswerAtOnce) }, nil},
	{staff.Decline, atDesk, []Status{Completed}, "declines", func() Move { return new(Decline) }, nil},
	{staff.HandOver, atDesk, []Status{Completed}, "hand-overs", func() Move { return new(HandOver) }, nil},
	{staff.Withdraw, []Status{ToSupplement, ToTriage, ToDispatch, ToSignFor, InHand}, []Status{Completed}, "withdrawals", func() Move { return new(Withdraw) }, nil},
	{staff.Merge, []Status{ToSupplement, ToTriage, ToDispatch}, []Status{MergedAway}, "merges", func() Move { return new(Merge) }, nil},
	{staff.Unmerge, []Status{MergedAway}, []Status{ToTriage}, "unmerges", func() Move { return new(Unmerge) }, nil},

	{staff.OpenConsultation, []Status{ToDispatch, InHand}, []Status{InConsultation}, "consultations", func() Move { return new(OpenConsultation) }, nil},
	{staff.GiveOpinion, []Status{InConsultation}, nil, "opinions", func() Move { return new(GiveOpinion) }, nil},
	{staff.ConcludeConsultation, []Status{InConsultation}, []Status{ToDispatch}, "conclusions", func() Move { return new(ConcludeConsultation) }, nil},

	{staff.Dispatch, []Status{ToDispatch}, []Status{ToSignFor}, "dispatches", func() Move { return new(Dispatch) }, nil},
	{staff.Redirect, []Status{ToSignFor, InHand}, []Status{ToSignFor}, "redirects", func() Move { return new(Redirect) }, nil},
	{staff.AddAssisting, withUnit, nil, "assistants", func() Move { return new(AddAssisting) }, nil},
	{staff.ReleaseAssisting, append([]Status{ToSignFor}, unitHolds...), nil, "releases", func() Move { return new(ReleaseAssisting) }, nil},
	{staff.SignFor, append([]Status{ToSignFor}, unitHolds...), []Status{InHand, ToSignFor}, "signatures", func() Move { return new(SignFor) }, unitHolds},
	{staff.Return, withUnit, []Status{ToRuleReturn}, "returns", func() Move { return new(Return) }, nil},
	{staff.RuleOnReturn, []Status{ToRuleReturn}, []Status{ToDispatch, ToSignFor, InHand, InConsultation}, "return-rulings", func() Move { return new(RuleOnReturn) }, nil},

	{staff.RecordContact, append([]Status{ToSignFor}, unitHolds...), nil, "contacts", func() Move { return new(RecordContact) }, nil},
	{staff.ReportProgress, unitHolds, nil, "progress-reports", func() Move { return new(ReportProgress) }, nil},
	{staff.Assist, append([]Status{ToSignFor}, unitHolds...), nil, "assists", func() Move { return new(Assist) }, nil},
	{staff.AskExtension, []Status{InHand}, []Status{ToRuleExtension}, "extensions", func() Move { return new(AskExtension) }, nil},
	{staff.RuleOnExtension, []Status{ToRuleExtension}, []Status{InHand}, "extension-rulings", func() Move { return new(RuleOnExtension) }, nil},
	{staff.AskSuspension, []Status{InHand}, []Status{ToRuleSuspension}, "suspensions", func() Move { return new(AskSuspension) }, nil},
	{staff.RuleOnSuspension, []Status{ToRuleSuspension}, []Status{Suspended, InHand}, "suspension-rulings", func() Move { return new(RuleOnSuspension) }, nil},
	{staff.Resume, []Status{Suspended}, []Status{InHand}, "resumptions", func() Move { return new(Resume) }, nil},
	{staff.Reply, []Status{InHand}, []Status{ToReview}, "replies", func() Move { return new(Reply) }, nil},
	{staff.SendBack, []Status{ToReview}, []Status{InHand}, "send-backs", func() Move { return new(SendBack) }, nil},
	{staff.Complete, []Status{ToReview}, []Status{ToCallBack}, "completions", func() Move { return new(Complete) }, nil},

	{staff.RecordRating, []Status{ToCallBack, Completed}, []Status{Completed, ToJudge, ToRework}, "ratings", func() Move { return new(RecordRating) }, nil},
	{staff.CloseUnrated, []Status{ToCallBack}, []Status{Completed}, "unrated-closings", func() Move { return new(CloseUnrated) }, nil},
	{staff.JudgeRating, []Status{ToJudge}, []Status{ToRework, Completed}, "judgements", func() Move { return new(JudgeRating) }, nil},
	{staff.Rework, []Status{ToRework}, []Status{InHand, ToDispatch, InConsultation}, "reworks", func() Move { return new(Rework) }, nil},
	{staff.Reopen, []Status{Completed, Archived}, []Status{ToTriage}, "reopenings", func() Move { return new(Reopen) }, nil},
	{staff.Archive, []Status{Completed}, []Status{Archived}, "archivings", func() Move { return new(Archive) }, nil},

	{staff.Remind, underWay, nil, "reminders", func() Move { return new(Remind) }, nil},
	{staff.Supervise, append([]Status{ToTriage, ToCallBack, ToJudge}, underWay...), nil, "orders", func() Move { return new(Supervise) }, nil},
	{staff.AnswerOrder, Statuses, nil, "order-answers", func() Move { return new(AnswerOrder) }, nil},
	{staff.CloseOrder, Statuses, nil, "order-closings", func() Move { return new(CloseOrder) }, nil},
	{staff.CloseAccountability, Statuses, nil, "accountability-closings", func() Move { return new(CloseAccountability) }, nil},
	{staff.ChangePolicy, append([]Status{ToSupplement, ToTriage}, underWay...), nil, "policy-changes", func() Move { return new(ChangePolicy) }, nil},
	{staff.AddNote, Statuses, nil, "notes", func() Move { return new(AddNote) }, nil},
	{staff.Attach, Statuses, nil, "attachments", func() Move { return new(Attach) }, nil},
}

// RuleFor returns the line of the table for an act.
func RuleFor(a Act) (Rule, bool) {
	i := slices.IndexFunc(Table, func(r Rule) bool { return r.Act == a })
	if i < 0 {
		return Rule{}, false
	}
	return Table[i], true
}

// RuleAt returns the line of the table for an address.
func RuleAt(path string) (Rule, bool) {
	i := slices.IndexFunc(Table, func(r Rule) bool { return r.Path == path })
	if i < 0 {
		return Rule{}, false
	}
	return Table[i], true
}

// leads says whether the act may lead from one status to another.
func (r Rule) leads(from, to Status) bool {
	if !slices.Contains(r.From, from) {
		return false
	}
	if len(r.To) == 0 || slices.Contains(r.Stays, from) {
		return to == from
	}
	return slices.Contains(r.To, to)
}
