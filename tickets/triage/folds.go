package triage

import (
	"cmp"
	"slices"
)

// Deal deals examples into n hands for cross-validation and returns the hand of
// each: labels evenly, groups whole, the same on every run with the same seed.
func Deal(examples []Example, n int, seed uint64) []int {
	labels, _ := numberLabels(examples)
	groups := make([]string, len(examples))
	for i, e := range examples {
		groups[i] = e.Group
	}
	return folds(labels, groups, n, seed)
}

// folds deals examples into n hands of like composition: labels evenly, groups
// whole, the same on every run.
func folds(labels []int, groups []string, n int, seed uint64) []int {
	var together [][]int
	at := map[string]int{}
	for i, g := range groups {
		j, seen := at[g]
		if g == "" || !seen {
			j = len(together)
			together = append(together, nil)
			if g != "" {
				at[g] = j
			}
		}
		together[j] = append(together[j], i)
	}
	order := make([]int, len(together))
	for i := range order {
		order[i] = i
	}
	shuffler := repeatable(seed)
	shuffler.shuffle(order)
	slices.SortStableFunc(order, func(a, b int) int {
		return cmp.Compare(labels[together[a][0]], labels[together[b][0]])
	})
	out := make([]int, len(labels))
	for turn, j := range order {
		for _, i := range together[j] {
			out[i] = turn % n
		}
	}
	return out
}

// split returns the rows outside and inside a fold.
func split(fold []int, k int) (outside, inside []int) {
	for i, f := range fold {
		if f == k {
			inside = append(inside, i)
		} else {
			outside = append(outside, i)
		}
	}
	return outside, inside
}
