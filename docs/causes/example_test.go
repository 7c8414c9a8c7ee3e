package causes_test

import (
	"fmt"
	"strings"

	"example.com/unstuck/docs/causes"
)

func Example() {
	page, _ := causes.Page("dying-relu")
	fmt.Println(strings.SplitN(page, "\n", 2)[0])
	fmt.Println(causes.Meaning("dying-relu"))
	// Output:
	// # dying-relu
	// ReLU units are off for every row; no gradient passes through them, so they stay off.
}
