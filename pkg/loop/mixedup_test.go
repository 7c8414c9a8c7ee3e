package loop

import (
	"math"
	"testing"

	"github.com/gomlx/compute"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend/backendtest"
	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
)

// mixed are steps of outputs and targets whose recorded loss is that of each pair of arrays.
func mixed(t *testing.T, b compute.Backend, l loss.Loss, o, y func(k int) dataset.Array, recorded func(o, y dataset.Array) float64) (*Recording, *replays) {
	t.Helper()
	r, all := &Recording{}, &replays{backend: b}
	for k := range 4 {
		outputs, targets := o(k), y(k)
		total := recorded(outputs, targets)
		c := claim{loss: l, outputs: []dataset.Array{outputs}, targets: []dataset.Array{targets}, shapes: [][]int{outputs.Shape}}
		v, _, err := c.value(b)
		require.NoError(t, err)
		r.Steps = append(r.Steps, Step{Number: k + 1, Loss: &total, Forwards: 1, Backwards: 1})
		all.steps = append(all.steps, replayed{claim: &c, claims: []claim{c}, value: v, scale: math.NaN(), along: math.NaN()})
	}
	return r, all
}

func varied(shape []int, from, to float64) func(k int) dataset.Array {
	return func(k int) dataset.Array {
		a := dataset.Array{Shape: shape}
		for i := range shape[0] * shape[1] {
			a.Values = append(a.Values, float32(from+(to-from)*math.Abs(math.Sin(float64(7*i+3*k+1)))))
		}
		return a
	}
}

// Targets in the outputs' place, and a softmax over the wrong axis, are told from the claimed loss and from one with something added.
func TestMixedUpArgumentsAndAxes(t *testing.T) {
	crossEntropy := func(p, y dataset.Array) float64 {
		total := 0.0
		for i := range p.Values {
			q, v := float64(p.Values[i]), float64(y.Values[i])
			total -= v*math.Log(q) + (1-v)*math.Log(1-q)
		}
		return total / float64(len(p.Values))
	}
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		probabilities, labels := varied([]int{6, 1}, 0.1, 0.7), varied([]int{6, 1}, 0.2, 0.9)
		for way, recorded := range map[string]func(o, y dataset.Array) float64{
			argumentsSwapped: func(o, y dataset.Array) float64 { return crossEntropy(y, o) },
			"":               func(o, y dataset.Array) float64 { return crossEntropy(o, y) + 0.3 },
		} {
			r, all := mixed(t, b, loss.BinaryCrossentropy{CutLogarithms: true}, probabilities, labels, recorded)
			checkWay(t, way, r, all)
		}
		scores := varied([]int{6, 3}, -2, 3)
		classes := func(k int) dataset.Array {
			return dataset.Array{Shape: []int{6, 1}, Values: []float32{0, 1, 2, float32(k % 3), 1, 0}}
		}
		likelihood := func(o, y dataset.Array, along func(i, class int) []int) float64 {
			total := 0.0
			for i, class := range y.Values {
				at, sum := 3*i+int(class), 0.0
				for _, j := range along(i, int(class)) {
					sum += math.Exp(float64(o.Values[j]))
				}
				total -= float64(o.Values[at]) - math.Log(sum)
			}
			return total / 6
		}
		for way, along := range map[string]func(i, class int) []int{
			softmaxOfBatch: func(_, class int) []int { return []int{class, 3 + class, 6 + class, 9 + class, 12 + class, 15 + class} },
			"":             func(i, _ int) []int { return []int{3 * i, 3*i + 1, 3*i + 2} },
		} {
			r, all := mixed(t, b, loss.SparseCategoricalCrossentropy{FromLogits: true}, scores, classes, func(o, y dataset.Array) float64 { return likelihood(o, y, along) })
			checkWay(t, way, r, all)
		}
	})
}

func checkWay(t *testing.T, way string, r *Recording, all *replays) {
	t.Helper()
	f, _ := lossDiffers(r, all)
	if way == "" {
		require.Nil(t, f)
		return
	}
	require.NotNil(t, f, way)
	require.Equal(t, OtherLoss, f.Cause)
	require.Equal(t, way, f.way)
}
