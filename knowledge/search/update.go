package search

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/blevesearch/bleve/v2"
)

// Change is what to write: documents put in or replaced, documents taken out, and
// a mark of the caller's by which [Index.Check] later tells whether this change
// arrived. The mark stays as it was when empty.
type Change struct {
	Put    []Document
	Delete []string
	Mark   string
}

// A batch is written durably and at once. It is bounded by documents and by bytes,
// so that a large change does not hold a multiple of itself in memory.
const (
	batchDocuments = 500
	batchBytes     = 8 << 20
)

// Update writes the change and returns when it is on disk. It may be repeated: the
// same change twice is the same as once. A large change is written in parts, the
// mark with the last; what is written when ctx ends stays written. Hand in many
// documents at a time: a change of one costs as much as one of fifty.
func (x *Index) Update(ctx context.Context, c Change) error {
	if err := c.check(); err != nil {
		return fmt.Errorf("update index: %w", err)
	}
	x.writing.Lock()
	defer x.writing.Unlock()
	x.mu.RLock()
	defer x.mu.RUnlock()
	err := x.usable()
	if x.catchUp != nil && !x.closed {
		x.catchUp.add(c)
		if err != nil { // the rebuild brings it in
			return nil
		}
	}
	if err != nil {
		return err
	}
	// Without its folder the library would try to write for ever.
	if _, err := os.Stat(x.open.path); err != nil {
		return x.gone(err)
	}
	err = x.guard(func() error { return x.open.write(ctx, c, x.words.Load()) })
	x.frequencies.Store(&frequencies{}) // part of it may be written even so
	if err != nil {
		return fmt.Errorf("update index: %w", err)
	}
	return nil
}

func (c *Change) check() error {
	for i := range c.Put {
		if c.Put[i].ID == "" {
			return errNoID
		}
	}
	if slices.Contains(c.Delete, "") {
		return errNoID
	}
	return nil
}

// write puts the change into one generation.
func (g *generation) write(ctx context.Context, c Change, v *vocabulary) error {
	w := writer{ctx: ctx, g: g, batch: g.bleve.NewBatch(), v: v}
	for i := range c.Put {
		if err := w.put(&c.Put[i]); err != nil {
			return err
		}
	}
	for _, id := range c.Delete {
		if err := w.delete(id); err != nil {
			return err
		}
	}
	if c.Mark != "" {
		w.batch.SetInternal(markKey, []byte(c.Mark))
	}
	return w.flush()
}

// writer fills batches and writes each when it is full.
type writer struct {
	ctx   context.Context //nolint:containedctx // lives as long as one call
	g     *generation
	batch *bleve.Batch
	bytes int
	v     *vocabulary
}

func (w *writer) put(d *Document) error {
	doc, err := d.toIndex(w.v)
	if err != nil {
		return err
	}
	if err := w.batch.IndexAdvanced(doc); err != nil {
		return fmt.Errorf("document %s: %w", d.ID, err)
	}
	w.bytes += len(d.Title) + len(d.Body)
	return w.flushIfFull()
}

func (w *writer) delete(id string) error {
	w.batch.Delete(id)
	return w.flushIfFull()
}

func (w *writer) flushIfFull() error {
	if w.batch.Size() < batchDocuments && w.bytes < batchBytes {
		return nil
	}
	return w.flush()
}

func (w *writer) flush() error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	err := w.g.bleve.Batch(w.batch)
	w.batch.Reset()
	w.bytes = 0
	if errors.Is(err, bleve.ErrorIndexClosed) {
		return ErrClosed
	}
	return err
}
