package nn_test

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

// TestInitializerMoments compares mean, variance and extent of many draws with Keras' formulas.
func TestInitializerMoments(t *testing.T) {
	const in, out, n = 300, 200, 300 * 200
	cut := 2 / 0.87962566103423978 // where a truncated normal ends, in its standard deviations
	for _, c := range []struct {
		name                   string
		init                   nn.Initializer
		mean, variance, extent float64
	}{
		{"glorot_uniform", nn.GlorotUniform{}, 0, 2.0 / (in + out), math.Sqrt(6.0 / (in + out))},
		{"glorot_normal", nn.GlorotNormal{}, 0, 2.0 / (in + out), cut * math.Sqrt(2.0/(in+out))},
		{"he_uniform", nn.HeUniform{}, 0, 2.0 / in, math.Sqrt(6.0 / in)},
		{"he_normal", nn.HeNormal{}, 0, 2.0 / in, cut * math.Sqrt(2.0/in)},
		{"lecun_uniform", nn.LecunUniform{}, 0, 1.0 / in, math.Sqrt(3.0 / in)},
		{"lecun_normal", nn.LecunNormal{}, 0, 1.0 / in, cut * math.Sqrt(1.0/in)},
		{"random_uniform", nn.RandomUniform{}, 0, 0.01 / 12, 0.05},
		{"random_uniform 1 to 3", nn.RandomUniform{Min: 1, Max: 3}, 2, 4.0 / 12, 1},
		{"random_normal", nn.RandomNormal{}, 0, 0.05 * 0.05, 6 * 0.05},
		{"random_normal 2", nn.RandomNormal{Mean: 2, StdDev: 0.5}, 2, 0.25, 3},
		{"truncated_normal", nn.TruncatedNormal{}, 0, math.Pow(0.05*0.87962566103423978, 2), 0.1},
	} {
		t.Run(c.name, func(t *testing.T) {
			values, err := c.init.Values(rand.New(rand.NewPCG(1, 2)), in, out)
			if err != nil {
				t.Fatal(err)
			}
			var sum, squares, extent float64
			for _, v := range values {
				d := float64(v) - c.mean
				sum += d
				squares += d * d
				extent = max(extent, math.Abs(d))
			}
			if mean := sum / n; math.Abs(mean) > 5*math.Sqrt(c.variance/n) {
				t.Errorf("mean is off by %g", mean)
			}
			if variance := squares / n; math.Abs(variance/c.variance-1) > 0.03 {
				t.Errorf("variance is %g, want %g", variance, c.variance)
			}
			if extent > c.extent*(1+1e-6) || extent < 0.7*c.extent {
				t.Errorf("the farthest value is %g from the mean, the limit is %g", extent, c.extent)
			}
		})
	}
}

// TestInitializerFans: a vector's fans are its length; leading axes multiply both.
func TestInitializerFans(t *testing.T) {
	for _, c := range []struct {
		dims  []int
		limit float64
	}{
		{[]int{50}, math.Sqrt(6.0 / 100)},
		{[]int{3, 5, 40, 60}, math.Sqrt(6.0 / (15*40 + 15*60))},
	} {
		values, err := nn.GlorotUniform{}.Values(rand.New(rand.NewPCG(1, 2)), c.dims...)
		if err != nil {
			t.Fatal(err)
		}
		largest := float64(slices.Max(values))
		if largest > c.limit || largest < 0.8*c.limit {
			t.Errorf("%v: largest value %g, limit %g", c.dims, largest, c.limit)
		}
	}
}

