package web

import (
	"encoding/json"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nengban/tickets"
	"nengban/tickets/sla"
	"nengban/tickets/staff"
	"nengban/web/assets"
	"nengban/web/i18n"
	"nengban/web/page"
)

func TestBothLanguagesSayTheSameThings(t *testing.T) {
	t.Parallel()
	c := catalogue(t)
	zh, en := c.Keys("zh-CN"), c.Keys("en")
	for _, k := range zh {
		if !slices.Contains(en, k) {
			t.Errorf("%s is not written in English", k)
		}
	}
	for _, k := range en {
		if !slices.Contains(zh, k) {
			t.Errorf("%s is not written in Chinese", k)
		}
	}
	chinese, english := sentences(t, "zh-CN"), sentences(t, "en")
	for k, s := range chinese {
		if a, b := placeholders(s), placeholders(english[k]); !slices.Equal(a, b) {
			t.Errorf("%s names %v in Chinese and %v in English", k, a, b)
		}
	}
}

func TestEveryKeyInUseIsWrittenAndEveryKeyWrittenIsInUse(t *testing.T) {
	t.Parallel()
	written := map[string]bool{}
	for _, k := range catalogue(t).Keys("zh-CN") {
		written[k] = true
	}
	used := map[string]bool{}
	for _, from := range []map[string]bool{wordsOfTheTrade(), wordsOfRefusals(t), literals(t, written)} {
		maps.Copy(used, from)
	}
	for k := range used {
		if !written[k] && !optional(k) {
			t.Errorf("%s is used and not written", k)
		}
	}
	made := prefixes(t)
	for k := range written {
		if !used[k] && !slices.ContainsFunc(made, func(p string) bool { return strings.HasPrefix(k, p) }) {
			t.Errorf("%s is written and not used", k)
		}
	}
}

// optional keys narrow another one down or add a hint; the page looks whether
// they are there.
func optional(key string) bool {
	return strings.HasPrefix(key, "hint.") || strings.Count(key, ".") > 1 && regexp.MustCompile(`^(field|decision|code|to|\w+)\.\w+\.\w+$`).MatchString(key)
}

// wordsOfTheTrade are the keys that follow from the tables of the domain.
func wordsOfTheTrade() map[string]bool {
	out := map[string]bool{"act.register": true}
	group := func(name string, words ...string) {
		for _, w := range words {
			out[name+"."+w] = true
		}
	}
	for _, s := range tickets.Statuses {
		group("status", string(s))
		group("public.says", string(s)) // what the citizen is told of it
		group("public.next", string(s))
	}
	group("public.step", page.Steps...)
	for _, o := range []tickets.Outcome{tickets.Answered, tickets.Handled, tickets.Declined, tickets.HandedOver, tickets.Withdrawn} {
		group("public.says", string(o))
		group("public.next", string(o))
	}
	for _, r := range staff.Roles {
		group("role", string(r))
	}
	group("role", string(staff.Citizen), string(staff.System))
	for r := range staff.Table {
		if _, isAct := tickets.RuleFor(r); !isAct && r != staff.Register {
			group("right", string(r))
		}
	}
	group("scope", "own", "own_hall", "own_department", "all")
	group("outcome", string(tickets.Answered), string(tickets.Handled), string(tickets.Declined), string(tickets.HandedOver), string(tickets.Withdrawn))
	group("channel", tickets.Hotline.Options()...)
	group("part", string(tickets.Lead), string(tickets.Assisting))
	group("held", string(tickets.Awaiting), string(tickets.Signed), string(tickets.Replied), string(tickets.Returned), string(tickets.Released))
	group("lang", i18n.Languages...)
	formWords(out, "intake", tickets.Intake{})
	for _, r := range tickets.Table {
		out["act."+string(r.Act)] = true
		formWords(out, string(r.Act), r.New())
	}
	// The timeline shows what acts said by the names of the fields, and codes by their words.
	for i := range reflect.TypeFor[tickets.Details]().NumField() {
		name, _, _ := strings.Cut(reflect.TypeFor[tickets.Details]().Field(i).Tag.Get("json"), ",")
		out["field."+name] = true
		for _, r := range tickets.Table {
			out["field."+string(r.Act)+"."+name] = true
		}
	}
	group("code", tickets.Line("").Options()...)
	group("complexity", "complex", "simple")
	group("rating", "1", "2", "3", "4", "5")
	group("invalid", "path_of_others", "path_no_leaf", "path_unknown", "path_below_leaf") // of the categories of articles
	group("way", "sms", "voice", "web", "person")
	for _, c := range sla.Clocks {
		group("clock", string(c))
	}
	group("clock_about", string(sla.AboutReturn), string(sla.AboutExtension), string(sla.AboutSuspension))
	group("clockstate", string(sla.Running), string(sla.Paused), string(sla.Met), string(sla.Breached), string(sla.Void))
	group("holder", string(sla.HeldByDesk), string(sla.HeldByUnit), string(sla.HeldByCitizen), string(sla.HeldSuspended), string(sla.HeldByNobody))
	group("reclassified", string(sla.FromStart), string(sla.FromChange))
	for _, p := range problems {
		group("problem", p.key)
	}
	group("problem", "fields", "refused", "changed", "weak_password", "ours")
	group("field", "file")
	group("readers", "open", "unmask", "clear", "mask")
	group("field.unmask", "reason")
	group("hint.unmask", "reason")
	return out
}

