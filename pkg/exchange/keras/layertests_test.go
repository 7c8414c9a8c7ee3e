package keras

import (
	"errors"
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// fewestRead is how many of the recorded models were read when this was last looked at. Raise it with what is added.
// Models that take whole numbers are refused where a layer computes with them: Keras cuts fractions off, this project keeps them.
const fewestRead = 577

// TestLayersAsKerasTestsThem goes through the models of Keras' own tests of its layers, which nobody chose for this
// package. A model is refused, with the places in the file; or it is read, and then its outputs are Keras' to 1e-5
// and the gradients of its weights and inputs to 1e-4, as is what training leaves in weights without a gradient.
// What a layer says of its weights and shapes beforehand must hold as well.
func TestLayersAsKerasTestsThem(t *testing.T) {
	record := readLayerRecord(t)
	verdicts := map[string]map[verdict]int{}
	total := map[verdict]int{}
	var xla sampler
	spent := map[string]time.Duration{}
	for _, c := range record.Cases {
		v, why := judge(func() (verdict, string) {
			d, v, why := c.read()
			if v != equal && v != ahead {
				return v, why
			}
			for _, name := range []string{backend.Go, backend.XLACPU} {
				if !available(name) || name == backend.XLACPU && !xla.takes(c.Class) {
					continue
				}
				began := time.Now()
				why := c.check(open(t, name), d)
				spent[name] += time.Since(began)
				if why != "" {
					return wrong, name + ": " + why
				}
			}
			return v, ""
		})
		if v == wrong {
			t.Errorf("%s (%s): %s", c.Name, c.Test, why)
		} else if why != "" {
			t.Logf("%s: %s: %s", c.Name, v, strings.ReplaceAll(why, "\n", "; "))
		}
		if verdicts[c.Class] == nil {
			verdicts[c.Class] = map[verdict]int{}
		}
		verdicts[c.Class][v]++
		total[v]++
	}
	var table strings.Builder
	row := func(class string, n map[verdict]int) {
		fmt.Fprintf(&table, "\n%-44s", class)
		for v := range verdict(len(verdictNames)) {
			fmt.Fprintf(&table, "%9d", n[v])
		}
	}
	fmt.Fprintf(&table, "Keras %s, %d models\n%-44s", record.Keras, len(record.Cases), "")
	for _, name := range verdictNames {
		fmt.Fprintf(&table, "%9s", name)
	}
	for _, class := range slices.Sorted(keys(verdicts)) {
		row(class, verdicts[class])
	}
	row("together", total)
	t.Logf("%s\nchecked in %v", &table, spent)
	if read := total[equal] + total[unrun] + total[ahead]; read < fewestRead {
		t.Errorf("%d models were read, it has been %d", read, fewestRead)
	}
}

// sampler picks what runs on XLA, where compiling takes most of the time: the first model of every sixteenth class, or of
// every class with UNSTUCK_XLA=all.
type sampler map[string]bool

func (s *sampler) takes(class string) bool {
	if *s == nil {
		*s = sampler{}
	}
	if (*s)[class] || testing.Short() {
		return false
	}
	(*s)[class] = true
	return len(*s)%16 == 1 || os.Getenv("UNSTUCK_XLA") == "all"
}

// verdict is what became of a model.
type verdict int

const (
	equal   verdict = iota // read, and the numbers are Keras'
	unrun                  // read, but Keras gave no numbers
	ahead                  // refused for its several inputs or outputs, but the layers are there, and their numbers Keras'
	refused                // with places in the file
	absent                 // Keras can't write the model
	wrong
)

var verdictNames = [...]string{"equal", "unrun", "ahead", "refused", "absent", "wrong"}

func (v verdict) String() string { return verdictNames[v] }

func keys[V any](m map[string]V) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// judge makes a panic a wrong.
func judge(f func() (verdict, string)) (v verdict, why string) {
	defer func() {
		if p := recover(); p != nil {
			v, why = wrong, fmt.Sprintf("panic: %v", p)
		}
	}()
	return f()
}

var openXLA = sync.OnceValues(func() (*backend.Backend, error) { return backend.Open(backend.Options{Name: backend.XLACPU}) })

// available reports whether a backend can be opened here.
func available(name string) bool {
	if name != backend.XLACPU {
		return true
	}
	_, err := openXLA()
	return err == nil
}

// read reads the model.
func (c layerCase) read() (*Description, verdict, string) {
	if c.Config == "" {
		return nil, absent, c.Error
	}
	d, _ := readConfig(strings.NewReader(c.Config))
	if _, err := ReadConfig(strings.NewReader(c.Config)); err != nil {
		var problems training.Problems
		if !errors.As(err, &problems) {
			return nil, wrong, "refused without a place: " + err.Error()
		}
		for _, p := range problems {
			if p.Path == "" {
				return nil, wrong, "refused without a place: " + p.Text
			}
		}
		if d != nil && d.Model != nil && c.Error == "" && !slices.ContainsFunc(problems, func(p training.Problem) bool {
			return !strings.HasSuffix(p.Text, "is not supported yet")
		}) {
			return d, ahead, ""
		}
		return nil, refused, err.Error()
	}
	if c.Error != "" {
		return d, unrun, c.Error
	}
	return d, equal, ""
}

// check compares the model with Keras' numbers and says what differs.
func (c layerCase) check(b compute.Backend, d *Description) string {
	if why := c.checkDeclared(d); why != "" {
		return why
	}
	store, vars, why := c.weights(d)
	if why != "" {
		return why
	}
	var xs []any
	for i, in := range c.Inputs {
		xs = append(xs, in.tensor(i))
	}
	ys, err := run(b, store, xs, func(scope *model.Scope, xs []*graph.Node) []*graph.Node {
		return nn.ApplyAll(d.Model, scope, xs)
	})
	if err != nil {
		return err.Error()
	}
	if len(ys) != len(c.Outputs) {
		return fmt.Sprintf("%d outputs, Keras has %d", len(ys), len(c.Outputs))
	}
	for i, y := range ys {
		if why := c.Outputs[i].differs(y, 1e-5); why != "" {
			return fmt.Sprintf("output %d %s", i, why)
		}
	}
	if c.Loss == nil {
		return ""
	}
	return c.checkGradients(b, d, store, vars, xs)
}

// checkDeclared compares what is known of the model before it is built.
func (c layerCase) checkDeclared(d *Description) string {
	inputs := make([][]int, len(c.Inputs))
	for i, in := range c.Inputs {
		inputs[i] = in.Shape
	}
	declared := map[string]nn.Weight{}
	outputs, err := nn.Measure(d.Model, inputs, func(m nn.Measured) error {
		for _, w := range m.Weights {
			declared["/"+m.Path+"/"+w.Name] = w
		}
		return nil
	})
	if err != nil {
		return "measuring: " + err.Error()
	}
	for i, y := range c.Outputs {
		if i >= len(outputs) || !slices.Equal(outputs[i], y.Shape) {
			return fmt.Sprintf("the declared outputs are %v, output %d of Keras has %v", outputs, i, y.Shape)
		}
	}
	weights, paths := c.floats(), d.WeightPaths()
	if len(paths) != len(weights) || len(declared) != len(weights) {
		return fmt.Sprintf("%d weights are listed, %d declared, Keras has %d", len(paths), len(declared), len(weights))
	}
	for i, w := range weights {
		if got := declared[paths[i]]; !slices.Equal(got.Shape, w.Shape) {
			return fmt.Sprintf("weight %s is declared with shape %v, Keras' %s has %v", paths[i], got.Shape, w.Path, w.Shape)
		}
		if path.Base(paths[i]) != path.Base(w.Path) {
			return fmt.Sprintf("weight %d is %s, Keras' is %s", i, paths[i], w.Path)
		}
	}
	return ""
}

// floats are the weights that are there in Go too.
func (c layerCase) floats() []layerWeight {
	var all []layerWeight
	for _, w := range c.Weights {
		if w.Low != nil {
			all = append(all, w)
		}
	}
	return all
}

// weights makes a store with the weights that Keras had.
func (c layerCase) weights(d *Description) (*model.Store, []*model.Variable, string) {
	store := model.NewStore()
	paths := d.WeightPaths()
	var vars []*model.Variable
	k := 0
	for i, w := range c.Weights {
		if w.Low == nil {
			continue
		}
		scope, name := path.Split(paths[k])
		k++
		v, err := store.Scope(strings.TrimSuffix(scope, "/")).CreateVariable(name, tensors.FromFlatDataAndDimensions(filled(w.Shape, i+50, *w.Low, 0.8), w.Shape...))
		if err != nil {
			return nil, nil, err.Error()
		}
		vars = append(vars, v)
	}
	return store, vars, ""
}

// checkGradients differentiates as make_layers.py does.
func (c layerCase) checkGradients(b compute.Backend, d *Description, store *model.Store, vars []*model.Variable, inputs []any) string {
	weights := c.floats()
	var names []string
	var want []*sample
	results, err := run(b, store, inputs, func(scope *model.Scope, xs []*graph.Node) []*graph.Node {
		g := xs[0].Graph()
		store.SetTraining(g, c.Training)
		loss := graph.ScalarZero(g, xs[0].DType())
		for i, y := range nn.ApplyAll(d.Model, scope, xs) {
			dims := y.Shape().Dimensions
			r := graph.Const(g, tensors.FromFlatDataAndDimensions(filled(dims, i+200, -1, 2), dims...))
			loss = graph.Add(loss, graph.ReduceAllSum(graph.Mul(y, r)))
		}
		if penalty := train.GetRegularizationLoss(g); penalty != nil {
			loss = graph.Add(loss, penalty)
		}
		var wrt []*graph.Node
		names, want = nil, nil
		for i, w := range weights {
			if w.Gradient != nil {
				names, want, wrt = append(names, w.Path), append(want, w.Gradient), append(wrt, vars[i].NodeValue(g))
			}
		}
		for i, in := range c.Inputs {
			if in.Gradient != nil {
				names, want, wrt = append(names, fmt.Sprintf("input %d", i)), append(want, in.Gradient), append(wrt, xs[i])
			}
		}
		if len(wrt) == 0 {
			return []*graph.Node{loss}
		}
		return append([]*graph.Node{loss}, graph.Gradient(loss, wrt...)...)
	})
	if err != nil {
		return "gradients: " + err.Error()
	}
	if why := (sample{Step: 1, Values: []number{*c.Loss}, Shape: []int{}}).differs(results[0], 1e-4); why != "" {
		return "the loss " + why
	}
	for i, s := range want {
		if why := s.differs(results[i+1], 1e-4); why != "" {
			return fmt.Sprintf("the gradient of %s %s", names[i], why)
		}
	}
	for i, w := range weights {
		if vars[i].Trainable != w.Trainable {
			return fmt.Sprintf("whether %s is trained is %t, in Keras %t", w.Path, vars[i].Trainable, w.Trainable)
		}
		if w.After == nil {
			continue
		}
		if why := w.After.differs(vars[i].MustValue(), 1e-4); why != "" {
			return fmt.Sprintf("after a step %s %s", w.Path, why)
		}
	}
	return ""
}

func run(b compute.Backend, store *model.Store, xs []any, f func(*model.Scope, []*graph.Node) []*graph.Node) ([]*tensors.Tensor, error) {
	exec, err := model.NewExec(b, store, f)
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	return exec.Exec(xs...)
}
