package doctor

import (
	"context"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// patients are examined trainings of many kinds, as far as rules are asked.
func patients(t *testing.T) []*Patient {
	t.Helper()
	rows := func(shape ...int) dataset.Data {
		d, err := dataset.Random(80, shape, []int{1}, 1)
		require.NoError(t, err)
		return d
	}
	rng := rand.New(rand.NewPCG(1, 2))
	var all []*Patient
	add := func(model nn.Layer, d dataset.Data, o optim.Optimizer) {
		c := training.Training{Model: model, Data: d, Optimizer: o, Loss: loss.MSE{}, Epochs: 4, BatchSize: 16, ValidationSplit: 0.2}
		p := &Patient{Training: c, Look: lookAt(c)}
		r := &runner{backend: pureGo()}
		var err error
		p.Before, err = r.run(context.Background(), c)
		require.NoError(t, err)
		p.first, err = r.gauge(context.Background(), c)
		require.NoError(t, err)
		all = append(all, p)
	}
	add(nn.Sequential{nn.Dense{Units: 4, Activation: nn.ReLU{}, BiasInitializer: nn.Constant{Value: -99}}, nn.Dense{Units: 1}}, rows(3), optim.SGD(0.1))
	add(nn.Sequential{nn.Dense{Units: 8, Activation: nn.Sigmoid{}, KernelInitializer: nn.RandomNormal{StdDev: 1e-4}}, nn.Dense{Units: 1}}, rows(3), optim.Adam(1e-3))
	add(nn.Sequential{nn.Dense{Units: 8, Activation: nn.Tanh{}, KernelInitializer: nn.RandomNormal{StdDev: 99}}, nn.Dense{Units: 1}}, rows(3), optim.Adam(1e-3))
	add(nn.Sequential{nn.Dense{Units: 8, Activation: nn.Tanh{}, KernelInitializer: nn.Zeros{}}, nn.Dense{Units: 1}}, rows(3), optim.Adam(1e-3))
	add(nn.Sequential{nn.SimpleRNN{Units: 8}, nn.Dense{Units: 1}}, rows(5, 2), optim.SGD(0.1))
	add(nn.Sequential{nn.Dense{Units: 8, KernelRegularizer: nn.L1L2{L2: 1}}, nn.Dropout{Rate: 0.5}, nn.Frozen{Layer: nn.Dense{Units: 1}}}, rows(3), optim.SGD(10))
	for range 6 {
		_, wrapped := randomNet(rng)
		add(append(wrapped, nn.Dense{Units: 1}), rows(3), optim.SGD(0.01))
	}
	return all
}

// A rule declares what it reads: no more, or it would be asked before it can be answered, and no less.
func TestRulesDeclareWhatTheyRead(t *testing.T) {
	all := patients(t)
	for _, r := range Rules() {
		if r.Suspect == nil {
			continue
		}
		declared := slices.Concat(r.Requires, r.Uses)
		read := map[*Measurement]bool{}
		for _, p := range all {
			p.reads = func(m *Measurement) {
				read[m] = true
				require.Contains(t, declared, m, "%s reads %q (%s) without declaring it", r.Cause, m.Name, m.Stage)
			}
			r.suspect(p)
			p.reads = nil
		}
		for _, m := range declared {
			require.True(t, read[m], "%s declares %q and never reads it", r.Cause, m.Name)
		}
	}
}

// Before a stage is reached no rule asks for what comes of it, and what is measured once isn't measured again.
func TestStages(t *testing.T) {
	for _, p := range patients(t) {
		bare := &Patient{Training: p.Training, Look: p.Look}
		for _, r := range rules {
			r.suspect(bare) // must not read a nil outcome
		}
		require.Nil(t, overfitting.suspect(bare))
		require.Nil(t, symmetricInitialization.suspect(bare))
	}
	taken := 0
	count := measure("count", FromRun, func(*Patient) int { taken++; return taken })
	p := &Patient{}
	require.Equal(t, 0, count.of(p), "not there yet")
	p.become(training.Training{}, &Outcome{}, nil)
	require.Equal(t, 1, count.of(p))
	require.Equal(t, 1, count.of(p))
	p.become(training.Training{}, &Outcome{}, nil)
	require.Equal(t, 2, count.of(p), "another run is measured anew")
}

// What is as usual is no evidence.
func TestEvidenceSpeaksForTheCause(t *testing.T) {
	f := Finding{Verified: true, Symptoms: []Symptom{{Text: "usual", Usual: true}, {Text: "odd"}}}
	require.Equal(t, "odd", f.Evidence())
	f.Symptoms = f.Symptoms[:1]
	require.NotContains(t, f.Evidence(), "usual")
	for _, p := range patients(t) {
		for _, r := range rules {
			s := r.suspect(p)
			if s == nil || s.Strength == Possible {
				continue
			}
			require.True(t, slices.ContainsFunc(s.Symptoms, func(s Symptom) bool { return !s.Usual }), "%s is %s and shows nothing unusual: %+v", r.Cause, s.Strength, s.Symptoms)
		}
	}
}
