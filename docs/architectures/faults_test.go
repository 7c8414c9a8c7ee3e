package architectures_test

import (
	"math/rand/v2"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/doctor"
)

// fault is something that is put into the folder of a training that is well.
type fault struct {
	name  string
	plant func(f *folder)
	want  []doctor.Cause // any of them is right

	compiles bool // takes other programs than the architecture that is well
}

// well is no fault.
var well = fault{name: "none", plant: func(*folder) {}, want: []doctor.Cause{doctor.Healthy}}

func rate(factor float64) func(f *folder) {
	return func(f *folder) { f.optimizer()["learning_rate"] = f.optimizer()["learning_rate"].(float64) * factor }
}

var (
	rateTooLow  = fault{"rate 10,000 times too small", rate(1e-4), []doctor.Cause{doctor.LearningRateTooLow}, false}
	rateTooHigh = fault{"rate 12,345 times too large", rate(12345), []doctor.Cause{doctor.LearningRateTooHigh}, false}

	tooFew = fault{"two epochs", func(f *folder) { f.epochs = 2 }, []doctor.Cause{doctor.TooFewEpochs}, false}

	frozen = fault{"no layer trains", func(f *folder) { f.set("trainable", false) }, []doctor.Cause{doctor.FrozenWeights}, false}

	zeros = fault{"kernels begin at zero", func(f *folder) {
		for _, key := range []string{"kernel_initializer", "depthwise_initializer", "pointwise_initializer", "embeddings_initializer", "recurrent_initializer"} {
			f.set(key, object("initializers", "Zeros", map[string]any{}))
		}
	}, []doctor.Cause{doctor.SymmetricInitialization}, false}

	scaledTargets = fault{"targets in the hundred thousands", func(f *folder) { scale(f.data.Y, 1e5, 5e5) }, []doctor.Cause{doctor.UnscaledTargets}, false}

	signedTargets = fault{"targets from -1 to 1 for a sigmoid", func(f *folder) {
		y := dataset.Array{Shape: f.data.Y.Shape, Values: append([]float32{}, f.data.Y.Values...)}
		scale(y, 2, -1)
		f.data.Y = y
	}, []doctor.Cause{doctor.OutputRangeMismatch}, true}

	shuffledLabels = fault{"labels of other rows", func(f *folder) {
		y, size := f.data.Y, f.data.Y.RowSize()
		values := make([]float32, len(y.Values))
		for to, from := range rand.New(rand.NewPCG(3, 4)).Perm(y.Rows()) {
			copy(values[to*size:(to+1)*size], y.Values[from*size:(from+1)*size])
		}
		f.data.Y = dataset.Array{Shape: y.Shape, Values: values}
	}, []doctor.Cause{doctor.NoSignal}, true}

	oneBased = fault{"classes numbered from 1", func(f *folder) { scale(f.data.Y, 1, 1) }, []doctor.Cause{doctor.LossOutputMismatch}, false}

	logitsTwice = fault{"softmax, and a loss that takes logits", func(f *folder) {
		f.compiled()["loss"] = object("losses", "SparseCategoricalCrossentropy", map[string]any{"from_logits": true})
	}, []doctor.Cause{doctor.LossOutputMismatch}, true}

	logitsAsProbabilities = fault{"no softmax, and a loss that takes probabilities", func(f *folder) {
		f.compiled()["loss"] = "sparse_categorical_crossentropy"
		f.lastActivation("linear")
	}, []doctor.Cause{doctor.LossOutputMismatch}, true}

	constantLabels = fault{"one label for all rows", func(f *folder) { scale(f.data.Y, 0, 1) }, []doctor.Cause{doctor.NoSignal}, false}

	absurdTargets = fault{"two targets in the millions", func(f *folder) { f.data.Y.Values[5], f.data.Y.Values[39] = 3e6, -2e6 }, []doctor.Cause{doctor.UnscaledTargets}, false}

	softmaxOfOne = fault{"softmax over one unit", func(f *folder) { f.lastActivation("softmax") }, []doctor.Cause{doctor.LossOutputMismatch}, true}

	sigmoids = fault{"sigmoids throughout, kernels of deviation 0.01", func(f *folder) {
		layers := f.layers()
		for i, l := range layers {
			settings := l["config"].(map[string]any)
			if _, has := settings["activation"]; has && i < len(layers)-1 {
				settings["activation"] = "sigmoid"
			}
			if _, has := settings["kernel_initializer"]; has && i < len(layers)-1 {
				settings["kernel_initializer"] = object("initializers", "RandomNormal", map[string]any{"mean": 0.0, "stddev": 0.01, "seed": nil})
			}
		}
	}, []doctor.Cause{doctor.VanishingGradient, doctor.SymmetricInitialization}, true}

	penalized = fault{"L2 penalties of 1", func(f *folder) {
		f.set("kernel_regularizer", object("regularizers", "L2", map[string]any{"l2": 1.0}))
	}, []doctor.Cause{doctor.OverRegularized}, true}

	missing = fault{"NaN in three rows", func(f *folder) {
		for row := range 3 {
			f.data.X.Values[(17*row+5)*f.data.X.RowSize()] = float32(nan)
		}
	}, []doctor.Cause{doctor.NonFiniteData}, false}

	strangers = fault{"labels -1 in three rows", func(f *folder) {
		for row := range 3 {
			f.data.Y.Values[(17*row+5)*f.data.Y.RowSize()] = -1
		}
	}, []doctor.Cause{doctor.LossOutputMismatch}, true}
)

func object(module, class string, config map[string]any) map[string]any {
	return map[string]any{"module": "keras." + module, "class_name": class, "config": config, "registered_name": nil}
}

func scale(a dataset.Array, factor, offset float32) {
	for i := range a.Values {
		a.Values[i] = a.Values[i]*factor + offset
	}
}

// lastActivation changes the activation of the last layer that has one.
func (f *folder) lastActivation(name string) {
	layers := f.layers()
	for i := len(layers) - 1; i >= 0; i-- {
		settings := layers[i]["config"].(map[string]any)
		if inner, wraps := settings["layer"].(map[string]any); wraps {
			settings = inner["config"].(map[string]any)
		}
		if _, has := settings["activation"]; has {
			settings["activation"] = name
			return
		}
	}
}
