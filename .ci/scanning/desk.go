package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// town is what the demo prints of itself.
type town struct {
	passwords    map[string]string // login → password
	number, code string            // of a ticket that a citizen may look at
}

var (
	printedLogin  = regexp.MustCompile(`^  ([a-z]+\.[a-z]+)\s+(\S+)\s`)
	printedTicket = regexp.MustCompile(`^  (\d{14})\s+(\d{8})\s`)
)

// play lets the demo play its fortnight into a folder and stops it when it is
// open.
func play(ctx context.Context, program, folder string) (*town, error) {
	cmd := exec.CommandContext(ctx, program, "demo", "--addr", "127.0.0.1:0", "--data", folder)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	t := &town{passwords: map[string]string{}}
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if m := printedLogin.FindStringSubmatch(lines.Text()); m != nil {
			t.passwords[m[1]] = m[2]
		}
		if m := printedTicket.FindStringSubmatch(lines.Text()); m != nil && t.number == "" {
			t.number, t.code = m[1], m[2]
		}
		if strings.Contains(lines.Text(), "Ctrl-C") {
			_ = cmd.Process.Signal(os.Interrupt)
			break
		}
	}
	_, _ = io.Copy(io.Discard, out)
	if err := cmd.Wait(); err != nil {
		return nil, err
	}
	if len(t.passwords) == 0 || t.number == "" {
		return nil, fmt.Errorf("it printed %d logins and ticket %q", len(t.passwords), t.number)
	}
	return t, nil
}

// desk is the program as it runs in a city.
type desk struct {
	address string
	public  net.Listener // where the stranger's door will be
	cmd     *exec.Cmd
	log     *os.File
}

// serve opens the played folder with `serve`. The doors of this program stand
// where a city's proxy with TLS would, and are believed (trusted_proxies) when
// they say from where a request came: that is how every request gets an address
// of its own, so that limits by address, which hold all the same, do not hide
// what lies behind them. The limit by account (account_rate) is switched off.
func serve(program, folder, logFile string) (*desk, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	d := &desk{address: l.Addr().String()}
	if err := l.Close(); err != nil {
		return nil, err
	}
	if d.public, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
		return nil, err
	}
	if d.log, err = os.Create(logFile); err != nil {
		return nil, err
	}
	d.cmd = exec.Command(program, "serve", "--data", folder, "--addr", d.address)
	d.cmd.Env = append(os.Environ(), "NENGBAN_TRUSTED_PROXIES=127.0.0.1/32", "NENGBAN_PUBLIC_URL=https://"+d.public.Addr().String(), "NENGBAN_ACCOUNT_RATE=0", "NENGBAN_LOG_LEVEL=warn")
	d.cmd.Stdout, d.cmd.Stderr = d.log, d.log
	if err := d.cmd.Start(); err != nil {
		return nil, err
	}
	for range 300 {
		if res, err := http.Get("http://" + d.address + "/healthz"); err == nil {
			return d, res.Body.Close()
		}
		time.Sleep(100 * time.Millisecond)
	}
	return nil, fmt.Errorf("the desk did not open within 30 seconds; see %s", logFile)
}

func (d *desk) end() error {
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	if err := d.cmd.Wait(); err != nil {
		return fmt.Errorf("the desk ended with: %w", err)
	}
	return d.log.Close()
}
