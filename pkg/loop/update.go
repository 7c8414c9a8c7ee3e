package loop

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"example.com/unstuck/pkg/exchange/torch"
	"example.com/unstuck/pkg/optim"
)

// updates compares the update of each step with the one that the first optimizer makes of the gradients it saw: products of the
// recorded and the replayed update, of each parameter that it holds by step and then index. Without a reason it is that of every
// step with one.
func (r *Recording) updates(b compute.Backend, at int, report *Report) (all []map[int]products, why string) {
	all = make([]map[int]products, len(r.Steps))
	o := r.Optimizers[at]
	if o.HasMemory {
		return all, "updates: the optimizer had made steps before the recording began"
	}
	if slices.ContainsFunc(o.Groups, func(options map[string]json.RawMessage) bool { return options["max_momentum"] != nil }) {
		return all, "updates: the schedule moves the momentum together with the rate, which isn't followed here"
	}
	var held []int
	for _, group := range o.Holds {
		held = append(held, group...)
	}
	first := -1
	for k := range r.Steps {
		if s := &r.Steps[k]; s.did("step") && s.Arrayed {
			if s.Closure {
				return all, "updates: the optimizer's step takes a closure and computes several losses"
			}
			if first < 0 {
				first = k
			}
		}
	}
	if first < 0 {
		return all, ""
	}
	held = slices.DeleteFunc(held, func(i int) bool { return r.Steps[first].seen(i) == nil || r.Steps[first].before[i].Values == nil })
	if len(held) == 0 {
		return all, ""
	}
	rule, why := r.rule(o, held, func(i int) []string { return []string{pathOf(i)} })
	if why != "" {
		return all, "updates: " + why
	}
	replay, err := newUpdater(b, r, rule, held, first)
	if err != nil {
		return all, fmt.Sprintf("updates: %v", err)
	}
	defer replay.exec.Finalize()
	for k := first; k < len(r.Steps); k++ {
		s := &r.Steps[k]
		if !s.did("step") || !s.Arrayed {
			continue
		}
		for _, i := range held {
			if s.seen(i) == nil || s.update(i) == nil || s.before[i].Values == nil {
				return all, fmt.Sprintf("updates from step %d on: %s has no gradient there", s.Number, r.Parameters[i].Name)
			}
		}
		if all[k], err = replay.step(r, s, at); err != nil {
			return all, fmt.Sprintf("updates: %v", err)
		}
	}
	report.Unchecked = append(report.Unchecked, replay.stray.text()...)
	return all, ""
}

// rule is the optimizer over these parameters, whose weights here have these paths.
func (r *Recording) rule(o Optimizer, held []int, paths func(i int) []string) (rule optim.Optimizer, why string) {
	if r.Framework == kerasFramework {
		return kerasRule(o)
	}
	weights := map[string][]string{}
	groups := make([]map[string]json.RawMessage, 0, len(o.Groups))
	for g, options := range o.Groups {
		var names []string
		for _, i := range o.Holds[g] {
			if slices.Contains(held, i) {
				names = append(names, r.Parameters[i].Name)
				weights[r.Parameters[i].Name] = paths(i)
			}
		}
		if len(names) == 0 {
			continue
		}
		text, err := json.Marshal(names)
		if err != nil {
			return rule, err.Error()
		}
		copied := map[string]json.RawMessage{}
		for key, v := range options {
			copied[key] = v
		}
		copied["parameters"] = text
		groups = append(groups, copied)
	}
	content, err := json.Marshal(map[string]any{"format": 1, "framework": "torch", "loss": map[string]string{"class": "MSELoss"},
		"optimizer": map[string]any{"class": o.Class, "groups": groups}})
	if err != nil {
		return rule, err.Error()
	}
	d, err := torch.ReadDescription(content, torch.Subject{Weights: weights})
	if err != nil {
		return rule, err.Error()
	}
	if len(d.Problems) > 0 {
		return rule, d.Problems.Error()
	}
	return d.Optimizer, ""
}

func (r *Recording) updateShape(parameter int) []int {
	shape := r.Parameters[parameter].Shape
	if r.Framework == kerasFramework {
		return shape
	}
	return []int{elements(shape)}
}

func pathOf(parameter int) string { return fmt.Sprintf("/p/w%d", parameter) }

