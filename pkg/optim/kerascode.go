package optim

import (
	"errors"
	"fmt"
	"reflect"
	"strconv"

	"example.com/unstuck/internal/codec"
)

// KerasCode is Python that makes the same optimizer in Keras:
//
//	keras.optimizers.Adam(learning_rate=0.001, clipnorm=1.0)
//
// What Keras doesn't have — several clips at once, adaptive clipping, skipped steps, warm-up in front of any
// schedule, one-cycle — is an error that names it.
func (o Optimizer) KerasCode() (string, error) {
	if len(o.Groups) > 0 {
		return "", errors.New("in Keras there are no groups of weights that are trained otherwise")
	}
	call, err := codec.Python(o.asKeras())
	if err != nil {
		return "", fmt.Errorf("%T: Keras has no such optimizer", o.Rule)
	}
	rate := codec.PythonFloat(o.LearningRate)
	if o.Schedule != nil {
		if rate, err = schedules.Python(o.Schedule); err != nil {
			return "", fmt.Errorf("%T: Keras has no such schedule", o.Schedule)
		}
	}
	class := o.class()
	call.Function = "keras.optimizers." + class.name
	call.Arguments = append([]string{"learning_rate=" + rate}, call.Arguments...)
	argument := func(name, value string) { call.Arguments = append(call.Arguments, name+"="+value) }
	if o.WeightDecay != class.decay {
		argument("weight_decay", codec.PythonFloat(o.WeightDecay))
	}
	if o.EMAMomentum != 0 {
		argument("use_ema", "True")
		argument("ema_momentum", codec.PythonFloat(o.EMAMomentum))
	}
	if o.EMAMomentum != 0 && o.EMAOverwrite != 0 {
		argument("ema_overwrite_frequency", strconv.Itoa(o.EMAOverwrite))
	}
	if o.Accumulate > 1 {
		argument("gradient_accumulation_steps", strconv.Itoa(o.Accumulate))
	}
	return o.kerasTransforms(call)
}

// asKeras is the rule, without what makes no difference at a constant rate.
func (o Optimizer) asKeras() Rule {
	if r, ok := o.Rule.(SGDRule); ok && r.Dampening == 0 && o.Schedule == nil {
		r.Velocity = false
		return r
	}
	return o.Rule
}

// class is Keras' class of the optimizer: of those with its rule the one that decays weights as well, or doesn't either.
func (o Optimizer) class() class {
	var found []class
	for _, c := range classes {
		if reflect.TypeOf(c.rule) == reflect.TypeOf(o.Rule) {
			found = append(found, c)
		}
	}
	for _, c := range found {
		if (c.decay != 0) == (o.WeightDecay != 0) {
			return c
		}
	}
	return found[0]
}

// kerasArgument is implemented by the transformations that are an argument of Keras' optimizers.
type kerasArgument interface {
	kerasArgument() (name string, value float64)
}

// kerasWrapper is implemented by those that are an optimizer around the optimizer in Keras.
type kerasWrapper interface {
	kerasWrapped(inner string) string
}

func (o Optimizer) kerasTransforms(call codec.Call) (string, error) {
	wrap := func(inner string) string { return inner }
	clips := o.Transforms
	if len(clips) > 0 {
		if w, ok := clips[0].(kerasWrapper); ok {
			wrap, clips = w.kerasWrapped, clips[1:]
		}
	}
	if len(clips) > 1 {
		return "", fmt.Errorf("%s: Keras has one gradient transformation at most, here are %d", call.Function, len(clips))
	}
	for _, t := range clips {
		a, ok := t.(kerasArgument)
		if !ok {
			return "", fmt.Errorf("%T: Keras has no such gradient transformation", t)
		}
		name, value := a.kerasArgument()
		call.Arguments = append(call.Arguments, name+"="+codec.PythonFloat(value))
	}
	return wrap(call.String()), nil
}
