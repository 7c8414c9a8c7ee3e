package keras

import (
	"math"

	"example.com/unstuck/pkg/nn"
)

// initializer reads an initializer, nil where there is none. Its seed is not taken over.
func (o *object) initializer(key string) nn.Initializer {
	s, ok := o.serialized(key)
	if !ok {
		return nil
	}
	path := o.at(key)
	if s.config == nil {
		init, err := nn.InitializerByName(s.class)
		if err == nil {
			return init
		}
	}
	c := s.settings(path, o.report)
	c.ignore("seed", "name", "dtype")
	c.only("input_axes")
	c.only("output_axes")
	init := initializers(s.class, c)
	if init == nil {
		o.problem(key, "the initializer %s is not supported", s.class)
		return nil
	}
	c.done()
	return init
}

func initializers(class string, c *object) nn.Initializer {
	switch class {
	case "Zeros":
		return nn.Zeros{}
	case "Ones":
		return nn.Ones{}
	case "Constant":
		return nn.Constant{Value: c.number("value", 0)}
	case "RandomNormal":
		return normal(c, func(mean, stddev float64) nn.Initializer { return nn.RandomNormal{Mean: mean, StdDev: stddev} })
	case "TruncatedNormal":
		return normal(c, func(mean, stddev float64) nn.Initializer { return nn.TruncatedNormal{Mean: mean, StdDev: stddev} })
	case "RandomUniform":
		low, high := c.number("minval", -0.05), c.number("maxval", 0.05)
		if low == 0 && high == 0 { // which nn takes for its default
			return nn.Zeros{}
		}
		return nn.RandomUniform{Min: low, Max: high}
	case "GlorotUniform":
		return nn.GlorotUniform{}
	case "GlorotNormal":
		return nn.GlorotNormal{}
	case "HeUniform":
		return nn.HeUniform{}
	case "HeNormal":
		return nn.HeNormal{}
	case "LecunUniform":
		return nn.LecunUniform{}
	case "LecunNormal":
		return nn.LecunNormal{}
	case "VarianceScaling":
		return varianceScaling(c)
	case "Orthogonal", "OrthogonalInitializer":
		return nn.Orthogonal{Gain: orTiny(c.number("gain", 1))}
	case "Identity", "IdentityInitializer":
		return nn.Identity{Gain: orTiny(c.number("gain", 1))}
	}
	return nil
}

// normal keeps a standard deviation of 0, which nn takes for its default, apart.
func normal(c *object, make func(mean, stddev float64) nn.Initializer) nn.Initializer {
	mean, stddev := c.number("mean", 0), c.number("stddev", 0.05)
	if stddev == 0 {
		return nn.Constant{Value: mean}
	}
	return make(mean, stddev)
}

// varianceScaling finds the named initializer that has the same settings.
func varianceScaling(c *object) nn.Initializer {
	type settings struct {
		scale              float64
		mode, distribution string
	}
	s := settings{c.number("scale", 1), c.text("mode", "fan_in"), c.text("distribution", "truncated_normal")}
	named := map[settings]nn.Initializer{
		{1, "fan_avg", "uniform"}:          nn.GlorotUniform{},
		{1, "fan_avg", "truncated_normal"}: nn.GlorotNormal{},
		{2, "fan_in", "uniform"}:           nn.HeUniform{},
		{2, "fan_in", "truncated_normal"}:  nn.HeNormal{},
		{1, "fan_in", "uniform"}:           nn.LecunUniform{},
		{1, "fan_in", "truncated_normal"}:  nn.LecunNormal{},
	}
	init, ok := named[s]
	if !ok {
		c.add(c.path, "VarianceScaling is supported where it equals Glorot, He or Lecun, not with scale %g, mode %s, distribution %s", s.scale, s.mode, s.distribution)
		return nn.Zeros{} // not used: the problem is reported
	}
	return init
}

// orTiny replaces 0, which nn takes for a default, by a number that becomes 0 in float32.
func orTiny(x float64) float64 {
	if x == 0 {
		return math.SmallestNonzeroFloat64
	}
	return x
}
