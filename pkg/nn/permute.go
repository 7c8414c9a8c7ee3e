package nn

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Permute puts the axes of each row into another order, as Keras' Permute: Dims 2, 1 swaps time and features.
//
// Shapes: x [batch, a, b, …] → [batch, …], its i-th axis behind the batch being the input's axis Dims[i].
type Permute struct {
	Name string `keras:"-"`                               // empty: "permute", "permute_1", …
	Dims []int  `keras:"dims,positional,required,from=1"` // each axis behind the batch once, counted from 1
}

var _ = layers.Add(Permute{})

// Apply adds the layer to the graph. It panics when Dims doesn't name each axis once.
func (p Permute) Apply(_ *model.Scope, x *graph.Node) *graph.Node {
	if err := p.check(x.Rank()); err != nil {
		panic(err)
	}
	return graph.TransposeAllAxes(x, append([]int{0}, p.Dims...)...)
}

func (p Permute) check(rank int) error {
	sorted := slices.Sorted(slices.Values(p.Dims))
	for i, d := range sorted {
		if d != i+1 {
			return fmt.Errorf("Permute.Dims is %v, must name each axis from 1 to %d once", p.Dims, len(p.Dims))
		}
	}
	if len(sorted) != rank-1 {
		return fmt.Errorf("Permute.Dims is %v, but rows have %d axes", p.Dims, rank-1)
	}
	return nil
}

// OutputShape has the axes in their new order.
func (p Permute) OutputShape(input ...int) ([]int, error) {
	if err := p.check(len(input)); err != nil {
		return nil, err
	}
	out := []int{input[0]}
	for _, d := range p.Dims {
		out = append(out, input[d])
	}
	return out, nil
}

// TorchSteps is permute.
func (p Permute) TorchSteps([][]int) ([]TorchStep, error) {
	axes := "0"
	for _, d := range p.Dims {
		axes += fmt.Sprintf(", %d", d)
	}
	return []TorchStep{{Forward: "{x}.permute(" + axes + ")"}}, nil
}
