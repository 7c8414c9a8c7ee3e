package dataset

import (
	"fmt"
	"io"

	"example.com/unstuck/internal/atomicfile"
)

// save writes a file in one step, so that a full disk or a crash leaves the previous file as it was.
func save(path string, write func(io.Writer) error) error {
	if err := atomicfile.Write(path, 0o644, write); err != nil {
		return fmt.Errorf("dataset: %w", err)
	}
	return nil
}
