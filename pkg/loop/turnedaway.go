package loop

import "fmt"

// mostTurned is the cosine between a gradient and what the optimizer got of it below which a report says so: a clip by value and gradients
// of tasks that are freed of each other stay above it.
const mostTurned = 0.5

// turnedAway says that something between backward and step turns gradients far from their own direction; empty: nothing does. That may be meant,
// as noise for private training is, and whoever didn't mean it learns of it here.
func turnedAway(r *Recording) string {
	var cosines, lengths []float64
	for k := range r.Steps {
		s := &r.Steps[k]
		if !s.hands() || s.Autocast != "" {
			continue
		}
		var p products
		for _, i := range s.Stepped {
			if own, seen := s.accumulated(i), s.seen(i); own != nil && seen != nil {
				p.add(seen, own)
			}
		}
		if p.aa == 0 || p.bb == 0 || !p.finite() {
			continue
		}
		cosines, lengths = append(cosines, p.cosine()), append(lengths, max(p.ratio(), -p.ratio()))
	}
	if len(cosines) < 2 || median(cosines) >= mostTurned {
		return ""
	}
	return fmt.Sprintf("%s the gradients are turned away from what they were, over %d steps (cosine %s, %s times as long). Noise that is meant does that; if nothing should change them there, this is why the loss is slow",
		r.spoken("between backward() and step()", "between their computation and optimizer.apply"), len(cosines), number(median(cosines)), number(median(lengths)))
}
