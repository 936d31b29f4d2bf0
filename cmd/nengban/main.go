// Command nengban is the desk behind a city's 12345 hotline and its 办不成事 window.
//
// One program does everything: it serves the desk, plays the demo, moves the
// schema, and answers single questions in the terminal. Each subcommand is one
// file beside this one.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"
	"github.com/jonboulle/clockwork"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	t := &terminal{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Env: os.Environ(), Clock: clockwork.NewRealClock()}
	code := run(ctx, os.Args[1:], t)
	stop()
	os.Exit(code)
}

// terminal is what a subcommand sees of the world outside: its three streams,
// its environment and the hour. Tests hand in their own.
type terminal struct {
	In       io.Reader
	Out, Err io.Writer
	Env      []string
	Clock    clockwork.Clock
}

// cli is the command line: one field per subcommand, in the order help lists them.
type cli struct {
	Serve    serveCmd    `cmd:"" help:"Open the desk. Settings come from the environment or a file; 'nengban config' lists them."`
	Demo     demoCmd     `cmd:"" help:"Play an invented town's fortnight and open the desk on it: the quickest way to look around."`
	Migrate  migrateCmd  `cmd:"" help:"Bring the database's schema up to date (serve does so too)."`
	Staff    staffCmd    `cmd:"" help:"Take in members of staff."`
	Import   importCmd   `cmd:"" help:"Take over tickets and knowledge from files of other systems."`
	Export   exportCmd   `cmd:"" help:"Write the knowledge base to a file that other systems can take over."`
	Reindex  reindexCmd  `cmd:"" help:"Lay the knowledge index out anew, or check it against the database."`
	Clocks   clocksCmd   `cmd:"" help:"Check the stored deadlines against the timelines, and mend them."`
	Calendar calendarCmd `cmd:"" help:"Load a year's holidays."`
	Train    trainCmd    `cmd:"" help:"Learn from the desk's accepted dispatches, so that proposals get better; or go back to what was learned before."`
	Keys     keysCmd     `cmd:"" help:"Renew the keys that personal data is sealed with."`
	Backup   backupCmd   `cmd:"" help:"Write database, attachments and keys into one encrypted file."`
	Restore  restoreCmd  `cmd:"" help:"Unpack such a file into a folder that is empty."`
	Person   personCmd   `cmd:"" help:"Hand out, or take out, what the desk holds of a person."`
	Audit    auditCmd    `cmd:"" help:"Check the records against their chain, and name what was done behind the program's back."`
	Config   configCmd   `cmd:"" help:"Print every setting, its value and where it comes from; secrets stay hidden."`

	Due    dueCmd    `cmd:"" help:"Reckon a deadline in working time and show how it comes about."`
	Answer answerCmd `cmd:"" help:"Read a citizen's reply to a survey and say what it was taken to mean."`
	Eval   evalCmd   `cmd:"" help:"Measure search, triage and hot matters on files of real messages, by the code the desk runs."`
}

const description = `能办: the desk behind a city's 12345 hotline and its 办不成事 window.

To look around: nengban demo. To open a desk of your own: nengban staff add root --name 管理员 --roles administrator, then nengban serve, and log in as root.`

// run parses args, runs the subcommand and turns its error into an exit code:
// 0 done, 1 the work was refused or went wrong, 2 the command line was wrong.
func run(ctx context.Context, args []string, t *terminal) (code int) {
	var c cli
	exited := errors.New("help was shown")
	parser, err := kong.New(&c,
		kong.Name("nengban"),
		kong.Description(description),
		kong.Writers(t.Out, t.Err),
		kong.UsageOnError(),
		kong.Exit(func(n int) { code = n; panic(exited) }),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(t),
	)
	if err != nil {
		fmt.Fprintln(t.Err, "nengban: reading the command table:", err)
		return 1
	}
	defer func() {
		if r := recover(); r != nil && r != any(exited) {
			panic(r)
		}
	}()
	if len(args) == 0 {
		args = []string{"help"}
	}
	if args[0] == "help" {
		args = append(args[1:len(args):len(args)], "--help")
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(t.Err, "nengban:", err)
		fmt.Fprintln(t.Err, "Try: nengban --help")
		return 2
	}
	if err := k.Run(); err != nil {
		fmt.Fprintln(t.Err, "nengban:", err)
		return 1
	}
	return 0
}
