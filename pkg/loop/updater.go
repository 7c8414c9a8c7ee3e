package loop

import (
	"encoding/json"
	"fmt"
	"maps"
	"reflect"
	"slices"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"example.com/unstuck/pkg/optim"
)

// updater makes the steps of an optimizer's group again, on weights and gradients in their framework's layout, which is that of variables
// whose names don't end in "kernel".
type updater struct {
	r     *Recording
	at    int // of the optimizer
	group int
	held  []int
	store *model.Store
	rule  optim.Optimizer // of the last step that was made; its rate is the recorded one
	exec  *model.Exec     // makes steps by that rule; nil: none was made
}

// newUpdater prepares the steps of a group from the recorded step first on, for the parameters that have gradients there.
func newUpdater(r *Recording, at, group int, held []int, first int) (*updater, error) {
	u := &updater{r: r, at: at, group: group, held: held, store: model.NewStore()}
	for _, i := range held {
		if _, err := u.store.CreateVariable(pathOf(i), u.tensor(i, r.Steps[first].before[i].Values)); err != nil {
			return nil, err
		}
	}
	return u, nil
}

func (u *updater) close() {
	if u.exec != nil {
		u.exec.Finalize()
	}
}

// steps makes all steps from first on again, and joins what they make to all. An error begins with the step.
func (u *updater) steps(b compute.Backend, all []map[int]products, first int, stray *steps) error {
	for k := first; k < len(u.r.Steps); k++ {
		s := &u.r.Steps[k]
		if !s.did("step") || !s.Arrayed {
			continue
		}
		for _, i := range u.held {
			if s.seen(i) == nil || s.update(i) == nil || s.before[i].Values == nil {
				return fmt.Errorf(" from step %d on: %s has no gradient there", s.Number, u.r.Parameters[i].Name)
			}
		}
		if all[k] == nil {
			all[k] = map[int]products{}
		}
		if err := u.step(b, s, all[k], stray); err != nil {
			return fmt.Errorf(": %w", err)
		}
	}
	return nil
}

// step makes a recorded step again and compares.
func (u *updater) step(b compute.Backend, s *Step, into map[int]products, stray *steps) error {
	rate, ok := s.rate(u.at, u.group)
	if !ok {
		return fmt.Errorf("step %d has no rate", s.Number)
	}
	o := u.r.Optimizers[u.at].with(s.settings(u.at, u.group), u.group)
	rule, why := u.r.rule(o, u.held, func(i int) []string { return []string{pathOf(i)} })
	if why != "" {
		return fmt.Errorf("%s", why)
	}
	if err := u.follow(b, rule); err != nil {
		return err
	}
	in := []any{float32(rate)}
	for _, i := range u.held {
		if err := u.store.GetVariable(pathOf(i)).SetValue(u.tensor(i, s.before[i].Values)); err != nil {
			return err
		}
		in = append(in, u.tensor(i, s.seen(i)))
	}
	if _, err := u.exec.Call(in...); err != nil {
		return err
	}
	for _, i := range u.held {
		v, err := u.store.GetVariable(pathOf(i)).Value()
		if err != nil {
			return err
		}
		made := u.r.Parameters[i].made(s.before[i].Values, tensors.MustCopyFlatData[float32](v), o.decay(rate))
		var p products
		p.add(s.update(i), made)
		into[i] = p
		if strays(s.update(i), made, s.before[i], u.r.Parameters[i]) {
			stray.add(s.Number, "updates: that of %s isn't the one that %s makes of the gradient it saw", u.r.Parameters[i].Name, u.r.Optimizers[u.at].Class)
		}
	}
	return nil
}

// follow makes steps by this rule from now on. What the optimizer remembers lies in the store, and the next rule goes on with it.
func (u *updater) follow(b compute.Backend, rule optim.Optimizer) error {
	rule.LearningRate = 0 // a step is given its own
	if u.exec != nil && reflect.DeepEqual(rule, u.rule) {
		return nil
	}
	u.close()
	var err error
	u.rule = rule
	u.exec, err = model.NewExec(b, u.store, func(scope *model.Scope, in []*graph.Node) *graph.Node {
		gradients := map[string]*graph.Node{}
		for n, i := range u.held {
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
	return err
}

func (u *updater) tensor(parameter int, values []float32) *tensors.Tensor {
	return tensors.FromFlatDataAndDimensions(slices.Clone(values), u.r.updateShape(parameter)...)
}

// rate is that of a group at a step. One of Keras has one group.
func (s *Step) rate(optimizer, group int) (float64, bool) {
	if optimizer >= len(s.Rates) || group >= len(s.Rates[optimizer]) {
		return 0, false
	}
	return s.Rates[optimizer][group], true
}

// settings are those of a group that weren't at a step what they were when the recording began.
func (s *Step) settings(optimizer, group int) map[string]json.RawMessage {
	if optimizer >= len(s.Settings) || group >= len(s.Settings[optimizer]) {
		return nil
	}
	return s.Settings[optimizer][group]
}

// with is the optimizer of one group alone, with other settings than it began with.
func (o Optimizer) with(settings map[string]json.RawMessage, group int) Optimizer {
	options := map[string]json.RawMessage{}
	maps.Copy(options, o.Groups[group])
	maps.Copy(options, settings)
	o.Groups, o.Holds = []map[string]json.RawMessage{options}, o.Holds[group:group+1]
	return o
}

// momentumUnknown reports whether a schedule of an optimizer moves more than the rate, and the recording, of an earlier version, doesn't
// have what.
func (r *Recording) momentumUnknown(at int) bool {
	return !r.SettingsByStep && slices.ContainsFunc(r.Optimizers[at].Groups, func(options map[string]json.RawMessage) bool { return options["max_momentum"] != nil })
}
