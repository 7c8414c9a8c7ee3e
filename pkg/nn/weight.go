package nn

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
	"github.com/gomlx/gomlx/support/exceptions"
)

// weight returns the float32 variable of that name in scope, created from init where there is none yet.
func weight(scope *model.Scope, name string, init Initializer, dims ...int) *model.Variable {
	if v := scope.GetVariable(name); v != nil {
		if !slices.Equal(v.Shape().Dimensions, dims) {
			exceptions.Panicf("weight %q has shape %v from before, this input needs %v", name, v.Shape().Dimensions, dims)
		}
		return v
	}
	values, err := init.Values(weightRand(scope, name), dims...)
	if err != nil {
		panic(fmt.Errorf("initial values of weight %q: %w", name, err))
	}
	return scope.VariableWithValue(name, tensors.FromFlatDataAndDimensions(values, dims...))
}

// IsWeight says whether Keras would list v among a model's weights: all that a layer of this package creates are,
// but for Dropout's key and count of steps and the states of stateful layers.
func IsWeight(v *model.Variable) bool { return v.DType().IsFloat() && !IsState(v) }

// weightRand is the source of one weight's initial values: it depends on the seed and on the path alone,
// so neither the order of layers nor the backend changes them.
func weightRand(scope *model.Scope, name string) *rand.Rand {
	seed := model.GetParamOr(scope, model.ParamInitialSeed, int64(0))
	h := fnv.New64a()
	h.Write([]byte(model.JoinPath(scope.Scope(), name)))
	return rand.New(rand.NewPCG(uint64(seed), h.Sum64()))
}

// asFloat brings inputs that came as integers or booleans to float32, the type of all weights. It panics when there are no
// values.
func asFloat(x *graph.Node) *graph.Node {
	mustHoldValues(x)
	if x.DType() == dtypes.Float32 {
		return x
	}
	float := graph.ConvertDType(x, dtypes.Float32)
	running.set(float, running.of(x))
	built.set(float, built.of(x))
	return float
}
