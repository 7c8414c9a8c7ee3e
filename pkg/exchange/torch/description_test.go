package torch

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

const whole = `{
 "format": 1, "framework": "torch", "version": "2.15.0",
 "loss": {"class": "CrossEntropyLoss", "options": {"reduction": "mean", "weight": null, "ignore_index": -100, "label_smoothing": 0.0}},
 "optimizer": {"class": "Adam", "groups": [
  {"parameters": ["0.weight", "0.bias"], "lr": 0.001, "betas": [0.9, 0.999], "eps": 1e-08, "weight_decay": 0, "amsgrad": false, "maximize": false,
   "decoupled_weight_decay": false, "initial_lr": 0.002}]},
 "scheduler": {"class": "StepLR", "options": {"step_size": 30, "gamma": 0.1}, "every": "epoch"},
 "clip_grad_norm": 1.0, "clip_grad_value": null,
 "epochs": 20, "batch_size": 16, "validation_split": 0.25, "shuffle": false, "seed": 9007199254740993,
 "rows": {"kept": 5000, "of": 60000},
 "noted": {"rows": 64, "eval_loss": 0.693, "train_loss": NaN}
}`

// classes3 are rows of class numbers, for three outputs.
func classes3(rows int) Subject {
	return Subject{
		Predictions: [][]int{{2, 3}},
		Targets:     []dataset.Array{{Shape: []int{rows}, Values: make([]float32, rows)}},
		Weights:     map[string][]string{"0.weight": {"/dense/kernel"}, "0.bias": {"/dense/bias"}},
	}
}

func TestReadDescription(t *testing.T) {
	d, err := ReadDescription([]byte(whole), classes3(100))
	require.NoError(t, err)
	require.Empty(t, d.Problems)
	require.Empty(t, d.Assumed)
	require.Empty(t, d.Untrained)
	require.Equal(t, loss.SparseCategoricalCrossentropy{FromLogits: true}, d.Loss)
	require.Equal(t, optim.Adam(0.002).WithRule(optim.AdamRule{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, AsTorch: true}).
		With(optim.ClipByGlobalNorm{Max: 1, AsTorch: true}).
		WithSchedule(optim.PerEpoch{Steps: 5, Of: optim.Exponential{Initial: 0.002, Steps: 30, Decay: 0.1, Staircase: true}}), d.Optimizer)
	require.Equal(t, []any{"2.15.0", 20, 16, 0.25, true, int64(9007199254740993), Rows{5000, 60000}},
		[]any{d.Version, d.Epochs, d.BatchSize, d.ValidationSplit, d.NoShuffle, d.Seed, d.Rows})
	require.Equal(t, 64, d.Noted.Rows)
	require.Equal(t, 0.693, *d.Noted.Eval)
	require.True(t, math.IsNaN(*d.Noted.Train))
}

// What is missing is assumed and said.
func TestWhatIsMissingIsAssumed(t *testing.T) {
	d, err := ReadDescription([]byte(`{"format": 1, "framework": "torch", "loss": {"class": "MSELoss"}}`), Subject{})
	require.NoError(t, err)
	require.Empty(t, d.Problems)
	require.Equal(t, loss.MSE{}, d.Loss)
	require.Zero(t, d.Epochs)
	for _, setting := range []string{training.OptimizerSetting, training.LearningRateSetting, training.BatchSizeSetting, training.ValidationSplitSetting} {
		require.True(t, d.IsAssumed(setting), setting)
	}
	require.Equal(t, 32, d.BatchSize)
}

// with is the whole description with other text in place of some.
func with(old, new string) string {
	if !strings.Contains(whole, old) {
		panic(old)
	}
	return strings.Replace(whole, old, new, 1)
}

