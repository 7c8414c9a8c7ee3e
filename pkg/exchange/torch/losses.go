package torch

import (
	"math"
	"slices"

	"example.com/unstuck/pkg/loss"
)

// lossReaders read the options of a class, but for its reduction.
var lossReaders = map[string]func(o *object, out output) loss.Loss{
	"MSELoss": func(o *object, out output) loss.Loss {
		return o.matched(out, loss.MSE{})
	},
	"L1Loss": func(o *object, out output) loss.Loss {
		return o.matched(out, loss.MAE{ZeroAtZero: true})
	},
	"SmoothL1Loss": func(o *object, out output) loss.Loss {
		beta := o.within("beta", 0, 1e30)
		if beta == 0 { // which is the same
			return o.matched(out, loss.MAE{ZeroAtZero: true})
		}
		return o.matched(out, loss.Huber{Delta: beta, Unit: true})
	},
	"HuberLoss": func(o *object, out output) loss.Loss {
		return o.matched(out, loss.Huber{Delta: o.positive("delta")})
	},
	"BCELoss": func(o *object, out output) loss.Loss {
		o.alike(out)
		return loss.BinaryCrossentropy{CutLogarithms: true, Weights: o.outputWeights("weight", out)}
	},
	"BCEWithLogitsLoss": func(o *object, out output) loss.Loss {
		o.alike(out)
		return loss.BinaryCrossentropy{FromLogits: true, Weights: o.outputWeights("weight", out), PosWeights: o.outputWeights("pos_weight", out)}
	},
	"CrossEntropyLoss": crossEntropy,
	"KLDivLoss": func(o *object, out output) loss.Loss {
		o.alike(out)
		return loss.KLDivLoss{LogTarget: o.flag("log_target")}
	},
	"PoissonNLLLoss": func(o *object, out output) loss.Loss {
		return o.matched(out, loss.PoissonNLLLoss{Rates: !o.flag("log_input"), Full: o.flag("full"), Epsilon: o.within("eps", 0, 1)})
	},
	"SoftMarginLoss": func(o *object, out output) loss.Loss {
		o.alike(out)
		return loss.SoftMarginLoss{}
	},
	"HingeEmbeddingLoss": func(o *object, out output) loss.Loss {
		return o.matched(out, loss.HingeEmbeddingLoss{Margin: o.number("margin")})
	},
	"MultiLabelSoftMarginLoss": func(o *object, out output) loss.Loss { // the same, by another name
		o.alike(out)
		b := loss.BinaryCrossentropy{FromLogits: true, Weights: o.outputWeights("weight", out)}
		if o.text("reduction") == "sum" {
			return loss.Summed{Of: b} // over the rows alone
		}
		return b
	},
	"MultiMarginLoss": func(o *object, out output) loss.Loss {
		o.rowsOf(out, 1)
		return loss.MultiMarginLoss{Margin: o.number("margin"), Squared: o.whole("p", 1, 2) == 2, ClassWeights: o.classWeights(out)}
	},
	"MultiLabelMarginLoss": func(o *object, out output) loss.Loss {
		o.alike(out)
		o.rowsOf(out, 2)
		return loss.MultiLabelMarginLoss{}
	},
	"GaussianNLLLoss": jointly("GaussianNLLLoss", func(o *object, _ output) loss.Loss {
		return loss.GaussianNLLLoss{Full: o.flag("full"), Epsilon: o.within("eps", 0, math.Inf(1))}
	}),
	"MarginRankingLoss": jointly("MarginRankingLoss", func(o *object, _ output) loss.Loss {
		return loss.MarginRankingLoss{Margin: o.number("margin")}
	}),
	"CosineEmbeddingLoss": jointly("CosineEmbeddingLoss", func(o *object, _ output) loss.Loss {
		return loss.CosineEmbeddingLoss{Margin: o.number("margin")}
	}),
	"TripletMarginLoss": jointly("TripletMarginLoss", func(o *object, _ output) loss.Loss {
		return loss.TripletMarginLoss{Margin: o.number("margin"), P: o.positive("p"), Epsilon: o.number("eps"), Swap: o.flag("swap")}
	}),
	"NLLLoss": func(o *object, out output) loss.Loss {
		l := loss.SparseCategoricalCrossentropy{LogProbabilities: true}
		o.classNumbers(&l, out)
		return l
	},
}

