package optim

import (
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/gomlx/gomlx/ml/train/optimizer"
	"github.com/stretchr/testify/require"
)

// TestObserve: an observer sees the gradients behind the clips, of own optimizers and wrapped ones.
func TestObserve(t *testing.T) {
	clip := ClipByNorm{Max: 0.5}
	for _, o := range []train.OptimizeWithGradients{SGD(1).With(clip), Wrap(optimizer.Adam().Done(), clip)} {
		exec, err := model.NewExec(goBackend(t), model.NewStore(), func(scope *model.Scope, k, b *graph.Node) *graph.Node {
			kernel, bias := variables(scope.In("dense"), someWeights)
			kernel.NodeValue(k)
			bias.NodeValue(b)
			var seen *graph.Node
			Observe(k.Graph(), func(vars []*model.Variable, gradients []*graph.Node) {
				require.Equal(t, []*model.Variable{kernel, bias}, vars)
				seen = gradients[0]
			})
			o.UpdateGraphWithGradients(scope, []*graph.Node{k, b}, dtypes.Float32)
			Observe(k.Graph(), nil)
			return seen
		})
		require.NoError(t, err)
		out, err := exec.Call(
			tensors.FromFlatDataAndDimensions(someGradient.kernel, kernelShape...),
			tensors.FromFlatDataAndDimensions(someGradient.bias, biasShape...))
		require.NoError(t, err)
		require.Equal(t, transformed(t, clip, someWeights, someGradient).kernel, tensors.MustCopyFlatData[float32](out[0]))
		exec.Finalize()
	}
}
