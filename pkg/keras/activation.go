package keras

import "example.com/unstuck/pkg/nn"

// activation reads an activation: a string, a function of Keras' own, or one of its activation layers. A null
// is linear.
func (o *object) activation(key string) nn.Activation {
	s, ok := o.serialized(key, activationsKind)
	if !ok {
		return nn.Linear{} // null
	}
	if s.class == "hard_sigmoid" && o.keras2 {
		o.problem(key, "Keras 2's hard_sigmoid, 0.2·x + 0.5 cut to 0…1, is not supported; Keras 3 has another one")
	}
	if s.config != nil {
		if read, known := activationLayers[s.class]; known {
			s.config.of = constructorOf(layersKind, s.class)
			s.config.lastAxisNumber = o.lastAxisNumber
			s.config.common()
			a := read(s.config)
			s.config.done()
			return a
		}
		o.problem(key, "the activation %s is not supported", s.class)
		return nn.Linear{}
	}
	if !activationsKind.knows(s.class) {
		o.problem(key, "unknown activation %q: Keras has none of that name", s.class)
		return nn.Linear{}
	}
	a, err := nn.ActivationByName(s.class)
	if err != nil {
		o.problem(key, "%v", err)
		return nn.Linear{}
	}
	return a
}

// activationLayers are Keras' layers that have no weights and are a function of one value.
var activationLayers map[string]func(c *object) nn.Activation

func init() { // the entry "Activation" reads an activation in turn
	activationLayers = map[string]func(c *object) nn.Activation{
		"Activation": func(c *object) nn.Activation { return c.activation("activation") },
		"ReLU":       relu,
		"LeakyReLU":  leakyReLU,
		"ELU":        func(c *object) nn.Activation { return nn.ELU{Alpha: orTiny(c.number("alpha"))} },
		"Softmax":    softmax,
	}
}

func relu(c *object) nn.Activation {
	r := nn.ReLU{NegativeSlope: c.number("negative_slope"), Threshold: c.number("threshold")}
	if c.has("max_value") {
		r.MaxValue = orTiny(c.number("max_value"))
		c.notNegative("max_value", r.MaxValue)
	}
	c.notNegative("negative_slope", r.NegativeSlope)
	c.notNegative("threshold", r.Threshold)
	return r
}

// leakyReLU also reads Keras 2's name of the slope.
func leakyReLU(c *object) nn.Activation {
	key := "negative_slope"
	if c.keras2 && c.has("alpha") {
		c.ignore(key)
		key = "alpha"
	}
	slope := c.number(key)
	c.notNegative(key, slope)
	return nn.LeakyReLU{NegativeSlope: orTiny(slope)}
}

func softmax(c *object) nn.Activation {
	c.lastAxis()
	return nn.Softmax{}
}

func (o *object) notNegative(key string, x float64) {
	if x < 0 {
		o.problem(key, "%g must not be negative", x)
	}
}
