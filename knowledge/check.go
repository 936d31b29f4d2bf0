package knowledge

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"nengban/knowledge/search"
)

// Bounds of the 信阳 rule of 2021: a title of 128 characters, a keyword of 20,
// which is not the title again.
const (
	longestTitle   = 128
	longestKeyword = 20
	mostKeywords   = 30
	longestBody    = 50_000
)

// Tidied returns the content as it is kept: without space around it, paths
// without empty parts, keywords once each.
func (c Content) Tidied() Content {
	c.Title = strings.Join(strings.Fields(c.Title), " ")
	for _, s := range []*string{&c.Body, &c.Answer, &c.Basis, &c.Issuer, &c.Nature} {
		*s = strings.TrimSpace(strings.ReplaceAll(*s, "\r\n", "\n"))
	}
	c.Path = tidyPath(c.Path)
	c.Keywords, c.Matters = words(joined(c.Keywords)), words(joined(c.Matters))
	return c
}

func tidyPath(s string) string {
	parts := strings.Split(strings.ReplaceAll(s, "／", "/"), "/")
	for i := range parts {
		parts[i] = strings.TrimSpace(parts[i])
	}
	return strings.Join(slices.DeleteFunc(parts, func(p string) bool { return p == "" }), "/")
}

// check says what is wrong with a content by itself. Whether its title is
// taken and its path exists is asked where it is written.
func (c Content) check() FieldErrors {
	var es FieldErrors
	for _, f := range []struct {
		name, value string
		need        bool
		most        int
	}{
		{"title", c.Title, true, longestTitle}, {"path", c.Path, true, 200}, {"body", c.Body, true, longestBody},
		{"answer", c.Answer, false, longestBody}, {"basis", c.Basis, false, 500}, {"issuer", c.Issuer, false, 100},
		{"department", c.Department, false, 64}, {"area", c.Area, false, 15}, {"nature", c.Nature, false, 40},
		{"matters", joined(c.Matters), false, 500}, {"keywords", joined(c.Keywords), false, mostKeywords * longestKeyword},
	} {
		switch n := utf8.RuneCountInString(f.value); {
		case !isText(f.value):
			es.add(f.name, "not_text")
		case f.need && f.value == "":
			es.add(f.name, "missing")
		case n > f.most:
			es.add(f.name, "too_long", f.most)
		}
	}
	if !slices.Contains(c.Kind.Options(), string(c.Kind)) {
		es.add("kind", "not_an_option")
	}
	if !slices.Contains(c.Access.Options(), string(c.Access)) {
		es.add("access", "not_an_option")
	}
	if c.ValidFrom != nil && c.ValidUntil != nil && !c.ValidUntil.After(*c.ValidFrom) {
		es.add("valid_until", "not_after_from")
	}
	c.checkKeywords(&es)
	return es
}

func (c Content) checkKeywords(es *FieldErrors) {
	for _, w := range c.Keywords {
		switch {
		case utf8.RuneCountInString(w) > longestKeyword:
			es.add("keywords", "keyword_too_long", longestKeyword)
			return
		case titleKey(w) == titleKey(c.Title):
			es.add("keywords", "keyword_is_title")
			return
		}
	}
}

// titleKey is a title as titles are told apart: 公積金 is 公积金.
func titleKey(title string) string {
	key := strings.Join(strings.FieldsFunc(search.Fold(title), func(r rune) bool { return unicode.IsSpace(r) }), "")
	if key == "" {
		return strings.TrimSpace(title)
	}
	return key
}

// isText says whether s is whole UTF-8 without control characters other than
// line breaks and tabs. Neither database takes a NUL.
func isText(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r'
	})
}
