package doctor

import (
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"

	"example.com/unstuck/pkg/backend"
)

// pureGo is GoMLX's backend in pure Go, one for all examinations.
var pureGo = sync.OnceValue(func() compute.Backend {
	b, err := gobackend.New(backend.PureGoSettings)
	if err != nil { // never: it is one of the backend's own settings
		return gobackend.GetBackend()
	}
	return b
})
