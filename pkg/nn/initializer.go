package nn

import (
	"fmt"
	"math"
	"math/rand/v2"

	"example.com/unstuck/internal/codec"
)

// Initializer draws a weight's first values, row-major, on the host.
//
// dims is the weight's shape; for a kernel its last axis is the output, the one before it the input.
// Errors: a negative or NaN parameter, or a shape the initializer isn't defined for.
type Initializer interface {
	Values(rng *rand.Rand, dims ...int) ([]float32, error)
}

// fans are Keras' fan-in and fan-out: rows and columns of a matrix; for more axes both are multiplied
// by the size of the leading ones; for a vector both are its length.
func fans(dims []int) (in, out float64) {
	switch n := len(dims); n {
	case 0:
		return 1, 1
	case 1:
		return float64(dims[0]), float64(dims[0])
	default:
		field := 1
		for _, d := range dims[:n-2] {
			field *= d
		}
		return float64(field * dims[n-2]), float64(field * dims[n-1])
	}
}

func size(dims []int) int {
	n := 1
	for _, d := range dims {
		n *= d
	}
	return n
}

func draw(dims []int, next func() float64) []float32 {
	values := make([]float32, size(dims))
	for i := range values {
		values[i] = float32(next())
	}
	return values
}

func drawUniform(rng *rand.Rand, low, high float64, dims []int) []float32 {
	return draw(dims, func() float64 { return low + (high-low)*rng.Float64() })
}

// drawTruncated draws from a normal distribution cut at two standard deviations, by rejection.
func drawTruncated(rng *rand.Rand, mean, stddev float64, dims []int) []float32 {
	return draw(dims, func() float64 {
		for {
			if z := rng.NormFloat64(); math.Abs(z) <= 2 {
				return mean + stddev*z
			}
		}
	})
}

// Zeros sets every value to 0. Keras: "zeros".
type Zeros struct{}

var _ = initializers.Add(Zeros{}, unseeded)
var _ = initializers.Say("zeros", Zeros{})
var _ = initializers.Say("zero", Zeros{})

// Values returns zeros.
func (Zeros) Values(_ *rand.Rand, dims ...int) ([]float32, error) {
	return make([]float32, size(dims)), nil
}

// TorchInit is nn.init.zeros_.
func (Zeros) TorchInit(expression string, _ []int, _ TorchParameter) ([]string, error) {
	return torchInitCall("zeros_", expression), nil
}

// Ones sets every value to 1. Keras: "ones".
type Ones struct{}

var _ = initializers.Add(Ones{}, unseeded)
var _ = initializers.Say("ones", Ones{})
var _ = initializers.Say("one", Ones{})

// Values returns ones.
func (Ones) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	return Constant{Value: 1}.Values(rng, dims...)
}

// TorchInit is nn.init.ones_.
func (Ones) TorchInit(expression string, _ []int, _ TorchParameter) ([]string, error) {
	return torchInitCall("ones_", expression), nil
}

// Constant sets every value to Value. Keras: Constant, "constant" for 0.
type Constant struct{ Value float64 }

var _ = initializers.Add(Constant{}, unseeded)

// Values returns Value everywhere.
func (c Constant) Values(_ *rand.Rand, dims ...int) ([]float32, error) {
	return draw(dims, func() float64 { return c.Value }), nil
}

// TorchInit is nn.init.constant_.
func (c Constant) TorchInit(expression string, _ []int, _ TorchParameter) ([]string, error) {
	return torchInitCall("constant_", expression, codec.PythonFloat(c.Value)), nil
}

// RandomUniform draws from [Min, Max); both zero means Keras' [−0.05, 0.05).
type RandomUniform struct {
	Min float64 `keras:"minval,default=-0.05,together"` // smallest value
	Max float64 `keras:"maxval,default=0.05,together"`  // bound of the largest
}

