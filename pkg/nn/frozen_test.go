package nn_test

import (
	"slices"
	"testing"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/ml/train"

	"example.com/unstuck/pkg/nn"
)

func TestFrozen(t *testing.T) {
	net := nn.Sequential{
		nn.Dense{Units: 3},
		nn.Frozen{Layer: nn.Sequential{nn.Dense{Units: 2}, nn.BatchNormalization{}}},
		nn.Frozen{Layer: nn.Dense{Units: 4}},
		nn.BatchNormalization{},
	}
	names, err := net.Names()
	if want := []string{"dense", "sequential", "dense_1", "batch_normalization"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("names are %v (%v), want %v", names, err, want)
	}
	store := model.NewStore()
	mustRun(t, pureGo(t), store, net, true, tensor([]float32{1, 2, 3, 5, 8, 13}, 3, 2))
	var trainable []string
	for v := range store.IterVariables() {
		if v.Trainable {
			trainable = append(trainable, v.Path())
		}
	}
	want := []string{"/layer/dense/kernel", "/layer/dense/bias", "/layer/batch_normalization/gamma", "/layer/batch_normalization/beta"}
	if !slices.Equal(trainable, want) {
		t.Errorf("trainable are %v, want %v", trainable, want)
	}
	inside := floats(t, store.GetVariable("/layer/sequential/batch_normalization/moving_variance").MustValue())
	after := floats(t, store.GetVariable("/layer/batch_normalization/moving_variance").MustValue())
	if !slices.Equal(inside, []float32{1, 1}) {
		t.Errorf("the frozen normalization's moving variance moved to %v", inside)
	}
	if slices.Equal(after, []float32{1, 1, 1, 1}) {
		t.Errorf("the normalization behind the frozen layers must move")
	}
}

// TestPenalty: the penalty of each weight with a regularizer is added, but for frozen ones.
func TestPenalty(t *testing.T) {
	dense := nn.Dense{
		Units: 1, KernelInitializer: nn.Constant{Value: -3}, KernelRegularizer: nn.L1L2{L1: 0.1, L2: 0.01},
		BiasRegularizer: nn.L1L2{L1: 0.5},
	}
	for _, c := range []struct {
		layer                nn.Layer
		loss, kernel, biased float32
	}{
		{dense, 2 * (0.1*3 + 0.01*9), -0.1 - 2*0.01*3, 0}, // the slope of |bias| at 0 is 0
		{nn.Frozen{Layer: dense}, 0, 0, 0},
	} {
		exec, err := model.NewExec(pureGo(t), model.NewStore(), func(scope *model.Scope, x *graph.Node) []*graph.Node {
			c.layer.Apply(scope.At("layer"), x)
			loss := train.GetRegularizationLoss(x.Graph())
			if loss == nil {
				loss = graph.ScalarZero(x.Graph(), x.DType())
			}
			value := func(name string) *graph.Node { return scope.At("layer").GetVariable(name).NodeValue(x) }
			return append(graph.Gradient(loss, value("kernel"), value("bias")), loss)
		})
		if err != nil {
			t.Fatal(err)
		}
		outputs, err := exec.Exec(tensor([]float32{1, 2}, 1, 2))
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range [][]float32{{c.kernel, c.kernel}, {c.biased}, {c.loss}} {
			for j, g := range floats(t, outputs[i]) {
				if !near(float64(g), float64(want[j])) {
					t.Errorf("%T: output %d is %g, want %g", c.layer, i, g, want[j])
				}
			}
		}
	}
}

func TestRenamed(t *testing.T) {
	names, err := nn.Sequential{nn.ReLU{}, nn.Renamed{Name: "gate", Layer: nn.Sigmoid{}}, nn.Renamed{Layer: nn.ReLU{}}}.Names()
	if want := []string{"re_lu", "gate", "re_lu_1"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("names are %v (%v), want %v", names, err, want)
	}
}
