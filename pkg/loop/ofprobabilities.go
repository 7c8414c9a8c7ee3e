package loop

import "example.com/unstuck/pkg/loss"

// tooMany are the activations that a model has and shouldn't, by how they came to a loss that takes another.
var tooMany = map[string]string{withinModel: "softmax", sigmoidInModel: "sigmoid"}

// ofProbabilities is a loss of logits as one of the probabilities that become of them: of a model that ends in an activation it is the loss of one
// without it. Not ok: there is none.
func ofProbabilities(l loss.Loss) (of loss.Loss, ok bool) {
	switch l := l.(type) {
	case loss.Summed:
		of, ok = ofProbabilities(l.Of)
		return loss.Summed{Of: of}, ok
	case loss.BinaryCrossentropy:
		l.FromLogits, l.CutLogarithms = false, true
		return l, l.PosWeights == nil // which logits alone have
	case loss.CategoricalCrossentropy:
		l.FromLogits = false
		return l, true
	case loss.SparseCategoricalCrossentropy:
		l.FromLogits = false
		return l, true
	}
	return l, false
}
