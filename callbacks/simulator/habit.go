package simulator

import (
	"fmt"
	"regexp"
	"time"

	"nengban/callbacks"
)

// Habit is how the owner of a phone behaves. The zero Habit receives texts,
// says nothing, and lets calls ring out.
type Habit struct {
	Name string `json:"name"`

	// Refused refuses texts to this phone at once, as for a landline; Lost
	// accepts them and reports that they did not arrive.
	Refused callbacks.Kind `json:"refused,omitempty"`
	Lost    callbacks.Kind `json:"lost,omitempty"`

	// Texts are tried in order; the first that matches a text answers it.
	Texts []Rule `json:"texts,omitempty"`
	// Calls is what happens when the phone rings.
	Calls Pickup `json:"calls,omitzero"`
	// Spread makes every answer later by up to this much, drawn from the seed.
	Spread time.Duration `json:"spread,omitempty"`
}

// Rule answers texts.
type Rule struct {
	Hears string        `json:"hears,omitempty"` // a regular expression; empty is any text
	Says  []string      `json:"says,omitempty"`  // sent back in order; $1 is the first group of Hears
	After time.Duration `json:"after,omitempty"` // until the first is sent
	Apart time.Duration `json:"apart,omitempty"` // between one and the next
	Times int           `json:"times,omitempty"` // how often the rule answers; 0 is always
}

// Does is what happens when a phone rings.
type Does string

// What a phone does when it rings.
const (
	RingsOut  Does = ""        // nobody comes
	Answers   Does = "answers" // the owner picks up and presses keys
	IsBusy    Does = "busy"
	Voicemail Does = "voicemail"
	WaitsHand Does = "by_hand" // rings until PickUp, for the demo page
)

// Pickup is what happens when a phone rings, and which keys are pressed.
type Pickup struct {
	Does  Does          `json:"does,omitempty"`
	Rings time.Duration `json:"rings,omitempty"` // until somebody picks up; 0 is five seconds
	Think time.Duration `json:"think,omitempty"` // until a key is pressed; 0 is three seconds
	// Keys are pressed by question: the first at the first try, the last at all
	// further ones. Empty is silence, PutsDown ends the call.
	Keys map[string][]string `json:"keys,omitempty"`
	// Other are the keys for questions that are not named in Keys.
	Other []string `json:"other,omitempty"`
}

// PutsDown in place of keys hangs up.
const PutsDown = "hang_up"

// keys are those pressed at one try of one question.
func (p Pickup) keys(question string, try int) string {
	all, ok := p.Keys[question]
	if !ok {
		all = p.Other
	}
	if len(all) == 0 {
		return ""
	}
	return all[min(max(try, 1), len(all))-1]
}

func (p Pickup) rings() time.Duration {
	if p.Rings == 0 {
		return 5 * time.Second
	}
	return p.Rings
}

func (p Pickup) think() time.Duration {
	if p.Think == 0 {
		return 3 * time.Second
	}
	return p.Think
}

// check refuses a habit whose rules cannot be read.
func (h Habit) check() error {
	for _, r := range h.Texts {
		if _, err := regexp.Compile(r.Hears); err != nil {
			return fmt.Errorf("reading what habit %q hears: %w", h.Name, err)
		}
	}
	return nil
}

// answer is what a rule says to a text; false when it does not match.
func (r Rule) answer(words string) ([]string, bool) {
	re, err := regexp.Compile(r.Hears)
	if err != nil {
		return nil, false // refused by check
	}
	at := re.FindStringSubmatchIndex(words)
	if at == nil {
		return nil, false
	}
	var all []string
	for _, say := range r.Says {
		all = append(all, string(re.ExpandString(nil, say, words, at)))
	}
	return all, true
}
