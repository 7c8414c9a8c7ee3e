package kernels_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"example.com/unstuck/kernels"
)

// What a notebook of a small project finds imported.
func ExamplePrelude() {
	root, err := os.MkdirTemp("", "project")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(root)
	os.WriteFile(filepath.Join(root, "go.mod"), []byte("module example.org/flowers\n"), 0o644)
	os.MkdirAll(filepath.Join(root, "pkg", "petal"), 0o755)
	os.WriteFile(filepath.Join(root, "pkg", "petal", "petal.go"), []byte("package petal\n"), 0o644)

	project, err := kernels.OpenProject(root)
	if err != nil {
		fmt.Println(err)
		return
	}
	cell, err := kernels.Prelude(project)
	fmt.Print(strings.ReplaceAll(cell, root, "/home/me/flowers"), err)
	// Output:
	// %noautoget
	// !*go mod edit -require=example.org/flowers@v0.0.0 -replace='example.org/flowers=/home/me/flowers'
	// import (
	// 	"context"
	// 	"fmt"
	// 	"math"
	// 	"time"
	// 	"example.org/flowers/pkg/petal"
	// )
	// <nil>
}
