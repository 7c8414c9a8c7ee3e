package optim

import (
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
)

// Group are weights that an [Optimizer] trains otherwise than the rest: PyTorch's parameter groups.
type Group struct {
	Weights     []string    // paths of the variables, "/dense/kernel"; one that the model doesn't have is passed over
	Frozen      bool        // stays as it is; the gradient still counts in a norm over all
	RateFactor  float64     // of the optimizer's learning rate, schedule included; 0 means 1
	Rule        Rule        // nil: the optimizer's
	WeightDecay float64     // decoupled, as [Optimizer.WeightDecay]; 0: none, whatever the optimizer has
	Transforms  []Transform // applied to the gradients of the group alone, behind the optimizer's
}

// Validate refuses a group without weights, a factor or a decay that is negative, NaN or infinite, and what its rule or a
// transformation refuses. One that calls steps off, such as [SkipNonFinite], must stand with the optimizer's own.
func (g Group) Validate() error {
	switch {
	case len(g.Weights) == 0:
		return fmt.Errorf("it has no weights")
	case !nonNegative(g.RateFactor):
		return fmt.Errorf("rate factor %g: must be zero or positive, and finite", g.RateFactor)
	case !nonNegative(g.WeightDecay):
		return fmt.Errorf("weight decay %g: must be zero or positive, and finite", g.WeightDecay)
	}
	for _, t := range g.Transforms {
		switch t.(type) {
		case vetoer, Chain:
			return fmt.Errorf("%T can't be one of a group's transformations", t)
		}
	}
	if err := validate(g.Rule); err != nil {
		return err
	}
	return Chain(g.Transforms).Validate()
}

func validateGroups(groups []Group) error {
	seen := map[string]int{}
	for i, g := range groups {
		if err := g.Validate(); err != nil {
			return fmt.Errorf("group %d of weights: %w", i, err)
		}
		for _, path := range g.Weights {
			if other, twice := seen[path]; twice {
				return fmt.Errorf("the weight %s is in the groups %d and %d", path, other, i)
			}
			seen[path] = i
		}
	}
	return nil
}

func groupScope(i int) string { return fmt.Sprintf("group_%d", i) }

// updateGroups moves the weights that are in groups; it returns the others, with their gradients.
func (o Optimizer) updateGroups(state State, vars []*model.Variable, grads []*graph.Node) (rest []*model.Variable, restGrads []*graph.Node) {
	ofGroup := make([][]int, len(o.Groups))
	for i, v := range vars {
		at := slices.IndexFunc(o.Groups, func(g Group) bool { return slices.Contains(g.Weights, v.Path()) })
		if at < 0 {
			rest, restGrads = append(rest, v), append(restGrads, grads[i])
		} else {
			ofGroup[at] = append(ofGroup[at], i)
		}
	}
	for k, g := range o.Groups {
		if g.Frozen || len(ofGroup[k]) == 0 {
			continue
		}
		var theirs []*model.Variable
		var theirGrads []*graph.Node
		for _, i := range ofGroup[k] {
			theirs, theirGrads = append(theirs, vars[i]), append(theirGrads, grads[i])
		}
		own := state
		own.scope = state.scope.At("%s", groupScope(k))
		theirGrads = Chain(g.Transforms).Apply(own.scope, theirs, theirGrads)
		if g.RateFactor != 0 {
			own.LearningRate = graph.MulScalar(state.LearningRate, g.RateFactor)
		}
		g.optimizer(o).update(own, theirs, theirGrads)
	}
	return rest, restGrads
}

// optimizer is what moves the group.
func (g Group) optimizer(of Optimizer) Optimizer {
	of.WeightDecay = g.WeightDecay
	if g.Rule != nil {
		of.Rule = g.Rule
	}
	return of
}

// programKey is the group's part of [Optimizer.ProgramKey].
func (g Group) programKey() (string, bool) {
	key := fmt.Sprintf(" group %q frozen %t factor %g decay %g", g.Weights, g.Frozen, g.RateFactor, g.WeightDecay)
	if g.Rule != nil {
		rule, ok := programKey(g.Rule)
		if !ok {
			return "", false
		}
		key += " " + rule
	}
	chain, ok := Chain(g.Transforms).ProgramKey()
	return key + " after " + chain, ok
}
