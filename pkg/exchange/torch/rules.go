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

// betas are the two decays of the moments.
func (o *object) betas() (b1, b2 float64) {
	pair := o.numbers("betas")
	if len(pair) != 2 || !(pair[0] >= 0 && pair[0] < 1 && pair[1] >= 0 && pair[1] < 1) {
		o.problem("betas", "%v must be two numbers from 0 to below 1", pair)
		return 0, 0
	}
	return pair[0], pair[1]
}
