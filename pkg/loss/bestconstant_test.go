package loss

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/stretchr/testify/require"
)

// lowest is the slow twin of BestConstant: the lowest mean loss over many constant predictions [width].
func lowest(t *testing.T, backend compute.Backend, l Loss, labels []float32, shape []int, constants [][]float32) float64 {
	t.Helper()
	rows, width := shape[0], len(constants[0])
	var y, predictions []float32 // all rows for each constant, in one long batch
	for _, c := range constants {
		y = append(y, labels...)
		for range rows {
			predictions = append(predictions, c...)
		}
	}
	exec, err := graph.NewExec(backend, func(y, predictions *graph.Node) *graph.Node {
		return graph.ReduceMean(graph.Reshape(l.PerRow(y, predictions), len(constants), rows), -1)
	})
	require.NoError(t, err)
	defer exec.Finalize()
	long := append([]int{len(constants) * rows}, shape[1:]...)
	out, err := exec.Call(tensors.FromFlatDataAndDimensions(y, long...),
		tensors.FromFlatDataAndDimensions(predictions, len(constants)*rows, width))
	require.NoError(t, err)
	return float64(slices.Min(tensors.MustCopyFlatData[float32](out[0])))
}

// grid is n constants from low to high.
func grid(low, high float64, n int) [][]float32 {
	all := make([][]float32, n+1)
	for i := range all {
		all[i] = []float32{float32(low + (high-low)*float64(i)/float64(n))}
	}
	return all
}

func TestBestConstantIsTheLowest(t *testing.T) {
	backend := goBackend(t)
	rng := rand.New(rand.NewPCG(5, 6))
	draw := func(n int, next func() float64) []float32 {
		y := make([]float32, n)
		for i := range y {
			y[i] = float32(next())
		}
		return y
	}
	skewed := draw(41, func() float64 { return rng.ExpFloat64() })
	even := draw(40, func() float64 { return rng.ExpFloat64() })
	counts := draw(40, func() float64 { return float64(rng.IntN(5)) })
	bits := draw(40, func() float64 { return float64(rng.IntN(4) / 3) })
	for name, c := range map[string]struct {
		loss      Loss
		labels    []float32
		constants [][]float32
	}{
		"mse":           {MSE{}, skewed, grid(0, 3, 2000)},
		"mae odd":       {MAE{}, skewed, grid(0, 3, 2000)},
		"mae even":      {MAE{}, even, grid(0, 3, 2000)},
		"huber":         {Huber{}, skewed, grid(0, 3, 2000)},
		"huber small":   {Huber{Delta: 0.1}, even, grid(0, 3, 2000)},
		"log cosh":      {LogCosh{}, skewed, grid(0, 3, 2000)},
		"poisson":       {Poisson{}, counts, grid(0.5, 4, 2000)},
		"bce":           {BinaryCrossentropy{}, bits, grid(0, 1, 2000)},
		"bce smoothed":  {BinaryCrossentropy{LabelSmoothing: 0.2}, bits, grid(0, 1, 2000)},
		"bce logits":    {BinaryCrossentropy{FromLogits: true}, bits, grid(-4, 4, 2000)},
		"bce one class": {BinaryCrossentropy{}, make([]float32, 3), grid(0, 1, 10)},
	} {
		t.Run(name, func(t *testing.T) {
			best, err := BestConstant(c.loss, c.labels, []int{len(c.labels), 1}, nil)
			require.NoError(t, err)
			require.InDelta(t, lowest(t, backend, c.loss, c.labels, []int{len(c.labels), 1}, c.constants), best, 1e-5)
		})
	}
}

func TestBestConstantOfClasses(t *testing.T) {
	backend := goBackend(t)
	numbers := []float32{0, 2, 2, 1, 2, 0, 2, 2}
	oneHot := make([]float32, 8*3)
	for i, k := range numbers {
		oneHot[3*i+int(k)] = 1
	}
	var probabilities, logits [][]float32
	for i := range 101 {
		for j := range 101 - i {
			p := []float32{float32(i) / 100, float32(j) / 100, float32(100-i-j) / 100}
			probabilities = append(probabilities, p)
			if p[0]*p[1]*p[2] > 0 {
				log := make([]float32, 3)
				for k := range p {
					log[k] = float32(math.Log(float64(p[k])))
				}
				logits = append(logits, log)
			}
		}
	}
	for name, c := range map[string]struct {
		loss      Loss
		labels    []float32
		shape     []int
		constants [][]float32
	}{
		"one-hot":          {CategoricalCrossentropy{}, oneHot, []int{8, 3}, probabilities},
		"one-hot smoothed": {CategoricalCrossentropy{LabelSmoothing: 0.3}, oneHot, []int{8, 3}, probabilities},
		"one-hot logits":   {CategoricalCrossentropy{FromLogits: true}, oneHot, []int{8, 3}, logits},
		"numbers":          {SparseCategoricalCrossentropy{}, numbers, []int{8, 1}, probabilities},
		"numbers logits":   {SparseCategoricalCrossentropy{FromLogits: true}, numbers, []int{8}, logits},
	} {
		t.Run(name, func(t *testing.T) {
			best, err := BestConstant(c.loss, c.labels, c.shape, nil)
			require.NoError(t, err)
			require.InDelta(t, lowest(t, backend, c.loss, c.labels, c.shape, c.constants), best, 2e-4)
		})
	}
}

