package smalldisk_test

import (
	"os"
	"path/filepath"
	"testing"

	"example.com/unstuck/internal/smalldisk"
)

// A test fills the disk and looks at what is left.
func Example() {
	_ = func(t *testing.T) {
		file := filepath.Join(smalldisk.New(t, 4<<10), "file")
		if os.WriteFile(file, make([]byte, 1<<20), 0o600) == nil {
			t.Error("the disk took more than it has")
		}
	}
	// Output:
}
