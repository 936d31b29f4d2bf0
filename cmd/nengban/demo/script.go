package demo

import "nengban/tickets"

// script is every storyline, as it would be told. The functions below are
// scripts, hence their length: what somebody says and does, and how long after
// the one before, counted in his own hours.
func (d *director) script() []*story {
	w := &writer{d: d}
	w.answers()
	w.hardMatters()
	w.refusals()
	w.disputes()
	w.pauses()
	w.reworks()
	w.burst()
	w.guarded()
	w.standing()
	w.hot()
	w.justNow()
	return w.stories
}

// writer keeps the storylines in the order in which they are written.
type writer struct {
	d       *director
	stories []*story
}

// story begins one: what the summary calls it, who comes and with what. The
// n-th has the n-th telephone.
func (w *writer) story(key, zh, en, by string, in tickets.Intake) *story {
	s := &story{key: key, zh: zh, en: en, in: in}
	if in.Phone == "" && !in.Anonymous {
		s.in.Phone = phone(len(w.stories) + 1)
	}
	if in.Channel == tickets.Window {
		clerk := w.d.person(by)
		s.in.Hall, s.in.WindowNo = clerk.Hall, clerk.WindowNo
	}
	w.stories = append(w.stories, s)
	return s.then(by, 0, nil)
}

// from is somebody who comes with something, by telephone unless it is changed.
func from(name string, kind tickets.Kind, category, area, address, content string) tickets.Intake {
	return tickets.Intake{Caller: tickets.Caller{Name: name}, Channel: tickets.Hotline, Kind: kind, Category: category, Area: area, Address: address, Content: content}
}

// atWindow is from at a 办不成事 window: what he wanted done, and how often he came.
func atWindow(in tickets.Intake, matter string, visits int) tickets.Intake {
	in.Channel, in.Matter, in.VisitCount = tickets.Window, matter, visits
	return in
}

func online(in tickets.Intake) tickets.Intake {
	in.Channel = tickets.Online
	return in
}

// The moves that nearly every story has.

func ordinary(reason string) *tickets.Triage {
	return &tickets.Triage{Class: tickets.Ordinary, Reason: reason}
}

func to(lead, basis string, assisting ...string) *tickets.Dispatch {
	return &tickets.Dispatch{Lead: lead, Assisting: assisting, Basis: basis}
}

func sign() *tickets.SignFor { return &tickets.SignFor{} }

func signAs(department string) *tickets.SignFor { return &tickets.SignFor{Department: department} }

func rang(text string) *tickets.RecordContact {
	return &tickets.RecordContact{ContactWay: tickets.ByPhone, Text: text}
}

func visited(text string) *tickets.RecordContact {
	return &tickets.RecordContact{ContactWay: tickets.ByVisit, Text: text}
}

func solved(text, public string) *tickets.Reply {
	return &tickets.Reply{Facts: tickets.FactsTrue, Demand: tickets.Reasonable, Result: tickets.ReallySolved, Text: text, PublicText: public}
}

func explained(text, public, basis string) *tickets.Reply {
	return &tickets.Reply{Facts: tickets.FactsPartly, Demand: tickets.Reasonable, Result: tickets.Explained, Text: text, PublicText: public, Basis: basis}
}

func accept() *tickets.Complete { return &tickets.Complete{} }

func progress(text string) *tickets.ReportProgress {
	return &tickets.ReportProgress{Text: text, PublicText: text}
}

// opinion is spoken for the department of whoever gives it.
func opinion(text string) *tickets.GiveOpinion { return &tickets.GiveOpinion{Text: text} }
