package nn_test

import (
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"

	"example.com/unstuck/pkg/nn"
)

// Rows that only fill up the batch change neither the penalty's sum nor the number of rows.
func TestActivityRegularizationOfFilledBatch(t *testing.T) {
	penalty := func(x *tensors.Tensor, mask []float32) float32 {
		exec, err := model.NewExec(pureGo(t), model.NewStore(), func(scope *model.Scope, x *graph.Node) *graph.Node {
			if mask != nil {
				nn.SetBatchMask(x.Graph(), graph.Const(x.Graph(), mask))
			}
			nn.ActivityRegularization{L1: 0.5, L2: 0.25}.Apply(scope, x)
			return train.GetRegularizationLoss(x.Graph())
		})
		if err != nil {
			t.Fatal(err)
		}
		defer exec.Finalize()
		out, err := exec.Exec(x)
		if err != nil {
			t.Fatal(err)
		}
		return tensors.ToScalar[float32](out[0])
	}
	want := penalty(tensor([]float32{1, -2, 3, 4}, 2, 2), nil)
	if exact := float32((0.5*(1+2+3+4) + 0.25*(1+4+9+16)) / 2); want != exact {
		t.Errorf("the penalty is %g, want %g", want, exact)
	}
	if got := penalty(tensor([]float32{1, -2, 3, 4, 9, 9}, 3, 2), []float32{1, 1, 0}); got != want {
		t.Errorf("with a filled row the penalty is %g, without it %g", got, want)
	}
}
