package nn

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/backend/backendtest"
)

// TestFormsOfConvolution: what is gathered with channels in front, and XLA's own convolution, give what is gathered with
// channels last, and the same gradients. Which of them is taken depends on the backend and the input.
func TestFormsOfConvolution(t *testing.T) {
	backendtest.Each(t, testFormsOfConvolution)
}

func testFormsOfConvolution(t *testing.T, b compute.Backend) {
	rng := rand.New(rand.NewPCG(5, 6))
	for range 12 {
		s := sliding{
			size: []int{1 + rng.IntN(3), 1 + rng.IntN(4)}, strides: []int{1 + rng.IntN(2), 1 + rng.IntN(3)}, dilation: []int{1},
			padding: []string{"valid", "same"}[rng.IntN(2)],
		}
		if rng.IntN(2) == 0 {
			s.strides, s.dilation = []int{1}, []int{1 + rng.IntN(2), 1 + rng.IntN(2)}
		}
		w, err := s.over("Conv2D", "KernelSize", []int{7, 8})
		if err != nil {
			t.Fatal(err)
		}
		const batch = 5
		in, out := 1+rng.IntN(4), 1+rng.IntN(3)
		x := tensors.FromFlatDataAndDimensions(draw([]int{batch, 7, 8, in}, rng.NormFloat64), batch, 7, 8, in)
		dims := append(append([]int{}, w.size...), in, out)
		kernel := tensors.FromFlatDataAndDimensions(draw(dims, rng.NormFloat64), dims...)
		results, err := graph.CallOnceN(b, func(x, kernel *graph.Node) []*graph.Node {
			padded := w.pad(x, 0)
			last := matMul(unfold(padded, w, 1, -1), graph.Reshape(kernel, -1, out))
			all := func(y *graph.Node) []*graph.Node {
				return append(graph.Gradient(graph.ReduceAllSum(graph.Sin(y)), x, kernel), y)
			}
			want := all(last)
			var apart []*graph.Node
			for _, form := range []*graph.Node{convolveFew(padded, kernel, w), convolveNative(x, kernel, w), convolve(x, kernel, w, 1)} {
				for i, got := range all(form) {
					apart = append(apart, graph.ReduceAllMax(graph.Abs(graph.Sub(got, want[i]))))
				}
			}
			return apart
		}, x, kernel)
		if err != nil {
			t.Fatalf("%+v of %d channels: %v", s, in, err)
		}
		for i, r := range results {
			if d := float64(tensors.ToScalar[float32](r)); !(math.Abs(d) < 1e-4) {
				t.Errorf("%+v of %d channels: with %s %s differs by %g", s, in, []string{"channels in front", "XLA's convolution", "what is taken"}[i/3],
					[]string{"the gradient of x", "the gradient of the kernel", "the output"}[i%3], d)
			}
		}
	}
}

// Pure Go is known however it was opened, XLA is never taken for it: the form of a convolution depends on it.
func TestInPureGo(t *testing.T) {
	opened, err := backend.Open(backend.Options{Name: backend.Go})
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close()
	for _, b := range []compute.Backend{opened, opened.Backend, gobackend.GetBackend()} {
		if x := graph.Const(graph.NewGraph(b, "go"), float32(1)); !inPureGo(x) {
			t.Errorf("%s isn't known as pure Go", b.Name())
		}
	}
	if x := graph.Const(graph.NewGraph(backendtest.XLA(t), "xla"), float32(1)); inPureGo(x) {
		t.Error("XLA is taken for pure Go")
	}
}

// The kernel's gradient is GoMLX's, whichever factor is turned around, and its own gradient too.
func TestProductKernelGradient(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 1))
	for _, s := range [][3]int{{50, 9, 2}, {4, 3, 20}, {1, 1, 1}, {7, 1, 3}} { // rows, in, out
		rows, in, out := s[0], s[1], s[2]
		x := tensors.FromFlatDataAndDimensions(draw([]int{rows, in}, rng.NormFloat64), rows, in)
		kernel := tensors.FromFlatDataAndDimensions(draw([]int{in, out}, rng.NormFloat64), in, out)
		results, err := graph.CallOnceN(gobackend.GetBackend(), func(x, kernel *graph.Node) []*graph.Node {
			twice := func(y *graph.Node) []*graph.Node {
				first := graph.Gradient(graph.ReduceAllSum(graph.Sin(y)), x, kernel)
				second := graph.Gradient(graph.ReduceAllSum(graph.Sin(first[1])), x, kernel)
				return append(append(first, second...), y)
			}
			want, got := twice(graph.Dot(x, kernel).Product()), twice(convolveProduct(x, kernel))
			for i := range want {
				want[i] = graph.ReduceAllMax(graph.Abs(graph.Sub(want[i], got[i])))
			}
			return want
		}, x, kernel)
		if err != nil {
			t.Fatal(err)
		}
		for i, r := range results {
			if d := float64(tensors.ToScalar[float32](r)); !(d < 1e-4) {
				t.Errorf("%v: %s differs by %g", s, []string{"the gradient of x", "the gradient of the kernel", "the second of x", "the second of the kernel", "the product"}[i], d)
			}
		}
	}
}

// TestConvolutionKernelGradientInParts: the parts of a large batch, of unequal sizes, add up to the whole.
func TestConvolutionKernelGradientInParts(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	w, err := sliding{size: []int{3}, padding: "same"}.over("Conv1D", "KernelSize", []int{1 << 14})
	if err != nil {
		t.Fatal(err)
	}
	const batch, in, out = 13, 3, 2 // more numbers than four parts hold
	x := tensors.FromFlatDataAndDimensions(draw([]int{batch, 1 << 14, in}, rng.NormFloat64), batch, 1<<14, in)
	dy := tensors.FromFlatDataAndDimensions(draw([]int{batch, 1 << 14, out}, rng.NormFloat64), batch, 1<<14, out)
	results, err := graph.CallOnceN(gobackend.GetBackend(), func(x, dy *graph.Node) []*graph.Node {
		got := convolutionKernelGradient(x, dy, w)
		under := unfold(w.pad(x, 0), w, 1, -1)
		want := graph.DotGeneral(graph.Reshape(under, -1, 3*in), []int{0}, nil, graph.Reshape(dy, -1, out), []int{0}, nil)
		return []*graph.Node{graph.ReduceAllMax(graph.Abs(graph.Sub(graph.Reshape(got, 3*in, out), want)))}
	}, x, dy)
	if err != nil {
		t.Fatal(err)
	}
	if d := float64(tensors.ToScalar[float32](results[0])); !(d < 1e-2) { // of sums of 200,000 products
		t.Errorf("the sum over the parts differs by %g", d)
	}
}
