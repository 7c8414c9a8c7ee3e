package kernels

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

var (
	// traced is a line of a trace that GoNB has marked: the cell and line, and behind it a path that no one knows.
	traced = regexp.MustCompile(`[ \t]*\x1b\[7m\[\[ Cell \[(\d+)\] Line (\d+) \]\]\x1b\[0m [^\n]*?main(?:_test)?\.go:\d+(?: \+0x[0-9a-f]+)?`)
	// untraced is one that it hasn't, because it came in pieces.
	untraced = regexp.MustCompile(`(?m)^\t\S*/gonb_[0-9a-f]+/main(?:_test)?\.go:(\d+)(?: \+0x[0-9a-f]+)?`)
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
	said = traced.ReplaceAllStringFunc(text, func(place string) string {
		found := traced.FindStringSubmatch(place)
		number, _ := strconv.Atoi(found[1])
		line, _ := strconv.Atoi(found[2])
		cell := known
		if number != c.numberBeside(known) {
			cell = c.numberOf(number)
		}
		if cell != nil {
			line = cell.rewritten.Line(line)
		}
		return "\tcell [" + found[1] + "], line " + strconv.Itoa(line)
	})
	said = untraced.ReplaceAllStringFunc(said, func(place string) string {
		line, _ := strconv.Atoi(untraced.FindStringSubmatch(place)[1])
		if number, at := c.whence(known, line); at > 0 {
			return fmt.Sprintf("\tcell [%d], line %d", number, at)
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
