package optim

import (
	"example.com/unstuck/internal/codec"
)

// What kinds of things this package has. Each type registers itself in its own file.
var (
	rules     = codec.NewRegistry[Rule]("optimizers")
	schedules = codec.NewRegistry[Schedule]("optimizers.schedules")
)

// class is an optimizer, most of them Keras': a rule under a name, and the weight decay that it has unless told otherwise.
type class struct {
	name  string
	rule  Rule // with the defaults of its settings
	decay float64
}

// classes are all of them, in the order of the alphabet.
var classes []class

// add registers a rule under the name of Keras' class, which is that of the function here.
func add(name string, zero Rule, decay float64, options ...codec.Option) struct{} {
	rules.Add(zero, append(options, codec.Named(name))...)
	return enter(name, zero, decay)
}

// variant registers another of Keras' classes with the same rule.
func variant(name string, zero Rule, decay float64) struct{} {
	rules.Variant(name, zero)
	return enter(name, zero, decay)
}

// notOfKeras registers a rule that Keras doesn't have, under the name of the function here.
func notOfKeras(name string, zero Rule, decay float64) struct{} {
	rules.Add(zero, codec.NoClass())
	return enter(name, zero, decay)
}

func enter(name string, zero Rule, decay float64) struct{} {
	classes = append(classes, class{name: name, rule: codec.Defaults(zero), decay: decay})
	return struct{}{}
}

// of is the optimizer of a class with its defaults.
func of(name string, learningRate float64) Optimizer {
	for _, c := range classes {
		if c.name == name {
			return Optimizer{Rule: c.rule, LearningRate: learningRate, WeightDecay: c.decay}
		}
	}
	panic("optim: there is no class " + name) // that a function of this package names
}

// RuleClass is the rule that Keras' optimizer of that class follows; false for those that are not here.
func RuleClass(name string) (*codec.Class, bool) { return rules.Class(name) }

// ScheduleClass is the schedule that Keras knows by that class; false for those that are not here.
func ScheduleClass(name string) (*codec.Class, bool) { return schedules.Class(name) }
