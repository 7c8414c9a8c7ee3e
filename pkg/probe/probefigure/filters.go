package probefigure

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
)

// mostMaps is how many filters or feature maps are shown: as many as can be told apart on a page.
const mostMaps = 48

// Filters shows the kernel of a convolution in two dimensions, [height, width, channels, filters]: a picture for each filter, and of more
// than one channel for each channel of each filter, "5.1" being channel 1 of filter 5. All have one scale around 0; the first 48 are shown. Layer is its path, "conv2d".
//
// Errors: a model that isn't built, no such layer, one whose kernel has other axes.
func Filters(m *fit.Model, layer string) (figure.Film, error) {
	if m == nil {
		return figure.Film{}, fmt.Errorf("probefigure: there is no model: make one with fit.Compile")
	}
	weights, err := m.Weights()
	if err != nil {
		return figure.Film{}, err
	}
	at, err := find(weights, layer)
	if err != nil {
		return figure.Film{}, err
	}
	w := weights[at]
	if len(w.Shape) != 4 {
		return figure.Film{}, fmt.Errorf("probefigure: %s has shape %v, which is none of filters: that is [height, width, channels, filters]", strings.Trim(w.Path, "/"), w.Shape)
	}
	height, width, channels, filters := w.Shape[0], w.Shape[1], w.Shape[2], w.Shape[3]
	f := figure.Film{Title: "Filters of " + strings.Trim(layer, "/"), Label: "weight", Signed: true, Columns: 8,
		Subtitle: fmt.Sprintf("%d of %d × %d", filters, height, width)}
	if channels > 1 {
		f.Subtitle += fmt.Sprintf(" with %d channels", channels)
	}
	f.Subtitle += shownOf(channels * filters)
	for i := range min(mostMaps, channels*filters) {
		filter, channel := i/channels, i%channels
		name := strconv.Itoa(filter)
		if channels > 1 {
			name += "." + strconv.Itoa(channel)
		}
		values := make([][]float64, height)
		for y := range values {
			for x := range width {
				values[y] = append(values[y], float64(w.Values[((y*width+x)*channels+channel)*filters+filter]))
			}
		}
		f.Stills = append(f.Stills, figure.Still{Name: name, Values: values})
	}
	return f, nil
}

func shownOf(n int) string {
	if n <= mostMaps {
		return ""
	}
	return fmt.Sprintf("; the first %d of %d pictures", mostMaps, n)
}

// silent says how many channels are 0 at every place. Behind a ReLU no gradient comes back to those from this row.
func silent(values []float32, channels int) string {
	found := make([]bool, channels)
	for i, v := range values {
		found[i%channels] = found[i%channels] || v != 0
	}
	n := 0
	for _, something := range found {
		if !something {
			n++
		}
	}
	return map[bool]string{true: fmt.Sprintf(", %d of them 0 everywhere", n)}[n > 0]
}

// FeatureMaps shows what a layer puts out for the first row of xs, one array for each input of the model: a picture for each channel of
// [height, width, channels], all with one scale; the first 48 are shown, and the subtitle says how many of all are 0 everywhere. Of [steps, channels] each is a line. Channels are taken to be last. Layer is its path, "conv2d".
//
// Errors: those of [fit.Model.LayerOutput], and outputs without places.
func FeatureMaps(ctx context.Context, m *fit.Model, layer string, xs ...dataset.Array) (figure.Film, error) {
	if m == nil {
		return figure.Film{}, fmt.Errorf("probefigure: there is no model: make one with fit.Compile")
	}
	first := make([]dataset.Array, len(xs))
	for i, x := range xs {
		if err := x.Validate(); err != nil {
			return figure.Film{}, fmt.Errorf("probefigure: input %d: %w", i, err)
		}
		first[i] = x.Range(0, 1)
	}
	out, err := m.LayerOutput(ctx, layer, first...)
	if err != nil {
		return figure.Film{}, err
	}
	height, width, channels := 1, 0, 0
	switch s := out.Shape; len(s) {
	case 4:
		height, width, channels = s[1], s[2], s[3]
	case 3:
		width, channels = s[1], s[2]
	default:
		return figure.Film{}, fmt.Errorf("probefigure: %s puts out %v, which has no places: feature maps are [rows, height, width, channels]", layer, s)
	}
	f := figure.Film{Title: "Feature maps of " + strings.Trim(layer, "/"), Label: "output", Columns: 8,
		Subtitle: fmt.Sprintf("%d of %d × %d", channels, height, width) + silent(out.Values, channels) + shownOf(channels)}
	for k := range min(mostMaps, channels) {
		values := make([][]float64, height)
		for y := range values {
			for x := range width {
				v := float64(out.Values[(y*width+x)*channels+k])
				f.Signed = f.Signed || v < 0
				values[y] = append(values[y], v)
			}
		}
		f.Stills = append(f.Stills, figure.Still{Name: strconv.Itoa(k), Values: values})
	}
	return f, nil
}
