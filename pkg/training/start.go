package training

import (
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/optim"
)

// Start is where a training begins when it isn't at freshly drawn weights: where another one, or an earlier part of the
// same, has ended. It is the same for all seeds, which then decide on the order of the rows and on dropout alone.
type Start struct {
	// Weights are those of the model, by their paths. What isn't named comes from its initializer; nil: everything does.
	Weights []Weight
	// Memory is what the optimizer goes on from, its count of steps and each weight's slots; nil: it begins anew.
	Memory *optim.Memory
	// From is where they come from, "model.keras", for reports. Empty where that isn't known.
	From string
}

// Weight is the value of one weight of a model.
type Weight struct {
	Path  string        // of the variable in the model's store, "/dense_1/kernel"
	Array dataset.Array // kernels are [in, out], as in Keras
}
