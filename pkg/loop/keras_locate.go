package loop

import (
	"strings"

	"example.com/unstuck/pkg/loss"
)

// kerasPlaces look for the place of each cause in a loop of Keras.
var kerasPlaces = map[Cause]func(r *Recording, f *Finding) located{
	WrongParameters:     whereVariables,
	NoUpdate:            whereNothingIsApplied,
	NotFinite:           whereNotFinite,
	EvalMode:            whereInference,
	Broadcast:           whereKerasBroadcast,
	OtherLoss:           whereKerasLoss,
	MisalignedTargets:   whereMisaligned,
	Detached:            whereCut,
	GradientsCleared:    whereZeroed,
	GradientsAccumulate: whereAdded,
	GradientsChanged:    whereChanged,
	WeightsOverwritten:  whereOverwritten,
	RateChanged:         whereKerasRate,
	SameBatch:           whereKerasBatch,
}

// trained is how the loop calls all variables of the model that are trained.
func (r *Recording) trained(at *Place) string {
	if name := r.Source.called(at, "model"); name != "" {
		return name + ".trainable_variables"
	}
	return ""
}

// only is a place, changed where it is the only one.
func only(all []*Place, change func(at *Place) []Edit) located {
	all = apart(all)
	if at := one(all); at != nil {
		return located{at: all, edits: change(at)}
	}
	return located{at: all}
}

func whereVariables(r *Recording, f *Finding) located {
	return only(r.Source.of("variables"), func(at *Place) []Edit {
		with := r.trained(at)
		if with == "" || len(at.Around) != 2 {
			return nil
		}
		return []Edit{instead(at, at.Around[0]+with+at.Around[1])}
	})
}

// asked are the places of a gradient's computation and of the optimizer, also where a compiled step doesn't tell which ran.
func (r *Recording) asked() (backward, step *Place) {
	backward, step = r.steps()
	if backward == nil {
		backward = one(r.Source.of("backward"))
	}
	return backward, step
}

func whereNothingIsApplied(r *Recording, f *Finding) located {
	backward, _ := r.asked()
	switch f.way {
	case "cut":
		return whereCut(r, f)
	case "no step":
		if backward == nil || len(r.Source.of("step")) > 0 {
			return located{}
		}
		name := r.Source.called(backward, "optimizer")
		if backward.Bound == "" || backward.Given == "" || name == "" {
			return located{at: []*Place{backward}}
		}
		return located{at: []*Place{backward}, edits: []Edit{behind(backward, name+".apply("+backward.Bound+", "+backward.Given+")")}}
	}
	return located{}
}

func whereInference(r *Recording, f *Finding) located {
	all := r.Source.of("eval")
	// A call whose result nothing is differentiated of is a validation.
	if backward, _ := r.asked(); backward != nil {
		if near := where(all, func(p *Place) bool { return p.sameLoop(backward) && p.Line.Line < backward.Line.Line }); len(near) > 0 {
			all = near
		}
	}
	return only(all, func(at *Place) []Edit {
		if at.Without == "" {
			return nil
		}
		return []Edit{instead(at, at.Without)}
	})
}

// ownLosses are the places at which the loss is computed, in a function of the user's where it is one.
func (r *Recording) ownLosses(is func(p *Place) bool) []*Place {
	all := where(r.lossPlaces(), is)
	if returned := where(all, func(p *Place) bool { return strings.HasPrefix(p.Statement, "return ") }); len(returned) > 0 {
		all = returned
	}
	return all
}

func whereKerasBroadcast(r *Recording, f *Finding) located {
	all := r.ownLosses(func(p *Place) bool { return len(p.Targets) == 3 })
	axis := "[:, None]"
	for k := range r.Steps {
		if y := r.Steps[k].named("y"); len(y) == 1 && len(y[0].Shape) > 1 {
			axis = "[:, 0]"
		}
	}
	return only(all, func(at *Place) []Edit {
		return []Edit{instead(at, at.Targets[0]+at.Targets[1]+axis+at.Targets[2])}
	})
}

