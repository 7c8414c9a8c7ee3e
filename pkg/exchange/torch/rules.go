package torch

import (
	"math"

	"example.com/unstuck/pkg/optim"
)

// ruleReaders read what an optimizer has beside its rate, its decay and maximize.
var ruleReaders = map[string]func(o *object) optim.Rule{
	"SGD": func(o *object) optim.Rule {
		r := optim.SGDRule{Momentum: o.within("momentum", 0, 1), Nesterov: o.flag("nesterov"), Dampening: o.number("dampening")}
		if r.Momentum == 0 {
			if r.Nesterov {
				o.problem("nesterov", "needs a momentum: PyTorch refuses it without")
			}
			return optim.SGDRule{}
		}
		if r.Nesterov && r.Dampening != 0 {
			o.problem("nesterov", "needs a dampening of 0: PyTorch refuses it beside %g", r.Dampening)
		}
		r.Velocity = true
		return r
	},
	"Adam":  adam,
	"AdamW": adam,
	"RMSprop": func(o *object) optim.Rule {
		return optim.RMSpropRule{Rho: o.below1("alpha"), Momentum: o.within("momentum", 0, 1), Epsilon: o.within("eps", 0, math.Inf(1)),
			Centered: o.flag("centered"), AsTorch: true}
	},
	"Adagrad": func(o *object) optim.Rule {
		return optim.AdagradRule{InitialAccumulator: o.within("initial_accumulator_value", 0, math.Inf(1)), Epsilon: o.within("eps", 0, math.Inf(1)),
			RateDecay: o.within("lr_decay", 0, math.Inf(1)), AsTorch: true}
	},
	"Adadelta": func(o *object) optim.Rule {
		return optim.AdadeltaRule{Rho: o.below1("rho"), Epsilon: o.within("eps", 0, math.Inf(1))}
	},
	"Adamax": func(o *object) optim.Rule {
		b1, b2 := o.betas()
		return optim.AdamaxRule{Beta1: b1, Beta2: b2, Epsilon: o.within("eps", 0, math.Inf(1)), AsTorch: true}
	},
	"NAdam": func(o *object) optim.Rule {
		b1, b2 := o.betas()
		return optim.NadamRule{Beta1: b1, Beta2: b2, Epsilon: o.within("eps", 0, math.Inf(1)), AsTorch: true, MomentumDecay: o.within("momentum_decay", 0, math.Inf(1))}
	},
	"ASGD": func(o *object) optim.Rule {
		o.number("t0") // from where on it averages, which the training doesn't see
		return optim.ASGDRule{Lambda: o.within("lambd", 0, math.Inf(1)), Alpha: o.number("alpha")}
	},
	"Rprop": func(o *object) optim.Rule {
		etas, sizes := o.pair("etas"), o.pair("step_sizes")
		return optim.RpropRule{Minus: etas[0], Plus: etas[1], Smallest: sizes[0], Largest: sizes[1]}
	},
	"Adafactor": func(o *object) optim.Rule {
		r := optim.TorchAdafactor(0).Rule.(optim.TorchAdafactorRule)
		r.Beta2Decay, r.ClipThreshold = o.number("beta2_decay"), o.positive("d")
		if eps := o.list("eps"); len(eps) != 2 {
			o.problem("eps", "%s must be two numbers, the first may be null", show(eps))
		} else {
			for i, into := range []*float64{&r.Epsilon1, &r.Epsilon2} {
				x, ok := numberOf(eps[i])
				switch {
				case i == 0 && eps[i] == nil: // what float32 tells apart from 1
				case !ok || !(x >= 0):
					o.problem("eps", "%s must be two numbers, not negative, the first may be null", show(eps))
				default:
					*into = x
				}
			}
		}
		return r
	},
	"Muon": func(o *object) optim.Rule {
		r := optim.TorchMuonRule{Momentum: o.within("momentum", 0, 1), NoNesterov: !o.flag("nesterov"), Epsilon: o.within("eps", 0, math.Inf(1)),
			Iterations: o.whole("ns_steps", 0, 99), A: 1}
		if c := o.numbers("ns_coefficients"); len(c) != 3 {
			o.problem("ns_coefficients", "%v must be three numbers", c)
		} else {
			r.A, r.B, r.C = c[0], c[1], c[2]
		}
		if o.has("adjust_lr_fn") {
			r.Scale = o.text("adjust_lr_fn")
		}
		o.ignore("adjust_lr_fn")
		if r.Scale == "original" { // the default's name
			r.Scale = ""
		}
		return r
	},
	"SparseAdam": func(o *object) optim.Rule {
		b1, b2 := o.betas()
		return optim.AdamRule{Beta1: b1, Beta2: b2, Epsilon: o.within("eps", 0, math.Inf(1)), Sparse: true}
	},
	"RAdam": func(o *object) optim.Rule {
		b1, b2 := o.betas()
		return optim.RAdamRule{Beta1: b1, Beta2: b2, Epsilon: o.within("eps", 0, math.Inf(1))}
	},
}

func adam(o *object) optim.Rule {
	b1, b2 := o.betas()
	return optim.AdamRule{Beta1: b1, Beta2: b2, Epsilon: o.within("eps", 0, math.Inf(1)), AMSGrad: o.flag("amsgrad"), AsTorch: true}
}

// below1 is a number in [0, 1).
func (o *object) below1(key string) float64 {
	x := o.within(key, 0, 1)
	if x == 1 {
		o.problem(key, "is 1, must be below")
		return 0
	}
	return x
}

// pair are two numbers.
func (o *object) pair(key string) [2]float64 {
	pair := o.numbers(key)
	if len(pair) != 2 {
		o.problem(key, "%v must be two numbers", pair)
		return [2]float64{}
	}
	return [2]float64{pair[0], pair[1]}
}

// wholeParameters are the optimizers that look at a parameter as a whole, so that one of several weights here, or several in one,
// would be moved otherwise.
var wholeParameters = map[string]bool{"Adafactor": true, "Muon": true}

// unsupportedRules says why PyTorch's other optimizers aren't read.
var unsupportedRules = map[string]string{
	"LBFGS": "it computes the loss several times a step, by a function that only Python has; train by Adam or SGD",
}

// betas are the two decays of the moments.
func (o *object) betas() (b1, b2 float64) {
	pair := o.numbers("betas")
	if len(pair) != 2 || !(pair[0] >= 0 && pair[0] < 1 && pair[1] >= 0 && pair[1] < 1) {
		o.problem("betas", "%v must be two numbers from 0 to below 1", pair)
		return 0, 0
	}
	return pair[0], pair[1]
}
