package autoinstall_test

import (
	"fmt"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/backend/autoinstall"
)

// Pure Go needs no plugin, so nothing is downloaded here; with Name left out it would be, where none is found.
func ExampleCPU() {
	b, err := backend.Open(backend.Options{Name: backend.Go, Install: autoinstall.CPU})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer b.Close()
	fmt.Println(b.Name())
	// Output: go
}