func whereKerasLoss(r *Recording, f *Finding) located {
	all := append(r.ownLosses(func(*Place) bool { return true }), r.Source.of("criterion")...)
	pick := func(with func(p *Place) string) located {
		found := where(all, func(p *Place) bool { return with(p) != "" })
		return only(found, func(at *Place) []Edit { return []Edit{instead(at, with(at))} })
	}
	switch {
	case strings.Contains(f.way, "softmax") || strings.Contains(f.way, "sigmoid"):
		return only(r.Source.of("activation"), func(at *Place) []Edit {
			if at.Without == "" {
				return nil
			}
			return []Edit{instead(at, at.Without)}
		})
	case strings.HasPrefix(f.way, "its sum"):
		return pick(func(p *Place) string { return p.Mean })
	case f.way == turned || f.way == turnedBehind:
		return pick(func(p *Place) string { return p.Turned })
	case f.way == "scaled":
		return pick(func(p *Place) string { return p.Unscaled })
	case f.way == "":
		return located{}
	}
	claimed := r.claimedCode()
	made := where(all, func(p *Place) bool { return p.Kind == "criterion" && len(p.Call) == 2 })
	if at := one(apart(made)); at != nil && claimed != "" && strings.Count(at.Statement, at.Call[1]) == 1 {
		return located{at: []*Place{at}, edits: []Edit{instead(at, strings.Replace(at.Statement, at.Call[1], claimed, 1))}}
	}
	// The loss is written by hand, or given as a function: what is claimed stands beside it.
	return located{at: apart(r.ownLosses(func(p *Place) bool { return p.Kind == "loss" }))}
}

// claimedCode is how the claimed loss is made in Keras; empty: it isn't known.
func (r *Recording) claimedCode() string {
	for k := range r.Steps {
		claims, _ := r.claims(r.Steps[k].named("out"), r.Steps[k].named("y"))
		for _, c := range claims {
			if code, err := loss.KerasCode(c.loss); err == nil {
				return code
			}
		}
	}
	return ""
}

func whereZeroed(r *Recording, f *Finding) located {
	if l := whereCleared(r, f); len(l.at) > 0 {
		return located{at: l.at, edits: l.edits[:min(1, len(l.edits))]}
	}
	return located{}
}

func whereAdded(r *Recording, f *Finding) located {
	if added := apart(r.Source.of("added")); len(added) > 0 {
		return located{at: added}
	}
	backward, _ := r.asked()
	if backward == nil || backward.How != "" { // of a tape's gradients nothing piles up by itself
		return located{}
	}
	clears := apart(where(r.Source.of("zero_grad", "gradients"), func(p *Place) bool { return p.Kind == "zero_grad" || p.Clears }))
	name := r.Source.called(backward, "model")
	switch at := one(clears); {
	case len(clears) == 0 && name != "":
		return located{at: []*Place{backward}, edits: []Edit{ahead(backward, name+".zero_grad()")}}
	case len(clears) == 0:
		return located{at: []*Place{backward}}
	case at != nil && at.beside(backward) && len(at.Loops) < len(backward.Loops):
		return located{at: []*Place{at}, edits: []Edit{gone(at), ahead(backward, at.code())}}
	}
	return located{at: clears}
}

func whereKerasRate(r *Recording, f *Finding) located {
	all := apart(r.Source.of("rate"))
	if at := one(all); at != nil {
		return located{at: all, edits: []Edit{gone(at)}}
	}
	if len(all) == 0 {
		all = apart(r.Source.of("schedule"))
	}
	return located{at: all}
}

// whereKerasBatch looks, behind what PyTorch's loops have as well, for a dataset of the user's.
func whereKerasBatch(r *Recording, f *Finding) located {
	if l := whereSameBatch(r, f); len(l.at) > 0 {
		return l
	}
	return located{at: apart(r.Source.of("item"))}
}

// inKeras leaves of findings the change in Keras alone, with the claimed loss as it is made there.
func (r *Recording) inKeras(findings []Finding) {
	for i := range findings {
		f := &findings[i]
		f.Torch = ""
		if f.Cause == OtherLoss && f.Edits == nil {
			if code := r.claimedCode(); code != "" {
				f.Keras = "loss_fn = " + code + "\nloss = loss_fn(y, model(x, training=True))"
			}
		}
	}
}
