package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// TestConvolutionsOfFewChannels: what is gathered with channels in front gives what is gathered with channels last, and
// the same gradients. Which of the two is taken depends on the backend.
func TestConvolutionsOfFewChannels(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 10 {
		s := sliding{
			size: []int{1 + rng.IntN(3), 1 + rng.IntN(4)}, strides: []int{1 + rng.IntN(2), 1 + rng.IntN(3)},
			padding: []string{"valid", "same"}[rng.IntN(2)],
		}
		w, err := s.over("Conv2D", "KernelSize", []int{7, 8})
		if err != nil {
			t.Fatal(err)
		}
		in, out := 1+rng.IntN(4), 1+rng.IntN(3)
		x := tensors.FromFlatDataAndDimensions(draw([]int{2, 7, 8, in}, rng.NormFloat64), 2, 7, 8, in)
		dims := append(append([]int{}, w.size...), in, out)
		kernel := tensors.FromFlatDataAndDimensions(draw(dims, rng.NormFloat64), dims...)
		results, err := graph.CallOnceN(gobackend.GetBackend(), func(x, kernel *graph.Node) []*graph.Node {
			last, front := convolve(x, kernel, w, 1), convolveFew(w.pad(x, 0), kernel, w)
			a := graph.Gradient(graph.ReduceAllSum(graph.Sin(last)), x, kernel)
			b := graph.Gradient(graph.ReduceAllSum(graph.Sin(front)), x, kernel)
			apart := func(a, b *graph.Node) *graph.Node { return graph.ReduceAllMax(graph.Abs(graph.Sub(a, b))) }
			return []*graph.Node{apart(last, front), apart(a[0], b[0]), apart(a[1], b[1])}
		}, x, kernel)
		if err != nil {
			t.Fatal(err)
		}
		for i, name := range []string{"output", "gradient of x", "gradient of the kernel"} {
			if d := float64(tensors.ToScalar[float32](results[i])); !(math.Abs(d) < 1e-4) {
				t.Errorf("%+v of %d channels: the %s differs by %g", s, in, name, d)
			}
		}
	}
}
