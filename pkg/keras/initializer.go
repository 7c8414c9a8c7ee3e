package keras

import (
	"math"

	"example.com/unstuck/pkg/nn"
)

// initializer reads an initializer, nil where there is none. Its seed is not taken over.
func (o *object) initializer(key string) nn.Initializer {
	s, ok := o.serialized(key, initializersKind)
	if !ok {
		return nil
	}
	path := o.at(key)
	if s.config == nil && !initializersKind.knows(s.class) {
		o.problem(key, "Keras doesn't know the initializer %s by its name alone", show(s.class))
		return nil
	}
	if s.config == nil {
		init, err := nn.InitializerByName(s.class)
		if err == nil {
			return init
		}
	}
	c := s.settings(path, initializersKind, o.report)
	c.seed("seed")
	if c.keras2 {
		c.ignore("name", "dtype")
	}
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
		return nn.Constant{Value: c.number("value")}
	case "RandomNormal":
		return normal(c, func(mean, stddev float64) nn.Initializer { return nn.RandomNormal{Mean: mean, StdDev: stddev} })
	case "TruncatedNormal":
		return normal(c, func(mean, stddev float64) nn.Initializer { return nn.TruncatedNormal{Mean: mean, StdDev: stddev} })
	case "RandomUniform":
		low, high := c.number("minval"), c.number("maxval")
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
		return nn.Orthogonal{Gain: orTiny(c.number("gain"))}
	case "Identity", "IdentityInitializer":
		return nn.Identity{Gain: orTiny(c.number("gain"))}
	}
	return nil
}

// normal keeps a standard deviation of 0, which nn takes for its default, apart.
func normal(c *object, make func(mean, stddev float64) nn.Initializer) nn.Initializer {
	mean, stddev := c.number("mean"), c.number("stddev")
	if stddev == 0 {
		return nn.Constant{Value: mean}
	}
	return make(mean, stddev)
}

// varianceScaling prefers the named initializer that has the same settings.
func varianceScaling(c *object) nn.Initializer {
	s := nn.VarianceScaling{Scale: c.positive("scale"), Mode: c.text("mode"), Distribution: c.text("distribution")}
	named := map[nn.VarianceScaling]nn.Initializer{
		{Scale: 1, Mode: "fan_avg", Distribution: "uniform"}:          nn.GlorotUniform{},
		{Scale: 1, Mode: "fan_avg", Distribution: "truncated_normal"}: nn.GlorotNormal{},
		{Scale: 2, Mode: "fan_in", Distribution: "uniform"}:           nn.HeUniform{},
		{Scale: 2, Mode: "fan_in", Distribution: "truncated_normal"}:  nn.HeNormal{},
		{Scale: 1, Mode: "fan_in", Distribution: "uniform"}:           nn.LecunUniform{},
		{Scale: 1, Mode: "fan_in", Distribution: "truncated_normal"}:  nn.LecunNormal{},
	}
	if init, ok := named[s]; ok {
		return init
	}
	if err := s.Validate(); err != nil {
		c.add(c.path, "%v", err)
	}
	return s
}

// orTiny replaces 0, which nn takes for a default, by a number that becomes 0 in float32.
func orTiny(x float64) float64 {
	if x == 0 {
		return math.SmallestNonzeroFloat64
	}
	return x
}
