package tickets

import (
	"strings"
	"time"
	"unicode/utf8"
)

// Intake is what is asked when a ticket is registered: the same for hotline,
// window and online, so that one ticket comes of all three.
type Intake struct {
	Caller

	Kind          Kind       `json:"kind" field:"select,need"`
	Title         string     `json:"title,omitempty" field:"text,max=100"`
	Content       string     `json:"content" field:"area,need,max=10000"`
	Category      string     `json:"category,omitempty" field:"category,max=64"`
	Area          string     `json:"area,omitempty" field:"place,max=15"`
	Address       string     `json:"address,omitempty" field:"text,max=200"`
	Urgency       Urgency    `json:"urgency,omitempty" field:"select"`
	Matter        string     `json:"matter,omitempty" field:"text,max=200"` // what he wanted to get done (事项)
	MatterCode    string     `json:"matter_code,omitempty" field:"text,max=64"`
	ApplicationNo string     `json:"application_no,omitempty" field:"text,max=64"`
	AppliedAt     *time.Time `json:"applied_at,omitempty" field:"time"`
	VisitCount    int        `json:"visit_count,omitempty" field:"number,min=0,max=999"`
	About         string     `json:"about,omitempty" field:"department"` // complained of
	OccurredAt    *time.Time `json:"occurred_at,omitempty" field:"time"`
	Confidential  bool       `json:"confidential,omitempty" field:"check"`
	Anonymous     bool       `json:"anonymous,omitempty" field:"check"`
	CallID        string     `json:"call_id,omitempty" field:"text,max=64"`
	Tags          []string   `json:"tags,omitempty" field:"tags"`

	// What the desk knows without asking.
	Channel      Channel   `json:"-"`
	Hall         string    `json:"-"`
	WindowNo     string    `json:"-"`
	SourceSystem string    `json:"-"` // with ExternalNo: the same pair is registered once
	ExternalNo   string    `json:"-"`
	ReceivedAt   time.Time `json:"-"` // zero: now; an import knows better
	SourceStatus string    `json:"-"`
}

// check returns what is wrong with it, the shapes first, then what belongs together.
func (in *Intake) check() FieldErrors {
	es := Check(in)
	if in.Anonymous {
		return es
	}
	if in.Channel != Imported && Phone(in.Phone) == "" {
		es.add("phone", "phone_or_anonymous")
	}
	if in.IDNumber != "" && !validIDNumber(in.IDNumber) {
		es.add("id_number", "id_number_wrong")
	}
	return es
}

// fill puts in what follows from the rest.
func (in *Intake) fill(now time.Time) {
	if in.ReceivedAt.IsZero() {
		in.ReceivedAt = now
	}
	if in.Urgency == "" {
		in.Urgency = Routine
	}
	if in.Title == "" {
		clean, _ := Redact(in.Content, in.Caller) // first: half a number is not known for one
		in.Title = firstSentence(clean, 40)
	}
	if in.Anonymous {
		for _, text := range []*string{&in.Title, &in.Content, &in.Address} {
			*text = withoutKnown(*text, Caller{Name: in.Name, IDNumber: in.IDNumber, HomeAddress: in.HomeAddress})
		}
		in.Name, in.IDNumber, in.HomeAddress, in.Company = "", "", "", ""
	}
}

// firstSentence returns a text up to its first full stop or line break, at most n characters.
func firstSentence(s string, n int) string {
	s = strings.TrimSpace(s)
	if i := strings.IndexAny(s, "。！？!?\n；;"); i > 0 {
		s = s[:i]
	}
	if utf8.RuneCountInString(s) > n {
		s = string([]rune(s)[:n-1]) + "…"
	}
	return s
}

// validIDNumber checks length, alphabet and the checksum of an 18-digit
// citizen identity number (GB 11643-1999, ISO 7064 MOD 11-2). Other documents,
// such as passports, are taken as they are.
func validIDNumber(s string) bool {
	if len(s) != 18 {
		return utf8.RuneCountInString(s) <= 30
	}
	sum := 0
	for i := range 17 {
		if !isDigit(s[i]) {
			return false
		}
		sum += int(s[i]-'0') * (1 << (17 - i) % 11)
	}
	return "10X98765432"[sum%11] == strings.ToUpper(s)[17]
}
