package logs

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"example.com/unstuck/pkg/curve"
	"example.com/unstuck/pkg/record"
)

// Log is what was logged of one training.
type Log struct {
	Format  string         // what it was read as, "a table" for one
	Series  []curve.Series // in the order of the log; those without any number are left out
	Remarks []string       // what was left out or taken for something, a sentence each
}

// mostBytes bounds what is read of one file.
const mostBytes = 256 << 20

// Open reads the log in a file, or the one in a folder: Lightning's metrics.csv, the newest trainer_state.json of Hugging
// Face's Trainer, or TensorBoard's event files in it and in its folders "train" and "validation".
func Open(path string) (*Log, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		return openFolder(path)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no file; pipe it into standard input and give -", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	log, err := Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return log, nil
}

// Read reads a log of at most 256 MiB. The error says as what it was read and where that failed.
func Read(r io.Reader) (*Log, error) {
	text, err := readAll(r)
	switch {
	case err != nil:
		return nil, err
	case len(text) > mostBytes:
		return nil, fmt.Errorf("more than %d MiB: give a part of it", mostBytes>>20)
	case len(bytes.TrimSpace(text)) == 0:
		return nil, errors.New("there is nothing in it")
	}
	if isEvents(text) {
		return readEvents(text)
	}
	text, err = utf8Of(text)
	if err != nil {
		return nil, err
	}
	// Of "é" as a letter and a mark, as some programs on macOS write it, the words are told like those with one letter.
	return readAny(bytes.TrimLeft(norm.NFC.Bytes(text), " \r\n"))
}

// readAll reads a byte more than is allowed at the utmost. Of a file the room for it is made at once.
func readAll(r io.Reader) ([]byte, error) {
	var all bytes.Buffer
	if f, is := r.(*os.File); is {
		if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
			all.Grow(int(min(info.Size(), mostBytes+1)) + bytes.MinRead)
		}
	}
	_, err := all.ReadFrom(io.LimitReader(r, mostBytes+1))
	return all.Bytes(), err
}

// readAny tells the format by how the text begins.
func readAny(text []byte) (*Log, error) {
	var t *table
	var err error
	format := "lines of text"
	switch {
	case bytes.HasPrefix(text, []byte(`{"format":"unstuck training"`)):
		return readRecord(text)
	case text[0] == '{' || text[0] == '[' && listBegins(text):
		if anObjectALine(text) {
			if t, format, err = objects(text); err == nil {
				break
			}
		}
		format = "JSON"
		if t, err = readJSON(spelled(text)); err == nil {
			break
		}
		python, failed := readJSON(fromPython(text))
		if failed == nil {
			t, err, format = python, nil, "a dictionary as Python prints it"
			break
		}
		if text[0] == '{' {
			if lines, as, failed := objects(text); failed == nil {
				t, err, format = lines, nil, as
				break
			} else if !bytes.Contains(text, []byte("\n{")) {
				err = fmt.Errorf("as JSON: %w", err)
				break
			}
		}
		if t, err = readText(text); err == nil {
			format = "lines of text"
		}
	default:
		text = tabbed(text)
		if separator := separatorOf(text); separator != 0 {
			format = "a table"
			t, err = readTable(text, separator)
		} else {
			t, err = readText(text)
		}
	}
	if err != nil {
		return nil, err
	}
	return logOf(format, t)
}

// objects reads an object or a dictionary a line, several of them.
func objects(text []byte) (t *table, format string, err error) {
	if t, err = readLines(text); err == nil && t.rows > 1 {
		return t, "JSON, an object a line", nil
	}
	if t, err = readLines(fromPython(text)); err == nil && t.rows > 1 {
		return t, "dictionaries as Python prints them", nil
	}
	return nil, "", cmp.Or(err, errors.New("there is but one"))
}

// listBegins reports whether the bracket opens a list of numbers or objects, rather than a line such as "[epoch 1] loss: 2".
func listBegins(text []byte) bool {
	line := bytes.TrimSpace(firstLine(text)[1:])
	return len(line) == 0 || bytes.IndexByte([]byte("{-0123456789.nNiI'\"]t"), line[0]) >= 0 && !bytes.Contains(line, []byte("] "))
}

func logOf(format string, t *table) (*Log, error) {
	all, remarks := t.series()
	log := &Log{Format: format, Remarks: remarks}
	for _, s := range all {
		if len(s.Values) > 0 {
			log.Series = append(log.Series, s)
		}
	}
	if len(log.Series) == 0 {
		return nil, fmt.Errorf("read as %s, there are no numbers of a training in it", format)
	}
	return log, nil
}

// utf8Of takes away a byte order mark, and reads the UTF-16 that some shells write into files.
func utf8Of(text []byte) ([]byte, error) {
	var order binary.ByteOrder
	switch {
	case bytes.HasPrefix(text, []byte{0xEF, 0xBB, 0xBF}):
		return text[3:], nil
	case bytes.HasPrefix(text, []byte{0xFF, 0xFE}):
		order = binary.LittleEndian
	case bytes.HasPrefix(text, []byte{0xFE, 0xFF}):
		order = binary.BigEndian
	default:
		if bytes.IndexByte(text[:min(len(text), 4096)], 0) >= 0 {
			return nil, errors.New("this is neither text nor an event file of TensorBoard")
		}
		return text, nil
	}
	var units []uint16
	for i := 2; i+1 < len(text); i += 2 {
		units = append(units, order.Uint16(text[i:]))
	}
	var out []byte
	for _, r := range utf16.Decode(units) {
		out = utf8.AppendRune(out, r)
	}
	return out, nil
}

// readRecord reads what package record wrote.
func readRecord(text []byte) (*Log, error) {
	h, err := record.Read(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	var t table
	for _, e := range h.Epochs {
		names, values := []string{"epoch", "loss", "learning_rate"}, []float64{float64(e.Number), e.Loss, e.LearningRate}
		for _, name := range sortedNames(e.Metrics) {
			names, values = append(names, name), append(values, e.Metrics[name])
		}
		if v := e.Validation; v != nil {
			names, values = append(names, "val_loss"), append(values, v.Loss)
			for _, name := range sortedNames(v.Metrics) {
				names, values = append(names, "val_"+name), append(values, v.Metrics[name])
			}
		}
		if err := t.add(names, values); err != nil {
			return nil, err
		}
	}
	return logOf("a record of this project", &t)
}
