package optim

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// limit returns a setting that lives in a variable, as a scalar of x's type: a compiled step serves any
// value of it. Building a graph gives an existing variable the value of the description at hand, so that
// a limit left over from an earlier training or a checkpoint can't stay in force unnoticed.
func limit(scope *model.Scope, name string, value float64, x *graph.Node) *graph.Node {
	v := scope.VariableWithValue(name, float32(value)).SetTrainable(false)
	if tensors.ToScalar[float32](v.MustValue()) != float32(value) {
		if err := v.SetValue(tensors.FromScalar(float32(value))); err != nil {
			panic(err)
		}
	}
	return graph.ConvertDType(v.NodeValue(x), x.DType())
}

// validateLimit refuses what no gradient could be clipped to.
func validateLimit(what string, value float64) error {
	if !(float32(value) > 0) || math.IsInf(value, 1) {
		return fmt.Errorf("%s is %g: must be positive and finite", what, value)
	}
	return nil
}
