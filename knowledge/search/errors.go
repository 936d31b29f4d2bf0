package search

import (
	"errors"
	"fmt"
)

// ErrInUse says that another process has the index open: an index serves one
// process, and each instance of the desk keeps its own.
var ErrInUse = errors.New("index is in use by another process")

// ErrClosed is returned by everything after Close.
var ErrClosed = errors.New("index is closed")

// Reason is why an index cannot be searched.
type Reason string

// The reasons of an [UnusableError]. Each is mended by [Index.Rebuild].
const (
	Missing Reason = "missing" // there is none yet, or it was deleted
	Corrupt Reason = "corrupt" // its files cannot be read
	Foreign Reason = "foreign" // written by another version of this package
	Stale   Reason = "stale"   // it does not hold what the caller's database holds
)

// UnusableError says that an index cannot be searched, and why. The caller serves
// from its database and rebuilds; the index loses nothing that cannot be made again.
type UnusableError struct {
	Dir    string
	Reason Reason
	Err    error // what was met; may be nil
}

// Error implements error.
func (e *UnusableError) Error() string {
	if e.Err == nil {
		return fmt.Sprintf("index %s is %s", e.Dir, e.Reason)
	}
	return fmt.Sprintf("index %s is %s: %v", e.Dir, e.Reason, e.Err)
}

// Unwrap returns what was met.
func (e *UnusableError) Unwrap() error { return e.Err }
