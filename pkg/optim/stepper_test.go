package optim

import (
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"
	"github.com/stretchr/testify/require"
)

// values are the weights of a tiny model, or gradients for them, row-major.
type values struct{ kernel, bias []float32 }

var kernelShape, biasShape = []int{3, 2}, []int{4}

// stepper applies an optimizer to gradients that a test makes up.
type stepper struct {
	t     *testing.T
	store *model.Store
	exec  *model.Exec
}

// pureGo is one backend for all tests: a tensor can't move from one to another.
var pureGo = sync.OnceValues(func() (compute.Backend, error) { return gobackend.New("") })

func goBackend(t *testing.T) compute.Backend {
	t.Helper()
	backend, err := pureGo()
	require.NoError(t, err)
	return backend
}

// variables makes the model's weights in scope and returns them.
func variables(scope *model.Scope, w values) (kernel, bias *model.Variable) {
	kernel = scope.VariableWithValue("kernel", tensors.FromFlatDataAndDimensions(w.kernel, kernelShape...))
	bias = scope.VariableWithValue("bias", tensors.FromFlatDataAndDimensions(w.bias, biasShape...))
	return kernel, bias
}

func newStepper(t *testing.T, o train.OptimizeWithGradients, start values) *stepper {
	t.Helper()
	return newStepperIn(t, model.NewStore(), o, start)
}

func newStepperIn(t *testing.T, store *model.Store, o train.OptimizeWithGradients, start values) *stepper {
	t.Helper()
	return newStepperOn(t, goBackend(t), store, o, start)
}

func newStepperOn(t *testing.T, backend compute.Backend, store *model.Store, o train.OptimizeWithGradients, start values) *stepper {
	t.Helper()
	s := &stepper{t: t, store: store}
	var err error
	s.exec, err = model.NewExec(backend, s.store, func(scope *model.Scope, kernelGradient, biasGradient *graph.Node) *graph.Node {
		kernel, bias := variables(scope.In("dense"), start)
		kernel.NodeValue(kernelGradient)
		bias.NodeValue(biasGradient)
		o.UpdateGraphWithGradients(scope, []*graph.Node{kernelGradient, biasGradient}, dtypes.Float32)
		return kernelGradient
	})
	require.NoError(t, err)
	t.Cleanup(s.exec.Finalize)
	return s
}

// step takes one step and returns the weights after it.
func (s *stepper) step(gradient values) values {
	s.t.Helper()
	_, err := s.exec.Call(
		tensors.FromFlatDataAndDimensions(gradient.kernel, kernelShape...),
		tensors.FromFlatDataAndDimensions(gradient.bias, biasShape...))
	require.NoError(s.t, err)
	return s.weights()
}

func (s *stepper) weights() values {
	return values{s.read("/dense/kernel"), s.read("/dense/bias")}
}

func (s *stepper) read(path string) []float32 {
	s.t.Helper()
	v := s.store.GetVariable(path)
	require.NotNil(s.t, v, path)
	return tensors.MustCopyFlatData[float32](v.MustValue())
}

// state is every variable of the store, as bits.
func (s *stepper) state() map[string]any {
	all := map[string]any{}
	for v := range s.store.IterVariables() {
		all[v.Path()] = v.MustValue().Value()
	}
	return all
}

// transformed runs a transformation alone.
func transformed(t *testing.T, tr Transform, weights, gradient values) values {
	t.Helper()
	exec, err := model.NewExec(goBackend(t), model.NewStore(), func(scope *model.Scope, k, b *graph.Node) (*graph.Node, *graph.Node) {
		kernel, bias := variables(scope.In("dense"), weights)
		out := tr.Apply(scope.In("transform"), []*model.Variable{kernel, bias}, []*graph.Node{k, b})
		return out[0], out[1]
	})
	require.NoError(t, err)
	defer exec.Finalize()
	out, err := exec.Call(
		tensors.FromFlatDataAndDimensions(gradient.kernel, kernelShape...),
		tensors.FromFlatDataAndDimensions(gradient.bias, biasShape...))
	require.NoError(t, err)
	return values{tensors.MustCopyFlatData[float32](out[0]), tensors.MustCopyFlatData[float32](out[1])}
}
