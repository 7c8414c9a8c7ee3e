package keras

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// Functions of keras.ops between layers give Keras' outputs and gradients; on XLA, where compiling takes most of the
// time, every sixteenth does, or all with UNSTUCK_XLA=all.
func TestOperationsAreKeras(t *testing.T) {
	for i, c := range readRecord[layerRecord](t, "operations").Cases {
		onXLA := !testing.Short() && i%16 == 0 || os.Getenv("UNSTUCK_XLA") == "all"
		t.Run(c.Name, func(t *testing.T) {
			require.Empty(t, c.Error)
			d, err := ReadConfig(strings.NewReader(c.Config))
			require.NoError(t, err)
			for _, name := range []string{backend.Go, backend.XLACPU} {
				if available(name) && (name == backend.Go || onXLA) {
					if why := c.check(open(t, name), d); why != "" {
						t.Errorf("%s: %s", name, why)
					}
				}
			}
		})
	}
}

// Every function that is read is in the record, but for names of the same and what Keras itself can't run on JAX.
func TestEveryOperationIsRecorded(t *testing.T) {
	var all strings.Builder
	for _, c := range readRecord[layerRecord](t, "operations").Cases {
		all.WriteString(c.Config)
	}
	for class := range operations {
		if !slices.Contains([]string{"Divide", "ConvertToTensor", "Dot", "Norm"}, class) && !strings.Contains(all.String(), `"class_name":"`+class+`"`) &&
			!strings.Contains(all.String(), `"class_name": "`+class+`"`) {
			t.Errorf("%s isn't in testdata/make_operations.py", class)
		}
	}
}

const functionalOf = `{"module": "keras", "class_name": "Functional", "config": {"name": "m", "trainable": true, "layers": [
	{"module": "keras.layers", "class_name": "InputLayer", "config": {"batch_shape": [null, 4, 3], "dtype": "float32", "sparse": false, "ragged": false, "name": "x"}, "registered_name": null, "name": "x", "inbound_nodes": []},
	{"module": "keras.src.ops.numpy", "class_name": "CLASS", "config": {"name": "op"CONFIG}, "registered_name": "CLASS", "name": "op", "inbound_nodes": [{"args": [X ARGS], "kwargs": {}}]}],
	"input_layers": [["x", 0, 0]], "output_layers": [["op", 0, 0]]}}`

