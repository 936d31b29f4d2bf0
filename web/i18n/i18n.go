// Package i18n holds every sentence that people see, in Chinese and in
// English, and writes dates and counts the way each language does.
//
// The rule it keeps: no page holds a sentence of its own. Keys are grouped by
// what they name (status.to_triage, act.dispatch, field.reason), each group of
// pages has its own file per language, and a test compares the languages key
// by key. Chinese comes first; a key missing in English falls back to it.
package i18n

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	goi18n "github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed zh-CN/*.json en/*.json
var files embed.FS

// Languages are the languages of the interface, the first one the default.
var Languages = []string{"zh-CN", "en"}

// Catalogue holds the sentences of all languages. It never changes.
type Catalogue struct {
	locales map[string]*Locale
	keys    map[string][]string // language → its keys
	matcher language.Matcher
}

// Locale speaks one language.
type Locale struct {
	Lang string // zh-CN or en
	Zone *time.Location
	say  *goi18n.Localizer
}

// Load reads the catalogues that are built in. zone is where dates are shown.
func Load(zone *time.Location) (*Catalogue, error) {
	bundle := goi18n.NewBundle(language.MustParse(Languages[0]))
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	c := &Catalogue{locales: map[string]*Locale{}, keys: map[string][]string{}}
	var tags []language.Tag
	for _, lang := range Languages {
		if err := c.load(bundle, lang); err != nil {
			return nil, err
		}
		tags = append(tags, language.MustParse(lang))
		c.locales[lang] = &Locale{Lang: lang, Zone: zone, say: goi18n.NewLocalizer(bundle, lang)}
	}
	c.matcher = language.NewMatcher(tags)
	return c, nil
}

func (c *Catalogue) load(bundle *goi18n.Bundle, lang string) error {
	names, err := fs.Glob(files, lang+"/*.json")
	if err != nil {
		return err
	}
	seen := map[string]string{}
	for _, name := range names {
		body, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		// go-i18n reads the language off the file name.
		f, err := bundle.ParseMessageFileBytes(body, strings.TrimSuffix(path.Base(name), ".json")+"."+lang+".json")
		if err != nil {
			return fmt.Errorf("reading the sentences of %s: %w", name, err)
		}
		for _, m := range f.Messages {
			if other := seen[m.ID]; other != "" {
				return fmt.Errorf("the sentence %s stands both in %s and in %s", m.ID, other, name)
			}
			seen[m.ID] = name
			c.keys[lang] = append(c.keys[lang], m.ID)
		}
	}
	slices.Sort(c.keys[lang])
	return nil
}

// Keys returns the keys of one language, sorted.
func (c *Catalogue) Keys(lang string) []string { return c.keys[lang] }

// Locale returns the language that suits best: what was chosen, else what the
// browser asks for in Accept-Language, else Chinese.
func (c *Catalogue) Locale(chosen, accept string) *Locale {
	if l, ok := c.locales[chosen]; ok {
		return l
	}
	if accept != "" {
		if tags, _, err := language.ParseAcceptLanguage(accept); err == nil {
			_, i, confidence := c.matcher.Match(tags...)
			if confidence > language.No {
				return c.locales[Languages[i]]
			}
		}
	}
	return c.locales[Languages[0]]
}

// T returns the sentence of a key. args are names and values in turn; a value
// named N chooses between one and many. A key that nobody wrote is shown as
// itself, which a test and a reader both notice.
func (l *Locale) T(key string, args ...any) string {
	data := map[string]any{}
	for i := 0; i+1 < len(args); i += 2 {
		data[fmt.Sprint(args[i])] = args[i+1]
	}
	s, err := l.say.Localize(&goi18n.LocalizeConfig{MessageID: key, TemplateData: data, PluralCount: data["N"]})
	if s == "" && err != nil {
		return key
	}
	return s
}

// Has says whether the key is written in this language or in the default one.
func (l *Locale) Has(key string) bool { return l.T(key) != key }

// Chinese says whether this is the Chinese locale.
func (l *Locale) Chinese() bool { return strings.HasPrefix(l.Lang, "zh") }
