package loss

import (
	"fmt"
	"math"
	"slices"
)

// The best constant for labels that are classes or probabilities.

func (t *table) bestBinary(l BinaryCrossentropy) (float64, error) {
	at := 0
	return t.mean(func(c column) (float64, error) {
		weight, positive := weightAt(l.Weights, at%t.last), weightAt(l.PosWeights, at%t.last)
		at++
		best, err := bestBinary(c, l, positive)
		return weight * best, err
	})
}

// weightAt is that of an output: one of each, or one for all; 1 where there are none.
func weightAt(weights []float64, at int) float64 {
	switch {
	case len(weights) == 1:
		return weights[0]
	case at < len(weights):
		return weights[at]
	}
	return 1
}

func bestBinary(y column, l BinaryCrossentropy, positive float64) (float64, error) {
	s := l.LabelSmoothing
	q := average(y, identity)*(1-s) + 0.5*s
	if l.FromLogits && (q < 0 || q > 1) {
		return 0, fmt.Errorf("the labels' mean is %g: binary cross-entropy from logits needs labels in [0, 1], else it has no lowest value", q)
	}
	uncut, p := l.FromLogits || l.CutLogarithms, q
	if positive != 1 {
		p = positive * q / (positive*q + 1 - q)
	}
	return -cross(positive*q, p, uncut) - cross(1-q, 1-p, uncut), nil
}

// cross is weight·log p, with p cut as the losses cut probabilities, and 0·log 0 = 0.
func cross(weight, p float64, fromLogits bool) float64 {
	if !fromLogits {
		p = max(epsilon, min(1-epsilon, p))
	}
	if weight == 0 {
		return 0
	}
	return weight * math.Log(p)
}

// bestCategorical takes the columns of the last axis together as the classes.
func bestCategorical(t *table, l CategoricalCrossentropy) (float64, error) {
	if t.last < 2 && !l.ClassesFirst || t.first < 2 {
		return 0, fmt.Errorf("categorical cross-entropy needs one-hot labels [rows, …, classes] of at least two classes")
	}
	classes, apart := t.last, 1 // how far the columns of a label's classes are from each other
	if l.ClassesFirst {
		classes, apart = t.first, len(t.columns)/t.first
	}
	sum, labels := 0.0, len(t.columns)/classes
	for label := range labels {
		at := label * classes
		if l.ClassesFirst {
			at = label
		}
		frequency := make([]float64, classes)
		for k := range frequency {
			s := l.LabelSmoothing
			frequency[k] = average(t.columns[at+k*apart], identity)*(1-s) + s/float64(classes)
			if frequency[k] < 0 {
				return 0, fmt.Errorf("the labels' mean for class %d is %g: they must be probabilities", k, frequency[k])
			}
			if l.ClassWeights != nil {
				frequency[k] *= weightAt(l.ClassWeights, k)
			}
		}
		sum += entropy(frequency, l.FromLogits)
	}
	return sum / float64(labels), nil
}

func bestSparse(y column, l SparseCategoricalCrossentropy) (float64, error) {
	counts := map[float64]float64{}
	for row, k := range y.y {
		if k < 0 || k != math.Trunc(k) {
			return 0, fmt.Errorf("label %g in row %d is no class number", k, row+1)
		}
		if y.weights != nil {
			counts[k] += y.weights[row]
		} else {
			counts[k]++
		}
	}
	var frequency []float64
	for _, n := range counts {
		if y.weights == nil {
			n /= float64(len(y.y))
		}
		frequency = append(frequency, n)
	}
	slices.Sort(frequency) // the map's order is random, and so would be the sum's last digits
	return entropy(frequency, l.FromLogits), nil
}

// entropy is the cross-entropy of labels with these frequencies and the prediction that fits them best.
func entropy(frequency []float64, fromLogits bool) float64 {
	total := 0.0
	for _, f := range frequency {
		total += f
	}
	if total == 0 {
		return 0
	}
	sum := 0.0
	for _, f := range frequency {
		sum -= cross(f, f/total, fromLogits)
	}
	return sum
}

// counts reports whether labels count differently, or for more than their class.
func (s SparseCategoricalCrossentropy) counts() bool {
	return s.ClassWeights != nil || s.Ignore != nil || s.LabelSmoothing != 0
}

// bestCounted is that of labels that count differently. Of classes without a weight those up to the largest label are known.
func bestCounted(t *table, l SparseCategoricalCrossentropy) (float64, error) {
	classes := len(l.ClassWeights)
	for _, c := range t.columns {
		for row, k := range c.y {
			switch {
			case slices.Contains(l.Ignore, int(k)):
			case k < 0 || k != math.Trunc(k) || l.ClassWeights != nil && int(k) >= classes:
				return 0, fmt.Errorf("label %g in row %d is no class number", k, row+1)
			default:
				classes = max(classes, int(k)+1)
			}
		}
	}
	sum, total := 0.0, 0.0
	for _, c := range t.columns {
		each, rows := make([]float64, classes), 0.0
		for row, k := range c.y {
			if slices.Contains(l.Ignore, int(k)) {
				continue
			}
			n := 1 / float64(len(c.y))
			total += n * weightAt(l.ClassWeights, int(k)) // what a row counts multiplies its loss and doesn't divide
			if c.weights != nil {
				n = c.weights[row]
			}
			each[int(k)] += n
			rows += n
		}
		for k := range each {
			w := weightAt(l.ClassWeights, k)
			each[k] = w * ((1-l.LabelSmoothing)*each[k] + l.LabelSmoothing*rows/float64(classes))
		}
		sum += entropy(each, l.FromLogits || l.LogProbabilities)
	}
	if total == 0 {
		return 0, fmt.Errorf("no label counts: the loss is 0/0")
	}
	return sum / total, nil
}
