package twilio_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nengban/callbacks"
)

// parsed writes a document with its attributes in order, for twilio-go writes
// them in any.
func parsed(t testing.TB, doc string) string {
	t.Helper()
	var out strings.Builder
	d := xml.NewDecoder(strings.NewReader(doc))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		if err != nil {
			t.Fatalf("no XML: %v\n%s", err, doc)
		}
		switch token := token.(type) {
		case xml.StartElement:
			slices.SortFunc(token.Attr, func(a, b xml.Attr) int { return strings.Compare(a.Name.Local, b.Name.Local) })
			fmt.Fprintf(&out, "<%s", token.Name.Local)
			for _, a := range token.Attr {
				fmt.Fprintf(&out, " %s=%q", a.Name.Local, a.Value)
			}
			out.WriteString(">")
		case xml.EndElement:
			fmt.Fprintf(&out, "</%s>", token.Name.Local)
		case xml.CharData:
			out.WriteString(strings.TrimSpace(string(token)))
		}
	}
}

func answered(t testing.TB, say *callbacks.Prompt, err error) *httptest.ResponseRecorder {
	t.Helper()
	h := hookRequest{URL: public + "/calls/c1", Params: map[string]string{"AccountSid": account, "CallSid": "CA1"}}
	return h.send(t, &inbox{say: say, err: err}, h.body(), h.sign())
}

func TestWhatIsSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		say  *callbacks.Prompt
		want string
	}{
		{
			"a question in Chinese",
			&callbacks.Prompt{Say: "非常满意请按1，重听请按0。", Lang: "zh-CN", Question: "rating", Try: 1, Digits: 1},
			`<Response><Gather action="` + public + `/calls/c1/keys/rating/1#rc=2&rp=5xx,ct,rt&rt=5000&tt=12000" actionOnEmptyResult="true" input="dtmf" method="POST" numDigits="1" timeout="6">` +
				`<Say language="zh-CN">非常满意请按1，重听请按0。</Say></Gather></Response>`,
		},
		{
			"the second try, in English",
			&callbacks.Prompt{Say: "Press 1 if it is solved.", Lang: "en", Question: "solved", Try: 2},
			`<Response><Gather action="` + public + `/calls/c1/keys/solved/2#rc=2&rp=5xx,ct,rt&rt=5000&tt=12000" actionOnEmptyResult="true" input="dtmf" method="POST" numDigits="1" timeout="6">` +
				`<Say language="en-US">Press 1 if it is solved.</Say></Gather></Response>`,
		},
		{"goodbye", &callbacks.Prompt{Say: "谢谢，再见。", Lang: "zh-CN"}, `<Response><Say language="zh-CN">谢谢，再见。</Say><Hangup></Hangup></Response>`},
		{"nothing more", nil, `<Response><Hangup></Hangup></Response>`},
		{"words that XML must escape or cannot hold", &callbacks.Prompt{Say: "a<b> & \"c\"\x00\x1b \xff好", Lang: "xx"}, `<Response><Say>a<b> & "c" 好</Say><Hangup></Hangup></Response>`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := answered(t, c.say, nil)
			if got := w.Header().Get("Content-Type"); got != "text/xml; charset=utf-8" {
				t.Errorf("content type %q", got)
			}
			if diff := cmp.Diff(c.want, parsed(t, w.Body.String())); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatSayWouldRefuseIsCut(t *testing.T) {
	t.Parallel()
	w := answered(t, &callbacks.Prompt{Say: strings.Repeat("长", 5000), Lang: "zh-CN"}, nil)
	if n := strings.Count(w.Body.String(), "长"); n != 4096 {
		t.Errorf("got %d characters", n)
	}
}

func TestAQuestionWhoseNameCannotTravel(t *testing.T) {
	t.Parallel()
	if w := answered(t, &callbacks.Prompt{Say: "?", Question: "a/b"}, nil); w.Code != 500 {
		t.Errorf("got %d", w.Code)
	}
}

func TestTextsAreAnsweredWithNothing(t *testing.T) {
	t.Parallel()
	h := hookRequests()[0]
	w := h.send(t, &inbox{}, h.body(), h.sign())
	if got := parsed(t, w.Body.String()); got != "<Response></Response>" {
		t.Errorf("got %s", got)
	}
}
