package loss

import (
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
)

// AUC is the area under a curve of a classifier by its threshold: Keras' approximation by a Riemann sum over thresholds.
// Shapes: labels and predictions alike, [batch, …], predictions from 0 to 1; a label other than 0 is positive.
type AUC struct {
	NumThresholds   int       `keras:"num_thresholds,default=200,from=2"`                      // at even distances from 0 to 1; 0: 200
	Curve           string    `keras:"curve,oneof=ROC|PR|PRGAIN"`                              // "ROC", "PR" of precision by recall, or "PRGAIN"; empty: "ROC"
	SummationMethod string    `keras:"summation_method,oneof=interpolation|majoring|minoring"` // empty: "interpolation"
	Thresholds      []float64 `keras:"thresholds,from=0,to=1"`                                 // besides 0 and 1, in place of NumThresholds
	MultiLabel      bool      `keras:"multi_label"`                                            // mean of the areas of each label, the last of two axes; false: all are taken together
	NumLabels       int       `keras:"num_labels,optional"`                                    // of MultiLabel; 0: as many as there are
	LabelWeights    []float64 `keras:"label_weights"`                                          // of each label in the mean, or of its predictions; nil: 1
	FromLogits      bool      `keras:"from_logits"`                                            // predictions are logits; false: from 0 to 1
}

var _ = metrics.Add(AUC{})

func (a AUC) thresholds() thresholds {
	if a.Thresholds == nil {
		n := a.NumThresholds
		if n == 0 {
			n = 200
		}
		return thresholds{evenN: n, all: true}
	}
	inner := slices.Sorted(slices.Values(a.Thresholds))
	if evenly(slices.Concat([]float64{0}, inner, []float64{1})) {
		return thresholds{evenN: len(inner) + 2, all: true}
	}
	return thresholds{of: slices.Concat([]float64{-epsilon}, inner, []float64{1 + epsilon})}
}

// Sums implements [Accumulator].
func (a AUC) Sums(b Batch) *graph.Node {
	predictions := b.Predictions
	labels := alike(b.Labels, predictions)
	if a.FromLogits {
		predictions = graph.Sigmoid(predictions)
	}
	if n := predictions.Shape().Dim(-1); len(a.LabelWeights) > 0 && len(a.LabelWeights) != n || a.NumLabels > 0 && a.NumLabels != n {
		panic(fmt.Errorf("predictions have shape %v: there are %d LabelWeights, NumLabels is %d", predictions.Shape().Dimensions, len(a.LabelWeights), a.NumLabels))
	}
	if a.MultiLabel {
		if predictions.Rank() != 2 {
			panic(fmt.Errorf("predictions have shape %v: AUC.MultiLabel takes [batch, labels]", predictions.Shape().Dimensions))
		}
		return a.thresholds().sums(b, labels, predictions, predictions.Shape().Dim(-1), nil)
	}
	var each *graph.Node
	if len(a.LabelWeights) > 0 {
		weights := make([]float32, len(a.LabelWeights))
		for i, w := range a.LabelWeights {
			weights[i] = float32(w)
		}
		shape := append(slices.Repeat([]int{1}, predictions.Rank()-1), len(weights))
		each = graph.BroadcastToDims(graph.Reshape(graph.Const(b.Predictions.Graph(), weights), shape...), predictions.Shape().Dimensions...)
	}
	return a.thresholds().sums(b, labels, predictions, 1, each)
}

// Values implements [Accumulator].
func (a AUC) Values(sums []float64) []float64 {
	t := a.thresholds()
	labels := 1
	if a.MultiLabel {
		labels = len(sums) / (2 * (t.count() + 1))
	}
	area, weight := 0.0, 0.0
	for i, c := range t.confusions(sums, labels) {
		w := 1.0
		if a.MultiLabel && len(a.LabelWeights) > 0 {
			w = a.LabelWeights[i]
		}
		area += w * a.area(c)
		weight += w
	}
	return []float64{ratio(area, weight)}
}

// area is that of one label.
func (a AUC) area(c confusion) float64 {
	method := a.SummationMethod
	if a.Curve == "PR" && (method == "" || method == "interpolation") {
		return interpolatedPR(c)
	}
	x, y := a.curve(c)
	sum := 0.0
	for i := range len(x) - 1 {
		height := (y[i] + y[i+1]) / 2
		switch method {
		case "minoring":
			height = min(y[i], y[i+1])
		case "majoring":
			height = max(y[i], y[i+1])
		}
		sum += (x[i] - x[i+1]) * height
	}
	return sum
}

// curve has a point for each threshold.
func (a AUC) curve(c confusion) (x, y []float64) {
	switch a.Curve {
	case "PR":
		return sensitivities(c), precisions(c)
	case "PRGAIN": // Flach and Kull, Precision-Recall-Gain Curves: PR Analysis Done Right
		for i, tp := range c.tp {
			scale := ratio(tp+c.fn[i], c.tn[i]+c.fp[i])
			recall, precision := 0.0, 1.0
			if tp != 0 {
				recall, precision = max(0, 1-scale*c.fn[i]/tp), 1-scale*c.fp[i]/tp
			}
			x, y = append(x, recall), append(y, precision)
		}
		return x, y
	}
	return ratios(c.fp, c.tn), sensitivities(c)
}

// interpolatedPR is the area under precision by recall, of which positives are interpolated and not their ratio: Davis and
// Goadrich, The Relationship Between Precision-Recall and ROC Curves.
func interpolatedPR(c confusion) float64 {
	sum := 0.0
	for i := range len(c.tp) - 1 {
		tp, next := c.tp[i]-c.tp[i+1], c.tp[i+1]
		p, pNext := c.tp[i]+c.fp[i], c.tp[i+1]+c.fp[i+1]
		slope := ratio(tp, max(p-pNext, 0))
		intercept := next - slope*pNext
		share := 1.0
		if p > 0 && pNext > 0 {
			share = p / pNext
		}
		sum += ratio(slope*(tp+intercept*math.Log(share)), max(next+c.fn[i+1], 0))
	}
	return sum
}

// Validate refuses numbers out of their range and texts that mean nothing.
func (a AUC) Validate() error {
	switch {
	case a.NumThresholds < 0 || a.NumThresholds == 1:
		return fmt.Errorf("AUC.NumThresholds is %d: must be at least 2", a.NumThresholds)
	case !slices.Contains([]string{"", "ROC", "PR", "PRGAIN"}, a.Curve):
		return fmt.Errorf("AUC.Curve is %q: must be ROC, PR or PRGAIN", a.Curve)
	case !slices.Contains([]string{"", "interpolation", "majoring", "minoring"}, a.SummationMethod):
		return fmt.Errorf("AUC.SummationMethod is %q: must be interpolation, majoring or minoring", a.SummationMethod)
	case a.NumLabels != 0 && !a.MultiLabel:
		return fmt.Errorf("AUC.NumLabels is %d: it is for MultiLabel alone", a.NumLabels)
	}
	for _, w := range a.LabelWeights {
		if !(w >= 0) || math.IsInf(w, 0) {
			return fmt.Errorf("AUC.LabelWeights holds %g: must not be negative, and finite", w)
		}
	}
	return checkThresholds("AUC", a.Thresholds)
}

// String is "auc".
func (AUC) String() string { return "auc" }

// HigherIsBetter is true.
func (AUC) HigherIsBetter() bool { return true }
