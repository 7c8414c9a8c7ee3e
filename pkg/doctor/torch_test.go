package doctor

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// torchCure is a stuck training and one of the treatments that its cause has.
type torchCure struct {
	name      string
	cause     Cause
	stuck     training.Training
	treatment Treatment
	runs      bool // it is run in PyTorch, too, and cured there
}

// bent is a healthy training on a sum of bends.
func bent(rows int) training.Training {
	rng := rand.New(rand.NewPCG(1, 2))
	d := dataset.Data{X: dataset.Array{Shape: []int{rows, 3}}, Y: dataset.Array{Shape: []int{rows, 1}}}
	for range rows {
		x := []float32{float32(rng.NormFloat64()), float32(rng.NormFloat64()), float32(rng.NormFloat64())}
		d.X.Values = append(d.X.Values, x...)
		d.Y.Values = append(d.Y.Values, float32(math.Sin(2*float64(x[0])))+x[1]*x[1]/2-x[2])
	}
	return training.Training{
		Model: nn.Sequential{nn.Dense{Units: 24, Activation: nn.ReLU{}}, nn.Dense{Units: 24, Activation: nn.ReLU{}}, nn.Dense{Units: 1}},
		Data:  d, Optimizer: optim.Adam(3e-3), Loss: loss.MSE{}, Epochs: 60, BatchSize: 16, Seed: 1,
	}
}

func broken(change func(*training.Training)) training.Training {
	c := bent(200)
	change(&c)
	return c
}

func deep(d nn.Dense) nn.Layer { return nn.Sequential{d, d, d, d, d, d, nn.Dense{Units: 1}} }

