package doctor_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// partly is a training of which a reader didn't understand a hidden layer.
func partly(t training.Training) *training.Partial {
	t.Model = nn.Sequential{t.Model.(nn.Sequential)[0], nn.Unread{Name: "mine", Class: "Mine"}, t.Model.(nn.Sequential)[2]}
	return &training.Partial{Problems: training.Problems{{Path: "config.layers[1]", Text: "is mine"}}, Training: t}
}

func examinePartial(t *testing.T, p *training.Partial) *doctor.Report {
	t.Helper()
	r, err := doctor.ExaminePartial(context.Background(), p)
	require.NoError(t, err)
	require.NotEqual(t, doctor.Healthy, r.Cause, "which nobody knows")
	require.Nil(t, r.Before)
	require.Empty(t, r.Attempts)
	for _, f := range r.Findings {
		require.False(t, f.Verified)
		require.NotEqual(t, doctor.Proved, f.Certainty())
	}
	return r
}

// Of a model that was saved without being compiled the verdict is what to do about it, and no word of what isn't understood.
func TestNotCompiled(t *testing.T) {
	c := sines(t)
	c.Loss, c.Optimizer = nil, optim.Optimizer{}
	p := &training.Partial{Problems: training.Problems{training.NotCompiled}, Training: c}
	verdict := examinePartial(t, p).Verdict()
	require.Equal(t, "undecided: the model was saved without a loss and an optimizer, so nothing can be trained or tried: save the model after model.compile(optimizer, loss).", verdict)

	scale(c.Data.X, 1000)
	verdict = examinePartial(t, p).Verdict()
	require.Contains(t, verdict, "unscaled-inputs, not proved: ", "what the data show is told first")
	require.Contains(t, verdict, "save the model after model.compile(optimizer, loss).")
	require.NotContains(t, verdict, "understood")

	p.Problems = append(p.Problems, training.Problem{Path: "config.layers[1]", Text: "is mine"})
	require.Contains(t, examinePartial(t, p).Verdict(), "2 places of the files were not understood")
}

// What description and data alone show is named although a layer isn't known, each fault by its cause.
func TestPartialFaults(t *testing.T) {
	for cause, change := range map[doctor.Cause]func(*training.Training){
		doctor.NonFiniteData:       func(c *training.Training) { c.Data.X.Values[7] = float32(math.NaN()) },
		doctor.LossOutputMismatch:  func(c *training.Training) { c.Loss = loss.BinaryCrossentropy{} },
		doctor.OutputRangeMismatch: func(c *training.Training) { c.Model = withHead(c.Model, nn.Sigmoid{}) },
		doctor.LearningRateTooLow:  func(c *training.Training) { c.Optimizer = optim.Adam(1e-8) },
		doctor.LearningRateTooHigh: func(c *training.Training) { c.Optimizer = optim.SGD(50) },
		doctor.UnscaledInputs:      func(c *training.Training) { scale(c.Data.X, 1000) },
		doctor.UnscaledTargets:     func(c *training.Training) { scale(c.Data.Y, 1000) },
		doctor.NumericRange:        func(c *training.Training) { scale(c.Data.X, 3000); add(c.Data.X.Values, 3e9) },
		doctor.OverRegularized: func(c *training.Training) {
			c.Model.(nn.Sequential)[0] = nn.Dense{Units: 16, KernelRegularizer: nn.L1L2{L2: 20}}
		},
		doctor.FrozenWeights: func(c *training.Training) {
			m := c.Model.(nn.Sequential)
			m[0], m[2] = nn.Frozen{Layer: m[0]}, nn.Frozen{Layer: m[2]}
		},
		doctor.SymmetricInitialization: func(c *training.Training) {
			c.Model.(nn.Sequential)[0] = nn.Dense{Units: 16, KernelInitializer: nn.Zeros{}}
		},
		doctor.ExplodingGradient: func(c *training.Training) {
			c.Model.(nn.Sequential)[0] = nn.Dense{Units: 16, KernelInitializer: nn.RandomNormal{StdDev: 3}}
		},
		doctor.VanishingGradient: func(c *training.Training) {
			d := nn.Dense{Units: 16, Activation: nn.Sigmoid{}}
			c.Model.(nn.Sequential)[0] = nn.Sequential{d, d, d, d, d}
		},
	} {
		t.Run(string(cause), func(t *testing.T) {
			c := sines(t)
			change(&c)
			r := examinePartial(t, partly(c))
			require.Equal(t, cause, r.Cause, r.Verdict())
			require.Contains(t, r.Verdict(), string(cause)+", not proved: ")
			require.Contains(t, r.Verdict(), "nothing was trained or tried")
			require.Contains(t, r.Verdict(), `model.save("model.keras")`, "what to do next")
			require.NotEmpty(t, r.Findings[0].Treatment.Text)
			require.NotEmpty(t, r.Findings[0].Treatment.Keras, "what the treatment changes")
		})
	}
}

