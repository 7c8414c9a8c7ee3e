package keras

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/loss"
)

// metricNumber reads what JSON can't write ("nan", "inf") as strings.
type metricNumber float64

func (n *metricNumber) UnmarshalJSON(b []byte) error {
	x, err := strconv.ParseFloat(strings.Trim(string(b), `"`), 64)
	*n = metricNumber(x)
	return err
}

type metricArray struct {
	Shape  []int
	Values []metricNumber
}

// rows are the rows from..to-1.
func (a metricArray) rows(from, to int) *tensors.Tensor {
	size := len(a.Values) / a.Shape[0]
	flat := make([]float32, (to-from)*size)
	for i := range flat {
		flat[i] = float32(a.Values[from*size+i])
	}
	return tensors.FromFlatDataAndDimensions(flat, append([]int{to - from}, a.Shape[1:]...)...)
}

type metricCase struct {
	Config              json.RawMessage
	Labels, Predictions metricArray
	Weights             []metricNumber
	Values              []metricNumber
}

// values are those of the metric on all rows, taken in batches of so many rows; the last one is filled up with rows that aren't data.
func (c metricCase) values(t *testing.T, b compute.Backend, m loss.Metric, batch int) []float64 {
	a, err := loss.Accumulated(m)
	require.NoError(t, err)
	exec, err := graph.NewExec(b, func(labels, predictions, weight, mask *graph.Node) *graph.Node {
		return a.Sums(loss.Batch{Labels: labels, Predictions: predictions, Weight: graph.Mul(weight, mask), Mask: mask})
	})
	require.NoError(t, err)
	defer exec.Finalize()
	var sums []float64
	n := c.Labels.Shape[0]
	for at := 0; at < n; at += batch {
		from := min(at, n-batch) // the rows in front of at have been seen
		weights, mask := make([]float32, batch), make([]float32, batch)
		for i := range batch {
			if weights[i] = 1; c.Weights != nil {
				weights[i] = float32(c.Weights[from+i])
			}
			if from+i >= at {
				mask[i] = 1
			}
		}
		out, err := exec.Call(c.Labels.rows(from, from+batch), c.Predictions.rows(from, from+batch), weights, mask)
		require.NoError(t, err)
		got := tensors.MustCopyFlatData[float32](out[0])
		if sums == nil {
			sums = make([]float64, len(got))
		}
		for i, v := range got {
			sums[i] += float64(v)
		}
	}
	return a.Values(sums)
}

// metricsOfKeras are the cases of testdata/make_metrics.py.
func metricsOfKeras(t *testing.T) []metricCase {
	cases := readRecord[[]metricCase](t, "metrics")
	require.Greater(t, len(cases), 400)
	return cases
}

// read is the metric of a case's config.
func (c metricCase) read(t *testing.T) loss.Metric {
	var config map[string]any
	d := json.NewDecoder(strings.NewReader(string(c.Config)))
	d.UseNumber()
	require.NoError(t, d.Decode(&config))
	switch class := config["class_name"]; class {
	case "Mean": // which its compile doesn't take
		return loss.Mean{}
	case "Sum":
		return loss.Sum{}
	}
	m, _, err := readMetric(placed{"m", config}, false)
	require.NoError(t, err)
	return m
}

// TestMetricsAsKeras compares every metric with Keras', read from Keras' config, in one batch and in several with a
// filled-up one.
func TestMetricsAsKeras(t *testing.T) {
	cases := metricsOfKeras(t)
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		seen := map[string]int{}
		for i, c := range cases {
			m := c.read(t)
			kind, batches := fmt.Sprintf("%T", m), []int{4, c.Labels.Shape[0]}
			seen[kind]++
			if strings.HasSuffix(t.Name(), "xla") { // which compiles each for a while
				if batches = batches[:1]; seen[kind] > 1 {
					continue
				}
			}
			for _, batch := range batches {
				got := c.values(t, b, m, batch)
				require.Len(t, got, len(c.Values), "%d: %s", i, c.Config)
				for k, want := range c.Values {
					w, g := float64(want), got[k]
					if math.IsNaN(w) != math.IsNaN(g) || math.Abs(w-g) > 1e-5*math.Abs(w)+2e-6 {
						t.Errorf("%d: %s in batches of %d, weights %v: value %d is %g, Keras has %g\nlabels %v\npredictions %v", i, c.Config, batch, c.Weights, k, g, w, c.Labels, c.Predictions)
					}
				}
			}
		}
		assert.GreaterOrEqual(t, len(seen), 30)
	})
}
