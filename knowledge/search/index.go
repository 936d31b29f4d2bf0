package search

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/blevesearch/bleve/v2"
	"github.com/blevesearch/bleve/v2/index/scorch"
	"github.com/blevesearch/bleve/v2/mapping"
	index "github.com/blevesearch/bleve_index_api"
	bolterrors "go.etcd.io/bbolt/errors"
)

// Index is documents laid out to be found, in one folder of the disk. All methods
// may be called at once by many. The folder holds nothing that cannot be made
// again from the caller's database.
type Index struct {
	dir   string
	words atomic.Pointer[vocabulary]

	mu     sync.RWMutex // a search holds it for reading, a swap for writing
	open   *generation  // nil while there is nothing to search
	closed bool
	broken atomic.Pointer[UnusableError] // why open cannot be searched, once met

	writing sync.Mutex // one writer at a time
	catchUp *catchUp   // not nil while a rebuild runs; guarded by writing

	frequencies atomic.Pointer[frequencies] // of the index as it is since its last change
}

// generation is one layout of the documents; a rebuild makes the next beside it.
type generation struct {
	bleve bleve.Index
	inner index.Index
	path  string
}

// version is stored in each index and compared when it is opened. Raise the number
// whenever folding, units, fields or the stored form change.
const version = "nengban-search/3"

const (
	currentFile = "CURRENT" // names the generation that serves
	lockWait    = "300ms"   // how long another process may keep us waiting
)

var (
	versionKey = []byte("nengban version")
	markKey    = []byte("nengban mark")
)

// Open opens the index in dir, or tells why it cannot: [ErrInUse], or an
// [UnusableError], and then the Index is returned too, ready for [Index.Rebuild];
// until that is done its searches return the same error. Opening reads no
// document, so it takes the same few milliseconds at any size. Where the newest
// files are damaged an earlier state may open: [Index.Check] tells.
func Open(dir string, words Words) (*Index, error) {
	x := &Index{dir: dir}
	x.frequencies.Store(&frequencies{})
	x.SetWords(words)
	g, err := openCurrent(dir)
	var unusable *UnusableError
	switch {
	case errors.As(err, &unusable):
		x.broken.Store(unusable)
		return x, unusable
	case err != nil:
		return nil, fmt.Errorf("open index %s: %w", dir, err)
	}
	x.open = g
	return x, nil
}

// SetWords changes what searches know of the language, from the next search on.
func (x *Index) SetWords(w Words) { x.words.Store(newVocabulary(w)) }

// Close ends searches and writes. Searches under way are waited for.
func (x *Index) Close() error {
	x.writing.Lock()
	defer x.writing.Unlock()
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.closed {
		return nil
	}
	x.closed = true
	if x.open == nil {
		return nil
	}
	err := x.open.bleve.Close()
	x.open = nil
	return err
}

// State is what an index says of itself.
type State struct {
	Documents int
	Mark      string // as handed in with the last [Change]
	Version   string
	Bytes     int64 // on disk
}

// State reads what the index holds.
func (x *Index) State() (State, error) {
	x.mu.RLock()
	defer x.mu.RUnlock()
	if err := x.usable(); err != nil {
		return State{}, err
	}
	var s State
	err := x.guard(func() (err error) {
		s, err = x.state()
		return err
	})
	return s, err
}

func (x *Index) state() (State, error) {
	s := State{Version: version}
	n, err := x.open.bleve.DocCount()
	if err != nil {
		return State{}, x.met(err)
	}
	mark, err := x.open.bleve.GetInternal(markKey)
	if err != nil {
		return State{}, x.met(err)
	}
	s.Documents, s.Mark = int(n), string(mark)
	s.Bytes, err = folderSize(x.open.path)
	if err != nil {
		return State{}, x.gone(err)
	}
	return s, nil
}

