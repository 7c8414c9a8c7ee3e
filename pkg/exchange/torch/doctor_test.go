package torch_test

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/exchange/torch"
	"example.com/unstuck/pkg/nn"
)

// threeRings are rows of two numbers in three classes, by their distance from 0.
func threeRings(rows int) dataset.Data {
	rng := rand.New(rand.NewPCG(5, 6))
	d := dataset.Data{X: dataset.Array{Shape: []int{rows, 2}}, Y: dataset.Array{Shape: []int{rows}}}
	for range rows {
		x, y := rng.NormFloat64(), rng.NormFloat64()
		class := 0
		for _, edge := range []float64{0.8, 2} {
			if x*x+y*y > edge {
				class++
			}
		}
		d.X.Values = append(d.X.Values, float32(x), float32(y))
		d.Y.Values = append(d.Y.Values, float32(class))
	}
	return d
}

var weights = map[string][]string{
	"0.weight": {"/dense/kernel"}, "0.bias": {"/dense/bias"}, "2.weight": {"/dense_1/kernel"}, "2.bias": {"/dense_1/bias"},
}

const healthyAdam = `{"class": "Adam", "groups": [{"parameters": ["0.weight", "0.bias", "2.weight", "2.bias"], "lr": 0.01}]}`

// A training of PyTorch's with a fault is diagnosed as one of Keras' is, and what its treatment prints is PyTorch's.
func TestTrainingsOfPyTorchAreDiagnosed(t *testing.T) {
	const plain = `{"class": "CrossEntropyLoss"}`
	for _, c := range []struct {
		name, loss, optimizer, more string
		cause                       doctor.Cause
		torch                       string // what the treatment's PyTorch text holds
	}{
		{"rate too low", plain, `{"class": "Adam", "groups": [{"parameters": ["0.weight", "0.bias", "2.weight", "2.bias"], "lr": 1e-7}]}`, "",
			doctor.LearningRateTooLow, "optimizer = torch.optim.Adam(model.parameters(), lr=0.003)  # instead of torch.optim.Adam(model.parameters(), lr=1e-07)"},
		{"rate too low, scheduled", plain, `{"class": "SGD", "groups": [{"parameters": ["0.weight", "0.bias", "2.weight", "2.bias"], "lr": 1e-6, "momentum": 0.9}]}`,
			`, "scheduler": {"class": "StepLR", "options": {"step_size": 50}, "every": "epoch"}`,
			doctor.LearningRateTooLow, "optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)"},
		{"weighted, rate too low", `{"class": "CrossEntropyLoss", "options": {"weight": [1, 2, 3], "label_smoothing": 0.05}}`,
			`{"class": "AdamW", "groups": [{"parameters": ["0.weight", "0.bias", "2.weight", "2.bias"], "lr": 1e-7}]}`, "",
			doctor.LearningRateTooLow, "optimizer = torch.optim.AdamW(model.parameters(), lr=0.003)"},
		{"summed, rate too high", `{"class": "CrossEntropyLoss", "options": {"reduction": "sum"}}`,
			`{"class": "SGD", "groups": [{"parameters": ["0.weight", "0.bias", "2.weight", "2.bias"], "lr": 30}]}`, "",
			doctor.LearningRateTooHigh, "optimizer = torch.optim.SGD(model.parameters(), lr="},
		{"coupled decay", plain, `{"class": "Adam", "groups": [{"parameters": ["0.weight", "0.bias", "2.weight", "2.bias"], "lr": 0.01, "weight_decay": 1}]}`, "",
			doctor.OverRegularized, "optimizer = torch.optim.Adam(model.parameters(), lr=0.01)  # instead of torch.optim.Adam(model.parameters(), lr=0.01, weight_decay=1.0)"},
		{"parameters of another model", plain, `{"class": "Adam", "groups": [{"parameters": [], "lr": 0.01}], "foreign": 4}`, "",
			doctor.FrozenWeights, "optimizer = torch.optim.Adam(model.parameters(), lr=0.01)"},
		{"healthy", plain, healthyAdam, "", doctor.Healthy, ""},
		{"healthy logarithms", `{"class": "NLLLoss"}`, healthyAdam, "", doctor.Healthy, ""},
		{"healthy, some ignored", plain, healthyAdam, "", doctor.Healthy, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			data := threeRings(240)
			model := nn.Sequential{nn.Dense{Units: 24, Activation: nn.ReLU{}}, nn.Dense{Units: 3}}
			switch c.name {
			case "healthy logarithms":
				model[1] = nn.Dense{Units: 3, Activation: nn.LogSoftmax{}}
			case "healthy, some ignored":
				for i := 0; i < len(data.Y.Values); i += 10 {
					data.Y.Values[i] = -100
				}
			}
			d, err := torch.ReadDescription([]byte(`{"format": 1, "framework": "torch", "epochs": 60, "batch_size": 16, "validation_split": 0, "seed": 3,
				"loss": `+c.loss+`, "optimizer": `+c.optimizer+c.more+`}`),
				torch.Subject{Predictions: [][]int{{16, 3}}, Targets: []dataset.Array{data.Y}, Weights: weights})
			require.NoError(t, err)
			require.Empty(t, d.Problems)
			tr := d.Training
			tr.Data, tr.Model = data, model
			report, err := doctor.Examine(context.Background(), tr, doctor.Options{})
			require.NoError(t, err)
			require.Equal(t, c.cause, report.Cause, report.Verdict())
			if c.torch != "" {
				require.Contains(t, report.Findings[0].Treatment.Torch, c.torch)
			}
		})
	}
}

// Targets [n] beside predictions [n, 1] are trained as PyTorch does it, and it is proved that their shapes are the cause.
func TestTargetsThatAreBroadcast(t *testing.T) {
	rings := threeRings(200)
	for _, c := range []struct {
		targets     []int
		predictions []int
		model       nn.Sequential
		scale       float32
		torch       string
	}{
		{[]int{200}, []int{20, 1}, nn.Sequential{nn.Dense{Units: 24, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, 1, ".unsqueeze(-1)"},
		{[]int{200, 1}, []int{20}, nn.Sequential{nn.Dense{Units: 24, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, 1, ""},
		{[]int{200}, []int{20, 1}, nn.Sequential{nn.Dense{Units: 24, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, 1e5, ".unsqueeze(-1)"},
	} {
		y := dataset.Array{Shape: c.targets}
		for _, v := range rings.Y.Values {
			y.Values = append(y.Values, c.scale*v)
		}
		d, err := torch.ReadDescription([]byte(`{"format": 1, "framework": "torch", "epochs": 60, "batch_size": 20, "validation_split": 0, "seed": 3,
			"loss": {"class": "MSELoss"}, "optimizer": `+healthyAdam+`}`), torch.Subject{Predictions: [][]int{c.predictions}, Targets: []dataset.Array{y}, Weights: weights})
		require.NoError(t, err)
		require.Empty(t, d.Problems)
		tr := d.Training
		tr.Model, tr.Data = c.model, dataset.Data{X: rings.X, Y: y}
		report, err := doctor.Examine(context.Background(), tr, doctor.Options{})
		require.NoError(t, err)
		require.Equal(t, doctor.LossOutputMismatch, report.Cause, report.Verdict())
		require.True(t, report.Findings[0].Verified, report.Verdict())
		require.Contains(t, report.Findings[0].Evidence(), "n × n")
		require.Contains(t, report.Findings[0].Treatment.Torch, c.torch)
		require.Less(t, report.ExplainedBefore(), 0.05)
	}
}
