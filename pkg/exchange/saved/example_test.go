package saved_test

import (
	"fmt"
	"path/filepath"

	"example.com/unstuck/pkg/exchange/saved"
)

func Example() {
	files, err := saved.Find(filepath.Join("..", "..", "..", "examples", "stuck"), saved.Files{})
	if err != nil {
		fmt.Println(err)
		return
	}
	t, err := files.Read()
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(t.Data.Rows(), "rows,", t.Loss, "by", t.Optimizer.GoCode())
	// Output: 240 rows, binary_crossentropy by optim.Adam(0.003)
}