var _ = initializers.Add(RandomUniform{}, unseeded)
var _ = initializers.Say("random_uniform", RandomUniform{})
var _ = initializers.Say("uniform", RandomUniform{})

// Values draws the values; Max below Min, NaN or Inf is an error.
func (u RandomUniform) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	if u == (RandomUniform{}) {
		u = RandomUniform{Min: -0.05, Max: 0.05}
	}
	if !(u.Min <= u.Max) || math.IsInf(u.Max-u.Min, 0) {
		return nil, fmt.Errorf("random uniform from %g to %g: Min must not exceed Max", u.Min, u.Max)
	}
	return drawUniform(rng, u.Min, u.Max, dims), nil
}

// TorchInit is nn.init.uniform_.
func (u RandomUniform) TorchInit(expression string, _ []int, _ TorchParameter) ([]string, error) {
	if u == (RandomUniform{}) {
		u = RandomUniform{Min: -0.05, Max: 0.05}
	}
	return torchInitCall("uniform_", expression, codec.PythonFloat(u.Min), codec.PythonFloat(u.Max)), nil
}

// RandomNormal draws from a normal distribution; StdDev zero means Keras' 0.05 (for all-equal values
// use [Constant]).
type RandomNormal struct {
	Mean   float64 // centre
	StdDev float64 `keras:"stddev,default=0.05,from=0"` // standard deviation; 0: 0.05
}

var _ = initializers.Add(RandomNormal{}, unseeded)
var _ = initializers.Say("random_normal", RandomNormal{})
var _ = initializers.Say("normal", RandomNormal{})

// Values draws the values; a negative or NaN StdDev is an error.
func (n RandomNormal) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	stddev, err := defaultStdDev(n.StdDev)
	if err != nil {
		return nil, err
	}
	if float32(stddev) == 0 {
		return Constant{Value: n.Mean}.Values(rng, dims...)
	}
	return draw(dims, func() float64 { return n.Mean + stddev*rng.NormFloat64() }), nil
}

// TorchInit is nn.init.normal_.
func (n RandomNormal) TorchInit(expression string, _ []int, _ TorchParameter) ([]string, error) {
	stddev, err := defaultStdDev(n.StdDev)
	return torchInitCall("normal_", expression, append(torchArgument("mean", n.Mean, 0), torchArgument("std", stddev, 1)...)...), err
}

// TruncatedNormal is [RandomNormal] without the values more than two standard deviations from the mean.
type TruncatedNormal struct {
	Mean   float64 // centre
	StdDev float64 `keras:"stddev,default=0.05,from=0"` // standard deviation before the cut; 0: 0.05
}

var _ = initializers.Add(TruncatedNormal{}, unseeded)
var _ = initializers.Say("truncated_normal", TruncatedNormal{})

// Values draws the values; a negative or NaN StdDev is an error.
func (n TruncatedNormal) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	stddev, err := defaultStdDev(n.StdDev)
	if err != nil {
		return nil, err
	}
	return drawTruncated(rng, n.Mean, stddev, dims), nil
}

// TorchInit is nn.init.trunc_normal_, whose bounds are values and not standard deviations.
func (n TruncatedNormal) TorchInit(expression string, _ []int, _ TorchParameter) ([]string, error) {
	stddev, err := defaultStdDev(n.StdDev)
	arguments := append(torchArgument("mean", n.Mean, 0), torchArgument("std", stddev, 1)...)
	arguments = append(arguments, torchArgument("a", n.Mean-2*stddev, -2)...)
	return torchInitCall("trunc_normal_", expression, append(arguments, torchArgument("b", n.Mean+2*stddev, 2)...)...), err
}

func defaultStdDev(stddev float64) (float64, error) {
	if stddev == 0 {
		return 0.05, nil
	}
	if !(stddev > 0) || math.IsInf(stddev, 0) {
		return 0, fmt.Errorf("standard deviation %g must be positive and finite", stddev)
	}
	return stddev, nil
}
