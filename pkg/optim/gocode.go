package optim

import (
	"fmt"
	"reflect"
	"strings"

	"example.com/unstuck/internal/codec"
)

// GoCode is Go that makes this optimizer, on one line:
//
//	optim.Adam(0.001).With(optim.ClipByNorm{Max: 1})
func (o Optimizer) GoCode() string {
	var b strings.Builder
	name, made := o.constructor()
	if name == "" {
		fmt.Fprintf(&b, "optim.Optimizer{Rule: %s, LearningRate: %s}", codec.GoLine(o.Rule), codec.GoLine(o.LearningRate))
	} else {
		fmt.Fprintf(&b, "optim.%s(%s)", name, codec.GoLine(o.LearningRate))
		if !reflect.DeepEqual(made.Rule, o.Rule) {
			fmt.Fprintf(&b, ".WithRule(%s)", codec.GoLine(o.Rule))
		}
	}
	if o.WeightDecay != made.WeightDecay {
		fmt.Fprintf(&b, ".WithWeightDecay(%s)", codec.GoLine(o.WeightDecay))
	}
	if o.Schedule != nil {
		fmt.Fprintf(&b, ".WithSchedule(%s)", codec.GoLine(o.Schedule))
	}
	if len(o.Groups) > 0 {
		parts := make([]string, len(o.Groups))
		for i, g := range o.Groups {
			parts[i] = codec.GoLine(g)
		}
		fmt.Fprintf(&b, ".WithGroups(%s)", strings.Join(parts, ", "))
	}
	if o.Accumulate > 1 {
		fmt.Fprintf(&b, ".WithAccumulation(%d)", o.Accumulate)
	}
	if o.EMAMomentum != 0 {
		fmt.Fprintf(&b, ".WithEMA(%s, %d)", codec.GoLine(o.EMAMomentum), o.EMAOverwrite)
	}
	if len(o.Transforms) > 0 {
		parts := make([]string, len(o.Transforms))
		for i, t := range o.Transforms {
			parts[i] = codec.GoLine(t)
		}
		fmt.Fprintf(&b, ".With(%s)", strings.Join(parts, ", "))
	}
	return b.String()
}

// constructor is the function that comes closest: the one that makes this rule and decay, or else the first
// that makes this kind of rule; an empty name for other people's rules.
func (o Optimizer) constructor() (name string, made Optimizer) {
	for _, c := range classes {
		if reflect.DeepEqual(c.rule, o.Rule) && c.decay == o.WeightDecay {
			return c.name, of(c.name, 0)
		}
	}
	for _, c := range classes {
		if reflect.TypeOf(c.rule) == reflect.TypeOf(o.Rule) {
			return c.name, of(c.name, 0)
		}
	}
	return "", Optimizer{}
}
