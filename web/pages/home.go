package pages

import "net/http"

// Home is where a member's day begins.
func (p *Pages) Home(w http.ResponseWriter, r *http.Request) error {
	return p.show(w, "home", p.Base(r))
}
