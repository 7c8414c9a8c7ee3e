// Command doctor runs the doctor on folders of trainings whose causes are known, and scores it.
//
//	go run ./bench/doctor ../shared/doctor-cases ../shared/real-cases
//
// Each folder holds one folder for each case, as unstuck diagnose reads it, of Keras or of PyTorch, and labels.json.
// testdata/torch_cases.py writes such a folder of PyTorch's.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	only := flag.String("only", "", "cases to run, separated by commas; empty: all")
	verbose := flag.Bool("v", false, "print every treatment that is tried")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: doctor [-only id,id] [-v] FOLDER…")
		os.Exit(2)
	}
	for _, folder := range flag.Args() {
		if err := run(context.Background(), folder, ids(*only), *verbose); err != nil {
			fmt.Fprintln(os.Stderr, "doctor:", err)
			os.Exit(1)
		}
	}
}

func ids(list string) map[string]bool {
	if list == "" {
		return nil
	}
	set := map[string]bool{}
	for _, id := range strings.Split(list, ",") {
		set[id] = true
	}
	return set
}
