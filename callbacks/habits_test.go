package callbacks_test

import (
	"testing"

	"nengban/callbacks/simulator"
)

func habit(_ testing.TB, _, _ string, _ *world) simulator.Habit { return simulator.Presses("1", "2") }

func silentHabits() map[string]simulator.Habit {
	return map[string]simulator.Habit{
		"never picks up": {},
		"voicemail":      {Calls: simulator.Pickup{Does: simulator.Voicemail}},
		"busy":           {Calls: simulator.Pickup{Does: simulator.IsBusy}},
		"wrong keys":     {Calls: simulator.Pickup{Does: simulator.Answers, Other: []string{"7", "8", "6"}}},
		"no keys":        {Calls: simulator.Pickup{Does: simulator.Answers}},
		"hangs up":       {Calls: simulator.Pickup{Does: simulator.Answers, Other: []string{simulator.PutsDown}}},
	}
}

func outage() simulator.Faults { return simulator.Faults{Outage: true} }
func fair() simulator.Faults   { return simulator.Faults{} }
