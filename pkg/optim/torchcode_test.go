package optim

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// What is printed is run in PyTorch by pkg/training. These are the simplest, as a reader of a report sees them.
func TestTorchCode(t *testing.T) {
	for _, c := range []struct {
		o         Optimizer
		optimizer string
		update    []string
	}{
		{SGD(0.01), "torch.optim.SGD(model.parameters(), lr=0.01)", nil},
		{SGD(0.1).WithRule(SGDRule{Momentum: 0.9, Nesterov: true}), "torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9, nesterov=True)", nil},
		{Adam(0.001), "torch.optim.Adam(model.parameters(), lr=0.001, eps=1e-07)", nil},
		{Adam(0.001).WithRule(AdamRule{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8}), "torch.optim.Adam(model.parameters(), lr=0.001)", nil},
		{AdamW(0.001), "torch.optim.AdamW(model.parameters(), lr=0.001, eps=1e-07, weight_decay=0.004)", nil},
		{Adagrad(0.1), "torch.optim.Adagrad(model.parameters(), lr=0.1, initial_accumulator_value=0.1000001, eps=0.0)", nil},
		{Adadelta(1), "torch.optim.Adadelta(model.parameters(), lr=1.0, rho=0.95, eps=1e-07)", nil},
		{ASGD(0.1), "torch.optim.ASGD(model.parameters(), lr=0.1)", nil},
		{Rprop(0.1).WithRule(RpropRule{Minus: 0.5, Plus: 1.5, Smallest: 1e-6, Largest: 50}), "torch.optim.Rprop(model.parameters(), lr=0.1, etas=(0.5, 1.5))", nil},
		{TorchAdafactor(0.1).WithWeightDecay(0.2), "torch.optim.Adafactor(model.parameters(), lr=0.1, weight_decay=0.2)", nil},
		{TorchMuon(0.1), "torch.optim.Muon(model.parameters(), lr=0.1)", nil},
		{TorchMuon(0.1).WithWeightDecay(0), "torch.optim.Muon(model.parameters(), lr=0.1, weight_decay=0.0)", nil},
		{Adam(0.1).WithRule(AdamRule{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, Sparse: true}), "torch.optim.SparseAdam(model.parameters(), lr=0.1)", nil},
		{Rprop(0.1).With(Maximize{}), "torch.optim.Rprop(model.parameters(), lr=0.1, maximize=True)", nil},
		{TorchMuon(0.1).With(Maximize{}), "torch.optim.Muon(model.parameters(), lr=0.1)", torchEach("p.grad.neg_()")},
		{Nadam(0.1), "torch.optim.NAdam(model.parameters(), lr=0.1, eps=1e-07, momentum_decay=1.0)", nil},
		{SGD(0.1).With(ClipByGlobalNorm{Max: 2}), "torch.optim.SGD(model.parameters(), lr=0.1)", []string{"torch.nn.utils.clip_grad_norm_(model.parameters(), 2.0)"}},
		{SGD(0.1).With(ClipByValue{2}), "torch.optim.SGD(model.parameters(), lr=0.1)", []string{"torch.nn.utils.clip_grad_value_(model.parameters(), 2.0)"}},
	} {
		code, err := c.o.TorchCode()
		require.NoError(t, err)
		require.Equal(t, TorchCode{
			Before: []string{"optimizer = " + c.optimizer}, Start: []string{"optimizer.zero_grad()"}, Update: append(c.update, "optimizer.step()"),
		}, code, c.o.GoCode())
	}
}

// Every optimizer, schedule and transformation is printed, or an error that names it says why not.
func TestTorchCodeSaysWhyNot(t *testing.T) {
	printed := 0
	for _, c := range classes {
		if _, err := of(c.name, 0.1).TorchCode(); err != nil {
			require.ErrorContains(t, err, c.name)
		} else {
			printed++
		}
	}
	require.Equal(t, 14, printed)
	for word, o := range map[string]Optimizer{
		"Adamax":                Adamax(0.1).WithRule(AdamaxRule{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-3}),
		"optim.AdaptiveClip":    SGD(1).With(AdaptiveClip{}),
		"optim.LossScale":       SGD(1).With(Chain{LossScale{}}),
		"optim.SkipNonFinite":   SGD(1).With(SkipNonFinite{}).WithAccumulation(2),
		"skips steps twice":     SGD(1).With(SkipNonFinite{}, Chain{SkipNonFinite{}}),
		"optim.foreignSchedule": SGD(1).WithSchedule(Warmup{Steps: 1, Then: foreignSchedule{}}),
		"optim.foreign:":        {Rule: foreign{2}},
	} {
		_, err := o.TorchCode()
		require.ErrorContains(t, err, word)
	}
	for _, c := range schedules.Classes() {
		require.Implements(t, (*torchSchedule)(nil), c.Zero())
	}
}

type foreignSchedule struct{}

func (foreignSchedule) At(int) float64 { return 1 }

// Weights that are trained otherwise are PyTorch's parameter groups; those that are frozen are in none.
func TestTorchCodeOfGroups(t *testing.T) {
	at := TorchPlace{Parameters: map[string][]string{
		"/a/kernel": {"model[0].weight"}, "/a/bias": {"model[0].bias"}, "/b/kernel": {"model[2].weight"}, "/b/bias": {"model[2].bias"},
	}, EpochSteps: 5}
	torchAdam := AdamRule{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, AsTorch: true}
	o := AdamW(0.1).WithRule(torchAdam).WithWeightDecay(0.01).WithSchedule(PerEpoch{Steps: 5, Of: Exponential{Initial: 0.1, Steps: 30, Decay: 0.1, Staircase: true}}).
		WithGroups(Group{Weights: []string{"/a/kernel"}, RateFactor: 0.5, Transforms: []Transform{Maximize{}}}, Group{Weights: []string{"/a/bias"}, Frozen: true})
	code, err := o.TorchCodeIn(at)
	require.NoError(t, err)
	require.Equal(t, []string{
		"optimizer = torch.optim.AdamW([",
		"    {'params': [model[0].weight], 'lr': 0.05, 'weight_decay': 0.0, 'maximize': True},",
		"    {'params': [model[2].bias, model[2].weight]},",
		"], lr=0.1)",
		"scheduler = torch.optim.lr_scheduler.StepLR(optimizer, step_size=30)",
	}, code.Before)
	require.Equal(t, []string{"optimizer.step()"}, code.Update)
	require.Equal(t, []string{"scheduler.step()"}, code.Epoch)
	_, err = o.TorchCode()
	require.ErrorContains(t, err, "groups of weights")
	_, err = o.KerasCode()
	require.ErrorContains(t, err, "in Keras there are no groups of weights")
}
