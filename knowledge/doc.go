// Package knowledge keeps the answers worth reusing: articles from draft to
// publication and out of force, who wrote and who vouched, and the search that
// puts them beside an operator's text while he types.
//
// The rules it keeps (GB/T 44191-2024 asks for accurate, classified, reviewed,
// updated, evaluated): nothing is published that only its writer has seen; a
// version serves once the index holds it, and until then the one before serves;
// no version is ever lost; an article out of force is not found. What citizens
// may read is marked so; an internal article tells a citizen only its answer.
//
// What people say of an article offered for a question moves the ranking of
// like questions, by search.Feedback's formula: an operator's "this was it" and
// "not this" count whole, a citizen's rating half, a reader's "was this
// helpful" a quarter. Questions are like when their character pairs overlap by
// half (Dice). Opinions older than a year say nothing. An editor can switch all
// of it off.
//
// It leaves to others: how texts are compared (knowledge/search), tickets and
// what points to a person in them (the caller hands in Redact), departments.
package knowledge
