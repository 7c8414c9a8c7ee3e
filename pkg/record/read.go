package record

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"example.com/unstuck/internal/excerpt"
	"example.com/unstuck/pkg/fit"
)

// Load reads what [Save] wrote.
func Load(path string) (*fit.History, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("record: %w", err)
	}
	defer f.Close()
	h, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("record: %s: %w", path, err)
	}
	return h, nil
}

// Read reads what [Write] wrote: the same numbers to the last bit, NaN as NaN. It never keeps more than
// one line, of at most 64 MiB, besides the History.
//
// An error names the line: another format, a newer version, a damaged line, readings that don't fit
// their columns, or a file that ends early.
func Read(r io.Reader) (*fit.History, error) {
	in := bufio.NewScanner(r)
	in.Buffer(nil, maxLine)
	p := parser{h: &fit.History{}}
	number := 0
	for in.Scan() {
		number++
		if err := p.line(number, in.Bytes()); err != nil {
			return nil, fmt.Errorf("line %d: %w", number, err)
		}
	}
	switch err := in.Err(); {
	case errors.Is(err, bufio.ErrTooLong):
		return nil, fmt.Errorf("line %d: longer than %d bytes", number+1, maxLine)
	case err != nil:
		return nil, fmt.Errorf("line %d: %w", number+1, err)
	case number == 0:
		return nil, errors.New("line 1: the file is empty")
	case !p.whole:
		return nil, fmt.Errorf("line %d: the file ends early: its last line, \"end\", is missing", number)
	}
	return p.h, nil
}

// parser takes the lines of a file one by one.
type parser struct {
	h     *fit.History
	size  int  // numbers in a row of readings
	whole bool // the end was read
}

func (p *parser) line(number int, text []byte) error {
	if number == 1 {
		return checkHeader(text)
	}
	if p.whole {
		return errors.New("there is something behind the end")
	}
	var l line
	if err := strictly(text, &l); err != nil {
		return err
	}
	kinds := 0
	for _, there := range []bool{l.Columns != nil, l.Step != nil, l.Epoch != nil, l.End != nil} {
		if there {
			kinds++
		}
	}
	if kinds != 1 {
		return errors.New(`must hold exactly one of "columns", "step", "epoch" and "end"`)
	}
	switch {
	case l.Columns != nil:
		return p.columns(l.Columns)
	case l.Step != nil:
		return p.step(l.Step)
	case l.Epoch != nil:
		p.h.Epochs = append(p.h.Epochs, l.Epoch.epoch())
		return nil
	default:
		return p.end(l.End)
	}
}

func checkHeader(text []byte) error {
	var h header
	if err := json.Unmarshal(text, &h); err != nil || h.Format != format {
		return fmt.Errorf("this is no record of a training: the first line must be {\"format\":%q,\"version\":%d}", format, version)
	}
	if h.Version != version {
		return fmt.Errorf("the record has version %d, this program reads version %d", h.Version, version)
	}
	return nil
}

// strictly refuses fields that it doesn't know, and more than one value.
func strictly(text []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(text))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return errors.New("the line is not whole")
		}
		return errors.New(excerpt.Of(err.Error(), 200)) // it may quote a name as long as the line
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("there is something behind the value")
	}
	return nil
}

func (p *parser) columns(columns []column) error {
	if p.size > 0 || len(p.h.Steps) > 0 || len(p.h.Epochs) > 0 {
		return errors.New("columns must come once, before all steps")
	}
	for _, c := range columns {
		if c.Size <= 0 || c.Size > maxLine {
			return fmt.Errorf("column %q has size %d", excerpt.Of(c.Name, 200), c.Size)
		}
		p.h.Readings.Columns = append(p.h.Readings.Columns, fit.ReadingColumn{Name: c.Name, Size: c.Size})
		p.size = min(p.size+c.Size, maxLine) // no line has room for more
	}
	if len(columns) == 0 {
		return errors.New("there are no columns in it")
	}
	return nil
}

func (p *parser) step(s *step) error {
	if len(p.h.Epochs) > 0 {
		return errors.New("a step behind an epoch")
	}
	p.h.Steps = append(p.h.Steps, float32(s.Loss))
	if s.Readings == nil {
		return nil
	}
	if len(s.Readings) != p.size || p.size == 0 {
		return fmt.Errorf("%d readings for columns of %d numbers", len(s.Readings), p.size)
	}
	row := make([]float32, p.size)
	for i, v := range s.Readings {
		row[i] = float32(v)
	}
	p.h.Readings.Steps = append(p.h.Readings.Steps, len(p.h.Steps))
	p.h.Readings.Rows = append(p.h.Readings.Rows, row)
	return nil
}

func (p *parser) end(e *end) error {
	if e.Steps != len(p.h.Steps) || e.Epochs != len(p.h.Epochs) {
		return fmt.Errorf("the end speaks of %d steps and %d epochs, the file has %d and %d", e.Steps, e.Epochs, len(p.h.Steps), len(p.h.Epochs))
	}
	p.h.Stopped = e.Stopped
	p.whole = true
	return nil
}
