package record

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"example.com/unstuck/internal/atomicfile"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/probe"
)

// SaveEvents writes h as an event file of TensorBoard into dir, which is made if need be, and returns the
// file's path. TensorBoard takes every folder for a run: give each training one of its own. start is when the
// training began; the zero time: so that it ends now. See [WriteEvents].
func SaveEvents(dir string, h *fit.History, start time.Time) (path string, err error) {
	if start.IsZero() {
		start = time.Now().Add(-duration(h))
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("record: %w", err)
	}
	path = filepath.Join(dir, fmt.Sprintf("events.out.tfevents.%010d.unstuck", start.Unix()))
	err = atomicfile.Write(path, 0o644, func(w io.Writer) error { return WriteEvents(w, h, start) })
	if err != nil {
		return "", fmt.Errorf("record: %w", err)
	}
	return path, nil
}

// WriteEvents writes h in the format of TensorBoard's event files: a TFRecord for each step and epoch.
//
// Tags of scalars: "loss/step"; "loss/epoch", "loss/validation", "learning rate", and for each metric
// "<metric>/epoch" and "<metric>/validation", whose steps are the numbers of the epochs; and every
// [probe.AllSeries]. Values are float32. Histograms of [probe.Histogram] are tagged "outputs/<layer>",
// "gradients/<weight>" and so on; what lies outside their range fills a bin of the same width at the end.
// The times of events are spread evenly over the training.
func WriteEvents(w io.Writer, h *fit.History, start time.Time) error {
	if err := check(h); err != nil {
		return err
	}
	out := bufio.NewWriterSize(w, 1<<16)
	if err := writeRecord(out, versionEvent(start)); err != nil {
		return err
	}
	if err := errors.Join(writeSteps(out, h, start), writeEpochs(out, h, start)); err != nil {
		return err
	}
	return out.Flush()
}

func writeSteps(w io.Writer, h *fit.History, start time.Time) error {
	measured := map[int][]summaryValue{}
	for _, s := range probe.AllSeries(h) {
		for k, step := range s.Steps {
			measured[step] = append(measured[step], summaryValue{tag: s.Name, scalar: float32(s.Values[k])})
		}
	}
	for _, quantity := range []probe.Quantity{probe.Outputs, probe.Gradients, probe.Weights, probe.Updates} {
		counts, err := probe.ReadHistograms(h, quantity)
		if err != nil {
			continue // it was not measured
		}
		for i, layer := range counts.Layers {
			for k, step := range counts.Steps {
				v := summaryValue{tag: quantity.String() + "/" + layer, histogram: histogramOf(counts, i, k)}
				measured[step] = append(measured[step], v)
			}
		}
	}
	pause := duration(h) / time.Duration(max(1, len(h.Steps)))
	for i, loss := range h.Steps {
		e := event{wall: start.Add(time.Duration(i+1) * pause), step: int64(i + 1)}
		e.values = append([]summaryValue{{tag: "loss/step", scalar: loss}}, measured[i+1]...)
		if err := writeRecord(w, e.marshal()); err != nil {
			return err
		}
	}
	return nil
}

func writeEpochs(w io.Writer, h *fit.History, start time.Time) error {
	wall := start
	for _, e := range h.Epochs {
		wall = wall.Add(e.Duration)
		values := []summaryValue{{tag: "loss/epoch", scalar: float32(e.Loss)}, {tag: "learning rate", scalar: float32(e.LearningRate)}}
		values = append(values, metricValues(e.Metrics, "/epoch")...)
		if v := e.Validation; v != nil {
			values = append(values, summaryValue{tag: "loss/validation", scalar: float32(v.Loss)})
			values = append(values, metricValues(v.Metrics, "/validation")...)
		}
		if err := writeRecord(w, event{wall: wall, step: int64(e.Number), values: values}.marshal()); err != nil {
			return err
		}
	}
	return nil
}

func metricValues(metrics map[string]float64, suffix string) (values []summaryValue) {
	for name, v := range metrics {
		values = append(values, summaryValue{tag: name + suffix, scalar: float32(v)})
	}
	slices.SortFunc(values, func(a, b summaryValue) int {
		if a.tag < b.tag {
			return -1
		}
		return 1
	})
	return values
}

// histogramOf makes TensorBoard's histogram of one that was measured. Sums are those of values in the
// middle of their bins.
func histogramOf(h probe.Histograms, layer, k int) *histogram {
	width := h.Edges[1] - h.Edges[0]
	last := h.Edges[len(h.Edges)-1]
	limits := append(slices.Clone(h.Edges), last+width)
	buckets := append([]float64{h.Below[layer][k]}, h.Counts[layer][k]...)
	buckets = append(buckets, h.Above[layer][k])
	out := &histogram{limits: limits, buckets: buckets, min: last + width, max: h.Edges[0] - width}
	for i, n := range buckets {
		if n == 0 {
			continue
		}
		middle := limits[i] - width/2
		out.min, out.max = min(out.min, limits[i]-width), max(out.max, limits[i])
		out.count += n
		out.sum += n * middle
		out.squares += n * middle * middle
	}
	if out.count == 0 {
		out.min, out.max = 0, 0
	}
	return out
}

func duration(h *fit.History) (all time.Duration) {
	for _, e := range h.Epochs {
		all += e.Duration
	}
	return all
}
