package portal

import (
	"context"
	"fmt"
	"hash/fnv"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"nengban/web/page"
)

// Phones is the pretend telephone network of a demo, as its page shows it.
type Phones interface {
	// Phones lists them, the one with the latest news first.
	Phones() []Phone
	// Thread is what happened on one phone, oldest first.
	Thread(number string) []Line
	// Reply sends a text as the phone's owner.
	Reply(ctx context.Context, number, words string) error
	// PickUp answers the call it rings with, Press presses keys in the call it is
	// in, HangUp ends or refuses it. They return an error when there is none.
	PickUp(ctx context.Context, number string) error
	Press(ctx context.Context, number, keys string) error
	HangUp(ctx context.Context, number string) error
}

// Phone is one pretend phone.
type Phone struct {
	Number  string
	Habit   string // what its owner does by himself; "" or "by_hand": nothing
	Lines   int
	Last    time.Time
	Ringing bool
	Talking bool
	Says    string // what is said in the call
	Waits   bool   // keys are awaited
}

// Line is a text or a call on a phone.
type Line struct {
	At     time.Time
	Call   bool
	Mine   bool // the owner sent it
	Words  string
	Status string // of a call: how it went
	Turns  []Turn
}

// Turn is what was said in a call and what was pressed.
type Turn struct{ Say, Keys string }

// phonesPage lists the phones and shows one.
type phonesPage struct {
	page.Base
	All    []Phone
	One    *Phone
	Thread []Line
	Mark   string // changes when anything on the page does
	Gone   bool   // there is no such call any more
}

// Keys are a phone's, in rows.
func (phonesPage) Keys() []string {
	return []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"}
}

// Quick are replies as people send them.
func (v phonesPage) Quick() []string { return strings.Split(v.T("phones.quick"), "|") }

// PhoneList shows all phones.
func (p *Portal) PhoneList(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, http.StatusOK, "phones", p.phonesPage(p.Base(r), ""))
}

// PhoneShow shows one phone with its conversation.
func (p *Portal) PhoneShow(w http.ResponseWriter, r *http.Request) error {
	v := p.phonesPage(p.Base(r), r.PathValue("number"))
	if v.One == nil {
		return page.ErrNotFound
	}
	v.Gone = v.Query.Has("gone")
	return p.show(w, http.StatusOK, "phones", v)
}

func (p *Portal) phonesPage(b page.Base, number string) phonesPage {
	v := phonesPage{Base: b, All: p.Phones.Phones()}
	if i := slices.IndexFunc(v.All, func(x Phone) bool { return x.Number == number }); i >= 0 {
		v.One, v.Thread = &v.All[i], p.Phones.Thread(number)
	}
	v.Mark = markOf(v)
	return v
}

// PhoneDo does what somebody does with a phone: send a text, pick up, press a
// key, hang up.
func (p *Portal) PhoneDo(w http.ResponseWriter, r *http.Request) error {
	one := p.phonesPage(page.Base{}, r.PathValue("number")).One
	if one == nil {
		return page.ErrNotFound
	}
	number := one.Number
	f := r.PostForm
	var err error
	switch words := strings.TrimSpace(f.Get("words")); {
	case f.Has("key"):
		if !oneKey.MatchString(f.Get("key")) {
			return page.ErrBadForm
		}
		err = p.Phones.Press(r.Context(), number, f.Get("key"))
	case f.Get("do") == "pick_up":
		err = p.Phones.PickUp(r.Context(), number)
	case f.Get("do") == "hang_up":
		err = p.Phones.HangUp(r.Context(), number)
	case words != "" && utf8.ValidString(words) && utf8.RuneCountInString(words) <= 500:
		err = p.Phones.Reply(r.Context(), number, words)
	}
	to := "/phones/" + number
	if err != nil {
		p.Log.InfoContext(r.Context(), "a pretend phone", "error", err)
		to += "?gone"
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
	return nil
}

var oneKey = regexp.MustCompile(`^[0-9*#]$`)

// How often the page of a phone that is open is compared with the network: in
// a demo, people's patience and not a rule of the trade.
const (
	lookAgain = time.Second
	stillHere = 20 * time.Second
)

// PhoneEvents tells an open page that something happened (server-sent events).
func (p *Portal) PhoneEvents(w http.ResponseWriter, r *http.Request) error {
	number := r.PathValue("number")
	stream := http.NewResponseController(w)
	_ = stream.SetReadDeadline(time.Time{})
	_ = stream.SetWriteDeadline(time.Time{})
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	look, beat := time.NewTicker(lookAgain), time.NewTicker(stillHere)
	defer look.Stop()
	defer beat.Stop()
	last := ""
	for {
		text := ""
		if mark := markOf(p.phonesPage(page.Base{}, number)); mark != last {
			last, text = mark, fmt.Sprintf("retry: 3000\nevent: mark\ndata: %s\n\n", mark)
		}
		select {
		case <-beat.C:
			text += ": still here\n\n"
		default:
		}
		if text != "" {
			if _, err := w.Write([]byte(text)); err != nil {
				return nil // the reader is gone; nobody is left to tell
			}
			if err := stream.Flush(); err != nil {
				return nil
			}
		}
		select {
		case <-r.Context().Done():
			return nil
		case <-p.Closing.Done():
			return nil
		case <-look.C:
		}
	}
}

// markOf is a short word that changes with what the page shows.
func markOf(v phonesPage) string {
	h := fnv.New64a()
	fmt.Fprintf(h, "%+v %+v", v.All, v.Thread)
	return fmt.Sprintf("%x", h.Sum64())
}

// piece is a part of a text: words, or an address of this desk to be opened.
type piece struct{ Words, Href string }

var address = regexp.MustCompile(`https?://[^\s/，。；、）】]+(/(?:s/[0-9a-z]+|look[?=0-9a-z]*|look))`)

// Pieces makes the addresses in a text links. Only paths of this desk become
// one, whatever host the text names.
func (phonesPage) Pieces(words string) []piece {
	var out []piece
	done := 0
	for _, m := range address.FindAllStringSubmatchIndex(words, -1) {
		out = append(out, piece{Words: words[done:m[0]]}, piece{words[m[0]:m[1]], words[m[2]:m[3]]})
		done = m[1]
	}
	return append(out, piece{Words: words[done:]})
}

// CallStatus says how a call went, in words; "" when there is nothing to say.
func (v phonesPage) CallStatus(word string) string {
	if key := "phones.status." + word; v.Has(key) {
		return "· " + v.T(key)
	}
	return ""
}

// Habit says what a phone's owner does by himself.
func (v phonesPage) Habit(word string) string {
	if key := "phones.habit." + word; v.Has(key) {
		return v.T(key)
	}
	return v.T("phones.habit.other")
}

// Spoken writes a number as it is read out: 138 0013 8000.
func (phonesPage) Spoken(number string) string {
	n := strings.TrimPrefix(number, "+86")
	if len(n) != 11 || n[0] != '1' {
		return n
	}
	return n[:3] + " " + n[3:7] + " " + n[7:]
}
