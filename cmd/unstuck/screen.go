package main

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/charmbracelet/colorprofile"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"example.com/unstuck/pkg/doctor/report"
)

// screen is how text is laid out for where it goes: as wide as the terminal and in colour where it is one that has colours and
// NO_COLOR isn't set; else, in a pipe or a file, unbroken and plain, so that each sentence is one line for what reads it.
type screen struct {
	all   bool
	width int // as asked for; 0: that of the terminal
}

func (s *screen) flags(command *cobra.Command) {
	command.Flags().BoolVar(&s.all, "all", false, "print whatever was measured and tried, and not only what is suspicious")
	s.widthFlag(command)
}

func (s *screen) widthFlag(command *cobra.Command) {
	command.Flags().IntVar(&s.width, "width", 0, "columns of the text (default: the terminal's; in a pipe or a file lines aren't broken)")
}

// narrowest is the fewest columns that may be asked for.
const narrowest = 20

func (s *screen) check() error {
	if s.width != 0 && s.width < narrowest {
		return fmt.Errorf("--width is %d, must be at least %d", s.width, narrowest)
	}
	return nil
}

func (s *screen) on(w io.Writer) report.TerminalOptions {
	o := report.TerminalOptions{All: s.all, Width: s.width, Color: colorprofile.Detect(w, os.Environ()) >= colorprofile.ANSI}
	if o.Width == 0 {
		o.Width, _ = terminalColumns(w)
	}
	return o
}

// terminalColumns is the width of a terminal; false for what is none.
func terminalColumns(w io.Writer) (int, bool) {
	f, ok := w.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return 0, false
	}
	width, _, err := term.GetSize(int(f.Fd()))
	if err != nil || width < narrowest {
		width = 80
	}
	return width, true
}

// fitted breaks the lines of a text between words, those of code and of tables, which are indented by five spaces, as they are.
func fitted(text string, width int) string {
	if width == 0 {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		content, end := strings.TrimRight(line, "\n"), strings.Repeat("\n", strings.Count(line, "\n"))
		if strings.HasPrefix(content, "     ") {
			b.WriteString(line)
			continue
		}
		b.WriteString(report.Wrapped(content, width) + end)
	}
	return b.String()
}
