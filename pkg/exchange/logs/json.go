package logs

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"example.com/unstuck/internal/excerpt"
)

// readJSON reads one value: Hugging Face's trainer_state.json with its log_history, lists by name as in Keras'
// history.history, or a list of rows.
func readJSON(text []byte) (*table, error) {
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return nil, errors.New(excerpt.Of(err.Error(), 200))
	}
	return tableOf(value)
}

func tableOf(value any) (*table, error) {
	var t table
	switch v := value.(type) {
	case []any:
		for _, row := range v {
			switch row := row.(type) {
			case map[string]any:
				if err := t.addObject(row); err != nil {
					return nil, err
				}
			default:
				n, ok := numberOf(row)
				if !ok {
					return nil, errors.New("a list must hold numbers, or an object for each row")
				}
				if err := t.add([]string{"loss"}, []float64{n}); err != nil {
					return nil, err
				}
			}
		}
		return &t, nil
	case map[string]any:
		for _, inner := range []string{"log_history", "history"} {
			if in, there := v[inner]; there {
				return tableOf(in)
			}
		}
		return columnsOf(v)
	}
	return nil, errors.New("neither an object nor a list")
}

// columnsOf reads lists of numbers by name. An object without any is one row.
func columnsOf(object map[string]any) (*table, error) {
	lists := map[string][]any{}
	longest := 0
	for name, v := range object {
		if list, is := v.([]any); is {
			lists[name] = list
			longest = max(longest, len(list))
		}
	}
	var t table
	if len(lists) == 0 {
		return &t, t.addObject(object)
	}
	names := sortedNames(lists)
	for row := range longest {
		var at []string
		var values []float64
		for _, name := range names {
			if row < len(lists[name]) {
				if n, ok := numberOf(lists[name][row]); ok {
					at, values = append(at, excerpt.Of(name, 100)), append(values, n)
				}
			}
		}
		if err := t.add(at, values); err != nil {
			return nil, err
		}
	}
	return &t, nil
}

// addObject adds the numbers of an object, those of objects in it as "train.loss".
func (t *table) addObject(row map[string]any) error {
	var names []string
	var values []float64
	var walk func(prefix string, object map[string]any, depth int)
	walk = func(prefix string, object map[string]any, depth int) {
		for _, name := range sortedNames(object) {
			if inner, is := object[name].(map[string]any); is && depth < 8 {
				walk(prefix+name+".", inner, depth+1)
			} else if n, ok := numberOf(object[name]); ok {
				names, values = append(names, excerpt.Of(prefix+name, 100)), append(values, n)
			}
		}
	}
	walk("", row, 0)
	return t.add(names, values)
}

func sortedNames[V any](object map[string]V) []string {
	names := make([]string, 0, len(object))
	for name := range object {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func numberOf(value any) (float64, bool) {
	switch v := value.(type) {
	case float64:
		return v, true
	case string: // NaN, as some write it
		return number(v)
	}
	return 0, false
}

// readLines reads an object a line.
func readLines(text []byte) (*table, error) {
	var t table
	in := json.NewDecoder(bytes.NewReader(spelled(text)))
	var row map[string]any
	for line := 1; ; line++ {
		clear(row)
		err := in.Decode(&row)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF) && t.rows > 0: // a last line that was being written
			return &t, nil
		case err != nil:
			return nil, fmt.Errorf("object %d: %s", line, excerpt.Of(err.Error(), 200))
		}
		if err := t.addObject(row); err != nil {
			return nil, err
		}
	}
}

// spelled makes JSON of what Python writes for it: NaN and Infinity, which it writes although JSON has no number for them, become strings.
func spelled(text []byte) []byte {
	var out []byte
	copied := 0
	for i := 0; i < len(text); i++ {
		if c := text[i]; c != 'N' && c != 'I' && c != 'n' && c != 'i' {
			continue
		}
		end := i
		for _, word := range []string{"NaN", "Infinity", "nan", "inf"} {
			if bytes.HasPrefix(text[i:], []byte(word)) {
				end = i + len(word)
				break
			}
		}
		if end == i || end < len(text) && (text[end] == '_' || text[end]|0x20 >= 'a' && text[end]|0x20 <= 'z' || text[end] >= '0' && text[end] <= '9') {
			continue
		}
		from := i
		if from > 0 && text[from-1] == '-' {
			from--
		}
		ahead := from
		for ahead > 0 && strings.IndexByte(" \t\r\n\f", text[ahead-1]) >= 0 {
			ahead--
		}
		if ahead == 0 || strings.IndexByte(":[,", text[ahead-1]) < 0 {
			continue
		}
		out = append(append(append(append(out, text[copied:from]...), '"'), text[from:end]...), '"')
		copied, i = end, end-1
	}
	if copied == 0 {
		return text
	}
	return append(out, text[copied:]...)
}

var (
	wrapped = regexp.MustCompile(`(?:np\.float(?:32|64)|tensor|Array)\(([^(),]*)[^()]*\)`)
	none    = regexp.MustCompile(`\bNone\b`)
)

// fromPython makes JSON of a dictionary or list as Python prints it.
func fromPython(text []byte) []byte {
	if bytes.IndexByte(text, '(') >= 0 { // the expressions take their time with a large text
		text = wrapped.ReplaceAll(text, []byte("$1"))
	}
	if bytes.Contains(text, []byte("None")) {
		text = none.ReplaceAll(text, []byte("null"))
	}
	return spelled(bytes.ReplaceAll(text, []byte("'"), []byte(`"`)))
}

// anObjectALine reports whether the first line is an object and the next begins another.
func anObjectALine(text []byte) bool {
	first, rest, _ := bytes.Cut(text, []byte("\n"))
	first, rest = bytes.TrimSpace(first), bytes.TrimLeft(rest, " \t\r\n")
	return bytes.HasPrefix(first, []byte("{")) && bytes.HasSuffix(first, []byte("}")) && bytes.HasPrefix(rest, []byte("{"))
}
