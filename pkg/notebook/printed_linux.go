package notebook

import (
	"time"

	"golang.org/x/sys/unix"
)

// takenUp waits, for a moment at most, until the kernel has read what was printed so far: that comes by other pipes than what is
// shown, so that "a" may stand below the figure that was shown after it. Where a stream isn't a pipe there is nothing to wait for.
func takenUp() {
	limit := time.Now().Add(200 * time.Millisecond)
	for _, stream := range []int{1, 2} {
		for {
			unread, err := unix.IoctlGetInt(stream, unix.TIOCINQ)
			if err != nil || unread <= 0 || time.Now().After(limit) {
				break
			}
			time.Sleep(200 * time.Microsecond)
		}
	}
}
