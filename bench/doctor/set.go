package main

import (
	"path/filepath"

	"example.com/unstuck/bench/doctor/cases"
	"example.com/unstuck/pkg/exchange/saved"
	"example.com/unstuck/pkg/fit"
	"example.com/unstuck/pkg/training"
)

// set are cases that are scored together.
type set struct {
	name  string
	items []item
}

// item is a case to be examined.
type item struct {
	id       string
	label    label
	observed *fit.History
	read     func() (training.Training, error)
}

func setOfFolder(folder string) (set, error) {
	labels, all, err := readLabels(folder)
	s := set{name: folder}
	for _, id := range all {
		s.items = append(s.items, item{id: id, label: labels[id], read: func() (training.Training, error) {
			files, err := saved.Find(filepath.Join(folder, id), saved.Files{})
			if err != nil {
				return training.Training{}, err
			}
			return files.Read()
		}})
	}
	return s, err
}

func setOfSplit(split cases.Split) (set, error) {
	labels, err := cases.Labels()
	s := set{name: string(split)}
	for _, c := range cases.All(split) {
		l := label{Cause: c.Cause, Accept: labels[c.ID].Accept(c), fixed: true, cures: c.Curable}
		s.items = append(s.items, item{id: c.ID, label: l, observed: c.Observed, read: func() (training.Training, error) { return c.Training(), nil }})
	}
	return s, err
}
