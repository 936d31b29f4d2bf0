package portal

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"nengban/tickets"
	"nengban/tickets/staff"
	"nengban/web/page"
)

// filePage is the form by which a matter is filed without login.
type filePage struct {
	page.Base
	Form  page.Form
	Token string // makes a form that is sent twice one matter
	Cut   bool   // not all of it arrived
	Again bool   // it has to be sent once more: what no person sees was filled in
	Files bool   // files were chosen, which a browser does not choose again
}

// asked are the fields of an intake that a citizen is asked for. Whatever else
// is posted is not looked at: how urgent a matter is, say, the desk decides.
var asked = []string{"kind", "content", "matter", "about", "visit_count", "application_no", "area", "address", "name", "phone", "no_texts", "needs_support"}

// Kinds are what a citizen may want, the commonest first.
func (filePage) Kinds() []string {
	return []string{"assistance", "complaint", "inquiry", "irregularity", "suggestion", "praise"}
}

// Identities are how much of a citizen the departments learn.
func (filePage) Identities() []string { return []string{"open", "confidential", "anonymous"} }

// FileForm shows the empty form.
func (p *Portal) FileForm(w http.ResponseWriter, r *http.Request) error {
	v := filePage{Base: p.Base(r), Form: page.Empty("filing", &tickets.Intake{Kind: tickets.Assistance}), Token: newToken()}
	v.Form.Values.Set("identity", "open")
	p.bring(r, &v)
	return p.show(w, http.StatusOK, "file", v)
}

// trap is a field that people do not see and programs that fill in everything
// do. Nobody's matter is dropped over it: the form only has to be sent again.
const trap = "website"

// File takes a matter in. The same form sent twice, by an impatient thumb or a
// bad line, is one matter; a form that was changed in between is another.
func (p *Portal) File(w http.ResponseWriter, r *http.Request) error {
	f, err := read(w, r)
	if err != nil {
		return err
	}
	defer f.close()
	in := tickets.Intake{}
	v := filePage{Base: p.Base(r), Token: tokenOf(f.Get("token")), Cut: f.cut, Again: f.Get(trap) != "", Files: len(f.files) > 0}
	v.Form = decode(r, f.Values, &in)
	if f.cut || v.Again || len(v.Form.Errors) > 0 {
		if len(v.Form.Errors) > 0 {
			v.Form.Errors = append(v.Form.Errors, tickets.Check(&in)...)
		}
		return p.show(w, http.StatusUnprocessableEntity, "file", v)
	}
	in.Channel, in.Lang = tickets.Online, v.Lang
	in.SourceSystem, in.ExternalNo = "form", v.Token+"."+digest(f.Values)
	one := p.lockFor(v.Token)
	one.Lock()
	defer one.Unlock()
	made, err := p.Desk.Register(r.Context(), staff.TheCitizen, in)
	var fields tickets.FieldErrors
	if errors.As(err, &fields) {
		v.Form.Errors = fields
		return p.show(w, http.StatusUnprocessableEntity, "file", v)
	}
	if err != nil {
		return err
	}
	return p.filed(w, r, made, in, f.files)
}

// filed puts the files on the ticket, keeps the receipt for the next page and
// goes there. The matter is taken in now, so a file that is not taken is said
// on that page and holds up nothing.
func (p *Portal) filed(w http.ResponseWriter, r *http.Request, made tickets.Receipt, in tickets.Intake, files []file) error {
	if made.Again {
		var err error
		if files, err = p.missing(r.Context(), made.Ticket, files); err != nil {
			return err
		}
	}
	out := receipt{grant: grant{made.Ticket.Number, p.Now()}, Code: made.Code, Again: made.Again,
		Texts: !in.NoTexts && tickets.IsMobile(tickets.Phone(in.Phone)), Refused: p.attach(r.Context(), made.Ticket, files)}
	if err := p.carry(w, receiptCookie, "/file", receiptTime, out); err != nil {
		return err
	}
	if err := p.let(w, made.Ticket); err != nil {
		return err
	}
	http.Redirect(w, r, "/file/done", http.StatusSeeOther)
	return nil
}

