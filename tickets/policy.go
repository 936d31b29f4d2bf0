package tickets

import "nengban/tickets/staff"

// ChangePolicy puts a ticket under another version of the limits than the one
// it was promised under: somebody's decision, with his reason.
type ChangePolicy struct {
	free
	Version int    `json:"version_of_limits" field:"number,need,min=1,max=100000"`
	Reason  string `json:"reason" field:"area,need,max=1000"`
}

// Act is staff.ChangePolicy.
func (ChangePolicy) Act() Act { return staff.ChangePolicy }

func (m ChangePolicy) decide(sc *scene) (Details, Status, error) {
	if m.Version == sc.t.PolicyVersion {
		return Details{}, "", FieldErrors{{Field: "version_of_limits", Code: "is_the_same"}}
	}
	if !sc.policyExists(m.Version) {
		return Details{}, "", FieldErrors{{Field: "version_of_limits", Code: "unknown_policy", Args: []any{m.Version}}}
	}
	return Details{Policy: m.Version, Reason: m.Reason}, sc.t.Status, nil
}
