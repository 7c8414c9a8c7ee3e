// Package backendtest runs a test on each backend that is there: pure Go, which always is, and XLA where its plugin is.
//
//	backendtest.Each(t, func(t *testing.T, b compute.Backend) { … })
package backendtest

import (
	"cmp"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"

	"example.com/unstuck/pkg/backend"
)

// Variable is the environment variable that names what XLA is in tests, such as "xla:cuda"; unset, it is XLA on the CPU. What tests hold numbers
// to holds for the CPU: elsewhere products are rounded otherwise, on a GPU to TF32 where "tf32=false" doesn't forbid it.
const Variable = "UNSTUCK_TEST_XLA"

var openXLA = sync.OnceValues(func() (*backend.Backend, error) {
	return backend.Open(backend.Options{Name: cmp.Or(os.Getenv(Variable), backend.XLACPU)})
})

// XLA is the XLA backend, opened once a process; the test is skipped where there is none.
func XLA(t testing.TB) compute.Backend {
	t.Helper()
	b, err := openXLA()
	if err != nil {
		t.Skipf("needs XLA: %v", err)
	}
	return b.Backend
}

// Devices is XLA on the CPU that shows as n devices, opened once a process; the test is skipped where there is none.
func Devices(t testing.TB, n int) compute.Backend {
	t.Helper()
	mu.Lock()
	defer mu.Unlock()
	if devices[n] == nil {
		b, err := backend.Open(backend.Options{Name: fmt.Sprintf("%s,devices=%d", backend.XLACPU, n)})
		if err != nil {
			t.Skipf("needs XLA: %v", err)
		}
		devices[n] = b
	}
	return devices[n].Backend
}

var (
	mu      sync.Mutex
	devices = map[int]*backend.Backend{}
)

// Each runs f as the subtests "go", on pure Go, and "xla", on XLA, which is skipped where there is none.
func Each(t *testing.T, f func(t *testing.T, b compute.Backend)) {
	t.Run("go", func(t *testing.T) { f(t, gobackend.GetBackend()) })
	t.Run("xla", func(t *testing.T) { f(t, XLA(t)) })
}
