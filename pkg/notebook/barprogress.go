package notebook

import (
	"fmt"
	"io"

	"github.com/schollz/progressbar/v3"
)

// barProgress draws a bar in a terminal and leaves a line of summary.
type barProgress struct {
	out   io.Writer
	title string
	bar   *progressbar.ProgressBar
}

// barUnits is the resolution of the bar: it moves within an epoch too.
const barUnits = 1000

func (b *barProgress) begin(title string, s State) error {
	b.title = title
	b.bar = progressbar.NewOptions(barUnits,
		progressbar.OptionSetWriter(b.out),
		progressbar.OptionSetWidth(24),
		progressbar.OptionSetElapsedTime(false), // the text has both
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionUseANSICodes(true),
		progressbar.OptionClearOnFinish(),
		progressbar.OptionShowDescriptionAtLineEnd(),
	)
	return nil
}

func (b *barProgress) update(s State, now bool) error {
	if b.bar == nil {
		if err := b.begin(b.title, s); err != nil {
			return err
		}
	}
	if !now {
		return nil
	}
	b.bar.Describe(titled(b.title, s.line()))
	// A full bar ends itself; the end has its own line.
	return b.bar.Set(min(barUnits-1, int(barUnits*s.Done())))
}

func (b *barProgress) end(s State) error {
	if b.bar != nil {
		if err := b.bar.Clear(); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintln(b.out, titled(b.title, s.summary()))
	return err
}
