package nn_test

import (
	"sync"
	"testing"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/backend"
	"example.com/unstuck/pkg/backend/backendtest"
)

var openBackends = map[string]func() (*backend.Backend, error){
	backend.Go:     sync.OnceValues(func() (*backend.Backend, error) { return backend.Open(backend.Options{Name: backend.Go}) }),
	backend.XLACPU: sync.OnceValues(func() (*backend.Backend, error) { return backend.Open(backend.Options{Name: backend.XLACPU}) }),
}

// pureGo is the backend of tests that need but one.
func pureGo(t testing.TB) compute.Backend {
	t.Helper()
	b, err := openBackends[backend.Go]()
	if err != nil {
		t.Fatal(err)
	}
	return b.Backend
}

// onEachBackend runs a test on pure Go and, where there is a plugin, on XLA.
func onEachBackend(t *testing.T, test func(t *testing.T, b compute.Backend)) {
	backendtest.Each(t, test)
}
