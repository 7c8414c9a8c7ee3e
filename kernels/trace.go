package kernels

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	// place is a line of a trace that is a cell's: GoNB's mark of the cell and line, and behind it a path that no one knows.
	// GoNB marks what it has read by then, so a path that came in pieces has no mark, or that of a line whose number is cut.
	place = regexp.MustCompile(`(?m)^\t[ \t]*(?:\x1b\[7m\[\[ Cell (?:\[(\d+)\] )?Line (\d+) \]\]\x1b\[0m )?\S*/gonb_[0-9a-f]+/main(?:_test)?\.go:(\d+)(?: \+0x[0-9a-f]+)?`)
	// panics is how a trace begins.
	panics = regexp.MustCompile(`(?m)^(?:panic|fatal error): (.*)$`)
	atCell = regexp.MustCompile(`cell \[\d+\], line \d+`)
)

// mostWords is how many bytes of a program's last words are looked through for a panic.
const mostWords = 1 << 16

// trace words what a program says on its error output: places are cells and lines. keep is false for what GoNB adds at
// the end of a program that failed, which the error itself says again.
func (c *cells) trace(known *asked, text string) (said string, keep bool) {
	if ended.MatchString(strings.TrimSuffix(text, "\n")) && strings.HasSuffix(text, "\n") {
		return "", false
	}
	said = place.ReplaceAllStringFunc(text, func(place string) string {
		if number, line := c.placed(known, place); line > 0 {
			return fmt.Sprintf("\tcell [%d], line %d", number, line)
		}
		return "\tthe cell"
	})
	c.mu.Lock()
	defer c.mu.Unlock()
	known.stderr += said // a trace comes in many pieces
	if cut := len(known.stderr) - mostWords; cut > 0 {
		known.stderr = known.stderr[cut:]
	}
	if found := panics.FindStringSubmatchIndex(known.stderr); found != nil {
		known.panicked = known.stderr[found[2]:found[3]]
		known.panickedAt = atCell.FindString(known.stderr[found[1]:])
	}
	return said, true
}

// placed returns the cell and its line that a place of a trace means: as the program has them, and where it hasn't that
// function, as GoNB has marked them.
func (c *cells) placed(known *asked, text string) (number, line int) {
	found := place.FindStringSubmatch(text)
	inProgram, _ := strconv.Atoi(found[3])
	if number, line = c.whence(known, inProgram); line > 0 {
		return number, line
	}
	number, err := strconv.Atoi(found[1])
	if err != nil {
		return 0, 0
	}
	line, _ = strconv.Atoi(found[2])
	cell := known
	if number != c.numberBeside(known) {
		cell = c.numberOf(number)
	}
	if cell != nil {
		line = cell.rewritten.Line(line)
	}
	return number, line
}
