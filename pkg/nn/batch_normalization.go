package nn

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/internal/codec"
)

// BatchNormalization brings each feature to mean 0 and variance 1, then scales and shifts it, as Keras'
// BatchNormalization. Ioffe & Szegedy 2015.
//
//	y = gamma·(x−mean)/√(variance+Epsilon) + beta
//
// In training mean and variance are the batch's, over all axes but that of the features; the variance is the biased one.
// Rows that only fill up the batch (see [BatchMask]) don't count. Each step moves the weights that
// inference uses: moving = Momentum·moving + (1−Momentum)·batch. In a [Frozen] the layer infers always.
// With Renorm what is trained on is brought to the moving statistics as well, see [Clipping].
//
// Shapes: x [batch, …, features] → the same; gamma, beta, moving_mean, moving_variance [features], with Renorm moving_stddev,
// renorm_mean and renorm_stddev as well.
type BatchNormalization struct {
	Name     string  `keras:"-"`                                    // empty: "batch_normalization", "batch_normalization_1", …
	Axis     int     `keras:"axis,default=-1,axis,from=-32"`        // of the features, counted with the batch as 0, from the end when negative; 0: −1, the last
	Momentum float64 `keras:"momentum,default=0.99,from=0,below=1"` // below 1; 0: 0.99; for no memory at all use math.SmallestNonzeroFloat64
	Epsilon  float64 `keras:"epsilon,default=0.001,from=0"`         // 0: 1e-3
	NoCenter bool    `keras:"center,not"`                           // leaves beta out
	NoScale  bool    `keras:"scale,not"`                            // leaves gamma out

	// Unbiased moves moving_variance to the batch's unbiased variance, divided by one less than how many values there are, as
	// PyTorch does; Keras has no such thing.
	Unbiased bool `keras:"-"`

	Renorm         bool     // see above
	RenormClipping Clipping // of what Renorm corrects by
	RenormMomentum float64  `keras:"renorm_momentum,default=0.99,from=0,below=1"` // of the statistics that Renorm goes by; 0: 0.99

	GammaInitializer          Initializer `keras:",default=ones"`  // nil: Ones
	BetaInitializer           Initializer `keras:",default=zeros"` // nil: Zeros
	MovingMeanInitializer     Initializer `keras:",default=zeros"` // nil: Zeros
	MovingVarianceInitializer Initializer `keras:",default=ones"`  // nil: Ones
	GammaRegularizer          Regularizer // nil: none
	BetaRegularizer           Regularizer // nil: none
	GammaConstraint           Constraint  // nil: none
	BetaConstraint            Constraint  // nil: none
}

var _ = layers.Add(BatchNormalization{}, codec.Only("virtual_batch_size"), codec.Ignored("synchronized", "fused"))

// Apply adds the layer to the graph. It panics when a setting is out of its range or x has no feature axis.
func (b BatchNormalization) Apply(scope *model.Scope, x *graph.Node) *graph.Node {
	if b.Momentum == 0 {
		b.Momentum = 0.99
	}
	if !(b.Momentum > 0 && b.Momentum < 1) {
		panic(fmt.Errorf("BatchNormalization.Momentum is %g, must be from 0 to below 1", b.Momentum))
	}
	epsilon := epsilonOrDefault("BatchNormalization", b.Epsilon)
	axis, err := b.axis(x.Shape().Dimensions)
	if err != nil {
		panic(err)
	}
	steps := MaskOf(x)
	x = asFloat(x)
	g := x.Graph()
	w := create(scope, b, x)
	there, back := lastAxis(axis, x.Rank())
	if axis != x.Rank()-1 {
		if steps != nil {
			panic(fmt.Errorf("BatchNormalization along axis %d doesn't go with a mask", axis))
		}
		x = graph.TransposeAllAxes(x, there...)
	}
	var y *graph.Node
	switch training := scope.Store().IsTraining(g) && !isFrozen(scope.Scope(), g); {
	case training && b.Renorm:
		y = b.renormalized(w, x, steps, epsilon)
	case training:
		mean := meanOverBatch(x, steps)
		centered := graph.Sub(x, graph.ExpandLeftToRank(mean, x.Rank()))
		variance := meanOverBatch(graph.Square(centered), steps)
		move(w.vars["moving_mean"], mean, b.Momentum)
		move(w.vars["moving_variance"], b.estimate(x, variance, steps), b.Momentum)
		y = overDeviation(centered, variance, epsilon)
	default:
		y = overDeviation(graph.Sub(x, w.expanded("moving_mean", x.Rank())), w.node("moving_variance"), epsilon)
	}
	y = w.affine(y)
	if axis != x.Rank()-1 {
		y = graph.TransposeAllAxes(y, back...)
	}
	return y
}

// estimate is what moving_variance moves to.
func (b BatchNormalization) estimate(x, variance, steps *graph.Node) *graph.Node {
	if !b.Unbiased {
		return variance
	}
	n := float64(x.Shape().Size() / x.Shape().Dim(-1))
	if rows := BatchMask(x.Graph()); rows != nil && steps == nil {
		count := graph.MulScalar(graph.ReduceAllSum(asFloat(rows)), n/float64(x.Shape().Dim(0)))
		return graph.Mul(variance, graph.Div(count, graph.MaxScalar(graph.AddScalar(count, -1), 1)))
	}
	return graph.MulScalar(variance, n/max(1, n-1))
}

// overDeviation divides by the root of a variance of the last axis.
func overDeviation(x, variance *graph.Node, epsilon float64) *graph.Node {
	return graph.Div(x, graph.ExpandLeftToRank(graph.Sqrt(graph.AddScalar(variance, epsilon)), x.Rank()))
}