// A part that isn't known is no reason to accuse the others: of a healthy training without any of its parts nothing is
// found, nor of one where the part that isn't known may be what makes it healthy.
func TestPartialAccusesNobody(t *testing.T) {
	healthy := map[string]func(*training.Partial){
		"a hidden layer": func(*training.Partial) {},
		"the model":      func(p *training.Partial) { p.Training.Model = nn.Unread{Class: "MyModel"} },
		"the loss":       func(p *training.Partial) { p.Training.Loss = nil },
		"the optimizer":  func(p *training.Partial) { p.Training.Optimizer = optim.Optimizer{} },
		"all": func(p *training.Partial) {
			p.Training = training.Training{Model: nn.Unread{}, Data: p.Training.Data}
		},
		"a loss that may take the sigmoid's class numbers": func(p *training.Partial) {
			p.Training.Loss, p.Training.Model = nil, withHead(p.Training.Model, nn.Sigmoid{})
		},
		"a head behind which the range may change": func(p *training.Partial) {
			p.Training.Model = append(withHead(p.Training.Model, nn.Sigmoid{}), nn.Unread{})
		},
		"a head that may have an activation": func(p *training.Partial) {
			p.Training.Loss = loss.BinaryCrossentropy{}
			p.Training.Data.Y = dataset.Array{Shape: p.Training.Data.Y.Shape, Values: make([]float32, len(p.Training.Data.Y.Values))}
			p.Training.Model.(nn.Sequential)[2] = nn.Unread{}
		},
		"a frozen base under a part that wasn't read": func(p *training.Partial) {
			m := p.Training.Model.(nn.Sequential)
			m[0] = nn.Frozen{Layer: m[0]}
		},
		"a last layer that starts from 0": func(p *training.Partial) {
			p.Training.Model.(nn.Sequential)[2] = nn.Dense{Units: 1, KernelInitializer: nn.Zeros{}}
		},
		"a light penalty and dropout": func(p *training.Partial) {
			p.Training.Model.(nn.Sequential)[0] = nn.Sequential{nn.Dense{Units: 16, KernelRegularizer: nn.L1L2{L2: 1e-4}}, nn.Dropout{Rate: 0.5}}
		},
		"a first layer that may scale the inputs": func(p *training.Partial) {
			scale(p.Training.Data.X, 1000)
			p.Training.Model.(nn.Sequential)[0] = nn.Unread{}
		},
		"a first layer that normalizes": func(p *training.Partial) {
			scale(p.Training.Data.X, 1000)
			p.Training.Model = append(nn.Sequential{nn.LayerNormalization{}}, p.Training.Model.(nn.Sequential)...)
		},
		"a first layer that rescales": func(p *training.Partial) {
			scale(p.Training.Data.X, 1000)
			p.Training.Model = append(nn.Sequential{nn.Rescaling{Scale: 1e-3}}, p.Training.Model.(nn.Sequential)...)
		},
		"a last layer that rescales": func(p *training.Partial) {
			scale(p.Training.Data.Y, 1000)
			p.Training.Model = append(p.Training.Model.(nn.Sequential), nn.Rescaling{Scale: 1e3})
		},
		"a rate that warms up from 0": func(p *training.Partial) {
			p.Training.Epochs = 50
			p.Training.Optimizer = optim.Adam(0).WithSchedule(optim.Piecewise{Boundaries: []int{20}, Rates: []float64{0, 1e-3}})
		},
		"one of several branches that may": func(p *training.Partial) {
			scale(p.Training.Data.X, 1000)
			p.Training.Data.MoreX = []dataset.Array{p.Training.Data.X}
			p.Training.Model = nn.Graph{Inputs: []nn.Input{{Name: "a"}, {Name: "b"}}, Nodes: []nn.Node{
				{Name: "d", Layer: nn.Dense{Units: 3}, From: []string{"a"}}, {Name: "u", Layer: nn.Unread{}, From: []string{"b"}},
				{Name: "s", Layer: nn.Add{}, From: []string{"d", "u"}}, {Name: "o", Layer: nn.Dense{Units: 1}, From: []string{"s"}}}, Outputs: []string{"o"}}
		},
	}
	for name, change := range healthy {
		t.Run(name, func(t *testing.T) {
			p := partly(sines(t))
			change(p)
			r := examinePartial(t, p)
			require.Equal(t, doctor.Undecided, r.Cause, r.Verdict())
			require.Empty(t, r.Findings)
		})
	}
}

