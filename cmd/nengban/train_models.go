package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"nengban/tickets/departments"
	"nengban/tickets/triage"
)

// learning keeps what the desk has learned: one file a training in the data
// folder's models, 0001.models and so on, and in current the number of the one
// in use. Files may be deleted; the desk then knows less, and works on.
type learning struct {
	dir string

	mu      sync.Mutex
	number  int            // in use; 0: nothing was learned
	models  *triage.Models // in use, or nil
	advisor *triage.Advisor
	of      *departments.Directory // that advisor speaks for
}

// versionsKept are the newest trainings that stay on the disk.
const versionsKept = 20

// openLearning reads the models in use. Where they cannot be read the newest
// earlier ones that can are used, and why is returned beside a learning that works.
func openLearning(dir string) (*learning, error) {
	l := &learning{dir: dir}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of models: %w", err)
	}
	current, err := l.current()
	if err != nil {
		return nil, err
	}
	versions, err := l.versions()
	if err != nil {
		return nil, err
	}
	var unreadable []error
	for _, n := range slices.Backward(versions) {
		if n > current {
			continue
		}
		m, err := l.read(n)
		if err != nil {
			unreadable = append(unreadable, err)
			continue
		}
		l.number, l.models = n, m
		break
	}
	return l, errors.Join(unreadable...)
}

// current is the number written down as in use, 0 when none is.
func (l *learning) current() (int, error) {
	body, err := os.ReadFile(filepath.Join(l.dir, "current"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, fmt.Errorf("reading which models are in use: %w", err)
	}
	n, err := strconv.Atoi(strings.TrimSpace(string(body)))
	if err != nil {
		return 0, fmt.Errorf("reading which models are in use: %w", err)
	}
	return n, nil
}

// versions are the numbers of the trainings on the disk, the oldest first.
func (l *learning) versions() ([]int, error) {
	files, err := os.ReadDir(l.dir)
	if err != nil {
		return nil, fmt.Errorf("listing the models: %w", err)
	}
	var out []int
	for _, f := range files {
		if n, err := strconv.Atoi(strings.TrimSuffix(f.Name(), ".models")); err == nil && strings.HasSuffix(f.Name(), ".models") {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out, nil
}

func (l *learning) file(n int) string { return filepath.Join(l.dir, fmt.Sprintf("%04d.models", n)) }

func (l *learning) read(n int) (*triage.Models, error) {
	body, err := os.ReadFile(l.file(n))
	if err != nil {
		return nil, fmt.Errorf("reading models %d: %w", n, err)
	}
	m, err := triage.LoadModels(body)
	if err != nil {
		return nil, fmt.Errorf("reading models %d: %w", n, err)
	}
	return m, nil
}

// keep writes models as the newest version and takes them into use. Versions
// older than the newest twenty go.
func (l *learning) keep(m *triage.Models) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	versions, err := l.versions()
	if err != nil {
		return err
	}
	n := 1
	if len(versions) > 0 {
		n = slices.Max(versions) + 1
	}
	body, err := m.MarshalBinary()
	if err != nil {
		return err
	}
	if err := writeWhole(l.file(n), body); err != nil {
		return err
	}
	if err := l.use(n, m); err != nil {
		return err
	}
	for len(versions) >= versionsKept {
		if err := os.Remove(l.file(versions[0])); err != nil {
			return fmt.Errorf("clearing away old models: %w", err)
		}
		versions = versions[1:]
	}
	return nil
}

func (l *learning) use(n int, m *triage.Models) error {
	if err := writeWhole(filepath.Join(l.dir, "current"), []byte(strconv.Itoa(n)+"\n")); err != nil {
		return err
	}
	l.number, l.models, l.advisor = n, m, nil
	return nil
}

// rollBack takes the version before the one in use into use again. The newer
// one stays on the disk until it is too old.
func (l *learning) rollBack() (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	versions, err := l.versions()
	if err != nil {
		return 0, err
	}
	for _, n := range slices.Backward(versions) {
		if n >= l.number {
			continue
		}
		m, err := l.read(n)
		if err != nil {
			return 0, err
		}
		return n, l.use(n, m)
	}
	return 0, errors.New("going back: there are no models before the ones in use")
}

// now are the models in use and their number; nil and 0 when nothing was learned.
func (l *learning) now() (*triage.Models, int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.models, l.number
}

// Advisor proposes by a directory and what was learned so far. It is made anew
// only when either has changed.
func (l *learning) Advisor(directory *departments.Directory) *triage.Advisor {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.advisor == nil || l.of != directory {
		l.advisor, l.of = triage.NewAdvisor(directory, l.models), directory
	}
	return l.advisor
}

// describe says in one line what a version is.
func describe(n int, m *triage.Models) string {
	last := triage.Step{}
	if steps := m.Progress.Steps; len(steps) > 0 {
		last = steps[len(steps)-1]
	}
	return fmt.Sprintf("%04d  trained %s  %d decisions through %s  %s  first right %.1f %%, among three %.1f %% of the last %d unseen", n,
		m.TrainedAt.Format("2006-01-02 15:04"), m.Decisions, m.Through.Format("2006-01-02"), cmp.Or(strings.Join(m.Learned(), ", "), "nothing"),
		100*last.First, 100*last.Three, last.Tested)
}
