package search

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"slices"

	segment "github.com/blevesearch/scorch_segment_api/v2"
)

// Verify reads every file of the index and compares it with the checksum at its
// end. A search only notices damage it happens to read, and Open reads next to
// nothing; this finds the rest, in a second or two a gigabyte, while searches go
// on. It returns an [UnusableError] when a file is gone, cut short or altered, and
// from then on searches return it too, until the index is rebuilt.
func (x *Index) Verify(ctx context.Context) error {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if err := x.usable(); err != nil {
		return err
	}
	if _, err := os.Stat(filepath.Join(x.dir, currentFile)); err != nil {
		return x.gone(err)
	}
	if _, err := os.Stat(x.open.path); err != nil {
		return x.gone(err)
	}
	files, err := x.open.segmentFiles()
	if err != nil {
		return x.met(err)
	}
	for _, path := range files {
		switch err := verifyFile(ctx, path); {
		case ctx.Err() != nil:
			return ctx.Err()
		case errors.Is(err, os.ErrNotExist):
			if err := x.missing(path); err != nil {
				return err
			}
		case err != nil:
			return x.met(fmt.Errorf("%s: %w", filepath.Base(path), err))
		}
	}
	return nil
}

// segmentFiles are the files that a search reads now. Others beside them are
// just being written, or were merged away.
func (g *generation) segmentFiles() (paths []string, err error) {
	s, err := snapshotOf(g)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.reader.Close()) }()
	for _, one := range s.reader.Segments() {
		if kept, ok := one.Segment().(segment.PersistedSegment); ok {
			paths = append(paths, kept.Path())
		}
	}
	return paths, nil
}

// missing says that a file is gone, unless it was merged away meanwhile.
func (x *Index) missing(path string) error {
	files, err := x.open.segmentFiles()
	if err != nil {
		return x.met(err)
	}
	if slices.Contains(files, path) {
		return x.gone(fmt.Errorf("%s: %w", filepath.Base(path), os.ErrNotExist))
	}
	return nil
}

// gone says that the files are no longer where they were.
func (x *Index) gone(err error) error {
	unusable := &UnusableError{Dir: x.dir, Reason: Missing, Err: err}
	x.broken.CompareAndSwap(nil, unusable)
	return unusable
}

var (
	errCut     = errors.New("file cut short")
	errAltered = errors.New("file differs from its checksum")
)

// verifyFile compares a segment with the CRC-32 in its last four bytes.
func verifyFile(ctx context.Context, path string) error {
	f, err := os.Open(path) //nolint:gosec // a file of the caller's own folder
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }() // it was only read
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if info.Size() < crc32.Size {
		return errCut
	}
	sum := crc32.NewIEEE()
	body := &untilDone{ctx, io.LimitReader(f, info.Size()-crc32.Size)}
	if _, err := io.CopyBuffer(sum, body, make([]byte, 1<<20)); err != nil {
		return err
	}
	var want uint32
	if err := binary.Read(f, binary.BigEndian, &want); err != nil {
		return err
	}
	if sum.Sum32() != want {
		return errAltered
	}
	return nil
}

// untilDone reads until ctx ends.
type untilDone struct {
	ctx context.Context //nolint:containedctx // lives as long as one call
	r   io.Reader
}

// Read implements io.Reader.
func (u *untilDone) Read(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.r.Read(p)
}
