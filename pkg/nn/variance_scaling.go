package nn

import (
	"math"
	"math/rand/v2"

	"example.com/unstuck/internal/codec"
)

// truncatedStdDev is the standard deviation of a standard normal cut at ±2: Keras divides by it so that
// the truncated draw has the variance that the formula asks for.
const truncatedStdDev = 0.87962566103423978

// GlorotUniform draws from ±√(6/(fanIn+fanOut)), Keras' default for kernels. Glorot & Bengio 2010.
type GlorotUniform struct{}

var _ = initializers.Add(GlorotUniform{}, unseeded)
var _ = initializers.Say("glorot_uniform", GlorotUniform{})

// Values draws the values.
func (GlorotUniform) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	in, out := fans(dims)
	return scaledUniform(rng, (in+out)/2, 1, dims)
}

// TorchInit is nn.init.xavier_uniform_.
func (GlorotUniform) TorchInit(expression string, shape []int, p TorchParameter) ([]string, error) {
	in, out := fans(shape)
	return torchScaled("xavier_uniform_", true, (in+out)/2, 1, expression, shape, p)
}

// GlorotNormal draws from a truncated normal of variance 2/(fanIn+fanOut). Glorot & Bengio 2010.
type GlorotNormal struct{}

var _ = initializers.Add(GlorotNormal{}, unseeded)
var _ = initializers.Say("glorot_normal", GlorotNormal{})

// Values draws the values.
func (GlorotNormal) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	in, out := fans(dims)
	return scaledNormal(rng, (in+out)/2, 1, dims)
}

// TorchInit is nn.init.xavier_normal_.
func (GlorotNormal) TorchInit(expression string, shape []int, p TorchParameter) ([]string, error) {
	in, out := fans(shape)
	return torchScaled("xavier_normal_", false, (in+out)/2, 1, expression, shape, p)
}

// HeUniform draws from ±√(6/fanIn), made for ReLU. He et al. 2015.
type HeUniform struct{}

var _ = initializers.Add(HeUniform{}, unseeded)
var _ = initializers.Say("he_uniform", HeUniform{})

// Values draws the values.
func (HeUniform) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	in, _ := fans(dims)
	return scaledUniform(rng, in, 2, dims)
}

// TorchInit is nn.init.kaiming_uniform_.
func (HeUniform) TorchInit(expression string, shape []int, p TorchParameter) ([]string, error) {
	in, _ := fans(shape)
	return torchScaled("kaiming_uniform_", true, in, 2, expression, shape, p, torchFanIn(p)...)
}

// HeNormal draws from a truncated normal of variance 2/fanIn, made for ReLU. He et al. 2015.
type HeNormal struct{}

var _ = initializers.Add(HeNormal{}, unseeded)
var _ = initializers.Say("he_normal", HeNormal{})

// Values draws the values.
func (HeNormal) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	in, _ := fans(dims)
	return scaledNormal(rng, in, 2, dims)
}

// TorchInit is nn.init.kaiming_normal_.
func (HeNormal) TorchInit(expression string, shape []int, p TorchParameter) ([]string, error) {
	in, _ := fans(shape)
	return torchScaled("kaiming_normal_", false, in, 2, expression, shape, p, torchFanIn(p)...)
}

// LecunUniform draws from ±√(3/fanIn). LeCun et al. 1998; Klambauer et al. 2017 for SELU.
type LecunUniform struct{}

var _ = initializers.Add(LecunUniform{}, unseeded)
var _ = initializers.Say("lecun_uniform", LecunUniform{})

// Values draws the values.
func (LecunUniform) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	in, _ := fans(dims)
	return scaledUniform(rng, in, 1, dims)
}

// TorchInit is nn.init.kaiming_uniform_ with a gain of 1.
func (LecunUniform) TorchInit(expression string, shape []int, p TorchParameter) ([]string, error) {
	in, _ := fans(shape)
	return torchScaled("kaiming_uniform_", true, in, 1, expression, shape, p, torchFanIn(p, "nonlinearity='linear'")...)
}

// LecunNormal draws from a truncated normal of variance 1/fanIn, made for SELU. Klambauer et al. 2017.
type LecunNormal struct{}

