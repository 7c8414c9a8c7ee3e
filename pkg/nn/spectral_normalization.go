package nn

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// SpectralNormalization divides the kernel or the table of a layer in training by its largest singular value, as Keras'
// SpectralNormalization on JAX. Miyato et al. 2018.
//
// Each step takes PowerIterations turns towards the singular vectors from where the step before ended; vector_u, which no
// gradient moves, remembers it. In inference the layer computes with the kernel as it is. (On TensorFlow Keras leaves the divided
// kernel in its place, so that inference has it too.)
//
// The layer inside must be one with a single kernel: a [Dense], a convolution, an [Embedding]. Its weights lie below its name.
//
// Shapes: those of the layer; vector_u [1, size of the kernel's last axis].
type SpectralNormalization struct {
	Name            string `keras:"-"`                                 // empty: "spectral_normalization", "spectral_normalization_1", …
	Layer           Layer  `keras:"layer,positional,required"`         // must not be nil
	PowerIterations int    `keras:"power_iterations,default=1,from=1"` // 0: 1
}

var _ = layers.Add(SpectralNormalization{})

// Apply applies the layer with its kernel divided. It panics when the layer has none.
func (s SpectralNormalization) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if _, err := s.OutputShape(x.Shape().Dimensions...); err != nil {
		panic(err)
	}
	inner := partNamed(s.Layer)
	inside := scope.At("%s", inner)
	all := s.inner(x.Shape().Dimensions)
	k := kernelAmong(all)
	kernel := weight(inside, all[k].Name, all[k].Initializer, all[k].Shape...)
	last := kernel.Shape().Dim(-1)
	u := weight(scope, "vector_u", TruncatedNormal{StdDev: 0.02}, 1, last).SetTrainable(false)
	if g := x.Graph(); scope.Store().IsTraining(g) {
		before := kernel.NodeValue(g)
		divided, now := s.divided(before, u.NodeValue(g))
		u.SetNodeValue(now)
		kernel.SetNodeValue(divided)
		defer kernel.SetNodeValue(before)
	}
	return only(ApplyAll(s.Layer, inside, []*graph.Node{x}))
}

// divided is the kernel over its largest singular value, and the vector to go on from. A kernel of zeros stays as it is.
func (s SpectralNormalization) divided(kernel, u *graph.Node) (divided, next *graph.Node) {
	g := kernel.Graph()
	w := graph.Reshape(kernel, -1, kernel.Shape().Dim(-1))
	next = u
	var v *graph.Node
	for range max(1, s.PowerIterations) {
		v = unitVector(graph.Dot(next, graph.Transpose(w, 0, 1)).Product())
		next = unitVector(graph.Dot(v, w).Product())
	}
	next, v = graph.StopGradient(next), graph.StopGradient(v)
	largest := graph.Dot(graph.Dot(v, w).Product(), graph.Transpose(next, 0, 1)).Product()
	zero := graph.Equal(graph.ReduceAllSum(graph.Abs(kernel)), graph.ScalarZero(g, kernel.DType()))
	largest = graph.Where(zero, graph.ScalarOne(g, kernel.DType()), graph.Reshape(largest))
	return graph.Div(kernel, largest), graph.Where(zero, u, next)
}

// unitVector is a vector over its length, which is at least [fuzz].
func unitVector(x *graph.Node) *graph.Node {
	return graph.Div(x, graph.MaxScalar(graph.Sqrt(graph.ReduceAllSum(graph.Square(x))), fuzz))
}

// inner are the weights of the layer inside.
func (s SpectralNormalization) inner(input []int) []Weight {
	w, ok := Bare(s.Layer).(Weighted)
	if !ok {
		return nil
	}
	return weightsFor(w, [][]int{input})
}

// kernelAmong is the place of what is divided, -1 where there is no such weight.
func kernelAmong(weights []Weight) int {
	return slices.IndexFunc(weights, func(w Weight) bool { return w.Name == "kernel" || w.Name == "embeddings" })
}

// OutputShape is the layer's. The error says why there is nothing to divide.
func (s SpectralNormalization) OutputShape(input ...int) ([]int, error) {
	if s.Layer == nil {
		return nil, errors.New("SpectralNormalization.Layer is nil")
	}
	if s.PowerIterations < 0 {
		return nil, fmt.Errorf("SpectralNormalization.PowerIterations is %d, must be positive", s.PowerIterations)
	}
	bare := Bare(s.Layer)
	_, recurrent := bare.(Recurrent)
	outputs, err := Measure(bare, [][]int{input}, func(Measured) error { return nil })
	switch {
	case err != nil:
		return nil, err
	case recurrent || kernelAmong(s.inner(input)) < 0:
		return nil, fmt.Errorf("SpectralNormalization is around a %s, which has no single kernel", typeName(bare))
	}
	return outputs[0], nil
}

// Weights are those of the layer, below its name, and vector_u behind the kernel.
func (s SpectralNormalization) Weights(input ...int) []Weight {
	if s.Layer == nil {
		return nil
	}
	name, inner := partNamed(s.Layer), s.inner(input)
	k := kernelAmong(inner)
	if k < 0 {
		return nil
	}
	var all []Weight
	for i, w := range inner {
		w.Name, w.Stored = name+model.ScopeSeparator+w.Name, fmt.Sprintf("layer/vars/%d", i)
		all = append(all, w)
	}
	shape := []int{1, 1}
	if n := len(inner[k].Shape); n > 0 {
		shape[1] = inner[k].Shape[n-1]
	}
	// Keras counts the kernel among the wrapper's own weights, in front of what it adds.
	u := Weight{Name: "vector_u", Role: Scale, Still: true, Shape: shape, Initializer: TruncatedNormal{StdDev: 0.02}, Stored: "vars/1"}
	kernel := all[k]
	return append([]Weight{kernel, u}, slices.Delete(all, k, k+1)...)
}

// MixesRows is the layer's.
func (s SpectralNormalization) MixesRows() bool { return s.Layer != nil && MixesRows(s.Layer) }

// Bounds are the layer's.
func (s SpectralNormalization) Bounds() (low, high float64) { return Bounds(s.Layer) }

// TorchSteps is an error.
func (SpectralNormalization) TorchSteps([][]int) ([]TorchStep, error) {
	return nil, errors.New("SpectralNormalization: PyTorch has no such module; nn.utils.parametrizations.spectral_norm divides in inference too and begins with other vectors")
}

func (s SpectralNormalization) kerasCode(c kerasContext) (string, error) {
	return wrapperCode("SpectralNormalization", s.Name, s.Layer, c, powerIterations(s.PowerIterations)...)
}

func powerIterations(n int) []string {
	if n <= 1 {
		return nil
	}
	return []string{fmt.Sprintf("power_iterations=%d", n)}
}
