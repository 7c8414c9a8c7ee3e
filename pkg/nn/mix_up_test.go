package nn_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// The share of the own image that MixUp keeps is of the beta distribution: symmetric, with the variance 1/(4(2α+1)), within 0 and 1.
// Of an image that is 1 among others that are 0 the means say which share it gave away, so that every image is mixed into one.
func TestMixUpDraws(t *testing.T) {
	const rows = 1500
	for _, alpha := range []float64{0.05, 0.2, 1, 4} {
		values := make([]float32, rows)
		for i := range values {
			values[i] = float32(i % 2)
		}
		y := mustRun(t, pureGo(t), model.NewStore(), nn.MixUp{Alpha: alpha}, true, tensor(values, rows, 1, 1, 1))
		sum, square, n := 0.0, 0.0, 0.0
		for i, v := range y {
			if v < 0 || v > 1 || math.IsNaN(float64(v)) {
				t.Fatalf("alpha %g: %g is not within 0 and 1", alpha, v)
			}
			if v == values[i] {
				continue // the other is alike
			}
			own := math.Abs(float64(v) - (1 - float64(values[i])))
			sum, square, n = sum+own, square+(own-0.5)*(own-0.5), n+1
		}
		if alpha < 1 { // half of the others are alike, and so are shares of 1: these count, too
			for ; n < rows/2; n++ {
				sum, square = sum+1, square+0.25
			}
		}
		variance := 1 / (4 * (2*alpha + 1))
		if math.Abs(sum/n-0.5) > 5*math.Sqrt(variance/n)+0.04 {
			t.Errorf("alpha %g: the mean share is %g", alpha, sum/n)
		}
		if math.Abs(square/n-variance) > 0.15*variance+0.01 {
			t.Errorf("alpha %g: the variance is %g, want %g", alpha, square/n, variance)
		}
	}
}

// What CutMix puts in is a rectangle of another image at the same place.
func TestCutMixDraws(t *testing.T) {
	const rows, height, width = 64, 6, 5
	values := make([]float32, rows*height*width)
	for i := range values {
		values[i] = float32(i) // each pixel says of which image and place it is
	}
	y := mustRun(t, pureGo(t), model.NewStore(), nn.CutMix{}, true, tensor(values, rows, height, width, 1))
	changed, whole := 0, 0
	for row := range rows {
		top, bottom, left, right, from, n := height, -1, width, -1, -1, 0
		for at := range height * width {
			v := int(y[row*height*width+at])
			if v%(height*width) != at {
				t.Fatalf("image %d, pixel %d: %d is of another place", row, at, v)
			}
			if image := v / (height * width); image != row {
				if from >= 0 && image != from {
					t.Fatalf("image %d has pixels of %d and %d", row, from, image)
				}
				from = image
				n++
				top, bottom, left, right = min(top, at/width), max(bottom, at/width), min(left, at%width), max(right, at%width)
			}
		}
		if n > 0 {
			changed++
			if n != (bottom-top+1)*(right-left+1) {
				t.Fatalf("image %d: %d pixels are no rectangle", row, n)
			}
			if n == height*width {
				whole++
			}
		}
	}
	if changed < rows/4 || changed == whole {
		t.Errorf("of %d images %d are changed, %d of them whole", rows, changed, whole)
	}
}

// Rows that only fill a batch up go into no other image, whatever is mixed; nor do they count in a histogram.
func TestMixedImagesLeavePaddingOut(t *testing.T) {
	const rows, data, size = 12, 7, 12
	values := make([]float32, rows*size)
	for i := range values {
		values[i] = float32(i % 50)
		if i/size >= data {
			values[i] = 1e6
		}
	}
	mask := make([]float32, rows)
	for i := range data {
		mask[i] = 1
	}
	for _, l := range []nn.Layer{nn.MixUp{Alpha: 1}, nn.CutMix{}, nn.Equalization{}} {
		apply := func(fill float32) []float32 {
			x := slices.Clone(values)
			for i := data * size; i < len(x); i++ {
				x[i] = fill
			}
			store := model.NewStore()
			exec := model.MustNewExec(pureGo(t), store, func(scope *model.Scope, x, m *graph.Node) *graph.Node {
				scope.Store().SetTraining(x.Graph(), true)
				nn.SetBatchMask(x.Graph(), m)
				return l.Apply(scope, x)
			})
			return tensors.MustCopyFlatData[float32](exec.MustCall(tensor(x, rows, 2, 2, 3), tensors.FromFlatDataAndDimensions(mask, rows))[0])[:data*size]
		}
		if y, other := apply(1e6), apply(0); !slices.Equal(y, other) {
			t.Errorf("%#v: what fills the batch up counts", l)
		}
		if !nn.MixesRows(l) {
			t.Errorf("%#v doesn't say that it mixes rows", l)
		}
	}
}

// AugMix blends within the range of colors, and what it chains is the same for the same place in a model.
func TestAugMixStaysWithinColors(t *testing.T) {
	values, shape := alikeImages(6)
	for _, l := range []nn.Layer{nn.AugMix{Factor: []float64{0, 1}, NumChains: 5}, nn.AugMix{FewOps: true, Alpha: 0.3}, nn.RandAugment{Factor: []float64{0.5, 1}, NumOps: 3}} {
		store := model.NewStore()
		different := false
		for range 4 {
			y := mustRun(t, pureGo(t), store, l, true, tensor(values, shape...))
			for i, v := range y {
				if v < -1e-3 || v > 255+1e-3 || math.IsNaN(float64(v)) {
					t.Fatalf("%#v: %g is no color", l, v)
				}
				different = different || v != values[i]
			}
		}
		if !different {
			t.Errorf("%#v changes nothing", l)
		}
	}
}
