// Package worktime knows when the desk and the departments work: hours with
// breaks, weekends, public holidays, make-up working days (调休上班日), a city's
// own closures, and how far ahead the official dates are known.
//
// The rules it keeps:
//
//   - Hours and spans are half-open: at 09:00 a day that opens at 09:00 is open,
//     at 17:30 a day that closes at 17:30 is closed. Everything else follows from
//     this one rule: work that arrives exactly at closing time begins with the
//     next opening, and an hour of work begun at 16:30 ends at 17:30, not on the
//     next morning.
//   - A public holiday is what the State Council's yearly notice says, and so is
//     the Saturday worked in exchange for it. Years with no notice yet are served
//     with plain weekends, and every answer that leans on them says so.
//   - Nothing is guessed outside the calendar: a date before its first or after
//     its last day is an error that names the date.
//   - A calendar never changes once built. A new year's list or new hours make a
//     new calendar; the old one goes on answering as before.
//
// Every search looks something up in an index built once by [New], so none can
// run away. All times may carry any zone; days are days in the calendar's zone,
// and a day with a clock change has 23 or 25 hours.
//
// The package counts time; what the count is good for (limits, deadlines,
// warnings) belongs to package sla.
package worktime