var _ = initializers.Add(LecunNormal{}, unseeded)
var _ = initializers.Say("lecun_normal", LecunNormal{})

// Values draws the values.
func (LecunNormal) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	in, _ := fans(dims)
	return scaledNormal(rng, in, 1, dims)
}

// TorchInit is nn.init.kaiming_normal_ with a gain of 1.
func (LecunNormal) TorchInit(expression string, shape []int, p TorchParameter) ([]string, error) {
	in, _ := fans(shape)
	return torchScaled("kaiming_normal_", false, in, 1, expression, shape, p, torchFanIn(p, "nonlinearity='linear'")...)
}

// scaledUniform draws with variance scale/fan: a uniform on ±limit has variance limit²/3.
func scaledUniform(rng *rand.Rand, fan, scale float64, dims []int) ([]float32, error) {
	limit := math.Sqrt(3 * scale / max(1, fan))
	return drawUniform(rng, -limit, limit, dims), nil
}

func scaledNormal(rng *rand.Rand, fan, scale float64, dims []int) ([]float32, error) {
	return drawTruncated(rng, 0, math.Sqrt(scale/max(1, fan))/truncatedStdDev, dims), nil
}

// VarianceScaling draws with variance Scale/fan, in the words of Keras' initializer of that name, of which the others
// of this family are settings.
type VarianceScaling struct {
	Scale        float64 `keras:"scale,default=1,above=0"`                                               // 0: 1
	Mode         string  `keras:"mode,oneof=fan_in|fan_out|fan_avg"`                                     // what the fan is; empty: "fan_in"
	Distribution string  `keras:"distribution,oneof=truncated_normal|normal|uniform|untruncated_normal"` // empty: "truncated_normal", which "normal" means too
}

var _ = initializers.Add(VarianceScaling{}, unseeded)

// Simplest is the named initializer that has the same settings, where there is one.
func (s VarianceScaling) Simplest() any {
	for _, named := range []struct {
		settings    VarianceScaling
		initializer Initializer
	}{
		{VarianceScaling{Mode: "fan_avg", Distribution: "uniform"}, GlorotUniform{}},
		{VarianceScaling{Mode: "fan_avg"}, GlorotNormal{}},
		{VarianceScaling{Scale: 2, Distribution: "uniform"}, HeUniform{}},
		{VarianceScaling{Scale: 2}, HeNormal{}},
		{VarianceScaling{Distribution: "uniform"}, LecunUniform{}},
		{VarianceScaling{}, LecunNormal{}},
	} {
		if codec.Canonical(s) == codec.Canonical(named.settings) {
			return named.initializer
		}
	}
	return s
}

// Validate refuses a Scale that is negative or not finite, and names that Keras doesn't have.
func (s VarianceScaling) Validate() error { return codec.Check(s) }

// Values draws the values. Errors: those of Validate.
func (s VarianceScaling) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	scale, fan := s.over(dims)
	switch s.Distribution {
	case "uniform":
		return scaledUniform(rng, fan, scale, dims)
	case "untruncated_normal":
		stddev := math.Sqrt(scale / max(1, fan))
		return draw(dims, func() float64 { return stddev * rng.NormFloat64() }), nil
	}
	return scaledNormal(rng, fan, scale, dims)
}

// over are the factor and the fan.
func (s VarianceScaling) over(dims []int) (scale, fan float64) {
	scale = s.Scale
	if scale == 0 {
		scale = 1
	}
	in, out := fans(dims)
	switch s.Mode {
	case "fan_out":
		return scale, out
	case "fan_avg":
		return scale, (in + out) / 2
	}
	return scale, in
}

// TorchInit draws from numbers: uniformly, or normally without a cut.
func (s VarianceScaling) TorchInit(expression string, shape []int, p TorchParameter) ([]string, error) {
	if named, ok := s.Simplest().(TorchInitializer); ok && named != TorchInitializer(s) {
		return named.TorchInit(expression, shape, p)
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	scale, fan := s.over(shape)
	p.Apart = true
	return torchScaled("", s.Distribution == "uniform", fan, scale, expression, shape, p)
}
