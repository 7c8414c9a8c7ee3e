package loop

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/exchange/torch"
	"example.com/unstuck/pkg/optim"
)

// updates compares the update of each step with the one that an optimizer makes of the gradients it saw: products of the recorded and
// the replayed update, of each parameter that it holds by step and then index. Without a reason it is that of every step with one.
//
// Each group is an optimizer by itself: its rate and its other settings may change by step as no other group's do.
func (r *Recording) updates(b compute.Backend, at int, report *Report) (all []map[int]products, why string) {
	all = make([]map[int]products, len(r.Steps))
	o := r.Optimizers[at]
	if o.HasMemory {
		return all, "updates: the optimizer had made steps before the recording began"
	}
	if r.momentumUnknown(at) {
		return all, "updates: the schedule moves the momentum together with the rate, and this recording, of an earlier version, has the rate alone"
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
	var stray steps
	for group := range o.Holds {
		held := slices.DeleteFunc(slices.Clone(o.Holds[group]), func(i int) bool { return r.Steps[first].seen(i) == nil || r.Steps[first].before[i].Values == nil })
		if len(held) == 0 {
			continue
		}
		u, err := newUpdater(r, at, group, held, first)
		if err != nil {
			return all, fmt.Sprintf("updates: %v", err)
		}
		err = u.steps(b, all, first, &stray)
		u.close()
		if err != nil {
			return all, fmt.Sprintf("updates%v", err)
		}
	}
	report.Unchecked = append(report.Unchecked, stray.text()...)
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

// updateShape are the axes that a parameter has in its framework: some optimizers look at rows and columns.
func (r *Recording) updateShape(parameter int) []int {
	if shape := r.Parameters[parameter].Shape; len(shape) > 0 || r.Framework == kerasFramework {
		return shape
	}
	return []int{1}
}

func pathOf(parameter int) string { return fmt.Sprintf("/p/w%d", parameter) }

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
			if p.finite() && p.bb > 0 && p.apart()-r.lost(&r.Steps[k], of[k]) > 0.05 && p.aa > 0 && r.Steps[k].Autocast == "" {
				report.strays = true
				report.Remarks = append(report.Remarks, fmt.Sprintf("step %d: the update is %s times the one that %s makes of the gradient it saw (cosine %s)", r.Steps[k].Number, number(p.ratio()), r.Optimizers[at].Class, number(p.cosine())))
				break
			}
		}
	}
	return all
}
