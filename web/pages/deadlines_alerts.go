package pages

import (
	"strconv"
	"strings"

	"nengban/tickets"
	"nengban/tickets/sla"
)

// toldChoice is who an alert goes to.
type toldChoice string

// Options are the recipients.
func (toldChoice) Options() []string {
	return []string{string(sla.ToDesk), string(sla.ToCaseworker), string(sla.ToDepartment), string(sla.ToLeader), string(sla.ToSupervisor)}
}

// alertsForm is when somebody is told. A level that nobody is named for is not
// told at all; one without a time comes with the deadline itself.
type alertsForm struct {
	Shares      string     `json:"shares" field:"text,max=60"`
	Before      string     `json:"before" field:"text,max=100"`
	BlueTo      toldChoice `json:"blue_to" field:"select"`
	BlueAfter   string     `json:"blue_after" field:"text,max=60"`
	YellowTo    toldChoice `json:"yellow_to" field:"select"`
	YellowAfter string     `json:"yellow_after" field:"text,max=60"`
	RedTo       toldChoice `json:"red_to" field:"select"`
	RedAfter    string     `json:"red_after" field:"text,max=60"`
	AnyHour     []string   `json:"any_hour" field:"choices"`
}

func formOfAlerts(a sla.Alerts, lang string) alertsForm {
	f := alertsForm{AnyHour: a.AnyHour}
	var shares, before []string
	for _, s := range a.Shares {
		shares = append(shares, strconv.Itoa(s))
	}
	for _, l := range a.Before {
		before = append(before, l.Text(lang))
	}
	f.Shares, f.Before = strings.Join(shares, ", "), strings.Join(before, "; ")
	for _, o := range a.Overdue {
		to, after := f.level(o.Level)
		*to = toldChoice(o.To)
		if !o.After.IsZero() {
			*after = o.After.Text(lang)
		}
	}
	return f
}

func (f *alertsForm) level(l sla.Level) (to *toldChoice, after *string) {
	switch l {
	case sla.Blue:
		return &f.BlueTo, &f.BlueAfter
	case sla.Yellow:
		return &f.YellowTo, &f.YellowAfter
	default:
		return &f.RedTo, &f.RedAfter
	}
}

// alerts reads the form. Calendar is the one that the alerts had: forms leave
// it as it is.
func (f *alertsForm) alerts(calendar string) (a sla.Alerts, es tickets.FieldErrors) {
	wrong := func(field, code string) { es = append(es, tickets.FieldError{Field: field, Code: code}) }
	a.Calendar, a.AnyHour = calendar, among(f.AnyHour, tickets.Urgency("").Options())
	for part := range strings.FieldsFuncSeq(f.Shares, func(r rune) bool { return strings.ContainsRune(",，、;； %％", r) }) {
		n, err := strconv.Atoi(part)
		if err != nil || n < 1 || n > 99 {
			wrong("shares", "not_a_share")
			break
		}
		a.Shares = append(a.Shares, n)
	}
	for part := range strings.FieldsFuncSeq(f.Before, func(r rune) bool { return strings.ContainsRune(",，、;；", r) }) {
		l, err := sla.ParseLimit(part)
		if err != nil || l.Unit == sla.WorkingDay || l.Unit == sla.NaturalDay {
			wrong("before", "not_a_distance")
			break
		}
		a.Before = append(a.Before, l)
	}
	for _, level := range []sla.Level{sla.Blue, sla.Yellow, sla.Red} {
		to, after := f.level(level)
		if *to == "" {
			continue
		}
		o := sla.Escalation{Level: level, To: sla.To(*to)}
		if *after != "" {
			var err error
			if o.After, err = sla.ParseLimit(*after); err != nil {
				wrong(string(level)+"_after", "limit_unreadable")
			}
		}
		a.Overdue = append(a.Overdue, o)
	}
	return a, es
}

// among keeps the words that are offered.
func among(words, offered []string) []string {
	var out []string
	for _, o := range offered {
		for _, w := range words {
			if w == o {
				out = append(out, o)
				break
			}
		}
	}
	return out
}
