package pages

import (
	"net/http"
	"slices"
	"strconv"
	"time"

	"nengban/callbacks"
	"nengban/tickets"
)

// figuresPage shows the rates of a span by department: raw and adjusted,
// always both, each with what it is a share of.
type figuresPage struct {
	callbackBase
	From, To string // days, the last one included
	Rows     []rateRow
	All      callbacks.Rates
}

type rateRow struct {
	Lead string // "" for what the desk answered itself
	callbacks.Rates
}

// Percent writes a rate, "—" where there is nothing to divide by.
func (figuresPage) Percent(r callbacks.Ratio) string {
	v, ok := r.Value()
	if !ok {
		return "—"
	}
	return strconv.FormatFloat(v*100, 'f', 1, 64) + " %"
}

// Figures shows what citizens said of the rounds that ended in a span: this
// month unless another is asked for.
func (p *Pages) Figures(w http.ResponseWriter, r *http.Request) error {
	v := figuresPage{callbackBase: p.callbackBase(r, "figures")}
	from, to := v.span()
	results, err := p.Hooks.Callbacks.Results(r.Context(), v.Me, from, to)
	if err != nil {
		return err
	}
	by := map[string][]callbacks.Result{}
	for _, x := range results {
		by[x.Lead] = append(by[x.Lead], x)
	}
	for lead, rs := range by {
		v.Rows = append(v.Rows, rateRow{lead, callbacks.RatesOf(rs, callbacks.FullWeights)})
	}
	dir := p.Places.Directory()
	order := map[string]int{}
	for i, d := range dir.Departments() {
		order[d.Code] = i + 1
	}
	slices.SortFunc(v.Rows, func(a, b rateRow) int { return order[a.Lead] - order[b.Lead] })
	v.All = callbacks.RatesOf(results, callbacks.FullWeights)
	return p.show(w, "figures", v)
}

// span reads the days that are asked for; anything else is this month so far.
func (v *figuresPage) span() (from, to time.Time) {
	y, m, _ := v.Now.In(tickets.Shanghai).Date()
	from, to = time.Date(y, m, 1, 0, 0, 0, 0, tickets.Shanghai), v.Now.In(tickets.Shanghai)
	a, errA := time.ParseInLocation(time.DateOnly, v.Query.Get("from"), tickets.Shanghai)
	b, errB := time.ParseInLocation(time.DateOnly, v.Query.Get("to"), tickets.Shanghai)
	if errA == nil && errB == nil && !b.Before(a) {
		from, to = a, b
	}
	v.From, v.To = from.Format(time.DateOnly), to.Format(time.DateOnly)
	return from, time.Date(to.Year(), to.Month(), to.Day()+1, 0, 0, 0, 0, tickets.Shanghai)
}
