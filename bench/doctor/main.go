// Command doctor runs the doctor on trainings whose causes are known, and scores it.
//
//	go run ./bench/doctor -split held-out            the repository's own cases, see package cases
//	go run ./bench/doctor -split held-out -prove     proves their labels, without the doctor
//	go run ./bench/doctor ../shared/doctor-cases     folders of cases
//
// A folder holds one folder for each case, as unstuck diagnose reads it, of Keras or of PyTorch, and labels.json.
// testdata/torch_cases.py writes such a folder of PyTorch's.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"

	"example.com/unstuck/bench/doctor/cases"
)

func main() {
	var a asked
	flag.StringVar(&a.split, "split", "", "the repository's own cases: tuned or held-out")
	flag.BoolVar(&a.prove, "prove", false, "prove the labels of the split and write them down, without the doctor")
	flag.BoolVar(&a.also, "also", false, "with -prove: find out anew which other causes are right as well, which takes longer")
	flag.BoolVar(&a.json, "json", false, "print the score as JSON, and nothing else")
	flag.BoolVar(&a.list, "list", false, "print the names of the cases, and run none")
	only := flag.String("only", "", "names of the cases to run, separated by commas, with or without what is ahead of the slash; empty: all")
	flag.BoolVar(&a.verbose, "v", false, "print every treatment that is tried")
	flag.Parse()
	a.folders, a.only = flag.Args(), names(*only)
	if err := a.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "doctor:", err)
		var unknown *unknownError
		if errors.As(err, &unknown) {
			os.Exit(2) // as for a flag that there isn't
		}
		os.Exit(1)
	}
}

// asked is what the command line says.
type asked struct {
	split                            string
	prove, also, json, verbose, list bool
	folders, only                    []string
}

func (a asked) run(ctx context.Context) error {
	split := cases.Split(a.split)
	switch {
	case a.split != "" && split != cases.Tuned && split != cases.HeldOut:
		return fmt.Errorf("-split %s: there are %s and %s", a.split, cases.Tuned, cases.HeldOut)
	case a.split == "" && len(a.folders) == 0:
		return errors.New("nothing to run: give -split held-out, or folders of cases")
	case a.prove && a.split == "":
		return errors.New("-prove takes a -split")
	}
	var sets []set
	if a.split != "" {
		s, err := setOfSplit(split)
		if err != nil {
			return err
		}
		sets = append(sets, s)
	}
	for _, folder := range a.folders {
		s, err := setOfFolder(folder)
		if err != nil {
			return err
		}
		sets = append(sets, s)
	}
	var ids []string
	for _, s := range sets {
		for _, it := range s.items {
			ids = append(ids, it.id)
		}
	}
	only, err := chosen(a.only, ids)
	switch {
	case err != nil:
		return err
	case a.list:
		for _, id := range ids {
			if only == nil || only[id] {
				fmt.Println(id)
			}
		}
		return nil
	case a.prove:
		return prove(ctx, os.Stdout, split, only, a.also)
	}
	out := os.Stdout
	if a.json {
		out = os.Stderr
	}
	var scores []*score
	for _, s := range sets {
		score, err := s.score(ctx, out, only, a.verbose)
		if err != nil {
			return err
		}
		scores = append(scores, score)
		fmt.Fprint(out, score.summary())
	}
	if a.json {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{"version": 1, "scores": summaries(scores), "published": publishedFigures})
	}
	return nil
}
