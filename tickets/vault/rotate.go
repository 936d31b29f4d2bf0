package vault

import (
	"fmt"

	"github.com/tink-crypto/tink-go/v2/keyset"
)

// Forget returns a vault that knows the newest data key only: what older ones
// sealed does not open any more, wherever a copy of it may lie.
func (v *Vault) Forget() (*Vault, error) {
	primary, err := v.data.Primary()
	if err != nil {
		return nil, fmt.Errorf("finding the newest data key: %w", err)
	}
	m := keyset.NewManagerFromHandle(v.data)
	for i := range v.data.Len() {
		e, err := v.data.Entry(i)
		if err != nil {
			return nil, fmt.Errorf("reading the data keys: %w", err)
		}
		if e.KeyID() == primary.KeyID() {
			continue
		}
		if err := m.Delete(e.KeyID()); err != nil {
			return nil, fmt.Errorf("forgetting a data key: %w", err)
		}
	}
	data, err := m.Handle()
	if err != nil {
		return nil, fmt.Errorf("taking the new data keys: %w", err)
	}
	return assemble(data, v.index)
}

// Reseal seals anew, with the newest key, what this vault can open.
func (v *Vault) Reseal(sealed []byte, place string) ([]byte, error) {
	plain, err := v.Open(sealed, place)
	if err != nil {
		return nil, err
	}
	return v.Seal(plain, place)
}
