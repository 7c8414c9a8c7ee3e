package ownfolder_test

import (
	"fmt"
	"os"
	"path/filepath"

	"example.com/unstuck/internal/ownfolder"
)

func ExampleMake() {
	top, err := os.MkdirTemp("", "cache")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(top)
	fmt.Println(ownfolder.Make(filepath.Join(top, "programs")))
	// Output: <nil>
}
