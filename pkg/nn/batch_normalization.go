package nn

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// BatchNormalization brings each feature to mean 0 and variance 1, then scales and shifts it, as Keras'
// BatchNormalization over the last axis. Ioffe & Szegedy 2015.
//
//	y = gamma·(x−mean)/√(variance+Epsilon) + beta
//
// In training mean and variance are the batch's, over all axes but the last; the variance is the biased one.
// Rows that only fill up the batch (see [BatchMask]) don't count. Each step moves the weights that
// inference uses: moving = Momentum·moving + (1−Momentum)·batch. In a [Frozen] the layer infers always.
//
// Shapes: x [batch, …, features] → the same; gamma, beta, moving_mean, moving_variance [features].
type BatchNormalization struct {
	Name     string  // empty: "batch_normalization", "batch_normalization_1", …
	Momentum float64 // below 1; 0: 0.99; for no memory at all use math.SmallestNonzeroFloat64
	Epsilon  float64 // 0: 1e-3
	NoCenter bool    // leaves beta out
	NoScale  bool    // leaves gamma out

	GammaInitializer          Initializer // nil: Ones
	BetaInitializer           Initializer // nil: Zeros
	MovingMeanInitializer     Initializer // nil: Zeros
	MovingVarianceInitializer Initializer // nil: Ones
	GammaRegularizer          Regularizer // nil: none
	BetaRegularizer           Regularizer // nil: none
}

// Kind is "batch_normalization".
func (BatchNormalization) Kind() string { return "batch_normalization" }

// LayerName is Name.
func (b BatchNormalization) LayerName() string { return b.Name }

// Apply adds the layer to the graph. It panics when a setting is out of its range or x has no feature axis.
func (b BatchNormalization) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if b.Momentum == 0 {
		b.Momentum = 0.99
	}
	if !(b.Momentum > 0 && b.Momentum < 1) {
		panic(fmt.Errorf("BatchNormalization.Momentum is %g, must be from 0 to below 1", b.Momentum))
	}
	epsilon := epsilonOrDefault("BatchNormalization", b.Epsilon)
	if x.Rank() < 2 {
		panic(fmt.Errorf("BatchNormalization needs an input [batch, …, features], got %s", x.Shape()))
	}
	x = asFloat(x)
	g := x.Graph()
	features := x.Shape().Dim(-1)
	affine := newAffine(scope, x, !b.NoScale, !b.NoCenter, b.GammaInitializer, b.BetaInitializer, b.GammaRegularizer, b.BetaRegularizer)
	movingMean := state(scope, "moving_mean", orInitializer(b.MovingMeanInitializer, Zeros{}), features)
	movingVariance := state(scope, "moving_variance", orInitializer(b.MovingVarianceInitializer, Ones{}), features)

	var centered, variance *graph.Node
	if scope.Store().IsTraining(g) && !isFrozen(scope.Scope(), g) {
		mean := meanOverBatch(x)
		centered = graph.Sub(x, graph.ExpandLeftToRank(mean, x.Rank()))
		variance = meanOverBatch(graph.Square(centered))
		move(movingMean, mean, b.Momentum)
		move(movingVariance, variance, b.Momentum)
	} else {
		centered = graph.Sub(x, graph.ExpandLeftToRank(movingMean.NodeValue(g), x.Rank()))
		variance = movingVariance.NodeValue(g)
	}
	deviation := graph.Sqrt(graph.AddScalar(variance, epsilon))
	return affine.apply(graph.Div(centered, graph.ExpandLeftToRank(deviation, x.Rank())))
}

// move updates a moving average inside the graph.
func move(average *model.Variable, now *graph.Node, momentum float64) {
	kept := graph.MulScalar(average.NodeValue(now.Graph()), momentum)
	average.SetNodeValue(graph.StopGradient(graph.Add(kept, graph.MulScalar(now, 1-momentum))))
}

// meanOverBatch is the mean of x over all axes but the last, without the rows that BatchMask leaves out.
func meanOverBatch(x *graph.Node) *graph.Node {
	last := x.Rank() - 1
	axes := make([]int, last)
	for i := range axes {
		axes[i] = i
	}
	mask := BatchMask(x.Graph())
	if mask == nil {
		return graph.ReduceMean(x, axes...)
	}
	rows := x.Shape().Dim(0)
	if mask.Rank() != 1 || mask.Shape().Dim(0) != rows {
		panic(fmt.Errorf("batch mask has shape %s, must be [%d] as the input's batch", mask.Shape(), rows))
	}
	mask = asFloat(mask)
	dims := make([]int, x.Rank())
	for i := range dims {
		dims[i] = 1
	}
	dims[0] = rows
	positions := float64(x.Shape().Size() / (rows * x.Shape().Dim(last)))
	count := graph.MulScalar(graph.ReduceAllSum(mask), positions)
	return graph.Div(graph.ReduceSum(graph.Mul(x, graph.Reshape(mask, dims...)), axes...), count)
}