// What isn't understood of a function is refused with its place and name, and the rest of the model handed on.
func TestOperationsThatAreRefused(t *testing.T) {
	x := `{"class_name": "__keras_tensor__", "config": {"shape": [null, 4, 3], "dtype": "float32", "keras_history": ["x", 0, 0]}}`
	for _, c := range []struct{ class, config, args, word string }{
		{"Nonsense", "", "", "keras.ops of class Nonsense is not supported"},
		{"Mean", `, "axis": null`, "", "takes the batch's rows together"},
		{"Mean", `, "axis": 0`, "", "only axes behind the batch"},
		{"Mean", `, "axis": 3`, "", "only axes behind the batch"},
		{"Mean", `, "axis": "one"`, "", "axis"},
		{"Add", "", `, "1"`, `"1"`},
		{"Add", "", `, [1, [2]]`, "only finite numbers"},
		{"Add", "", `, null`, "null"},
		{"Add", "", "", "1 arguments"},
		{"Transpose", `, "axes": [1, 0, 2]`, "", "moves the batch"},
		{"Transpose", `, "axes": null`, "", "moves the batch"},
		{"Reshape", `, "newshape": [-1, 3]`, "", "more or fewer rows"},
		{"Reshape", `, "newshape": [2, -1]`, "", "only what leaves the batch"},
		{"GetItem", "", ", 0", "Index.At"},
		{"GetItem", "", ", [" + x + "]", "another layer"},
		{"Softmax", `, "axis": 0`, "", "only axes behind the batch"},
		{"Softmax", `, "axis": null`, "", "takes the batch's rows together"},
		{"LogSoftmax", `, "axis": [0, 1]`, "", "only axes behind the batch"},
		{"Glu", `, "axis": 1`, "", "another axis than the last"},
		{"Round", `, "decimals": 2`, "", "decimals"},
		{"NanToNum", `, "nan": 1.0`, "", "nan"},
		{"SoftShrink", `, "threshold": 0.25`, "", "threshold"},
		{"Prod", `, "axis": null`, "", "takes the batch's rows together"},
		{"Tensordot", `, "axes": 2`, ", [[1, 2], [3, 4], [5, 6]]", "over the last axis"},
		{"Tensordot", `, "axes": 1`, ", " + x, "over the last axis"},
		{"Resize", `, "size": [2, 2], "interpolation": "bilinear", "data_format": "channels_last"`, "", "takes images"},
		{"TopK", `, "k": 4, "sorted": true`, "", "TopK.K is 4"},
		{"Diff", `, "n": 2, "axis": 1`, "", "n"},
		{"BroadcastTo", `, "shape": [2, 4, 3]`, "", "BroadcastTo"},
		{"Cast", `, "dtype": "float16"`, "", "float16"},
		{"Clip", `, "x_min": "low", "x_max": 1`, "", "x_min"},
		{"Where", "", ", [1, 2], 0", "only a layer's output and a number"},
		{"Pad", `, "pad_width": [[1, 0], [0, 0], [0, 0]], "mode": "constant"`, "", "leaves the batch alone"},
		{"Split", `, "indices_or_sections": 0, "axis": 1`, "", "indices_or_sections"},
		{"Take", `, "axis": 1`, ", " + x, "only a list of places"},
	} {
		text := strings.NewReplacer("CLASS", c.class, "CONFIG", c.config, "X", x, "ARGS", c.args).Replace(functionalOf)
		d, err := ReadConfig(strings.NewReader(text))
		if err == nil { // what only the shapes show
			_, err = nn.Measure(d.Model, [][]int{{2, 4, 3}}, func(nn.Measured) error { return nil })
			if err == nil || !strings.Contains(err.Error(), c.word) {
				t.Errorf("%s %s: the error is %v, want one with %q", c.class, c.config, err, c.word)
			}
			continue
		}
		var problems training.Problems
		if !errors.As(err, &problems) || !strings.HasPrefix(problems[0].Path, "config.layers") || !strings.Contains(err.Error(), c.word) {
			t.Errorf("%s %s: the error is %v, want one at config.layers[1] with %q", c.class, c.config, err, c.word)
		}
	}
}

// Keras stays in a narrow type of whole numbers, where sums start anew at its end: nothing is computed otherwise without a word.
// A constant with a fraction, and what doesn't leave the type, is read; a cast may have the name that the reader's own would have.
func TestOperationsOnNarrowNumbers(t *testing.T) {
	for _, c := range []struct {
		dtype, class, config, args string
		wraps                      bool
	}{
		{"uint8", "Subtract", "", ", 128", true},
		{"uint8", "Multiply", "", ", 3", true},
		{"int8", "Negative", "", "", true},
		{"int16", "Square", "", "", true},
		{"uint8", "Subtract", "", ", 127.5", false},
		{"uint8", "TrueDivide", "", ", 255", false},
		{"uint8", "Maximum", "", ", 3", false},
		{"int32", "Subtract", "", ", 128", false},
		{"uint8", "Cast", `, "dtype": "float32"`, "", false},
	} {
		x := fmt.Sprintf(`{"class_name": "__keras_tensor__", "config": {"shape": [null, 4, 3], "dtype": %q, "keras_history": ["x", 0, 0]}}`, c.dtype)
		text := strings.NewReplacer(`"dtype": "float32", "sparse"`, fmt.Sprintf(`"dtype": %q, "sparse"`, c.dtype), "CLASS", c.class, "CONFIG", c.config, "X", x, "ARGS", c.args,
			`"op"`, `"cast"`).Replace(functionalOf)
		_, err := ReadConfig(strings.NewReader(text))
		if wraps := err != nil && strings.Contains(err.Error(), "computes in "+c.dtype); wraps != c.wraps || err != nil && !wraps {
			t.Errorf("%s of %s%s: wraps %v, want %v: %v", c.class, c.dtype, c.args, wraps, c.wraps, err)
		}
	}
}
