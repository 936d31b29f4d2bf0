package search

import "time"

// Mode is what kind of text a query is.
type Mode string

// The modes.
const (
	// Typed is what somebody types into a field while we listen: documents holding
	// all the words come first, and any word counts after.
	Typed Mode = "typed"
	// Similar is a whole text, a ticket's subject and words: the documents that
	// are likeliest about it come first.
	Similar Mode = "similar"
	// Exact wants the text itself, letter for letter but for writing (width, case,
	// traditional characters): every run of it between spaces.
	Exact Mode = "exact"
)

// Query is what is looked for.
type Query struct {
	// Title is the subject line, which weighs more than the text. A Similar query
	// without one takes its first sentence for it.
	Title string
	Text  string
	Mode  Mode // Typed when empty

	// Filters keeps documents that have, for every facet named, one of its values.
	Filters map[string][]string
	// InForce keeps documents in force at that moment; zero keeps all.
	InForce time.Time
	// Without leaves documents out by their IDs.
	Without []string

	From, Size int // hits to skip and to return; Size 0 is ten
	// Facets names facets to count over what was found.
	Facets []string
	// Feedback is what people said of documents found before; nil leaves it out.
	Feedback map[string]Feedback
}

// Window is how many candidates of a search are weighed, and so how far paging and
// counting reach. A result at the window means "so many or more".
const Window = 200

const (
	defaultSize = 10
	// longestQuestion is how many units of a query are read. Nine in ten real
	// messages are shorter, and what matters stands in front.
	longestQuestion = 900
)

// Result is what a search found.
type Result struct {
	Total  int // documents found, at most [Window]
	Hits   []Hit
	Facets map[string][]Count
}

// Count is how many of the documents found have a value.
type Count struct {
	Value string
	N     int
}

// Hit is one document found.
type Hit struct {
	ID    string
	Score float64 // comparable within one result: a difference of 1 is odds of e
	All   bool    // it holds all the words of the query
	// Title and Snippet are the text to show, cut into pieces; marked pieces are
	// what matched. They are plain text: whoever writes HTML escapes them.
	Title, Snippet []Piece
	// Why lists the wordings that brought it here, weightiest first.
	Why []string
}

// Piece is a run of text that is marked or not.
type Piece struct {
	Text string
	Mark bool
}
