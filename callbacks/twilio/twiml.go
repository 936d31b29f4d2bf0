package twilio

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/twilio/twilio-go/twiml"

	"nengban/callbacks"
)

// How keys are awaited: seconds of silence until the question counts as not
// answered, and the longest text that Say takes.
const (
	keySeconds = 6
	maxSay     = 4096
)

// spoken are Twilio's names for our languages
// (https://www.twilio.com/docs/voice/twiml/say#attributes-language).
var spoken = map[string]string{"zh-CN": "zh-CN", "zh": "zh-CN", "en": "en-US", "en-US": "en-US"}

// ask turns a prompt into TwiML. Every question waits for its keys inside the
// Gather and comes back to us in any case, also with none, so repeating and
// giving up are decided by whoever made the prompt.
func (h hooks) ask(w http.ResponseWriter, ref string, p *callbacks.Prompt) error {
	if p == nil || p.Question == "" && p.Say == "" {
		return speak(w, hangUp())
	}
	if p.Question == "" {
		return speak(w, h.t.say(p), hangUp())
	}
	if !callbacks.GoodRef(p.Question) {
		return fmt.Errorf("asking %q: %w", p.Question, errors.New("its name cannot travel in an address"))
	}
	return speak(w, twiml.VoiceGather{
		Input:               "dtmf",
		NumDigits:           strconv.Itoa(max(p.Digits, 1)),
		Timeout:             strconv.Itoa(keySeconds),
		ActionOnEmptyResult: "true",
		Action:              h.t.keysAddress(ref, p),
		Method:              http.MethodPost,
		InnerElements:       []twiml.Element{h.t.say(p)},
	})
}

func (t *Twilio) say(p *callbacks.Prompt) twiml.Element {
	return twiml.VoiceSay{Message: sayable(p.Say), Language: spoken[p.Lang], Voice: t.set.Voices[p.Lang]}
}

func hangUp() twiml.Element { return twiml.VoiceHangup{} }

// speak writes a TwiML document; an empty one when there is nothing to do.
func speak(w http.ResponseWriter, verbs ...twiml.Element) error {
	doc, err := twiml.Voice(verbs)
	if err != nil {
		return fmt.Errorf("writing twiml: %w", err)
	}
	w.Header().Set("Content-Type", "text/xml; charset=utf-8")
	// An answer that cannot be written has no reader any more.
	_, _ = io.WriteString(w, doc)
	return nil
}

// sayable drops what XML cannot hold, which would end the call with an error,
// and cuts what Say would refuse.
func sayable(words string) string {
	words = strings.Map(func(r rune) rune {
		if r == '\t' || r == '\n' || r >= 0x20 && r <= 0xD7FF || r >= 0xE000 && r <= 0xFFFD || r >= 0x10000 {
			return r
		}
		return -1
	}, strings.ToValidUTF8(words, ""))
	if all := []rune(words); len(all) > maxSay {
		return string(all[:maxSay])
	}
	return words
}
