package excerpt_test

import (
	"fmt"

	"example.com/unstuck/internal/excerpt"
)

func ExampleOf() {
	fmt.Println(excerpt.Of("kernel", 6))
	fmt.Println(excerpt.Of("größer als", 5))
	fmt.Printf("%q\n", excerpt.Of("", 5))
	// Output:
	// kernel
	// größe…
	// ""
}
