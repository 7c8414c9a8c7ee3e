package notebook

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"fmt"

	"example.com/unstuck/pkg/figure"
)

// View is a place in the output of a cell whose figure can be replaced, such as
// the loss curve of a training that is still running. Its zero value is ready
// and shows on the default display. A terminal has no such place: there only
// [View.Final] shows something.
type View struct {
	Display Display // nil: Default
	id      string
}

// Update replaces the figure. It sends the SVG alone, which takes a hundredth
// of the time of a PNG.
func (v *View) Update(fig figure.Figure) error {
	d := v.display()
	if !isLive(d) {
		return nil
	}
	if fig == nil {
		return fmt.Errorf("notebook: nothing to show: the figure is nil")
	}
	var svg bytes.Buffer
	if err := figure.Render(&svg, fig, figure.SVG); err != nil {
		return fmt.Errorf("notebook: %w", err)
	}
	return d.Show(Bundle{ID: v.place(), Data: map[string][]byte{Plain: []byte(fig.Text()), SVG: svg.Bytes()}})
}

// Final replaces the figure a last time, in all the forms of [Show], so that
// the saved notebook has them.
func (v *View) Final(fig figure.Figure) error {
	d := v.display()
	if fig == nil {
		return fmt.Errorf("notebook: nothing to show: the figure is nil")
	}
	b, err := draw(fig, d)
	if err != nil {
		return err
	}
	if isLive(d) {
		b.ID = v.place()
	}
	return d.Show(b)
}

func (v *View) display() Display {
	if v.Display != nil {
		return v.Display
	}
	return Default()
}

// place names the output. Names must differ between the cells of a notebook,
// which are processes of their own.
func (v *View) place() string {
	if v.id == "" {
		v.id = newID()
	}
	return v.id
}

func newID() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails, by its documentation
	return "unstuck-" + hex.EncodeToString(b[:])
}
