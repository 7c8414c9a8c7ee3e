package doctor

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// unscaledTargets suspects targets of a regression far from 1.
var unscaledTargets = &Rule{
	Cause:  UnscaledTargets,
	Doc:    "Targets are so large, small or far from 0 that weights of ordinary size don't get there, or gradients explode.",
	Source: "Bishop 1995, Neural Networks for Pattern Recognition, 8.2: outputs of order unity",
	Suspect: func(p *Patient) *Suspicion {
		switch p.Case.Loss.(type) {
		case loss.MSE, loss.MAE, loss.Huber, loss.LogCosh:
		default:
			return nil
		}
		if h, ok := headOf(p.Case.Model); ok && h.activation != nil {
			return nil // standardized targets would leave the activation's range
		}
		l := p.Look
		size := max(l.TargetScale, math.Abs(l.TargetMean))
		s := &Suspicion{Treatments: []Treatment{standardizeTargets}}
		switch {
		case size > scaleFactor || l.TargetScale < 1.0/scaleFactor && l.TargetScale > 0:
			s.Strength = Strong
		case size > 3:
			s.Strength = Possible
		default:
			return nil
		}
		s.Symptoms = []Symptom{{Gauge: "size of the targets", Got: size, Limit: fmt.Sprintf("%g to %d", 1.0/scaleFactor, scaleFactor),
			Text: fmt.Sprintf("targets have mean %.4g and deviation %.4g", l.TargetMean, l.TargetScale)}}
		return s
	},
}

var standardizeTargets = Treatment{
	Text:  "standardize the targets: subtract the training rows' mean, divide by their deviation, and undo it on predictions",
	Go:    "scaler, err := dataset.FitScaler(train.Y); data.Y, err = scaler.Apply(data.Y) // scaler.Invert(predictions)",
	Keras: "y = (y - y_train.mean(0)) / y_train.std(0)  # predictions * std + mean",
	Apply: func(c Case) (Case, error) {
		scaler, err := fitScaler(twoAxes(c.training().Y))
		if err != nil {
			return c, err
		}
		shape := c.Data.Y.Shape
		c.Data.Y, err = scaler.Apply(twoAxes(c.Data.Y))
		c.Data.Y.Shape = shape
		return c, err
	},
}

// twoAxes is a as [rows, outputs].
func twoAxes(a dataset.Array) dataset.Array {
	return dataset.Array{Shape: []int{a.Rows(), a.RowSize()}, Values: a.Values}
}
