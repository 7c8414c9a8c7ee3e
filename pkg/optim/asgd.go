package optim

import (
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/internal/codec"
)

// ASGD returns PyTorch's ASGD with its defaults, but for the rate: λ = 1e-4, α = 0.75. Keras has none.
func ASGD(learningRate float64) Optimizer { return of("ASGD", learningRate) }

// ASGDRule is the descent of averaged SGD (Polyak & Juditsky 1992) as PyTorch computes it, with a decay λ and a rate η that it
// lowers itself:
//
//	w ← w·(1 − λ·η) − η·g        η ← rate/(1 + λ·rate·t)^α
//
// where η begins as the rate; a schedule acts a step later than on others. The averages of the weights, which PyTorch keeps
// beside them from step t0 on, don't act on the training and aren't kept. Fields are taken as they are: start from [ASGD] for the
// defaults.
type ASGDRule struct {
	Lambda float64 `keras:"-,missing=1e-4,from=0"` // λ, of the decay
	Alpha  float64 `keras:"-,missing=0.75"`        // α, the power by which the rate falls
}

var _ = notOfKeras("ASGD", ASGDRule{}, 0)

// Validate refuses a negative, NaN or infinite λ, and an α that isn't finite.
func (r ASGDRule) Validate() error { return codec.Check(r) }

func (r ASGDRule) prepare(s *State) {
	slot := s.Scalar("eta", 0)
	first := graph.Equal(s.Step, graph.OnesLike(s.Step))
	eta := graph.Where(first, s.LearningRate, slot.Value(s.graph))
	s.share("eta", eta)
	s.share("kept", s.single(graph.OneMinus(graph.MulScalar(graph.ConvertDType(eta, dtypes.Float64), r.Lambda))))
	rate := graph.ConvertDType(s.LearningRate, dtypes.Float64)
	lowered := graph.OnePlus(graph.Mul(graph.MulScalar(rate, r.Lambda), s.double()))
	slot.Set(s.single(graph.Div(rate, graph.PowScalar(lowered, r.Alpha))))
}

// Update implements [Rule].
func (ASGDRule) Update(s *State, w, gradient *graph.Node) *graph.Node {
	return graph.Sub(graph.Mul(w, s.shared["kept"]), graph.Mul(gradient, s.shared["eta"]))
}

func (r ASGDRule) torch() (torchRule, error) {
	return torchRule{class: "torch.optim.ASGD", arguments: append(codec.PythonArgument("lambd", r.Lambda, 1e-4), codec.PythonArgument("alpha", r.Alpha, 0.75)...)}, nil
}
