package main

import (
	"archive/tar"
	"bufio"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"nengban/migrations"
)

// backupCmd writes the desk into one encrypted file, while it may be open.
type backupCmd struct {
	common
	To              string `arg:"" help:"File to write; it must not exist." type:"path"`
	Recipient       string `help:"age public key (age1…) that the file is for; without it a passphrase is read from standard input." placeholder:"AGE1"`
	WithoutDatabase bool   `help:"Leave the database out: PostgreSQL has its own pg_dump."`
}

// Run writes a snapshot of the database, the attachments, the keys and the
// journal of the chain. The file appears whole or not at all.
func (c *backupCmd) Run(ctx context.Context, t *terminal) error {
	conf, err := readConfig(c.common, "", t.Env)
	if err != nil {
		return err
	}
	if conf.str("database_url") != "" && !c.WithoutDatabase {
		return errors.New("the database is PostgreSQL: back it up with pg_dump, and the rest with --without-database")
	}
	to, err := c.recipient(t)
	if err != nil {
		return err
	}
	f := &folder{path: conf.str("data")}
	if _, err := os.Stat(f.keyFile()); err != nil {
		return fmt.Errorf("there is no desk in the folder %s: %w", f.path, err)
	}
	if _, err := os.Stat(c.To); err == nil {
		return fmt.Errorf("%s is there already", c.To)
	}
	part := c.To + ".part"
	n, err := f.pack(ctx, part, to, !c.WithoutDatabase)
	if err == nil {
		err = os.Rename(part, c.To)
	}
	if err != nil {
		_ = os.Remove(part)
		return fmt.Errorf("backing up: %w", err)
	}
	fmt.Fprintf(t.Out, "%d files are in %s\n", n, c.To)
	return nil
}

func (c *backupCmd) recipient(t *terminal) (age.Recipient, error) {
	if c.Recipient != "" {
		r, err := age.ParseX25519Recipient(c.Recipient)
		if err != nil {
			return nil, errors.New("the recipient is no age public key; `age-keygen` makes one")
		}
		return r, nil
	}
	phrase, err := readPassphrase(t)
	if err != nil {
		return nil, err
	}
	return age.NewScryptRecipient(phrase)
}

// leastPassphrase is in bytes; a backup can be guessed at for years.
const leastPassphrase = 16

func readPassphrase(t *terminal) (string, error) {
	line, err := bufio.NewReader(t.In).ReadString('\n')
	line = strings.TrimRight(line, "\r\n")
	if err != nil && !errors.Is(err, io.EOF) || len(line) < leastPassphrase {
		return "", fmt.Errorf("reading the passphrase: standard input should hold at least %d characters on one line", leastPassphrase)
	}
	return line, nil
}

// pack writes the folder's files, compressed and encrypted. What is only of
// this process or can be made anew, such as the index, stays behind.
func (f *folder) pack(ctx context.Context, to string, reader age.Recipient, database bool) (n int, err error) {
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600) //nolint:gosec // the administrator names it
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, out.Sync(), out.Close()) }()
	sealed, err := age.Encrypt(out, reader)
	if err != nil {
		return 0, err
	}
	zipped := gzip.NewWriter(sealed)
	w := tar.NewWriter(zipped)
	if database {
		if err := f.packDatabase(ctx, w); err != nil {
			return 0, err
		}
		n++
	}
	for _, part := range []string{"keys", "attachments", "articles", filepath.Base(f.journal())} {
		m, err := packTree(w, f.path, part)
		n += m
		if err != nil {
			return n, err
		}
	}
	return n, errors.Join(w.Close(), zipped.Close(), sealed.Close())
}

// packDatabase takes a snapshot that is whole even while the desk writes.
func (f *folder) packDatabase(ctx context.Context, w *tar.Writer) error {
	db, err := migrations.Open(ctx, f.in("nengban.db"))
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	dir, err := os.MkdirTemp(f.path, ".backup-*")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	snapshot := filepath.Join(dir, "nengban.db")
	if _, err := db.ExecContext(ctx, "VACUUM INTO ?", snapshot); err != nil {
		return fmt.Errorf("taking a snapshot of the database: %w", err)
	}
	return packFile(w, snapshot, "nengban.db")
}

