package surveys

import (
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
)

//go:embed lexicon.txt
var lexiconText string

// node is one step of the word tree: the longest listed word is found by
// walking it, at a cost that does not grow with the number of words.
type node struct {
	next    map[rune]*node
	classes []class // of the word that ends here; nil when none does
}

// lexicon is the word tree of lexicon.txt, grown on first use. The text is part
// of the program; a mistake in it is found by the package's tests.
var lexicon = sync.OnceValue(func() *node {
	root, err := growLexicon(lexiconText)
	if err != nil {
		panic(err)
	}
	return root
})

func growLexicon(text string) (*node, error) {
	root := &node{next: map[rune]*node{}}
	current, known := isUnknown, false
	for n, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(line)
		switch {
		case line == "" || strings.HasPrefix(line, "#"):
		case heading(line) != "":
			if current, known = headings[heading(line)]; !known {
				return nil, fmt.Errorf("lexicon line %d: no class %q", n+1, line)
			}
		case !known:
			return nil, fmt.Errorf("lexicon line %d: words before the first class", n+1)
		default:
			for _, field := range strings.Fields(line) {
				for _, w := range expand(field) {
					root.plant(strings.ReplaceAll(w, "_", " "), current)
				}
			}
		}
	}
	return root, nil
}

// heading returns the name in a line like [good], else "". A line of words may
// open with [强], so only small letters count.
func heading(line string) string {
	if !strings.HasPrefix(line, "[") || !strings.HasSuffix(line, "]") {
		return ""
	}
	name := line[1 : len(line)-1]
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyz_") != "" {
		return ""
	}
	return name
}

// expand writes out the braces of one field: "{没|未}{办|修}" is four words.
func expand(field string) []string {
	before, rest, ok := strings.Cut(field, "{")
	if !ok {
		return []string{field}
	}
	inner, after, _ := strings.Cut(rest, "}")
	var words []string
	for _, tail := range expand(after) {
		for _, choice := range strings.Split(inner, "|") {
			words = append(words, before+choice+tail)
		}
	}
	return words
}

func (n *node) plant(word string, c class) {
	for _, r := range word {
		r = plain(r)
		child, ok := n.next[r]
		if !ok {
			child = &node{next: map[rune]*node{}}
			n.next[r] = child
		}
		n = child
	}
	switch {
	case slices.Contains(n.classes, c), slices.Contains(n.classes, isOther):
	case c == isOther:
		n.classes = []class{isOther} // a shield does nothing else
	default:
		n.classes = append(n.classes, c)
	}
}

// longest returns the length and classes of the longest word that runes open
// with; 0 when none. Latin words and digits must not be cut out of longer ones.
func (n *node) longest(runes []rune, before rune) (int, []class) {
	length, classes := 0, []class(nil)
	if len(runes) > 0 && joined(before, runes[0]) {
		return 0, nil
	}
	for i, r := range runes {
		child, ok := n.next[r]
		if !ok {
			break
		}
		n = child
		whole := i+1 == len(runes) || !joined(r, runes[i+1])
		if n.classes != nil && whole {
			length, classes = i+1, n.classes
		}
	}
	return length, classes
}

func latin(r rune) bool {
	return r >= 'a' && r <= 'z' || r >= '0' && r <= '9'
}

// joined reports two letters or two digits: a place no word may be cut.
func joined(a, b rune) bool {
	return letter(a) && letter(b) || digit(a) && digit(b)
}

func letter(r rune) bool { return r >= 'a' && r <= 'z' }
