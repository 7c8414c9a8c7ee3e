package nn

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"example.com/unstuck/internal/codec"
)

// Orthogonal draws a matrix with orthonormal rows or columns, whichever are fewer, uniformly among all of them;
// for more than two axes the leading ones are taken together. Keras: "orthogonal", its default for
// recurrent kernels: a step keeps the length of the state's vector. Saxe et al. 2014.
type Orthogonal struct {
	Gain float64 `keras:"gain,default=1"` // the length of each row or column; 0: 1
}

var _ = initializers.Add(Orthogonal{}, codec.Named("Orthogonal", "OrthogonalInitializer"), unseeded)
var _ = initializers.Say("orthogonal", Orthogonal{})

// Values draws the values. Errors: fewer than two axes, Gain not finite.
func (o Orthogonal) Values(rng *rand.Rand, dims ...int) ([]float32, error) {
	if len(dims) < 2 {
		return nil, fmt.Errorf("orthogonal initializer needs at least two axes, got shape %v", dims)
	}
	gain, err := defaultGain(o.Gain)
	if err != nil {
		return nil, err
	}
	cols := dims[len(dims)-1]
	rows := size(dims) / max(1, cols)
	vectors := orthonormal(rng, min(rows, cols), max(rows, cols))
	values := make([]float32, rows*cols)
	for i := range rows {
		for j := range cols {
			v, k := i, j
			if rows >= cols {
				v, k = j, i
			}
			values[i*cols+j] = float32(gain * vectors[v][k])
		}
	}
	return values, nil
}

// TorchInit is nn.init.orthogonal_.
func (o Orthogonal) TorchInit(expression string, shape []int, p TorchParameter) ([]string, error) {
	if len(shape) < 2 || p.Apart {
		return nil, errors.New("an orthogonal initializer needs a matrix")
	}
	if len(shape) > 2 && p.Axes == nil { // PyTorch takes the axes behind the first together, not those before the last
		expression += ".data.flatten(0, -2)"
	}
	gain, err := defaultGain(o.Gain)
	return torchInitCall("orthogonal_", expression, torchArgument("gain", gain, 1)...), err
}

// orthonormal draws n vectors of length size, n ≤ size. It is Gram and Schmidt's way to the Q of a normal
// matrix's QR with a positive diagonal of R, which is what makes Q uniform. Each vector is taken twice through:
// once leaves rounding errors, twice is enough (Giraud et al. 2005).
func orthonormal(rng *rand.Rand, n, size int) [][]float64 {
	vectors := make([][]float64, 0, n)
	for range n {
		v := make([]float64, size)
		for i := range v {
			v[i] = rng.NormFloat64()
		}
		for range 2 {
			for _, u := range vectors {
				along := dot(u, v)
				for i := range v {
					v[i] -= along * u[i]
				}
			}
		}
		length := math.Sqrt(dot(v, v))
		for i := range v {
			v[i] /= length
		}
		vectors = append(vectors, v)
	}
	return vectors
}

func dot(a, b []float64) float64 {
	sum := 0.0
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

// Identity is Gain on the diagonal of a matrix and 0 elsewhere. Keras: "identity".
type Identity struct {
	Gain float64 `keras:"gain,default=1"` // 0: 1
}

var _ = initializers.Add(Identity{}, codec.Named("Identity", "IdentityInitializer"), unseeded)
var _ = initializers.Say("identity", Identity{})

// Values returns the matrix. Errors: not two axes, Gain not finite.
func (d Identity) Values(_ *rand.Rand, dims ...int) ([]float32, error) {
	if len(dims) != 2 {
		return nil, fmt.Errorf("identity initializer needs two axes, got shape %v", dims)
	}
	gain, err := defaultGain(d.Gain)
	if err != nil {
		return nil, err
	}
	values := make([]float32, size(dims))
	for i := range min(dims[0], dims[1]) {
		values[i*dims[1]+i] = float32(gain)
	}
	return values, nil
}

// TorchInit is nn.init.eye_, times the gain.
func (d Identity) TorchInit(expression string, shape []int, p TorchParameter) ([]string, error) {
	if len(shape) != 2 || p.Apart {
		return nil, errors.New("an identity initializer needs a matrix")
	}
	gain, err := defaultGain(d.Gain)
	lines := torchInitCall("eye_", expression)
	if gain != 1 {
		lines[0] += fmt.Sprintf(".data.mul_(%s)", codec.PythonFloat(gain))
	}
	return lines, err
}

func defaultGain(gain float64) (float64, error) {
	if gain == 0 {
		return 1, nil
	}
	if math.IsNaN(gain) || math.IsInf(gain, 0) {
		return 0, fmt.Errorf("gain %g must be finite", gain)
	}
	return gain, nil
}
