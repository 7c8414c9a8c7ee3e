package backendtest_test

import (
	"testing"

	"github.com/gomlx/compute"

	"example.com/unstuck/pkg/backend/backendtest"
)

func TestEach(t *testing.T) {
	seen := 0
	backendtest.Each(t, func(t *testing.T, b compute.Backend) {
		if b == nil {
			t.Error("no backend")
		}
		seen++
	})
	if seen == 0 {
		t.Error("pure Go is always there")
	}
}
