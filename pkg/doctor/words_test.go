package doctor

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/exchange/torch"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

// programOf is a training of one of the programs that PyTorch exported.
func programOf(t *testing.T, folder string) training.Training {
	m, err := torch.ReadModel(filepath.Join(folder, "model.pt2"))
	require.NoError(t, err)
	data, err := dataset.ReadNPZ(filepath.Join(folder, "data.npz"))
	require.NoError(t, err)
	rule := optim.AdamRule{Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, AsTorch: true}
	c := training.Training{Model: m.Layer, Data: data, Optimizer: optim.Adam(1e-3).WithRule(rule), Loss: loss.MSE{}, Epochs: 10, BatchSize: 8, Seed: 1,
		Start: training.Start{Weights: m.Weights, From: "model.pt2"}, Source: m.Source()}
	c.ValidationSplit = 0.25
	return c
}

// allTreatments are those that rules have for a training, whether something speaks for them or not.
func allTreatments(c training.Training) []Treatment {
	all := []Treatment{
		withRate(c.Optimizer, 0.01), redrawTorch, clipNorm, reluForSquashing, lstmForSimpleRNN, tanhOverTime, batchNormalization, leakyForReLU, standardizeInputs,
		dropNonFinite, shuffleRows, moreEpochs(c.Epochs, 10), widen, withoutRegularization, unfreeze, stopEarly, sparseInputs(0.01), smaller, dropHalf,
	}
	p := &Patient{Training: c, Look: lookAt(c)}
	for _, o := range p.outputs() {
		all = append(all, standardizeTargets(o))
		if h, ok := headOf(c.Model, o.At); ok {
			all = append(all, linearHead(o, h), properHead(o, h, p.lossName, true))
		}
	}
	for _, to := range []nn.Activation{nn.Sigmoid{}, nn.Softmax{}, nil} { // other heads than those that the data ask for
		all = append(all, Treatment{Text: fmt.Sprintf("3 units and %s", activationName(to)), Apply: func(c training.Training) (training.Training, error) {
			var err error
			c.Model, err = withHead(c.Model, 0, 3, to)
			return c, err
		}})
	}
	return all
}

var (
	ofModel = regexp.MustCompile(`\bmodel((?:\.\w+|\[\d+\])+)`)
	index   = regexp.MustCompile(`\[(\d+)\]`)
	ofSelf  = regexp.MustCompile(`\bself\.\w+`)
)

// methods of modules, parameters and what else a program has without being asked.
var methods = []string{"parameters", "modules", "state_dict", "load_state_dict", "reset_parameters", "_reset_parameters", "requires_grad_", "weight", "bias", "abs", "square", "sum", "out_proj"}

// What a treatment tells who wrote a program in PyTorch is lines for that program: it names nothing that isn't there, and
// where the file has the line of an operation that changes, the line is told.
func TestTreatmentsNameWhatAProgramHas(t *testing.T) {
	folders, err := filepath.Glob("../exchange/torch/testdata/programs/*")
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(folders), 9)
	printed := 0
	for _, folder := range folders {
		c := programOf(t, folder)
		there := map[string]bool{}
		lines := map[string]bool{}
		for _, o := range c.Source.Operations {
			there[o.Module] = true
			if o.Known() {
				lines[o.Text] = true
			}
		}
		for _, names := range c.Source.Parameters {
			for _, name := range names {
				there[name] = true
			}
		}
		has := func(path string) bool {
			for known := range there {
				if known == path || strings.HasPrefix(known, path+".") {
					return true
				}
			}
			return false
		}
		for _, treatment := range allTreatments(c) {
			name := filepath.Base(folder) + ": " + treatment.Text
			treated, err := treatment.Apply(c)
			if err != nil {
				continue // it has no such place
			}
			d := training.Compare(c, treated)
			if d.Go == "" {
				require.Empty(t, d.Torch, name)
				continue
			}
			require.NotEmpty(t, d.Torch, name)
			if os.Getenv("SHOW") != "" {
				fmt.Printf("--- %s\n%s\n", name, d.Torch)
			}
			printed++
			for _, line := range strings.Split(d.Torch, "\n") {
				code, _, _ := strings.Cut(line, "  # ")
				if strings.HasPrefix(line, "# ") {
					continue
				}
				for _, m := range ofModel.FindAllStringSubmatch(code, -1) {
					path := strings.TrimPrefix(index.ReplaceAllString(m[1], ".$1"), ".")
					for parts := strings.Split(path, "."); len(parts) > 0 && slices.Contains(methods, parts[len(parts)-1]) && !has(path); path = strings.Join(parts, ".") {
						parts = parts[:len(parts)-1]
					}
					require.True(t, path == "" || has(path), "%s: the program has no %s\n%s", name, path, d.Torch)
				}
				for _, s := range ofSelf.FindAllString(code, -1) {
					require.True(t, slices.ContainsFunc(keys(lines), func(text string) bool { return strings.Contains(text, s) }), "%s: the program has no %s\n%s", name, s, d.Torch)
				}
			}
			before, after := nn.Bare(c.Model).(nn.Graph), nn.Bare(treated.Model).(nn.Graph)
			for _, edit := range nn.TorchEdits(before, after, append([]int{8}, c.Data.X.Shape[1:]...)) {
				o, known := c.Source.Operations[edit.Node]
				if edit.Same || edit.Node == "" || !known {
					continue
				}
				if o.OfModule() {
					require.Contains(t, d.Torch, strings.TrimPrefix(strings.ReplaceAll(index.ReplaceAllString(c.LayerName(edit.Node), "[$1]"), "nn.", ""), "."), name)
				} else if o.Known() {
					require.Contains(t, d.Torch, fmt.Sprintf("%s line %d", o.File, o.Number), "%s: where is it?", name)
				}
			}
		}
	}
	require.Greater(t, printed, 100)
}

func keys(m map[string]bool) (all []string) {
	for k := range m {
		all = append(all, k)
	}
	return all
}

// Keras' words are for who writes Keras.
func TestNoWordsOfKerasForPyTorch(t *testing.T) {
	foreign := regexp.MustCompile(`Keras|Dense|SimpleRNN|glorot|trainable=|from_logits|validation_split`)
	var texts []string
	for _, r := range append(Rules(), noSignalRule) {
		texts = append(texts, r.Doc, r.Source)
	}
	for _, c := range torchCures() {
		texts = append(texts, c.treatment.Text)
	}
	for _, text := range texts {
		require.NotRegexp(t, foreign, inTorch(text))
	}
	for _, w := range torchWords[:len(torchWords)-1] {
		require.NotRegexp(t, foreign, w[1])
	}
}
