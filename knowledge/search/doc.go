// Package search finds texts written in Chinese by what people type, say or
// write about them. It knows no domain: documents go in, ids and snippets come
// out.
//
//	x, err := search.Open(dir, search.DefaultWords()) // *UnusableError: there is nothing to search yet
//	err = x.Rebuild(ctx, documents, mark)             // lay all out anew; searches go on meanwhile
//	err = x.Update(ctx, search.Change{Put: …, Delete: …, Mark: …})
//	r, err := x.Search(ctx, search.Query{Text: "gjj怎么提取", Filters: …, InForce: now})
//	err = x.Check(count, mark)                        // does it hold what the database holds?
//	err = x.Verify(ctx)                               // are its files whole?
//	x.SetWords(words)                                 // synonyms, names, areas: from the next search on
//
// # How a search goes
//
// Text is folded (simplified, half width, lower case) and cut into single
// characters and pairs of neighbours; a run of letters or digits is one word. No
// dictionary cuts the text: a dictionary takes 灯不亮 for a word and never finds
// 路灯 in 人民路路灯不亮. A first look walks the postings of the most telling
// pairs (BM25) and keeps [Window] candidates, which bounds the work at any size of
// index. A second look reads each candidate and weighs what it has in common with
// the query: rare characters and pairs, long runs, other wordings, names of
// places, areas, titles, what it lacks and those most like it have, and, in a way
// that can be left out, what people said of it before ([Feedback]). The same
// documents give the same order and scores, however they came into the index.
//
// A document with all the words of a typed query stands before any that lacks
// one. Letters are taken for a word, forgiving a slip or two, and for pinyin whole
// or as initials, whichever finds something.
//
// # The index on disk
//
// The folder holds nothing that cannot be made again. It may be deleted, torn or
// written by another version: [Open], [Index.Search], [Index.Check] and
// [Index.Verify] then say so with an [UnusableError], the caller answers from its
// database and calls [Index.Rebuild]. One process has an index open at a time;
// each instance of the program keeps its own, in its own folder.
//
// What it leaves to others: what a document is made of, who may read it, and
// what must not lie in an index (telephone numbers, identity cards).
package search
