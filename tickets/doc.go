// Package tickets is the life of a ticket (工单) from the call to the archive,
// and the only writer of the ticket tables.
//
// A matter comes in by hotline, window or online form and is registered
// (受理). Triage (研判) says why it cannot be done: 办不了 is answered at once
// with the policy explained, 很难办 goes through a consultation of departments
// (会商), 不给办 opens a red supervision order. Dispatch (派单) gives it to a
// lead department and assisting ones, which sign for it, may return it with
// reason and basis, ask for more time, and reply with evidence that the
// citizen was contacted. The desk reviews the reply; then the citizen is asked
// (回访). What is not solved begins the next round, one level up; the rest is
// archived.
//
//	register ─ to_triage ─ to_dispatch ─ to_sign_for ─ in_hand ─ to_review ─ to_call_back ─ completed ─ archived
//	               │             │             │  ▲        ▲                      │
//	          to_supplement  in_consultation   to_rule_return │               to_judge ─ to_rework ──▶ next round
//	                                                          └── to_rule_extension, to_rule_suspension, suspended
//
// The whole of it is one table, [Table], drawn in docs/ticket-states.md.
//
// The rules the package keeps:
//
//   - Every act is one transaction: the change, one line of the timeline that
//     nobody edits, the clocks that follow from it, and what others must be told.
//   - The state is the fold of the timeline and nothing else, so that it can be
//     rebuilt, and every deadline replayed, from the lines alone.
//   - Personal data is sealed on the way in. Texts lose what points to a person;
//     who reads the rest says why and is written down.
//   - Nobody loses a text: who acts on a ticket that was changed since he opened
//     it gets a [Conflict] and keeps what he typed.
//
// It leaves reckoning time to sla and worktime, who may do what to staff, who
// handles what to departments, sealing to vault, and asking the citizen to
// package callbacks, which is told through the outbox.
package tickets
