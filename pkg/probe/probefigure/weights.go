package probefigure

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"example.com/unstuck/pkg/figure"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/probe"
)

// Weights is a film of one weight over a training, with one scale of colours, around 0: how a layer comes to its weights, or stays where
// it was. Layer is the path of a layer, "dense_1", whose first weight with two or more axes is shown, or that of a weight, "dense_1/bias".
// The last axis of the weight goes to the right, and all others down.
//
// Errors: no snapshots, no such layer or weight.
func Weights(s probe.Snapshots, layer string) (figure.Film, error) {
	if len(s.Kept) == 0 {
		return figure.Film{}, fmt.Errorf("probefigure: %w", probe.ErrNoSnapshots)
	}
	at, err := find(s.Kept[0].Weights, layer)
	if err != nil {
		return figure.Film{}, err
	}
	w := s.Kept[0].Weights[at]
	f := figure.Film{
		Title: "Weights over the training: " + strings.Trim(w.Path, "/"), Label: "weight", Signed: true,
		Subtitle: fmt.Sprintf("Shape %s: a column for each entry of the last axis", shapeText(w.Shape)),
	}
	for _, one := range s.Kept {
		f.Stills = append(f.Stills, figure.Still{Name: one.Name(), Detail: lossText(one.Loss), Values: matrix(one.Weights[at])})
	}
	if values := f.Stills[0].Values; len(values[0]) >= 4*len(values) {
		f.Columns = 2
	}
	return f, nil
}

// lossText labels a still; a loss that nobody measured has no words.
func lossText(loss float64) string {
	if math.IsNaN(loss) {
		return ""
	}
	return "loss " + strconv.FormatFloat(loss, 'g', 3, 64)
}

// find is where a layer's weight stands.
func find(weights []fit.Weight, layer string) (int, error) {
	layer = strings.Trim(layer, "/")
	var names []string
	for i, w := range weights {
		path := strings.Trim(w.Path, "/")
		if path == layer || len(w.Shape) >= 2 && path[:max(0, strings.LastIndex(path, "/"))] == layer {
			return i, nil
		}
		names = append(names, path)
	}
	return 0, fmt.Errorf("probefigure: there is no layer %q with a weight of two axes, and no weight of that name; there are %s", layer, strings.Join(names, ", "))
}

// matrix is a weight with its last axis to the right.
func matrix(w fit.Weight) [][]float64 {
	columns := 1
	if len(w.Shape) > 0 {
		columns = w.Shape[len(w.Shape)-1]
	}
	rows := make([][]float64, len(w.Values)/columns)
	for i := range rows {
		for _, v := range w.Values[i*columns : (i+1)*columns] {
			rows[i] = append(rows[i], float64(v))
		}
	}
	return rows
}

func shapeText(shape []int) string {
	words := make([]string, len(shape))
	for i, n := range shape {
		words[i] = strconv.Itoa(n)
	}
	return strings.Join(words, " × ")
}
