package staff

import (
	"errors"
	"maps"
	"slices"
)

// ErrMixedOffices says that one person would administer, secure and audit.
var ErrMixedOffices = errors.New("system, security and audit administration must be three people")

// offices are the three that a protected system keeps apart (GB/T 22239,
// third grade, 8.1.5: system, audit and security management).
var offices = []Role{Administrator, SecurityAdministrator, Auditor}

// Separate keeps the three administrations apart: nobody can be given two of
// them, and the system's administrator manages no people and reads no security log.
func (s *Store) Separate() { s.separate = true }

// oneOffice returns ErrMixedOffices when a member has two of the three.
func (s *Store) oneOffice(m Member) error {
	n := 0
	for _, r := range offices {
		if m.Is(r) {
			n++
		}
	}
	if s.separate && n > 1 {
		return ErrMixedOffices
	}
	return nil
}

// member is a row as it counts at this desk.
func (s *Store) member(r memberRow) Member {
	m := r.member()
	if s.separate && m.Is(Administrator) {
		return m.limitedTo(allBut(ManageStaff, ReadSecurity))
	}
	return m
}

// limitedTo is the member with no rights but these.
func (m Member) limitedTo(rights []Right) Member {
	if m.Limit != nil {
		rights = slices.DeleteFunc(slices.Clone(rights), func(r Right) bool { return !slices.Contains(m.Limit, r) })
	}
	m.Limit = rights
	return m
}

// allBut are all rights of the table except some.
func allBut(rights ...Right) []Right {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(Table)), func(r Right) bool { return slices.Contains(rights, r) })
}
