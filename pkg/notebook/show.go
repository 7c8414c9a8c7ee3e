package notebook

import (
	"bytes"
	"fmt"

	"example.com/unstuck/pkg/figure"
)

// Show displays fig as the output of the cell: PNG, SVG and text in one
// bundle. In a script it prints the text. Each path that follows also writes
// the figure to that file, as PNG or SVG by its extension.
func Show(fig figure.Figure, paths ...string) error {
	return ShowOn(Default(), fig, paths...)
}

// ShowOn is [Show] on a display of the caller's choice.
func ShowOn(d Display, fig figure.Figure, paths ...string) error {
	if fig == nil {
		return fmt.Errorf("notebook: nothing to show: the figure is nil")
	}
	for _, path := range paths {
		if err := figure.Save(path, fig); err != nil {
			return fmt.Errorf("notebook: %w", err)
		}
	}
	b, err := draw(fig, d)
	if err != nil {
		return err
	}
	return d.Show(b)
}

// draw renders fig for d; a terminal gets the text alone, for which nothing
// needs to be drawn.
func draw(fig figure.Figure, d Display) (Bundle, error) {
	b := Bundle{Data: map[string][]byte{Plain: []byte(fig.Text())}}
	if _, ok := d.(Terminal); ok {
		return b, nil
	}
	var png, svg bytes.Buffer
	if err := figure.Render(&png, fig, figure.PNG); err != nil {
		return Bundle{}, fmt.Errorf("notebook: %w", err)
	}
	if err := figure.Render(&svg, fig, figure.SVG); err != nil {
		return Bundle{}, fmt.Errorf("notebook: %w", err)
	}
	b.Data[PNG] = png.Bytes()
	b.Data[SVG] = svg.Bytes()
	// The PNG has more pixels than CSS pixels; shown at its natural size it
	// would be half as large again as the SVG.
	const cssPerPoint = 96.0 / 72
	width, height := figure.SizeOf(fig)
	b.Width = int(width.Points()*cssPerPoint + 0.5)
	b.Height = int(height.Points()*cssPerPoint + 0.5)
	return b, nil
}
