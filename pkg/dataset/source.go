package dataset

import (
	"errors"
	"fmt"
	"slices"
)

// ErrStrings is the error of an array of strings where numbers are needed.
var ErrStrings = errors.New("strings where numbers are needed")

// Source is where an input of a model comes from.
type Source struct {
	// Arrays are the names of what it is made of in a file: arrays of an .npz, columns of a .csv. At least one.
	Arrays []string
	// Encode makes numbers of them. nil: there is one array, which holds the numbers.
	Encode func([]Texts) (Array, error)
	// Labels makes numbers of strings where Encode is nil and the array holds strings after all. nil: that is an error.
	Labels func(Texts) (Array, error)
}

// Sources are arrays as they are.
func Sources(names ...string) []Source {
	all := make([]Source, len(names))
	for i, name := range names {
		all[i].Arrays = []string{name}
	}
	return all
}

// read makes the input of what numbers and texts read of an array.
func (s Source) read(numbers func(string) (Array, error), texts func(string) (Texts, error)) (Array, error) {
	if s.Encode == nil {
		a, err := numbers(s.Arrays[0])
		if s.Labels == nil || !errors.Is(err, ErrStrings) {
			return a, err
		}
		t, err := texts(s.Arrays[0])
		if err != nil {
			return Array{}, err
		}
		if a, err = s.Labels(t); err != nil {
			return Array{}, fmt.Errorf("array %q: %w", s.Arrays[0], err)
		}
		return a, nil
	}
	all := make([]Texts, len(s.Arrays))
	for i, name := range s.Arrays {
		var err error
		if all[i], err = texts(name); err != nil {
			return Array{}, err
		}
	}
	return s.Encode(all)
}

// arraysOf are the names of all arrays, each once.
func arraysOf(sources []Source) []string {
	var names []string
	for _, s := range sources {
		for _, name := range s.Arrays {
			if !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
	}
	return names
}