func packTree(w *tar.Writer, root, part string) (n int, err error) {
	err = filepath.WalkDir(filepath.Join(root, part), func(p string, e fs.DirEntry, err error) error {
		if errors.Is(err, os.ErrNotExist) {
			return nil
		}
		if err != nil || e.IsDir() || filepath.Ext(p) == ".part" {
			return err
		}
		name, err := filepath.Rel(root, p)
		if err != nil {
			return err
		}
		n++
		return packFile(w, p, filepath.ToSlash(name))
	})
	return n, err
}

func packFile(w *tar.Writer, from, name string) error {
	f, err := os.Open(from) //nolint:gosec // a file of our own folder
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: info.Size(), ModTime: info.ModTime()}); err != nil {
		return err
	}
	// A journal may grow meanwhile; what was there is copied.
	_, err = io.CopyN(w, f, info.Size())
	return err
}

// restoreCmd unpacks a backup.
type restoreCmd struct {
	common
	From     string `arg:"" help:"The backup." type:"existingfile"`
	Identity string `help:"File with the age secret key; without it the passphrase is read from standard input." type:"existingfile" placeholder:"FILE"`
}

// Run unpacks into the data folder, which must be empty or missing: nothing
// that is there is written over.
func (c *restoreCmd) Run(_ context.Context, t *terminal) error {
	conf, err := readConfig(c.common, "", t.Env)
	if err != nil {
		return err
	}
	who, err := c.identities(t)
	if err != nil {
		return err
	}
	data := conf.str("data")
	if there, err := os.ReadDir(data); err == nil && len(there) > 0 {
		return fmt.Errorf("the folder %s is not empty; choose another with --data", data)
	}
	if err := os.MkdirAll(data, 0o700); err != nil {
		return fmt.Errorf("making the data folder: %w", err)
	}
	n, err := unpack(c.From, data, who)
	if err != nil {
		return fmt.Errorf("restoring: %w", err)
	}
	fmt.Fprintf(t.Out, "%d files are in %s; check them with nengban audit verify\n", n, data)
	return nil
}

func (c *restoreCmd) identities(t *terminal) ([]age.Identity, error) {
	if c.Identity == "" {
		phrase, err := readPassphrase(t)
		if err != nil {
			return nil, err
		}
		one, err := age.NewScryptIdentity(phrase)
		return []age.Identity{one}, err
	}
	f, err := os.Open(c.Identity)
	if err != nil {
		return nil, fmt.Errorf("opening the identity: %w", err)
	}
	defer func() { _ = f.Close() }()
	return age.ParseIdentities(f)
}

func unpack(from, into string, who []age.Identity) (int, error) {
	f, err := os.Open(from) //nolint:gosec // the administrator names it
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	plain, err := age.Decrypt(f, who...)
	if err != nil {
		return 0, errors.New("the file does not open with this key or passphrase, or is no backup")
	}
	unzipped, err := gzip.NewReader(plain)
	if err != nil {
		return 0, fmt.Errorf("reading the backup: %w", err)
	}
	root, err := os.OpenRoot(into)
	if err != nil {
		return 0, err
	}
	defer func() { _ = root.Close() }()
	r := tar.NewReader(unzipped)
	for n := 0; ; n++ {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, fmt.Errorf("reading the backup: %w", err)
		}
		if err := unpackFile(root, h.Name, r); err != nil {
			return n, fmt.Errorf("unpacking %s: %w", h.Name, err)
		}
	}
}

// unpackFile writes below root only; os.Root refuses every way out.
func unpackFile(root *os.Root, name string, body io.Reader) error {
	if dir := path.Dir(name); dir != "." {
		if err := root.MkdirAll(dir, 0o700); err != nil {
			return err
		}
	}
	f, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, body)
	return errors.Join(err, f.Sync(), f.Close())
}
