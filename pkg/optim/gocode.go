package optim

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
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
		fmt.Fprintf(&b, "optim.Optimizer{Rule: %s, LearningRate: %s}", literal(o.Rule), literal(o.LearningRate))
	} else {
		fmt.Fprintf(&b, "optim.%s(%s)", name, literal(o.LearningRate))
		if !reflect.DeepEqual(made.Rule, o.Rule) {
			fmt.Fprintf(&b, ".WithRule(%s)", literal(o.Rule))
		}
	}
	if o.WeightDecay != made.WeightDecay {
		fmt.Fprintf(&b, ".WithWeightDecay(%s)", literal(o.WeightDecay))
	}
	if o.Schedule != nil {
		fmt.Fprintf(&b, ".WithSchedule(%s)", literal(o.Schedule))
	}
	if len(o.Transforms) > 0 {
		parts := make([]string, len(o.Transforms))
		for i, t := range o.Transforms {
			parts[i] = literal(t)
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

// literal is v as Go source; fields that are zero are left out.
func literal(v any) string { return literalOf(reflect.ValueOf(v)) }

func literalOf(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Invalid:
		return "nil"
	case reflect.Interface:
		return literalOf(v.Elem())
	case reflect.Float64:
		return strconv.FormatFloat(v.Float(), 'g', -1, 64)
	case reflect.Struct:
		var fields []string
		for i := range v.NumField() {
			if !v.Field(i).IsZero() {
				fields = append(fields, v.Type().Field(i).Name+": "+literalOf(v.Field(i)))
			}
		}
		return v.Type().String() + "{" + strings.Join(fields, ", ") + "}"
	case reflect.Slice:
		elements := make([]string, v.Len())
		for i := range elements {
			elements[i] = literalOf(v.Index(i))
		}
		return v.Type().String() + "{" + strings.Join(elements, ", ") + "}"
	default:
		return fmt.Sprintf("%v", v)
	}
}
