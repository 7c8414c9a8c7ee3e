package docs_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/exchange/torch"
	"example.com/unstuck/pkg/training"
)

// requiredByTorch are options without a default, of whatever class.
var requiredByTorch = map[string]any{
	"T_max": 10, "T_0": 10, "base_lr": 0.01, "step_size": 3, "gamma": 0.5, "milestones": []int{4}, "max_lr": 0.1,
	"schedulers": []any{map[string]any{"class": "LinearLR"}, map[string]any{"class": "LinearLR"}},
}

// orElse are options of which one of several must be given.
var orElse = map[string]map[string]any{
	"OneCycleLR": {"total_steps": 100, "cycle_momentum": false}, "CyclicLR": {"cycle_momentum": false},
	"LambdaLR": {"factors": [][]float64{{1, 0.5}}}, "MultiplicativeLR": {"factors": [][]float64{{1, 0.5}}}, // functions, followed
}

// coveredOfTorch reports whether a training of PyTorch with that in it is read, whole.
func coveredOfTorch(t *testing.T, kind, class string, required []string) bool {
	t.Helper()
	options := maps.Clone(orElse[class])
	if options == nil {
		options = map[string]any{}
	}
	followed := options["factors"] != nil
	for _, name := range required {
		if !followed {
			options[name] = requiredByTorch[name]
		}
	}
	optimizer := map[string]any{"class": "SGD", "groups": []any{map[string]any{"parameters": []string{"0.weight"}}}}
	description := map[string]any{"format": 1, "framework": "torch", "loss": map[string]any{"class": "MSELoss"}, "optimizer": optimizer}
	switch kind {
	case "losses":
		description["loss"] = map[string]any{"class": class, "options": options}
	case "optimizers":
		optimizer["class"] = class
	case "schedulers":
		if followed {
			class = "own:" + class
		}
		description["scheduler"] = map[string]any{"class": class, "options": options, "every": "step"}
	}
	text, err := json.Marshal(description)
	require.NoError(t, err)
	d, err := torch.ReadDescription(text, torch.Subject{})
	require.NoError(t, err)
	return len(d.Problems) == 0 && !d.IsAssumed(training.ScheduleSetting)
}

// TestCoverageOfTorch holds the table of docs/coming-from-pytorch.md against the losses, optimizers and schedulers that PyTorch
// has, as pkg/exchange/torch/testdata/make_defaults.py found them; -update writes it anew.
func TestCoverageOfTorch(t *testing.T) {
	text, err := os.ReadFile("../pkg/exchange/torch/defaults.json")
	require.NoError(t, err)
	type class struct{ Required []string }
	var defaults struct {
		Torch                          string
		Losses, Optimizers, Schedulers map[string]class
	}
	require.NoError(t, json.Unmarshal(text, &defaults))

	var table strings.Builder
	fmt.Fprintf(&table, "Of the losses, optimizers and schedulers that PyTorch %s has:\n\n| | covered | not covered |\n| --- | --- | --- |\n", defaults.Torch)
	have, all := 0, 0
	for _, kind := range []struct {
		name    string
		classes map[string]class
	}{{"losses", defaults.Losses}, {"optimizers", defaults.Optimizers}, {"schedulers", defaults.Schedulers}} {
		require.NotEmpty(t, kind.classes)
		var missing []string
		for _, name := range slices.Sorted(maps.Keys(kind.classes)) {
			if !coveredOfTorch(t, kind.name, name, kind.classes[name].Required) {
				missing = append(missing, "`"+name+"`")
			}
		}
		n := len(kind.classes)
		fmt.Fprintf(&table, "| %s | %d of %d | %s |\n", kind.name, n-len(missing), n, strings.Join(missing, ", "))
		have, all = have+n-len(missing), all+n
	}
	fmt.Fprintf(&table, "| in all | %d of %d | |\n", have, all)
	compareTable(t, "coming-from-pytorch.md", table.String(), "CoverageOfTorch")
}

// compareTable holds a page's table between its marks against what it must be, or writes it.
func compareTable(t *testing.T, path, table, test string) {
	t.Helper()
	const begin, end = "<!-- coverage: made by a test -->\n", "<!-- end of coverage -->"
	page, err := os.ReadFile(path)
	require.NoError(t, err)
	before, rest, ok := strings.Cut(string(page), begin)
	require.True(t, ok)
	old, after, ok := strings.Cut(rest, end)
	require.True(t, ok)
	if *update {
		require.NoError(t, os.WriteFile(path, []byte(before+begin+table+end+after), 0o644))
		return
	}
	require.Equal(t, table, old, "run go test ./docs -run %s -update", test)
}
