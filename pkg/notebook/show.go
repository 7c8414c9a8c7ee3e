package notebook

import (
	"bytes"
	"fmt"

	"example.com/unstuck/pkg/figure"
)

// Show displays v as the output of the cell. A figure is sent as PNG, SVG and
// text in one bundle, and each path that follows also writes it to that file,
// as PNG or SVG by its extension. A [Table] and a [Slider] are shown as such, what a package has
// told of by [Register] as that says (a doctor's report with its figures, where
// pkg/doctor/report is imported), and anything else that has a String method as
// its text; a path is an error with these. In a script Show prints the text.
func Show(v any, paths ...string) error {
	return ShowOn(Default(), v, paths...)
}

// ShowOn is [Show] on a display of the caller's choice.
func ShowOn(d Display, v any, paths ...string) error {
	if v == nil {
		return fmt.Errorf("notebook: nothing to show: the figure is nil")
	}
	fig, ok := v.(figure.Figure)
	if !ok && len(paths) > 0 {
		return fmt.Errorf("notebook: a %T isn't a figure, so it isn't saved to %s", v, paths[0])
	}
	if !ok {
		return showOther(d, v)
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
