package fit

import (
	"cmp"
	"sync"

	"github.com/gomlx/compute"
)

// mostTransfers is how many copies are on their way to or from a device of its own memory at once: each waits for the bus far
// longer than it takes.
const mostTransfers = 16

// transfer does n copies between the host and the device, several at once where that takes less time. The error is that of the first in
// order that failed.
func transfer(backend compute.Backend, n int, one func(i int) error) error {
	if backend.HasSharedBuffers() || n < 2 {
		for i := range n {
			if err := one(i); err != nil {
				return err
			}
		}
		return nil
	}
	failed := make([]error, n)
	var all sync.WaitGroup
	for worker := range min(n, mostTransfers) {
		all.Go(func() {
			for i := worker; i < n; i += mostTransfers {
				caught := catch(func() { failed[i] = one(i) })
				failed[i] = cmp.Or(failed[i], caught)
			}
		})
	}
	all.Wait()
	return cmp.Or(failed...)
}
