// Package vault seals what could expose a complainant: names, phones,
// identity numbers, home addresses and the parts of a text that hold them.
//
// A complainant must be safe from the desk he complained about, so personal
// data is never at rest in clear: it is sealed with AES-256-GCM under a keyset
// that is itself sealed by a master key (envelope encryption, tink). Each
// value is bound to its place, so that a row copied over another does not
// open. Finding a caller by phone goes through a keyed digest, the blind
// index, which says "the same number" and nothing else.
package vault

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"github.com/tink-crypto/tink-go/v2/aead"
	"github.com/tink-crypto/tink-go/v2/aead/subtle"
	"github.com/tink-crypto/tink-go/v2/keyset"
	"github.com/tink-crypto/tink-go/v2/prf"
	"github.com/tink-crypto/tink-go/v2/tink"
)

// MasterKeySize is the length of a master key in bytes.
const MasterKeySize = 32

// indexSize is how many bytes of the digest the blind index keeps: enough
// that two phones never meet, and no more than that.
const indexSize = 16

// ErrSealed is returned when something does not open: another key, another
// place, or a changed byte.
var ErrSealed = errors.New("sealed data does not open with this key in this place")

// Vault seals, opens and indexes. It is safe for concurrent use.
type Vault struct {
	data   *keyset.Handle
	index  *keyset.Handle
	sealer tink.AEAD
	digest *prf.Set
}

// New makes a vault with fresh keys.
func New() (*Vault, error) {
	data, err := keyset.NewHandle(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("making a data key: %w", err)
	}
	index, err := keyset.NewHandle(prf.HMACSHA256PRFKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("making an index key: %w", err)
	}
	return assemble(data, index)
}

// Read opens a vault that Write kept, with the same master key.
func Read(r io.Reader, master []byte) (*Vault, error) {
	lock, err := masterLock(master)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(r, 1<<20))
	if err != nil {
		return nil, fmt.Errorf("reading the key file: %w", err)
	}
	dataLine, indexLine, ok := bytes.Cut(bytes.TrimSpace(body), []byte("\n"))
	if !ok {
		return nil, errors.New("reading the key file: it should hold two lines, the data keys and the index keys")
	}
	data, err := readKeys(dataLine, lock)
	if err != nil {
		return nil, err
	}
	index, err := readKeys(indexLine, lock)
	if err != nil {
		return nil, err
	}
	return assemble(data, index)
}

// Write keeps the vault's keys, sealed by the master key.
func (v *Vault) Write(w io.Writer, master []byte) error {
	lock, err := masterLock(master)
	if err != nil {
		return err
	}
	for _, h := range []*keyset.Handle{v.data, v.index} {
		var line bytes.Buffer
		if err := h.Write(keyset.NewBinaryWriter(&line), lock); err != nil {
			return fmt.Errorf("sealing the keys: %w", err)
		}
		if _, err := fmt.Fprintln(w, hex.EncodeToString(line.Bytes())); err != nil {
			return fmt.Errorf("writing the key file: %w", err)
		}
	}
	return nil
}

// Rotate returns a vault that seals with a new data key and still opens what
// the old ones sealed. The index key stays: a new one means a new index.
func (v *Vault) Rotate() (*Vault, error) {
	m := keyset.NewManagerFromHandle(v.data)
	id, err := m.Add(aead.AES256GCMKeyTemplate())
	if err != nil {
		return nil, fmt.Errorf("adding a data key: %w", err)
	}
	if err := m.SetPrimary(id); err != nil {
		return nil, fmt.Errorf("choosing the new data key: %w", err)
	}
	data, err := m.Handle()
	if err != nil {
		return nil, fmt.Errorf("taking the new data keys: %w", err)
	}
	return assemble(data, v.index)
}

// Seal encrypts plain so that it opens only in the same place, for example
// "tickets.caller:20260924000042".
func (v *Vault) Seal(plain []byte, place string) ([]byte, error) {
	sealed, err := v.sealer.Encrypt(plain, []byte(place))
	if err != nil {
		return nil, fmt.Errorf("sealing %s: %w", place, err)
	}
	return sealed, nil
}

// Open decrypts what Seal made for this place; anything else is ErrSealed.
func (v *Vault) Open(sealed []byte, place string) ([]byte, error) {
	plain, err := v.sealer.Decrypt(sealed, []byte(place))
	if err != nil {
		return nil, fmt.Errorf("opening %s: %w", place, ErrSealed)
	}
	return plain, nil
}

// Index returns the blind index of a value: 32 hex digits, the same for the
// same kind and value, telling nothing about it without the key. An empty
// value has an empty index.
func (v *Vault) Index(kind, value string) string {
	if value == "" {
		return ""
	}
	out, err := v.digest.ComputePrimaryPRF([]byte(kind+"\x00"+value), indexSize)
	if err != nil {
		// HMAC over bytes in memory with a checked length has no way to fail.
		panic(fmt.Sprintf("vault: computing a digest: %v", err))
	}
	return hex.EncodeToString(out)
}

func assemble(data, index *keyset.Handle) (*Vault, error) {
	sealer, err := aead.New(data)
	if err != nil {
		return nil, fmt.Errorf("preparing the data keys: %w", err)
	}
	digest, err := prf.NewPRFSet(index)
	if err != nil {
		return nil, fmt.Errorf("preparing the index keys: %w", err)
	}
	return &Vault{data: data, index: index, sealer: sealer, digest: digest}, nil
}

func masterLock(master []byte) (tink.AEAD, error) {
	if len(master) != MasterKeySize {
		return nil, fmt.Errorf("the master key has %d bytes; it must have %d", len(master), MasterKeySize)
	}
	lock, err := subtle.NewAESGCM(master)
	if err != nil {
		return nil, fmt.Errorf("preparing the master key: %w", err)
	}
	return lock, nil
}

func readKeys(line []byte, lock tink.AEAD) (*keyset.Handle, error) {
	raw := make([]byte, hex.DecodedLen(len(line)))
	if _, err := hex.Decode(raw, line); err != nil {
		return nil, errors.New("reading the key file: a line is not hexadecimal")
	}
	h, err := keyset.Read(keyset.NewBinaryReader(bytes.NewReader(raw)), lock)
	if err != nil {
		return nil, errors.New("opening the key file: the master key is not the one it was sealed with, or the file was changed")
	}
	return h, nil
}
