package doctor

import (
	"sync"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/gobackend"
)

// pureGo is GoMLX's backend in pure Go, which executes the operations of a program one after the other here: those of small models are
// over before another goroutine has begun, so that sharing them out costs a sixth to a half of the processor time, and the cores
// are there for other trials. Large operations still use them all.
var pureGo = sync.OnceValue(func() compute.Backend {
	b, err := gobackend.New("ops_sequential")
	if err != nil { // never: it is one of the backend's own settings
		return gobackend.GetBackend()
	}
	return b
})
