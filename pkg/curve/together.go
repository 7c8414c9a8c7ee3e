package curve

import (
	"fmt"
	"math"
)

// together is what a training's and a validation's loss say beside each other.
func together(training, validation Series, t, v Curve) (seen []string) {
	if t.Shape == NotFinite || v.Shape == NotFinite || t.Shape == TooShort || v.Shape == TooShort {
		if v.Shape == NotFinite && t.Shape != NotFinite {
			seen = append(seen, fmt.Sprintf("Only %s stops being a number: look at the validation's rows and at what is computed for them alone", validation.Name))
		}
		return seen
	}
	fell := t.Shape == StillFalling || t.Shape == FellThenFlat
	switch {
	case fell && v.Shape == Flat:
		seen = append(seen, fmt.Sprintf("%s falls and %s never moved: what is learned doesn't hold for the validation's rows, or these are prepared or labelled otherwise", training.Name, validation.Name))
	case fell && (v.Shape == FellThenRose || v.Shape == Rose):
		at := "its first values"
		if v.From != "" {
			at = v.From
		}
		seen = append(seen, fmt.Sprintf("%s was lowest around %s, %s, and has risen to %s while %s went on to %s: from there on the model overfits", validation.Name, at, number(v.Lowest), number(v.End), training.Name, number(t.End)))
	}
	if gap := v.End - t.End; t.End > 0 && gap > 0.25*t.End {
		seen = append(seen, fmt.Sprintf("At the end %s is %s, %.3g times %s (%s)", validation.Name, number(v.End), v.End/t.End, training.Name, number(t.End)))
	} else if t.End > 0 && gap < -0.1*math.Abs(t.End) {
		seen = append(seen, fmt.Sprintf("%s ends below %s (%s against %s): dropout, a penalty or augmentation count in the one alone, it is a mean over the epoch, or rows are in both", validation.Name, training.Name, number(v.End), number(t.End)))
	}
	return seen
}

// ofRates is what the logged learning rates say.
func ofRates(rates []Series) (seen []string) {
	for _, s := range rates {
		s = s.numbers()
		values := s.Values
		if len(values) == 0 {
			continue
		}
		largest := values[0]
		for _, v := range values {
			largest = max(largest, v)
		}
		gone := len(values)
		for gone > 0 && values[gone-1] <= largest/1000 {
			gone--
		}
		switch {
		case largest == 0:
			seen = append(seen, fmt.Sprintf("%s is 0 all along: no step changes anything", s.Name))
		case gone < len(values) && gone > 0:
			seen = append(seen, fmt.Sprintf("%s has been below a thousandth of its largest value, %s, since %s: from there on hardly anything moves", s.Name, number(largest), s.place(gone)))
		}
	}
	return seen
}

// ofNorms is what the logged norms of gradients say.
func ofNorms(norms []Series) (seen []string) {
	for _, s := range norms {
		clean := s.numbers()
		values := clean.Values
		if len(values) < len(s.Values) {
			seen = append(seen, fmt.Sprintf("%s is no number at %d of %d places", s.Name, len(s.Values)-len(values), len(s.Values)))
		}
		if len(values) == 0 {
			continue
		}
		zero, largest, at := 0, values[0], 0
		for i, v := range values {
			if v == 0 {
				zero++
			}
			if v > largest {
				largest, at = v, i
			}
		}
		switch typical := median(values); {
		case 2*zero > len(values):
			seen = append(seen, fmt.Sprintf("%s is 0 in %d of %d values: nothing reaches the weights there", s.Name, zero, len(values)))
		case typical > 0 && largest > 100*typical:
			seen = append(seen, fmt.Sprintf("%s goes up to %s at %s, %.3g times its median", s.Name, number(largest), clean.place(at), largest/typical))
		}
	}
	return seen
}
