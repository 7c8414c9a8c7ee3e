package loss

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"example.com/unstuck/internal/codec"
)

// Torch is a loss in PyTorch.
type Torch struct {
	// Function makes what is called with predictions and targets, both [batch, …] and of one shape, and gives the mean over
	// the batch: "nn.MSELoss()", or a lambda where PyTorch's own computes something else.
	Function string
	Numbers  bool // targets are class numbers, integers [batch, …] without the axis of the classes
}

// TorchCode is the same loss in PyTorch, given "import torch" and "from torch import nn", for predictions with so many axes,
// the batch included. Cross-entropy on probabilities cuts them to [1e-7, 1 − 1e-7] there as here, so that it is no nn.BCELoss.
// At the corner of a hinge the gradient is 0 there, half of that beside it here.
//
// A loss that has nothing like it there, [Circle], [CTC] and [Outputs] as a whole, is an error that names it.
func TorchCode(l Loss, axes int) (Torch, error) {
	switch l := l.(type) {
	case Summed:
		return l.torch(axes)
	case MeanByWeight: // in PyTorch nothing has weights
		return TorchCode(l.Of, axes)
	case Broadcast: // that it compares all pairs lies in the shapes that it is given
		return TorchCode(l.Of, axes)
	case interface{ Torch() Torch }: // of another package
		return l.Torch(), nil
	}
	w, ok := l.(torchWriter)
	if !ok {
		return Torch{}, fmt.Errorf("%T: PyTorch has no such loss", l)
	}
	return w.torch(axes), nil
}

// torchWriter is implemented by losses that can be written in PyTorch.
type torchWriter interface{ torch(axes int) Torch }

// torchModule is a loss that PyTorch has.
func torchModule(class string, arguments ...string) Torch {
	return Torch{Function: codec.Call{Function: "nn." + class, Arguments: arguments}.String()}
}

// torchLambda is a loss as an expression of predictions p and targets y.
func torchLambda(expression string) Torch { return Torch{Function: "lambda p, y: " + expression} }

// torchSmooth is y with label smoothing over so many classes.
func torchSmooth(y string, s, classes float64) string {
	if s == 0 {
		return y
	}
	return fmt.Sprintf("(%s * (1 - %s) + %s)", y, py(s), py(s/classes))
}

// torchSmoothClasses is y with label smoothing over as many classes as there are.
func torchSmoothClasses(y string, s float64) string {
	if s == 0 {
		return y
	}
	return fmt.Sprintf("(%s * (1 - %s) + %s / p.shape[-1])", y, py(s), py(s))
}

var py = codec.PythonFloat

const (
	torchCut   = ".clamp(1e-07, 1 - 1e-07)"
	torchParts = "(p / p.sum(-1, keepdim=True))" + torchCut // probabilities
	torchSigns = "torch.where(((y == 0) | (y == 1)).all(), 2 * y - 1, y)"
)

func (MSE) torch(int) Torch { return torchModule("MSELoss") }
func (MAE) torch(int) Torch { return torchModule("L1Loss") }

func (MAPE) torch(int) Torch {
	return torchLambda("100 * ((y - p) / y.abs().clamp(min=1e-07)).abs().mean()")
}

func (MSLE) torch(int) Torch {
	return torchLambda("nn.functional.mse_loss(p.clamp(min=1e-07).log1p(), y.clamp(min=1e-07).log1p())")
}

func (h Huber) torch(int) Torch {
	if h.Unit {
		return torchModule("SmoothL1Loss", codec.PythonArgument("beta", h.delta(), 1)...)
	}
	if h.delta() == 1 {
		return torchModule("HuberLoss")
	}
	return torchModule("HuberLoss", "delta="+py(h.delta()))
}

func (LogCosh) torch(int) Torch {
	return torchLambda("(p - y + nn.functional.softplus(-2 * (p - y)) - " + py(math.Ln2) + ").mean()")
}

func (Poisson) torch(int) Torch {
	return torchModule("PoissonNLLLoss", "log_input=False", "eps=1e-07")
}

