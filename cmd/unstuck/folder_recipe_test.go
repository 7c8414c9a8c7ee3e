//go:build unix

package main

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// recipe makes choices from the bytes of a fuzzer: 0 once they are used up.
type recipe []byte

func (r *recipe) byte() byte {
	if len(*r) == 0 {
		return 0
	}
	b := (*r)[0]
	*r = (*r)[1:]
	return b
}

// pick chooses among usual things, and in one of eight cases among odd ones.
func pick[T any](r *recipe, usual []T, odd ...T) T {
	b := int(r.byte())
	if b >= 224 && len(odd) > 0 {
		return odd[(b-224)%len(odd)]
	}
	return usual[b%len(usual)]
}

// some is pick among values of any types.
func some(r *recipe, usual []any, odd ...any) any { return pick(r, usual, odd...) }

// folder is what the command is let loose on.
type folder struct {
	dir      string
	args     []string
	deadline time.Duration
}

type object = map[string]any

// cook writes a folder. What config, data and settings hold is taken as it is; where one is empty, the recipe makes one.
func cook(t *testing.T, choices []byte, config, data, settings string) folder {
	r := recipe(choices)
	f := folder{dir: t.TempDir()}
	command := pick(&r, []string{"diagnose", "fit"})
	f.deadline = pick(&r, []time.Duration{200 * time.Millisecond}, time.Second, 3*time.Second, time.Millisecond)
	keras := pick(&r, []bool{false}, true)
	form := pick(&r, []string{".csv", ".npz"})
	lie := [3]byte{r.byte(), r.byte(), r.byte()}
	f.args = []string{command, "--memory", memoryFlag}
	if command == "diagnose" {
		f.args = append(f.args, pick(&r, [][]string{{"-q"}, {"--json"}, {}},
			[]string{"--html", filepath.Join(f.dir, "report.html"), "--markdown", filepath.Join(f.dir, "report.md")})...)
	} else {
		f.args = append(f.args, "--backend", "go")
	}
	if target := pick(&r, []string{""}, "a", "b,c", "nowhere", ","); target != "" && form == ".csv" {
		f.args = append(f.args, "--target", target)
	}
	f.args = append(f.args, f.dir)

	s := newShapes(&r)
	if form == ".csv" && len(s.row) > 1 && r.byte() < 224 { // one axis is what its rows have
		s.row = []int{max(1, s.row[0])}
	}
	if form == ".csv" && r.byte() < 224 { // the last column is the target
		s.outputs = 1
	}
	if made := s.model(&r); config == "" {
		config = made
	}
	if made := s.fit(&r); settings == "" {
		settings = made
	}
	if data == "" {
		if form == ".csv" {
			data = s.csv(&r)
		} else {
			data = s.npz(t, &r)
		}
	}
	modelName := "config.json"
	if keras {
		modelName, config = "model.keras", string(zipped(t, object{"metadata.json": `{"keras_version": "3.10.0"}`, "config.json": config, "model.weights.h5": "\x89HDF\r\n\x1a\n"}))
	}
	for i, file := range [][2]string{{modelName, config}, {"data" + form, data}, {"fit.json", settings}} {
		place(t, filepath.Join(f.dir, file[0]), file[1], lie[i], &r)
	}
	return f
}

// place writes a file, or something that isn't one.
func place(t *testing.T, path, content string, how byte, r *recipe) {
	write := func(to, content string) { require.NoError(t, os.WriteFile(to, []byte(content), 0o644)) }
	switch how {
	default:
		write(path, content)
	case 1:
		require.NoError(t, os.Mkdir(path, 0o755))
	case 2: // to a file elsewhere
		write(path+".real", content)
		require.NoError(t, os.Symlink(path+".real", path))
	case 3: // to nowhere
		require.NoError(t, os.Symlink(path+".nowhere", path))
	case 4: // to itself
		require.NoError(t, os.Symlink(path, path))
	case 5:
		require.NoError(t, syscall.Mkfifo(path, 0o644))
	case 6:
		require.NoError(t, os.Symlink("/dev/zero", path))
	case 7:
		write(path, content)
		require.NoError(t, os.Chmod(path, 0))
	case 8:
		write(path, "")
	case 9:
		write(path, content[:len(content)*int(r.byte())/256])
	case 10: // not there
	case 11, 12, 13, 14: // some bytes are others
		b := []byte(content)
		for range int(how) - 10 {
			at := int(r.byte())<<8 | int(r.byte())
			if len(b) > 0 {
				b[at%len(b)] = r.byte()
			}
		}
		write(path, string(b))
	}
}

