package notebook

import (
	"fmt"
	"io"
	"os"

	"golang.org/x/term"
)

// Terminal writes the text of every bundle and leaves pictures out.
type Terminal struct {
	Out io.Writer // nil: standard output
}

// Show implements [Display]. A bundle without text is an error: it would pass
// unseen.
func (t Terminal) Show(b Bundle) error {
	text, ok := b.Data[Plain]
	if !ok {
		return fmt.Errorf("notebook: a terminal cannot show an output without %s", Plain)
	}
	_, err := fmt.Fprintln(t.out(), string(text))
	return err
}

func (t Terminal) out() io.Writer {
	if t.Out != nil {
		return t.Out
	}
	return os.Stdout
}

// isTerminal reports whether a person may be watching w.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}
