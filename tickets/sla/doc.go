// Package sla reckons deadlines that are right and explain themselves.
//
// Limits (时限) are data: a number, a unit, from when, in which calendar, for
// which tickets. A [Policy] is a version of all of them. From a policy, the
// calendars and a ticket's timeline, [Replay] works out every clock of the
// ticket: when it started, when it is due, when it stood still, whether it was
// met; and to whom every second is charged. Nothing else is looked at and
// nothing is remembered, so the same timeline gives the same answer tomorrow,
// and stored due times are a cache that [Compare] can check.
//
// The rules it keeps:
//
//   - The first day is not counted unless the limit says so (民法典 201). A limit in
//     working days ends at close of business of its last day, or at 23:59:59 by
//     setting. A limit in natural days whose last day is not a working day ends on
//     the next working day (民法典 203). Minutes and hours run round the clock
//     unless the limit says working time.
//   - A day that is counted as the first is a working day with business hours
//     left at the start. Work that arrives at closing time or later, or on a day
//     off, has its first day on the next working day; work that arrives before
//     opening, or over lunch, has it that day.
//   - The second a deadline names is still in time; the next one is late. A
//     breach is stamped with the deadline, never with the moment someone noticed.
//   - The citizen's clock stops only for an approved suspension or while the
//     citizen owes something. Disputes about whose the ticket is stop nothing for
//     the citizen. A unit's clocks run while the unit has the ticket, and stand
//     still while the desk rules on its return or reviews its reply.
//   - A clock that stood still resumes with what it had left. Limits in working
//     days and in working time move by exactly the working time that was stopped;
//     limits round the clock by the time that passed; limits in natural days by
//     the nights. Time the limit does not count (the first day not counted) cannot
//     be given back and moves nothing.
//   - Every stretch from receipt to the end is charged to exactly one holder, so
//     the charges add up to the whole.
//   - Reopening starts a new round with clocks of its own; those of the round
//     before stay as they ended.
//
// The package knows no database and no hour of its own; what "now" is, it is
// told. Who is notified how, and what a ticket's acts are called, belongs to
// package tickets.
package sla
