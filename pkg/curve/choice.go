package curve

import (
	"fmt"
	"slices"
	"strings"
)

// Names says which series are the losses; an empty one is found by its name.
type Names struct {
	Loss       string // of the training
	Validation string // of rows that weren't trained on
}

// choice is what a reading is about.
type choice struct {
	training, validation *Series
	rates, norms         []Series
	assumed              string // how the losses were found where no name says loss; "" where one does
}

// chosen are the training's loss and the validation's, each by epoch where the log has it by step, too, and the rates and norms
// beside them. short are the names that were understood by a letter.
func chosen(all []Series, short []string, names Names) (choice, error) {
	var c choice
	var err error
	if c.training, err = named(all, names.Loss); err != nil {
		return c, err
	}
	if c.validation, err = named(all, names.Validation); err != nil {
		return c, err
	}
	given := c.training != nil || c.validation != nil
	var training, validation []*Series
	for i := range all {
		s := &all[i]
		if s == c.training || s == c.validation {
			continue
		}
		switch roleOf(s.called()) {
		case trainingLoss:
			training = append(training, s)
		case validationLoss:
			validation = append(validation, s)
		case learningRate:
			c.rates = append(c.rates, *s)
		case gradientNorm:
			c.norms = append(c.norms, *s)
		}
	}
	c.training, c.validation = paired(training, validation, c)
	if c.training == nil && c.validation == nil && !given {
		c.guess(all)
	}
	if c.assumed == "" && !given {
		c.assumeShort(all, short)
	}
	return c, nil
}

// assumeShort says which losses were told by a letter.
func (c *choice) assumeShort(all []Series, short []string) {
	for _, s := range []*Series{c.training, c.validation} {
		if s != nil && slices.Contains(short, s.Name) {
			c.assumed = fmt.Sprintf("by the letters in their names %s (columns: %s)", c.taken(), orNothing(namesOf(all)))
		}
	}
}

// taken says which series are the losses.
func (c *choice) taken() string {
	var taken []string
	if c.training != nil {
		taken = append(taken, c.training.Name+" is the training loss")
	}
	if c.validation != nil {
		taken = append(taken, c.validation.Name+" is the validation loss")
	}
	return strings.Join(taken, " and ")
}

// named is the series of that name, in any case of its letters where none has it to the letter.
func named(all []Series, name string) (*Series, error) {
	if name == "" {
		return nil, nil
	}
	var found *Series
	for i := range all {
		switch {
		case all[i].Name == name:
			return &all[i], nil
		case strings.EqualFold(all[i].Name, name):
			found = &all[i]
		}
	}
	if found == nil {
		return nil, fmt.Errorf("%w with the name %q; it has %s", ErrNoLoss, name, orNothing(namesOf(all)))
	}
	return found, nil
}

func namesOf(all []Series) (names []string) {
	for _, s := range all {
		names = append(names, s.Name)
	}
	return names
}

// others are the losses that aren't described.
func others(all []Series, training, validation *Series) (rest []Series) {
	for i := range all {
		s := &all[i]
		if r := roleOf(s.called()); (r == trainingLoss || r == validationLoss) && s != training && s != validation {
			rest = append(rest, *s)
		}
	}
	return rest
}

// nearer is the one of two losses that is the whole training's: that of the shorter name, "loss" before "head_loss", but by
// epoch before by step, as a validation's is.
func nearer(a, b *Series) *Series {
	if a == nil {
		return b
	}
	byStep := func(s *Series) bool { return strings.HasSuffix(s.Name, "step") }
	if byStep(a) != byStep(b) {
		if byStep(a) {
			return b
		}
		return a
	}
	if len(b.Name) < len(a.Name) {
		return b
	}
	return a
}