// unsupportedLosses says why PyTorch's other losses aren't read.
var unsupportedLosses = map[string]string{
	"CTCLoss":                       "it takes the lengths of inputs and targets, which aren't part of the data here",
	"TripletMarginWithDistanceLoss": "its distance is a function of your own; TripletMarginLoss has that of a norm",
	"LinearCrossEntropyLoss":        "it has weights of its own",
}

// rowsOf reports predictions that aren't one number for each class, and targets of another number of axes.
func (o *object) rowsOf(out output, axes int) {
	if out.prediction != nil && len(out.prediction) != 2 {
		o.add(o.path, "predictions have shape %v: it needs one for each class", out.prediction)
	}
	if out.targets.Shape != nil && len(out.targets.Shape) != axes {
		o.add(o.path, "targets have rows of shape %v: it needs class numbers, %d axes with that of the rows", rowShape(out), axes)
	}
}

// crossEntropy takes class numbers, or probabilities where targets have the predictions' shape, as PyTorch tells them apart.
func crossEntropy(o *object, out output) loss.Loss {
	if out.prediction != nil && slices.Equal(out.prediction[1:], rowShape(out)) {
		l := loss.CategoricalCrossentropy{FromLogits: true, LabelSmoothing: o.within("label_smoothing", 0, 1), ClassWeights: o.classWeights(out),
			ClassesFirst: len(out.prediction) > 2}
		o.ignore("ignore_index") // which PyTorch doesn't look at here
		return l
	}
	l := loss.SparseCategoricalCrossentropy{FromLogits: true, LabelSmoothing: o.within("label_smoothing", 0, 1)}
	o.classNumbers(&l, out)
	return l
}

// classNumbers reads what the losses for class numbers have in common.
func (o *object) classNumbers(l *loss.SparseCategoricalCrossentropy, out output) {
	l.ClassWeights = o.classWeights(out)
	ignored := o.whole("ignore_index", -1<<31, 1<<31-1)
	if out.targets.Shape == nil || slices.Contains(out.targets.Values, float32(ignored)) {
		l.Ignore = []int{ignored}
	}
	l.NaNOfNone = l.ClassWeights != nil || l.Ignore != nil
	if out.prediction == nil {
		return
	}
	l.ClassesFirst = len(out.prediction) > 2
	if out.targets.Shape == nil {
		return
	}
	if len(out.prediction) < 2 {
		o.add(o.path, "predictions have shape %v: it needs one for each class", out.prediction)
		return
	}
	if want := slices.Concat([]int{}, out.prediction[2:]); !slices.Equal(rowShape(out), want) {
		o.add(o.path, "targets have rows of shape %v, predictions of shape %v: class numbers must have rows of shape %v, and probabilities that of the predictions",
			rowShape(out), out.prediction[1:], want)
	}
}

// rowShape is the shape of a row of the targets; nil: not known.
func rowShape(out output) []int {
	if out.targets.Shape == nil {
		return nil
	}
	return out.targets.Shape[1:]
}

// classWeights are one for each class.
func (o *object) classWeights(out output) []float64 {
	weights := o.numbers("weight")
	if weights != nil && len(out.prediction) > 1 && len(weights) != out.prediction[1] {
		o.problem("weight", "has %d numbers for %d classes", len(weights), out.prediction[1])
		return nil
	}
	return o.notNegative("weight", weights)
}

// outputWeights are one for all, or one for each place of the last axis.
func (o *object) outputWeights(key string, out output) []float64 {
	weights := o.numbers(key)
	if n := len(out.prediction); weights != nil && n > 0 && len(weights) != 1 && (n < 2 || len(weights) != out.prediction[n-1]) {
		o.problem(key, "has %d numbers for predictions of shape %v: only one for all, or one for each place of the last axis, is supported", len(weights), out.prediction)
		return nil
	}
	return o.notNegative(key, weights)
}

func (o *object) notNegative(key string, weights []float64) []float64 {
	if slices.ContainsFunc(weights, func(w float64) bool { return w < 0 }) {
		o.problem(key, "%v has a negative weight", weights)
		return nil
	}
	return weights
}
