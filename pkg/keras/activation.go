package keras

import "example.com/unstuck/pkg/nn"

// activation reads an activation: a string, a function of Keras' own, or one of its activation layers. A null
// is linear; where the key is missing, the fallback counts.
func (o *object) activation(key string, fallback nn.Activation) nn.Activation {
	if v, there := o.fields[key]; there && v == nil {
		o.get(key)
		return nn.Linear{}
	}
	s, ok := o.serialized(key)
	if !ok {
		return fallback
	}
	if s.class == "hard_sigmoid" && o.keras2 {
		o.problem(key, "Keras 2's hard_sigmoid, 0.2·x + 0.5 cut to 0…1, is not supported; Keras 3 has another one")
	}
	if s.config != nil {
		if read, known := activationLayers[s.class]; known {
			s.config.common()
			a := read(s.config)
			s.config.done()
			return a
		}
		o.problem(key, "the activation %s is not supported", s.class)
		return fallback
	}
	a, err := nn.ActivationByName(s.class)
	if err != nil {
		o.problem(key, "%v", err)
		return fallback
	}
	return a
}

// activationLayers are Keras' layers that have no weights and are a function of one value.
var activationLayers map[string]func(c *object) nn.Activation

func init() { // the entry "Activation" reads an activation in turn
	activationLayers = map[string]func(c *object) nn.Activation{
		"Activation": func(c *object) nn.Activation { return c.activation("activation", nn.Linear{}) },
		"ReLU":       relu,
		"LeakyReLU":  leakyReLU,
		"ELU":        func(c *object) nn.Activation { return nn.ELU{Alpha: orTiny(c.number("alpha", 1))} },
		"Softmax":    softmax,
	}
}

func relu(c *object) nn.Activation {
	r := nn.ReLU{NegativeSlope: c.number("negative_slope", 0), Threshold: c.number("threshold", 0)}
	if c.has("max_value") {
		r.MaxValue = c.positive("max_value", 0)
	}
	c.ignore("max_value")
	c.notNegative("negative_slope", r.NegativeSlope)
	c.notNegative("threshold", r.Threshold)
	return r
}

// leakyReLU also reads Keras 2's name of the slope.
func leakyReLU(c *object) nn.Activation {
	slope := c.number("negative_slope", c.number("alpha", 0.3))
	c.notNegative("negative_slope", slope)
	return nn.LeakyReLU{NegativeSlope: orTiny(slope)}
}

func softmax(c *object) nn.Activation {
	c.only("axis", -1, []any{-1})
	return nn.Softmax{}
}

func (o *object) notNegative(key string, x float64) {
	if x < 0 {
		o.problem(key, "%g must not be negative", x)
	}
}
