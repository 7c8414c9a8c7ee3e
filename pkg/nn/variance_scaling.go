package nn

import (
	"fmt"
	"math"
	"math/rand/v2"
)

// truncatedStdDev is the standard deviation of a standard normal cut at ±2: Keras divides by it so that
// the truncated draw has the variance that the formula asks for.
const truncatedStdDev = 0.87962566103423978

// GlorotUniform draws from ±√(6/(fanIn+fanOut)), Keras' default for kernels. Glorot & Bengio 2010.
type GlorotUniform struct{}

// Values draws the values.
func (GlorotUniform) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	in, out := fans(dims)
	return scaledUniform(rng, (in+out)/2, 1, dims)
}

// GlorotNormal draws from a truncated normal of variance 2/(fanIn+fanOut). Glorot & Bengio 2010.
type GlorotNormal struct{}

// Values draws the values.
func (GlorotNormal) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	in, out := fans(dims)
	return scaledNormal(rng, (in+out)/2, 1, dims)
}

// HeUniform draws from ±√(6/fanIn), made for ReLU. He et al. 2015.
type HeUniform struct{}

// Values draws the values.
func (HeUniform) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	in, _ := fans(dims)
	return scaledUniform(rng, in, 2, dims)
}

// HeNormal draws from a truncated normal of variance 2/fanIn, made for ReLU. He et al. 2015.
type HeNormal struct{}

// Values draws the values.
func (HeNormal) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	in, _ := fans(dims)
	return scaledNormal(rng, in, 2, dims)
}

// LecunUniform draws from ±√(3/fanIn). LeCun et al. 1998; Klambauer et al. 2017 for SELU.
type LecunUniform struct{}

// Values draws the values.
func (LecunUniform) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	in, _ := fans(dims)
	return scaledUniform(rng, in, 1, dims)
}

// LecunNormal draws from a truncated normal of variance 1/fanIn, made for SELU. Klambauer et al. 2017.
type LecunNormal struct{}

// Values draws the values.
func (LecunNormal) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	in, _ := fans(dims)
	return scaledNormal(rng, in, 1, dims)
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
	Scale        float64 // positive
	Mode         string  // what the fan is: "fan_in", "fan_out" or "fan_avg"
	Distribution string  // "uniform", "truncated_normal", also called "normal", or "untruncated_normal"
}

// Validate refuses a Scale that isn't positive and finite, and names that Keras doesn't have.
func (s VarianceScaling) Validate() error {
	if !(s.Scale > 0) || math.IsInf(s.Scale, 1) {
		return fmt.Errorf("VarianceScaling.Scale is %g, must be positive and finite", s.Scale)
	}
	switch s.Mode {
	case "fan_in", "fan_out", "fan_avg":
	default:
		return fmt.Errorf("VarianceScaling.Mode is %q, must be fan_in, fan_out or fan_avg", s.Mode)
	}
	switch s.Distribution {
	case "uniform", "truncated_normal", "normal", "untruncated_normal":
	default:
		return fmt.Errorf("VarianceScaling.Distribution is %q, must be uniform, truncated_normal, normal or untruncated_normal", s.Distribution)
	}
	return nil
}

// Values draws the values. Errors: those of Validate.
func (s VarianceScaling) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	in, out := fans(dims)
	fan := map[string]float64{"fan_in": in, "fan_out": out, "fan_avg": (in + out) / 2}[s.Mode]
	switch s.Distribution {
	case "uniform":
		return scaledUniform(rng, fan, s.Scale, dims)
	case "untruncated_normal":
		stddev := math.Sqrt(s.Scale / max(1, fan))
		return draw(dims, func() float64 { return stddev * rng.NormFloat64() }), nil
	}
	return scaledNormal(rng, fan, s.Scale, dims)
}
