package loss

import "fmt"

// Reduced is a loss as Keras' reduction has it:
//
//	"sum_over_batch_size", "mean"   the loss itself
//	"sum"                           [Summed]
//	"mean_with_sample_weight"       [MeanByWeight]
//	"none"                          [Summed]: TensorFlow, which alone trains by a loss for each row, follows the gradient of their sum
//
// Another is an error that lists them.
func Reduced(l Loss, reduction string) (Loss, error) {
	switch reduction {
	case "sum_over_batch_size", "mean":
		return l, nil
	case "sum", "none":
		return Summed{Of: l}, nil
	case "mean_with_sample_weight":
		return MeanByWeight{Of: l}, nil
	}
	return nil, fmt.Errorf("%q is none of sum_over_batch_size, mean, sum, mean_with_sample_weight, none", reduction)
}

// kerasReduction is the argument by which Keras reduces a loss so; empty: its default. The loss that is reduced comes with it.
func kerasReduction(l Loss) (of Loss, argument string, err error) {
	switch l := l.(type) {
	case Summed:
		if l.AsTorch && !oneTerm(l.Of) {
			return nil, "", fmt.Errorf("%T of %T as PyTorch has it: Keras sums other terms", l, l.Of)
		}
		return l.Of, "reduction='sum'", nil
	case MeanByWeight:
		return l.Of, "reduction='mean_with_sample_weight'", nil
	}
	return l, "", nil
}

// oneTerm reports whether PyTorch's terms are Keras': where classes are compared, and not output by output.
func oneTerm(l Loss) bool {
	switch l := l.(type) {
	case SparseCategoricalCrossentropy:
		return !l.ClassesFirst
	case CategoricalCrossentropy:
		return !l.ClassesFirst
	}
	return false
}
