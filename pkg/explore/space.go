package explore

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/training"
)

// Space is what a search may choose from.
type Space []Axis

// Point is one choice from a space: a value for each axis.
type Point []Choice

// Choice is the value of one axis.
type Choice struct {
	Axis  string
	Value Value
	stage int
}

// Setting is a [Choice] by its names alone, as it stands in results and files.
type Setting struct {
	Axis  string `json:"axis"`
	Label string `json:"label"`
}

// Grid is every combination of values; the last axis varies fastest. The empty space has one point, which
// changes nothing. Errors: an axis or label that is empty or occurs twice, an axis without values.
func (s Space) Grid() ([]Point, error) {
	if err := s.validate(false); err != nil {
		return nil, fmt.Errorf("explore: grid: %w", err)
	}
	points := []Point{{}}
	for _, a := range s {
		var next []Point
		for _, p := range points {
			for _, v := range a.Values {
				next = append(next, append(slices.Clone(p), Choice{a.Name, v, a.Stage}))
			}
		}
		points = next
	}
	return points, nil
}

// Random is count different points, each axis drawn independently of the others; fewer when the space has
// not as many. The same seed draws the same points.
func (s Space) Random(count int, seed int64) ([]Point, error) {
	if err := s.validate(true); err != nil {
		return nil, fmt.Errorf("explore: random points: %w", err)
	}
	if count < 1 {
		return nil, fmt.Errorf("explore: %d random points: must be positive", count)
	}
	rng := rand.New(rand.NewPCG(uint64(seed), 0x73706163))
	seen := map[string]bool{}
	var points []Point
	for misses := 0; len(points) < count && misses < 100*count; {
		var p Point
		for _, a := range s {
			p = append(p, Choice{a.Name, a.draw(rng), a.Stage})
		}
		if key := keyOf(p.Settings()); !seen[key] {
			seen[key] = true
			points = append(points, p)
		} else {
			misses++
		}
	}
	return points, nil
}

func (a Axis) draw(rng *rand.Rand) Value {
	if a.Draw != nil {
		return a.Draw(rng)
	}
	return a.Values[rng.IntN(len(a.Values))]
}

func (s Space) validate(drawn bool) error {
	names := map[string]bool{}
	for _, a := range s {
		if a.Name == "" || names[a.Name] {
			return fmt.Errorf("the axis name %q is empty or occurs twice", a.Name)
		}
		names[a.Name] = true
		if drawn && a.Draw != nil {
			continue
		}
		if len(a.Values) == 0 {
			return fmt.Errorf("axis %q has no values", a.Name)
		}
		labels := map[string]bool{}
		for _, v := range a.Values {
			if v.Label == "" || labels[v.Label] || v.Apply == nil && v.Callbacks == nil {
				return fmt.Errorf("axis %q: the value %q has no label, occurs twice or changes nothing: it has neither Apply nor Callbacks", a.Name, v.Label)
			}
			labels[v.Label] = true
		}
	}
	return nil
}

// Apply is the training with the point's values. Of weights that it starts from it keeps what still fits.
func (p Point) Apply(t training.Training) (training.Training, error) {
	for _, c := range p.inOrder() {
		if c.Value.Apply == nil {
			continue
		}
		var err error
		if t, err = c.Value.Apply(t); err != nil {
			return t, fmt.Errorf("%s %s: %w", c.Axis, c.Value.Label, err)
		}
	}
	t.Adapted = t.Started()
	return t, nil
}

// Callbacks makes the callbacks of the point's values, given the training with all of them applied.
func (p Point) Callbacks(t training.Training) []fit.Callback {
	var all []fit.Callback
	for _, c := range p.inOrder() {
		if c.Value.Callbacks != nil {
			all = append(all, c.Value.Callbacks(t)...)
		}
	}
	return all
}

// inOrder are the choices in the order in which they are applied.
func (p Point) inOrder() []Choice {
	return slices.SortedStableFunc(slices.Values(p), func(a, b Choice) int { return a.stage - b.stage })
}

// Settings are the point's names.
func (p Point) Settings() []Setting {
	settings := make([]Setting, len(p))
	for i, c := range p {
		settings[i] = Setting{c.Axis, c.Value.Label}
	}
	return settings
}

// keyOf is one text for equal settings, whatever their order.
func keyOf(settings []Setting) string {
	parts := make([]string, len(settings))
	for i, s := range settings {
		parts[i] = fmt.Sprintf("%q=%q", s.Axis, s.Label)
	}
	slices.Sort(parts)
	return strings.Join(parts, " ")
}
