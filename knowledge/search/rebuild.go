package search

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// ErrRebuilding is returned when a rebuild is asked for while one runs.
var ErrRebuilding = errors.New("index is being rebuilt already")

// Rebuild lays all documents out anew, beside the index that serves, and puts the
// new one in its place when it is complete; searches never stop. Changes made by
// [Index.Update] meanwhile are taken over, newer than anything documents yields.
// When ctx ends or documents yields an error, all stays as it was. mark is stored
// as that of the last change, unless a change meanwhile brought a newer one.
func (x *Index) Rebuild(ctx context.Context, documents iter.Seq2[Document, error], mark string) error {
	if err := x.beginCatchUp(); err != nil {
		return err
	}
	defer x.endCatchUp()
	next, err := x.fill(ctx, documents, mark)
	if err != nil {
		return fmt.Errorf("rebuild index: %w", err)
	}
	if err := x.swap(ctx, next); err != nil {
		return errors.Join(fmt.Errorf("rebuild index: %w", err), next.discard())
	}
	return nil
}

// catchUp holds what changed while a rebuild runs, the last word on each ID.
type catchUp struct {
	put  map[string]*Document // nil: taken out
	mark string
}

func (c *catchUp) add(change Change) {
	for _, id := range change.Delete {
		c.put[id] = nil
	}
	for i := range change.Put {
		d := change.Put[i]
		c.put[d.ID] = &d
	}
	if change.Mark != "" {
		c.mark = change.Mark
	}
}

func (c *catchUp) change() Change {
	out := Change{Mark: c.mark}
	for id, d := range c.put {
		if d == nil {
			out.Delete = append(out.Delete, id)
		} else {
			out.Put = append(out.Put, *d)
		}
	}
	return out
}

func (x *Index) beginCatchUp() error {
	x.writing.Lock()
	defer x.writing.Unlock()
	x.mu.RLock()
	defer x.mu.RUnlock()
	switch {
	case x.closed:
		return ErrClosed
	case x.catchUp != nil:
		return ErrRebuilding
	}
	x.catchUp = &catchUp{put: map[string]*Document{}}
	return nil
}

func (x *Index) endCatchUp() {
	x.writing.Lock()
	defer x.writing.Unlock()
	x.catchUp = nil
}

// fill makes a new generation of the documents.
func (x *Index) fill(ctx context.Context, documents iter.Seq2[Document, error], mark string) (*generation, error) {
	path, err := x.nextPath()
	if err != nil {
		return nil, err
	}
	next, err := createGeneration(path)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(path))
	}
	w := writer{ctx: ctx, g: next, batch: next.bleve.NewBatch(), v: x.words.Load()}
	for d, err := range documents {
		if err == nil {
			err = w.put(&d)
		}
		if err != nil {
			return nil, errors.Join(err, next.discard())
		}
	}
	if mark != "" {
		w.batch.SetInternal(markKey, []byte(mark))
	}
	if err := w.flush(); err != nil {
		return nil, errors.Join(err, next.discard())
	}
	return next, nil
}

// swap takes over what changed meanwhile, names the new generation and lets it
// serve. Writers wait; searches do but for the exchange of two pointers.
func (x *Index) swap(ctx context.Context, next *generation) error {
	x.writing.Lock()
	defer x.writing.Unlock()
	if err := next.write(ctx, x.catchUp.change(), x.words.Load()); err != nil {
		return err
	}
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return ErrClosed
	}
	if err := writeCurrent(x.dir, filepath.Base(next.path)); err != nil {
		return err
	}
	old := x.open
	x.open = next
	x.broken.Store(nil)
	x.frequencies.Store(&frequencies{})
	if old != nil {
		_ = old.discard() // it serves nobody; what stays on disk goes with the next sweep
	}
	x.sweep()
	return nil
}

// sweep deletes generations nobody uses: those of broken indexes and of rebuilds
// that were cut off.
func (x *Index) sweep() {
	for _, name := range generations(x.dir) {
		if path := filepath.Join(x.dir, name); path != x.open.path {
			_ = os.RemoveAll(path)
		}
	}
}

// discard closes a generation and deletes its files.
func (g *generation) discard() error {
	return errors.Join(g.bleve.Close(), os.RemoveAll(g.path))
}

const generationPrefix = "generation-"

func generations(dir string) []string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil
	}
	var names []string
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), generationPrefix) {
			names = append(names, e.Name())
		}
	}
	return names
}

// nextPath is a folder no generation has, nor had while it serves: the open one's
// name is taken even when somebody deleted it.
func (x *Index) nextPath() (string, error) {
	if err := os.MkdirAll(x.dir, 0o700); err != nil {
		return "", err
	}
	taken := generations(x.dir)
	x.mu.RLock()
	if x.open != nil {
		taken = append(taken, filepath.Base(x.open.path))
	}
	x.mu.RUnlock()
	for n := 1; ; n++ {
		if name := fmt.Sprintf("%s%06d", generationPrefix, n); !slices.Contains(taken, name) {
			return filepath.Join(x.dir, name), nil
		}
	}
}

// writeCurrent names the generation that serves, so that a crash leaves either
// the old name or the new one.
func writeCurrent(dir, name string) error {
	tmp := filepath.Join(dir, currentFile+".new")
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) //nolint:gosec // the caller's own folder
	if err != nil {
		return err
	}
	_, err = f.WriteString(name + "\n")
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(tmp, filepath.Join(dir, currentFile))
}