func TestBestConstantByColumn(t *testing.T) {
	labels := []float32{0, 10, 2, 10} // two outputs: 0, 2 and 10, 10
	best, err := BestConstant(MSE{}, labels, []int{2, 2}, nil)
	require.NoError(t, err)
	require.Equal(t, 0.5, best) // (1 + 0)/2, as each output has a mean of its own
	flat, err := BestConstant(MSE{}, labels, []int{4}, nil)
	require.NoError(t, err)
	require.Equal(t, 20.75, flat)
}

// strange is a loss of somebody else.
type strange struct{ MSE }

func (strange) String() string { return "strange" }

func TestBestConstantRefuses(t *testing.T) {
	nan := float32(math.NaN())
	for _, c := range []struct {
		want   string
		loss   Loss
		labels []float32
		shape  []int
	}{
		{"0 labels for shape [0 1]", MSE{}, nil, []int{0, 1}},
		{"2 labels for shape [3]", MSE{}, []float32{1, 2}, []int{3}},
		{"1 labels for shape []", MSE{}, []float32{1}, nil},
		{"label NaN in row 2", MSE{}, []float32{1, 2, 3, nan}, []int{2, 2}},
		{"Huber.Delta is -1", Huber{Delta: -1}, []float32{1}, []int{1}},
		{"LabelSmoothing is 2", BinaryCrossentropy{LabelSmoothing: 2}, []float32{1}, []int{1}},
		{"LabelSmoothing is -1", CategoricalCrossentropy{LabelSmoothing: -1}, []float32{1}, []int{1}},
		{"labels in [0, 1]", BinaryCrossentropy{FromLogits: true}, []float32{1, 2}, []int{2}},
		{"at least two classes", CategoricalCrossentropy{}, []float32{1, 2}, []int{2}},
		{"mean for class 1 is -1", CategoricalCrossentropy{}, []float32{1, -1}, []int{1, 2}},
		{"label 1.5 in row 2", SparseCategoricalCrossentropy{}, []float32{1, 1.5}, []int{2}},
		{"label -1 in row 1", SparseCategoricalCrossentropy{}, []float32{-1}, []int{1}},
		{"poisson is for counts", Poisson{}, []float32{-1}, []int{1}},
		{"loss strange isn't known", strange{}, []float32{1}, []int{1}},
	} {
		_, err := BestConstant(c.loss, c.labels, c.shape, nil)
		require.ErrorContains(t, err, c.want)
	}
}

// A row of weight k counts as k rows; one of weight 0 isn't there.
func TestBestConstantOfWeightedRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	for _, l := range []Loss{
		MSE{}, MAE{}, Huber{Delta: 0.5}, LogCosh{}, Poisson{}, BinaryCrossentropy{}, BinaryCrossentropy{FromLogits: true, LabelSmoothing: 0.1},
		CategoricalCrossentropy{LabelSmoothing: 0.1}, SparseCategoricalCrossentropy{},
	} {
		for range 20 {
			const rows = 9
			var labels, weights, repeated []float32
			width := 1
			if _, several := l.(CategoricalCrossentropy); several {
				width = 3
			}
			total := 0
			for range rows {
				row := make([]float32, width)
				if width > 1 {
					row[rng.IntN(width)] = 1
				} else {
					row[0] = float32(rng.IntN(2))
				}
				w := rng.IntN(4)
				labels, weights, total = append(labels, row...), append(weights, float32(w)), total+w
				for range w {
					repeated = append(repeated, row...)
				}
			}
			if total == 0 {
				continue
			}
			want, err := BestConstant(l, repeated, []int{total, width}, nil)
			require.NoError(t, err)
			got, err := BestConstant(l, labels, []int{rows, width}, weights)
			require.NoError(t, err)
			require.InDelta(t, want*float64(total)/rows, got, 1e-9, "%s", l)
		}
	}
	none, err := BestConstant(MSE{}, []float32{1, 2}, []int{2}, []float32{0, 0})
	require.NoError(t, err)
	require.Zero(t, none)
	for want, weights := range map[string][]float32{"1 weights for 2 rows": {1}, "weight -1 in row 2": {1, -1}, "weight NaN": {float32(math.NaN()), 1}} {
		_, err := BestConstant(MSE{}, []float32{1, 2}, []int{2}, weights)
		require.ErrorContains(t, err, want)
	}
}