func TestPartialRefuses(t *testing.T) {
	for says, change := range map[string]func(*training.Partial){
		"nothing was left unread": func(p *training.Partial) { p.Problems = nil },
		"no model":                func(p *training.Partial) { p.Training.Model = nil },
		"validation split 2":      func(p *training.Partial) { p.Training.ValidationSplit = 2 },
		"the model takes rows":    func(p *training.Partial) { p.Training.InputShape = []int{7} },
		"the model has 1 inputs":  func(p *training.Partial) { p.Training.Data.MoreX = []dataset.Array{p.Training.Data.X} },
		"no rows":                 func(p *training.Partial) { p.Training.Data = dataset.Data{} },
	} {
		p := partly(sines(t))
		change(p)
		_, err := doctor.ExaminePartial(context.Background(), p)
		require.ErrorContains(t, err, says)
	}
	cancelled, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := doctor.ExaminePartial(cancelled, partly(sines(t)))
	require.ErrorIs(t, err, context.Canceled)
	_, err = doctor.Examine(context.Background(), partly(sines(t)).Training, doctor.Options{})
	require.ErrorContains(t, err, `Mine "mine"`)
}

func TestPartialJSON(t *testing.T) {
	data, err := json.Marshal(examinePartial(t, partly(sines(t))))
	require.NoError(t, err)
	require.Contains(t, string(data), `"unread":[{"path":"config.layers[1]","text":"is mine"}]`)
}

func withHead(model nn.Layer, a nn.Activation) nn.Sequential {
	s := append(nn.Sequential{}, model.(nn.Sequential)...)
	s[2] = nn.WithActivation(s[2], a)
	return s
}

func scale(a dataset.Array, by float32) {
	for i := range a.Values {
		a.Values[i] *= by
	}
}

// A folder with a layer of one's own still tells that its rate is far off.
func ExampleExaminePartial() {
	d, err := dataset.Random(100, []int{2}, []int{1}, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := doctor.ExaminePartial(context.Background(), &training.Partial{
		Problems: training.Problems{{Path: "config.layers[0]", Text: `layers of class Mine are not supported`}},
		Training: training.Training{Model: nn.Sequential{nn.Unread{Class: "Mine"}, nn.Dense{Units: 1}}, Data: d, Optimizer: optim.Adam(1e-9), Loss: loss.MSE{}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Unread)
	fmt.Println(r.Cause, r.Findings[0].Verified)
	// Output:
	// config.layers[0]: layers of class Mine are not supported
	// learning-rate-too-low false
}