func (b BinaryCrossentropy) torch(int) Torch {
	y := torchSmooth("y", b.LabelSmoothing, 2)
	arguments := slices.Concat(torchTensor("weight", b.Weights), torchTensor("pos_weight", b.PosWeights))
	function := func(name, p string) Torch {
		return torchLambda(codec.Call{Function: "nn.functional." + name, Arguments: append([]string{p, y}, arguments...)}.String())
	}
	switch {
	case b.FromLogits && b.LabelSmoothing == 0:
		return torchModule("BCEWithLogitsLoss", arguments...)
	case b.FromLogits:
		return function("binary_cross_entropy_with_logits", "p")
	case b.CutLogarithms && b.LabelSmoothing == 0:
		return torchModule("BCELoss", arguments...)
	case b.CutLogarithms:
		return function("binary_cross_entropy", "p")
	}
	return function("binary_cross_entropy", "p"+torchCut)
}

func (c CategoricalCrossentropy) torch(axes int) Torch {
	arguments := slices.Concat(torchTensor("weight", c.ClassWeights), codec.PythonArgument("label_smoothing", c.LabelSmoothing, 0))
	switch {
	case c.FromLogits && (axes == 2 || c.ClassesFirst):
		return torchModule("CrossEntropyLoss", arguments...)
	case c.FromLogits:
		return torchLambda(codec.Call{Function: "nn.functional.cross_entropy",
			Arguments: append([]string{"p.flatten(0, -2)", "y.flatten(0, -2)"}, arguments...)}.String())
	}
	y := torchSmoothClasses("y", c.LabelSmoothing)
	if c.ClassWeights != nil {
		y += " * " + torchTensor("", c.ClassWeights)[0]
	}
	return torchLambda("-(" + y + " * " + torchParts + ".log()).sum(-1).mean()")
}

func (s SparseCategoricalCrossentropy) torch(axes int) Torch {
	arguments := torchTensor("weight", s.ClassWeights)
	for _, k := range s.Ignore {
		if k != torchIgnored {
			arguments = append(arguments, fmt.Sprintf("ignore_index=%d", k))
		}
	}
	class, function, p := "NLLLoss", "nn.functional.nll_loss", torchParts+".log()"
	switch {
	case s.LogProbabilities:
		p = "p"
	case s.FromLogits || s.LabelSmoothing != 0: // which of the two losses one alone has; the softmax of logarithms is the probabilities
		class, function = "CrossEntropyLoss", "nn.functional.cross_entropy"
		arguments = append(arguments, codec.PythonArgument("label_smoothing", s.LabelSmoothing, 0)...)
		if s.FromLogits {
			p = "p"
		}
	}
	y := "y"
	if axes != 2 && !s.ClassesFirst {
		p, y = p+".flatten(0, -2)", "y.flatten()"
	}
	t := torchModule(class, arguments...)
	if p != "p" || y != "y" {
		t = torchLambda(codec.Call{Function: function, Arguments: append([]string{p, y}, arguments...)}.String())
	}
	t.Numbers = true
	return t
}

// torchIgnored is the label that PyTorch's cross-entropies ignore unless told otherwise.
const torchIgnored = -100

// torchTensor is an argument that is a tensor of these numbers, none where there are none.
func torchTensor(name string, values []float64) []string {
	if values == nil {
		return nil
	}
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = py(v)
	}
	text := "torch.tensor([" + strings.Join(texts, ", ") + "])"
	if name != "" {
		text = name + "=" + text
	}
	return []string{text}
}

func (s Summed) torch(axes int) (Torch, error) {
	t, err := TorchCode(s.Of, axes)
	if err != nil {
		return t, err
	}
	if !s.AsTorch && !oneTerm(s.Of) { // as many terms as Keras has: rows, and what axes they have but the last
		terms := "len(p)"
		if axes > 2 {
			terms = "p[..., 0].numel()"
		}
		if _, other := s.Of.(ofTerms); other {
			return t, fmt.Errorf("%T of %T isn't written in PyTorch", s, s.Of)
		}
		t.Function = "lambda p, y: " + terms + " * " + torchCalled(t.Function)
		return t, nil
	}
	if !strings.HasPrefix(t.Function, "nn.") {
		return t, fmt.Errorf("%T of %T: PyTorch has no such loss with reduction='sum'", s, s.Of)
	}
	t.Function = strings.Replace(strings.TrimSuffix(t.Function, ")")+", reduction='sum')", "(, ", "(", 1)
	return t, nil
}

