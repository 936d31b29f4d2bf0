package callbacks_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"nengban/callbacks"
)

func TestWhatFollowsWhat(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name           string
		earlier, later callbacks.Delivery
		want           bool
	}{
		{"the first report", "", callbacks.Queued, true},
		{"sent after queued", callbacks.Queued, callbacks.SentOut, true},
		{"delivered, the report of sending was lost", callbacks.Queued, callbacks.Delivered, true},
		{"queued, reported after delivered", callbacks.Delivered, callbacks.Queued, false},
		{"delivered, reported twice", callbacks.Delivered, callbacks.Delivered, false},
		{"delivered, reported after undelivered", callbacks.Undelivered, callbacks.Delivered, false},
		{"in a call after ringing", callbacks.Ringing, callbacks.InCall, true},
		{"ringing, reported after the talk began", callbacks.InCall, callbacks.Ringing, false},
		{"hung up after a talk", callbacks.InCall, callbacks.HungUp, true},
		{"a word that is none of ours", callbacks.Queued, "teleported", false},
	} {
		if got := c.later.Follows(c.earlier); got != c.want {
			t.Errorf("%s: got %t", c.name, got)
		}
	}
	if !callbacks.Machine.Over() || callbacks.SentOut.Over() {
		t.Error("a voicemail is over, a text that was sent is not")
	}
}

func TestReferencesThatCanTravel(t *testing.T) {
	t.Parallel()
	for ref, want := range map[string]bool{
		"ask-17_2": true, "A": true, strings.Repeat("x", 64): true,
		"": false, "a b": false, "a/b": false, "../x": false, "a.b": false, "问1": false, "a\n": false, strings.Repeat("x", 65): false,
	} {
		if got := callbacks.GoodRef(ref); got != want {
			t.Errorf("%q: got %t", ref, got)
		}
	}
}

func TestTroubleThatNobodySortedIsUnclear(t *testing.T) {
	t.Parallel()
	cause := errors.New("the line is dead")
	trouble := fmt.Errorf("sending: %w", &callbacks.Trouble{Kind: callbacks.Landline, Code: "21614", Cause: cause})
	if got := callbacks.KindOf(trouble); got != callbacks.Landline {
		t.Errorf("got %s", got)
	}
	if !errors.Is(trouble, cause) {
		t.Error("the cause is lost")
	}
	if got := callbacks.KindOf(cause); got != callbacks.Unclear {
		t.Errorf("got %s", got)
	}
}
