package main

import (
	"bytes"
	"context"
	"errors"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jonboulle/clockwork"
)

// asNengban in the environment makes the test binary the program itself, so
// that tests can start it, end it and kill it without building anything.
const asNengban = "NENGBAN_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asNengban) != "" {
		main() // exits
	}
	os.Exit(m.Run())
}

// ran is what a run of the program leaves behind.
type ran struct {
	code     int
	out, err string
}

// nengban runs the program inside the test, with nothing in its environment
// but what env says. A run that does not end by itself is told to after half a
// minute.
func nengban(t *testing.T, env []string, args ...string) ran {
	t.Helper()
	return nengbanReading(t, "", env, args...)
}

func nengbanReading(t *testing.T, in string, env []string, args ...string) ran {
	t.Helper()
	ctx, done := context.WithTimeout(t.Context(), 30*time.Second)
	defer done()
	var out, errs bytes.Buffer
	code := run(ctx, args, &terminal{In: strings.NewReader(in), Out: &out, Err: &errs, Env: env, Clock: clockwork.NewRealClock()})
	return ran{code, out.String(), errs.String()}
}

// well checks that the program did what it was told.
func (s ran) well(t *testing.T) ran {
	t.Helper()
	if s.code != 0 {
		t.Fatalf("it ended with %d:\n%s%s", s.code, s.out, s.err)
	}
	return s
}

// refused checks the exit code and that the words stand in the error.
func (s ran) refused(t *testing.T, code int, words ...string) {
	t.Helper()
	if s.code != code {
		t.Errorf("it ended with %d; want %d:\n%s%s", s.code, code, s.out, s.err)
	}
	for _, w := range words {
		if !strings.Contains(s.err, w) {
			t.Errorf("the error lacks %q:\n%s", w, s.err)
		}
	}
}

// program is nengban as a process of its own.
type program struct {
	t        *testing.T
	process  *exec.Cmd
	out, err *output
	ended    chan struct{}
	wrong    error // how it ended, when it has
}

// start starts it. It is killed when the test ends.
func start(t *testing.T, env []string, args ...string) *program {
	t.Helper()
	p := &program{t: t, process: exec.Command(os.Args[0], args...), out: newOutput(), err: newOutput(), ended: make(chan struct{})}
	p.process.Env = append([]string{asNengban + "=yes", "PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "TMPDIR=" + os.TempDir()}, env...)
	p.process.Stdout, p.process.Stderr = p.out, p.err
	if err := p.process.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		p.wrong = p.process.Wait()
		close(p.ended)
	}()
	t.Cleanup(p.kill)
	return p
}

// opened is what serve and demo print when somebody can come in.
var opened = regexp.MustCompile(`(?:is open at|工作人员  Staff *) (http://127\.0\.0\.1:\d+)`)

// address waits until the desk is open and returns where.
func (p *program) address() string {
	p.t.Helper()
	return p.says(opened)[1]
}

// says waits until what is looked for stands in the output.
func (p *program) says(words *regexp.Regexp) []string {
	p.t.Helper()
	late := time.After(5 * time.Minute) // the play takes ten seconds, and much longer where many tests run
	for {
		more := p.out.changed()
		if found := words.FindStringSubmatch(p.out.String()); found != nil {
			return found
		}
		select {
		case <-more:
		case <-p.ended:
			if found := words.FindStringSubmatch(p.out.String()); found != nil {
				return found
			}
			p.t.Fatalf("it ended (%v) without saying %s:\n%s%s", p.wrong, words, p.out, p.err)
		case <-late:
			p.t.Fatalf("it does not say %s:\n%s%s", words, p.out, p.err)
		}
	}
}

// kill ends it as a power cut does.
func (p *program) kill() {
	_ = p.process.Process.Kill() // it may be over
	<-p.ended
}

// told ends it as an administrator does, and checks that it goes well and soon.
func (p *program) told(signal syscall.Signal) {
	p.t.Helper()
	if err := p.process.Process.Signal(signal); err != nil {
		p.t.Fatal(err)
	}
	select {
	case <-p.ended:
	case <-time.After(20 * time.Second):
		p.t.Fatalf("it goes on 20 seconds after %s:\n%s%s", signal, p.out, p.err)
	}
	var exit *exec.ExitError
	if errors.As(p.wrong, &exit) {
		p.t.Errorf("after %s it ended with %s:\n%s%s", signal, exit, p.out, p.err)
	}
}

// output is what a process has written so far.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
	more chan struct{} // closed when something is added
}

func newOutput() *output { return &output{more: make(chan struct{})} }

func (o *output) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.more)
	o.more = make(chan struct{})
	return o.text.Write(b)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

func (o *output) changed() <-chan struct{} {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.more
}
