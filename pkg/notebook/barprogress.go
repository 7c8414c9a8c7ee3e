package notebook

import (
	"fmt"
	"io"
	"strings"
)

// barProgress draws a bar in a terminal and leaves a line of summary. It is written here because the libraries for it
// link an HTTP stack into every cell.
type barProgress struct {
	out   io.Writer
	title string
	drawn bool
}

// barWidth is in characters.
const barWidth = 24

// eraseLine goes back to the start of a terminal's line and empties it.
const eraseLine = "\r\x1b[K"

func (b *barProgress) begin(title string, s State) error {
	b.title = title
	return nil
}

func (b *barProgress) update(s State, now bool) error {
	if !now {
		return nil
	}
	b.drawn = true
	full := min(barWidth, max(0, int(barWidth*s.Done())))
	bar := strings.Repeat("█", full) + strings.Repeat(" ", barWidth-full)
	_, err := fmt.Fprintf(b.out, "%s%3.0f%% |%s| %s", eraseLine, 100*s.Done(), bar, titled(b.title, s.line()))
	return err
}

func (b *barProgress) end(s State) error {
	erase := ""
	if b.drawn {
		erase = eraseLine
	}
	_, err := fmt.Fprintln(b.out, erase+titled(b.title, s.summary()))
	return err
}
