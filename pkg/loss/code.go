package loss

import (
	"fmt"
	"strconv"
	"strings"
)

// GoCode is Go that makes this loss: "loss.Huber{Delta: 0.5}". Losses of other packages are printed as %#v.
func GoCode(l Loss) string {
	name, settings, known := describe(l)
	if !known {
		return fmt.Sprintf("%#v", l)
	}
	var fields []string
	for _, s := range settings {
		if s.set() {
			fields = append(fields, s.field+": "+s.value)
		}
	}
	return "loss." + name.goType + "{" + strings.Join(fields, ", ") + "}"
}

// KerasCode is Python that makes the same loss in Keras: "keras.losses.Huber(delta=0.5)". A loss that Keras
// doesn't have is an error.
func KerasCode(l Loss) (string, error) {
	name, settings, known := describe(l)
	if !known {
		return "", fmt.Errorf("%T: Keras has no such loss", l)
	}
	var arguments []string
	for _, s := range settings {
		if s.set() {
			value := s.value
			switch {
			case value == "true":
				value = "True"
			case !strings.ContainsAny(value, ".e"):
				value += ".0"
			}
			arguments = append(arguments, s.argument+"="+value)
		}
	}
	return "keras.losses." + name.kerasClass + "(" + strings.Join(arguments, ", ") + ")", nil
}

type lossName struct{ goType, kerasClass string }

// lossSetting is a setting of a loss, its value as Go source.
type lossSetting struct{ field, argument, value string }

func (s lossSetting) set() bool { return s.value != "0" && s.value != "false" }

func describe(l Loss) (name lossName, settings []lossSetting, known bool) {
	logits := func(on bool) lossSetting {
		return lossSetting{"FromLogits", "from_logits", strconv.FormatBool(on)}
	}
	number := func(field, argument string, x float64) lossSetting {
		return lossSetting{field, argument, strconv.FormatFloat(x, 'g', -1, 64)}
	}
	smoothing := func(s float64) lossSetting { return number("LabelSmoothing", "label_smoothing", s) }
	switch l := l.(type) {
	case MSE:
		return lossName{"MSE", "MeanSquaredError"}, nil, true
	case MAE:
		return lossName{"MAE", "MeanAbsoluteError"}, nil, true
	case Huber:
		return lossName{"Huber", "Huber"}, []lossSetting{number("Delta", "delta", l.Delta)}, true
	case LogCosh:
		return lossName{"LogCosh", "LogCosh"}, nil, true
	case Poisson:
		return lossName{"Poisson", "Poisson"}, nil, true
	case BinaryCrossentropy:
		return lossName{"BinaryCrossentropy", "BinaryCrossentropy"}, []lossSetting{logits(l.FromLogits), smoothing(l.LabelSmoothing)}, true
	case CategoricalCrossentropy:
		return lossName{"CategoricalCrossentropy", "CategoricalCrossentropy"}, []lossSetting{logits(l.FromLogits), smoothing(l.LabelSmoothing)}, true
	case SparseCategoricalCrossentropy:
		return lossName{"SparseCategoricalCrossentropy", "SparseCategoricalCrossentropy"}, []lossSetting{logits(l.FromLogits)}, true
	}
	return lossName{}, nil, false
}
