package doctor

import (
	"fmt"
	"math"
	"strings"

	"example.com/unstuck/pkg/nn"
)

// described are rules for a training that can't be run, by what of its layers was read. Of one that can, the first steps tell the same
// better.
var described = []*Rule{
	{Cause: SymmetricInitialization, Doc: symmetricInitialization.Doc, Source: symmetricInitialization.Source, Requires: all(constantKernels), Suspect: func(p *Patient) *Suspicion {
		names := constantKernels.of(p)
		if len(names) == 0 {
			return nil
		}
		return &Suspicion{Strength: Strong, Treatments: freshStarts(p.Training), Symptoms: []Symptom{{Gauge: "hidden layers whose weights start alike", Got: float64(len(names)), Limit: "0",
			Text: fmt.Sprintf("all weights of %s start with one number", strings.Join(names, ", "))}}}
	}},
	{Cause: ExplodingGradient, Doc: explodingGradients.Doc, Source: explodingGradients.Source, Requires: all(explosive, wideKernels), Suspect: func(p *Patient) *Suspicion {
		if name := explosive.of(p); name != "" {
			return &Suspicion{Strength: Likely, Treatments: []Treatment{normalizedInstead(name, nn.ReLU{})}, Symptoms: []Symptom{{Gauge: "hidden activations that grow faster than their input", Got: 1, Limit: "0",
				Text: fmt.Sprintf("%s in the hidden layers grows faster than what it is given", name)}}}
		}
		if widest := wideKernels.of(p); widest >= wideKernel {
			return &Suspicion{Strength: Likely, Treatments: freshStarts(p.Training), Symptoms: []Symptom{{Gauge: "deviation that a hidden layer's weights are drawn with", Got: widest, Limit: fmt.Sprintf("below %g", wideKernel),
				Text: fmt.Sprintf("the weights of a hidden layer are drawn with deviation %g, whatever its size", widest)}}}
		}
		return nil
	}},
	{Cause: VanishingGradient, Doc: vanishingGradient.Doc, Source: vanishingGradient.Source, Requires: all(squashingLayers), Suspect: func(p *Patient) *Suspicion {
		n := squashingLayers.of(p)
		if n < deepSquashing || normalizesBatches(p.Training.Model) {
			return nil
		}
		return &Suspicion{Strength: Likely, Treatments: []Treatment{reluForSquashing}, Symptoms: []Symptom{{Gauge: "hidden layers with a sigmoid or tanh, one behind the other", Got: float64(n), Limit: fmt.Sprintf("below %d", deepSquashing),
			Text: fmt.Sprintf("the gradient has to pass %d sigmoids or tanhs, each of which takes some of it", n)}}}
	}},
}

const (
	wideKernel    = 1.0 // Glorot's and He's are below it for layers of more than 2 inputs
	deepSquashing = 5   // a sigmoid's slope is at most 1/4: 4⁻⁵ is a thousandth
)

// constantKernels are the hidden layers whose kernel starts with one number, as far as fresh weights are what it starts with.
var constantKernels = measure("hidden layers whose weights start alike", FromDescription, func(p *Patient) []string {
	var names []string
	if len(p.Training.Weights) > 0 {
		return nil
	}
	hidden := hiddenLayers(p.Training.Model)
	for _, place := range nn.Leaves(p.Training.Model) {
		if !hidden(place) {
			continue
		}
		alike := false
		nn.MapInitializers(place.Layer, func(role nn.Role, i nn.Initializer) nn.Initializer {
			switch i.(type) {
			case nn.Zeros, nn.Ones, nn.Constant:
				alike = alike || role == nn.Kernel
			}
			return i
		})
		if alike {
			names = append(names, place.Path)
		}
	}
	return names
})

// wideKernels is the largest deviation that a hidden layer's kernel is drawn with by an initializer that doesn't look at its size.
var wideKernels = measure("deviation of a hidden layer's first weights", FromDescription, func(p *Patient) float64 {
	widest := 0.0
	if len(p.Training.Weights) > 0 {
		return widest
	}
	hidden := hiddenLayers(p.Training.Model)
	for _, place := range nn.Leaves(p.Training.Model) {
		if !hidden(place) {
			continue
		}
		nn.MapInitializers(place.Layer, func(role nn.Role, i nn.Initializer) nn.Initializer {
			if role == nn.Kernel {
				switch i := i.(type) {
				case nn.RandomNormal:
					widest = max(widest, i.StdDev)
				case nn.TruncatedNormal:
					widest = max(widest, i.StdDev)
				case nn.RandomUniform:
					widest = max(widest, (i.Max-i.Min)/math.Sqrt(12))
				}
			}
			return i
		})
	}
	return widest
})

// squashingLayers is how many hidden layers with a kernel end in a sigmoid or tanh.
var squashingLayers = measure("hidden layers with a sigmoid or tanh", FromDescription, func(p *Patient) int {
	n := 0
	hidden := hiddenLayers(p.Training.Model)
	for _, place := range nn.Leaves(p.Training.Model) {
		_, recurrent := place.Layer.(nn.Recurrent)
		if a := nn.ActivationOf(place.Layer); hidden(place) && !recurrent && a != nil && isSquashing(a) {
			n++
		}
	}
	return n
})

// next says what lets a training be examined whole that wasn't read so.
func (r *Report) next() string {
	if r.Training.OfTorch() {
		return "To have it examined whole, write the module with unstuck.save, or record a dozen of its steps with unstuck.watch."
	}
	return `To have it examined whole: write it with model.save("model.keras"), the part that isn't understood made of Keras' own layers or keras.ops; ` +
		"or leave that part out, and give what it makes of the rows as x."
}
