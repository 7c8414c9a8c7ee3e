package backend_test

import (
	"fmt"

	"example.com/unstuck/pkg/backend"
)

func ExampleOpen() {
	b, err := backend.Open(backend.Options{Name: "go"})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer b.Close()
	fmt.Println(b.Name(), "|", b.Reason())
	// Output: go | pure Go: asked for by the caller
}

func ExampleOpen_unknown() {
	_, err := backend.Open(backend.Options{Name: "abacus"})
	fmt.Println(err)
	// Output: backend: unknown backend "abacus" (asked for by the caller); valid names are "xla:cuda", "xla:cpu", "xla" (whichever there is), "xla:/absolute/path/to/plugin.so", "go" and "auto"
}
