//go:build unix

package main

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// Places among the choices of a recipe that seeds set.
const (
	chooseCommand = iota // 0: diagnose, 1: fit
	chooseDeadline
	chooseKeras // 224: model.keras in place of config.json
	chooseForm  // 0: .csv, 1: .npz
	placeModel
	placeData
	placeSettings
)

// addFolders adds the folders that are known to be trouble, each for diagnose and for fit.
func addFolders(f *testing.F) {
	const two = "a,b,y\n"
	lines := func(line string, n int) string { return two + strings.Repeat(line+"\n", n) }
	for _, data := range []string{
		"", two, two + "1,2,3\n", "\n", "y\n1\n2\n", "a,a,y\n1,2,3\n4,5,6\n", ",,\n1,2,3\n", "a,b\xff,y\n1,2,3\n", "\x00\n", `"a` + "\n1",
		lines("NaN,NaN,NaN", 9), lines("1,2,NaN", 9), lines("NaN,inf,1", 9), lines("1,2,3", 9), lines("inf,-inf,inf", 9),
		lines("1e308,1e308,1e308", 9), lines("1e38,-1e38,1e38", 9), lines("1,2,-3", 9), lines("x,2,3", 2), lines("1,2", 3), lines("1e-45,1e-310,0", 5),
		columns(70000) + "y\n" + strings.Repeat("1,", 70000) + "1\n", columns(9000) + "y\n" + strings.Repeat("1,", 9000) + "1\n",
	} {
		f.Add([]byte{0}, linearModel, data, "")
	}
	for _, settings := range []string{
		`{"batch_size": 576460752303423488}`, `{"batch_size": 9223372036854775807, "validation_split": 0.5}`, `{"epochs": 1000000000}`,
		`{"epochs": 9223372036854775807}`, `{"epochs": -1}`, `{"epochs": 1e3}`, `{"batch_size": -8}`, `{"batch_size": 0}`, `{"validation_split": -1}`, `{"validation_split": 0.9999999}`,
		`{"validation_split": 1e-320}`, `{"seed": -9223372036854775808}`, `{"seed": 1e400}`, `{"": 1}`, `{"epochs": 1, "epochs": 2}`, `[]`, `null`, `{`, "\xff", `{"shuffle": "batch"}`,
		strings.Repeat(`{"a":`, 20000), strings.Repeat("[", 20000),
	} {
		f.Add([]byte{0}, "", "", settings)
		f.Add([]byte{1}, "", "", settings)
	}
	units := func(n string) string { return strings.Replace(linearModel, `"units": 1`, `"units": `+n, 1) }
	for _, model := range []string{
		units("3"), units("0"), units("-1"), units("1048576"), units("16777216"), units("576460752303423488"), units("1e300"), units("[1]"),
		strings.Replace(linearModel, "[null, 2]", "[null, 3]", 1), strings.Replace(linearModel, "[null, 2]", "[null, 2, 0]", 1), strings.Replace(linearModel, "[null, 2]", "[]", 1),
		strings.Replace(linearModel, "1e-07", "NaN", 1), strings.Replace(linearModel, "1e-07", "Infinity", 1), strings.Replace(linearModel, "1e-07", "-1", 1), strings.Replace(linearModel, "1e-07", "1e308", 1),
		strings.Replace(linearModel, `"mse"`, `"categorical_crossentropy"`, 1), strings.Replace(linearModel, `"mse"`, `"sparse_categorical_crossentropy"`, 1), strings.Replace(linearModel, `"mse"`, `null`, 1),
		strings.Replace(linearModel, `"name": "out"`, `"name": ""`, 1), strings.Replace(linearModel, `"name": "out"`, `"name": "in", "name": "in"`, 1),
		"{}", "null", "\xff\xfe", linearModel[:200], strings.Repeat(`{"config":`, 9000), strings.Repeat(`{"class_name":"Sequential","config":{"layers":[`, 3000),
	} {
		f.Add([]byte{0}, model, "", "")
		f.Add([]byte{1}, model, "", "")
	}
	for _, where := range []int{placeModel, placeData, placeSettings} {
		for how := range byte(16) { // see place
			for _, form := range []byte{0, 1} {
				choices := slices.Repeat([]byte{0}, placeSettings+1)
				choices[chooseKeras], choices[chooseForm], choices[where] = form*224, form, how
				f.Add(choices, "", "", "")
			}
		}
	}
	// Models that are read in part.
	const dense = `{"module": "keras.layers", "class_name": "Dense", "config": {"name": "out"`
	for _, model := range []string{
		strings.Replace(linearModel, dense, `{"module": "keras.layers", "class_name": "Lambda", "config": {"name": "mine"}}, `+dense, 1),
		strings.Replace(linearModel, dense, strings.Repeat(`{"module": "keras.layers", "class_name": "Lambda", "config": {}}, `, 4000)+dense, 1),
		strings.Replace(linearModel, `"activation": "linear"`, `"activation": "softmax", "kernel_constraint": "mine"`, 1),
		strings.Replace(linearModel, `"mse"`, `{"class_name": "Mine", "config": {}}`, 1), strings.Replace(linearModel, `"mse"`, `{"a": "mse", "b": 3}`, 1),
		strings.Replace(linearModel, `"loss": "mse"`, `"loss": "mse", "metrics": ["`+strings.Repeat("m", 5000)+`"]`, 1),
		strings.Replace(linearModel, `"module": "keras", "class_name": "Sequential"`, `"module": "me", "class_name": "Mine", "registered_name": "me>Mine"`, 1),
		strings.Replace(linearModel, `"SGD"`, `"Mine"`, 1), linearModel[:strings.Index(linearModel, `, "compile_config"`)] + "}",
	} {
		for _, data := range []string{"", lines("NaN,inf,1", 9), lines("1e38,-1e38,1e38", 9), lines("1,2,-3", 9)} {
			f.Add([]byte{0}, model, data, "")
			f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 1}, model, data, `{"validation_split": 0.5}`)
		}
	}
	// A row of many steps: the graph of a recurrent layer holds each of them.
	const long = 300
	steps := columns(long) + "y\n" + strings.Repeat(strings.Repeat("1,", long)+"2\n", 3)
	for _, class := range []string{"SimpleRNN", "GRU", "LSTM"} {
		model := strings.Replace(linearModel, "[null, 2]", "[null, 300]", 1)
		model = strings.Replace(model, `{"module": "keras.layers", "class_name": "Dense"`, `{"module": "keras.layers", "class_name": "Reshape", "config": {"name": "r", "target_shape": [300, 1]}, "registered_name": null},
{"module": "keras.layers", "class_name": "`+class+`", "config": {"name": "s", "units": 3}, "registered_name": null},
{"module": "keras.layers", "class_name": "Dense"`, 1)
		f.Add([]byte{0, 225}, model, steps, "")
		f.Add([]byte{1}, model, steps, "")
	}
	// A whole examination, with enough time.
	for _, ending := range [][]byte{{0, 225}, {0, 225, 0, 1}, {1, 225}} {
		f.Add(ending, "", "", "")
	}
}

// columns is a header of n columns, each with its comma.
func columns(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("c" + strconv.Itoa(i) + ",")
	}
	return b.String()
}
