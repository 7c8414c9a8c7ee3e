package loop

import (
	"math"

	"example.com/unstuck/pkg/training"
)

// ParameterUpdate is how far a parameter was moved. What isn't known is NaN, null in JSON.
type ParameterUpdate struct {
	Name      string `json:"name"`
	Model     bool   `json:"model"` // it is the model's; false: only an optimizer holds it
	Trainable bool   `json:"trainable"`
	Held      bool   `json:"held"` // by an optimizer
	// Ratios are, by step, the length of the update by that of the one which the optimizer makes of the gradient it saw; Ratio is
	// that of all steps together.
	Ratios []Number `json:"update_ratios"`
	Ratio  Number   `json:"update_ratio"`
	// Moved is the way from the recorded start to behind the recorded steps, by that of as many correct ones: 0 for a parameter that
	// should have moved and didn't, infinite for the opposite, NaN where neither moves it. Known where there is a proof.
	Moved Number `json:"moved"`

	sums products
}

// parameterUpdates are those of all parameters, with nothing known of them.
func (r *Recording) parameterUpdates() []ParameterUpdate {
	held, nan := r.held(), Number(math.NaN())
	all := make([]ParameterUpdate, len(r.Parameters))
	for i, p := range r.Parameters {
		all[i] = ParameterUpdate{Name: p.Name, Model: p.Model, Trainable: p.Trainable, Held: held[i], Ratio: nan, Moved: nan, Ratios: make([]Number, len(r.Steps))}
		for k := range r.Steps {
			all[i].Ratios[k] = nan
		}
	}
	return all
}

// note keeps a step's update.
func (u *ParameterUpdate) note(step int, p products) {
	u.sums.join(p)
	if p.bb > 0 {
		u.Ratios[step] = Number(math.Sqrt(p.aa / p.bb))
	}
	if u.sums.bb > 0 {
		u.Ratio = Number(math.Sqrt(u.sums.aa / u.sums.bb))
	}
}

// ways are how far each of the model's parameters is from the start, by index; NaN for one that isn't among the weights here.
func (r *Recording) ways(of *recordedModel, start []training.Weight, end map[string][]float32) []float64 {
	from := map[string][]float32{}
	for _, w := range start {
		from[w.Path] = w.Array.Values
	}
	ways := make([]float64, len(r.Parameters))
	for i := range r.Parameters {
		var way products
		for _, path := range of.places(i) {
			way.add(difference(end[path], from[path]), nil)
		}
		if ways[i] = math.Sqrt(way.aa); len(of.places(i)) == 0 {
			ways[i] = math.NaN()
		}
	}
	return ways
}

// byPath are weights by their paths.
func byPath(weights []training.Weight) map[string][]float32 {
	values := map[string][]float32{}
	for _, w := range weights {
		values[w.Path] = w.Array.Values
	}
	return values
}
