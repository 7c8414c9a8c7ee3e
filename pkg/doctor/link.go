package doctor

import (
	"fmt"
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// link is how judges' opinions become what a loss takes: McCullagh & Nelder's word.
type link int

const (
	asNumbers link = iota // the targets' own values
	asOdds                // a probability for each column
	asClasses             // probabilities that sum to 1
)

// linkOf says how opinions on an output become predictions; otherwise why they can't.
func linkOf(o output) (l link, why string) {
	unlike := "the targets aren't what the loss takes"
	switch l := o.Loss.(type) {
	case loss.MSE, loss.MAE, loss.Huber, loss.LogCosh, loss.Poisson, loss.MSLE, loss.MAPE:
		return asNumbers, ""
	case loss.BinaryCrossentropy:
		switch {
		case o.look.TargetMin < 0 || o.look.TargetMax > 1:
			return 0, unlike
		case l.Weights != nil || l.PosWeights != nil:
			return 0, "the loss weighs classes"
		}
		return asOdds, ""
	case loss.CategoricalCrossentropy:
		switch {
		case o.look.TargetMin < 0 || o.look.TargetMax > 1 || o.Targets.RowSize() < 2:
			return 0, unlike
		case l.ClassWeights != nil || l.ClassesFirst:
			return 0, "the loss weighs classes"
		}
		return asClasses, ""
	case loss.SparseCategoricalCrossentropy:
		switch {
		case o.classes() < 2 || !o.look.WholeTargets:
			return 0, unlike
		case l.ClassWeights != nil || l.Ignore != nil:
			return 0, "the loss weighs classes"
		}
		return asClasses, ""
	case nil:
		return 0, "the loss wasn't read"
	}
	return 0, fmt.Sprintf("the reference models don't have the loss %s", o.Loss)
}

// predictions are an opinion as the loss takes it, so many times as far from the constant; 0: the constant itself.
func (j *lossJudge) predictions(o opinion, stretch float64) dataset.Array {
	rows, columns := len(o.y), len(j.table.mean)
	p := dataset.Array{Shape: []int{rows, columns}}
	sparse := j.link == asNumbers && j.output.classes() > 0
	if sparse {
		p.Shape = []int{rows, 1}
	}
	if j.link == asNumbers {
		p.Shape = append([]int{rows}, j.y.Shape[1:]...)
	}
	line := make([]float64, columns)
	for _, y := range o.y {
		for k, v := range y {
			line[k] = j.linked(k, stretch*v)
		}
		switch {
		case sparse: // class numbers that the loss takes for numbers
			mean := 0.0
			for k, share := range line {
				mean += float64(k) * share
			}
			line = append(line[:0], mean)
		case j.link == asClasses:
			normalize(line)
		}
		for _, v := range line {
			p.Values = append(p.Values, float32(j.asked(v)))
		}
		line = line[:columns]
	}
	return p
}

// linked is one column's opinion on the scale of numbers, or as log odds or log weight.
func (j *lossJudge) linked(k int, v float64) float64 {
	mean, scale := j.table.mean[k], j.table.scale[k]
	switch j.link {
	case asOdds:
		m := min(1-rareShare, max(rareShare, mean))
		return math.Log(m/(1-m)) + v
	case asClasses:
		return math.Log(max(rareShare, mean)) + v
	}
	if math.IsInf(scale, 0) {
		return mean
	}
	return mean + v*scale
}

// rareShare stands in for the frequency of what none of the rows has.
const rareShare = 1e-5

// normalize makes log weights those of probabilities.
func normalize(line []float64) {
	highest, sum := math.Inf(-1), 0.0
	for _, v := range line {
		highest = max(highest, v)
	}
	for _, v := range line {
		sum += math.Exp(v - highest)
	}
	for k := range line {
		line[k] -= highest + math.Log(sum)
	}
}

// asked is a number, log odds or the logarithm of a probability as the loss wants it.
func (j *lossJudge) asked(v float64) float64 {
	l := j.output.Loss
	logits, _ := fromLogits(l)
	switch j.link {
	case asOdds:
		if !logits {
			return 1 / (1 + math.Exp(-v))
		}
	case asClasses:
		if !logits && !fromLogarithms(l) {
			return math.Exp(v)
		}
	default:
		switch l.(type) {
		case loss.Poisson, loss.MSLE: // which take no negative ones
			return max(v, leastRate*math.Abs(j.output.look.TargetMean))
		}
	}
	return v
}

// leastRate is how small a rate judges predict, as a share of the mean: a straight line crosses 0 and counts don't.
const leastRate = 0.05
