package page

import (
	"net/http"

	"nengban/tickets/staff"
	"nengban/web/session"
)

// Handler answers a request or returns the error that the one problem table
// turns into an answer.
type Handler func(w http.ResponseWriter, r *http.Request) error

// Who says who may come to an address: anyone, any member of the staff, or
// holders of the right of this name. The zero value is nobody, so that no
// address is open because somebody forgot to decide.
type Who string

// The two that are not rights.
const (
	Anyone   Who = "anyone"
	AnyStaff Who = "any_staff"
)

// Holders are the members whose roles give the right at all. What it reaches
// is asked again where it is used.
func Holders(r staff.Right) Who { return Who(r) }

// Route is one address that the program answers.
type Route struct {
	Method, Path string
	Who          Who
	Handle       Handler
	MaxBody      int64 // largest request body in bytes; 0: MaxBody
	PerMinute    int   // requests taken from one network address in a minute; 0: any number
	Foreign      bool  // other programs post here: no browser's origin to check
	Raw          bool  // the handler reads the body itself, piece by piece
	Auth         Authenticator
}

// Authenticator says who asks. A route without one knows whoever is logged in
// by the session's cookie.
type Authenticator interface {
	Member(r *http.Request) (m staff.Member, known bool, err error)
}

// Cookie is the Authenticator of the session's cookie.
type Cookie struct{}

// Member returns who is logged in.
func (Cookie) Member(r *http.Request) (staff.Member, bool, error) {
	m, known := session.Member(r.Context())
	return m, known, nil
}

// MaxBody bounds every request body that no Route bounds otherwise.
const MaxBody = 256 << 10

// Admit returns nil when the member may come in, ErrLogin when a stranger
// should say first who he is, and ErrForbidden when the member may not.
func (w Who) Admit(m staff.Member, known bool) error {
	switch {
	case w == Anyone:
		return nil
	case !known:
		return ErrLogin
	case w == AnyStaff:
		return nil
	case w == "" || m.Reach(staff.Right(w)) == staff.None:
		return ErrForbidden
	default:
		return nil
	}
}
