// Package smalldisk gives tests a disk that is soon full.
package smalldisk

import "testing"

// New returns the folder of an empty file system in memory with room for so many bytes, about. It goes when the test
// ends. The test is skipped where mounting one is not allowed: only root may, and only on Linux.
func New(t testing.TB, bytes int) string {
	t.Helper()
	folder := t.TempDir()
	if err := mount(folder, bytes); err != nil {
		t.Skipf("a small disk for the test can't be mounted (root can on Linux): %v", err)
	}
	t.Cleanup(func() {
		if err := unmount(folder); err != nil {
			t.Errorf("unmounting the small disk: %v", err)
		}
	})
	return folder
}
