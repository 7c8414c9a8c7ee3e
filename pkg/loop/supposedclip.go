package loop

import (
	"fmt"
	"math"

	"github.com/gomlx/compute"
)

// clip is a way of shortening gradients that goes by one number.
type clip struct {
	text string                                           // what it does, for a remark
	size func(own [][]float32) float64                    // of a step's gradients, below which a limit leaves them as they are
	cut  func(own [][]float32, limit float64) [][]float32 // what it makes of them
}

// clips are those of Keras' optimizers, and of what people write ahead of them.
var clips = []clip{
	{"clipped to one norm of all together", allNorm, func(own [][]float32, limit float64) [][]float32 {
		return shortened(own, func([]float32) float64 { return limit / allNorm(own) })
	}},
	{"clipped to a norm each", longest, func(own [][]float32, limit float64) [][]float32 {
		return shortened(own, func(g []float32) float64 { return limit / norm(g) })
	}},
	{"clipped number by number", highest, func(own [][]float32, limit float64) [][]float32 {
		cut := make([][]float32, len(own))
		for i, g := range own {
			cut[i] = make([]float32, len(g))
			for n, v := range g {
				cut[i][n] = float32(min(max(float64(v), -limit), limit))
			}
		}
		return cut
	}},
}

func allNorm(own [][]float32) float64 {
	total := 0.0
	for _, g := range own {
		n := norm(g)
		total += n * n
	}
	return math.Sqrt(total)
}

func longest(own [][]float32) (most float64) {
	for _, g := range own {
		most = max(most, norm(g))
	}
	return most
}

func highest(own [][]float32) (most float64) {
	for _, g := range own {
		for _, v := range g {
			most = max(most, math.Abs(float64(v)))
		}
	}
	return most
}

// shortened are gradients times a factor each, where that makes them shorter.
func shortened(own [][]float32, factor func(g []float32) float64) [][]float32 {
	cut := make([][]float32, len(own))
	for i, g := range own {
		by := factor(g)
		if !(by < 1) {
			cut[i] = g
			continue
		}
		cut[i] = multiple(g, by)
	}
	return cut
}

func signed(all [][]float32, by float32) [][]float32 {
	if by == 1 {
		return all
	}
	multiplied := make([][]float32, len(all))
	for i, g := range all {
		multiplied[i] = multiple(g, float64(by))
	}
	return multiplied
}

// How a limit is looked for: down from the largest gradients, in steps of this factor, as often, and then ever nearer to the best of these.
const (
	limitSteps  = 20
	limitFactor = 2.0
	limitNearer = 9
	// clippedApart is how far the updates of a step may be from those of clipped gradients, and clippedSteps the share of steps that must be as near. What
	// a number is fitted to must fit better than what needs none.
	clippedApart = 1e-2
	clippedSteps = 0.9
)

// supposeClip looks for a limit by which the updates of compiled steps are those of clipped gradients, and takes these for what the optimizer
// was given. What it returns says so; empty: there is none. A factor that is the same at each step is no clip, and looked for before.
func (r *Recording) supposeClip(b compute.Backend) string {
	ratios, _, ok := r.apart(b)
	if !ok {
		return ""
	}
	sign := float32(1)
	if median(ratios) < 0 { // turned around as well, which is a fault
		sign = -1
	}
	for _, c := range clips {
		most, least := 0.0, math.Inf(1)
		for k := range r.Steps {
			if own := r.Steps[k].ofStepped(); len(own) > 0 {
				most, least = max(most, c.size(own)), min(least, c.size(own))
			}
		}
		if most == 0 || math.IsNaN(most) || math.IsInf(most, 0) {
			continue
		}
		made := func(limit float64) supposition {
			return supposition{cut: func(own [][]float32) [][]float32 { return signed(c.cut(own, limit), sign) }}
		}
		off := func(limit float64) (share, total float64) {
			defer made(limit).take(r)()
			_, apart, ok := r.apart(b)
			if !ok {
				return 0, math.Inf(1)
			}
			for _, one := range apart {
				total += min(one, 1)
				if one < clippedApart {
					share++
				}
			}
			return share / float64(len(apart)), total / float64(len(apart))
		}
		best, nearest := most, math.Inf(1)
		for n, limit := 0, most; n < limitSteps; n, limit = n+1, limit/limitFactor {
			if _, total := off(limit); total < nearest-1e-4 { // of several that are alike, as for an optimizer that divides by the size, the largest
				best, nearest = limit, total
			}
		}
		if nearest > 0.5 {
			continue
		}
		for n, by := 0, math.Sqrt(limitFactor); n < limitNearer; n, by = n+1, math.Sqrt(by) {
			for _, limit := range []float64{best * by, best / by} {
				if _, total := off(limit); total < nearest {
					best, nearest = limit, total
				}
			}
		}
		share, _ := off(best)
		if share < clippedSteps || best >= most {
			continue
		}
		limit := ", about " + number(best) // which an optimizer that divides by the size doesn't tell of gradients that are all above it
		if half, _ := off(best / 2); half >= clippedSteps && best <= least {
			limit = ""
		}
		made(best).take(r)
		return fmt.Sprintf("the updates are those of gradients that are %s%s: that they are is supposed, as gradients within compiled steps aren't seen", c.text, limit)
	}
	return ""
}

// ofStepped are the gradients of a step's own passes that the optimizer is taken to have seen.
func (s *Step) ofStepped() (own [][]float32) {
	for _, i := range s.Stepped {
		if g := s.own(i); g != nil {
			own = append(own, g)
		}
	}
	return own
}
