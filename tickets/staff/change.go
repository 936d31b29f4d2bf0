package staff

import (
	"context"
	"errors"
	"fmt"
)

// Change gives a member another name, roles, department, hall and telephone.
// Login, password and whether the account is on stay as they are. It returns
// ErrUnknown when there is no such member.
func (s *Store) Change(ctx context.Context, m Member) error {
	if m.Name == "" || len(m.Roles) == 0 {
		return errors.New("changing a member: name and at least one role are needed")
	}
	if err := s.oneOffice(m); err != nil {
		return err
	}
	r := row(m)
	res, err := s.db.NewUpdate().Model(&r).Column("name", "roles", "department", "hall", "window_no", "phone").Where("id = ?", m.ID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("changing a member: %w", err)
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return ErrUnknown
	}
	return nil
}