// TestOrthogonal: the shorter side's vectors have length Gain and right angles, and no direction is preferred.
func TestOrthogonal(t *testing.T) {
	for _, c := range []struct {
		dims       []int
		rows, cols int
		gain       float64
	}{
		{[]int{64, 64}, 64, 64, 1},
		{[]int{7, 28}, 7, 28, 0.5},
		{[]int{28, 7}, 28, 7, 3},
		{[]int{2, 3, 4}, 6, 4, 1},
		{[]int{1, 5}, 1, 5, 1},
	} {
		values, err := nn.Orthogonal{Gain: c.gain}.Values(rand.New(rand.NewPCG(3, 4)), c.dims...)
		if err != nil {
			t.Fatal(err)
		}
		// at(i, k) is entry k of vector i, along the shorter side.
		at := func(i, k int) float64 { return float64(values[i*c.cols+k]) }
		n, length := c.rows, c.cols
		if c.rows > c.cols {
			at = func(i, k int) float64 { return float64(values[k*c.cols+i]) }
			n, length = c.cols, c.rows
		}
		for i := range n {
			for j := range n {
				dot, want := 0.0, 0.0
				for k := range length {
					dot += at(i, k) * at(j, k)
				}
				if i == j {
					want = c.gain * c.gain
				}
				if math.Abs(dot-want) > 1e-5 {
					t.Errorf("%v: vectors %d and %d have product %g, want %g", c.dims, i, j, dot, want)
				}
			}
		}
	}
	// Without the right signs, the first entry of a QR's Q is never positive.
	rng, positive := rand.New(rand.NewPCG(5, 6)), 0
	for range 400 {
		values, _ := nn.Orthogonal{}.Values(rng, 3, 3)
		if values[0] > 0 {
			positive++
		}
	}
	if positive < 150 || positive > 250 {
		t.Errorf("the first entry is positive in %d of 400 draws", positive)
	}
}

func TestIdentity(t *testing.T) {
	got, err := nn.Identity{Gain: 2}.Values(nil, 2, 3)
	if want := []float32{2, 0, 0, 0, 2, 0}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v (%v), want %v", got, err, want)
	}
}

// TestInitialWeights: they depend on the seed and on the path, and on nothing else.
func TestInitialWeights(t *testing.T) {
	kernel := func(seed int64, net nn.Sequential, path string) []float32 {
		store := model.NewStore()
		store.RootScope().SetParam(model.ParamInitialSeed, seed)
		mustRun(t, pureGo(t), store, net, false, tensor(ones(6), 2, 3))
		return floats(t, store.GetVariable("/layer/"+path).MustValue())
	}
	a := kernel(1, nn.Sequential{nn.Dense{Units: 3}, nn.Dense{Units: 3}}, "dense/kernel")
	if b := kernel(1, nn.Sequential{nn.ReLU{}, nn.Dense{Units: 3}}, "dense/kernel"); !slices.Equal(a, b) {
		t.Errorf("another layer before it changed the weights")
	}
	if b := kernel(1, nn.Sequential{nn.Dense{Units: 3}, nn.Dense{Units: 3}}, "dense_1/kernel"); slices.Equal(a, b) {
		t.Errorf("two layers drew the same")
	}
	if b := kernel(2, nn.Sequential{nn.Dense{Units: 3}, nn.Dense{Units: 3}}, "dense/kernel"); slices.Equal(a, b) {
		t.Errorf("two seeds drew the same")
	}
}

// VarianceScaling's draws have the variance that Keras' formula asks for, and its named settings are the named ones.
func TestVarianceScaling(t *testing.T) {
	const in, out, scale = 300, 100, 0.7
	for mode, fan := range map[string]float64{"fan_in": in, "fan_out": out, "fan_avg": (in + out) / 2} {
		for distribution, widest := range map[string]float64{"uniform": math.Sqrt(3), "truncated_normal": 2 / 0.8796, "normal": 2 / 0.8796, "untruncated_normal": 6} {
			values, err := nn.VarianceScaling{Scale: scale, Mode: mode, Distribution: distribution}.Values(rand.New(rand.NewPCG(1, 2)), in, out)
			if err != nil {
				t.Fatal(err)
			}
			sum, most := 0.0, 0.0
			for _, v := range values {
				sum += float64(v) * float64(v)
				most = max(most, math.Abs(float64(v)))
			}
			variance := sum / (in * out)
			if math.Abs(variance*fan/scale-1) > 0.03 {
				t.Errorf("%s %s: the variance is %g, should be %g", mode, distribution, variance, scale/fan)
			}
			if limit := widest * math.Sqrt(scale/fan); most > limit*1.001 || distribution != "untruncated_normal" && most < limit*0.99 {
				t.Errorf("%s %s: the largest is %g, the limit %g", mode, distribution, most, limit)
			}
		}
	}
	for _, wrong := range []nn.VarianceScaling{{Mode: "fan_in", Distribution: "normal"}, {Scale: 1, Distribution: "normal"}, {Scale: 1, Mode: "fan_in"}} {
		if _, err := wrong.Values(rand.New(rand.NewPCG(1, 2)), 2, 2); err == nil {
			t.Errorf("%+v must be refused", wrong)
		}
	}
}
