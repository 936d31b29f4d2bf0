package main

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"nengban/tickets/vault"
)

// folder is the desk's data folder: database, index, attachments, keys. One
// program uses it at a time.
type folder struct {
	path string
	lock *os.File
}

// openFolder makes the folder where it is missing and takes it for this
// process. A second program on the same folder is refused, with the reason.
func openFolder(path string) (*folder, error) {
	if err := os.MkdirAll(path, 0o700); err != nil {
		return nil, fmt.Errorf("making the data folder: %w", err)
	}
	lock, err := os.OpenFile(filepath.Join(path, "lock"), os.O_CREATE|os.O_RDWR, 0o600) //nolint:gosec // the administrator names the folder
	if err != nil {
		return nil, fmt.Errorf("opening the data folder: %w", err)
	}
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("the data folder %s is in use by another nengban; stop that one or choose another with --data", path)
	}
	return &folder{path: path, lock: lock}, nil
}

// close gives the folder back at once. Closing alone would leave it taken for
// as long as a program that is just being started holds a copy of the file.
func (f *folder) close() error {
	return errors.Join(syscall.Flock(int(f.lock.Fd()), syscall.LOCK_UN), f.lock.Close())
}

func (f *folder) in(name string) string { return filepath.Join(f.path, name) }

// openVault reads the key file, or makes one where there is none. masterHex
// comes from the settings; without it a master key lies beside the key file,
// which keeps a stolen database closed but not a stolen folder.
func (f *folder) openVault(masterHex string) (*vault.Vault, error) {
	dir := f.in("keys")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the key folder: %w", err)
	}
	master, err := f.master(dir, masterHex)
	if err != nil {
		return nil, err
	}
	if v, err := f.readKeys(master); !errors.Is(err, os.ErrNotExist) {
		return v, err
	}
	return newVault(f.keyFile(), master)
}

// readVault reads the keys of a desk that was opened before, and makes none.
func (f *folder) readVault(masterHex string) (*vault.Vault, error) {
	if _, err := os.Stat(f.keyFile()); err != nil {
		return nil, fmt.Errorf("there is no desk in the folder %s: %w", f.path, err)
	}
	master, err := f.master(filepath.Dir(f.keyFile()), masterHex)
	if err != nil {
		return nil, err
	}
	return f.readKeys(master)
}

func (f *folder) readKeys(master []byte) (*vault.Vault, error) {
	body, err := os.ReadFile(f.keyFile())
	if err != nil {
		return nil, fmt.Errorf("reading the key file: %w", err)
	}
	return vault.Read(bytes.NewReader(body), master)
}

func (f *folder) keyFile() string { return filepath.Join(f.path, "keys", "vault.keys") }

func (f *folder) master(dir, masterHex string) ([]byte, error) {
	if masterHex != "" {
		return hex.DecodeString(masterHex)
	}
	path := filepath.Join(dir, "master.key")
	body, err := os.ReadFile(path) //nolint:gosec // a fixed name in the data folder
	if err == nil {
		return hex.DecodeString(strings.TrimSpace(string(body)))
	}
	if !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("reading the master key: %w", err)
	}
	if _, err := os.Stat(filepath.Join(dir, "vault.keys")); err == nil {
		return nil, errors.New("the key file is there but the master key is not: set NENGBAN_MASTER_KEY to the one it was made with")
	}
	master := make([]byte, vault.MasterKeySize)
	_, _ = rand.Read(master)
	return master, writeWhole(path, []byte(hex.EncodeToString(master)+"\n"))
}

func newVault(path string, master []byte) (*vault.Vault, error) {
	v, err := vault.New()
	if err != nil {
		return nil, err
	}
	var body bytes.Buffer
	if err := v.Write(&body, master); err != nil {
		return nil, err
	}
	return v, writeWhole(path, body.Bytes())
}

// writeWhole makes a file appear whole, on the disk, or not at all: a key that
// sealed something must not be lost in a power cut.
func writeWhole(path string, body []byte) error {
	tmp, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	_, err = tmp.Write(body)
	if err = errors.Join(err, tmp.Sync(), tmp.Close()); err == nil {
		err = os.Rename(tmp.Name(), path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
