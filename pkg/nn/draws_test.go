package nn_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// quantiles are n numbers that are spread as the normal distribution is, in a mixed order.
func quantiles(n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[(i*7919)%n] = float32(math.Sqrt2 * math.Erfinv(2*(float64(i)+0.5)/float64(n)-1))
	}
	return values
}

// What the layers draw has the mean and the deviation that Keras promises; each step draws anew, inference nothing.
func TestNoise(t *testing.T) {
	const rows, features = 100, 200
	for _, c := range []struct {
		layer           nn.Layer
		x               []float32
		mean, deviation float64
		beyond          float64 // share further from the mean than two deviations
	}{
		{nn.GaussianNoise{StdDev: 0.5}, make([]float32, rows*features), 0, 0.5, 0.0455},
		{nn.GaussianNoise{StdDev: 0.1}, ones(rows * features), 1, 0.1, 0.0455},
		{nn.GaussianDropout{Rate: 0.2}, ones(rows * features), 1, 0.5, 0.0455},
		{nn.AlphaDropout{Rate: 0.3}, quantiles(rows * features), 0, 1, -1},
	} {
		onEachBackend(t, func(t *testing.T, b compute.Backend) {
			store := model.NewStore()
			first := mustRun(t, b, store, c.layer, true, tensor(c.x, rows, features))
			second := mustRun(t, b, store, c.layer, true, tensor(c.x, rows, features))
			if slices.Equal(first, second) {
				t.Errorf("%#v: two steps draw the same", c.layer)
			}
			if y := mustRun(t, b, store, c.layer, false, tensor(c.x, rows, features)); !slices.Equal(y, c.x) {
				t.Errorf("%#v: inference changes the input", c.layer)
			}
			mean, square, beyond := 0.0, 0.0, 0.0
			for _, v := range first {
				mean += float64(v) / float64(len(first))
			}
			for _, v := range first {
				square += (float64(v) - mean) * (float64(v) - mean) / float64(len(first))
				if math.Abs(float64(v)-mean) > 2*c.deviation {
					beyond += 1 / float64(len(first))
				}
			}
			// Five standard deviations of a mean, and of a variance of normal numbers.
			if slack := 5 * c.deviation / math.Sqrt(rows*features); math.Abs(mean-c.mean) > slack {
				t.Errorf("%#v: the mean is %g, want %g ± %g", c.layer, mean, c.mean, slack)
			}
			if d := math.Sqrt(square); math.Abs(d-c.deviation) > 5*c.deviation/math.Sqrt(2*rows*features) {
				t.Errorf("%#v: the deviation is %g, want %g", c.layer, d, c.deviation)
			}
			if c.beyond > 0 && math.Abs(beyond-c.beyond) > 5*math.Sqrt(c.beyond/(rows*features)) {
				t.Errorf("%#v: %g lies beyond two deviations, want %g", c.layer, beyond, c.beyond)
			}
		})
	}
}

// A channel is dropped at all places of a row or at none, and rows differ.
func TestSpatialDropout(t *testing.T) {
	const rows, places, channels, rate = 40, 6, 25, 0.4
	for _, c := range []struct {
		layer nn.Layer
		shape []int
		first bool
	}{
		{nn.SpatialDropout1D{Rate: rate}, []int{rows, places, channels}, false},
		{nn.SpatialDropout2D{Rate: rate}, []int{rows, 2, 3, channels}, false},
		{nn.SpatialDropout2D{Rate: rate, DataFormat: "channels_first"}, []int{rows, channels, 2, 3}, true},
		{nn.SpatialDropout3D{Rate: rate}, []int{rows, 1, 2, 3, channels}, false},
		{nn.SpatialDropout3D{Rate: rate, DataFormat: "channels_first"}, []int{rows, channels, 3, 1, 2}, true},
	} {
		y := mustRun(t, pureGo(t), model.NewStore(), c.layer, true, tensor(ones(rows*places*channels), c.shape...))
		dropped := 0
		for row := range rows {
			for channel := range channels {
				zeros := 0
				for place := range places {
					at := (row*places+place)*channels + channel
					if c.first {
						at = (row*channels+channel)*places + place
					}
					switch v := float64(y[at]); {
					case v == 0:
						zeros++
					case math.Abs(v-1/(1-rate)) > 1e-6:
						t.Fatalf("%#v: %g is neither 0 nor 1/(1−rate)", c.layer, v)
					}
				}
				if zeros != 0 && zeros != places {
					t.Fatalf("%#v: %d of %d places are dropped", c.layer, zeros, places)
				}
				dropped += zeros / places
			}
		}
		if share := float64(dropped) / (rows * channels); math.Abs(share-rate) > 5*math.Sqrt(rate*(1-rate)/(rows*channels)) {
			t.Errorf("%#v: %g of the channels are dropped", c.layer, share)
		}
	}
}