func formWords(out map[string]bool, of string, form any) {
	for _, f := range tickets.Fields(form) {
		for _, k := range []string{"field." + f.Name, "field." + of + "." + f.Name, "hint." + f.Name, "hint." + of + "." + f.Name} {
			out[k] = true
		}
		for _, o := range f.Options {
			out[f.Name+"."+o], out[f.Name+"."+of+"."+o] = true, true
		}
	}
}

// wordsOfRefusals are the codes that the domain refuses with, read off its source.
func wordsOfRefusals(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{"refusal." + tickets.WrongStatus: true}
	shapes := map[string]*regexp.Regexp{
		"refusal.":  regexp.MustCompile(`\.refuse\("(\w+)"`),
		"invalid.":  regexp.MustCompile(`(?:es\.add\([^,]+, |Code: |Refused\{|return |wrong\((?:"\w+", |[^",]+, )?)"([a-z]+_?\w*)"`),
		"password.": regexp.MustCompile(`WeakPassword\{"(\w+)"\}`),
	}
	names, err := filepath.Glob("../tickets/*.go")
	if err != nil {
		t.Fatal(err)
	}
	articles, err := filepath.Glob("../knowledge/*.go")
	if err != nil {
		t.Fatal(err)
	}
	names = append(names, articles...) // "../knowledge/*.go"
	names = append(names, "../tickets/duplicates/join.go", "../tickets/files/folder.go")
	for _, name := range append(names, append(goFiles(t, "pages", "api", "hooks"), "../tickets/staff/password.go")...) {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for prefix, shape := range shapes {
			for _, m := range shape.FindAllStringSubmatch(string(body), -1) {
				if prefix == "invalid." && strings.Contains(m[0], "return ") && !strings.HasPrefix(m[1], "not_a_") {
					continue // other functions return words too
				}
				out[prefix+m[1]] = true
			}
		}
	}
	return out
}

// literals are the keys that templates and Go name outright. In Go any quoted
// text counts that looks like a key of a group that exists.
func literals(t *testing.T, written map[string]bool) map[string]bool {
	t.Helper()
	groups := map[string]bool{}
	for k := range written {
		g, _, _ := strings.Cut(k, ".")
		groups[g] = true
	}
	out := map[string]bool{}
	quoted := regexp.MustCompile("[\"`]([a-z][a-z_]*(?:\\.[a-zA-Z0-9_-]+)+)[\"`]")
	each(t, []string{"."}, func(body string) {
		for _, m := range quoted.FindAllStringSubmatch(body, -1) {
			if g, _, _ := strings.Cut(m[1], "."); groups[g] {
				out[m[1]] = true
			}
		}
	})
	return out
}

// prefixes are the beginnings of keys whose end pages put together from a
// table of their own: printf "queue.%s" in a template, "clock." + word in Go,
// and the words of a form by its name. That such a key is written at all is
// seen on the page: webtest refuses one that shows a bare key.
func prefixes(t *testing.T) []string {
	t.Helper()
	var out []string
	begun := regexp.MustCompile(`"([a-z_]+(?:\.[a-z_]+)*[._])(?:%s|%d)?"`)
	form := regexp.MustCompile(`(?:Empty|Decode)\((?:r, )?"(\w+)"`)
	each(t, []string{"pages", "portal", "api"}, func(body string) {
		for _, m := range begun.FindAllStringSubmatch(body, -1) {
			if m[1] != "field." && m[1] != "hint." && strings.Contains(m[1], ".") {
				out = append(out, m[1])
			}
		}
		for _, m := range form.FindAllStringSubmatch(body, -1) {
			out = append(out, "field."+m[1]+".", "hint."+m[1]+".")
		}
	})
	return out
}

// each reads the Go files of the folders that there are, and all templates.
func each(t *testing.T, roots []string, look func(body string)) {
	t.Helper()
	for _, root := range roots {
		if _, err := os.Stat(root); err != nil {
			continue // a room that is not built yet
		}
		for _, name := range goFiles(t, root) {
			body, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			look(string(body))
		}
	}
	err := fs.WalkDir(assets.Templates(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		body, err := fs.ReadFile(assets.Templates(), name)
		look(string(body))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func goFiles(t *testing.T, roots ...string) []string {
	t.Helper()
	var out []string
	for _, root := range roots {
		err := filepath.WalkDir(root, func(name string, _ fs.DirEntry, err error) error {
			if err == nil && strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
				out = append(out, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func catalogue(t *testing.T) *i18n.Catalogue {
	t.Helper()
	c, err := i18n.Load(tickets.Shanghai)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// sentences reads a language's files as they lie there.
func sentences(t *testing.T, lang string) map[string]string {
	t.Helper()
	out := map[string]string{}
	names, err := filepath.Glob("i18n/" + lang + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		body, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var all map[string]any
		if err := json.Unmarshal(body, &all); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for k, v := range all {
			switch v := v.(type) {
			case string:
				out[k] = v
			case map[string]any:
				out[k], _ = v["other"].(string)
			}
		}
	}
	return out
}

func placeholders(s string) []string {
	all := regexp.MustCompile(`\{\{\.(\w+)\}\}`).FindAllString(s, -1)
	slices.Sort(all)
	return slices.Compact(all)
}
