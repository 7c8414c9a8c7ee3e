package explore

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/probe"
)

// plane is where it begins and two directions of one length each.
type plane struct {
	weights      []fit.Weight // of the origin, for their shapes
	origin, u, v []float64
	directions   string
	aName, bName string
}

func newPlane(kept []probe.Snapshot, o LandscapeOptions) (plane, error) {
	for _, s := range kept {
		if len(flat(s)) != len(flat(kept[0])) {
			return plane{}, errors.New("the snapshots are of different models")
		}
		for _, w := range s.Weights {
			for _, v := range w.Values {
				if f := float64(v); math.IsNaN(f) || math.IsInf(f, 0) {
					return plane{}, fmt.Errorf("weight %s is %g at %s: no plane goes through that; keep snapshots of earlier epochs", w.Path, f, s.Name())
				}
			}
		}
	}
	random := rand.New(rand.NewPCG(uint64(o.Seed), 1))
	if o.Random {
		end := kept[len(kept)-1]
		p := plane{weights: end.Weights, origin: flat(end), aName: "random direction 1, in lengths of the filters", bName: "random direction 2, in lengths of the filters"}
		p.u, p.v = filterNormalized(end.Weights, random), filterNormalized(end.Weights, random)
		p.directions = "Two random directions from the end, each filter's part as long as its weights (Li et al., 2018)"
		if norm(p.u) == 0 {
			return p, errors.New("there are no weights but zeros, so that no direction has a length")
		}
		return p, nil
	}
	return throughPath(kept, random)
}

// throughPath is the plane through start, end and what lies farthest from the line between them.
func throughPath(kept []probe.Snapshot, random *rand.Rand) (plane, error) {
	first, last := kept[0], kept[len(kept)-1]
	p := plane{weights: first.Weights, origin: flat(first), aName: "distance of weights, from " + first.Name() + " to " + last.Name()}
	p.u = minus(flat(last), p.origin)
	if !scaleTo1(p.u) {
		return p, fmt.Errorf("the weights of %s are those of %s: nothing was trained", last.Name(), first.Name())
	}
	length, farthest := dot(minus(flat(last), p.origin), p.u), -1
	beside := 1e-5 * length // less than float32 keeps of a difference
	for i := 1; i < len(kept)-1; i++ {
		rest := without(minus(flat(kept[i]), p.origin), p.u)
		if far := norm(rest); far > beside {
			beside, farthest, p.v = far, i, rest
		}
	}
	if farthest < 0 {
		p.v = filterNormalized(last.Weights, random)
		p.v = without(p.v, p.u)
		p.bName, p.directions = "distance of weights across, at random", fmt.Sprintf("The line from %s to %s, and a random direction across it", first.Name(), last.Name())
	} else {
		p.bName = "distance of weights across, towards " + kept[farthest].Name()
		p.directions = fmt.Sprintf("The plane through %s, %s and %s", first.Name(), kept[farthest].Name(), last.Name())
	}
	if !scaleTo1(p.v) {
		return p, errors.New("there is no second direction: the model has a single weight")
	}
	return p, nil
}

// land is the landscape ahead of its losses.
func (p plane) land(kept []probe.Snapshot, o LandscapeOptions) Landscape {
	l := Landscape{Directions: p.directions, AName: p.aName, BName: p.bName}
	lowA, highA, lowB, highB := 0.0, 0.0, 0.0, 0.0
	// Random directions aren't quite at right angles: the nearest point of the plane solves two equations.
	uu, uv, vv := dot(p.u, p.u), dot(p.u, p.v), dot(p.v, p.v)
	for _, s := range kept {
		x := minus(flat(s), p.origin)
		xu, xv := dot(x, p.u), dot(x, p.v)
		a, b := (xu*vv-xv*uv)/(uu*vv-uv*uv), (xv*uu-xu*uv)/(uu*vv-uv*uv)
		for i := range x {
			x[i] -= a*p.u[i] + b*p.v[i]
		}
		a, b = withoutRounding(a, b)
		l.Path = append(l.Path, LandscapePoint{Name: s.Name(), A: a, B: b, Beside: norm(x)})
		lowA, highA, lowB, highB = min(lowA, a), max(highA, a), min(lowB, b), max(highB, b)
	}
	if o.Random {
		l.A, l.B = evenly(-o.Reach, o.Reach, o.Places), evenly(-o.Reach, o.Reach, o.Places)
		return l
	}
	half := 0.75 * max(highA-lowA, highB-lowB)
	l.A = evenly((lowA+highA)/2-half, (lowA+highA)/2+half, o.Places)
	l.B = evenly((lowB+highB)/2-half, (lowB+highB)/2+half, o.Places)
	return l
}

// withoutRounding has 0 in place of what is next to nothing beside the other coordinate: the end lies on the line to it.
func withoutRounding(a, b float64) (x, y float64) {
	next := 1e-9 * max(math.Abs(a), math.Abs(b))
	if math.Abs(a) < next {
		a = 0
	}
	if math.Abs(b) < next {
		b = 0
	}
	return a, b
}

func evenly(low, high float64, n int) []float64 {
	out := make([]float64, n)
	for i := range out {
		out[i] = low + (high-low)*float64(i)/float64(n-1)
	}
	return out
}

// at are the weights at a place.
func (p plane) at(a, b float64) probe.Snapshot {
	s, k := probe.Snapshot{}, 0
	for _, w := range p.weights {
		values := make([]float32, len(w.Values))
		for i := range values {
			values[i] = float32(p.origin[k] + a*p.u[k] + b*p.v[k])
			k++
		}
		w.Values = values
		s.Weights = append(s.Weights, w)
	}
	return s
}

// filterNormalized is a random direction of which each filter is as long as the weights' one. A filter is what one entry of the last axis
// has; weights with less than two axes, and those that aren't trained, have no part.
func filterNormalized(weights []fit.Weight, random *rand.Rand) []float64 {
	var all []float64
	for _, w := range weights {
		part := make([]float64, len(w.Values))
		if w.Trainable && len(w.Shape) >= 2 {
			filters := w.Shape[len(w.Shape)-1]
			for i := range part {
				part[i] = random.NormFloat64()
			}
			for f := range filters {
				drawn, own := 0.0, 0.0
				for i := f; i < len(part); i += filters {
					drawn += part[i] * part[i]
					own += float64(w.Values[i]) * float64(w.Values[i])
				}
				for i := f; i < len(part); i += filters {
					part[i] *= math.Sqrt(own / drawn)
				}
			}
		}
		all = append(all, part...)
	}
	return all
}

func flat(s probe.Snapshot) (all []float64) {
	for _, w := range s.Weights {
		for _, v := range w.Values {
			all = append(all, float64(v))
		}
	}
	return all
}

func minus(a, b []float64) []float64 {
	out := make([]float64, len(a))
	for i := range a {
		out[i] = a[i] - b[i]
	}
	return out
}

func dot(a, b []float64) (sum float64) {
	for i := range a {
		sum += a[i] * b[i]
	}
	return sum
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }

// without is a less its part along u, which has length 1.
func without(a, u []float64) []float64 {
	out, along := make([]float64, len(a)), dot(a, u)
	for i := range a {
		out[i] = a[i] - along*u[i]
	}
	return out
}

// scaleTo1 gives a the length 1, where it has any.
func scaleTo1(a []float64) bool {
	n := norm(a)
	if !(n > 0) {
		return false
	}
	for i := range a {
		a[i] /= n
	}
	return true
}
