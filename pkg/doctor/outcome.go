package doctor

import (
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
)

// Outcome is what became of one training.
type Outcome struct {
	// Loss after the last epoch on the training rows and on the validation rows, without penalties and
	// dropout, both with the weights of classes; NaN where there are no such rows or the training went to NaN.
	Loss, ValidationLoss float64
	// Explained is 1 − loss / loss of the best constant prediction, on the training rows and on the
	// validation rows. 0: as good as always predicting the mean; 1: perfect; NaN: not a number any more.
	// Where a loss falls below zero it is (constant − loss) / |constant|.
	Explained, ValidationExplained float64
	// Progress is Explained as a share of what a perfect prediction reaches. It differs where a loss has a
	// floor above zero, as cross-entropy on probabilities between 0 and 1 does.
	Progress, ValidationProgress float64
	// Output is the name of that of several outputs which makes least progress on the training rows: what is explained, and
	// the progress, are those of the worst output. Empty where there is only one.
	Output string

	History     *fit.History
	Predictions dataset.Array // of the first output for all rows, those of a training's Validation last

	predictions                  []dataset.Array // of every output
	masks                        []dataset.Array // of every output; nil: none has one
	before                       []fit.Weight    // the initial weights, of the baseline alone
	constant, validationConstant float64
	nothing, validationNothing   bool // a constant is perfect there
}

// Constant is the loss of the best constant prediction for the training rows; NaN where there is none.
func (o *Outcome) Constant() float64 { return o.constant }

// ValidationConstant is that for the validation rows.
func (o *Outcome) ValidationConstant() float64 { return o.validationConstant }

// score is Progress with "not a number" as the worst.
func score(progress float64) float64 {
	if math.IsNaN(progress) {
		return math.Inf(-1)
	}
	return progress
}
