package optim_test

import (
	"fmt"

	"github.com/gomlx/gomlx/ml/train/optimizer"

	"example.com/unstuck/pkg/optim"
)

func Example() {
	o := optim.Adam(1e-3).With(optim.ClipByNorm{Max: 1})
	fmt.Println(o.GoCode())
	fmt.Println(o.KerasCode())
	// Output:
	// optim.Adam(0.001).With(optim.ClipByNorm{Max: 1})
	// keras.optimizers.Adam(learning_rate=0.001, clipnorm=1.0) <nil>
}

func ExampleOptimizer_WithSchedule() {
	o := optim.SGD(0).WithSchedule(optim.Warmup{Steps: 2, Then: optim.Cosine{Initial: 0.1, Steps: 4}})
	for step := range 7 {
		fmt.Printf("%.3f ", o.Rate(step))
	}
	// Output: 0.000 0.050 0.100 0.085 0.050 0.015 0.000
}

// Clips go around any GoMLX optimizer, for GoMLX's own trainer.
func ExampleWrap() {
	adam := optimizer.Adam().LearningRate(0.01).Done()
	clipped := optim.Wrap(adam, optim.SkipNonFinite{}, optim.ClipByGlobalNorm{Max: 1})
	fmt.Println(clipped.Validate())
	// Output: <nil>
}

func ExampleOptimizer_Validate() {
	fmt.Println(optim.SGD(0.1).With(optim.ClipByNorm{}).Validate())
	// Output: ClipByNorm.Max is 0: must be positive and finite
}
