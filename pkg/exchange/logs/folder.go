package logs

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"example.com/unstuck/pkg/record"
)

// openFolder reads the log in a folder, whichever of those that [Open] names comes first.
func openFolder(path string) (*Log, error) {
	for _, name := range []string{"metrics.csv", "trainer_state.json", "history.csv", "history.json", "log.csv"} {
		if _, err := os.Stat(filepath.Join(path, name)); err == nil {
			return Open(filepath.Join(path, name))
		}
	}
	states, err := filepath.Glob(filepath.Join(escaped(path), "checkpoint-*", "trainer_state.json"))
	if err == nil && len(states) > 0 {
		slices.SortFunc(states, func(a, b string) int { return checkpoint(a) - checkpoint(b) })
		return Open(states[len(states)-1])
	}
	return eventFolder(path)
}

// escaped keeps Glob from taking what stands in a folder's own name for a pattern.
func escaped(path string) string {
	return regexp.MustCompile(`([*?\[\\])`).ReplaceAllString(path, `\$1`)
}

func checkpoint(path string) int {
	n, _ := strconv.Atoi(strings.TrimPrefix(filepath.Base(filepath.Dir(path)), "checkpoint-"))
	return n
}

// ofOneRun are folders that stand for parts of one training.
var ofOneRun = []string{"train", "validation", "val", "valid", "eval", "test"}

func eventFolder(path string) (*Log, error) {
	files := map[string][]string{}
	err := filepath.WalkDir(path, func(at string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() || !strings.Contains(entry.Name(), "tfevents") {
			return nil
		}
		in, err := filepath.Rel(path, filepath.Dir(at))
		files[in] = append(files[in], at)
		return err
	})
	if err != nil {
		return nil, err
	}
	var runs []string
	for in := range files {
		if in != "." && !slices.Contains(ofOneRun, filepath.Base(in)) {
			runs = append(runs, in)
		}
	}
	slices.Sort(runs)
	switch {
	case len(files) == 0:
		return nil, fmt.Errorf("%s: no metrics.csv, trainer_state.json or event file of TensorBoard is in this folder", path)
	case len(runs) > 1 || len(runs) == 1 && len(files) > 1:
		return nil, fmt.Errorf("%s: event files of several trainings lie in it: name one of %s", path, strings.Join(runs, ", "))
	}
	all := &Log{Format: "event files of TensorBoard"}
	for _, in := range sortedNames(files) {
		if err := all.addEvents(in, files[in]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

// addEvents adds what the files of one folder hold, of which the later ones go on behind the earlier.
func (l *Log) addEvents(in string, files []string) error {
	slices.Sort(files)
	var text []byte
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil {
			return err
		}
		if info.Size()+int64(len(text)) > mostBytes {
			return fmt.Errorf("%s: more than %d MiB of events", file, mostBytes>>20)
		}
		part, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		text = append(text, whole(part)...)
	}
	log, err := readEvents(text)
	if err != nil {
		return fmt.Errorf("%s: %w", files[0], err)
	}
	for _, s := range log.Series {
		if in != "." {
			s.Name = filepath.Base(in) + "/" + s.Name
		}
		l.Series = append(l.Series, s)
	}
	l.Remarks = append(l.Remarks, log.Remarks...)
	return nil
}

// whole is the part of an event file up to its last whole frame.
func whole(text []byte) []byte {
	rest := text
	for len(rest) > 0 {
		_, behind, err := record.NextFrame(rest)
		if err != nil {
			break
		}
		rest = behind
	}
	return text[:len(text)-len(rest)]
}
