package pages

import (
	"nengban/tickets"
	"nengban/tickets/staff"
)

// row is a ticket as lists show it: with its caller masked.
type row struct {
	*tickets.Ticket
	Caller tickets.Caller
}

// rows adds to each ticket its caller as the member may see him.
func (p *Pages) rows(by staff.Member, ts []*tickets.Ticket) ([]row, error) {
	out := make([]row, 0, len(ts))
	for _, t := range ts {
		c, err := p.Desk.CallerAs(by, t)
		if err != nil {
			return nil, err
		}
		out = append(out, row{t, c})
	}
	return out, nil
}

// icons of the acts; an act without one is drawn with an arrow.
var actIcons = map[tickets.Act]string{
	staff.AskCitizen: "message", staff.Supplement: "plus", staff.Triage: "stethoscope", staff.AnswerAtOnce: "message-circle", staff.Decline: "circle-x",
	staff.HandOver: "phone", staff.Withdraw: "arrow-back-up", staff.Merge: "git-merge", staff.Unmerge: "git-merge",
	staff.OpenConsultation: "users", staff.GiveOpinion: "message-circle", staff.ConcludeConsultation: "check",
	staff.Dispatch: "send", staff.Redirect: "arrow-right", staff.AddAssisting: "plus", staff.ReleaseAssisting: "x", staff.SignFor: "check",
	staff.Return: "arrow-back-up", staff.RuleOnReturn: "scale", staff.RecordContact: "phone", staff.ReportProgress: "hourglass", staff.Assist: "affiliate",
	staff.AskExtension: "calendar", staff.RuleOnExtension: "scale", staff.AskSuspension: "player-pause", staff.RuleOnSuspension: "scale",
	staff.Resume: "player-play", staff.Reply: "file-text", staff.SendBack: "arrow-back-up", staff.Complete: "circle-check",
	staff.RecordRating: "star", staff.CloseUnrated: "circle-x", staff.JudgeRating: "scale", staff.Rework: "refresh", staff.Reopen: "refresh",
	staff.Archive: "archive", staff.Remind: "bell", staff.Supervise: "gavel", staff.AnswerOrder: "gavel", staff.CloseOrder: "check",
	staff.CloseAccountability: "check", staff.AddNote: "edit", staff.Attach: "paperclip", staff.Register: "inbox", staff.ChangePolicy: "clock",
}

func actIcon(a tickets.Act) string {
	if i, ok := actIcons[a]; ok {
		return i
	}
	return "arrow-right"
}