// What isn't understood is named by its path; the rest is handed on.
func TestProblemsAreNamed(t *testing.T) {
	const crossEntropy = `"CrossEntropyLoss", "options": {"reduction": "mean", "weight": null, "ignore_index": -100, "label_smoothing": 0.0}`
	for _, c := range []struct{ name, text, want string }{
		{"own loss", with(crossEntropy, `"own:focal"`), `loss.class: the loss "focal" is of your own`},
		{"no such loss", with(crossEntropy, `"CrossLoss"`), `loss.class: torch.nn has no loss "CrossLoss"`},
		{"loss not supported", with(crossEntropy, `"CTCLoss"`), "loss.class: the loss CTCLoss is not supported: it takes the lengths"},
		{"no loss", with(`"loss": {"class": `+crossEntropy+`}`, `"loss": null`), "loss: is missing"},
		{"reduction none", with(`"reduction": "mean"`, `"reduction": "none"`), `loss.options.reduction: "none" gives a loss for each row`},
		{"batchmean", with(`"reduction": "mean"`, `"reduction": "batchmean"`), `loss.options.reduction: "batchmean" is that of KLDivLoss alone`},
		{"weights", with(`"weight": null`, `"weight": [1, 2]`), "loss.options.weight: has 2 numbers for 3 classes"},
		{"negative weight", with(`"weight": null`, `"weight": [1, 2, -1]`), "loss.options.weight: [1 2 -1] has a negative weight"},
		{"no weights", with(`"weight": null`, `"weight": ["a", 2, 1]`), `loss.options.weight: ["a",2,1] is not a list of finite numbers`},
		{"smoothing", with(`"label_smoothing": 0.0`, `"label_smoothing": 2`), "loss.options.label_smoothing: is 2, must be from 0 to 1"},
		{"unknown option", with(`"label_smoothing": 0.0`, `"hardness": 3`), "loss.options.hardness: this option is not known; its value is 3"},
		{"one class", with(crossEntropy, `"MSELoss"`), "loss.options: targets have rows of shape [], predictions of shape [3]"},
		{"optimizer not supported", with(`"Adam"`, `"LBFGS"`), "optimizer.class: the optimizer LBFGS is not supported"},
		{"no such optimizer", with(`"Adam"`, `"Adama"`), `optimizer.class: torch.optim has no optimizer "Adama"`},
		{"no parameter", with(`"0.bias"`, `"1.bias"`), `optimizer.groups[0].parameters[1]: the model has no parameter "1.bias"`},
		{"twice", with(`"0.bias"`, `"0.weight"`), `optimizer.groups[0].parameters[1]: the parameter "0.weight" is in group 0 already`},
		{"rate", with(`"initial_lr": 0.002`, `"initial_lr": -1`), "optimizer.groups[0].initial_lr: is -1, must be at least 0"},
		{"betas", with(`[0.9, 0.999]`, `[0.9, 1]`), "optimizer.groups[0].betas: [0.9 1] must be two numbers from 0 to below 1"},
		{"optimizer's option", with(`"amsgrad": false`, `"warp": 2`), "optimizer.groups[0].warp: this option is not known; its value is 2"},
		{"no groups", with(`"groups": [`, `"groups": [], "was": [`), "optimizer.groups: has no group of parameters"},
		{"own optimizer", with(`"Adam"`, `"own:Waves"`), "optimizer.class: the optimizer Waves is of your own"},
		{"no such scheduler", with(`"StepLR"`, `"StairLR"`), `torch.optim.lr_scheduler has no "StairLR"`},
		{"scheduler's option", with(`"step_size": 30`, `"step_size": 0`), "scheduler.options.step_size: 0 must be a whole number from 1"},
		{"missing option", with(`"step_size": 30, `, ``), "scheduler.options.step_size: is missing"},
		{"every", with(`"every": "epoch"`, `"every": "day"`), `scheduler.every: "day" is neither epoch nor step`},
		{"clip", with(`"clip_grad_norm": 1.0`, `"clip_grad_norm": 0`), "clip_grad_norm: is 0, must be positive"},
		{"epochs", with(`"epochs": 20`, `"epochs": 0`), "epochs: 0 must be a whole number from 1"},
		{"batch", with(`"batch_size": 16`, `"batch_size": 1.5`), "batch_size: 1.5 must be a whole number from 1"},
		{"split", with(`"validation_split": 0.25`, `"validation_split": 1`), "validation_split: is 1: no row is left"},
		{"seed", with(`9007199254740993`, `"a"`), `seed: "a" is not a seed`},
		{"unknown", with(`"epochs": 20`, `"epoch": 20`), "epoch: this option is not known; its value is 20"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := ReadDescription([]byte(c.text), classes3(100))
			require.NoError(t, err)
			require.NotEmpty(t, d.Problems)
			require.ErrorContains(t, d.Problems, c.want)
			require.Equal(t, 5000, d.Rows.Kept, "the rest is handed on")
			if !strings.HasPrefix(c.want, "loss") {
				require.NotNil(t, d.Loss)
			} else {
				require.NotNil(t, d.Optimizer.Rule)
			}
		})
	}
}

