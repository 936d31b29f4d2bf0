// Command scanning lets Debian's sqlmap and wapiti loose on a demo desk and
// says what they found: scanning PROGRAM FOLDER [NAME], with only the runs whose
// name holds NAME, such as "wapiti" or "citizen". docs/scan.md tells how to read
// what it writes.
package main

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// all is how long the whole may take.
const all = 20 * time.Minute

func main() {
	log.SetFlags(0)
	if len(os.Args) < 3 {
		log.Fatal("usage: scanning PROGRAM FOLDER [NAME]")
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1], os.Args[2], strings.Join(os.Args[3:], " ")); err != nil {
		stop()
		log.Fatal("scan: ", err)
	}
}

// run plays a demo, serves it as a city would, behind a proxy with TLS, and
// has it scanned as a stranger, as a citizen with his code and as the staff.
func run(ctx context.Context, program, folder, only string) (err error) {
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, all)
	defer cancel()
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	data, err := os.MkdirTemp("", "nengban-scan-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(data)) }()
	town, err := play(ctx, program, filepath.Join(data, "desk"))
	if err != nil {
		return fmt.Errorf("playing the demo: %w", err)
	}
	desk, err := serve(program, filepath.Join(data, "desk"), filepath.Join(folder, "server.log"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, desk.end()) }()
	doors, err := open(ctx, desk, town)
	if err != nil {
		return err
	}
	trap, err := setTrap()
	if err != nil {
		return err
	}
	tried := map[string]bool{}
	for _, d := range doors {
		if err := d.walk(ctx, town, tried); err != nil {
			return fmt.Errorf("walking as %s: %w", d.name, err)
		}
		log.Printf("%-14s %4d targets for sqlmap, %4d parameters", d.name, len(d.targets), d.parameters())
	}
	jobs := append(sqlmaps(doors, folder), wapitis(doors, trap, folder)...)
	jobs = slices.DeleteFunc(jobs, func(j *job) bool { return !strings.Contains(j.name, only) })
	work(ctx, jobs)
	return judge(doors, jobs, trap, folder, time.Since(began))
}
