package page

import (
	"slices"
	"strconv"
	"strings"

	"nengban/tickets"
	"nengban/tickets/staff"
)

// teller puts one entry of the timeline into words for the citizen; "" hides
// it. before are the entries up to it.
type teller func(b Base, before []tickets.Entry, e tickets.Entry) (says, text string)

// publicActs decides what of a timeline the citizen is told, and in which
// words. Every act that exists has its line, so that a new one is not shown,
// or kept from him, because nobody thought of it.
var publicActs = map[tickets.Act]teller{
	staff.Register: saying("public.act.register"),
	staff.AskCitizen: func(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
		return b.T("public.act.ask_citizen"), e.Text
	},
	staff.Supplement: func(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
		return b.T("public.act.supplement"), e.Text
	},
	staff.Triage:       hidden,
	staff.AnswerAtOnce: answered,
	staff.Decline: func(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
		return b.T("public.act.decline", "Why", b.Option("decline", "code", e.Code)), joined(e.Text, b.T("public.advice", "Advice", e.Advice))
	},
	staff.HandOver: func(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
		return b.T("public.act.hand_over", "To", b.Word("to", e.Code)), ""
	},
	staff.Withdraw: func(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
		return b.T("public.act.withdraw"), e.Reason
	},
	staff.Merge:   saying("public.act.merge"),
	staff.Unmerge: saying("public.act.unmerge"),

	staff.OpenConsultation:     saying("public.act.open_consultation"),
	staff.GiveOpinion:          hidden,
	staff.ConcludeConsultation: saying("public.act.conclude_consultation"),

	staff.Dispatch: func(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
		if len(e.Assisting) > 0 {
			return b.T("public.act.dispatch_with", "Lead", b.Department(e.Lead), "Assisting", b.DepartmentNames(e.Assisting)), ""
		}
		return b.T("public.act.dispatch", "Lead", b.Department(e.Lead)), ""
	},
	staff.Redirect: func(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
		return b.T("public.act.redirect", "Lead", b.Department(e.Lead)), ""
	},
	staff.AddAssisting: func(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
		return b.T("public.act.add_assisting", "Unit", b.Department(e.Department)), ""
	},
	staff.ReleaseAssisting: hidden,
	staff.SignFor: func(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
		return b.T("public.act.sign_for", "Unit", b.Department(e.Department)), ""
	},
	staff.Return: hidden,
	staff.RuleOnReturn: func(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
		if e.Decision == string(tickets.ForceDispatch) {
			return "", ""
		}
		return b.T("public.act.returned"), ""
	},

	staff.RecordContact: func(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
		return b.T("public.act.contact", "When", b.Timed(e.ContactAt), "Way", b.Option("record_contact", "contact_way", e.ContactWay)), ""
	},
	staff.ReportProgress: func(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
		if e.PublicText == "" {
			return "", ""
		}
		return b.T("public.act.progress", "Unit", b.Department(e.Department)), e.PublicText
	},
	staff.Assist:           hidden,
	staff.AskExtension:     hidden,
	staff.RuleOnExtension:  extended,
	staff.AskSuspension:    hidden,
	staff.RuleOnSuspension: suspended,
	staff.Resume:           saying("public.act.resume"),
	staff.Reply:            hidden, // until it was reviewed
	staff.SendBack:         hidden,
	staff.Complete:         completed,

	staff.RecordRating: rated,
	staff.CloseUnrated: hidden,
	staff.JudgeRating:  hidden,
	staff.Rework: func(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
		return b.T("public.act.rework", "N", e.Round), ""
	},
	staff.Reopen:  saying("public.act.reopen"),
	staff.Archive: hidden,

	staff.ChangePolicy:        saying("public.act.change_policy"),
	staff.Remind:              ofTheCitizen("public.act.remind"),
	staff.Supervise:           hidden,
	staff.AnswerOrder:         hidden,
	staff.CloseOrder:          hidden,
	staff.CloseAccountability: hidden,
	staff.AddNote:             hidden,
	staff.Attach:              ofTheCitizen("public.act.attach"),
}

func (b Base) publicStory(entries []tickets.Entry) []Said {
	var out []Said
	for i, e := range entries {
		tell, ok := publicActs[e.Act]
		if !ok {
			continue
		}
		if says, text := tell(b, entries[:i], e); says != "" {
			out = append(out, Said{At: e.At, Act: e.Act, Says: says, Text: strings.TrimSpace(text)})
		}
	}
	slices.Reverse(out)
	return out
}

func hidden(Base, []tickets.Entry, tickets.Entry) (string, string) { return "", "" }

func saying(key string) teller {
	return func(b Base, _ []tickets.Entry, _ tickets.Entry) (string, string) { return b.T(key), "" }
}

// ofTheCitizen shows what he did himself and not what colleagues did.
func ofTheCitizen(key string) teller {
	return func(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
		if e.Role != staff.Citizen {
			return "", ""
		}
		return b.T(key), e.Text
	}
}

func answered(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
	return b.T("public.act.answer_at_once"), e.PublicText
}

// completed tells what the lead replied, now that it was reviewed, and that
// somebody says he was contacted: a citizen who was not can object.
func completed(b Base, before []tickets.Entry, _ tickets.Entry) (string, string) {
	i := lastOf(before, staff.Reply)
	if i < 0 {
		return b.T("public.act.complete"), ""
	}
	e := before[i]
	says := b.T("public.act.complete_by", "Unit", b.Department(e.Department))
	if e.ContactAt == nil {
		return says, e.PublicText
	}
	return says, joined(e.PublicText, b.T("public.contacted", "When", b.Timed(e.ContactAt), "Way", b.Option("reply", "contact_way", e.ContactWay)))
}

// extended tells the days and the reason the department asked for them with.
func extended(b Base, before []tickets.Entry, e tickets.Entry) (string, string) {
	if e.Decision != string(tickets.Yes) {
		return "", ""
	}
	return b.T("public.act.extended", "N", e.Days, "Days", strconv.Itoa(e.Days)), b.because(before, staff.AskExtension)
}

func suspended(b Base, before []tickets.Entry, e tickets.Entry) (string, string) {
	if e.To != tickets.Suspended {
		return "", ""
	}
	return b.T("public.act.suspended", "Until", b.Timed(e.Until)), b.because(before, staff.AskSuspension)
}

// because is the ground that was asked with. It was written by an official
// for officials: what points to a person is taken out.
func (b Base) because(before []tickets.Entry, act tickets.Act) string {
	i := lastOf(before, act)
	if i < 0 {
		return ""
	}
	clean, _ := tickets.Redact(before[i].Reason, tickets.Caller{})
	return b.T("public.because", "Why", clean)
}

func rated(b Base, _ []tickets.Entry, e tickets.Entry) (string, string) {
	var words []string
	if e.Rating > 0 {
		words = append(words, b.T("rating."+strconv.Itoa(e.Rating)))
	}
	if e.Solved != "" {
		words = append(words, b.Word("solved", e.Solved))
	}
	return b.T("public.act.rated", "Rating", strings.Join(words, b.T("form.comma"))), e.Text
}

func lastOf(entries []tickets.Entry, act tickets.Act) int {
	for i, e := range slices.Backward(entries) {
		if e.Act == act {
			return i
		}
	}
	return -1
}

func joined(parts ...string) string {
	parts = slices.DeleteFunc(parts, func(s string) bool { return s == "" })
	return strings.Join(parts, "\n")
}
