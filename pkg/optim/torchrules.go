package optim

import (
	"fmt"
	"slices"
	"strconv"

	"example.com/unstuck/internal/codec"
)

// torchClass is an optimizer that PyTorch doesn't have. The body computes the next value of p from its gradient g, the rate
// and what it keeps: the names of those that begin as zeros.
func torchClass(name string, kept []string, body ...string) torchRule {
	lines := []string{
		"class " + name + "(torch.optim.Optimizer):",
		"    def __init__(self, parameters, lr):",
		"        super().__init__(parameters, {'lr': lr})",
		"",
		"    @torch.no_grad()",
		"    def step(self, closure=None):",
		"        for group in self.param_groups:",
		"            for p in group['params']:",
		"                if p.grad is None:",
		"                    continue",
		"                rate, g, state = group['lr'], p.grad, self.state[p]",
	}
	for _, k := range kept {
		lines = append(lines, fmt.Sprintf("                %s = state.setdefault('%s', torch.zeros_like(p))", k, k))
	}
	for _, line := range body {
		lines = append(lines, "                "+line)
	}
	return torchRule{class: name, before: append(lines, "", "")}
}

// torchMean moves a mean on: a is decay·a + (1−decay)·x.
func torchMean(a, x string, decay float64) string {
	text := codec.PythonFloat(decay)
	return fmt.Sprintf("%s.mul_(%s).add_((1 - %s) * %s)", a, text, text, x)
}

func (r SGDRule) torch() (torchRule, error) {
	t := torchRule{class: "torch.optim.SGD", arguments: codec.PythonArgument("momentum", r.Momentum, 0), velocity: r.Momentum != 0 && !r.Velocity}
	if r.Velocity && r.Momentum != 0 {
		t.arguments = append(t.arguments, codec.PythonArgument("dampening", r.Dampening, 0)...)
	}
	if r.Nesterov && r.Momentum != 0 {
		t.arguments = append(t.arguments, "nesterov=True")
	}
	return t, nil
}

func (r AdamRule) torch() (torchRule, error) {
	if r.Sparse {
		return torchRule{class: "torch.optim.SparseAdam", arguments: slices.Concat(torchBetas(r.Beta1, r.Beta2), codec.PythonArgument("eps", r.Epsilon, 1e-8)),
			without: []string{"weight_decay"}}, nil
	}
	t := torchRule{class: "torch.optim.Adam", arguments: slices.Concat(torchBetas(r.Beta1, r.Beta2), codec.PythonArgument("eps", r.Epsilon, 1e-8))}
	if r.AMSGrad {
		t.arguments = append(t.arguments, "amsgrad=True")
	}
	if r.Epsilon > torchSmall && !r.AsTorch {
		t.line = fmt.Sprintf("optimizer.param_groups[0]['eps'] = %s / (1 - %s ** {t}) ** 0.5", codec.PythonFloat(r.Epsilon), codec.PythonFloat(r.Beta2))
	}
	t.decay = func(t torchRule, decay float64) torchRule {
		t.class = "torch.optim.AdamW"
		t.arguments = append(slices.Clone(t.arguments), codec.PythonArgument("weight_decay", decay, 0.01)...)
		return t
	}
	return t, nil
}

func (r NadamRule) torch() (torchRule, error) {
	t := torchRule{class: "torch.optim.NAdam", arguments: slices.Concat(torchBetas(r.Beta1, r.Beta2), codec.PythonArgument("eps", r.Epsilon, 1e-8),
		codec.PythonArgument("momentum_decay", r.momentumDecay(), 0.004))}
	t.decay = func(t torchRule, decay float64) torchRule {
		t.arguments = append(slices.Clone(t.arguments), "weight_decay="+py(decay), "decoupled_weight_decay=True")
		return t
	}
	return t, nil
}

func (r AdamaxRule) torch() (torchRule, error) {
	if r.Epsilon > torchSmall && !r.AsTorch {
		return torchRule{}, fmt.Errorf("%T: PyTorch's Adamax adds epsilon before it takes the maximum; %g is large enough to matter", r, r.Epsilon)
	}
	return torchRule{class: "torch.optim.Adamax", arguments: slices.Concat(torchBetas(r.Beta1, r.Beta2), codec.PythonArgument("eps", r.Epsilon, 1e-8))}, nil
}

