package curve

import (
	"fmt"
	"strings"
)

// close adds what the log leaves open, and what would settle it.
func (r *Report) close(all []Series) {
	main := r.Training
	if main == nil {
		main = r.Validation
		r.Open = append(r.Open, "how the training's own loss went: the log has the validation's alone")
	}
	switch main.Shape {
	case TooShort:
		r.Open = append(r.Open, "anything: log some epochs more, or the loss of each step")
	case NotFinite:
		r.Open = append(r.Open, "what became infinite first: a rate that is too high, a division by 0, a logarithm of 0, or a row that holds no number")
	case Flat:
		r.Open = append(r.Open, "why it doesn't move: a rate too low or too high, gradients that vanish or never arrive, a step that is missing, inputs or labels that say nothing; all of them look alike here")
	case FellThenFlat:
		r.Open = append(r.Open, "whether the plateau is the best that these rows allow or a place where training is stuck: the number alone says neither")
	case StillFalling:
		r.Open = append(r.Open, "where it would end, and whether another rate would take it there sooner")
	case FellThenRose, Rose:
		r.Open = append(r.Open, "why it rises: a rate that is too high, a sign, rows that come in another order, or a schedule")
	}
	if r.Training != nil && r.Validation == nil {
		r.Open = append(r.Open, "whether what is learned holds for other rows: the log has no validation loss"+unlike(all, r.Training.Name))
	}
	r.Settles = []string{
		"the model with some hundred of its rows: unstuck.save(…) in Python, then unstuck diagnose FOLDER",
		"a dozen steps of a loop in PyTorch or Keras: unstuck.watch(…) in it, or unstuck.KerasWatch(…) among the callbacks of model.fit, then unstuck diagnose FOLDER",
	}
}

// Text is the report in words, a line for each sentence.
func (r *Report) Text() string {
	var b strings.Builder
	if r.Assumed != "" {
		fmt.Fprintf(&b, "Assumed: %s.\n", r.Assumed)
	}
	for _, c := range []*Curve{r.Training, r.Validation} {
		if c != nil {
			fmt.Fprintf(&b, "%s %s.\n", c.Name, c.Sentence)
		}
	}
	for _, s := range r.Seen {
		fmt.Fprintf(&b, "%s.\n", s)
	}
	b.WriteString("\nThe log can't tell\n")
	for _, s := range r.Open {
		fmt.Fprintf(&b, "  %s.\n", s)
	}
	b.WriteString("What settles it\n")
	for _, s := range r.Settles {
		fmt.Fprintf(&b, "  %s\n", s)
	}
	return b.String()
}

// unlike ends the sentence on a missing validation loss where there are such of other quantities.
func unlike(all []Series, training string) string {
	var names []string
	for _, s := range all {
		if roleOf(s.called()) == validationLoss || isHeldOut(wordsOf(s.called())) && isError(s.called()) {
			names = append(names, s.Name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " of what " + training + " is, by its name; it has " + orNothing(names)
}
