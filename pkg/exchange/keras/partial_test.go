package keras

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
	"example.com/unstuck/pkg/training"
)

const (
	own           = `{"module": null, "class_name": "Mine", "config": {"name": "mine"}, "registered_name": "my>Mine"}`
	softmax10     = `{"module": "keras.layers", "class_name": "Dense", "config": {"name": "out", "units": 10, "activation": "softmax"%s}}`
	ownConstraint = `{"class_name": "Mine", "config": {}, "registered_name": "me>Mine"}`
)

func partial(t *testing.T, config string) *training.Partial {
	t.Helper()
	_, err := ReadConfig(strings.NewReader(config))
	var p *training.Partial
	require.ErrorAs(t, err, &p)
	require.Error(t, p.Training.Validate(), "it must not be run")
	return p
}

func paths(p *training.Partial) []string {
	var all []string
	for _, one := range p.Problems {
		all = append(all, one.Path)
	}
	return all
}

// What was understood is handed on, each part whatever became of the others.
func TestPartialHandsOnWhatWasUnderstood(t *testing.T) {
	out := strings.Replace(softmax10, "%s", "", 1)
	p := partial(t, sequential(own+","+out, adam(`, "clipnorm": "x"`)))
	assert.Equal(t, []string{"config.layers[1].registered_name", "compile_config.optimizer.config.clipnorm"}, paths(p))
	assert.Equal(t, nn.Sequential{nn.Unread{Name: "mine", Class: "Mine"}, nn.Dense{Name: "out", Units: 10, Activation: nn.Softmax{}}}, p.Training.Model)
	assert.Equal(t, []int{4}, p.Training.InputShape)
	assert.Equal(t, loss.MSE{}, p.Training.Loss)
	assert.Equal(t, 0.1, p.Training.Optimizer.Rate(0))

	p = partial(t, sequential(out, `{"optimizer": {"module": "keras.optimizers", "class_name": "Mine", "config": {"learning_rate": 0.1}}, "loss": "my_loss", "metrics": ["my_metric"]}`))
	assert.Equal(t, []string{"compile_config.optimizer", "compile_config.loss"}, paths(p))
	assert.Nil(t, p.Training.Loss)
	assert.Nil(t, p.Training.Optimizer.Rule)
	assert.Equal(t, nn.Sequential{nn.Dense{Name: "out", Units: 10, Activation: nn.Softmax{}}}, p.Training.Model)

	p = partial(t, `{"module": "me", "class_name": "MyModel", "config": {"a": 1}, "registered_name": "me>MyModel", "compile_config": `+adam("")+`}`)
	assert.Equal(t, []string{"registered_name"}, paths(p))
	assert.Equal(t, nn.Unread{Class: "MyModel"}, p.Training.Model)
	assert.Equal(t, loss.MSE{}, p.Training.Loss)
	assert.Equal(t, optim.Adam(0.1), p.Training.Optimizer)

	p = partial(t, `{"module": "me", "class_name": "MyModel", "config": {}, "registered_name": "me>MyModel", "compile_config": {"optimizer": "adam", "loss": {"a": "mse", "b": "mse"}}}`)
	assert.Equal(t, []string{"registered_name"}, paths(p), "of outputs that aren't known nothing is wrong")
}

// A layer is still known by what it computes where only its weights' beginning or bounds aren't; and not where more is missing.
func TestPartialLayer(t *testing.T) {
	for settings, known := range map[string]bool{
		`, "kernel_constraint": ` + ownConstraint:                                                    true,
		`, "bias_initializer": {"class_name": "Mine", "config": {}, "registered_name": "me>Mine"}`:   true,
		`, "kernel_regularizer": {"class_name": "Mine", "config": {}, "registered_name": "me>Mine"}`: true,
		`, "quantization_config": {}`:                                                                false,
		`, "units": "ten"`:                                                                           false,
		`, "dtype": "int8"`:                                                                          true,
		`, "kernel_constraint": {}, "use_bias": "y"`:                                                 false,
		`, "activity_regularizer": "l2", "unknown_thing": 2`:                                         false,
	} {
		p := partial(t, sequential(strings.Replace(softmax10, "%s", settings, 1), adam("")))
		l := p.Training.Model.(nn.Sequential)[0]
		heads, err := nn.Heads(p.Training.Model)
		if !known {
			assert.Equal(t, nn.Unread{Name: "out", Class: "Dense"}, l, settings)
			require.NoError(t, err)
			assert.Equal(t, l, heads[0].Layer, "what isn't known isn't taken for something else")
			continue
		}
		require.NoError(t, err, settings)
		assert.Equal(t, nn.Softmax{}, heads[0].Activation(), settings)
		assert.IsType(t, nn.UnreadSettings{}, l, settings)
	}
}

// A functional model keeps its branches around what wasn't understood, and masks that may come out of it accuse nobody.
func TestPartialGraph(t *testing.T) {
	node := func(class, name, settings string, from ...string) string {
		var tensors []string
		for _, f := range from {
			tensors = append(tensors, `{"class_name": "__keras_tensor__", "config": {"shape": [null, 4], "dtype": "float32", "keras_history": ["`+f+`", 0, 0]}}`)
		}
		registered := ""
		if class == "Mine" {
			registered = `, "registered_name": "me>Mine"`
		}
		args := strings.Join(tensors, ",")
		if len(from) > 1 {
			args = "[" + args + "]"
		}
		return `{"module": "keras.layers", "class_name": "` + class + `", "name": "` + name + `", "config": {"name": "` + name + `"` + settings + `}` + registered + `, "inbound_nodes": [{"args": [` + args + `], "kwargs": {}}]}`
	}
	config := `{"module": "keras.src.models.functional", "class_name": "Functional", "config": {"name": "f", "layers": [
		{"class_name": "InputLayer", "name": "in", "config": {"batch_shape": [null, 4], "name": "in"}, "inbound_nodes": []},` +
		node("Mine", "a", "", "in") + "," + node("Dense", "b", `, "units": 4`, "in") + "," + node("Add", "sum", "", "a", "b") + "," +
		node("Dense", "left", `, "units": 1`, "sum") + "," + node("Dense", "right", `, "units": 3, "activation": "softmax"`, "sum") +
		`], "input_layers": [["in", 0, 0]], "output_layers": [["left", 0, 0], ["right", 0, 0]]}, "compile_config": {"optimizer": "adam", "loss": ["mse", "mine"]}}`
	p := partial(t, config)
	assert.Equal(t, []string{"config.layers[1].registered_name", "compile_config.loss[1]"}, paths(p))
	assert.Equal(t, []string{"left", "right"}, nn.OutputNames(p.Training.Model))
	heads, err := nn.Heads(p.Training.Model)
	require.NoError(t, err)
	assert.Equal(t, nn.Softmax{}, heads[1].Activation())
	name, unread := nn.FirstUnread(p.Training.Model)
	assert.True(t, unread)
	assert.Equal(t, `Mine "a"`, name)
}

// The shape that comes out of a model with such a layer in it isn't known, and accuses nobody.
func TestPartialShapes(t *testing.T) {
	nested := `{"module": "keras", "class_name": "Sequential", "config": {"name": "inner", "layers": [` + own + `]}, "registered_name": null}`
	built := `{"module": "keras.layers", "class_name": "Dense", "config": {"name": "d", "units": 1}, "build_config": {"input_shape": [null, 7]}}`
	p := partial(t, sequential(nested+","+built, adam("")))
	assert.Equal(t, []string{"config.layers[1].config.layers[0].registered_name"}, paths(p))
}
