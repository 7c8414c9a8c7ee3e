package docs_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/exchange/keras"
	"example.com/unstuck/pkg/loss"
)

var update = flag.Bool("update", false, "write the table of what of Keras is covered anew")

// required are settings without a default, of whatever class.
const required = `"value": 0.5, "initial_learning_rate": 0.1, "decay_steps": 10, "first_decay_steps": 10, "decay_rate": 0.5, "boundaries": [1], "values": [0.1, 0.2], "inner_optimizer": "sgd"`

// covered reports whether a model of Keras with that in it is read, or for a metric whether there is one that is the same.
func covered(t *testing.T, kind, name string) bool {
	t.Helper()
	if kind == "metrics" {
		_, ok := loss.MetricClass(name)
		return ok
	}
	module := kind
	if kind == "schedules" {
		module = "optimizers.schedules"
	}
	object := func(settings string) string {
		return fmt.Sprintf(`{"module": "keras.%s", "class_name": %q, "config": {%s}, "registered_name": null}`, module, name, settings)
	}
	// Settings that a class doesn't know are refused: those it needs are found by trying.
	for _, settings := range settingsToTry() {
		dense, behind, optimizer, loss := `"units": 4`, "", `"sgd"`, `"mse"`
		switch kind {
		case "losses":
			loss = object(settings)
		case "optimizers":
			optimizer = object(settings)
		case "schedules":
			optimizer = `{"module": "keras.optimizers", "class_name": "SGD", "registered_name": null, "config": {"learning_rate": ` + object(settings) + `}}`
		case "activations":
			behind = fmt.Sprintf(`, {"module": "keras.layers", "class_name": "Activation", "registered_name": null, "config": {"name": "a", "activation": %q}}`, name)
		default:
			dense += fmt.Sprintf(`, "kernel_%s": %s`, strings.TrimSuffix(kind, "s"), object(settings))
		}
		config := `{"module": "keras", "class_name": "Sequential", "registered_name": null, "config": {"name": "s", "layers": [
			{"module": "keras.layers", "class_name": "InputLayer", "registered_name": null, "config": {"batch_shape": [null, 4], "name": "in"}},
			{"module": "keras.layers", "class_name": "Dense", "registered_name": null, "config": {"name": "d", ` + dense + `}}` + behind + `]},
			"compile_config": {"optimizer": ` + optimizer + `, "loss": ` + loss + `}}`
		if _, err := keras.ReadConfig(strings.NewReader(config)); err == nil {
			return true
		}
	}
	return false
}

// settingsToTry are no settings, and those that some class requires.
func settingsToTry() []string {
	one := map[string]string{}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal([]byte("{"+required+"}"), &fields); err != nil {
		panic(err)
	}
	for key, value := range fields {
		one[key] = fmt.Sprintf("%q: %s", key, value)
	}
	return []string{
		"", one["value"], one["inner_optimizer"], one["boundaries"] + ", " + one["values"],
		one["initial_learning_rate"] + ", " + one["decay_steps"],
		one["initial_learning_rate"] + ", " + one["first_decay_steps"],
		one["initial_learning_rate"] + ", " + one["decay_steps"] + ", " + one["decay_rate"],
	}
}

// TestCoverageOfKeras holds the table of docs/coming-from-keras.md against all that Keras offers, as
// pkg/exchange/keras/testdata/make_defaults.py found it; -update writes it anew.
func TestCoverageOfKeras(t *testing.T) {
	text, err := os.ReadFile("../pkg/exchange/keras/defaults.json")
	require.NoError(t, err)
	var defaults struct {
		Keras  string
		Public map[string][]string
	}
	require.NoError(t, json.Unmarshal(text, &defaults))
	require.Len(t, defaults.Public, 8)

	var table strings.Builder
	fmt.Fprintf(&table, "Of what Keras %s offers under its public names:\n\n| | covered | not covered |\n| --- | --- | --- |\n", defaults.Keras)
	have, all := 0, 0
	for _, kind := range []string{"losses", "metrics", "optimizers", "schedules", "initializers", "regularizers", "constraints", "activations"} {
		var missing []string
		for _, name := range defaults.Public[kind] {
			if !covered(t, kind, name) {
				missing = append(missing, "`"+name+"`")
			}
		}
		n := len(defaults.Public[kind])
		fmt.Fprintf(&table, "| %s | %d of %d | %s |\n", kind, n-len(missing), n, strings.Join(missing, ", "))
		have, all = have+n-len(missing), all+n
	}
	fmt.Fprintf(&table, "| in all | %d of %d | |\n", have, all)

	compareTable(t, "coming-from-keras.md", table.String(), "CoverageOfKeras")
}
