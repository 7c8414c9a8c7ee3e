package replica_test

import (
	"fmt"
	"log"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"example.com/unstuck/pkg/replica"
)

// A program that is written for one slope and computes three.
func Example() {
	backend := gobackend.GetBackend()
	plan := replica.Plan{Replicas: 3, Along: []bool{true, false}} // a slope each, and the same x for all
	program, _, err := replica.Program(backend, plan, func(b compute.Backend) (compute.Executable, error) {
		g := graph.NewGraph(b, "line")
		slope := graph.Parameter(g, "slope", shapes.Make(dtypes.Float32))
		x := graph.Parameter(g, "x", shapes.Make(dtypes.Float32, 2))
		err := g.Compile(graph.Mul(x, slope))
		return g.Executable(), err
	})
	if err != nil {
		log.Fatal(err)
	}
	slopes, err := backend.BufferFromFlatData(0, []float32{1, 2, 3}, shapes.Make(dtypes.Float32, 3))
	if err != nil {
		log.Fatal(err)
	}
	x, err := backend.BufferFromFlatData(0, []float32{10, 20}, shapes.Make(dtypes.Float32, 2))
	if err != nil {
		log.Fatal(err)
	}
	results, err := program.Execute([]compute.Buffer{slopes, x}, []bool{false, false}, 0)
	if err != nil {
		log.Fatal(err)
	}
	y := make([]float32, 6)
	if err := results[0].ToFlatData(y); err != nil {
		log.Fatal(err)
	}
	fmt.Println(y)
	// Output: [10 20 20 40 30 60]
}