// Of several outputs each has its loss and its weight; null and 0 leave one out.
func TestSeveralLosses(t *testing.T) {
	const head = `{"format": 1, "framework": "torch", "losses": `
	of := Subject{Outputs: []string{"kind", "size", "rest"}, Predictions: [][]int{{2, 3}, {2, 1}, {2, 1}},
		Targets: []dataset.Array{{Shape: []int{2}, Values: []float32{0, 2}}, {Shape: []int{2, 1}, Values: []float32{1, 2}}, {Shape: []int{2, 1}, Values: []float32{1, 2}}}}
	d, err := ReadDescription([]byte(head+`[{"class": "CrossEntropyLoss"}, {"class": "MSELoss", "options": {"reduction": "sum"}}, null], "loss_weights": [1, 0.5, 1]}`), of)
	require.NoError(t, err)
	require.Empty(t, d.Problems)
	require.Equal(t, loss.Outputs{
		{Name: "kind", Loss: loss.SparseCategoricalCrossentropy{FromLogits: true}},
		{Name: "size", Loss: loss.Summed{Of: loss.MSE{}, AsTorch: true}, Weight: 0.5}, {Name: "rest"},
	}, d.Loss)
	for want, text := range map[string]string{
		"losses: has 1 entries for the 3 outputs":                          `[null]}`,
		"loss_weights: has 1 entries for 3 losses":                         `[null, null, {"class": "MSELoss"}], "loss_weights": [1]}`,
		"loss_weights[2]: -1 is no weight":                                 `[null, null, {"class": "MSELoss"}], "loss_weights": [1, 1, -1]}`,
		"losses: no output has a loss":                                     `[null, null, null]}`,
		"losses[1]: 3 is not an object":                                    `[null, 3, null]}`,
		`losses[1].class: torch.nn has no loss "Mse"`:                      `[null, {"class": "Mse"}, null]}`,
		"losses[0].options: targets have rows of shape [], predictions of": `[{"class": "MSELoss"}, null, null]}`,
	} {
		d, err := ReadDescription([]byte(head+text), of)
		require.NoError(t, err)
		require.ErrorContains(t, d.Problems, want)
		require.Nil(t, d.Loss)
	}
}

// Without a scheduler that isn't supported the rate stays as it is: that is said, and the rest can be run.
func TestSchedulersThatAreLeftOut(t *testing.T) {
	for class, want := range map[string]string{
		"ReduceLROnPlateau": "learning-rate schedule none, 0.002 throughout, in place of ReduceLROnPlateau, which follows the losses of a training",
		"own:LambdaLR":      "learning-rate schedule none, 0.002 throughout, in place of LambdaLR, which is a function of your own",
		"own:Waves":         "learning-rate schedule none, 0.002 throughout, in place of Waves",
	} {
		d, err := ReadDescription([]byte(with(`"StepLR"`, fmt.Sprintf("%q", class))), classes3(100))
		require.NoError(t, err)
		require.Empty(t, d.Problems)
		require.Nil(t, d.Optimizer.Schedule)
		require.Len(t, d.Assumed, 1)
		require.Equal(t, want, d.Assumed[0].String())
		require.False(t, d.IsAssumed(training.LearningRateSetting), "the rate was given, and may be the cause")
	}
}

