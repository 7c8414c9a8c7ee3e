// Package backendtest runs a test on each backend that is there: pure Go, which always is, and XLA where its plugin is.
//
//	backendtest.Each(t, func(t *testing.T, b compute.Backend) { … })
package backendtest

import (
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"

	"example.com/unstuck/pkg/backend"
)

var openXLACPU = sync.OnceValues(func() (*backend.Backend, error) { return backend.Open(backend.Options{Name: backend.XLACPU}) })

// XLA is the XLA backend on the CPU, opened once a process; the test is skipped where there is none.
func XLA(t testing.TB) compute.Backend {
	t.Helper()
	b, err := openXLACPU()
	if err != nil {
		t.Skipf("needs XLA on the CPU: %v", err)
	}
	return b.Backend
}

// Each runs f as the subtests "go", on pure Go, and "xla", on XLA, which is skipped where there is none.
func Each(t *testing.T, f func(t *testing.T, b compute.Backend)) {
	t.Run("go", func(t *testing.T) { f(t, gobackend.GetBackend()) })
	t.Run("xla", func(t *testing.T) { f(t, XLA(t)) })
}
