// Package files keeps what people bring: a citizen's evidence, the forms of an
// article.
//
// What it promises: a file is judged by what is in it, never by its name; what
// says where it was taken is gone before it is kept; it lies on the disk
// sealed, whole or not at all, under the digest of its content; and nothing
// that comes from outside reaches a path. Reading checks the digest again, so
// that a file that was exchanged on the disk does not go out.
//
// What it leaves to others: to whom a file belongs, who may have it, and when
// it goes.
package files

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"

	"nengban/tickets/vault"
)

// Rules are what one folder takes.
type Rules struct {
	Place string   // the folder's name, which what lies in it is sealed for
	Kinds []string // media types
	Most  int64    // bytes
}

// Folder is where files lie, by the SHA-256 of their content. os.Root keeps
// every path inside. It is safe for concurrent use.
type Folder struct {
	root  *os.Root
	vault *vault.Vault
	rules Rules
}

// File is a file as it is kept.
type File struct {
	Name      string
	MediaType string
	Size      int64
	SHA256    string
}

// Refused says why a file was not taken: empty_file, file_too_large with the
// most in megabytes, or file_kind with what it is.
type Refused struct {
	Code string
	Args []any
}

func (r *Refused) Error() string {
	return strings.TrimSpace(fmt.Sprintf("the file is refused: %s %v", r.Code, r.Args))
}

// ErrGone is returned for a file that is not there, or not as it was kept.
var ErrGone = errors.New("the file is not there as it was kept")

// Open opens a folder, making it when it is missing.
func Open(dir string, v *vault.Vault, rules Rules) (*Folder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of the %s: %w", rules.Place, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the folder of the %s: %w", rules.Place, err)
	}
	return &Folder{root, v, rules}, nil
}

// Close closes the folder.
func (f *Folder) Close() error { return f.root.Close() }

// Keep takes a file in, cleaned, and stores it once however often it is sent.
// It returns a *Refused for what is empty, too large, of another kind than the
// folder takes, or broken where it would have to be cleaned.
func (f *Folder) Keep(name string, from io.Reader) (File, error) {
	body, err := io.ReadAll(io.LimitReader(from, f.rules.Most+1))
	if err != nil {
		return File{}, fmt.Errorf("reading an upload: %w", err)
	}
	kind, _, _ := strings.Cut(mimetype.Detect(body).String(), ";")
	switch {
	case len(body) == 0:
		return File{}, &Refused{Code: "empty_file"}
	case int64(len(body)) > f.rules.Most:
		return File{}, &Refused{"file_too_large", []any{f.rules.Most >> 20}}
	case !slices.Contains(f.rules.Kinds, kind):
		return File{}, &Refused{"file_kind", []any{kind}}
	}
	if body, err = cleaned(kind, body); err != nil {
		return File{}, &Refused{"file_kind", []any{kind}}
	}
	sum := digest(body)
	return File{Name: Name(name), MediaType: kind, Size: int64(len(body)), SHA256: sum}, f.write(sum, body)
}

// Read returns a file in clear. It returns ErrGone when there is none, and
// when what lies there is not what was kept.
func (f *Folder) Read(sum string) ([]byte, error) {
	at, err := place(sum)
	if err != nil {
		return nil, err
	}
	stored, err := f.root.ReadFile(at)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrGone
	}
	if err != nil {
		return nil, fmt.Errorf("opening a file: %w", err)
	}
	body, err := f.unseal(f.vault, sum, stored)
	if err != nil {
		return nil, err
	}
	if digest(body) != sum {
		return nil, ErrGone
	}
	return body, nil
}

// Remove deletes a file; one that is not there is no error.
func (f *Folder) Remove(sum string) error {
	at, err := place(sum)
	if err != nil {
		return nil //nolint:nilerr // such a file was never kept
	}
	if err := f.root.Remove(at); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("deleting a file: %w", err)
	}
	return nil
}

// Reseal seals every file anew with a vault that opens what this folder's
// sealed, and returns how many. What lies there in clear, from before files
// were sealed, is sealed now.
func (f *Folder) Reseal(v *vault.Vault) (int, error) {
	done := 0
	err := fs.WalkDir(f.root.FS(), ".", func(at string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || path.Ext(at) == unfinished {
			return err
		}
		stored, err := f.root.ReadFile(at)
		if err != nil {
			return err
		}
		body, err := f.unseal(v, e.Name(), stored)
		if err != nil {
			return fmt.Errorf("%s: %w", e.Name(), err)
		}
		done++
		return f.put(v, e.Name(), at, body)
	})
	if err != nil {
		return done, fmt.Errorf("sealing the %s anew: %w", f.rules.Place, err)
	}
	return done, nil
}

// sealedMark begins a file that the vault has sealed; one without it is from
// before files were sealed.
const sealedMark = "nengban sealed 1\n"

// unfinished ends the name of a file that is being written.
const unfinished = ".part"

func (f *Folder) unseal(v *vault.Vault, sum string, stored []byte) ([]byte, error) {
	sealed, ok := bytes.CutPrefix(stored, []byte(sealedMark))
	if !ok {
		return stored, nil
	}
	return v.Open(sealed, f.rules.Place+":"+sum)
}

func (f *Folder) write(sum string, body []byte) error {
	at, err := place(sum)
	if err != nil {
		return err
	}
	if _, err := f.root.Stat(at); err == nil {
		return nil
	}
	if err := f.root.MkdirAll(path.Dir(at), 0o700); err != nil {
		return fmt.Errorf("making room for a file: %w", err)
	}
	return f.put(f.vault, sum, at, body)
}

// put makes a file appear whole and on the disk, or not at all. Two who bring
// the same photo at once write two files, of which one stays.
func (f *Folder) put(v *vault.Vault, sum, at string, body []byte) error {
	sealed, err := v.Seal(body, f.rules.Place+":"+sum)
	if err != nil {
		return err
	}
	part := at + "." + rand.Text() + unfinished
	err = f.writeTo(part, append([]byte(sealedMark), sealed...))
	if err == nil {
		err = f.root.Rename(part, at)
	}
	if err != nil {
		_ = f.root.Remove(part)
		return fmt.Errorf("writing a file: %w", err)
	}
	return f.settle(path.Dir(at))
}

func (f *Folder) writeTo(name string, body []byte) error {
	to, err := f.root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = to.Write(body)
	return errors.Join(err, to.Sync(), to.Close())
}

// settle puts a folder's names on the disk: a file's own sync leaves them out.
func (f *Folder) settle(dir string) error {
	d, err := f.root.Open(dir)
	if err == nil {
		err = errors.Join(d.Sync(), d.Close())
	}
	if err != nil {
		return fmt.Errorf("writing a folder: %w", err)
	}
	return nil
}

var digestShape = regexp.MustCompile(`^[0-9a-f]{64}$`)

func place(sum string) (string, error) {
	if !digestShape.MatchString(sum) {
		return "", ErrGone
	}
	return sum[:2] + "/" + sum, nil
}

func digest(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:])
}
