package vault_test

import (
	"bytes"
	"errors"
	"testing"

	"nengban/tickets/vault"
)

var master = bytes.Repeat([]byte{7}, vault.MasterKeySize)

func newVault(t *testing.T) *vault.Vault {
	t.Helper()
	v, err := vault.New()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestWhatIsSealedOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	sealed, err := v.Seal([]byte("王秀兰 13800138000"), "tickets.caller:1")
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(sealed, []byte("13800138000")) {
		t.Error("the sealed bytes show the phone number")
	}
	if plain, err := v.Open(sealed, "tickets.caller:1"); err != nil || string(plain) != "王秀兰 13800138000" {
		t.Errorf("Open = %q, %v", plain, err)
	}
	if _, err := v.Open(sealed, "tickets.caller:2"); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("opening in another row's place = %v; want ErrSealed", err)
	}
	sealed[len(sealed)-1] ^= 1
	if _, err := v.Open(sealed, "tickets.caller:1"); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("opening with a changed byte = %v; want ErrSealed", err)
	}
}

func TestTheSamePhoneIsFoundAgainAndOnlyThat(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	a := v.Index("phone", "+8613800138000")
	if a != v.Index("phone", "+8613800138000") {
		t.Error("the same number has two indexes")
	}
	for _, other := range []string{v.Index("phone", "+8613800138001"), v.Index("id", "+8613800138000"), newVault(t).Index("phone", "+8613800138000")} {
		if a == other {
			t.Error("another number, kind or key has the same index")
		}
	}
	if v.Index("phone", "") != "" {
		t.Error("no number has an index")
	}
}

func TestKeysAreKeptSealedAndRotated(t *testing.T) {
	t.Parallel()
	v := newVault(t)
	old, err := v.Seal([]byte("旧"), "p")
	if err != nil {
		t.Fatal(err)
	}
	rotated, err := v.Rotate()
	if err != nil {
		t.Fatal(err)
	}
	var file bytes.Buffer
	if err := rotated.Write(&file, master); err != nil {
		t.Fatal(err)
	}
	again, err := vault.Read(bytes.NewReader(file.Bytes()), master)
	if err != nil {
		t.Fatal(err)
	}
	if plain, err := again.Open(old, "p"); err != nil || string(plain) != "旧" {
		t.Errorf("after rotation and reading back, the old value opens as %q, %v", plain, err)
	}
	fresh, err := again.Seal([]byte("新"), "p")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := v.Open(fresh, "p"); !errors.Is(err, vault.ErrSealed) {
		t.Errorf("the old keys open what the new one sealed: %v", err)
	}
	if again.Index("phone", "1") != v.Index("phone", "1") {
		t.Error("rotation changed the blind index")
	}
}

func TestAKeyFileIsRefusedWithTheReason(t *testing.T) {
	t.Parallel()
	var file bytes.Buffer
	if err := newVault(t).Write(&file, master); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		file   string
		master []byte
	}{
		"another master key": {file.String(), bytes.Repeat([]byte{8}, vault.MasterKeySize)},
		"a short master key": {file.String(), []byte("short")},
		"an empty file":      {"", master},
		"not hexadecimal":    {"xx\nyy\n", master},
		"a file cut in half": {file.String()[:file.Len()/2], master},
	} {
		if _, err := vault.Read(bytes.NewReader([]byte(c.file)), c.master); err == nil {
			t.Errorf("%s: read without complaint", name)
		}
	}
}
