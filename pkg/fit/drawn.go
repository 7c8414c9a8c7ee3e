package fit

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train/optimizer"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/optim"
)

// drawn remembers which variables the models got that were built last, for others that are built alike: a sweep's trainings begin with the same
// weights and the same memory of the optimizer, and tracing a graph to find them takes a tiny model as long as some steps.
type drawn struct {
	mu    sync.Mutex
	known []drawnVariables // the one used last in front
}

// drawnVariables are what a build has added to a model.
type drawnVariables struct {
	key    string
	vars   []drawnVariable
	layout metricLayout
}

// drawnVariable is a variable of a model that was built and not trained.
type drawnVariable struct {
	path      string
	trainable bool
	value     *tensors.Tensor // nobody changes it
}

const (
	mostDrawn       = 16
	largestDrawn    = 1 << 18 // bytes of one build: larger models take longer to train than to trace
	optimizersScope = model.RootScopePath + optimizer.Scope + model.ScopeSeparator
)

// drawnKey is all that the weights of m depend on when it is built for such rows; empty: they can't be known.
func (m *Model) drawnKey(rows [][]int) string {
	if m.description == (description{}) || m.store.NumVariables() > 0 || m.store.Loader() != nil {
		return ""
	}
	begun := fmt.Sprintf("weights for %v, %d rows", rows, m.trialRows())
	for path, value := range m.store.IterParams() { // the seed is one
		begun += fmt.Sprintf(" %q=%#v", path, value)
	}
	key := codec.NewWholeKey(begun)
	if !key.Add(m.net) {
		return ""
	}
	return key.Text() + "\n" + key.Identity()
}

// memoryKey is all that the optimizer's memory depends on at the start, but for rate and limits; empty: it can't be known.
func (m *Model) memoryKey(rows, targets [][]int) string {
	o, ok := m.optimizer.(optim.Optimizer)
	if !ok || m.description == (description{}) || m.store.Loader() != nil || len(m.options.Probes) > 0 {
		return ""
	}
	if !ofOptim(o) {
		return ""
	}
	return m.key(fmt.Sprintf("memory for %v, %v, %d rows", rows, targets, m.trialRows()), nil)
}

// ofOptim reports whether all rules and transformations of an optimizer are those of package optim: of another one's, a program's key need not
// tell where its memory starts.
func ofOptim(o optim.Optimizer) bool {
	parts, transforms := []any{o.Rule}, slices.Clone(o.Transforms)
	for _, g := range o.Groups {
		if g.Rule != nil {
			parts = append(parts, g.Rule)
		}
		transforms = append(transforms, g.Transforms...)
	}
	for len(transforms) > 0 {
		first := transforms[0]
		transforms = transforms[1:]
		if chain, ok := first.(optim.Chain); ok {
			transforms = append(transforms, chain...)
			continue
		}
		parts = append(parts, first)
	}
	home := reflect.TypeFor[optim.Optimizer]().PkgPath()
	return !slices.ContainsFunc(parts, func(part any) bool { return reflect.TypeOf(part).PkgPath() != home })
}

// remember notes what a build of this key has added to the known variables of m. Nothing is noted of memory that depends on more than its key.
func (d *drawn) remember(m *Model, key string, known int) error {
	added, memory := slices.Collect(m.store.IterVariables())[known:], known > 0
	entry, bytes := drawnVariables{key: key, layout: m.layout}, 0
	for _, v := range added {
		bytes += int(v.Shape().ByteSize())
	}
	if key == "" || bytes > largestDrawn {
		return nil
	}
	for _, v := range added {
		value, err := v.Value()
		if err != nil {
			return err
		}
		if value, err = value.LocalClone(); err != nil { // training gives the variable other values, in place or not
			return err
		}
		if _, own := m.setting(v.Path()); memory && !own && !isZero(value) {
			return nil
		}
		entry.vars = append(entry.vars, drawnVariable{path: v.Path(), trainable: v.Trainable, value: value})
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	d.known = slices.Insert(d.known, 0, entry)
	d.known = d.known[:min(len(d.known), mostDrawn)]
	return nil
}

func isZero(value *tensors.Tensor) (zero bool) {
	err := value.ConstFlatData(func(flat any) {
		all := reflect.ValueOf(flat)
		zero = true
		for i := range all.Len() {
			zero = zero && all.Index(i).IsZero()
		}
	})
	return zero && err == nil
}

// again gives m the variables that a build of this key has added to another one; false: none is known.
func (d *drawn) again(m *Model, key string) (bool, error) {
	entry, ok := d.find(key)
	if !ok {
		return false, nil
	}
	known := m.store.NumVariables()
	for _, v := range entry.vars {
		if err := m.give(v); err != nil {
			return false, errors.Join(fmt.Errorf("variable %s: %w", v.path, err), m.forget(known))
		}
	}
	m.state.vars = slices.Collect(m.store.IterVariables())
	m.layout = entry.layout
	return true, nil
}

func (d *drawn) find(key string) (drawnVariables, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	i := slices.IndexFunc(d.known, func(e drawnVariables) bool { return e.key == key })
	if key == "" || i < 0 {
		return drawnVariables{}, false
	}
	entry := d.known[i]
	d.known = slices.Insert(slices.Delete(d.known, i, i+1), 0, entry)
	return entry, true
}

// setting is the number that m's own optimizer has in a variable of this path, its rate or a limit; false: it holds none.
func (m *Model) setting(path string) (float32, bool) {
	name, below := strings.CutPrefix(path, optimizersScope)
	o, ok := m.optimizer.(optim.Optimizer)
	if !below || !ok {
		return 0, false
	}
	if name == optimizer.ParamLearningRate {
		return float32(o.Rate(0)), true
	}
	limit, ok := o.Limits()[name]
	return float32(limit), ok
}

// give creates a variable like v, with the rate and the limits of m's own optimizer.
func (m *Model) give(v drawnVariable) error {
	value, err := v.value.LocalClone()
	if err != nil {
		return err
	}
	if own, is := m.setting(v.path); is {
		value = tensors.FromValue(own)
	}
	created, err := m.store.CreateVariable(v.path, value)
	if err == nil {
		created.SetTrainable(v.trainable)
	}
	return err
}
