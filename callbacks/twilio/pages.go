package twilio

import (
	"net/url"

	api "github.com/twilio/twilio-go/rest/api/v2010"
)

const (
	// pageSize is Twilio's largest.
	pageSize = 1000
	// maxPages ends a list that does not end: a million records.
	maxPages = 1000
)

// messages goes through a list of texts page by page. twilio-go's own way keeps
// everything in memory and follows a list that leads back to itself for ever.
func messages(service *api.ApiService, p *api.ListMessageParams, each func(api.ApiV2010Message)) error {
	p.SetPageSize(pageSize)
	return follow(func(number, token string) (*string, error) {
		page, err := service.PageMessage(p, token, number)
		if err != nil {
			return nil, err // sorted by the caller, who has the exchange
		}
		for _, m := range page.Messages {
			each(m)
		}
		return page.NextPageUri, nil
	})
}

// calls goes through a list of calls page by page.
func calls(service *api.ApiService, p *api.ListCallParams, each func(api.ApiV2010Call)) error {
	p.SetPageSize(pageSize)
	return follow(func(number, token string) (*string, error) {
		page, err := service.PageCall(p, token, number)
		if err != nil {
			return nil, err // sorted by the caller, who has the exchange
		}
		for _, c := range page.Calls {
			each(c)
		}
		return page.NextPageUri, nil
	})
}

// follow turns pages until the last, or until one leads back to another.
func follow(turn func(number, token string) (next *string, err error)) error {
	type place struct{ number, token string }
	been := map[place]bool{{}: true}
	var at place
	for range maxPages {
		next, err := turn(at.number, at.token)
		if err != nil {
			return err
		}
		u, err := url.Parse(value(next))
		if err != nil {
			return nil //nolint:nilerr // a next page that cannot be read is none
		}
		at = place{u.Query().Get("Page"), u.Query().Get("PageToken")}
		if been[at] {
			return nil
		}
		been[at] = true
	}
	return nil
}
