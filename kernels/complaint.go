package kernels

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// complaint is an error as the notebook shows it: what is wrong, where in which cell, and what to do.
type complaint struct {
	name, value string
	lines       []string
}

var (
	// inProgram is a line of the compiler's, or of a parser's, about the program that GoNB has made of the cells.
	inProgram = regexp.MustCompile(`^.*main(?:_test)?\.go:\d+:\d+: (.*)$`)
	// inCell is where GoNB says that line comes from.
	inCell = regexp.MustCompile(`^Cell\[(\d+)\]: Line (\d+)\n`)
	// ownPaths are those that only the kernel knows of, and what the go command says of such a package.
	ownPaths = regexp.MustCompile(`(?:# gonb_[0-9a-f]+\n)|/\S*/gonb_[0-9a-f]+/`)
	// ended is how GoNB tells of a program that failed.
	ended = regexp.MustCompile(`^(exit status|signal:) ([\w ]+?)(?: \(core dumped\))?$`)
)

const (
	red   = "\x1b[31m"
	plain = "\x1b[0m"
	// nothingRan ends what the compiler says.
	nothingRan = "Nothing of this cell has run. "
)

// complain words an error of GoNB's anew; not ok leaves it as it is.
func (c *cells) complain(known *asked, value string, traceback []string) (complaint, bool) {
	if end := ended.FindStringSubmatch(strings.TrimSpace(value)); end != nil {
		return c.ending(known, end[1], end[2]), true
	}
	if strings.Contains(value, "main.go:") || strings.Contains(value, "main_test.go:") {
		return c.compiling(known, strings.Split(value, "\n"), traceback)
	}
	bare := ownPaths.ReplaceAllString(value, "")
	if bare == value {
		return complaint{}, false
	}
	return complaint{"ERROR", bare, []string{red + strings.TrimSpace(bare) + plain, nothingRan + "Mend that and run the cell again."}}, true
}

// compiling words what keeps a cell from being a program. traceback has an entry for each line of said.
func (c *cells) compiling(known *asked, said, traceback []string) (complaint, bool) {
	var problems []problem
	var others []string // of packages that the cell uses
	for i, line := range said {
		found := inProgram.FindStringSubmatch(line)
		if found == nil {
			if strings.HasPrefix(line, "\t") && len(problems) > 0 { // have (…), want (…)
				last := &problems[len(problems)-1]
				last.more = append(last.more, line)
			} else if line != "" && !strings.HasPrefix(line, "# gonb_") {
				others = append(others, line)
			}
			continue
		}
		context := ""
		if i < len(traceback) {
			context = traceback[i]
		}
		p := problem{said: found[1], message: inOurWords(found[1])}
		p.cell, p.line, p.source, p.caret = c.find(known, context)
		problems = append(problems, p)
	}
	problems = sorted(problems)
	if len(problems) == 0 {
		return complaint{}, false
	}
	w := complaint{name: "doesn't compile", value: problems[0].headline()}
	for _, p := range problems {
		w.lines = append(w.lines, p.text()...)
	}
	w.lines = append(w.lines, others...)
	advice := c.session.Advice(problems[0].said)
	if of := problems[0].cell; of != c.numberBeside(known) && !strings.HasPrefix(problems[0].said, "undefined: ") { // as where a type is declared anew that values of another cell have
		advice = fmt.Sprintf("That is a line of cell [%d], which this one goes on from: mend and run that cell, or begin anew with %%reset.", of)
	}
	if advice == "" {
		advice = "Mend it and run the cell again."
	}
	w.lines = append(w.lines, nothingRan+advice)
	return w, true
}

// problem is one thing that the compiler says.
type problem struct {
	said, message string
	cell, line    int // line 0: in what the kernel has made of the cell
	source, caret string
	more          []string
}

func (p problem) headline() string {
	if p.line == 0 {
		return fmt.Sprintf("cell [%d]: %s", p.cell, p.message)
	}
	return fmt.Sprintf("cell [%d], line %d: %s", p.cell, p.line, p.message)
}

func (p problem) text() []string {
	lines := []string{red + p.headline() + plain}
	if p.source != "" {
		lines = append(lines, "    "+p.source)
	}
	if p.caret != "" {
		lines = append(lines, "    "+p.caret)
	}
	return append(lines, p.more...)
}