// torchCalled is what a loss gives for predictions p and targets y.
func torchCalled(function string) string {
	if expression, ok := strings.CutPrefix(function, "lambda p, y: "); ok {
		return "(" + expression + ")"
	}
	return function + "(p, y)"
}

func (c CategoricalGeneralizedCrossEntropy) torch(int) Torch {
	q := py(or(c.Q, 0.5))
	t := torchLambda(fmt.Sprintf("((1 - p.gather(-1, y.unsqueeze(-1)) ** %s) / %s).mean()", q, q))
	t.Numbers = true
	return t
}

func (b BinaryFocalCrossentropy) torch(int) Torch {
	y, probability := torchSmooth("y", b.LabelSmoothing, 2), "p"
	if b.FromLogits {
		probability = "p.sigmoid()"
	}
	right := fmt.Sprintf("(%s * %s + (1 - %s) * (1 - %s))", y, probability, y, probability)
	weight := ""
	if b.Balanced {
		alpha := py(or(b.Alpha, 0.25))
		weight = fmt.Sprintf("(%s * %s + (1 - %s) * (1 - %s)) * ", y, alpha, y, alpha)
	}
	return torchLambda(fmt.Sprintf("(%s(1 - %s) ** %s * nn.functional.binary_cross_entropy(%s%s, %s, reduction='none')).mean()",
		weight, right, py(or(b.Gamma, 2)), probability, torchCut, y))
}

func (c CategoricalFocalCrossentropy) torch(int) Torch {
	p := torchParts
	if c.FromLogits {
		p = "p.softmax(-1)" + torchCut
	}
	return torchLambda(fmt.Sprintf("-(%s * (1 - %s) ** %s * %s * %s.log()).sum(-1).mean()",
		py(or(c.Alpha, 0.25)), p, py(or(c.Gamma, 2)), torchSmoothClasses("y", c.LabelSmoothing), p))
}

func (KLDivergence) torch(int) Torch {
	return torchLambda("(y.clamp(1e-07, 1) * (y.clamp(1e-07, 1) / p.clamp(1e-07, 1)).log()).sum(-1).mean()")
}

func (CosineSimilarity) torch(int) Torch {
	return torchLambda("-(nn.functional.normalize(y, dim=-1, eps=1e-07) * nn.functional.normalize(p, dim=-1, eps=1e-07)).sum(-1).mean()")
}

func (Hinge) torch(int) Torch { return torchLambda("(1 - " + torchSigns + " * p).relu().mean()") }
func (SquaredHinge) torch(int) Torch {
	return torchLambda("(1 - " + torchSigns + " * p).relu().square().mean()")
}

func (CategoricalHinge) torch(int) Torch {
	return torchLambda("(1 + ((1 - y) * p).amax(-1) - (y * p).sum(-1)).relu().mean()")
}

func (d Dice) torch(int) Torch {
	if d.Axis == nil {
		return torchLambda("1 - 2 * (y * p).sum() / (y.sum() + p.sum() + 1e-07)")
	}
	a := torchAxes(d.Axis)
	return torchLambda(fmt.Sprintf("(1 - 2 * (y * p).sum(%s) / (y.sum(%s) + p.sum(%s) + 1e-07)).mean()", a, a, a))
}

func (t Tversky) torch(int) Torch {
	a := ""
	if t.Axis != nil {
		a = torchAxes(t.Axis)
	}
	both := fmt.Sprintf("(y * p).sum(%s)", a)
	return torchLambda(fmt.Sprintf("(1 - %s / (%s + %s * ((1 - p) * y).sum(%s) + %s * (p * (1 - y)).sum(%s) + 1e-07)).mean()",
		both, both, py(or(t.Alpha, 0.5)), a, py(or(t.Beta, 0.5)), a))
}

func torchAxes(axes []int) string {
	texts := make([]string, len(axes))
	for i, a := range axes {
		texts[i] = fmt.Sprint(a)
	}
	return "(" + strings.Join(texts, ", ") + ",)"
}