// Check compares the index with what the caller's database holds: so many
// documents, and the mark of its last change. It returns an [UnusableError] when
// they differ (Stale), or when the files are gone or unreadable.
func (x *Index) Check(documents int, mark string) error {
	s, err := x.State()
	if err != nil {
		return err
	}
	if s.Documents != documents || s.Mark != mark {
		return &UnusableError{Dir: x.dir, Reason: Stale,
			Err: fmt.Errorf("it holds %d documents at %q, the database %d at %q", s.Documents, s.Mark, documents, mark)}
	}
	return nil
}

// usable returns why nothing can be searched, if so. Callers hold mu.
func (x *Index) usable() error {
	switch {
	case x.closed:
		return ErrClosed
	case x.broken.Load() != nil:
		return x.broken.Load()
	case x.open == nil:
		return &UnusableError{Dir: x.dir, Reason: Missing}
	}
	return nil
}

// met turns an error of bleve's into ours: a file that cannot be read any more is
// a corrupt index, whatever the library calls it. It stays so until it is rebuilt.
func (x *Index) met(err error) error {
	unusable := &UnusableError{Dir: x.dir, Reason: Corrupt, Err: err}
	x.broken.CompareAndSwap(nil, unusable)
	return unusable
}

// guard runs read and turns its panic into an UnusableError: files are mapped into
// memory and read without checks, so torn ones end in an index out of range, and
// shortened ones in a fault of memory.
func (x *Index) guard(read func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		if r := recover(); r != nil {
			err = x.met(fmt.Errorf("reading it: %v", r))
		}
	}()
	return read()
}

func openCurrent(dir string) (*generation, error) {
	name, err := os.ReadFile(filepath.Join(dir, currentFile)) //nolint:gosec // the caller's own folder
	if errors.Is(err, os.ErrNotExist) {
		return nil, &UnusableError{Dir: dir, Reason: Missing}
	}
	if err != nil {
		return nil, err
	}
	path := filepath.Join(dir, filepath.Base(strings.TrimSpace(string(name))))
	if _, err := os.Stat(path); err != nil {
		return nil, &UnusableError{Dir: dir, Reason: Missing, Err: err}
	}
	g, err := openGeneration(path)
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, ErrInUse
	}
	if err != nil {
		return nil, &UnusableError{Dir: dir, Reason: Corrupt, Err: err}
	}
	got, err := g.bleve.GetInternal(versionKey)
	if err == nil && string(got) == version {
		return g, nil
	}
	err = errors.Join(err, g.bleve.Close())
	return nil, &UnusableError{Dir: dir, Reason: Foreign, Err: errors.Join(fmt.Errorf("it is of version %q, not %q", got, version), err)}
}

func openGeneration(path string) (g *generation, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("opening it: %v", r)
		}
	}()
	b, err := bleve.OpenUsing(path, map[string]any{"bolt_timeout": lockWait})
	if err != nil {
		return nil, err
	}
	return wrap(b, path)
}

func createGeneration(path string) (*generation, error) {
	b, err := bleve.NewUsing(path, layout(), scorch.Name, scorch.Name, map[string]any{"bolt_timeout": lockWait})
	if err != nil {
		return nil, err
	}
	if err := b.SetInternal(versionKey, []byte(version)); err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return wrap(b, path)
}

func wrap(b bleve.Index, path string) (*generation, error) {
	inner, err := b.Advanced()
	if err != nil {
		return nil, errors.Join(err, b.Close())
	}
	return &generation{bleve: b, inner: inner, path: path}, nil
}

// layout leaves all to the documents, which come analysed; nothing is dynamic.
func layout() mapping.IndexMapping {
	m := bleve.NewIndexMapping()
	m.DefaultMapping = bleve.NewDocumentStaticMapping()
	return m
}

func folderSize(dir string) (size int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if errors.Is(err, os.ErrNotExist) { // merged away while we looked
			return nil
		}
		if err == nil {
			size += info.Size()
		}
		return err
	})
	return size, err
}
