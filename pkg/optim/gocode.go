package optim

import (
	"fmt"
	"reflect"
	"strings"

	"example.com/unstuck/internal/codec"
)

// constructors are the functions that GoCode writes, in order of preference.
var constructors = []struct {
	name string
	make func(learningRate float64) Optimizer
}{
	{"SGD", SGD}, {"Adam", Adam}, {"AdamW", AdamW}, {"RMSprop", RMSprop}, {"Adagrad", Adagrad},
	{"Adadelta", Adadelta}, {"Adamax", Adamax}, {"Nadam", Nadam}, {"Lion", Lion},
}

// GoCode is Go that makes this optimizer, on one line:
//
//	optim.Adam(0.001).With(optim.ClipByNorm{Max: 1})
func (o Optimizer) GoCode() string {
	var b strings.Builder
	name, made := o.constructor()
	if name == "" {
		fmt.Fprintf(&b, "optim.Optimizer{Rule: %s, LearningRate: %s}", codec.GoCode(o.Rule), codec.GoCode(o.LearningRate))
	} else {
		fmt.Fprintf(&b, "optim.%s(%s)", name, codec.GoCode(o.LearningRate))
		if !reflect.DeepEqual(made.Rule, o.Rule) {
			fmt.Fprintf(&b, ".WithRule(%s)", codec.GoCode(o.Rule))
		}
	}
	if o.WeightDecay != made.WeightDecay {
		fmt.Fprintf(&b, ".WithWeightDecay(%s)", codec.GoCode(o.WeightDecay))
	}
	if o.Schedule != nil {
		fmt.Fprintf(&b, ".WithSchedule(%s)", codec.GoCode(o.Schedule))
	}
	if len(o.Transforms) > 0 {
		parts := make([]string, len(o.Transforms))
		for i, t := range o.Transforms {
			parts[i] = codec.GoCode(t)
		}
		fmt.Fprintf(&b, ".With(%s)", strings.Join(parts, ", "))
	}
	return b.String()
}

// constructor is the function that comes closest: the one that makes this rule and decay, or else the first
// that makes this kind of rule; an empty name for other people's rules.
func (o Optimizer) constructor() (name string, made Optimizer) {
	for _, c := range constructors {
		if m := c.make(0); reflect.DeepEqual(m.Rule, o.Rule) && m.WeightDecay == o.WeightDecay {
			return c.name, m
		}
	}
	for _, c := range constructors {
		if m := c.make(0); reflect.TypeOf(m.Rule) == reflect.TypeOf(o.Rule) {
			return c.name, m
		}
	}
	return "", Optimizer{}
}