// shapes are what model and data agree about, mostly.
type shapes struct {
	row     []int // of x
	outputs int
	rows    int
}

func newShapes(r *recipe) shapes {
	s := shapes{rows: pick(r, []int{12, 1, 2, 3, 40, 200}, 0, 5000)}
	s.row = pick(r, [][]int{{2}, {1}, {3}, {5}, {4, 1}, {3, 2}}, []int{}, []int{0}, []int{0, 2}, []int{2, 2, 2}, []int{3000}, []int{2000, 1}, []int{70000})
	s.outputs = pick(r, []int{1, 1, 2, 3}, 0, 500)
	return s
}

func keras3(module, class string, config object) object {
	return object{"module": module, "class_name": class, "config": config, "registered_name": nil}
}

var activations = []string{"linear", "relu", "sigmoid", "softmax", "tanh", "elu", "selu", "gelu", "swish", "softplus", "leaky_relu", "exponential", "hard_sigmoid"}

func (s shapes) layer(r *recipe, i, units int) object {
	name := pick(r, []string{fmt.Sprintf("l%d", i)}, "", "l0", "a/b", "\x00", strings.Repeat("n", 3000), "in")
	config := object{"name": name, "trainable": pick(r, []bool{true}, false)}
	sized := func(class string) object {
		config["units"] = some(r, []any{units}, 0, -1, 1<<20, 1<<24, json.Number("576460752303423488"), 1.5, "many", nil, json.Number("1e300"))
		config["activation"] = some(r, []any{"relu", activations[int(r.byte())%len(activations)]}, nil, "none such", 3, object{})
		config["use_bias"] = pick(r, []bool{true, false})
		config["kernel_initializer"] = some(r, []any{nil}, "zeros", "ones", "he_normal", keras3("keras.initializers", "Constant", object{"value": 1e30}),
			keras3("keras.initializers", "RandomNormal", object{"mean": 0, "stddev": 1e38, "seed": -1}), keras3("keras.initializers", "VarianceScaling", object{"scale": 0}))
		config["kernel_regularizer"] = some(r, []any{nil}, "l2", keras3("keras.regularizers", "L1L2", object{"l1": 1e38, "l2": -1}))
		for _, absent := range []string{"kernel_initializer", "kernel_regularizer"} {
			if config[absent] == nil {
				delete(config, absent)
			}
		}
		return keras3("keras.layers", class, config)
	}
	switch pick(r, []int{0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10}, 11) {
	case 1:
		config["rate"] = some(r, []any{0.5}, 0, 1, -1, 1.5, json.Number("NaN"))
		return keras3("keras.layers", "Dropout", config)
	case 2:
		config["axis"] = some(r, []any{-1}, 0, 1, 2, []int{1, 1}, []int{})
		config["momentum"] = some(r, []any{0.99}, 0, 1, 2, -1)
		config["epsilon"] = some(r, []any{0.001}, 0, -1, 1e38)
		return keras3("keras.layers", "BatchNormalization", config)
	case 3:
		config["axis"] = some(r, []any{-1}, 0, 1, []int{1, 1}, []int{})
		config["epsilon"] = some(r, []any{0.001}, 0, -1)
		return keras3("keras.layers", "LayerNormalization", config)
	case 4:
		return keras3("keras.layers", "Flatten", config)
	case 5:
		config["target_shape"] = pick(r, [][]int{{-1}, {-1, 1}, {1, -1}}, []int{}, []int{0}, []int{-1, -1}, []int{-2}, []int{1 << 20, 1 << 20}, []int{7, -1})
		return keras3("keras.layers", "Reshape", config)
	case 6:
		config["input_dim"] = some(r, []any{10}, 0, 1, 1<<24, -1)
		config["output_dim"] = some(r, []any{3}, 0, 1<<24)
		return keras3("keras.layers", "Embedding", config)
	case 7:
		config["return_sequences"] = pick(r, []bool{false, true})
		config["go_backwards"] = pick(r, []bool{false, true})
		return sized(pick(r, []string{"SimpleRNN", "GRU", "LSTM"}))
	case 8:
		return keras3("keras.layers", "GlobalAveragePooling1D", config)
	case 9:
		return keras3("keras.layers", pick(r, []string{"ReLU", "ELU", "Softmax", "LeakyReLU", "PReLU"}), config)
	case 10:
		config["activation"] = activations[int(r.byte())%len(activations)]
		return keras3("keras.layers", "Activation", config)
	case 11:
		return keras3(pick(r, []string{"keras.layers"}, "os", ""), pick(r, []string{"Dense"}, "Lambda", "Conv2D", "", "Sequential"), config)
	}
	return sized("Dense")
}

