package loss

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/stretchr/testify/require"
)

// rows are what a metric is asked about.
type rows struct{ labels, predictions, weights []float32 }

const metricRows, metricWidth = 12, 3

// take are rows in an order, the same one as often as it is named.
func (r rows) take(order ...int) (out rows) {
	n, m := len(r.labels)/metricRows, metricWidth
	for _, i := range order {
		out.labels = append(out.labels, r.labels[i*n:(i+1)*n]...)
		out.predictions = append(out.predictions, r.predictions[i*m:(i+1)*m]...)
		out.weights = append(out.weights, r.weights[i])
	}
	return out
}

// sumsOf are the sums of a batch.
func sumsOf(t *testing.T, m Metric, r rows) []float64 {
	t.Helper()
	a, err := Accumulated(m)
	require.NoError(t, err)
	exec, err := graph.NewExec(goBackend(t), func(labels, predictions, weights *graph.Node) *graph.Node {
		return a.Sums(Batch{Labels: labels, Predictions: predictions, Weight: weights})
	})
	require.NoError(t, err)
	defer exec.Finalize()
	n := len(r.weights)
	labels := tensors.FromFlatDataAndDimensions(r.labels, n, len(r.labels)/n)
	out, err := exec.Call(labels, tensors.FromFlatDataAndDimensions(r.predictions, n, metricWidth), r.weights)
	require.NoError(t, err)
	sums := []float64{}
	for _, v := range tensors.MustCopyFlatData[float32](out[0]) {
		sums = append(sums, float64(v))
	}
	return sums
}

func valuesOf(t *testing.T, m Metric, r rows) []float64 {
	a, err := Accumulated(m)
	require.NoError(t, err)
	return a.Values(sumsOf(t, m, r))
}

// settled are metrics with settings, besides those that every class has by default.
var settled = []Metric{
	SensitivityAtSpecificity{Specificity: 0.5}, SpecificityAtSensitivity{Sensitivity: 0.5, NumThresholds: 7}, PrecisionAtRecall{Recall: 0.5}, RecallAtPrecision{Precision: 0.3},
	AUC{MultiLabel: true}, AUC{Curve: "PR", Thresholds: []float64{0.7, 0.2}}, AUC{LabelWeights: []float64{1, 2, 3}},
	Precision{Thresholds: []float64{0.7, 0.2}}, Recall{TopK: 2}, Precision{ClassID: []int{1}}, TruePositives{Thresholds: []float64{0, 0.5, 1}},
	F1Score{Average: "micro"}, FBetaScore{Average: "weighted", Beta: 2, Threshold: 0.4}, R2Score{ClassAggregation: "none"},
	IoU{NumClasses: 3, TargetClassIDs: []int{1, 2}}, MeanIoU{NumClasses: 2}, OneHotIoU{NumClasses: 3, TargetClassIDs: []int{1}}, OneHotMeanIoU{NumClasses: 3, IgnoreClass: []int{1}},
	TopKCategoricalAccuracy{K: 2}, Reported{Metric: AUC{}, Name: "a"},
}

// everyMetric is settled, and each class that Keras has, in the defaults.
func everyMetric(t *testing.T) []Metric {
	all, kinds := slices.Clone(settled), map[string]bool{}
	for _, m := range settled {
		kinds[fmt.Sprintf("%T", m)] = true
	}
	for _, c := range metrics.Classes() {
		if m := c.Zero().(Metric); validate(m) == nil && !required(c) {
			all = append(all, m)
		} else {
			require.True(t, kinds[fmt.Sprintf("%T", m)], "%s is not among those with settings", c.Name)
		}
	}
	require.Greater(t, len(all), 50)
	return all
}

// TestMetricsAreSumsOverRows holds, of every metric, that two batches give what one does, that the order of rows doesn't matter, that a
// row of weight 2 counts as two and one of weight 0 as none, whatever is in it.
func TestMetricsAreSumsOverRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 9))
	dense, sparse := rows{}, rows{}
	for range metricRows {
		class := rng.IntN(metricWidth)
		sparse.labels = append(sparse.labels, float32(class))
		for c := range metricWidth {
			label := float32(0)
			if c == class {
				label = 1
			}
			dense.labels = append(dense.labels, label)
			dense.predictions = append(dense.predictions, 0.05+0.9*rng.Float32())
		}
		dense.weights = append(dense.weights, float32(1+rng.IntN(3)))
	}
	sparse.predictions, sparse.weights = dense.predictions, dense.weights
	order := rng.Perm(metricRows)
	for _, m := range everyMetric(t) {
		t.Run(fmt.Sprintf("%+v", m), func(t *testing.T) {
			r := dense
			switch m.(type) {
			case SparseCategoricalAccuracy, SparseTopKCategoricalAccuracy, SparseCategoricalCrossentropy:
				r = sparse
			}
			all := make([]int, metricRows)
			for i := range all {
				all[i] = i
			}
			want := valuesOf(t, m, r)
			near := func(got []float64, why string) {
				require.Len(t, got, len(want))
				for i := range want {
					require.False(t, math.IsNaN(want[i]))
					require.InDelta(t, want[i], got[i], 2e-5*math.Max(1, math.Abs(want[i])), why)
				}
			}
			near(valuesOf(t, m, r.take(order...)), "another order")
			a, err := Accumulated(m)
			require.NoError(t, err)
			left, right := sumsOf(t, m, r.take(all[:5]...)), sumsOf(t, m, r.take(all[5:]...))
			for i := range left {
				left[i] += right[i]
			}
			near(a.Values(left), "two batches")
			var often []int
			for i, w := range r.weights {
				often = append(often, slices.Repeat([]int{i}, int(w))...)
			}
			repeated := r.take(often...)
			for i := range repeated.weights {
				repeated.weights[i] = 1
			}
			near(valuesOf(t, m, repeated), "rows as often as they weigh")
			more := r.take(append(slices.Clone(all), 3, 7, 7)...)
			for i := metricRows; i < len(more.weights); i++ {
				more.weights[i] = 0
			}
			near(valuesOf(t, m, more), "rows that weigh nothing")
		})
	}
}

// A count stays exact beyond where float32 would lose ones, for batches are added up in float64.
func TestCountsBeyondFloat32(t *testing.T) {
	a := TruePositives{}
	sums := make([]float64, 4)
	one := make([]float64, 4)
	one[1] = 1
	for i := range sums {
		sums[i] = one[i] * (1 << 24)
	}
	for range 3 {
		for i := range sums {
			sums[i] += one[i]
		}
	}
	require.Equal(t, []float64{1<<24 + 3}, a.Values(sums))
}
