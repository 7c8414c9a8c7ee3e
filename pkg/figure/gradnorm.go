package figure

import "gonum.org/v1/plot/vg/draw"

// GradientNorms shows the norm of each layer's gradient over the steps. It
// separates a plateau (small everywhere) from a vanishing gradient (small near
// the input only: the curves fan out, darkest lowest) and from an exploding
// one (growing by decades within steps).
type GradientNorms struct {
	Title    string // default: "Gradient norm by layer"
	Subtitle string
	Layers   []string    // from input to output
	Steps    []int       // the optimizer steps at which was measured
	Norms    [][]float64 // [layer][k], L2, k counts Steps
}

func (g GradientNorms) lines() layerLines {
	return layerLines{
		title: or(g.Title, "Gradient norm by layer"), subtitle: g.Subtitle, yLabel: "L2 norm of the gradient",
		log: true, layers: g.Layers, steps: g.Steps, values: g.Norms, quantity: "gradient norm",
	}
}

// Draw implements [Figure].
func (g GradientNorms) Draw(c draw.Canvas) error { return g.frame().draw(c) }

func (g GradientNorms) frame() frame { return g.lines().frame() }

// Text implements [Figure].
func (g GradientNorms) Text() string { return g.lines().text() }