// attach puts files on a ticket and returns those that were not taken.
func (p *Portal) attach(ctx context.Context, t *tickets.Ticket, files []file) []refused {
	var out []refused
	for _, x := range files {
		if x.many {
			out = append(out, refused{short(x.name), "too_many_files", fmt.Sprint(MostFiles)})
			continue
		}
		_, err := p.Desk.AddAttachment(ctx, staff.TheCitizen, tickets.Ref{Number: t.Number}, p.Files, tickets.Upload{Name: x.name, Body: x.on})
		var fields tickets.FieldErrors
		switch {
		case errors.As(err, &fields):
			out = append(out, refused{short(x.name), fields[0].Code, argument(fields[0])})
		case err != nil:
			p.Log.ErrorContext(ctx, "keeping a citizen's file", "error", err, "ticket", t.Number)
			out = append(out, refused{short(x.name), "file_trouble", ""})
		}
	}
	return out[:min(len(out), MostFiles+1)]
}

// missing are the files of a form that an earlier sending of it did not bring.
func (p *Portal) missing(ctx context.Context, t *tickets.Ticket, files []file) ([]file, error) {
	entries, err := p.Desk.Timeline(ctx, t.ID)
	if err != nil {
		return nil, err
	}
	there := map[string]int{}
	for _, e := range entries {
		if e.Act == staff.Attach && e.Role == staff.Citizen {
			there[e.Text]++
		}
	}
	var out []file
	for _, x := range files {
		name, err := p.Desk.FileName(t, x.name)
		if err != nil {
			return nil, err
		}
		if there[name]--; there[name] < 0 {
			out = append(out, x)
		}
	}
	return out, nil
}

// decode reads the fields that are asked for and checks what only this form
// asks.
func decode(r *http.Request, values url.Values, in *tickets.Intake) page.Form {
	r.PostForm = url.Values{}
	for _, name := range asked {
		if v, ok := values[name]; ok {
			r.PostForm[name] = v
		}
	}
	form := page.Decode(r, "filing", in)
	switch identity := values.Get("identity"); identity {
	case "confidential", "anonymous":
		// Nothing of an anonymous caller reaches a department either, should he leave a number.
		in.Confidential, in.Anonymous = true, identity == "anonymous"
		form.Values.Set("identity", identity)
	default:
		form.Values.Set("identity", "open")
	}
	if n := len(tickets.Phone(in.Phone)); n > 0 && n < 7 {
		form.Errors = append(form.Errors, tickets.FieldError{Field: "phone", Code: "phone_short"})
	}
	return form
}

func (p *Portal) lockFor(token string) interface {
	Lock()
	Unlock()
} {
	h := fnv.New32a()
	_, _ = h.Write([]byte(token))
	return &p.filing[int(h.Sum32())%len(p.filing)]
}

// newToken names a form. Nobody can guess another's, which would show him the
// other's receipt.
func newToken() string {
	b := make([]byte, 20)
	_, _ = rand.Read(b) // crypto/rand never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(b))
}

var tokenShape = regexp.MustCompile(`^[a-z2-7]{32}$`)

func tokenOf(s string) string {
	if tokenShape.MatchString(s) {
		return s
	}
	return newToken()
}

// digest tells two forms of one token apart when the words differ.
func digest(values url.Values) string {
	h := sha256.New()
	for _, name := range append(slices.Clone(asked), "identity") {
		fmt.Fprintf(h, "%s=%q\n", name, values[name])
	}
	return hex.EncodeToString(h.Sum(nil)[:8])
}

func argument(e tickets.FieldError) string {
	if len(e.Args) == 0 {
		return ""
	}
	return fmt.Sprint(e.Args[0])
}

// short keeps a file's name to what fits a cookie.
func short(name string) string {
	r := []rune(strings.ToValidUTF8(name, "?"))
	if len(r) > 30 {
		r = append(r[:29:29], '…')
	}
	return string(r)
}