// sorted puts problems in the order of cells and lines, each once. What is wrong in a line that the kernel has added
// is left out where the cell's own line has the same.
func sorted(problems []problem) []problem {
	placed := map[string]bool{}
	for _, p := range problems {
		if p.line > 0 {
			placed[p.message] = true
		}
	}
	problems = slices.DeleteFunc(problems, func(p problem) bool { return p.line == 0 && placed[p.message] })
	slices.SortStableFunc(problems, func(a, b problem) int { return cmp.Or(cmp.Compare(a.cell, b.cell), cmp.Compare(a.line, b.line)) })
	return slices.CompactFunc(problems, func(a, b problem) bool { return a.headline() == b.headline() })
}

// inOurWords takes from a message what only GoNB's program knows of.
func inOurWords(message string) string {
	message, _, _ = strings.Cut(message, " (and ")
	return strings.ReplaceAll(message, ", found 'EOF'", ", found the cell's end")
}

// find leads from what GoNB says of a line to the cell, its line, that line's text, and a mark below what is meant.
func (c *cells) find(known *asked, context string) (number, line int, source, caret string) {
	cell := known
	number = c.numberBeside(known)
	place := inCell.FindStringSubmatch(context)
	if place == nil {
		return number, 0, "", ""
	}
	if n, _ := strconv.Atoi(place[1]); n > 0 && n != number {
		number = n
		if cell = c.numberOf(n); cell == nil {
			line, _ = strconv.Atoi(place[2])
			return number, line, "", ""
		}
	}
	at, _ := strconv.Atoi(place[2])
	lines := strings.Split(cell.code, "\n")
	line = cell.rewritten.Line(at)
	if line > len(lines) {
		return number, 0, "", ""
	}
	source = lines[line-1]
	return number, line, source, mark(context, source)
}

// mark puts a caret below the place in source that GoNB marks below its own text of that line.
func mark(context, source string) string {
	lines := strings.Split(context, "\n")
	for i, line := range lines {
		if i < 2 || strings.TrimSpace(line) != "^" {
			continue
		}
		text := strings.TrimSpace(source)
		at := strings.Index(lines[i-1], text)
		if at < 0 || text == "" {
			return ""
		}
		column := len(line) - 1 - at + strings.Index(source, text)
		if column < 0 || column > len(source) {
			return ""
		}
		blank := func(r rune) rune {
			if r == '\t' {
				return r
			}
			return ' '
		}
		return strings.Map(blank, source[:column]) + "^"
	}
	return ""
}

func (c *cells) numberOf(n int) *asked {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.byNumber[n]
}

// waits is what a goroutine waits for others by.
var waits = regexp.MustCompile(`<-|\.Wait\(\)|\.Lock\(\)|\bselect\s*\{`)

// waiting says of code that may have waited for a goroutine that never came what Go says of such programs elsewhere: as a cell listens for
// interrupts, the runtime always has something that may go on.
func waiting(code string) string {
	if !waits.MatchString(code) {
		return ""
	}
	return "If it stood still: where all goroutines wait for each other, as for a channel that nothing is sent on, a cell waits until it is interrupted; Go's \"all goroutines are asleep - deadlock!\" isn't said here. "
}

// ending words how a cell's program ended that didn't end well. Why stands above, where the program said so.
func (c *cells) ending(known *asked, how, what string) complaint {
	c.mu.Lock()
	panicked, at := known.panicked, known.panickedAt
	c.mu.Unlock()
	say := func(name, value, advice string) complaint {
		return complaint{name, value, []string{red + value + plain, advice}}
	}
	switch {
	case how == "signal:" && what == "interrupt":
		return say("interrupted", "The cell was interrupted.", waiting(known.code)+
			"What it was about to set isn't there. A training under notebook.Context() ends in order when it is interrupted, and keeps what it has.")
	case how == "signal:" && what == "killed":
		return say("killed", "The cell was killed.",
			"The system does so when memory runs out: try fewer rows or smaller batches. The kernel does so when a cell goes on for 5 seconds after an interrupt.")
	case how == "signal:":
		return say("signal", "The cell ended by a signal: "+what+".", "What it was about to set isn't there. Run the cell again, or look above for what it said last.")
	case panicked != "":
		headline := "panic: " + panicked
		if at != "" {
			headline = at + ": " + headline
		}
		advice := "What the cell set before is there in the next one. The trace above says how it came to this; mend the line and run the cell again."
		if strings.Contains(panicked, "nil pointer") {
			advice = "Something there was never made, often because the error beside it wasn't looked at: notebook.Must(…) stops a cell with that error."
		}
		return say("panic", headline, advice)
	case what == "1":
		return say("stopped", "The cell stopped (exit status 1).", "Why stands above. What it set before is there in the next cell.")
	}
	return say("exit", "The cell ended itself with exit status "+what+".", "os.Exit does so. What it set before may be lost.")
}
