package main

import (
	"fmt"
	"slices"
	"strings"
)

// names are those of a list that commas separate.
func names(list string) []string {
	var all []string
	for _, name := range strings.Split(list, ",") {
		if name = strings.TrimSpace(name); name != "" {
			all = append(all, name)
		}
	}
	return all
}

// unknownError is of names that no case has.
type unknownError struct{ names []string }

func (e *unknownError) Error() string {
	return fmt.Sprintf("-only: there is no case %s: -list prints the names", strings.Join(e.names, ", "))
}

// chosen are the cases that are asked for, by their whole name or by what is behind its last slash; nil: all. Every name must be of a case.
func chosen(only, ids []string) (map[string]bool, error) {
	if len(only) == 0 {
		return nil, nil
	}
	set, unknown := map[string]bool{}, []string(nil)
	for _, name := range only {
		found := false
		for _, id := range ids {
			if id == name || strings.HasSuffix(id, "/"+name) {
				set[id], found = true, true
			}
		}
		if !found && !slices.Contains(unknown, name) {
			unknown = append(unknown, name)
		}
	}
	if unknown != nil {
		return nil, &unknownError{unknown}
	}
	return set, nil
}
