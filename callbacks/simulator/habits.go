package simulator

import (
	"time"

	"nengban/callbacks"
)

// What survey texts say: a text that asks for a rating names its best level, one
// that asks whether it is solved says so, and so on. Others are notices, which
// nobody answers.
const (
	asksRating = `1非常满意|1 very satisfied`
	asksSolved = `是否已解决|been solved`
	asksReason = `不满意的原因|why you are not satisfied`
	asksWhich  = `“(\d+) 数字”|"(\d+) digit"`
)

// Replies answers every text that asks for a rating with these words, after a while.
func Replies(words string, after time.Duration) Habit {
	return Habit{Name: "replies", Texts: []Rule{
		{Hears: asksRating, Says: []string{words}, After: after},
		{Hears: asksSolved, Says: []string{"是"}, After: after},
	}}
}

// RepliesTwice answers, and a minute later answers otherwise.
func RepliesTwice(first, second string) Habit {
	return Habit{Name: "replies_twice", Texts: []Rule{{Hears: asksRating, Says: []string{first, second}, After: 20 * time.Second, Apart: time.Minute, Times: 1}}}
}

// Presses picks up calls, presses these keys, and leaves texts unanswered.
func Presses(solved, rating string) Habit {
	return Habit{Name: "presses", Calls: Pickup{Does: Answers, Keys: map[string][]string{"solved": {solved}, "rating": {rating}}}}
}

// ByHand does nothing by itself: a person at the demo page owns the phone.
func ByHand() Habit { return Habit{Name: "by_hand", Calls: Pickup{Does: WaitsHand}} }

// Habits are the habits the demo page offers, each under its own name.
func Habits() []Habit {
	named := func(name string, h Habit) Habit {
		h.Name = name
		return h
	}
	answers := func(keys ...string) Pickup { return Pickup{Does: Answers, Other: keys} }
	return []Habit{
		ByHand(),
		named("satisfied", Habit{
			Texts: []Rule{{Hears: asksRating, Says: []string{"1"}, After: 40 * time.Second}, {Hears: asksSolved, Says: []string{"是"}, After: 30 * time.Second}},
			Calls: Pickup{Does: Answers, Keys: map[string][]string{"rating": {"1"}, "solved": {"1"}}}, Spread: 20 * time.Minute,
		}),
		named("answers_in_words", Habit{
			Texts:  []Rule{{Hears: asksRating, Says: []string{"挺满意的，谢谢你们"}, After: 2 * time.Minute}, {Hears: asksSolved, Says: []string{"解决了"}, After: time.Minute}},
			Spread: time.Hour,
		}),
		named("unsolved", Habit{
			Texts: []Rule{{Hears: asksRating, Says: []string{"0 没人来修"}, After: time.Minute}},
			Calls: Pickup{Does: Answers, Keys: map[string][]string{"rating": {"5"}, "solved": {"2"}}}, Spread: time.Hour,
		}),
		named("dissatisfied", Habit{
			Texts:  []Rule{{Hears: asksRating, Says: []string{"4 态度差"}, After: 3 * time.Minute}, {Hears: asksReason, Says: []string{"态度差"}, After: time.Minute}, {Hears: asksSolved, Says: []string{"是"}, After: time.Minute}},
			Spread: 2 * time.Hour,
		}),
		named("answers_next_day", Habit{Texts: []Rule{{Hears: asksRating, Says: []string{"满意"}, After: 24 * time.Hour}}, Spread: 3 * time.Hour}),
		named("answers_by_tail", Habit{Texts: []Rule{{Hears: `(?s)尾号(\d+).*1非常满意`, Says: []string{"$1 2"}, After: 5 * time.Minute}}, Spread: time.Hour}),
		named("corrects_himself", RepliesTwice("5", "刚才按错了，是1")),
		named("asks_back", Habit{
			Texts: []Rule{{Hears: asksRating, Says: []string{"你们是谁？"}, After: time.Minute, Times: 1}, {Hears: asksRating, Says: []string{"2"}, After: time.Minute}},
			Calls: answers("*", "0", "1"),
		}),
		named("ironic", Habit{Texts: []Rule{{Hears: asksRating, Says: []string{"满意？你自己信吗"}, After: 2 * time.Minute}}, Spread: time.Hour}),
		named("stops", Habit{Texts: []Rule{{Hears: asksRating, Says: []string{"T"}, After: 30 * time.Second}}}),
		named("out_of_office", Habit{Texts: []Rule{{Says: []string{"【自动回复】我正在开车，稍后与您联系。"}, After: time.Second}}}),
		named("silent", Habit{}),
		named("only_picks_up", Habit{Calls: Pickup{Does: Answers, Keys: map[string][]string{"rating": {"2"}, "solved": {"1"}}}}),
		named("wrong_keys", Habit{Calls: answers("7", "8", "#")}),
		named("picks_up_and_says_nothing", Habit{Calls: answers("")}),
		named("puts_down", Habit{Calls: answers(PutsDown)}),
		named("busy", Habit{Calls: Pickup{Does: IsBusy}}),
		named("voicemail", Habit{Calls: Pickup{Does: Voicemail}}),
		named("landline", Habit{Refused: callbacks.Landline, Calls: Pickup{Does: Answers, Keys: map[string][]string{"rating": {"2"}, "solved": {"1"}}}}),
		named("switched_off", Habit{Lost: callbacks.TryAgain}),
		named("no_such_number", Habit{Lost: callbacks.NeverMind}),
	}
}

// HabitNamed is one of Habits.
func HabitNamed(name string) (Habit, bool) {
	for _, h := range Habits() {
		if h.Name == name {
			return h, true
		}
	}
	return Habit{}, false
}

// Share is how many of a town's phones, out of the sum of all, have a habit.
type Share struct {
	Habit Habit
	Of    int
}

// Town is a believable town: about half answer a text, a fifth pick up a call.
func Town() []Share {
	var town []Share
	for _, s := range []struct {
		name string
		of   int
	}{
		{"satisfied", 26},
		{"answers_in_words", 6},
		{"unsolved", 5},
		{"dissatisfied", 5},
		{"answers_next_day", 4},
		{"answers_by_tail", 2},
		{"corrects_himself", 2},
		{"asks_back", 2},
		{"ironic", 1},
		{"stops", 2},
		{"out_of_office", 1},
		{"silent", 15},
		{"only_picks_up", 12},
		{"wrong_keys", 2},
		{"picks_up_and_says_nothing", 2},
		{"puts_down", 2},
		{"busy", 2},
		{"voicemail", 4},
		{"landline", 3},
		{"switched_off", 1},
		{"no_such_number", 1},
	} {
		h, ok := HabitNamed(s.name)
		if ok {
			town = append(town, Share{Habit: h, Of: s.of})
		}
	}
	return town
}
