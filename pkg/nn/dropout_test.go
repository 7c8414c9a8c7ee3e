package nn_test

import (
	"math"
	"slices"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"example.com/unstuck/pkg/nn"
)

func ones(n int) []float32 {
	values := make([]float32, n)
	for i := range values {
		values[i] = 1
	}
	return values
}

func TestDropoutShare(t *testing.T) {
	const rows, features, rate = 100, 200, 0.3
	onEachBackend(t, func(t *testing.T, b compute.Backend) {
		y := mustRun(t, b, model.NewStore(), nn.Dropout{Rate: rate}, true, tensor(ones(rows*features), rows, features))
		dropped, perColumn := 0, make([]int, features)
		for i, v := range y {
			switch {
			case v == 0:
				dropped++
				perColumn[i%features]++
			case math.Abs(float64(v)-1/(1-rate)) > 1e-6:
				t.Fatalf("value %d is %g, want 0 or 1/(1-rate)", i, v)
			}
		}
		// Five standard deviations of the binomials.
		if share := float64(dropped) / (rows * features); math.Abs(share-rate) > 5*math.Sqrt(rate*(1-rate)/(rows*features)) {
			t.Errorf("share dropped is %g, want about %g", share, rate)
		}
		for column, n := range perColumn {
			if math.Abs(float64(n)-rate*rows) > 5*math.Sqrt(rate*(1-rate)*rows) {
				t.Errorf("column %d: %d of %d rows dropped", column, n, rows)
			}
		}
	})
}

// TestDropoutDraws: each step, layer and seed draws anew; the same ones draw the same on every backend.
func TestDropoutDraws(t *testing.T) {
	const n = 64
	x := func() *tensors.Tensor { return tensor(ones(n), 2, n/2) }
	store := func(seed int64) *model.Store {
		s := model.NewStore()
		s.RootScope().SetParam(model.ParamInitialSeed, seed)
		return s
	}
	var first, second []float32 // the draws of pure Go, to compare XLA's with
	onEachBackend(t, func(t *testing.T, b compute.Backend) {
		s := store(1)
		step1 := mustRun(t, b, s, nn.Dropout{Rate: 0.5}, true, x())
		step2 := mustRun(t, b, s, nn.Dropout{Rate: 0.5}, true, x())
		if first == nil {
			first, second = step1, step2
		}
		if !slices.Equal(step1, first) || !slices.Equal(step2, second) {
			t.Errorf("draws differ from those of pure Go")
		}
		if slices.Equal(step1, step2) {
			t.Errorf("two steps drew the same")
		}
		if again := mustRun(t, b, store(1), nn.Dropout{Rate: 0.5}, true, x()); !slices.Equal(again, step1) {
			t.Errorf("the same seed drew something else")
		}
		if other := mustRun(t, b, store(2), nn.Dropout{Rate: 0.5}, true, x()); slices.Equal(other, step1) {
			t.Errorf("two seeds drew the same")
		}
		twice := mustRun(t, b, store(1), nn.Sequential{nn.Dropout{Rate: 0.5}, nn.Dropout{Rate: 0.5}}, true, x())
		if kept := count0(twice); kept == 0 || kept == count0(step1) {
			t.Errorf("two layers keep %d of %d: they must draw on their own", kept, n)
		}
	})
}

func count0(values []float32) (kept int) {
	for _, v := range values {
		if v != 0 {
			kept++
		}
	}
	return kept
}

func TestDropoutInference(t *testing.T) {
	x := []float32{1, 2, float32(math.Inf(1)), -4}
	s := model.NewStore()
	if y := mustRun(t, pureGo(t), s, nn.Dropout{Rate: 0.9}, false, tensor(x, 2, 2)); !slices.Equal(y, x) {
		t.Errorf("inference gave %v", y)
	}
	step := s.GetVariable("/layer/dropout_step")
	if step == nil || step.Trainable || nn.IsWeight(step) {
		t.Errorf("step variable is %v, must exist, and neither be trainable nor count as a weight", step)
	}
	if key := s.GetVariable("/layer/dropout_key"); key == nil || key.Trainable || nn.IsWeight(key) || !nn.IsKey(key) || nn.IsKey(step) {
		t.Errorf("key variable is %v, must exist, and neither be trainable nor count as a weight", key)
	}
	if got := step.MustValue().Value(); got != uint32(0) {
		t.Errorf("inference moved the step to %v", got)
	}
	s = model.NewStore()
	if y := mustRun(t, pureGo(t), s, nn.Dropout{}, true, tensor(x, 2, 2)); !slices.Equal(y, x) || s.NumVariables() != 0 {
		t.Errorf("rate 0 gave %v and %d variables", y, s.NumVariables())
	}
}

// TestDropoutGradient: what is dropped has no gradient, not even where it is infinite.
func TestDropoutGradient(t *testing.T) {
	exec, err := model.NewExec(pureGo(t), model.NewStore(), func(scope *model.Scope, x *graph.Node) []*graph.Node {
		scope.Store().SetTraining(x.Graph(), true)
		y := nn.Dropout{Rate: 0.5}.Apply(scope.At("layer"), x)
		return append(graph.Gradient(graph.ReduceAllSum(y), x), y)
	})
	if err != nil {
		t.Fatal(err)
	}
	x := ones(32)
	for i := range x {
		x[i] = float32(math.Inf(1))
	}
	outputs, err := exec.Exec(tensor(x, 4, 8))
	if err != nil {
		t.Fatal(err)
	}
	y := floats(t, outputs[1])
	for i, g := range floats(t, outputs[0]) {
		if want := map[bool]float32{true: 0, false: 2}[y[i] == 0]; g != want {
			t.Errorf("gradient %d is %g, want %g", i, g, want)
		}
	}
}