func (s shapes) model(r *recipe) string {
	layers := []any{}
	batchShape := []any{nil}
	for _, n := range s.row {
		batchShape = append(batchShape, n)
	}
	if b := pick(r, []int{1}, 0, 2); b > 0 {
		layers = append(layers, keras3("keras.layers", "InputLayer", object{"batch_shape": pick(r, [][]any{batchShape}, []any{nil, nil}, []any{}, []any{nil, 7}), "dtype": "float32", "name": "in"}))
	}
	for i := range pick(r, []int{1, 0, 2, 3, 4}, 30) {
		layers = append(layers, s.layer(r, i, pick(r, []int{4, 1, 8, 16}, 3000)))
	}
	if pick(r, []bool{true}, false) {
		layers = append(layers, keras3("keras.layers", "Dense", object{"name": "out", "units": s.outputs, "activation": activations[int(r.byte())%len(activations)]}))
	}
	rate := some(r, []any{0.001, 1e-9, 0.1, json.Number("1.0")}, 1e30, 0, -1, json.Number("1e308"), "fast", nil,
		keras3("keras.optimizers.schedules", "ExponentialDecay", object{"initial_learning_rate": 0.1, "decay_steps": 0, "decay_rate": -3}),
		keras3("keras.optimizers.schedules", "PiecewiseConstantDecay", object{"boundaries": []int{5, 3}, "values": []float64{1, 2, 3}}))
	settings := object{"learning_rate": rate}
	if pick(r, []bool{false}, true) {
		settings[pick(r, []string{"clipnorm", "clipvalue", "global_clipnorm", "weight_decay", "ema_momentum"})] = some(r, []any{json.Number("1.0"), 0.5, 1e38}, 0, -1, json.Number("0.0"))
	}
	optimizer := keras3("keras.optimizers", pick(r, []string{"Adam", "SGD", "RMSprop", "Adagrad", "Adadelta", "Adamax", "Nadam", "AdamW", "Lion"}, "Ftrl", ""), settings)
	losses := []any{"mse", "mae", "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy", "huber", "log_cosh", "poisson"}
	compiled := object{"optimizer": optimizer, "loss": some(r, losses, "none such", nil, []any{"mse", "mse"}, object{}, keras3("keras.losses", "Huber", object{"delta": -1}))}
	model := object{"module": "keras", "class_name": pick(r, []string{"Sequential"}, "Functional", "Model"), "registered_name": nil,
		"config": object{"name": "net", "layers": layers}, "compile_config": compiled}
	text, err := json.Marshal(model)
	if err != nil { // a number that JSON hasn't, written as Python writes it
		return `{"class_name": "Sequential", "config": {"layers": [{"class_name": "Dropout", "config": {"rate": NaN}}]}}`
	}
	return string(text)
}

func (s shapes) fit(r *recipe) string {
	settings := object{
		"epochs":           some(r, []any{2, 1, 5}, 0, -1, 1000000000, json.Number("9223372036854775807"), json.Number("9223372036854775808"), 1.5, nil),
		"batch_size":       some(r, []any{8, 1, 32}, 0, -3, json.Number("576460752303423488"), json.Number("9223372036854775807"), "all"),
		"validation_split": some(r, []any{0, 0.25, 0.5}, 1, -0.5, 0.999999999, 1e-300, 1e300, "half"),
		"seed":             some(r, []any{0, 1}, -1, json.Number("-9223372036854775808"), json.Number("1e400")),
		"shuffle":          some(r, []any{true, false}, nil, "batch"),
	}
	for key := range settings {
		if settings[key] == nil {
			delete(settings, key)
		}
	}
	text, _ := json.Marshal(settings)
	return string(text)
}

