package optim

import (
	"fmt"
	"strings"

	"example.com/unstuck/internal/codec"
)

// KerasCode is Python that makes the same optimizer in Keras:
//
//	keras.optimizers.Adam(learning_rate=0.001, clipnorm=1.0)
//
// What Keras doesn't have — several clips at once, adaptive clipping, skipped steps, warm-up in front of any
// schedule, one-cycle — is an error that names it.
func (o Optimizer) KerasCode() (string, error) {
	call, err := kerasRule(o)
	if err != nil {
		return "", err
	}
	rate, err := o.kerasRate()
	if err != nil {
		return "", err
	}
	call.arguments = append([]string{"learning_rate=" + rate}, call.arguments...)
	if call.name != "AdamW" {
		call.number("weight_decay", o.WeightDecay, 0)
	}
	if len(o.Transforms) > 1 {
		return "", fmt.Errorf("%s in Keras: it has one gradient transformation at most, here are %d", call.name, len(o.Transforms))
	}
	for _, t := range o.Transforms {
		switch t := t.(type) {
		case ClipByNorm:
			call.number("clipnorm", t.Max, 0)
		case ClipByGlobalNorm:
			call.number("global_clipnorm", t.Max, 0)
		case ClipByValue:
			call.number("clipvalue", t.Max, 0)
		default:
			return "", fmt.Errorf("%T: Keras has no such gradient transformation", t)
		}
	}
	return call.String(), nil
}

// pythonCall is a call under construction; arguments with their default value are left out.
type pythonCall struct {
	module, name string
	arguments    []string
}

func (c *pythonCall) String() string {
	return fmt.Sprintf("keras.%s.%s(%s)", c.module, c.name, strings.Join(c.arguments, ", "))
}

func (c *pythonCall) number(name string, value, byDefault float64) {
	if value != byDefault {
		c.arguments = append(c.arguments, name+"="+codec.PythonFloat(value))
	}
}

func (c *pythonCall) whole(name string, value int) {
	c.arguments = append(c.arguments, fmt.Sprintf("%s=%d", name, value))
}

func (c *pythonCall) flag(name string, value bool) {
	if value {
		c.arguments = append(c.arguments, name+"=True")
	}
}

// kerasRule is the optimizer's class with the settings of its rule.
func kerasRule(o Optimizer) (*pythonCall, error) {
	c := &pythonCall{module: "optimizers"}
	switch r := o.Rule.(type) {
	case SGDRule:
		c.name = "SGD"
		c.number("momentum", r.Momentum, 0)
		c.flag("nesterov", r.Nesterov)
	case AdamRule:
		c.name = "Adam"
		if o.WeightDecay != 0 {
			c.name = "AdamW"
			c.number("weight_decay", o.WeightDecay, 0.004)
		}
		c.moments(r.Beta1, r.Beta2, r.Epsilon)
		c.flag("amsgrad", r.AMSGrad)
	case RMSpropRule:
		c.name = "RMSprop"
		c.number("rho", r.Rho, 0.9)
		c.number("momentum", r.Momentum, 0)
		c.number("epsilon", r.Epsilon, 1e-7)
		c.flag("centered", r.Centered)
	case AdagradRule:
		c.name = "Adagrad"
		c.number("initial_accumulator_value", r.InitialAccumulator, 0.1)
		c.number("epsilon", r.Epsilon, 1e-7)
	case AdadeltaRule:
		c.name = "Adadelta"
		c.number("rho", r.Rho, 0.95)
		c.number("epsilon", r.Epsilon, 1e-7)
	case AdamaxRule:
		c.name = "Adamax"
		c.moments(r.Beta1, r.Beta2, r.Epsilon)
	case NadamRule:
		c.name = "Nadam"
		c.moments(r.Beta1, r.Beta2, r.Epsilon)
	case LionRule:
		c.name = "Lion"
		c.number("beta_1", r.Beta1, 0.9)
		c.number("beta_2", r.Beta2, 0.99)
	default:
		return nil, fmt.Errorf("%T: Keras has no such optimizer", o.Rule)
	}
	return c, nil
}

func (c *pythonCall) moments(beta1, beta2, epsilon float64) {
	c.number("beta_1", beta1, 0.9)
	c.number("beta_2", beta2, 0.999)
	c.number("epsilon", epsilon, 1e-7)
}
