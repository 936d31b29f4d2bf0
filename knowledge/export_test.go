package knowledge

import "nengban/knowledge/search"

// Inside is the index itself, for a test that reaches into it.
func (l *Library) Inside() *search.Index { return l.index }
