package doctor

import (
	"fmt"
	"math"
	"slices"

	"example.com/unstuck/internal/codec"
	"example.com/unstuck/pkg/nn"
	"example.com/unstuck/pkg/training"
)

// batchStatistics suspects a batch normalization that predicts by other means and variances than it is trained by.
var batchStatistics = &Rule{
	Cause:    BatchStatistics,
	Doc:      "A batch normalization predicts by means and variances that aren't those of its batches: those are tiny, or the moving ones lag behind.",
	Source:   "Ioffe & Szegedy 2015; Wu & He 2018, Group Normalization (batches of a few rows); Ioffe 2017, Batch Renormalization",
	Requires: all(movingLayers, statisticsGap),
	Suspect: func(p *Patient) *Suspicion {
		layers, gap := movingLayers.of(p), statisticsGap.of(p)
		if len(layers) == 0 {
			return nil
		}
		t := p.Training
		s := &Suspicion{Strength: Possible}
		if gap > widestGap {
			s.Strength = Strong
		}
		s.Symptoms = []Symptom{{Gauge: "explained in training mode less explained in prediction, of the training rows", Got: gap, Limit: fmt.Sprintf("up to %g", widestGap), Usual: !(gap > widestGap),
			Text: fmt.Sprintf("with its batches' own statistics it explains %.2g more of the training rows than with the moving ones, which predictions go by", gap)}}
		slowest := 0.0
		for _, l := range layers {
			slowest = max(slowest, l)
		}
		arrives := math.Pow(slowest, float64(t.Updates()))
		switch {
		case arrives > lagging:
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "share of the first statistics that is left in the moving ones", Got: arrives, Limit: fmt.Sprintf("below %g", lagging),
				Text: fmt.Sprintf("after %d updates with momentum %g the moving statistics are still %.0f%% what they began with", t.Updates(), slowest, 100*arrives)})
			s.Strength = max(s.Strength, Likely)
			s.Treatments = append(s.Treatments, quickStatistics)
		case t.BatchSize <= tinyBatch:
			s.Symptoms = append(s.Symptoms, Symptom{Gauge: "rows in a batch", Got: float64(t.BatchSize), Limit: fmt.Sprintf("more than %d", tinyBatch),
				Text: fmt.Sprintf("means and variances are those of %d rows: they tell more of the rows beside than of the data", t.BatchSize)})
			s.Strength = max(s.Strength, Likely)
			s.Treatments = append(s.Treatments, layerNormalized, fullBatches)
		case gap > widestGap:
			s.Treatments = append(s.Treatments, quickStatistics, layerNormalized)
		default:
			return nil
		}
		return s
	},
}

const (
	widestGap = 0.3 // of what is explained
	lagging   = 0.1 // share of the first statistics that is left: 230 updates with Keras' momentum of 0.99
	tinyBatch = 4   // rows; Wu & He 2018 find the error rising from 8 down
)

// movingLayers are the momenta of the layers that predict by moving statistics. Frozen ones train by them, too.
var movingLayers = measure("momenta of moving statistics", FromDescription, func(p *Patient) []float64 {
	var momenta []float64
	for _, place := range nn.Leaves(p.Training.Model) {
		if place.Frozen || !hasMovingStatistics(place.Layer) {
			continue
		}
		momentum := usualMomentum
		for _, s := range codec.Settings[float64](place.Layer) {
			if s.Field == "Momentum" && s.Value > 0 {
				momentum = s.Value
			}
		}
		momenta = append(momenta, momentum)
	}
	return momenta
})

// usualMomentum is Keras' default.
const usualMomentum = 0.99

func hasMovingStatistics(l nn.Layer) bool {
	return nn.MixesRows(l) && slices.Contains(nn.WeightNames(l), "moving_mean")
}

// statisticsGap is how much more the last epoch explained while it trained than the model does of the same rows afterwards.
var statisticsGap = measure("explained in training less explained afterwards", FromRun, func(p *Patient) float64 {
	losses, constant := p.Before.History.Loss(), p.Before.Constant()
	if len(losses) == 0 || !(constant > 0) || p.Training.ClassWeight != nil {
		return math.NaN()
	}
	return (1 - losses[len(losses)-1]/constant) - p.Before.Explained
})

var quickStatistics = Treatment{
	Text: "momentum 0.9 in the batch normalizations, so that their moving statistics arrive",
	Apply: func(c training.Training) (training.Training, error) {
		c.Model = mapLayers(c.Model, func(l nn.Layer) nn.Layer {
			if !hasMovingStatistics(l) {
				return l
			}
			changed, err := codec.With(l, "Momentum", 0.9)
			if err != nil {
				return l
			}
			return changed.(nn.Layer)
		})
		return c, nil
	},
}

var layerNormalized = Treatment{
	Text: "layer normalization, which looks at one row at a time, in place of batch normalization",
	Apply: func(c training.Training) (training.Training, error) {
		c.Model = rewrite(c.Model, func(p nn.Place) nn.Change {
			if !hasMovingStatistics(p.Layer) {
				return nn.Change{Layer: p.Layer}
			}
			return nn.Change{Layer: nn.LayerNormalization{Name: p.Name}}
		})
		return c, nil
	},
}

var fullBatches = Treatment{
	Text: "batches of 32 rows",
	Apply: func(c training.Training) (training.Training, error) {
		c.BatchSize = min(32, c.TrainRows())
		return c, nil
	},
}
