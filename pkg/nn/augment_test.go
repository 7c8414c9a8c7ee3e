package nn_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// alikeImages are images, each pixel of which is different, all of them alike.
func alikeImages(rows int) ([]float32, []int) {
	shape := []int{rows, 6, 5, 3}
	values := make([]float32, 0, rows*90)
	for range rows {
		for i := range 90 {
			values = append(values, float32(i)*2)
		}
	}
	return values, shape
}

var augmenting = []nn.Layer{
	nn.RandomFlip{}, nn.RandomRotation{Factor: []float64{-0.3, 0.3}}, nn.RandomTranslation{HeightFactor: []float64{-0.3, 0.3}, WidthFactor: []float64{-0.2, 0.2}},
	nn.RandomZoom{HeightFactor: []float64{-0.3, 0.3}}, nn.RandomShear{XFactor: []float64{0.1, 0.4}}, nn.RandomContrast{Factor: []float64{0, 0.5}},
	nn.RandomBrightness{Factor: []float64{-0.3, 0.3}}, nn.RandomInvert{}, nn.RandomGrayscale{}, nn.RandomColorDegeneration{Factor: []float64{0, 1}},
	nn.RandomHue{Factor: []float64{0, 1}}, nn.RandomSaturation{Factor: []float64{0.1, 0.4}}, nn.RandomColorJitter{BrightnessFactor: []float64{-0.3, 0.3}},
	nn.RandomPosterization{Factor: []float64{1, 6}}, nn.RandomSharpness{Factor: []float64{0, 1}}, nn.RandomErasing{FillValue: []float64{7}},
	nn.Solarization{ThresholdFactor: []float64{0, 1}}, nn.RandomGaussianBlur{}, nn.RandomPerspective{}, nn.RandomElasticTransform{Scale: []float64{0.5, 1}},
	nn.RandAugment{Factor: []float64{0.2, 0.9}}, nn.AugMix{Factor: []float64{0.2, 0.9}},
}

// Images that are alike become different in training and stay what they are in inference; the same seed draws the same again,
// another step and another seed draw others.
func TestAugmentationDraws(t *testing.T) {
	values, shape := alikeImages(8)
	for _, l := range augmenting {
		store := model.NewStore()
		seeded := func(seed int64) *model.Store {
			s := model.NewStore()
			s.RootScope().SetParam(model.ParamInitialSeed, seed)
			return s
		}
		if y := mustRun(t, pureGo(t), store, l, false, tensor(values, shape...)); !slices.Equal(y, values) {
			t.Errorf("%#v changes images in inference", l)
		}
		one := seeded(1)
		first := mustRun(t, pureGo(t), one, l, true, tensor(values, shape...))
		images := map[string]bool{}
		for image := range slices.Chunk(first, 90) {
			text := ""
			for _, v := range image {
				text += string(rune(int(v * 8)))
			}
			images[text] = true
		}
		if len(images) < 2 {
			t.Errorf("%#v draws once for all images", l)
		}
		if again := mustRun(t, pureGo(t), seeded(1), l, true, tensor(values, shape...)); !slices.Equal(again, first) {
			t.Errorf("%#v: the same seed draws others", l)
		}
		if next := mustRun(t, pureGo(t), one, l, true, tensor(values, shape...)); slices.Equal(next, first) {
			t.Errorf("%#v: the next step draws the same", l)
		}
		if other := mustRun(t, pureGo(t), seeded(2), l, true, tensor(values, shape...)); slices.Equal(other, first) {
			t.Errorf("%#v: another seed draws the same", l)
		}
	}
}

// What is drawn is spread as Keras spreads it: shares and means of many images.
func TestAugmentationDistributions(t *testing.T) {
	const rows = 4000
	numbers := make([]float32, rows*4)
	for i := range numbers {
		numbers[i] = float32(1 + i%4)
	}
	for _, c := range []struct {
		layer     nn.Layer
		of        func(image []float32) float64
		mean      float64
		deviation float64 // of one image
		low, high float64
	}{
		{nn.RandomFlip{Mode: "horizontal"}, func(y []float32) float64 { return float64(y[0] - 1) }, 0.5, 0.5, 0, 1}, // 1 2 / 3 4
		{nn.RandomFlip{}, func(y []float32) float64 { return float64(y[0]-1) / 3 }, 0.5, 0.5, 0, 1},
		{nn.RandomBrightness{Factor: []float64{-0.1, 0.3}, ValueRange: []float64{-100, 100}}, func(y []float32) float64 { return float64(y[0]-1) / 200 }, 0.1, 0.4 / math.Sqrt(12), -0.1, 0.3},
		{nn.RandomContrast{Factor: []float64{0.2, 0.4}, ValueRange: []float64{-100, 100}}, func(y []float32) float64 { return float64(y[3]-y[0]) / 3 }, 1.1, 0.6 / math.Sqrt(12), 0.8, 1.4},
		{nn.RandomInvert{ValueRange: []float64{0, 10}}, func(y []float32) float64 { return float64(y[0]-1) / 8 }, 0.5, 0.5, 0, 1},
		{nn.RandomInvert{Factor: []float64{0, 0.5}, ValueRange: []float64{0, 10}}, func(y []float32) float64 { return float64(y[0]-1) / 8 }, 0.25, 0.5, 0, 1},
		{nn.RandomShear{XFactor: []float64{1, 1}, FillMode: "constant"}, func(y []float32) float64 { return float64(y[2]) / 4 }, 0.5, 0.5, 0, 1},
		{nn.RandomErasing{Scale: []float64{1, 1}, FillValue: []float64{0}}, func(y []float32) float64 { return float64(y[0]) }, 0.5, 0.5, 0, 1},
		{nn.RandomPosterization{Factor: []float64{1, 3}, ValueRange: []float64{0, 4}}, func(y []float32) float64 { return float64(y[1]) }, 0.5 * 64 * 4 / 255.0, 0.5, 0, 4},
	} {
		y := mustRun(t, pureGo(t), model.NewStore(), c.layer, true, tensor(numbers, rows, 2, 2, 1))
		sum := 0.0
		for image := range slices.Chunk(y, 4) {
			v := c.of(image)
			if v < c.low-1e-4 || v > c.high+1e-4 {
				t.Fatalf("%#v: %g is not from %g to %g", c.layer, v, c.low, c.high)
			}
			sum += v / rows
		}
		if math.Abs(sum-c.mean) > 5*c.deviation/math.Sqrt(rows) {
			t.Errorf("%#v: the mean is %g, want %g", c.layer, sum, c.mean)
		}
	}
}

// What isn't images, and settings that make no sense, are refused by name.
func TestAugmentationRefuses(t *testing.T) {
	for _, c := range []struct {
		layer nn.Layer
		shape []int
		word  string
	}{
		{nn.RandomFlip{}, []int{2, 3, 4}, "RandomFlip needs an input"},
		{nn.RandomFlip{Mode: "diagonal"}, []int{2, 3, 4, 1}, "diagonal"},
		{nn.RandomRotation{Factor: []float64{2, 3}}, []int{2, 3, 4, 1}, "RandomRotation"},
		{nn.RandomZoom{HeightFactor: []float64{-1, 0}}, []int{2, 3, 4, 1}, "RandomZoom"},
	} {
		if _, err := nn.Measure(c.layer, [][]int{c.shape}, func(nn.Measured) error { return nil }); err == nil || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%#v: the error is %v, want one with %q", c.layer, err, c.word)
		}
	}
}