// updater makes the optimizer's steps on weights and gradients in PyTorch's layout: no rule that is read looks at axes.
type updater struct {
	store *model.Store
	exec  *model.Exec
	held  []int
	rule  optim.Optimizer
	stray steps // where updates aren't those
	// shapes are those of the parameters in Keras, where the axes are ours; of PyTorch's only their numbers.
	shapes func(parameter int) []int
}

func newUpdater(b compute.Backend, r *Recording, rule optim.Optimizer, held []int, first int) (*updater, error) {
	u := &updater{store: model.NewStore(), held: held, rule: rule, shapes: r.updateShape}
	for _, i := range held {
		if _, err := u.store.CreateVariable(pathOf(i), u.tensor(i, r.Steps[first].before[i].Values)); err != nil {
			return nil, err
		}
	}
	var err error
	u.exec, err = model.NewExec(b, u.store, func(scope *model.Scope, in []*graph.Node) *graph.Node {
		gradients := map[string]*graph.Node{}
		for n, i := range held {
			gradients[pathOf(i)] = in[n+1]
			u.store.GetVariable(pathOf(i)).NodeValue(in[0].Graph())
		}
		var ordered []*graph.Node
		for v := range scope.IterVariables() {
			if g, ok := gradients[v.Path()]; ok {
				ordered = append(ordered, g)
			}
		}
		optimizer.LearningRateVar(scope, dtypes.Float32, 0).SetNodeValue(in[0])
		rule.UpdateGraphWithGradients(scope, ordered, dtypes.Float32)
		return in[0]
	})
	return u, err
}

func (u *updater) tensor(parameter int, values []float32) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(slices.Clone(values), u.shapes(parameter)...)
}

// step makes a recorded step again and compares.
func (u *updater) step(r *Recording, s *Step, at int) (map[int]products, error) {
	rate := math.NaN()
	if at < len(s.Rates) && len(s.Rates[at]) > 0 {
		rate = s.Rates[at][0]
	}
	if math.IsNaN(rate) {
		return nil, fmt.Errorf("step %d has no rate", s.Number)
	}
	in := []any{float32(rate)}
	for _, i := range u.held {
		if err := u.store.GetVariable(pathOf(i)).SetValue(u.tensor(i, s.before[i].Values)); err != nil {
			return nil, err
		}
		in = append(in, u.tensor(i, s.seen(i)))
	}
	if _, err := u.exec.Call(in...); err != nil {
		return nil, err
	}
	all := map[int]products{}
	for _, i := range u.held {
		v, err := u.store.GetVariable(pathOf(i)).Value()
		if err != nil {
			return nil, err
		}
		made := difference(tensors.MustCopyFlatData[float32](v), s.before[i].Values)
		var p products
		p.add(s.update(i), made)
		all[i] = p
		if strays(s.update(i), made, s.before[i]) {
			u.stray.add(s.Number, "updates: that of %s isn't the one that %s makes of the gradient it saw", r.Parameters[i].Name, r.Optimizers[at].Class)
		}
	}
	return all, nil
}

// allUpdates compares the updates of all optimizers. What isn't as the optimizer makes it is a remark.
func (r *Recording) allUpdates(b compute.Backend, report *Report) []products {
	all := make([]products, len(r.Steps))
	report.Parameters = r.parameterUpdates()
	for at := range r.Optimizers {
		of, why := r.updates(b, at, report)
		if why != "" {
			report.Unchecked = append(report.Unchecked, why)
		}
		whole := make([]products, len(of))
		for k := range of {
			for _, i := range slices.Sorted(maps.Keys(of[k])) { // in one order, for sums to be the same
				p := of[k][i]
				whole[k].join(p)
				report.Parameters[i].note(k, p)
			}
			all[k].join(whole[k])
		}
		for k, p := range whole {
			if p.finite() && p.bb > 0 && p.apart() > 0.05 && p.aa > 0 && r.Steps[k].Autocast == "" {
				report.strays = true
				report.Remarks = append(report.Remarks, fmt.Sprintf("step %d: the update is %s times the one that %s makes of the gradient it saw (cosine %s)", r.Steps[k].Number, number(p.ratio()), r.Optimizers[at].Class, number(p.cosine())))
				break
			}
		}
	}
	return all
}
