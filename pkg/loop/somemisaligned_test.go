package loop

import (
	"encoding/json"
	"math/rand"
	"testing"

	"github.com/stretchr/testify/require"

	"example.com/unstuck/pkg/dataset"
)

// passes are three passes over 120 rows of four classes, shuffled anew; target gives the one of a row at a place of a step, of the classes of
// that step's rows.
func passes(random *rand.Rand, target func(step, place int, classes []int) int) *Recording {
	r := &Recording{Loss: json.RawMessage(`{"class": "CrossEntropyLoss"}`)}
	for range 3 {
		order := random.Perm(120)
		for from := 0; from < 120; from += 30 {
			x, y := dataset.Array{Shape: []int{30, 1}}, dataset.Array{Shape: []int{30, 1}}
			classes := make([]int, 30)
			for i, row := range order[from : from+30] {
				classes[i] = row * 7 % 4
			}
			step := len(r.Steps)
			for i, row := range order[from : from+30] {
				x.Values, y.Values = append(x.Values, float32(row)), append(y.Values, float32(target(step, i, classes)))
			}
			r.Steps = append(r.Steps, Step{Number: step + 1, Arrayed: true, values: map[string]dataset.Array{"x": x, "y": y}})
		}
	}
	return r
}

// Batches of which some have the targets of other rows are found, however these are put; noise in single targets, and targets that are made
// better from one pass to the next, are no fault.
func TestSomeBatchesMisaligned(t *testing.T) {
	for seed := range int64(20) {
		random := rand.New(rand.NewSource(seed))
		for what, c := range map[string]struct {
			target func(step, place int, classes []int) int
			fault  bool
		}{
			"each second batch is turned around": {func(step, place int, classes []int) int {
				if step%2 == 0 {
					place = len(classes) - 1 - place
				}
				return classes[place]
			}, true},
			"a third is moved on by a row": {func(step, place int, classes []int) int {
				if step%3 == 0 {
					place = (place + 1) % len(classes)
				}
				return classes[place]
			}, true},
			"each row has its own": {func(_, place int, classes []int) int { return classes[place] }, false},
			"noise in a third of the targets": {func(_, place int, classes []int) int {
				if random.Intn(3) == 0 {
					return random.Intn(4)
				}
				return classes[place]
			}, false},
			"labels that get better with each pass": {func(step, place int, classes []int) int {
				if random.Intn(4) < 2-step/4 {
					return random.Intn(4)
				}
				return classes[place]
			}, false},
		} {
			random.Seed(seed) // the cases come in any order
			f, _ := misalignedRows(passes(random, c.target))
			require.Equal(t, c.fault, f != nil, "%s, seed %d", what, seed)
		}
	}
}
