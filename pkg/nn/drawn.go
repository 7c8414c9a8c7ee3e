package nn

import "math"

// Drawing is a layer that draws numbers in training and computes its outputs of them and its inputs. Whoever has the draws, as of a
// training that was recorded elsewhere, so computes what it gave.
type Drawing interface {
	Layer
	// OfDraws is how outputs come of inputs x and draws d.
	OfDraws() OfDraws
}

// OfDraws says that a layer gives x·(Factor.By·d + Factor.Plus) + Summand.By·d + Summand.Plus, element by element, for inputs x and
// draws d of the same shape, with the same d in both. nil: there is no such factor or summand.
type OfDraws struct {
	Factor, Summand *Scaled
}

// Scaled is By·d + Plus.
type Scaled struct {
	By, Plus float64
}

// At is the value for a draw.
func (s Scaled) At(draw float32) float32 { return float32(s.By*float64(draw) + s.Plus) }

// OfDraws is x·d/(1−Rate), where d is 1 with probability 1−Rate and 0 otherwise.
func (d Dropout) OfDraws() OfDraws { return OfDraws{Factor: &Scaled{By: 1 / (1 - d.Rate)}} }

// seluFloor is SELU's value at −∞, negated, as PyTorch rounds it.
const seluFloor = 1.7580993408473766

// OfDraws is a·(x·d + α′·(1−d)) + b for d as [Dropout]'s, Klambauer et al. 2017.
func (d AlphaDropout) OfDraws() OfDraws {
	a := 1 / math.Sqrt((seluFloor*seluFloor*d.Rate+1)*(1-d.Rate))
	return OfDraws{Factor: &Scaled{By: a}, Summand: &Scaled{By: seluFloor * a, Plus: seluFloor * a * (d.Rate - 1)}}
}

// OfDraws is x + StdDev·d, where d is drawn from the standard normal distribution.
func (n GaussianNoise) OfDraws() OfDraws { return OfDraws{Summand: &Scaled{By: n.StdDev}} }
