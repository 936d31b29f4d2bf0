package demo

import (
	"time"

	"nengban/callbacks/simulator"
)

// What survey texts say, as the town's people recognise them.
const (
	asksRating = `1非常满意|1 very satisfied`
	asksSolved = `是否已解决|been solved`
)

// named is one of the simulator's own habits, without the spread that it draws
// from what cannot be repeated: the play must go the same way each time.
func named(name string) simulator.Habit {
	h, ok := simulator.HabitNamed(name)
	if !ok {
		return simulator.ByHand()
	}
	h.Spread = 0
	return h
}

// unsolved says so for the first few rounds and is content with the next.
func unsolved(rounds int, words ...string) simulator.Habit {
	h := simulator.Habit{Name: "unsolved_then_content"}
	for _, w := range words[:min(rounds, len(words))] {
		h.Texts = append(h.Texts, simulator.Rule{Hears: asksRating, Says: []string{w}, After: 25 * time.Minute, Times: 1})
	}
	h.Texts = append(h.Texts, simulator.Rule{Hears: asksRating, Says: []string{"2 这回是真解决了"}, After: 40 * time.Minute},
		simulator.Rule{Hears: asksSolved, Says: []string{"是"}, After: time.Minute})
	return h
}

// says answers a survey with these words.
func says(words string, later time.Duration) simulator.Habit {
	return simulator.Replies(words, later)
}

// townsfolk is how the crowd answers, of a hundred.
func townsfolk() []simulator.Share {
	return []simulator.Share{
		{Habit: named("satisfied"), Of: 34},
		{Habit: says("2", 9*time.Minute), Of: 8},
		{Habit: named("answers_in_words"), Of: 9},
		{Habit: named("answers_next_day"), Of: 6},
		{Habit: named("answers_by_tail"), Of: 3},
		{Habit: unsolved(1, "0 还是老样子"), Of: 7},
		{Habit: named("dissatisfied"), Of: 5},
		{Habit: named("corrects_himself"), Of: 2},
		{Habit: named("ironic"), Of: 1},
		{Habit: named("stops"), Of: 2},
		{Habit: named("only_picks_up"), Of: 8},
		{Habit: named("silent"), Of: 6},
		{Habit: named("voicemail"), Of: 3},
		{Habit: named("puts_down"), Of: 1},
		{Habit: named("no_such_number"), Of: 1},
		{Habit: simulator.ByHand(), Of: 4},
	}
}
