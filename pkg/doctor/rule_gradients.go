package doctor

import (
	"fmt"

	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// vanishingGradient suspects squashing activations, long memories and initial weights that are too small.
var vanishingGradient = &Rule{
	Cause:  VanishingGradient,
	Doc:    "The gradient shrinks from layer to layer, or from time to time, until the first ones don't learn.",
	Source: "Hochreiter 1991; Bengio et al. 1994; Glorot & Bengio 2010",
	Suspect: func(p *Patient) *Suspicion {
		s := &Suspicion{}
		if cause, symptoms := p.initialFault(); cause == VanishingGradient {
			s.Strength, s.Symptoms = Strong, symptoms
			s.Treatments = append(s.Treatments, defaultInitializers)
		}
		squashing := squashes(p.Case.Model)
		simple := hasLayer(p.Case.Model, func(l nn.Layer) bool { _, is := l.(nn.SimpleRNN); return is })
		if !squashing && !simple && len(s.Treatments) == 0 {
			return nil
		}
		if p.first != nil && len(s.Symptoms) == 0 {
			s.Symptoms = append(s.Symptoms, p.first.vanishing())
		}
		s.Strength = max(s.Strength, Possible)
		if p.first != nil && (p.first.flow() > vanishingFlow || p.first.reach() < vanishingReach) {
			s.Strength = max(s.Strength, Likely)
		}
		if simple {
			s.Treatments = append(s.Treatments, lstmForSimpleRNN)
		}
		if squashing {
			s.Treatments = append(s.Treatments, reluForSquashing)
		}
		if hidden := hiddenDense(p.Case.Model); hidden >= 3 && !hasBatchNormalization(p.Case.Model) {
			s.Treatments = append(s.Treatments, batchNormalization)
		}
		return s
	},
}

// explodingGradient suspects gradients that grow on their way back.
var explodingGradients = &Rule{
	Cause:  ExplodingGradient,
	Doc:    "The signal or the gradient grows from layer to layer, or from time to time, until a step throws the weights away.",
	Source: "Pascanu et al. 2013 (clipping by norm); Glorot & Bengio 2010 (initial weights)",
	Suspect: func(p *Patient) *Suspicion {
		s := &Suspicion{Strength: Possible}
		if cause, symptoms := p.initialFault(); cause == ExplodingGradient {
			s.Strength, s.Symptoms = Strong, symptoms
			s.Treatments = append(s.Treatments, defaultInitializers)
		}
		if p.first != nil {
			steepest, reach := p.first.steepest(), p.first.reach()
			if !(steepest < explodingGradient) || reach > explodingReach {
				s.Strength = max(s.Strength, Likely)
			}
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "largest norm of the gradient in the first steps", Got: steepest, Limit: fmt.Sprintf("below %g", explodingGradient),
				Text: fmt.Sprintf("gradients reach a norm of %.3g in the first steps", steepest)})
		}
		if p.Before != nil && p.Before.finite() && p.Before.Progress > -0.5 && s.Strength == Possible {
			return nil // nothing explodes here
		}
		s.Treatments = append(s.Treatments, clipNorm)
		return s
	},
}

var clipNorm = Treatment{
	Text:  "clip each gradient's norm at 1",
	Go:    "optimizer.With(optim.ClipByNorm{Max: 1})",
	Keras: "clipnorm=1.0  # in the optimizer",
	Apply: func(c Case) (Case, error) {
		c.Optimizer = c.Optimizer.With(optim.ClipByNorm{Max: 1})
		return c, nil
	},
}

// dyingReLU suspects ReLU units that are off for every row.
var dyingReLU = &Rule{
	Cause:  DyingReLU,
	Doc:    "ReLU units are off for every row; no gradient passes through them, so they stay off.",
	Source: "Maas et al. 2013; Lu et al. 2019, Dying ReLU and Initialization",
	Suspect: func(p *Patient) *Suspicion {
		s := &Suspicion{}
		if cause, symptoms := p.initialFault(); cause == DyingReLU {
			s.Strength, s.Symptoms = Strong, symptoms
			s.Treatments = append(s.Treatments, defaultInitializers)
		}
		if hiddenReLU(p.Case.Model) {
			s.Strength = max(s.Strength, Possible)
			if share, layer := p.deadReLU(); len(s.Symptoms) == 0 {
				if share >= deadShare {
					s.Strength = max(s.Strength, Likely)
				}
				s.Symptoms = []Symptom{{Gauge: "units that are 0 for every row", Got: share, Limit: fmt.Sprintf("below %g", deadShare),
					Text: fmt.Sprintf("%.0f%% of the units of %s are 0 for every row", 100*share, layer)}}
			}
			s.Treatments = append(s.Treatments, leakyForReLU)
		}
		if len(s.Treatments) == 0 {
			return nil
		}
		return s
	},
}

// deadReLU is the largest share of dead units in a hidden layer, at the start.
func (p *Patient) deadReLU() (share float64, layer string) {
	if p.first == nil || !hiddenReLU(p.Case.Model) {
		return 0, "no layer"
	}
	return p.first.dead()
}

func isReLU(a nn.Activation) bool {
	r, is := a.(nn.ReLU)
	return is && r.NegativeSlope == 0
}

