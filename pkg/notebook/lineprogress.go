package notebook

import (
	"fmt"
	"io"
)

// lineProgress writes a line at the end of every epoch, for logs and pipes.
type lineProgress struct {
	out   io.Writer
	title string
	epoch int // the last one that has its line
}

func (l *lineProgress) begin(title string, s State) error {
	l.title, l.epoch = title, 0
	return nil
}

func (l *lineProgress) update(s State, _ bool) error {
	if !s.EpochEnds() || s.Epoch == l.epoch {
		return nil
	}
	l.epoch = s.Epoch
	_, err := fmt.Fprintln(l.out, titled(l.title, s.line()))
	return err
}

func (l *lineProgress) end(s State) error {
	_, err := fmt.Fprintln(l.out, titled(l.title, s.summary()))
	return err
}
