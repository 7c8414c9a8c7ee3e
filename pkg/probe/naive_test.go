package probe_test

import (
	"math"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
)

// matrix is [row][column].
type matrix [][]float64

func newMatrix(rows, columns int) matrix {
	m := make(matrix, rows)
	for i := range m {
		m[i] = make([]float64, columns)
	}
	return m
}

func matrixOf(values []float32, columns int) matrix {
	m := newMatrix(len(values)/columns, columns)
	for i, v := range values {
		m[i/columns][i%columns] = float64(v)
	}
	return m
}

func (m matrix) all() (values []float64) {
	for _, row := range m {
		values = append(values, row...)
	}
	return values
}

func normOf(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v * v
	}
	return math.Sqrt(sum)
}

// function is an activation and its slope, given its output.
type function struct{ value, slope func(float64) float64 }

var (
	linear  = function{func(x float64) float64 { return x }, func(float64) float64 { return 1 }}
	tanh    = function{math.Tanh, func(y float64) float64 { return 1 - y*y }}
	sigmoid = function{func(x float64) float64 { return 1 / (1 + math.Exp(-x)) }, func(y float64) float64 { return y * (1 - y) }}
	relu    = function{func(x float64) float64 { return max(x, 0) }, func(y float64) float64 {
		if y > 0 {
			return 1
		}
		return 0
	}}
)

// naive is a stack of dense layers, trained by SGD with ClipByNorm on the mean squared error, in plain loops
// of float64.
type naive struct {
	kernels, biases []matrix // biases [1][units]
	functions       []function
	rate, maxNorm   float64
}

func newNaive(weights []fit.Weight, functions []function) *naive {
	n := &naive{functions: functions}
	for i := 0; i < len(weights); i += 2 {
		n.kernels = append(n.kernels, matrixOf(weights[i].Values, weights[i].Shape[1]))
		n.biases = append(n.biases, matrixOf(weights[i+1].Values, weights[i+1].Shape[0]))
	}
	return n
}

// naiveStep is what one step shows; weights come as kernel, bias, kernel, bias, …
type naiveStep struct {
	outputs                          []matrix
	before, after, gradient, applied [][]float64
	inputGradient                    matrix
	loss                             float64
}

// step trains on rows from..to-1 of d.
func (n *naive) step(d dataset.Data, from, to int) naiveStep {
	features, targets := d.X.Shape[1], d.Y.Shape[1]
	x, y := matrixOf(d.X.Values, features)[from:to], matrixOf(d.Y.Values, targets)[from:to]
	s := naiveStep{outputs: n.forward(x)}
	last := s.outputs[len(s.outputs)-1]
	upstream := newMatrix(len(x), targets)
	for r := range last {
		for c := range last[r] {
			e := last[r][c] - y[r][c]
			scale := float64(len(x) * targets)
			s.loss += e * e / scale
			upstream[r][c] = 2 * e / scale
		}
	}
	s.gradient = make([][]float64, 2*len(n.kernels))
	for l := len(n.kernels) - 1; l >= 0; l-- {
		in := x
		if l > 0 {
			in = s.outputs[l-1]
		}
		var kernel, bias matrix
		upstream, kernel, bias = n.backward(l, in, s.outputs[l], upstream)
		s.gradient[2*l], s.gradient[2*l+1] = kernel.all(), bias.all()
	}
	s.inputGradient = upstream
	for i, g := range s.gradient {
		w := n.kernels[i/2]
		if i%2 == 1 {
			w = n.biases[i/2]
		}
		s.before = append(s.before, w.all())
		scale := n.maxNorm / max(normOf(g), n.maxNorm)
		applied := make([]float64, len(g))
		for j := range g {
			applied[j] = scale * g[j]
			w[j/len(w[0])][j%len(w[0])] -= n.rate * applied[j]
		}
		s.applied = append(s.applied, applied)
		s.after = append(s.after, w.all())
	}
	return s
}

func (n *naive) forward(x matrix) (outputs []matrix) {
	for l, kernel := range n.kernels {
		y := newMatrix(len(x), len(kernel[0]))
		for r := range y {
			for c := range y[r] {
				sum := n.biases[l][0][c]
				for i := range kernel {
					sum += x[r][i] * kernel[i][c]
				}
				y[r][c] = n.functions[l].value(sum)
			}
		}
		outputs = append(outputs, y)
		x = y
	}
	return outputs
}

func (n *naive) backward(l int, x, y, upstream matrix) (toX, toKernel, toBias matrix) {
	kernel := n.kernels[l]
	toX, toKernel, toBias = newMatrix(len(x), len(kernel)), newMatrix(len(kernel), len(kernel[0])), newMatrix(1, len(kernel[0]))
	for r := range y {
		for c := range y[r] {
			g := upstream[r][c] * n.functions[l].slope(y[r][c])
			toBias[0][c] += g
			for i := range kernel {
				toKernel[i][c] += g * x[r][i]
				toX[r][i] += g * kernel[i][c]
			}
		}
	}
	return toX, toKernel, toBias
}