// A target of another shape than the prediction is the mistake that PyTorch only warns of where it can compare each with each.
func TestShapesThatPyTorchWouldBroadcast(t *testing.T) {
	const refused = "give the targets the predictions' shape"
	for _, c := range []struct {
		targets, prediction []int
		pairs, other        string // what is wrong where PyTorch compares all pairs, and with other losses
	}{
		{[]int{8}, []int{2, 1}, "", refused},
		{[]int{8, 1}, []int{2}, "", refused},
		{[]int{8, 2}, []int{2, 3}, refused, refused},
		{[]int{8, 1}, []int{2, 1}, "", ""},
		{[]int{8}, []int{2}, "", ""},
	} {
		broadcast := len(c.targets) != len(c.prediction)
		for class, want := range map[string]string{
			"MSELoss": c.pairs, "L1Loss": c.pairs, "SmoothL1Loss": c.pairs, "HuberLoss": c.pairs, "PoissonNLLLoss": c.pairs, "HingeEmbeddingLoss": c.pairs,
			"BCELoss": c.other, "BCEWithLogitsLoss": c.other, "SoftMarginLoss": c.other,
		} {
			size := 1
			for _, n := range c.targets {
				size *= n
			}
			d, err := ReadDescription(fmt.Appendf(nil, `{"format": 1, "framework": "torch", "loss": {"class": %q}}`, class),
				Subject{Predictions: [][]int{c.prediction}, Targets: []dataset.Array{{Shape: c.targets, Values: make([]float32, size)}}})
			require.NoError(t, err)
			if want != "" {
				require.ErrorContains(t, d.Problems, want)
				require.Nil(t, d.Loss)
				continue
			}
			require.Empty(t, d.Problems)
			_, is := d.Loss.(loss.Broadcast)
			require.Equal(t, broadcast, is, class)
		}
	}
}

func TestWhatIsNoDescription(t *testing.T) {
	for want, text := range map[string]string{
		"not JSON":                         `{"format": 1`,
		"the JSON isn't an object":         `[1]`,
		"something follows":                `{"format": 1} {}`,
		"format null: this reads format 1": `{}`,
		"format 2":                         `{"format": 2}`,
		`framework "keras"`:                `{"format": 1, "framework": "keras"}`,
		"more than 1048576 bytes":          `{"format": 1, "x": "` + strings.Repeat("y", MaxDescription) + `"}`,
	} {
		_, err := ReadDescription([]byte(text), Subject{})
		require.ErrorContains(t, err, want)
	}
}

// Whatever stands in the file, reading it ends, and what was read can be used.
func FuzzReadDescription(f *testing.F) {
	f.Add([]byte(whole))
	f.Add([]byte(with(`"StepLR", "options": {"step_size": 30, "gamma": 0.1}`, `"SequentialLR", "options": {"milestones": [3], "schedulers": [{"class": "LinearLR"}, {"class": "ExponentialLR", "options": {"gamma": 0.9}}]}`)))
	f.Add([]byte(with(`{"class": "CrossEntropyLoss"`, `{"class": "BCELoss"`)))
	f.Fuzz(func(t *testing.T, content []byte) {
		d, err := ReadDescription(content, classes3(8))
		if err != nil {
			return
		}
		if d.Optimizer.Rule != nil {
			require.NoError(t, d.Optimizer.Validate())
			_ = d.Optimizer.Rate(1000)
			_ = d.Optimizer.GoCode()
		}
		if v, ok := d.Loss.(interface{ Validate() error }); ok {
			require.NoError(t, v.Validate())
		}
		_, err = json.Marshal(d.Problems)
		require.NoError(t, err)
	})
}

// What is assumed is said by what wrote the description: who called unstuck.watch never called unstuck.save.
func TestAssumedByWhatWasCalled(t *testing.T) {
	for recorded, says := range map[string]string{"false": "unstuck.save ", "true": "unstuck.watch "} {
		d, err := ReadDescription([]byte(`{"format": 1, "framework": "torch", "loss": {"class": "MSELoss", "options": {}}, "recorded": `+recorded+`}`), Subject{})
		require.NoError(t, err)
		for _, setting := range []string{training.BatchSizeSetting, training.ValidationSplitSetting, training.OptimizerSetting} {
			require.True(t, slices.ContainsFunc(d.Assumed, func(a training.Assumption) bool { return a.Setting == setting && strings.HasPrefix(a.Why, says) }), setting)
		}
		require.NotContains(t, fmt.Sprint(d.Problems), "recorded")
	}
}

// Parameters that no group has are told in the order of their layers: 2 ahead of 10.
func TestUntrainedParametersAreInTheLayersOrder(t *testing.T) {
	s := classes3(100)
	for _, name := range []string{"10.weight", "2.weight", "1.weight"} {
		s.Weights[name] = []string{"/" + name}
	}
	d, err := ReadDescription([]byte(whole), s)
	require.NoError(t, err)
	require.Equal(t, []string{"1.weight", "2.weight", "10.weight"}, d.Untrained)
	source := (&Model{Places: map[string][]string{"10.bias": {"/a"}, "2.bias": {"/a"}}}).Source()
	require.Equal(t, []string{"2.bias", "10.bias"}, source.Parameters["/a"])
}
