package evidence

import (
	"bufio"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"time"
)

// Journal is the chain written down once more outside the database: a line
// for every link, so that links which are cut off can still be named. Each
// instance keeps its own in its data folder.
type Journal struct {
	path string
	tell func(line string) error // a remote log; nil: none
}

// NewJournal returns the journal in a file, made when it is missing. tell gets
// the last line of every batch, for a remote log; it may be nil.
func NewJournal(path string, tell func(line string) error) *Journal { return &Journal{path, tell} }

// errForgedChain is reported by the job that anchors, hours before anybody
// verifies.
var errForgedChain = errors.New("the chain in the database is not the one that was written down before; run `nengban audit verify`")

// Anchor writes down every link that is not in the journal yet, and returns
// how many there were. It is a job of the timetable. When the chain no longer
// holds what the journal's last line says, it writes nothing and says so.
func (c *Chain) Anchor(ctx context.Context, j *Journal) (int, error) {
	at, err := j.last()
	if err != nil {
		return 0, err
	}
	if err := c.still(ctx, at); err != nil {
		return 0, err
	}
	done := 0
	for ctx.Err() == nil {
		links, err := c.after(ctx, at.Position, 2*batch)
		if err != nil || len(links) == 0 {
			return done, err
		}
		if err := j.write(links); err != nil {
			return done, err
		}
		at.Position = links[len(links)-1].Position
		done += len(links)
	}
	return done, ctx.Err()
}

// still says whether the chain has the head that was written down last.
func (c *Chain) still(ctx context.Context, at anchor) error {
	if at.Position == 0 {
		return nil
	}
	links, err := c.after(ctx, at.Position-1, 1)
	if err != nil {
		return err
	}
	if len(links) == 0 || links[0].Position != at.Position || hex.EncodeToString(links[0].Head) != at.Head {
		return errForgedChain
	}
	return nil
}

func (c *Chain) after(ctx context.Context, position int64, n int) ([]link, error) {
	var links []link
	if err := c.db.NewSelect().Model(&links).Where("position > ?", position).Order("position").Limit(int64(n)).Scan(ctx); err != nil {
		return nil, fmt.Errorf("reading the chain: %w", err)
	}
	return links, nil
}

// anchor is one line of a journal.
type anchor struct {
	Position int64
	Head     string
	At       string
	Kind     string
	RowID    int64
	Ticket   string
	Seq      int
}

func (l link) line() string {
	ticket := l.Ticket
	if ticket == "" {
		ticket = "-"
	}
	return fmt.Sprintf("%d %x %s %s %d %s %d", l.Position, l.Head, l.SealedAt.UTC().Format(time.RFC3339), l.Kind, l.RowID, ticket, l.Seq)
}

// mark stands before a line in a remote log.
const mark = "nengban-anchor "

// parseAnchor reads a line of a journal, or of a remote log that has one
// behind its mark. ok is false for what is neither.
func parseAnchor(line string) (a anchor, ok bool) {
	if _, after, found := strings.Cut(line, mark); found {
		line = after
	}
	n, err := fmt.Sscanf(line, "%d %s %s %s %d %s %d", &a.Position, &a.Head, &a.At, &a.Kind, &a.RowID, &a.Ticket, &a.Seq)
	return a, err == nil && n == 7 && len(a.Head) == 64 && a.Position > 0
}

// last returns the last whole line of the journal; the zero anchor when there is none.
func (j *Journal) last() (anchor, error) {
	f, err := os.Open(j.path)
	if errors.Is(err, os.ErrNotExist) {
		return anchor{}, nil
	}
	if err != nil {
		return anchor{}, fmt.Errorf("opening the journal: %w", err)
	}
	defer func() { _ = f.Close() }()
	const most = 64 << 10
	if info, err := f.Stat(); err == nil && info.Size() > most {
		if _, err := f.Seek(-most, io.SeekEnd); err != nil {
			return anchor{}, fmt.Errorf("reading the journal: %w", err)
		}
	}
	body, err := io.ReadAll(f)
	if err != nil {
		return anchor{}, fmt.Errorf("reading the journal: %w", err)
	}
	lines := strings.Split(string(body), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if a, ok := parseAnchor(lines[i]); ok {
			return a, nil
		}
	}
	return anchor{}, nil
}

// write appends the lines of links and sees them onto the disk.
func (j *Journal) write(links []link) error {
	f, err := os.OpenFile(j.path, os.O_CREATE|os.O_APPEND|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("opening the journal: %w", err)
	}
	var b strings.Builder
	if torn(f) {
		b.WriteByte('\n')
	}
	for _, l := range links {
		b.WriteString(l.line() + "\n")
	}
	_, err = f.WriteString(b.String())
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("writing the journal: %w", err)
	}
	if j.tell != nil {
		if err := j.tell(mark + links[len(links)-1].line()); err != nil {
			return fmt.Errorf("sending an anchor to the remote log: %w", err)
		}
	}
	return nil
}

// torn says whether the last line was cut by a crash.
func torn(f *os.File) bool {
	info, err := f.Stat()
	if err != nil || info.Size() == 0 {
		return false
	}
	end := make([]byte, 1)
	_, err = f.ReadAt(end, info.Size()-1)
	return err == nil && end[0] != '\n'
}

// anchors are the anchors of a journal or a remote log, in the order in which
// they stand there; a line that is none is passed over.
func anchors(r io.Reader) iter.Seq2[anchor, error] {
	return func(yield func(anchor, error) bool) {
		lines := bufio.NewScanner(r)
		lines.Buffer(make([]byte, 64<<10), 1<<20)
		for lines.Scan() {
			if a, ok := parseAnchor(lines.Text()); ok && !yield(a, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil {
			yield(anchor{}, fmt.Errorf("reading the anchors: %w", err))
		}
	}
}
