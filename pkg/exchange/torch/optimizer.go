package torch

import (
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"

	"example.com/unstuck/internal/naturalorder"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// optimizer reads the optimizer with its groups, the clips and the scheduler. Where there is none, one is assumed.
func (r *reader) optimizer(o *object) {
	described := o.child("optimizer", options{})
	if described == nil {
		o.ignore("scheduler")
		if !o.has("optimizer") {
			r.d.Optimizer = optim.Adam(assumedRate).WithRule(optim.AdamRule{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, AsTorch: true})
			r.d.Assume(training.OptimizerSetting, "Adam", r.absent("optimizer"))
			r.d.Assume(training.LearningRateSetting, fmt.Sprint(assumedRate), "Adam's default")
		}
	} else {
		r.d.Optimizer = r.described(described)
	}
	clips := r.clips(o)
	if r.d.Optimizer.Rule == nil {
		o.ignore("scheduler")
		return
	}
	r.d.Optimizer.Transforms = append(clips, r.d.Optimizer.Transforms...)
	r.scheduler(o)
	if err := r.d.Optimizer.Validate(); err != nil {
		o.problem("optimizer", "%v", err)
		r.d.Optimizer = optim.Optimizer{}
	}
}

const assumedRate = 1e-3 // of Adam

// group is one parameter group as it was read.
type group struct {
	optim.Group
	rate float64
}

// described reads {"class": …, "groups": […]}.
func (r *reader) described(o *object) optim.Optimizer {
	class := o.text("class")
	described, ofTorch := known().Optimizers[class]
	read, supported := ruleReaders[class]
	if !supported {
		o.ignore("groups", "foreign")
		own, isOwn := strings.CutPrefix(class, "own:")
		switch {
		case isOwn:
			o.problem("class", "the optimizer %s is of your own: what it computes isn't known here", own)
		case ofTorch:
			why := unsupportedRules[class]
			if why != "" {
				why = ": " + why
			}
			o.problem("class", "the optimizer %s is not supported%s", class, why)
		default:
			o.problem("class", "torch.optim has no optimizer %q", class)
		}
		return optim.Optimizer{}
	}
	if foreign := o.whole("foreign", 0, math.MaxInt32); foreign > 0 {
		r.d.AssumeInstead(training.OptimizerSetting, "over the model's parameters",
			fmt.Sprintf("one that has %d parameters besides which aren't the model's", foreign))
	}
	before := len(r.problems)
	var groups []group
	owner := map[string]int{}
	for i, v := range o.list("groups") {
		path := fmt.Sprintf("%s[%d]", o.at("groups"), i)
		fields, ok := v.(map[string]any)
		if !ok {
			r.add(path, "%s is not an object", show(v))
			continue
		}
		g := r.object(path, fields, described)
		groups = append(groups, g.group(read, class))
		groups[len(groups)-1].Weights = r.weights(g, i, owner)
		if wholeParameters[class] {
			r.wholes(g)
		}
		g.done()
	}
	o.done()
	if len(groups) == 0 {
		o.problem("groups", "has no group of parameters")
	}
	if len(r.problems) > before {
		return optim.Optimizer{}
	}
	result, several := together(groups)
	if several && r.subject.Weights == nil {
		o.problem("groups", "%d groups with different settings: which weights are theirs isn't known here", len(groups))
		return optim.Optimizer{}
	}
	r.untrained(&result, owner)
	return result
}

// group reads the settings of one group.
func (o *object) group(read func(o *object) optim.Rule, class string) group {
	g := group{rate: o.within("lr", 0, math.Inf(1))}
	if o.has("initial_lr") { // a scheduler goes by it, and may have changed the other already
		g.rate = o.within("initial_lr", 0, math.Inf(1))
	}
	o.ignore("lr", "initial_lr", "params", "foreach", "capturable", "differentiable", "fused",
		"max_lr", "min_lr", "base_momentum", "max_momentum") // those that OneCycleLR leaves there
	g.Rule = read(o)
	if o.flag("maximize") {
		g.Transforms = append(g.Transforms, optim.Maximize{})
	}
	decay := o.within("weight_decay", 0, math.Inf(1))
	decoupled := o.flag("decoupled_weight_decay") || class == "AdamW" || class == "Adafactor" || class == "Muon"
	switch {
	case decay == 0:
	case decoupled:
		g.WeightDecay = decay
	default:
		g.Transforms = append(g.Transforms, optim.L2Decay{Decay: decay})
	}
	return g
}

// weights are the paths of our variables for the parameters of a group. owner has the group of each parameter seen before.
func (r *reader) weights(g *object, at int, owner map[string]int) (paths []string) {
	for i, v := range g.list("parameters") {
		path := fmt.Sprintf("%s[%d]", g.at("parameters"), i)
		name, ok := v.(string)
		if !ok {
			r.add(path, "%s is not a name", show(v))
			continue
		}
		if other, twice := owner[name]; twice {
			r.add(path, "the parameter %q is in group %d already", name, other)
			continue
		}
		owner[name] = at
		if r.subject.Weights == nil {
			continue
		}
		theirs, known := r.subject.Weights[name]
		if !known {
			r.add(path, "the model has no parameter %q", name)
			continue
		}
		paths = append(paths, theirs...)
	}
	return paths
}

// wholes reports parameters that aren't one weight each here.
func (r *reader) wholes(g *object) {
	seen := map[string]bool{}
	for _, v := range g.list("parameters") {
		name, _ := v.(string)
		theirs := r.subject.Weights[name]
		if len(theirs) > 1 || len(theirs) == 1 && seen[theirs[0]] {
			g.problem("parameters", "the optimizer looks at the parameter %q as a whole, which is held in other pieces here: leave it to another optimizer", name)
		}
		for _, path := range theirs {
			seen[path] = true
		}
	}
}

// together is the optimizer of all groups. Of one it has the settings itself; of several each is a group, whose rates are
// fractions of the first one's.
func together(groups []group) (result optim.Optimizer, several bool) {
	first := groups[0]
	for _, g := range groups {
		if g.rate > 0 {
			first = g
			break
		}
	}
	result = optim.Optimizer{Rule: first.Rule, LearningRate: first.rate, WeightDecay: first.WeightDecay}
	if alike := !slices.ContainsFunc(groups, func(g group) bool { return !sameSettings(g, first) }); alike {
		result.Transforms = first.Transforms
		return result, false
	}
	for _, g := range groups {
		one := g.Group
		if len(one.Weights) == 0 {
			continue
		}
		switch {
		case g.rate == 0:
			one = optim.Group{Weights: one.Weights, Frozen: true}
		case g.rate != first.rate:
			one.RateFactor = g.rate / first.rate
		}
		if reflect.DeepEqual(one.Rule, result.Rule) {
			one.Rule = nil
		}
		result.Groups = append(result.Groups, one)
	}
	return result, true
}

func sameSettings(a, b group) bool {
	a.Weights, b.Weights = nil, nil
	return reflect.DeepEqual(a, b)
}

// untrained freezes the parameters that no group has.
func (r *reader) untrained(o *optim.Optimizer, owner map[string]int) {
	if r.subject.Weights == nil {
		return
	}
	var paths []string
	for _, name := range slices.SortedFunc(maps.Keys(r.subject.Weights), naturalorder.Compare) {
		if _, trained := owner[name]; !trained {
			r.d.Untrained = append(r.d.Untrained, name)
			for _, path := range r.subject.Weights[name] {
				if !slices.Contains(paths, path) { // two biases may lie in one
					paths = append(paths, path)
				}
			}
		}
	}
	if len(paths) > 0 {
		o.Groups = append(o.Groups, optim.Group{Weights: paths, Frozen: true})
	}
}

// clips reads what is done to the gradients ahead of the optimizer's step.
func (r *reader) clips(o *object) []optim.Transform {
	var clips []optim.Transform
	if o.has("clip_grad_norm") {
		clips = append(clips, optim.ClipByGlobalNorm{Max: o.positive("clip_grad_norm"), AsTorch: true})
	}
	if o.has("clip_grad_value") {
		clips = append(clips, optim.ClipByValue{Max: o.positive("clip_grad_value")})
	}
	o.ignore("clip_grad_norm", "clip_grad_value")
	return clips
}