func isSquashing(a nn.Activation) bool {
	switch a.(type) {
	case nn.Sigmoid, nn.Tanh, nn.HardSigmoid, nn.Softsign:
		return true
	}
	return false
}

// squashes tells whether a hidden activation is a sigmoid or a tanh.
func squashes(net nn.Sequential) bool { return hiddenActivation(net, isSquashing) }

func hiddenReLU(net nn.Sequential) bool { return hiddenActivation(net, isReLU) }

// hiddenActivation tells whether f is true for an activation before the head.
func hiddenActivation(net nn.Sequential, f func(nn.Activation) bool) bool {
	found := false
	mapHidden(net, func(a nn.Activation) nn.Activation {
		found = found || f(a)
		return a
	})
	return found
}

// mapHidden replaces the activations before the head, those of Dense and SimpleRNN layers and those that are
// layers themselves. The gates of GRU and LSTM are left alone.
func mapHidden(net nn.Sequential, f func(nn.Activation) nn.Activation) nn.Sequential {
	end := len(net)
	if h, ok := headOf(net); ok {
		end = h.at
	}
	hidden := mapLayers(net[:end], func(l nn.Layer) nn.Layer {
		switch l := l.(type) {
		case nn.Dense:
			if l.Activation != nil {
				l.Activation = f(l.Activation)
			}
			return l
		case nn.SimpleRNN:
			a := l.Activation
			if a == nil {
				a = nn.Tanh{}
			}
			l.Activation = f(a)
			return l
		case nn.Activation:
			return f(l)
		}
		return l
	})
	return append(hidden, net[end:]...)
}

var reluForSquashing = Treatment{
	Text:  "relu in place of sigmoid and tanh in the hidden layers",
	Go:    "nn.Dense{…, Activation: nn.ReLU{}} // hidden layers",
	Keras: `keras.layers.Dense(…, activation="relu")  # hidden layers`,
	Apply: func(c Case) (Case, error) {
		c.Model = mapHidden(c.Model, func(a nn.Activation) nn.Activation {
			if isSquashing(a) {
				return nn.ReLU{}
			}
			return a
		})
		return c, nil
	},
}

var leakyForReLU = Treatment{
	Text:  "leaky_relu in place of relu in the hidden layers",
	Go:    "nn.Dense{…, Activation: nn.LeakyReLU{NegativeSlope: 0.2}} // hidden layers",
	Keras: `keras.layers.Dense(…, activation="leaky_relu")  # hidden layers`,
	Apply: func(c Case) (Case, error) {
		c.Model = mapHidden(c.Model, func(a nn.Activation) nn.Activation {
			if isReLU(a) {
				return nn.LeakyReLU{NegativeSlope: 0.2}
			}
			return a
		})
		return c, nil
	},
}

var lstmForSimpleRNN = Treatment{
	Text:  "LSTM in place of SimpleRNN",
	Go:    "nn.LSTM{Units: …} // for nn.SimpleRNN",
	Keras: "keras.layers.LSTM(…)  # for SimpleRNN",
	cost:  4,
	Apply: func(c Case) (Case, error) {
		c.Model = mapLayers(c.Model, func(l nn.Layer) nn.Layer {
			if s, ok := l.(nn.SimpleRNN); ok {
				return nn.LSTM{Name: s.Name, Units: s.Units, ReturnSequences: s.ReturnSequences, GoBackwards: s.GoBackwards,
					NoBias: s.NoBias, KernelRegularizer: s.KernelRegularizer, RecurrentRegularizer: s.RecurrentRegularizer, BiasRegularizer: s.BiasRegularizer}
			}
			return l
		})
		return c, nil
	},
}

var batchNormalization = Treatment{
	Text:  "batch normalization after every hidden Dense layer",
	Go:    "nn.Dense{…}, nn.BatchNormalization{}, nn.ReLU{} // each hidden layer",
	Keras: "keras.layers.Dense(…), keras.layers.BatchNormalization(), keras.layers.Activation(…)  # each hidden layer",
	Apply: func(c Case) (Case, error) {
		h, _ := headOf(c.Model)
		names, err := c.Model.Names()
		if err != nil {
			return c, err
		}
		var out nn.Sequential
		for i, l := range c.Model {
			d, dense := bare(l).(nn.Dense)
			if !dense || i >= h.at {
				out = append(out, l)
				continue
			}
			activation := d.Activation
			out = append(out, mapLayer(l, func(l nn.Layer) nn.Layer {
				d := l.(nn.Dense)
				d.Activation = nil
				return d
			}), nn.BatchNormalization{Name: names[i] + "_normalized"})
			if activation != nil {
				out = append(out, nn.Renamed{Name: names[i] + "_activation", Layer: activation})
			}
		}
		c.Model = out
		return c, nil
	},
}

// hiddenDense counts the Dense layers before the head.
func hiddenDense(net nn.Sequential) int {
	n := 0
	if h, ok := headOf(net); ok {
		for _, l := range net[:h.at] {
			if _, dense := bare(l).(nn.Dense); dense {
				n++
			}
		}
	}
	return n
}

func hasBatchNormalization(net nn.Sequential) bool {
	return hasLayer(net, func(l nn.Layer) bool { _, is := l.(nn.BatchNormalization); return is })
}
