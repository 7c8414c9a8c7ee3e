package fit_test

import (
	"context"
	"fmt"
	"log"

	"github.com/gomlx/compute/gobackend"

	"example.com/unstuck/pkg/dataset"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/loss"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/optim"
)

// Three learning rates as one program.
func ExampleTogether() {
	data, err := dataset.Random(64, []int{4}, []int{1}, 1)
	if err != nil {
		log.Fatal(err)
	}
	var members []fit.Member
	for _, rate := range []float64{0.001, 0.1, 1e30} {
		m, err := fit.Compile(nn.Sequential{nn.Dense{Units: 1}}, optim.SGD(rate), loss.MSE{}, fit.Options{Backend: gobackend.GetBackend()})
		if err != nil {
			log.Fatal(err)
		}
		members = append(members, fit.Member{Model: m, Data: data, Config: fit.Config{Epochs: 5}})
	}
	outcomes, err := fit.Together(context.Background(), members, 0)
	if err != nil {
		log.Fatal(err)
	}
	for _, o := range outcomes {
		losses := o.History.Loss()
		fmt.Printf("%.2f\n", losses[len(losses)-1])
	}
	// Output:
	// 0.42
	// 0.22
	// NaN
}