func (r AdadeltaRule) torch() (torchRule, error) {
	return torchRule{class: "torch.optim.Adadelta", arguments: slices.Concat(codec.PythonArgument("rho", r.Rho, 0.9), codec.PythonArgument("eps", r.Epsilon, 1e-6))}, nil
}

// torch has ε in what the sum begins with: it is added under the root here.
func (r AdagradRule) torch() (torchRule, error) {
	if r.AsTorch {
		return torchRule{class: "torch.optim.Adagrad", arguments: slices.Concat(codec.PythonArgument("lr_decay", r.RateDecay, 0),
			codec.PythonArgument("initial_accumulator_value", r.InitialAccumulator, 0), codec.PythonArgument("eps", r.Epsilon, 1e-10))}, nil
	}
	first, err := strconv.ParseFloat(strconv.FormatFloat(r.InitialAccumulator+r.Epsilon, 'g', 12, 64), 64) // 0.1000001, without the sum's rounding
	return torchRule{class: "torch.optim.Adagrad", arguments: slices.Concat(codec.PythonArgument("initial_accumulator_value", first, 0), []string{"eps=0.0"})}, err
}

func (r RAdamRule) torch() (torchRule, error) {
	t := torchRule{class: "torch.optim.RAdam", arguments: slices.Concat(torchBetas(r.Beta1, r.Beta2), codec.PythonArgument("eps", r.Epsilon, 1e-8))}
	t.decay = func(t torchRule, decay float64) torchRule {
		t.arguments = append(slices.Clone(t.arguments), "weight_decay="+py(decay), "decoupled_weight_decay=True")
		return t
	}
	return t, nil
}

// torch is a class of its own where ε is added under the root: PyTorch's RMSprop adds it to the root, so that its steps are
// others where gradients are small.
func (r RMSpropRule) torch() (torchRule, error) {
	if r.AsTorch {
		t := torchRule{class: "torch.optim.RMSprop", arguments: slices.Concat(codec.PythonArgument("alpha", r.Rho, 0.99),
			codec.PythonArgument("eps", r.Epsilon, 1e-8), codec.PythonArgument("momentum", r.Momentum, 0))}
		if r.Centered {
			t.arguments = append(t.arguments, "centered=True")
		}
		return t, nil
	}
	kept, body := []string{"v"}, []string{torchMean("v", "g.square()", r.Rho)}
	variance := "v"
	if r.Centered {
		kept = append(kept, "mean")
		body = append(body, torchMean("mean", "g", r.Rho))
		variance = "v - mean.square()"
	}
	move := fmt.Sprintf("rate * g / (%s + %s).sqrt()", variance, codec.PythonFloat(r.Epsilon))
	if r.Momentum > 0 {
		kept = append(kept, "b")
		body = append(body, fmt.Sprintf("b.mul_(%s).add_(%s)", codec.PythonFloat(r.Momentum), move))
		move = "b"
	}
	return torchClass("RMSprop", kept, append(body, "p -= "+move)...), nil
}

func (r LionRule) torch() (torchRule, error) {
	beta := codec.PythonFloat(r.Beta1)
	return torchClass("Lion", []string{"m"},
		fmt.Sprintf("p -= rate * (%s * m + (1 - %s) * g).sign()", beta, beta),
		torchMean("m", "g", r.Beta2)), nil
}

func (LambRule) torch() (torchRule, error)         { return torchMissing("Lamb") }
func (FtrlRule) torch() (torchRule, error)         { return torchMissing("Ftrl") }
func (MuonRule) torch() (torchRule, error)         { return torchMissing("Muon") }
func (AdafactorRule) torch() (torchRule, error)    { return torchMissing("Adafactor") }
func (ScheduleFreeRule) torch() (torchRule, error) { return torchMissing("ScheduleFreeAdamW") }

func torchMissing(name string) (torchRule, error) {
	return torchRule{}, fmt.Errorf("optim.%s: PyTorch has none that computes the same", name)
}