// lastAxis are the orders of axes that put one behind the others, and back.
func lastAxis(axis, rank int) (there, back []int) {
	back = make([]int, rank)
	for i := range rank {
		if i != axis {
			back[i] = len(there)
			there = append(there, i)
		}
	}
	back[axis] = rank - 1
	return append(there, axis), back
}

// axis is that of the features, counted from the front.
func (b BatchNormalization) axis(input []int) (int, error) {
	if err := needsFeatures("BatchNormalization", input); err != nil {
		return 0, err
	}
	if b.Axis == 0 {
		b.Axis = -1
	}
	axis, ok := normalAxis(b.Axis, len(input))
	if !ok || axis == 0 {
		return 0, fmt.Errorf("BatchNormalization.Axis is %d, must be from 1 to %d for an input of shape %v", b.Axis, len(input)-1, input)
	}
	return axis, nil
}

// OutputShape is the input's.
func (b BatchNormalization) OutputShape(input ...int) ([]int, error) {
	_, err := b.axis(input)
	return input, err
}

// Weights are gamma, beta and the moving statistics.
func (b BatchNormalization) Weights(input ...int) []Weight {
	axis, _ := b.axis(input) // OutputShape tells the error
	features := []int{input[axis]}
	weights := affineWeights(features, !b.NoScale, !b.NoCenter, b.GammaInitializer, b.BetaInitializer, b.GammaRegularizer, b.BetaRegularizer)
	mean, variance := orInitializer(b.MovingMeanInitializer, Zeros{}), orInitializer(b.MovingVarianceInitializer, Ones{})
	weights = append(weights,
		Weight{Name: "moving_mean", Role: MovingMean, Shape: features, Initializer: mean},
		Weight{Name: "moving_variance", Role: MovingVariance, Shape: features, Initializer: variance})
	if b.Renorm {
		weights = append(weights, renormWeights(features, mean, variance)...)
	}
	return weights
}

// MixesRows is true: in training each row is seen beside the others of its batch.
func (BatchNormalization) MixesRows() bool { return true }

// TorchSteps is nn.BatchNorm1d and its kin, which have the features behind the batch or, by turning axes around, last.
// PyTorch's momentum is the share of what is new.
func (b BatchNormalization) TorchSteps(inputs [][]int) ([]TorchStep, error) {
	axis, err := b.axis(inputs[0])
	switch {
	case err != nil:
		return nil, err
	case b.Renorm:
		return nil, errors.New("BatchNormalization with Renorm: PyTorch has no such module")
	case axis != 1 && axis != len(inputs[0])-1 || axis == 1 && len(inputs[0]) > 5:
		return nil, fmt.Errorf("BatchNormalization along axis %d of %v: PyTorch's modules have the features behind the batch", axis, inputs[0])
	}
	momentum := b.Momentum
	if momentum == 0 {
		momentum = 0.99
	}
	in := inputs[0]
	class := fmt.Sprintf("BatchNorm%dd", max(1, len(in)-2))
	if len(in) > 5 {
		class = "BatchNorm1d"
	}
	arguments := append([]string{fmt.Sprint(in[axis])}, torchArgument("eps", epsilonOrDefault("BatchNormalization", b.Epsilon), 1e-5)...)
	// 1−0.99 in decimals, not as the nearest binary number.
	arguments = append(arguments, torchArgument("momentum", math.Round((1-momentum)*1e12)/1e12, 0.1)...)
	step := torchNorm("nn."+class, arguments, !b.NoScale, !b.NoCenter)
	step.Infers = true
	if !b.Unbiased {
		step.Note = class + " moves running_var to the batch's unbiased variance, Keras to the biased one."
	}
	step.Parameters = append(step.Parameters, TorchParameter{Weight: "moving_mean", Name: "running_mean"}, TorchParameter{Weight: "moving_variance", Name: "running_var"})
	switch {
	case axis < len(in)-1:
	case len(in) > 5:
		step.Forward = "{m}({x}.flatten(0, -2)).reshape({x}.shape)"
	case len(in) > 2:
		step.Layout = ChannelsFirst
	}
	return []TorchStep{step}, nil
}

// move updates a moving average inside the graph.
func move(average *model.Variable, now *graph.Node, momentum float64) {
	kept := graph.MulScalar(average.NodeValue(now.Graph()), momentum)
	average.SetNodeValue(graph.StopGradient(graph.Add(kept, graph.MulScalar(now, 1-momentum))))
}

// meanOverSteps is [meanOverBatch] of the steps that count. Keras adds 1e-7 to their number.
func meanOverSteps(x, steps *graph.Node, axes []int) *graph.Node {
	counts := maskAsFloat(steps)
	if rows := BatchMask(x.Graph()); rows != nil {
		counts = graph.Mul(counts, graph.InsertAxes(asFloat(rows), slices.Repeat([]int{-1}, counts.Rank()-1)...))
	}
	n := graph.ReduceAllSum(counts)
	counts = graph.BroadcastToDims(graph.InsertAxes(counts, -1), x.Shape().Dimensions...)
	return graph.Div(graph.ReduceSum(graph.Mul(x, counts), axes...), graph.AddScalar(n, 1e-7))
}

// meanOverBatch is the mean of x over all axes but the last, without the rows that BatchMask leaves out, and the steps that
// a mask does; nil: there is none.
func meanOverBatch(x, steps *graph.Node) *graph.Node {
	last := x.Rank() - 1
	axes := make([]int, last)
	for i := range axes {
		axes[i] = i
	}
	if steps != nil {
		if steps.Rank() != last {
			panic(fmt.Errorf("BatchNormalization: a mask of shape %s doesn't fit an input of shape %s", steps.Shape(), x.Shape()))
		}
		return meanOverSteps(x, steps, axes)
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
