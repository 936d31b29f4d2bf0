package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"nengban/callbacks/surveys"
)

// answerCmd reads replies to a survey and says what each was taken to mean. It
// opens no data folder: a person can try a wording, a city can check a month's
// replies against its own judgement.
type answerCmd struct {
	Text     []string `arg:"" optional:"" help:"The reply, as the citizen typed it."`
	Stdin    bool     `help:"Read lines of JSON, {\"text\": …}, from standard input."`
	JSON     bool     `name:"json" help:"Print one JSON object a line."`
	Open     []string `help:"Ticket tails or short codes of the surveys open on the phone." placeholder:"TAIL"`
	Answered bool     `help:"An answer of this phone is already kept."`
	Asked    string   `help:"What our last message asked: rating, solved or reason." enum:",rating,solved,reason" default:""`
	English  bool     `help:"Explain in English."`
}

// answerLine is one line of input. Only text is needed; id comes back as it was.
type answerLine struct {
	ID       json.RawMessage  `json:"id,omitempty"`
	Text     *string          `json:"text"`
	Open     []string         `json:"open"`
	Answered bool             `json:"answered"`
	Asked    surveys.Question `json:"asked"`
}

// answerRow is one line of output.
type answerRow struct {
	ID         json.RawMessage  `json:"id,omitempty"`
	Kind       surveys.Kind     `json:"kind"`
	Rating     *int             `json:"rating"`
	Solved     *bool            `json:"solved"`
	Comment    string           `json:"comment"`
	Tail       string           `json:"tail,omitempty"`
	Correction bool             `json:"correction,omitempty"`
	Reasons    []surveys.Reason `json:"reasons,omitempty"`
	Why        surveys.Rule     `json:"why"`
	Explain    string           `json:"explain"`
}

// longestAnswerLine is how much of one line is held at once. A reply of a
// megabyte may take six when every character is escaped.
const longestAnswerLine = 8 << 20

// Run reads the reply on the command line, or every line of standard input. It
// returns an error, after the last line, when some line could not be read.
func (c *answerCmd) Run(t *terminal) error {
	if c.Stdin {
		return c.lines(t)
	}
	if len(c.Text) == 0 {
		return errors.New("reading a reply: give it as an argument, or --stdin")
	}
	asked := surveys.Context{Tails: c.Open, Answered: c.Answered, Asked: surveys.Question(c.Asked)}
	out := bufio.NewWriter(t.Out)
	if err := c.print(out, asked.Read(strings.Join(c.Text, " ")), nil); err != nil {
		return err
	}
	return out.Flush()
}

// lines answers each line as soon as it is read, so that a program may talk to
// this one through pipes.
func (c *answerCmd) lines(t *terminal) error {
	in, out := bufio.NewReaderSize(t.In, 64<<10), bufio.NewWriter(t.Out)
	bad := 0
	for {
		line, tooLong, err := readLine(in)
		if err == nil || len(line) > 0 || tooLong {
			ok, werr := c.line(out, line, tooLong)
			if werr != nil {
				return fmt.Errorf("writing readings: %w", werr)
			}
			if !ok {
				bad++
			}
		}
		if err != nil || in.Buffered() == 0 {
			if werr := out.Flush(); werr != nil {
				return fmt.Errorf("writing readings: %w", werr)
			}
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("reading replies: %w", err)
		}
	}
	if bad > 0 {
		return fmt.Errorf("reading replies: %d could not be read", bad)
	}
	return nil
}

// line reads one line and prints its reading or its error. Blank lines are passed over.
func (c *answerCmd) line(out io.Writer, line []byte, tooLong bool) (ok bool, err error) {
	if tooLong {
		return false, printBad(out, nil, fmt.Sprintf("the line is longer than %d bytes", longestAnswerLine))
	}
	if len(bytes.TrimSpace(line)) == 0 {
		return true, nil
	}
	line = bytes.TrimPrefix(line, []byte("\ufeff"))
	asked := answerLine{Open: slices.Clone(c.Open), Answered: c.Answered, Asked: surveys.Question(c.Asked)}
	if err := json.Unmarshal(line, &asked); err != nil {
		return false, printBad(out, asked.ID, "the line cannot be read: "+err.Error())
	}
	if asked.Text == nil {
		return false, printBad(out, asked.ID, "the line has no text")
	}
	read := surveys.Context{Tails: asked.Open, Answered: asked.Answered, Asked: asked.Asked}
	return true, c.print(out, read.Read(*asked.Text), asked.ID)
}

func (c *answerCmd) print(out io.Writer, r surveys.Reading, id json.RawMessage) error {
	lang := surveys.Chinese
	if c.English {
		lang = surveys.English
	}
	if !c.JSON {
		_, err := fmt.Fprintf(out, "%s\t%s\n", r.Kind, r.Explain(lang))
		if err == nil && r.Comment != "" {
			_, err = fmt.Fprintf(out, "\t%s\n", strings.ReplaceAll(r.Comment, "\n", " "))
		}
		return err
	}
	row := answerRow{
		ID: id, Kind: r.Kind, Solved: r.Solved.Bool(), Comment: r.Comment, Tail: r.Tail,
		Correction: r.Correction, Reasons: r.Reasons, Why: r.Why, Explain: r.Explain(lang),
	}
	if r.Rating.Known() {
		rating := int(r.Rating)
		row.Rating = &rating
	}
	return printJSON(out, row)
}

func printBad(out io.Writer, id json.RawMessage, problem string) error {
	return printJSON(out, struct {
		ID    json.RawMessage `json:"id,omitempty"`
		Error string          `json:"error"`
	}{id, problem})
}

// printJSON writes v on one line, with 满意 as 满意 and < as <.
func printJSON(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

// readLine reads to the end of a line. What exceeds longestAnswerLine is passed
// over, so a line without end costs no memory.
func readLine(in *bufio.Reader) (line []byte, tooLong bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(line)+len(part) > longestAnswerLine {
			line, tooLong = nil, true
		}
		if !tooLong {
			line = append(line, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, tooLong, err
		}
	}
}
