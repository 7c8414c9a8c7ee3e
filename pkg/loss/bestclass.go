package loss

import (
	"fmt"
	"math"
	"slices"
)

// The best constant for labels that are classes or probabilities.

func bestBinary(y column, l BinaryCrossentropy) (float64, error) {
	s := l.LabelSmoothing
	q := average(y, identity)*(1-s) + 0.5*s
	if l.FromLogits && (q < 0 || q > 1) {
		return 0, fmt.Errorf("the labels' mean is %g: binary cross-entropy from logits needs labels in [0, 1], else it has no lowest value", q)
	}
	return -cross(q, q, l.FromLogits) - cross(1-q, 1-q, l.FromLogits), nil
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
	if t.last < 2 {
		return 0, fmt.Errorf("categorical cross-entropy needs one-hot labels [rows, …, classes] of at least two classes")
	}
	sum := 0.0
	for at := 0; at < len(t.columns); at += t.last {
		frequency := make([]float64, t.last)
		for k := range frequency {
			s := l.LabelSmoothing
			frequency[k] = average(t.columns[at+k], identity)*(1-s) + s/float64(t.last)
			if frequency[k] < 0 {
				return 0, fmt.Errorf("the labels' mean for class %d is %g: they must be probabilities", k, frequency[k])
			}
		}
		sum += entropy(frequency, l.FromLogits)
	}
	return sum / float64(len(t.columns)/t.last), nil
}

func bestSparse(y column, l SparseCategoricalCrossentropy) (float64, error) {
	counts := map[float64]float64{}
	for row, k := range y.y {
		if k < 0 || k != math.Trunc(k) {
			return 0, fmt.Errorf("label %g in row %d is no class number", k, row)
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