// torchCures are all treatments there are.
func torchCures() []torchCure {
	sequence := broken(func(c *training.Training) {
		c.Data.X.Shape = []int{200, 3, 1}
		c.Model = nn.Sequential{nn.SimpleRNN{Units: 8}, nn.Dense{Units: 1}}
	})
	shifted := broken(func(c *training.Training) {
		for i, v := range c.Data.Y.Values {
			c.Data.Y.Values[i] = 50*v + 1000
		}
		c.Optimizer = optim.SGD(0.02)
	})
	classes := broken(func(c *training.Training) {
		for i, v := range c.Data.Y.Values {
			c.Data.Y.Values[i] = 0
			if v > 0 {
				c.Data.Y.Values[i] = 1
			}
		}
		c.Model, c.Loss = nn.Sequential{nn.Dense{Units: 24, Activation: nn.ReLU{}}, nn.Dense{Units: 1, Activation: nn.Softmax{}}}, loss.BinaryCrossentropy{}
	})
	missed := broken(func(c *training.Training) {
		c.Model = nn.Sequential{nn.Dense{Units: 24, Activation: nn.ReLU{}}, nn.Dense{Units: 1, Activation: nn.Sigmoid{}}}
		for i := range c.Data.Y.Values {
			c.Data.Y.Values[i] = 3*c.Data.Y.Values[i] + 4
		}
	})
	noise := broken(func(c *training.Training) {
		for i := range c.Data.Y.Values {
			c.Data.Y.Values[i] += 1.5 * float32(math.Sin(float64(1000*i)))
		}
		wide := nn.Dense{Units: 64, Activation: nn.ReLU{}}
		c.Model, c.ValidationSplit, c.Epochs = nn.Sequential{wide, wide, nn.Dense{Units: 1}}, 0.4, 300
	})
	first := func(r *Rule, c training.Training) Treatment {
		return r.Suspect(&Patient{Training: c, Look: lookAt(c)}).Treatments[0]
	}
	tooLow := broken(func(c *training.Training) { c.Optimizer = optim.Adam(1e-7) })
	tooHigh := broken(func(c *training.Training) { c.Optimizer = optim.SGD(5) })
	zeros := broken(func(c *training.Training) {
		d := nn.Dense{Units: 16, Activation: nn.Tanh{}, KernelInitializer: nn.Zeros{}}
		c.Model = nn.Sequential{d, nn.Dense{Units: 1, KernelInitializer: nn.Zeros{}}}
	})
	large := broken(func(c *training.Training) {
		c.Data.Y = dataset.Array{Shape: []int{200, 1}, Values: slices.Clone(c.Data.Y.Values)}
		for i, v := range c.Data.Y.Values {
			c.Data.Y.Values[i] = 30 * v
		}
		c.Optimizer = optim.SGD(0.02)
	})
	squashed := broken(func(c *training.Training) {
		c.Model, c.Optimizer = deep(nn.Dense{Units: 24, Activation: nn.Sigmoid{}}), optim.SGD(0.05)
	})
	dead := broken(func(c *training.Training) {
		off := nn.Dense{Units: 24, Activation: nn.ReLU{}, BiasInitializer: nn.Constant{Value: -12}}
		c.Model = nn.Sequential{off, off, nn.Dense{Units: 1}}
	})
	unscaled := broken(func(c *training.Training) {
		for i, v := range c.Data.X.Values {
			c.Data.X.Values[i] = 1e5 * (v + 3)
		}
		c.Optimizer = optim.SGD(0.02)
	})
	few := broken(func(c *training.Training) { c.Epochs, c.Optimizer, c.BatchSize = 3, optim.Adam(1e-3), 32 })
	narrow := broken(func(c *training.Training) {
		c.Model, c.Optimizer = nn.Sequential{nn.Dense{Units: 1, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}, optim.Adam(0.01)
	})
	punished := broken(func(c *training.Training) {
		c.Model = nn.Sequential{nn.Dense{Units: 24, Activation: nn.ReLU{}, KernelRegularizer: nn.L1L2{L2: 20}}, nn.Dropout{Rate: 0.9}, nn.Dense{Units: 1, KernelRegularizer: nn.L1L2{L2: 20}}}
	})
	frozen := broken(func(c *training.Training) {
		c.Model = nn.Sequential{nn.Frozen{Layer: nn.Dense{Units: 1, Activation: nn.ReLU{}}}, nn.Dense{Units: 1}}
	})
	holes := broken(func(c *training.Training) { c.Data.X.Values[7] = float32(math.NaN()) })
	sorted := broken(func(c *training.Training) { c.ValidationSplit = 0.2 })
	inOrder := broken(func(c *training.Training) { c.NoShuffle = true })
	slow := broken(func(c *training.Training) {
		c.Model = nn.Sequential{nn.Dense{Units: 24}, nn.BatchNormalization{Momentum: 0.9999}, nn.ReLU{}, nn.Dense{Units: 1}}
	})
	lopsided := signs()
	lopsided.Model = nn.Sequential{nn.Dense{Units: 24, Activation: nn.ReLU{}}, nn.Dense{Units: 1}}
	lopsided.Loss = loss.BinaryCrossentropy{FromLogits: true}
	inLoss := balanced([]float64{300, 100})
	inLoss.Apply = func(c training.Training) (training.Training, error) {
		c.From = "model.pt2" // where weights are the loss's
		c, err := balanced([]float64{300, 100}).Apply(c)
		c.From = ""
		return c, err
	}
	return []torchCure{
		{"learning rate", LearningRateTooLow, tooLow, withRate(tooLow.Optimizer, 3e-3), true},
		{"lower learning rate", LearningRateTooHigh, tooHigh, withRate(tooHigh.Optimizer, 0.01), true},
		{"default initializers", SymmetricInitialization, zeros, defaultInitializers, true},
		{"clipped gradients", ExplodingGradient, large, clipNorm, true},
		{"ReLU", VanishingGradient, squashed, reluForSquashing, true},
		{"LSTM", VanishingGradient, sequence, lstmForSimpleRNN, false},
		{"batch normalization", VanishingGradient, squashed, batchNormalization, true},
		{"leaky ReLU", DyingReLU, dead, leakyForReLU, false},
		{"default initializers of dead units", DyingReLU, dead, defaultInitializers, true},
		{"standardized inputs", UnscaledInputs, unscaled, standardizeInputs, true},
		{"standardized targets", UnscaledTargets, shifted, first(unscaledTargets, shifted), true},
		{"loss and last layer", LossOutputMismatch, classes, first(lossOutputMismatch, classes), true},
		{"linear last layer", OutputRangeMismatch, missed, first(outputRangeMismatch, missed), true},
		{"epochs", TooFewEpochs, few, moreEpochs(3, 10), true},
		{"units", TooSmallCapacity, narrow, widen, true},
		{"no penalties", OverRegularized, punished, withoutRegularization, true},
		{"nothing frozen", FrozenWeights, frozen, unfreeze, false},
		{"finite rows", NonFiniteData, holes, dropNonFinite, true},
		{"shuffled rows", SortedSplit, sorted, shuffleRows, false},
		{"exact inputs", NumericRange, unscaled, standardizeExactly(true), false},
		{"balanced classes", ClassImbalance, lopsided, inLoss, false},
		{"moving statistics that arrive", BatchStatistics, slow, quickStatistics, false},
		{"shuffled epochs", Oscillating, inOrder, shuffledEpochs, false},
		{"early stopping", Overfitting, noise, stopEarly, true},
		{"sparse inputs", Overfitting, noise, sparseInputs(0.01), true},
		{"fewer units", Overfitting, noise, smaller, false},
		{"dropout", Overfitting, noise, dropHalf, false},
	}
}

// torchRun is a treatment that testdata/make_torch.py runs.
type torchRun struct {
	Name     string       `json:"name"`
	Text     string       `json:"text"` // as the report prints it
	Before   string       `json:"before"`
	After    string       `json:"after"`
	X        [][]*float32 `json:"x"` // a row each; null: NaN
	Y        [][]*float32 `json:"y"`
	Shape    []int        `json:"shape"`    // of x
	Held     int          `json:"held"`     // first row that counts: 0, or the first held out
	Constant []float64    `json:"constant"` // loss of the best constant, before and after
}

func rowsOf(a dataset.Array) [][]*float32 {
	rows := make([][]*float32, a.Rows())
	for i := range rows {
		for _, v := range a.Row(i) {
			if math.IsNaN(float64(v)) {
				rows[i] = append(rows[i], nil)
			} else {
				rows[i] = append(rows[i], &v)
			}
		}
	}
	return rows
}

// Every treatment of every rule says what it changes in PyTorch, in lines of the treated program. Those that are marked were
// run there, stuck and treated, from PyTorch's own initial weights: what they explained is committed. To run them anew:
//
//	TORCH_CURES=/tmp/cures.json go test -run TestTreatmentsInTorch ./pkg/doctor
//	python pkg/doctor/testdata/make_torch.py /tmp/cures.json pkg/doctor/testdata/torch.json
func TestTreatmentsInTorch(t *testing.T) {
	var found struct {
		Cures []struct {
			Name, Text    string
			Before, After []float64 // explained with other seeds; −1 for what isn't a number
		}
	}
	path := os.Getenv("TORCH_CURES")
	if path == "" {
		text, err := os.ReadFile("testdata/torch.json")
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &found))
	}
	seen, cured := map[Cause]bool{NoSignal: true}, 0
	var runs []torchRun
	for _, c := range torchCures() {
		seen[c.cause] = true
		treated, err := c.treatment.Apply(c.stuck)
		require.NoError(t, err, c.name)
		d := training.Compare(c.stuck, treated)
		require.NotEmpty(t, d.Torch, c.name)
		before, err := c.stuck.TorchCode()
		require.NoError(t, err, c.name)
		after, err := treated.TorchCode()
		require.NoError(t, err, c.name)
		for _, line := range strings.Split(d.Torch, "\n") {
			code, remark, _ := strings.Cut(line, "  # instead of ")
			if strings.HasPrefix(line, "# without ") {
				require.Contains(t, before, strings.TrimPrefix(line, "# without "), c.name)
				continue
			}
			code, _, _ = strings.Cut(code, "  # (")
			require.True(t, strings.Contains(after, code) || strings.HasPrefix(code, "# …"), "%s: %s", c.name, line)
			remark, _, _ = strings.Cut(remark, " (")
			require.Contains(t, before, remark, c.name)
		}
		if !c.runs {
			continue
		}
		run := torchRun{Name: c.name, Text: d.Torch, Before: before, After: after, X: rowsOf(c.stuck.Data.X), Y: rowsOf(c.stuck.Data.Y), Shape: c.stuck.Data.X.Shape}
		least, gain := 0.5, 0.25
		if c.cause == Overfitting {
			run.Held, least, gain = c.stuck.TrainRows(), 0.3, 0.1
		}
		for _, of := range []training.Training{c.stuck, treated} {
			y := of.Data.Range(run.Held, of.Data.Rows()).Y
			constant, err := loss.BestConstant(of.Loss, y.Values, y.Shape, nil)
			require.NoError(t, err, c.name)
			run.Constant = append(run.Constant, constant)
		}
		runs = append(runs, run)
		for _, r := range found.Cures {
			if r.Name != c.name {
				continue
			}
			require.Equal(t, r.Text, d.Torch, "%s: it is printed otherwise than it was run in PyTorch", c.name)
			require.Len(t, r.After, 3)
			for i := range r.After {
				require.Greater(t, r.After[i], least, c.name)
				require.Greater(t, r.After[i]-r.Before[i], gain, c.name)
			}
			cured++
		}
	}
	for _, r := range Rules() {
		require.True(t, seen[r.Cause], "no treatment of %s was printed in PyTorch", r.Cause)
	}
	if path != "" {
		text, err := json.Marshal(runs)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, text, 0o666))
		return
	}
	require.Equal(t, len(runs), cured, "run testdata/make_torch.py")
}
