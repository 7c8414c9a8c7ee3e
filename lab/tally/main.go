// Command tally reads what go test -json writes, prints what go test would, and adds a line for each test to a file:
// pass, fail or skip, its name, and why it was skipped, with tabs between.
//
//	go test -json ./... | go run ./lab/tally -into tests.tsv
//
// With UNSTUCK_NO_SKIP=1 a skipped test counts as failed, unless a line of -may-skip is part of its reason. It ends with
// 1 when a test or a package failed.
package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

// event is one line of go test -json; see go doc test2json.
type event struct {
	Action, Package, ImportPath, Test, Output string
}

func main() {
	into := flag.String("into", "", "file to add a line for each test to")
	maySkip := flag.String("may-skip", "", "file with parts of reasons that excuse a skip, a line each; # begins a comment")
	flag.Parse()
	t := tally{out: os.Stdout, strict: os.Getenv("UNSTUCK_NO_SKIP") == "1"}
	var err error
	if t.excuses, err = excuses(*maySkip); err == nil {
		err = t.read(os.Stdin)
	}
	if err == nil && *into != "" {
		err = add(*into, t.lines)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "tally:", err)
		os.Exit(2)
	}
	if t.failed {
		os.Exit(1)
	}
}

// tally is the state of one run.
type tally struct {
	out     io.Writer
	strict  bool
	excuses []string
	lines   []string
	failed  bool
}

func (t *tally) read(r io.Reader) error {
	said := map[[2]string]*strings.Builder{} // by package and test; the empty test is the package itself
	failures := map[string]int{}
	lines := bufio.NewReader(r)
	for {
		line, err := lines.ReadBytes('\n')
		if err == io.EOF && len(line) == 0 {
			return nil
		}
		if err != nil && err != io.EOF {
			return err
		}
		var e event
		if json.Unmarshal(line, &e) != nil {
			fmt.Fprint(t.out, string(line)) // not of go test: passed on
			continue
		}
		key := [2]string{cmp.Or(e.Package, e.ImportPath), e.Test}
		if said[key] == nil {
			said[key] = &strings.Builder{}
		}
		text := said[key].String()
		switch {
		case e.Action == "output" || e.Action == "build-output":
			said[key].WriteString(e.Output)
		case e.Action == "build-fail":
			t.failed = true
			fmt.Fprint(t.out, text)
		case e.Test == "":
			t.ended(e, text, failures)
		case e.Action == "pass":
			t.note("pass", key, "")
		case e.Action == "fail":
			failures[e.Package]++
			t.fail(key, text, "")
		case e.Action == "skip":
			if t.strict && !t.excused(text) {
				failures[e.Package]++
				t.fail(key, text, "skipped, where UNSTUCK_NO_SKIP=1 allows none: "+reason(text))
				continue
			}
			t.note("skip", key, reason(text))
		}
	}
}

// ended takes note of the end of a package. One that failed without a failed test, which doesn't compile or crashed, is
// a failure of its own.
func (t *tally) ended(e event, text string, failures map[string]int) {
	if e.Action != "pass" && e.Action != "fail" {
		return
	}
	fmt.Fprint(t.out, strings.TrimPrefix(text, "PASS\n"))
	if e.Action == "fail" && failures[e.Package] == 0 {
		t.fail([2]string{e.Package, ""}, "", "the package")
	}
}

func (t *tally) fail(key [2]string, text, why string) {
	t.failed = true
	fmt.Fprint(t.out, text)
	t.note("fail", key, why)
}

func (t *tally) note(verdict string, key [2]string, why string) {
	name := strings.TrimPrefix(key[0], "example.com/unstuck/") + " " + key[1]
	t.lines = append(t.lines, verdict+"\t"+name+"\t"+why+"\n")
}

func (t *tally) excused(text string) bool {
	for _, excuse := range t.excuses {
		if strings.Contains(text, excuse) {
			return true
		}
	}
	return false
}

// reason is what a test said when it was skipped, on one line.
func reason(text string) string {
	why := ""
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "=== ") || strings.HasPrefix(line, "--- ") {
			continue
		}
		if _, after, found := strings.Cut(line, ".go:"); found {
			_, line, _ = strings.Cut(after, ": ")
		}
		why = strings.TrimPrefix(line, "skipped: ")
	}
	return why
}

func excuses(file string) ([]string, error) {
	if file == "" {
		return nil, nil
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var all []string
	for line := range strings.Lines(string(text)) {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "#") {
			all = append(all, line)
		}
	}
	return all, nil
}

func add(file string, lines []string) error {
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.WriteString(strings.Join(lines, ""))
	if closing := f.Close(); err == nil {
		err = closing
	}
	return err
}