// values are the columns that a number can come from.
func (s shapes) value(r *recipe, kind, row, column int) float64 {
	switch kind {
	case 1:
		return 1
	case 2:
		return math.NaN()
	case 3:
		return math.Inf(1 - row%2*2)
	case 4:
		return 1e38 * float64(1-row%2*2)
	case 5:
		return 1e308
	case 6:
		return float64(row % 3)
	case 7:
		return -float64(row)
	case 8:
		return math.Sin(float64(row*7+column)) * 1e6
	case 9:
		return float64(int8(r.byte()))
	case 10:
		return 1e-40
	}
	return math.Sin(float64(row*7 + column*3))
}

func (s shapes) kinds(r *recipe) []int {
	kinds := make([]int, 8)
	for i := range kinds {
		kinds[i] = pick(r, []int{0, 0, 6, 8, 9}, 1, 2, 3, 4, 5, 7, 10)
	}
	return kinds
}

func (s shapes) csv(r *recipe) string {
	columns := s.outputs
	for _, n := range s.row {
		columns += n
	}
	var b strings.Builder
	for c := range columns {
		if c > 0 {
			b.WriteByte(',')
		}
		b.WriteString(pick(r, []string{"c" + strconv.Itoa(c)}, "a", "", "\xff", `"q`, "b"))
	}
	b.WriteByte('\n')
	kinds := s.kinds(r)
	for row := range min(s.rows, 1<<18/max(1, columns)) {
		for c := range columns {
			if c > 0 {
				b.WriteByte(',')
			}
			kind := kinds[c%8]
			if c == columns-1 {
				kind = kinds[7]
			}
			b.WriteString(strconv.FormatFloat(s.value(r, kind, row, c), 'g', 6, 64))
		}
		b.WriteString(pick(r, []string{"\n"}, "\r\n", ",,\n", "\x00\n", ",x\n"))
	}
	return b.String()
}

func (s shapes) npz(t *testing.T, r *recipe) string {
	rows := s.rows
	kinds := s.kinds(r)
	entries := object{"x.npy": s.npy(r, append([]int{rows}, s.row...), kinds[0])}
	outputs := pick(r, [][]int{{s.outputs}, {}}, []int{s.outputs, 2}, []int{0}, []int{7})
	entries["y.npy"] = s.npy(r, append([]int{pick(r, []int{rows}, rows+1, 0)}, outputs...), kinds[1])
	if pick(r, []bool{false}, true) {
		entries["sample_weight.npy"] = s.npy(r, []int{rows}, kinds[2])
	}
	return string(zipped(t, entries))
}

func (s shapes) npy(r *recipe, shape []int, kind int) string {
	descr := pick(r, []string{"<f4", "<f8", "<i4"}, "|u1", "|b1", ">f8", "<f2", "|O", "<U3", "<i8", "<c8")
	n := 1
	var axes string
	for _, d := range shape {
		n *= d
		axes += strconv.Itoa(d) + ", "
	}
	n = min(n, 1<<18)
	header := fmt.Sprintf("{'descr': '%s', 'fortran_order': %s, 'shape': (%s), }", descr, pick(r, []string{"False"}, "True"), axes)
	header += strings.Repeat(" ", 63-(10+len(header))%64) + "\n"
	var b bytes.Buffer
	b.WriteString("\x93NUMPY\x01\x00")
	_ = binary.Write(&b, binary.LittleEndian, uint16(len(header)))
	b.WriteString(header)
	for i := range n {
		v := s.value(r, kind, i, i)
		switch descr {
		case "<f4":
			_ = binary.Write(&b, binary.LittleEndian, float32(v))
		case "<f8":
			_ = binary.Write(&b, binary.LittleEndian, v)
		case "<i4":
			_ = binary.Write(&b, binary.LittleEndian, int32(v))
		default:
			size, _ := strconv.Atoi(descr[2:]) // 0 for objects
			b.WriteString(strings.Repeat(string(rune(i%120)), size))
		}
	}
	return b.String()
}

func zipped(t *testing.T, entries object) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		entry, err := w.Create(name)
		require.NoError(t, err)
		_, err = entry.Write([]byte(entries[name].(string)))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}
